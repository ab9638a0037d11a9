//! Names of things: conditions and tokens as the chain knows them, and dense indices for the
//! places where looking a long name up would be too dear.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not `0x` and 64 hexadecimal digits (62 for a Protocol V2 condition).
    #[error("a condition id is 0x and 64 hexadecimal digits")]
    Condition,
    /// Not `0x` and 64 hexadecimal digits.
    #[error("a question id is 0x and 64 hexadecimal digits")]
    Question,
    /// Not a decimal number of at most 78 digits below 2^256.
    #[error("a token id is a decimal number below 2^256")]
    Token,
    /// Not `0x` and 40 hexadecimal digits.
    #[error("an account's address is 0x and 40 hexadecimal digits")]
    Address,
    /// Not `0x` and 64 hexadecimal digits.
    #[error("a transaction is 0x and 64 hexadecimal digits")]
    Transaction,
}

/// A market's condition: 32 bytes. A 31-byte id of Protocol V2 is padded with a zero on the right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionId([u8; 32]);

impl ConditionId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Parses `0x` and 64 (or 62) hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix("0x").ok_or(IdError::Condition)?;
        let mut bytes = [0; 32];
        let length = digits.len() / 2;
        if !matches!(digits.len(), 62 | 64) {
            return Err(IdError::Condition);
        }
        let target = bytes.get_mut(..length).ok_or(IdError::Condition)?;
        hex::decode_to_slice(digits, target).map_err(|_| IdError::Condition)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for ConditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
impl fmt::Debug for ConditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The question behind a market, as the oracle knows it: 32 bytes. In a neg-risk group the last byte
/// counts the questions, and the rest names the group on the chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId([u8; 32]);

impl QuestionId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Parses `0x` and 64 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix("0x").ok_or(IdError::Question)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| IdError::Question)?;
        Ok(Self(bytes))
    }
    /// The neg-risk group's name on the chain, and the question's place in it.
    #[must_use]
    pub const fn neg_risk(&self) -> ([u8; 32], u8) {
        let mut market = self.0;
        let index = market[31];
        market[31] = 0;
        (market, index)
    }
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
impl fmt::Debug for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who owns dollars and shares on the chain: 20 bytes, written as `0x` and 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountAddress([u8; 20]);

impl AccountAddress {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
    /// Parses `0x` and 40 hexadecimal digits, upper or lower case. The sum that mixed case can carry
    /// is not checked.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix("0x").ok_or(IdError::Address)?;
        let mut bytes = [0; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| IdError::Address)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for AccountAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
impl fmt::Debug for AccountAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A transaction on the chain: 32 bytes, written as `0x` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionHash([u8; 32]);

impl TransactionHash {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Parses `0x` and 64 hexadecimal digits, upper or lower case.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix("0x").ok_or(IdError::Transaction)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| IdError::Transaction)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for TransactionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}
impl fmt::Debug for TransactionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An outcome's token (Protocol V1) or position (V2): an unsigned number of 256 bits, written in
/// decimal on the wire. Kept as four words, most significant first, so that ids order as numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u64; 4]);

const CHUNK: u64 = 10_000_000_000_000_000_000; // 10^19, the largest power of ten in a word
const CHUNK_DIGITS: usize = 19;

