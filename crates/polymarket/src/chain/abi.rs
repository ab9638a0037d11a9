//! Calldata of every contract function that we call, and the reading of their answers.
//!
//! One function a contract function: its text is hashed into the selector right beside its
//! arguments, so a wrong order of arguments can be seen where it is made.

use ethers_core::abi::{self, ParamType, Token};
use ethers_core::types::{Address, Bytes, H256, U256};

/// What both outcomes of a binary condition are to the conditional tokens contract.
const BOTH_OUTCOMES: [u64; 2] = [1, 2];

/// ERC-20 `approve`: lets `spender` take up to `amount` base units.
#[must_use]
pub fn approve(spender: Address, amount: U256) -> Bytes {
    call("approve(address,uint256)", &[Token::Address(spender), Token::Uint(amount)])
}

/// ERC-20 `transfer`.
#[must_use]
pub fn transfer(to: Address, amount: U256) -> Bytes {
    call("transfer(address,uint256)", &[Token::Address(to), Token::Uint(amount)])
}

/// ERC-20 `balanceOf`.
#[must_use]
pub fn cash_balance(owner: Address) -> Bytes {
    call("balanceOf(address)", &[Token::Address(owner)])
}

/// ERC-20 `allowance`.
#[must_use]
pub fn allowance(owner: Address, spender: Address) -> Bytes {
    call("allowance(address,address)", &[Token::Address(owner), Token::Address(spender)])
}

/// ERC-1155 `setApprovalForAll`.
#[must_use]
pub fn set_approval_for_all(operator: Address, grant: super::Grant) -> Bytes {
    let approved = Token::Bool(grant == super::Grant::Given);
    call("setApprovalForAll(address,bool)", &[Token::Address(operator), approved])
}

/// ERC-1155 `isApprovedForAll`.
#[must_use]
pub fn is_approved_for_all(owner: Address, operator: Address) -> Bytes {
    call("isApprovedForAll(address,address)", &[Token::Address(owner), Token::Address(operator)])
}

/// ERC-1155 `balanceOf`.
#[must_use]
pub fn share_balance(owner: Address, token: U256) -> Bytes {
    call("balanceOf(address,uint256)", &[Token::Address(owner), Token::Uint(token)])
}

/// ERC-1155 `balanceOfBatch`: the n-th owner's balance of the n-th token.
#[must_use]
pub fn share_balances(owners: &[Address], tokens: &[U256]) -> Bytes {
    let owners = owners.iter().copied().map(Token::Address).collect();
    let tokens = tokens.iter().copied().map(Token::Uint).collect();
    call("balanceOfBatch(address[],uint256[])", &[Token::Array(owners), Token::Array(tokens)])
}

/// ERC-1155 `safeTransferFrom` without extra data.
#[must_use]
pub fn transfer_shares(from: Address, to: Address, token: U256, amount: U256) -> Bytes {
    call(
        "safeTransferFrom(address,address,uint256,uint256,bytes)",
        &[
            Token::Address(from),
            Token::Address(to),
            Token::Uint(token),
            Token::Uint(amount),
            Token::Bytes(vec![]),
        ],
    )
}

/// `splitPosition` of a collateral adapter, in the shape of the conditional tokens contract.
#[must_use]
pub fn split_position(collateral: Address, condition: H256, amount: U256) -> Bytes {
    call(
        "splitPosition(address,bytes32,bytes32,uint256[],uint256)",
        &[
            Token::Address(collateral),
            word(H256::zero()),
            word(condition),
            index_sets(&BOTH_OUTCOMES),
            Token::Uint(amount),
        ],
    )
}

/// `mergePositions` of a collateral adapter.
#[must_use]
pub fn merge_positions(collateral: Address, condition: H256, amount: U256) -> Bytes {
    call(
        "mergePositions(address,bytes32,bytes32,uint256[],uint256)",
        &[
            Token::Address(collateral),
            word(H256::zero()),
            word(condition),
            index_sets(&BOTH_OUTCOMES),
            Token::Uint(amount),
        ],
    )
}

/// `redeemPositions` of a collateral adapter: always the caller's whole balance of both outcomes.
#[must_use]
pub fn redeem_positions(collateral: Address, condition: H256) -> Bytes {
    redeem_index_sets(collateral, condition, &BOTH_OUTCOMES)
}

/// `redeemPositions` of the conditional tokens contract itself, for chosen index sets.
#[must_use]
pub fn redeem_index_sets(collateral: Address, condition: H256, sets: &[u64]) -> Bytes {
    call(
        "redeemPositions(address,bytes32,bytes32,uint256[])",
        &[Token::Address(collateral), word(H256::zero()), word(condition), index_sets(sets)],
    )
}

/// `convertPositions`: NOs of the questions in `index_set` into YESes of the others.
#[must_use]
pub fn convert_positions(market: H256, index_set: U256, amount: U256) -> Bytes {
    call(
        "convertPositions(bytes32,uint256,uint256)",
        &[word(market), Token::Uint(index_set), Token::Uint(amount)],
    )
}

/// `splitPosition` of the neg-risk adapter itself.
#[must_use]
pub fn neg_risk_split(condition: H256, amount: U256) -> Bytes {
    call("splitPosition(bytes32,uint256)", &[word(condition), Token::Uint(amount)])
}

