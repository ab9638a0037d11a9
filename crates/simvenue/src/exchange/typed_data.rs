//! The typed data that clients sign (EIP-712), hashed by hand, and who signed it.

use domain::TokenId;
use ethers_core::types::{Address, H256, Signature, U256};
use ethers_core::utils::keccak256;

use super::payload::SignedOrder;

/// Polygon.
const CHAIN: u64 = 137;
const DOMAIN_TYPE: &[u8] =
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const ORDER_TYPE: &str = "Order(uint256 salt,address maker,address signer,uint256 tokenId,\
    uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,\
    bytes32 metadata,bytes32 builder)";
const NESTED_TYPE: &str = "TypedDataSign(Order contents,string name,string version,\
    uint256 chainId,address verifyingContract,bytes32 salt)";
const AUTH_DOMAIN_TYPE: &[u8] = b"EIP712Domain(string name,string version,uint256 chainId)";
const AUTH_TYPE: &[u8] = b"ClobAuth(address address,string timestamp,uint256 nonce,string message)";
const AUTH_MESSAGE: &[u8] = b"This message attests that I control the given wallet";
/// Half the order of the curve: contracts take only the lower one of two equivalent signatures.
const S_MAX: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

/// A contract that settles trades; orders are signed for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contract {
    /// CTFExchange V2: conditional tokens of single questions.
    Standard,
    /// NegRisk Exchange V2: conditional tokens of groups.
    NegRisk,
    /// ExchangeV3: positions of Protocol V2.
    Positions,
}

impl Contract {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Standard, Self::NegRisk, Self::Positions];

    /// Its address.
    pub(crate) fn address(self) -> Address {
        let digits = match self {
            Self::Standard => "E111180000d2663C0091e4f400237545B87B996B",
            Self::NegRisk => "e2222d279d744050d28e00520010520000310F59",
            Self::Positions => "e3333700cA9d93003F00f0F71f8515005F6c00Aa",
        };
        digits.parse().unwrap_or_default()
    }
    const fn version(self) -> &'static [u8] {
        match self {
            Self::Standard | Self::NegRisk => b"2",
            Self::Positions => b"3",
        }
    }
    /// Whether orders for `other` are of another version of the struct.
    pub(crate) fn is_other_version(self, other: Self) -> bool {
        self.version() != other.version()
    }
    fn domain_separator(self) -> [u8; 32] {
        hash(&[
            keccak256(DOMAIN_TYPE),
            keccak256(b"Polymarket CTF Exchange"),
            keccak256(self.version()),
            number(U256::from(CHAIN)),
            padded(self.address()),
        ])
    }
}

fn hash(words: &[[u8; 32]]) -> [u8; 32] {
    keccak256(words.concat())
}

fn number(value: U256) -> [u8; 32] {
    let mut word = [0; 32];
    value.to_big_endian(&mut word);
    word
}

fn padded(address: Address) -> [u8; 32] {
    H256::from(address).0
}

fn token_word(token: &TokenId) -> [u8; 32] {
    let mut word = [0; 32];
    for (bytes, limb) in word.chunks_mut(8).zip(token.words()) {
        bytes.copy_from_slice(&limb.to_be_bytes());
    }
    word
}

fn digest(domain_separator: &[u8; 32], contents: &[u8; 32]) -> [u8; 32] {
    keccak256([&[0x19, 0x01], domain_separator.as_slice(), contents.as_slice()].concat())
}

fn order_hash(order: &SignedOrder) -> [u8; 32] {
    hash(&[
        keccak256(ORDER_TYPE),
        number(U256::from(order.salt)),
        padded(order.maker),
        padded(order.signer),
        token_word(&order.token),
        number(U256::from(order.maker_amount)),
        number(U256::from(order.taker_amount)),
        number(U256::from(u8::from(order.side == domain::Side::Sell))),
        number(U256::from(order.signature_type)),
        number(U256::from(order.timestamp_ms)),
        order.metadata,
        order.builder,
    ])
}

/// The id of an order: its digest under the contract's domain, whatever the wallet type.
pub(crate) fn order_id(order: &SignedOrder, contract: Contract) -> [u8; 32] {
    digest(&contract.domain_separator(), &order_hash(order))
}

/// Who signed the order for `contract`; `None` where the signature is not one, or, of a deposit
/// wallet, does not carry the parts it must.
pub(crate) fn order_signer(order: &SignedOrder, contract: Contract) -> Option<Address> {
    let domain_separator = contract.domain_separator();
    let contents = order_hash(order);
    if order.signature_type != 3 {
        return recover(&order.signature, &digest(&domain_separator, &contents));
    }
    let (inner, wrapping) = order.signature.split_at_checked(65)?;
    let length = u16::try_from(ORDER_TYPE.len()).ok()?.to_be_bytes();
    let expected =
        [domain_separator.as_slice(), &contents, ORDER_TYPE.as_bytes(), &length].concat();
    if wrapping != expected {
        return None;
    }
    let nested = hash(&[
        keccak256(format!("{NESTED_TYPE}{ORDER_TYPE}")),
        contents,
        keccak256(b"DepositWallet"),
        keccak256(b"1"),
        number(U256::from(CHAIN)),
        padded(order.signer),
        [0; 32],
    ]);
    recover(inner, &digest(&domain_separator, &nested))
}

/// Who signed that it controls `address`.
pub(crate) fn auth_signer(
    address: Address,
    timestamp: &str,
    nonce: U256,
    signature: &[u8],
) -> Option<Address> {
    let domain_separator = hash(&[
        keccak256(AUTH_DOMAIN_TYPE),
        keccak256(b"ClobAuthDomain"),
        keccak256(b"1"),
        number(U256::from(CHAIN)),
    ]);
    let contents = hash(&[
        keccak256(AUTH_TYPE),
        padded(address),
        keccak256(timestamp),
        number(nonce),
        keccak256(AUTH_MESSAGE),
    ]);
    recover(signature, &digest(&domain_separator, &contents))
}

/// As a contract would: 65 bytes, `v` of 27 or 28, the lower `s`.
fn recover(signature: &[u8], digest: &[u8; 32]) -> Option<Address> {
    let (r, rest) = signature.split_at_checked(32)?;
    let (s, v) = rest.split_at_checked(32)?;
    let [v @ (27 | 28)] = v else { return None };
    let s = U256::from_big_endian(s);
    if s > U256::from_str_radix(S_MAX, 16).ok()? {
        return None;
    }
    let signature = Signature { r: U256::from_big_endian(r), s, v: u64::from(*v) };
    signature.recover(H256::from(*digest)).ok()
}

#[cfg(test)]
mod tests;