impl TokenId {
    /// From four words, most significant first.
    #[must_use]
    pub const fn from_words(words: [u64; 4]) -> Self {
        Self(words)
    }
    /// The four words, most significant first.
    #[must_use]
    pub const fn words(&self) -> &[u64; 4] {
        &self.0
    }
    /// Parses a decimal number.
    ///
    /// # Errors
    /// Not 1 to 78 decimal digits, or 2^256 and above.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > 78 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdError::Token);
        }
        let mut words = [0u64; 4];
        let mut rest = text;
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(CHUNK_DIGITS));
            let chunk: u64 = head.parse().map_err(|_| IdError::Token)?;
            let scale = 10u64.pow(head.len() as u32);
            let mut carry = u128::from(chunk);
            for word in words.iter_mut().rev() {
                let product = u128::from(*word) * u128::from(scale) + carry;
                *word = (product & u128::from(u64::MAX)) as u64;
                carry = product >> 64;
            }
            if carry != 0 {
                return Err(IdError::Token);
            }
            rest = tail;
        }
        Ok(Self(words))
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0;
        let mut chunks = Vec::with_capacity(5);
        while words.iter().any(|word| *word != 0) {
            let mut rest = 0u128;
            for word in &mut words {
                let dividend = (rest << 64) | u128::from(*word);
                *word = (dividend / u128::from(CHUNK)) as u64;
                rest = dividend % u128::from(CHUNK);
            }
            chunks.push(rest as u64);
        }
        let mut text = chunks.pop().unwrap_or(0).to_string();
        for chunk in chunks.iter().rev() {
            text.push_str(&format!("{chunk:0CHUNK_DIGITS$}"));
        }
        f.pad(&text)
    }
}
impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! text_id {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
text_id!(ConditionId);
text_id!(TokenId);
text_id!(QuestionId);
text_id!(AccountAddress);
text_id!(TransactionHash);

/// The place of a token in the table of watched tokens: dense, valid for one table only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenIndex(pub u32);

impl TokenIndex {
    /// As an index into a slice.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_condition_id_of_protocol_v2_is_padded_on_the_right() {
        let short = format!("0x{}", "ab".repeat(31));
        let long = format!("0x{}00", "ab".repeat(31));
        assert_eq!(ConditionId::parse(&short).unwrap().to_string(), long);
        for bad in ["", "0x", "ab", "0xzz", &long[2..]] {
            assert_eq!(ConditionId::parse(bad), Err(IdError::Condition), "{bad}");
        }
    }

    #[test]
    fn an_account_is_20_bytes_and_nothing_shorter_or_longer() {
        let address = AccountAddress::from_bytes([0xAB; 20]);
        assert_eq!(AccountAddress::parse(&address.to_string()), Ok(address));
        assert_eq!(AccountAddress::parse(&format!("0x{}", "AB".repeat(20))), Ok(address));
        for bad in ["", "0x", &"ab".repeat(20), &format!("0x{}", "ab".repeat(21)), "0xzz"] {
            assert_eq!(AccountAddress::parse(bad), Err(IdError::Address), "{bad}");
        }
    }

    #[test]
    fn a_question_of_a_group_tells_the_group_and_its_place() {
        let mut bytes = [7; 32];
        bytes[31] = 3;
        let id = QuestionId::from_bytes(bytes);
        bytes[31] = 0;
        assert_eq!(id.neg_risk(), (bytes, 3));
        assert_eq!(QuestionId::parse(&id.to_string()), Ok(id));
        assert_eq!(QuestionId::parse("0x12"), Err(IdError::Question));
    }

    #[test]
    fn the_largest_token_id_fits_and_the_next_does_not() {
        let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(TokenId::parse(max).unwrap(), TokenId::from_words([u64::MAX; 4]));
        let over = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!(TokenId::parse(over), Err(IdError::Token));
        assert_eq!(TokenId::parse("0").unwrap().to_string(), "0");
        for bad in ["", "-1", "1.5", "0x1", "1 "] {
            assert_eq!(TokenId::parse(bad), Err(IdError::Token), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn token_ids_survive_text_and_order_as_numbers(a in any::<[u64; 4]>(), b in any::<[u64; 4]>()) {
            let (a, b) = (TokenId::from_words(a), TokenId::from_words(b));
            prop_assert_eq!(TokenId::parse(&a.to_string()), Ok(a));
            let by_text = (a.to_string().len(), a.to_string()).cmp(&(b.to_string().len(), b.to_string()));
            prop_assert_eq!(a.cmp(&b), by_text);
        }

        #[test]
        fn condition_ids_survive_text(bytes in any::<[u8; 32]>()) {
            let id = ConditionId::from_bytes(bytes);
            prop_assert_eq!(ConditionId::parse(&id.to_string().to_uppercase().replace("0X", "0x")), Ok(id));
        }
    }
}
