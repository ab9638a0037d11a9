//! Transactions that accounts sign and send themselves (EIP-1559).

use ethers_core::types::transaction::eip2718::TypedTransaction;
use ethers_core::types::{H256, NameOrAddress, U256};
use ethers_core::utils::{keccak256, rlp::Rlp};
use thiserror::Error;

use super::Chain;
use super::calls::ContractCall;
use super::contracts::CHAIN_ID;
use super::transactions::{Action, GasTerms, Sent};
use crate::custody::Address;

/// What the network's validators ask for at least, in wei.
const TIP_MIN_WEI: u64 = 25_000_000_000;
const GAS_LIMIT_MIN: u64 = 21_000;
const GAS_LIMIT_MAX: u64 = 30_000_000;

/// Why the node did not take a transaction, in a node's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SendError {
    #[error("rlp: the transaction cannot be decoded")]
    Malformed,
    #[error("transaction type not supported")]
    NotDynamicFee,
    #[error("invalid sender")]
    InvalidSender,
    #[error("invalid chain id for signer: have {0} want {CHAIN_ID}")]
    WrongChain(u64),
    #[error("already known")]
    AlreadyKnown,
    #[error("nonce too low: next nonce {next}, tx nonce {got}")]
    NonceTooLow { next: u64, got: u64 },
    #[error("replacement transaction underpriced")]
    ReplacementUnderpriced,
    #[error("transaction underpriced: gas tip cap {0}, minimum needed {TIP_MIN_WEI}")]
    Underpriced(U256),
    #[error("max priority fee per gas higher than max fee per gas")]
    TipAboveFee,
    #[error("insufficient funds for gas * price + value")]
    InsufficientFunds,
    #[error("intrinsic gas too low")]
    IntrinsicGas,
    #[error("exceeds block gas limit")]
    BlockGasLimit,
    #[error("txpool is full")]
    PoolFull,
}

/// Reads the bytes of a signed transaction.
fn read(raw: &[u8]) -> Result<Sent, SendError> {
    match raw.first() {
        Some(2) => {}
        Some(_) => return Err(SendError::NotDynamicFee),
        None => return Err(SendError::Malformed),
    }
    let decoded = TypedTransaction::decode_signed(&Rlp::new(raw));
    let (transaction, signature) = decoded.map_err(|_| SendError::Malformed)?;
    let TypedTransaction::Eip1559(fields) = &transaction else {
        return Err(SendError::NotDynamicFee);
    };
    let from = signature.recover(transaction.sighash()).map_err(|_| SendError::InvalidSender)?;
    let chain = fields.chain_id.unwrap_or_default().as_u64();
    if chain != CHAIN_ID {
        return Err(SendError::WrongChain(chain));
    }
    let Some(NameOrAddress::Address(to)) = fields.to else { return Err(SendError::Malformed) };
    let number = |field: Option<U256>| u64::try_from(field.unwrap_or_default());
    let nonce = number(fields.nonce).map_err(|_| SendError::Malformed)?;
    let limit = number(fields.gas).map_err(|_| SendError::BlockGasLimit)?;
    let call = ContractCall {
        to,
        value: fields.value.unwrap_or_default(),
        data: fields.data.as_ref().map(|data| data.to_vec()).unwrap_or_default(),
    };
    let gas = GasTerms {
        limit,
        fee_max: fields.max_fee_per_gas.unwrap_or_default(),
        tip_max: fields.max_priority_fee_per_gas.unwrap_or_default(),
    };
    let action = Action::Direct(call);
    Ok(Sent { hash: H256(keccak256(raw)), from, to, nonce, gas, action })
}

impl Chain {
    /// Takes a signed transaction; returns its hash.
    ///
    /// # Errors
    /// A node would not take it.
    pub(crate) fn send_raw(&mut self, raw: &[u8]) -> Result<H256, SendError> {
        let sent = read(raw)?;
        let hash = sent.hash;
        if self.transactions.get(hash).is_some() {
            return Err(SendError::AlreadyKnown);
        }
        self.check(&sent)?;
        let rival = self.transactions.waiting().find(|waiting| {
            waiting.from == sent.from
                && waiting.nonce == sent.nonce
                && matches!(waiting.action, Action::Direct(_))
        });
        if let Some(rival) = rival {
            let enough = |old: U256, new: U256| new * U256::from(10) >= old * U256::from(11);
            if !enough(rival.gas.fee_max, sent.gas.fee_max)
                || !enough(rival.gas.tip_max, sent.gas.tip_max)
            {
                return Err(SendError::ReplacementUnderpriced);
            }
            let replaced = rival.hash;
            self.transactions.drop_waiting(replaced);
        }
        if self.transactions.add(sent) { Ok(hash) } else { Err(SendError::PoolFull) }
    }
    fn check(&self, sent: &Sent) -> Result<(), SendError> {
        let next = self.nonce(sent.from);
        if sent.nonce < next {
            return Err(SendError::NonceTooLow { next, got: sent.nonce });
        }
        let GasTerms { limit, fee_max, tip_max } = sent.gas;
        if limit < GAS_LIMIT_MIN {
            return Err(SendError::IntrinsicGas);
        }
        if limit > GAS_LIMIT_MAX {
            return Err(SendError::BlockGasLimit);
        }
        if tip_max > fee_max {
            return Err(SendError::TipAboveFee);
        }
        if tip_max < U256::from(TIP_MIN_WEI) {
            return Err(SendError::Underpriced(tip_max));
        }
        let most = fee_max.checked_mul(U256::from(limit));
        if most.is_none_or(|most| most > self.gas_money(sent.from)) {
            return Err(SendError::InsufficientFunds);
        }
        Ok(())
    }

