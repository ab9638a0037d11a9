//! Names that the contracts compute: conditions, collections, positions.
//!
//! The ids to trade come from the venue; computed here they are a check of them, and the way from
//! a neg-risk market to its questions.

mod curve;

use domain::{ConditionId, TokenId};
use ethers_core::types::{Address, H256, U256};
use ethers_core::utils::keccak256;
use thiserror::Error;

pub use curve::NotOnCurve;

/// The condition of a question with `outcomes` outcomes, decided by `oracle`.
#[must_use]
pub fn condition_id(oracle: Address, question: H256, outcomes: u64) -> H256 {
    let mut packed = [0; 84];
    let (who, rest) = packed.split_at_mut(20);
    let (what, count) = rest.split_at_mut(32);
    who.copy_from_slice(oracle.as_bytes());
    what.copy_from_slice(question.as_bytes());
    U256::from(outcomes).to_big_endian(count);
    H256(keccak256(packed))
}

/// The collection of the outcomes in `index_set` (bit 0 is the first outcome) of a condition.
#[must_use]
pub fn collection_id(condition: H256, index_set: u64) -> H256 {
    curve::Point::of(condition, index_set).compressed()
}

/// The same within a `parent` collection, which must not be zero.
///
/// # Errors
/// `parent` is no collection.
pub fn nested_collection_id(
    parent: H256,
    condition: H256,
    index_set: u64,
) -> Result<H256, NotOnCurve> {
    let parent = curve::Point::expanded(parent)?;
    Ok(curve::Point::of(condition, index_set).plus(&parent).compressed())
}

/// The position of a collection in a collateral token: what is traded.
#[must_use]
pub fn position_id(collateral: Address, collection: H256) -> U256 {
    let mut packed = [0; 52];
    let (token, rest) = packed.split_at_mut(20);
    token.copy_from_slice(collateral.as_bytes());
    rest.copy_from_slice(collection.as_bytes());
    U256::from(keccak256(packed))
}

/// YES and NO of a binary condition. The collateral is USDC.e for a standard market and the
/// wrapped collateral for a neg-risk one, never pUSD.
#[must_use]
pub fn outcome_tokens(collateral: Address, condition: H256) -> [TokenId; 2] {
    [1, 2].map(|set| token_id(position_id(collateral, collection_id(condition, set))))
}

/// The question at `index` of a neg-risk market.
#[must_use]
pub const fn neg_risk_question(market: H256, index: u8) -> H256 {
    let mut question = market.0;
    let [.., last] = &mut question;
    *last |= index;
    H256(question)
}

/// The neg-risk market of a question: its id without the last byte.
#[must_use]
pub const fn neg_risk_market(question: H256) -> H256 {
    let mut market = question.0;
    let [.., last] = &mut market;
    *last = 0;
    H256(market)
}

/// A position of Protocol V2: its condition, and the outcome in the last byte.
#[must_use]
pub fn v2_position(condition: [u8; 31], outcome: u8) -> U256 {
    let mut position = [0; 32];
    let (head, last) = position.split_at_mut(31);
    head.copy_from_slice(&condition);
    last.fill(outcome);
    U256::from(position)
}

/// The condition of Protocol V2 that a 32-byte id holds.
///
/// # Errors
/// The last byte is not zero: an id of Protocol V1.
pub const fn v2_condition(condition: &ConditionId) -> Result<[u8; 31], NotV2> {
    let [head @ .., last] = condition.bytes();
    if *last == 0 { Ok(*head) } else { Err(NotV2) }
}

/// A condition id of Protocol V1 where one of V2 belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a condition of Protocol V2 has 31 bytes; this one has 32")]
pub struct NotV2;

/// A token's number as the contracts take it.
#[must_use]
pub const fn token_number(token: TokenId) -> U256 {
    let [a, b, c, d] = *token.words();
    U256([d, c, b, a])
}

/// A number of the contracts as a token.
#[must_use]
pub const fn token_id(number: U256) -> TokenId {
    let [d, c, b, a] = number.0;
    TokenId::from_words([a, b, c, d])
}