/// `mergePositions` of the neg-risk adapter itself.
#[must_use]
pub fn neg_risk_merge(condition: H256, amount: U256) -> Bytes {
    call("mergePositions(bytes32,uint256)", &[word(condition), Token::Uint(amount)])
}

/// `redeemPositions` of the neg-risk adapter itself; amounts of YES and NO.
#[must_use]
pub fn neg_risk_redeem(condition: H256, amounts: [U256; 2]) -> Bytes {
    let amounts = Token::Array(amounts.into_iter().map(Token::Uint).collect());
    call("redeemPositions(bytes32,uint256[])", &[word(condition), amounts])
}

/// `split` of the router of Protocol V2.
#[must_use]
pub fn router_split(condition: [u8; 31], amount: U256) -> Bytes {
    call("split(bytes31,uint256)", &[short(condition), Token::Uint(amount)])
}

/// `merge` of the router of Protocol V2.
#[must_use]
pub fn router_merge(condition: [u8; 31], amount: U256) -> Bytes {
    call("merge(bytes31,uint256)", &[short(condition), Token::Uint(amount)])
}

/// `redeem` of the router of Protocol V2: one outcome, an explicit amount.
#[must_use]
pub fn router_redeem(condition: [u8; 31], outcome: u8, amount: U256) -> Bytes {
    call(
        "redeem(bytes31,uint256,uint256)",
        &[short(condition), Token::Uint(outcome.into()), Token::Uint(amount)],
    )
}

/// `wrap` of the onramp: `asset` becomes pUSD for `to`.
#[must_use]
pub fn wrap(asset: Address, to: Address, amount: U256) -> Bytes {
    call(
        "wrap(address,address,uint256)",
        &[Token::Address(asset), Token::Address(to), Token::Uint(amount)],
    )
}

/// `unwrap` of the offramp: pUSD becomes `asset` for `to`.
#[must_use]
pub fn unwrap(asset: Address, to: Address, amount: U256) -> Bytes {
    call(
        "unwrap(address,address,uint256)",
        &[Token::Address(asset), Token::Address(to), Token::Uint(amount)],
    )
}

/// `payoutDenominator`: zero until the condition is resolved.
#[must_use]
pub fn payout_denominator(condition: H256) -> Bytes {
    call("payoutDenominator(bytes32)", &[word(condition)])
}

/// `payoutNumerators` of one outcome.
#[must_use]
pub fn payout_numerator(condition: H256, outcome: u8) -> Bytes {
    call("payoutNumerators(bytes32,uint256)", &[word(condition), Token::Uint(outcome.into())])
}

/// `getPayout` of the position manager of Protocol V2.
#[must_use]
pub fn payout(position: U256, amount: U256) -> Bytes {
    call("getPayout(uint256,uint256)", &[Token::Uint(position), Token::Uint(amount)])
}

/// `getConditionId` of the conditional tokens contract, to check our own against.
#[must_use]
pub fn condition_id(oracle: Address, question: H256, outcomes: u64) -> Bytes {
    call(
        "getConditionId(address,bytes32,uint256)",
        &[Token::Address(oracle), word(question), Token::Uint(outcomes.into())],
    )
}

/// `getCollectionId` of the conditional tokens contract, to check our own against.
#[must_use]
pub fn collection_id(parent: H256, condition: H256, index_set: u64) -> Bytes {
    call(
        "getCollectionId(bytes32,bytes32,uint256)",
        &[word(parent), word(condition), Token::Uint(index_set.into())],
    )
}

/// `getPositionId` of the conditional tokens contract, to check our own against.
#[must_use]
pub fn position_id(collateral: Address, collection: H256) -> Bytes {
    call("getPositionId(address,bytes32)", &[Token::Address(collateral), word(collection)])
}

/// Reads an answer that is one number.
#[must_use]
pub fn read_uint(answer: &[u8]) -> Option<U256> {
    abi::decode(&[ParamType::Uint(256)], answer).ok()?.pop()?.into_uint()
}

/// Reads an answer that is yes or no.
#[must_use]
pub fn read_bool(answer: &[u8]) -> Option<bool> {
    abi::decode(&[ParamType::Bool], answer).ok()?.pop()?.into_bool()
}

/// Reads an answer that is a list of numbers.
#[must_use]
pub fn read_uints(answer: &[u8]) -> Option<Vec<U256>> {
    let list = ParamType::Array(Box::new(ParamType::Uint(256)));
    let tokens = abi::decode(&[list], answer).ok()?.pop()?.into_array()?;
    tokens.into_iter().map(Token::into_uint).collect()
}

pub(crate) fn call(signature: &str, arguments: &[Token]) -> Bytes {
    let mut data = ethers_core::utils::id(signature).to_vec();
    data.extend(abi::encode(arguments));
    data.into()
}

pub(crate) fn word(bytes: H256) -> Token {
    Token::FixedBytes(bytes.as_bytes().to_vec())
}

fn short(bytes: [u8; 31]) -> Token {
    Token::FixedBytes(bytes.to_vec())
}

fn index_sets(sets: &[u64]) -> Token {
    Token::Array(sets.iter().map(|set| Token::Uint((*set).into())).collect())
}