    /// How many transactions of an account are in blocks: the nonce of its next one. A Deposit
    /// Wallet counts its batches apart.
    pub(crate) fn nonce(&self, account: Address) -> u64 {
        self.nonces.get(&account).copied().unwrap_or(0)
    }
    /// The same as of a block.
    pub(crate) fn nonce_at(&self, account: Address, block: u64) -> u64 {
        let later = self.transactions.later_than(block);
        let later =
            later.filter(|sent| sent.from == account && matches!(sent.action, Action::Direct(_)));
        self.nonce(account).saturating_sub(later.count() as u64)
    }
    /// The nonce after those that wait without a gap.
    pub(crate) fn nonce_pending(&self, account: Address) -> u64 {
        let own = |sent: &&Sent| sent.from == account && matches!(sent.action, Action::Direct(_));
        let waiting: Vec<u64> =
            self.transactions.waiting().filter(own).map(|sent| sent.nonce).collect();
        let mut next = self.nonce(account);
        while waiting.contains(&next) {
            next += 1;
        }
        next
    }
    /// Wei of POL.
    pub(crate) fn gas_money(&self, account: Address) -> U256 {
        self.gas_money.get(&account).copied().unwrap_or_default()
    }
    /// The tip that the node suggests, in wei.
    pub(crate) const fn suggested_tip_wei() -> u64 {
        TIP_MIN_WEI + 5_000_000_000
    }
}

#[cfg(test)]
mod tests {
    use domain::{UnixMillis, Usd};
    use ethers_core::abi::{Token, encode};
    use ethers_core::types::Eip1559TransactionRequest;
    use ethers_signers::{LocalWallet, Signer};

    use super::super::contracts::PUSD;
    use super::super::{AccountKind, ChainOptions, Status, abi};
    use super::*;
    use crate::chaos::RateLimits;
    use crate::custody::{Asset, Custody};
    use crate::fault::FaultPlan;

    const GWEI: u64 = 1_000_000_000;
    const FRIEND: Address = ethers_core::types::H160([5; 20]);

    fn start() -> (Chain, Custody, LocalWallet) {
        let (options, now) = (ChainOptions::default(), UnixMillis(1_790_000_000_000));
        let mut chain = Chain::new(7, options, FaultPlan::default(), RateLimits::Off, now);
        let owner = LocalWallet::from_bytes(&[3; 32]).unwrap();
        chain.open_account(owner.address(), AccountKind::OwnKey);
        let mut custody = Custody::default();
        custody.fund(owner.address(), Asset::Pusd, Usd::from_whole(100));
        (chain, custody, owner)
    }
    /// A transfer of a dollar, signed.
    fn pay(owner: &LocalWallet, nonce: u64, fee_gwei: u64, tip_gwei: u64) -> Vec<u8> {
        request(owner, nonce, fee_gwei, tip_gwei, CHAIN_ID)
    }
    fn request(owner: &LocalWallet, nonce: u64, fee: u64, tip: u64, chain: u64) -> Vec<u8> {
        let arguments = [Token::Address(FRIEND), Token::Uint(1_000_000.into())];
        let mut data = abi::selector("transfer(address,uint256)").to_vec();
        data.extend(encode(&arguments));
        let fields = Eip1559TransactionRequest::new()
            .to(PUSD)
            .nonce(nonce)
            .gas(200_000)
            .max_fee_per_gas(fee * GWEI)
            .max_priority_fee_per_gas(tip * GWEI)
            .chain_id(chain)
            .data(data);
        let transaction = TypedTransaction::Eip1559(fields);
        let mut signature = owner.sign_hash(transaction.sighash()).unwrap();
        signature.v -= 27;
        transaction.rlp_signed(&signature).to_vec()
    }
    fn pass(chain: &mut Chain, custody: &mut Custody, blocks: i64) {
        let later = chain.now.0 + blocks * 1_000;
        chain.advance(UnixMillis(later), custody);
    }

