//! What the shares of a resolved market pay.

use domain::{ConditionId, Price, ProtocolVersion, Shares, TokenId};
use ethers_core::types::{H256, U256};
use thiserror::Error;

use super::rpc::{Rpc, RpcError};
use crate::account::Contracts;

/// One dollar in the units of [`Price`].
const DOLLAR: u64 = 10_000;
/// Millionths of a dollar in one unit of [`Price`].
const MICROS: i64 = 100;

/// How a market stands on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Nothing is decided.
    Open,
    /// What one share of each outcome pays, YES first.
    Pays([Price; 2]),
}

/// Why it is not known what shares pay.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PayoutError {
    /// The node cannot be asked.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// It cannot be written down exactly, so nothing is booked by itself.
    #[error("the shares of market {0} pay a fraction finer than a hundredth of a cent")]
    TooFine(ConditionId),
}

/// What the shares of a market pay now.
///
/// # Errors
/// See [`PayoutError`].
pub async fn resolution(
    rpc: &Rpc,
    contracts: &Contracts,
    version: ProtocolVersion,
    condition: &ConditionId,
    tokens: [TokenId; 2],
) -> Result<Resolution, PayoutError> {
    let fine = || PayoutError::TooFine(*condition);
    if version == ProtocolVersion::V1 {
        let Some((numerators, denominator)) =
            rpc.payouts(contracts, H256(*condition.bytes())).await?
        else {
            return Ok(Resolution::Open);
        };
        let [yes, no] = numerators.map(|numerator| of_fraction(numerator, denominator));
        return Ok(Resolution::Pays([yes.ok_or_else(fine)?, no.ok_or_else(fine)?]));
    }
    let mut payouts = [Price::ZERO; 2];
    for (payout, token) in payouts.iter_mut().zip(tokens) {
        let paid = match rpc.payout_of_position(contracts, token, Shares::from_whole(1)).await {
            Err(RpcError::Reverted(_)) => return Ok(Resolution::Open),
            paid => paid?.micros(),
        };
        *payout = of_micros(paid).ok_or_else(fine)?;
    }
    Ok(Resolution::Pays(payouts))
}

fn of_fraction(numerator: U256, denominator: U256) -> Option<Price> {
    let (units, rest) = numerator.checked_mul(DOLLAR.into())?.div_mod(denominator);
    if !rest.is_zero() || units > DOLLAR.into() {
        return None;
    }
    u16::try_from(units.low_u64()).ok().and_then(Price::from_ten_thousandths)
}

fn of_micros(micros: i64) -> Option<Price> {
    let units = (micros % MICROS == 0).then_some(micros / MICROS)?;
    u16::try_from(units).ok().and_then(Price::from_ten_thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fraction(numerator: u64, denominator: u64) -> Option<Price> {
        of_fraction(numerator.into(), denominator.into())
    }

    #[test]
    fn payouts_are_exact_or_nothing() {
        assert_eq!(fraction(1, 1), Some(Price::ONE));
        assert_eq!(fraction(0, 1), Some(Price::ZERO));
        assert_eq!(fraction(1, 2), Price::from_ten_thousandths(5_000));
        assert_eq!(fraction(1, 3), None);
        assert_eq!(fraction(2, 1), None, "more than a dollar");
        assert_eq!(of_fraction(U256::MAX, U256::MAX), None, "beyond all counting");
        assert_eq!(of_micros(1_000_000), Some(Price::ONE));
        assert_eq!(of_micros(333_333), None);
        assert_eq!(of_micros(-100), None);
    }
}
