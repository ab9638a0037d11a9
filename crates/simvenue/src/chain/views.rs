//! What the venue's contracts answer without changing anything.

use domain::{Shares, Usd};
use ethers_core::abi::Token;
use ethers_core::types::U256;

use super::abi::{Call, Form, shares, word};
use super::contracts::Contract;
use crate::custody::{Address, Asset, Custody, Revert, ShareContract};

fn units(micros: i64) -> U256 {
    U256::from(u64::try_from(micros).unwrap_or_default())
}

/// The answer of the contract at `to`; `None` where it has no such question.
pub(super) fn answer(
    custody: &Custody,
    to: Address,
    call: &Call,
) -> Option<Result<Vec<u8>, Revert>> {
    match Contract::at(to)? {
        Contract::Dollars(asset) => dollars_answer(custody, asset, call).map(|it| Ok(word(it))),
        Contract::Shares(contract) => shares_answer(custody, contract, call),
        _ => None,
    }
}

fn dollars_answer(custody: &Custody, asset: Asset, call: &Call) -> Option<U256> {
    match *call {
        Call::BalanceOf { owner } => Some(units(custody.cash(owner, asset).micros())),
        Call::Allowance { owner, spender } => Some(custody.allowance(asset, owner, spender)),
        Call::Decimals => Some(U256::from(6)),
        _ => None,
    }
}

fn shares_answer(
    custody: &Custody,
    contract: ShareContract,
    call: &Call,
) -> Option<Result<Vec<u8>, Revert>> {
    match call {
        Call::ShareBalances { owners, tokens, form } => {
            let pairs = owners.iter().zip(tokens);
            let held = pairs.map(|(owner, token)| {
                let ours = custody.share_contract_of(*token) == Ok(contract);
                let held = if ours { custody.shares(*owner, *token) } else { Shares::ZERO };
                Token::Uint(units(held.micros()))
            });
            let held: Vec<Token> = held.collect();
            Some(Ok(match form {
                Form::One => ethers_core::abi::encode(&held),
                Form::List => ethers_core::abi::encode(&[Token::Array(held)]),
            }))
        }
        Call::IsApprovedForAll { owner, operator } => {
            let approved = custody.is_operator(contract, *owner, *operator);
            Some(Ok(word(U256::from(u8::from(approved)))))
        }
        Call::PayoutDenominator { .. } | Call::PayoutNumerator { .. }
            if contract == ShareContract::ConditionalTokens =>
        {
            Some(Ok(word(payout_part(custody, call))))
        }
        Call::Payout { token, amount } if contract == ShareContract::PositionManager => {
            let sizes = custody.outcome(*token).ok_or(Revert::UnknownToken(*token));
            Some(sizes.and_then(|(id, outcome)| {
                let size = shares(*amount)?;
                let payouts = custody.condition(id).and_then(|it| it.payouts());
                let mut sizes = [Shares::ZERO; 2];
                if let Some(place) = sizes.get_mut(outcome) {
                    *place = size;
                }
                let value: Usd = payouts.ok_or(Revert::NotResolved)?.value(sizes);
                Ok(word(units(value.micros())))
            }))
        }
        _ => None,
    }
}

/// Zero for what is unknown or open, as the contract has it.
fn payout_part(custody: &Custody, call: &Call) -> U256 {
    let found = match *call {
        Call::PayoutDenominator { condition } | Call::PayoutNumerator { condition, .. } => {
            custody.condition(condition)
        }
        _ => None,
    };
    let ours = found.filter(|it| it.share_contract() == ShareContract::ConditionalTokens);
    let Some(payouts) = ours.and_then(|it| it.payouts()) else { return U256::zero() };
    match *call {
        Call::PayoutNumerator { outcome, .. } => {
            let at = usize::try_from(outcome).unwrap_or(usize::MAX);
            U256::from(payouts.numerators().get(at).copied().unwrap_or_default())
        }
        _ => U256::from(payouts.denominator()),
    }
}