    #[test]
    fn a_transaction_waits_gets_into_a_block_and_costs_gas() {
        let (mut chain, mut custody, owner) = start();
        let raw = pay(&owner, 0, 200, 30);
        let hash = chain.send_raw(&raw).unwrap();
        assert_eq!(chain.send_raw(&raw), Err(SendError::AlreadyKnown));
        assert!(chain.receipt(hash).is_none() && chain.seen(hash).is_some());
        assert_eq!((chain.nonce(owner.address()), chain.nonce_pending(owner.address())), (0, 1));
        let before = chain.gas_money(owner.address());
        pass(&mut chain, &mut custody, 1);
        let receipt = chain.receipt(hash).unwrap();
        assert_eq!((receipt.status, receipt.from), (Status::Succeeded, owner.address()));
        assert_eq!(custody.cash(FRIEND, Asset::Pusd), Usd::from_whole(1));
        let cost = receipt.gas_price_wei * U256::from(receipt.gas_used);
        assert_eq!(chain.gas_money(owner.address()), before - cost);
        let nonces = [receipt.block - 1, receipt.block].map(|at| chain.nonce_at(receipt.from, at));
        assert_eq!(nonces, [0, 1]);
        let late = chain.send_raw(&pay(&owner, 0, 300, 40)).unwrap_err();
        assert_eq!(late.to_string(), "nonce too low: next nonce 1, tx nonce 0");
        assert_eq!(chain.send_raw(&raw), Err(SendError::AlreadyKnown));
    }

    #[test]
    fn one_that_pays_too_little_sticks_until_another_with_a_tenth_more_replaces_it() {
        let (mut chain, mut custody, owner) = start();
        let stuck = chain.send_raw(&pay(&owner, 0, 29, 25)).unwrap();
        let next = chain.send_raw(&pay(&owner, 1, 200, 30)).unwrap();
        pass(&mut chain, &mut custody, 3);
        assert!(chain.receipt(stuck).is_none(), "the base fee is at least 30");
        assert!(chain.receipt(next).is_none(), "the nonce before it is missing");
        let little = chain.send_raw(&pay(&owner, 0, 200, 27));
        assert_eq!(little, Err(SendError::ReplacementUnderpriced));
        let better = chain.send_raw(&pay(&owner, 0, 200, 28)).unwrap();
        assert!(chain.seen(stuck).is_none());
        pass(&mut chain, &mut custody, 1);
        assert!(chain.receipt(better).is_some() && chain.receipt(next).is_some());
        assert_eq!(custody.cash(FRIEND, Asset::Pusd), Usd::from_whole(2));
    }

    #[test]
    fn what_a_node_would_not_take_is_refused_in_its_words() {
        let (mut chain, _, owner) = start();
        let refused = |chain: &mut Chain, raw: &[u8]| chain.send_raw(raw).unwrap_err();
        assert_eq!(refused(&mut chain, &[]), SendError::Malformed);
        assert_eq!(refused(&mut chain, &[2, 1, 1]), SendError::Malformed);
        assert_eq!(refused(&mut chain, &[0xf8, 1]), SendError::NotDynamicFee);
        let elsewhere = request(&owner, 0, 200, 30, 1);
        assert_eq!(refused(&mut chain, &elsewhere), SendError::WrongChain(1));
        let cheap = refused(&mut chain, &pay(&owner, 0, 200, 24)).to_string();
        assert!(cheap.starts_with("transaction underpriced: gas tip cap 24000000000"), "{cheap}");
        assert_eq!(refused(&mut chain, &pay(&owner, 0, 30, 31)), SendError::TipAboveFee);
        let poor = LocalWallet::from_bytes(&[4; 32]).unwrap();
        assert_eq!(refused(&mut chain, &pay(&poor, 0, 200, 30)), SendError::InsufficientFunds);
        assert_eq!(chain.transactions.waiting().count(), 0);
    }

    #[test]
    fn one_that_reverts_uses_its_nonce_up_and_moves_nothing() {
        let (mut chain, mut custody, owner) = start();
        for nonce in 0..101 {
            chain.send_raw(&pay(&owner, nonce, 100, 30)).unwrap();
        }
        pass(&mut chain, &mut custody, 1);
        assert_eq!(chain.nonce(owner.address()), 101);
        assert_eq!(custody.cash(FRIEND, Asset::Pusd), Usd::from_whole(100));
        let block = chain.block(chain.head()).unwrap();
        let reverted: Vec<bool> = block
            .transactions
            .iter()
            .map(|hash| chain.receipt(*hash).unwrap().status != Status::Succeeded)
            .collect();
        assert_eq!(reverted.iter().filter(|it| **it).count(), 1);
        assert_eq!(reverted.last(), Some(&true), "the one after the last dollar");
    }
}
