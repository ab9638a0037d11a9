//! What a transaction may cost: a cap that is never passed, a tip that the network takes, and a
//! replacement that pays enough more. Amounts are wei of POL for one unit of gas.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One gwei in wei.
const GWEI: u128 = 1_000_000_000;
/// A replacement pays at least eleven tenths of what it replaces; nodes ignore less.
const BUMP: (u128, u128) = (11, 10);
/// Head room over the present base fee, which rises by an eighth a block at most.
const BASE_FEE_TIMES: u128 = 2;

/// What a transaction offers for one unit of gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// At most so much in all.
    pub total_max: u128,
    /// Of that, at most so much to who makes the block.
    pub tip: u128,
}

/// What we are ready to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// Never offer more than this in all, in wei for one unit of gas.
    pub total_max: u128,
    /// The smallest tip that the network takes.
    pub tip_min: u128,
    /// The largest gas limit of one transaction.
    pub gas_max: u64,
}

/// Nothing is sent, because it would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FeeRefusal {
    /// The next block costs more than our cap.
    #[error("gas costs {} gwei now, more than the limit of {} gwei", wanted / GWEI, limit / GWEI)]
    AboveCap {
        /// What would have to be offered, in wei.
        wanted: u128,
        /// The cap, in wei.
        limit: u128,
    },
    /// The transaction needs more gas than we allow one to use.
    #[error("the transaction needs {wanted} units of gas, more than the limit of {limit}")]
    TooMuchGas {
        /// Units needed, head room included.
        wanted: u64,
        /// The limit.
        limit: u64,
    },
}

impl Default for FeePolicy {
    /// Polygon: tips from 25 gwei, at most 1,000 gwei in all, at most 3 million units of gas.
    fn default() -> Self {
        Self { total_max: 1_000 * GWEI, tip_min: 25 * GWEI, gas_max: 3_000_000 }
    }
}

impl FeePolicy {
    /// What to offer, given the newest block's base fee and the tip that the node suggests.
    ///
    /// # Errors
    /// [`FeeRefusal::AboveCap`] where even the next block would cost more than the cap.
    pub fn offer(&self, base_fee: u128, suggested_tip: u128) -> Result<Fees, FeeRefusal> {
        let tip = suggested_tip.max(self.tip_min);
        let now = base_fee.saturating_add(tip);
        let comfortable = base_fee.saturating_mul(BASE_FEE_TIMES).saturating_add(tip);
        if now > self.total_max {
            return Err(FeeRefusal::AboveCap { wanted: now, limit: self.total_max });
        }
        Ok(Fees { total_max: comfortable.min(self.total_max), tip })
    }

    /// What to offer for a replacement of a transaction that offered `before`: at least a tenth
    /// more of both, or what the market asks for now if that is more.
    ///
    /// # Errors
    /// [`FeeRefusal::AboveCap`].
    pub fn replacement(
        &self,
        before: Fees,
        base_fee: u128,
        suggested_tip: u128,
    ) -> Result<Fees, FeeRefusal> {
        let market = self.offer(base_fee, suggested_tip)?;
        let total_max = market.total_max.max(bumped(before.total_max));
        let tip = market.tip.max(bumped(before.tip));
        if total_max > self.total_max {
            return Err(FeeRefusal::AboveCap { wanted: total_max, limit: self.total_max });
        }
        Ok(Fees { total_max, tip: tip.min(total_max) })
    }

    /// The gas limit for a call that was estimated to use `estimate`: a fifth more, because what
    /// others do before it can change its way.
    ///
    /// # Errors
    /// [`FeeRefusal::TooMuchGas`].
    pub const fn gas_limit(&self, estimate: u64) -> Result<u64, FeeRefusal> {
        let wanted = estimate.saturating_add(estimate / 5);
        if wanted > self.gas_max {
            return Err(FeeRefusal::TooMuchGas { wanted, limit: self.gas_max });
        }
        Ok(wanted)
    }
}

/// Rounded up, so that it is never a wei too little.
fn bumped(before: u128) -> u128 {
    let (times, over) = BUMP;
    before.saturating_mul(times).div_ceil(over)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: FeePolicy =
        FeePolicy { total_max: 500 * GWEI, tip_min: 25 * GWEI, gas_max: 1_000_000 };

    #[test]
    fn a_node_that_suggests_too_small_a_tip_is_not_believed() {
        let fees = POLICY.offer(30 * GWEI, GWEI).unwrap();
        assert_eq!(fees, Fees { total_max: 85 * GWEI, tip: 25 * GWEI });
        assert_eq!(POLICY.offer(30 * GWEI, 40 * GWEI).unwrap().tip, 40 * GWEI);
    }

    #[test]
    fn head_room_ends_at_the_cap_and_what_costs_more_now_is_refused() {
        assert_eq!(POLICY.offer(400 * GWEI, GWEI).unwrap().total_max, 500 * GWEI);
        let refused = FeeRefusal::AboveCap { wanted: 501 * GWEI, limit: 500 * GWEI };
        assert_eq!(POLICY.offer(476 * GWEI, GWEI), Err(refused));
        assert_eq!(refused.to_string(), "gas costs 501 gwei now, more than the limit of 500 gwei");
    }

    #[test]
    fn a_replacement_above_the_cap_is_refused_too() {
        let before = Fees { total_max: 460 * GWEI, tip: 25 * GWEI };
        let refused = FeeRefusal::AboveCap { wanted: 506 * GWEI, limit: 500 * GWEI };
        assert_eq!(POLICY.replacement(before, GWEI, GWEI), Err(refused));
    }

    #[test]
    fn gas_beyond_the_limit_is_refused() {
        assert_eq!(POLICY.gas_limit(100_000), Ok(120_000));
        let refused = FeeRefusal::TooMuchGas { wanted: 1_200_000, limit: 1_000_000 };
        assert_eq!(POLICY.gas_limit(1_000_000), Err(refused));
    }

    proptest! {
        #[test]
        fn a_replacement_pays_at_least_a_tenth_more_and_never_more_than_the_cap(
            total in 1u128..600 * GWEI, tip in 1u128..600 * GWEI,
            base in 0u128..600 * GWEI, suggested in 0u128..600 * GWEI,
        ) {
            let before = Fees { total_max: total.max(tip), tip };
            if let Ok(after) = POLICY.replacement(before, base, suggested) {
                prop_assert!(after.total_max * 10 >= before.total_max * 11);
                prop_assert!(after.tip * 10 >= before.tip * 11);
                prop_assert!(after.tip <= after.total_max && after.total_max <= POLICY.total_max);
            }
        }
    }
}
