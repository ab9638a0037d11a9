//! The order as the contracts hash it.

use std::sync::LazyLock;

use domain::{Side, TokenId};
use ethers_core::types::Address;
use ethers_core::utils::keccak256;

use super::draft::Exchange;
use crate::account::{Account, Contracts};
use crate::eip712::{self, Domain};

macro_rules! order_type {
    () => {
        "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,\
         uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,\
         bytes32 builder)"
    };
}

/// The order's type as text, which travels inside the signatures of deposit wallets.
pub(super) const ORDER_TYPE: &str = order_type!();
const WRAPPER_TYPE: &str = concat!(
    "TypedDataSign(Order contents,string name,string version,uint256 chainId,\
     address verifyingContract,bytes32 salt)",
    order_type!()
);

static ORDER_TYPE_HASH: LazyLock<[u8; 32]> = LazyLock::new(|| keccak256(ORDER_TYPE));

/// The domain separators of the three contracts that settle orders.
pub(super) struct Separators {
    standard: [u8; 32],
    neg_risk: [u8; 32],
    positions: [u8; 32],
}

impl Separators {
    pub(super) fn of(contracts: &Contracts) -> Self {
        let of = |version, contract| {
            let chain_id = contracts.chain_id;
            Domain { name: "Polymarket CTF Exchange", version, chain_id, contract }.separator()
        };
        Self {
            standard: of("2", contracts.exchange),
            neg_risk: of("2", contracts.neg_risk_exchange),
            positions: of("3", contracts.exchange_v3),
        }
    }

    pub(super) fn of_exchange(&self, exchange: Exchange) -> &[u8; 32] {
        match exchange {
            Exchange::Standard => &self.standard,
            Exchange::NegRisk => &self.neg_risk,
            Exchange::Positions => &self.positions,
        }
    }
}

/// The fields that are signed.
pub(super) struct OrderFields {
    pub(super) salt: u64,
    pub(super) maker: Address,
    pub(super) signer: Address,
    pub(super) token: TokenId,
    pub(super) maker_amount: u64,
    pub(super) taker_amount: u64,
    pub(super) side: Side,
    pub(super) signature_type: u8,
    pub(super) timestamp_ms: u64,
    pub(super) metadata: [u8; 32],
    pub(super) builder: [u8; 32],
}

impl OrderFields {
    pub(super) fn struct_hash(&self) -> [u8; 32] {
        let side = match self.side {
            Side::Buy => 0,
            Side::Sell => 1,
        };
        eip712::hash_words(&[
            *ORDER_TYPE_HASH,
            eip712::word(self.salt),
            eip712::address_word(self.maker),
            eip712::address_word(self.signer),
            token_word(self.token),
            eip712::word(self.maker_amount),
            eip712::word(self.taker_amount),
            eip712::word(side),
            eip712::word(u64::from(self.signature_type)),
            eip712::word(self.timestamp_ms),
            self.metadata,
            self.builder,
        ])
    }
}

fn token_word(token: TokenId) -> [u8; 32] {
    let mut word = [0; 32];
    for (bytes, part) in word.chunks_exact_mut(8).zip(token.words()) {
        bytes.copy_from_slice(&part.to_be_bytes());
    }
    word
}

/// What the owner of a deposit wallet signs around an order (ERC-7739), all but the order.
pub(super) struct Wrapper {
    wrapper_type: [u8; 32],
    wallet_domain: [[u8; 32]; 5],
}

impl Wrapper {
    pub(super) fn of(account: &Account, chain_id: u64) -> Self {
        Self {
            wrapper_type: keccak256(WRAPPER_TYPE),
            wallet_domain: [
                keccak256("DepositWallet"),
                keccak256("1"),
                eip712::word(chain_id),
                eip712::address_word(account.funder()),
                [0; 32],
            ],
        }
    }

    pub(super) fn struct_hash(&self, order: &[u8; 32]) -> [u8; 32] {
        let [name, version, chain_id, wallet, salt] = self.wallet_domain;
        eip712::hash_words(&[self.wrapper_type, *order, name, version, chain_id, wallet, salt])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_the_published_ones() {
        assert_eq!(ORDER_TYPE.len(), 186);
        let published = "bb86318a2138f5fa8ae32fbe8e659f8fcf13cc6ae4014a707893055433818589";
        assert_eq!(hex::encode(*ORDER_TYPE_HASH), published);
        let published = "6ba028565cb324c2aa02bb714b9816d0bddd557a2f33bb36cf13272a4256bd42";
        assert_eq!(hex::encode(keccak256(WRAPPER_TYPE)), published);
    }
}
