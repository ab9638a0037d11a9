//! Why a look at a market or a group yielded nothing: counters that add up.

use std::fmt;

/// Why no opportunity came of a look. The order is the order of the checks: a look is counted
/// under the first reason that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The market, or a member of the group, takes no orders.
    NotOpen,
    /// An augmented group: the listed names are not complete, so their sum proves nothing.
    Augmented,
    /// A member of the group is not watched, or its listing is not complete.
    Incomplete,
    /// No contract is known that converts NOs of these markets.
    NotConvertible,
    /// A book has not had its first snapshot.
    Waiting,
    /// A book is older than its limit, or its connection is silent or gone.
    Stale,
    /// A book contradicts itself or the venue, and waits for a new snapshot.
    Suspect,
    /// The two books of a market were not stated for the same exchange millisecond.
    Skewed,
    /// A side that would be traded against is empty.
    OneSided,
    /// The venue states no fee that can be read. No fee, no trade.
    FeeUnknown,
    /// The best prices do not contradict each other.
    NoEdge,
    /// They do, but by less than the threshold.
    BelowThreshold,
    /// Nothing is left after fees.
    EatenByFees,
    /// Nothing is left after the on-chain cost.
    EatenByChainCost,
    /// The depth does not hold the smallest order.
    BelowOrderMin,
    /// What is left is less than the smallest profit asked for.
    BelowProfitMin,
}

impl Reason {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 16] = [
        Self::NotOpen,
        Self::Augmented,
        Self::Incomplete,
        Self::NotConvertible,
        Self::Waiting,
        Self::Stale,
        Self::Suspect,
        Self::Skewed,
        Self::OneSided,
        Self::FeeUnknown,
        Self::NoEdge,
        Self::BelowThreshold,
        Self::EatenByFees,
        Self::EatenByChainCost,
        Self::BelowOrderMin,
        Self::BelowProfitMin,
    ];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotOpen => "not_open",
            Self::Augmented => "augmented",
            Self::Incomplete => "incomplete",
            Self::NotConvertible => "not_convertible",
            Self::Waiting => "waiting",
            Self::Stale => "stale",
            Self::Suspect => "suspect",
            Self::Skewed => "skewed",
            Self::OneSided => "one_sided",
            Self::FeeUnknown => "fee_unknown",
            Self::NoEdge => "no_edge",
            Self::BelowThreshold => "below_threshold",
            Self::EatenByFees => "eaten_by_fees",
            Self::EatenByChainCost => "eaten_by_chain_cost",
            Self::BelowOrderMin => "below_order_min",
            Self::BelowProfitMin => "below_profit_min",
        }
    }
    /// One plain sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotOpen => "The market takes no orders.",
            Self::Augmented => {
                "The group has an open \"Other\", so the listed sum is not complete."
            }
            Self::Incomplete => "A member of the group is not watched.",
            Self::NotConvertible => "No contract is known that converts these NOs.",
            Self::Waiting => "A book has not arrived yet.",
            Self::Stale => "A book is too old, or its connection is silent.",
            Self::Suspect => "A book contradicts itself and is being reloaded.",
            Self::Skewed => "The two books were stated at different moments.",
            Self::OneSided => "There is nobody to trade with on one side.",
            Self::FeeUnknown => "The fee is not known.",
            Self::NoEdge => "The prices do not contradict each other.",
            Self::BelowThreshold => "The contradiction is smaller than the threshold.",
            Self::EatenByFees => "Fees take all of it.",
            Self::EatenByChainCost => "The on-chain cost takes all of it.",
            Self::BelowOrderMin => "The depth does not hold the smallest order.",
            Self::BelowProfitMin => "What is left is less than the smallest profit asked for.",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Counts of looks and how they ended. `looks() == passed + the sum of all reasons`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    passed: u64,
    reasons: [u64; Reason::ALL.len()],
}

impl Funnel {
    /// Counts one look: `Ok` passed on, `Err` ended here.
    pub fn record(&mut self, outcome: Result<(), Reason>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(reason) => {
                if let Some(count) = self.reasons.get_mut(reason as usize) {
                    *count += 1;
                }
            }
        }
    }
    /// Adds another funnel's counts.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        for (mine, theirs) in self.reasons.iter_mut().zip(&other.reasons) {
            *mine += theirs;
        }
    }
    /// How many looks there were.
    #[must_use]
    pub fn looks(&self) -> u64 {
        self.passed + self.reasons.iter().sum::<u64>()
    }
    /// How many passed on.
    #[must_use]
    pub const fn passed(&self) -> u64 {
        self.passed
    }
    /// Every reason with its count, in the order of the checks.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        Reason::ALL.into_iter().zip(self.reasons.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_add_up_whatever_is_recorded() {
        let mut funnel = Funnel::default();
        for (n, reason) in Reason::ALL.into_iter().enumerate() {
            for _ in 0..n {
                funnel.record(Err(reason));
            }
            funnel.record(Ok(()));
        }
        let ended: u64 = funnel.reasons().map(|(_, count)| count).sum();
        assert_eq!(funnel.looks(), funnel.passed() + ended);
        assert_eq!((funnel.passed(), ended), (16, (0..16).sum::<u64>()));
        for (n, (reason, count)) in funnel.reasons().enumerate() {
            assert_eq!((count, reason as usize), (n as u64, n), "{reason}");
        }
    }
}
