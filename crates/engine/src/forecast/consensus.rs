//! How the members vote, as people know it.

use serde::{Deserialize, Serialize};

use super::ballot::{Ballot, Vote};

/// The votes, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consensus {
    /// How many would buy the first outcome.
    pub yes: u32,
    /// How many would buy the second outcome.
    pub no: u32,
    /// How many would do nothing.
    pub no_trade: u32,
    /// What most of them would do. Equals end in [`Vote::NoTrade`].
    pub leading: Vote,
    /// How many would do that.
    pub agreeing: u32,
    /// How sure they are together, 0 to 100: the part that agrees, less for beliefs that lie far
    /// apart.
    pub confidence: u8,
}

impl Consensus {
    /// Counts the votes. `closeness_ppm` says how close the beliefs lie together: a million where
    /// they are the same, 0 where they are as far apart as can be.
    #[must_use]
    pub fn of(ballots: &[Ballot], closeness_ppm: u32) -> Self {
        let count = |vote| {
            let cast = ballots.iter().filter(|ballot| ballot.vote == vote).count();
            u32::try_from(cast).unwrap_or(u32::MAX)
        };
        let (yes, no, no_trade) = (count(Vote::Yes), count(Vote::No), count(Vote::NoTrade));
        let leading = if yes > no && yes > no_trade {
            Vote::Yes
        } else if no > yes && no > no_trade {
            Vote::No
        } else {
            Vote::NoTrade
        };
        let agreeing = match leading {
            Vote::Yes => yes,
            Vote::No => no,
            Vote::NoTrade => no_trade,
        };
        let cast = u64::from(yes) + u64::from(no) + u64::from(no_trade);
        let close = u64::from(closeness_ppm.min(1_000_000));
        let confidence = 100 * u64::from(agreeing) * close / (1_000_000 * cast.max(1));
        let confidence = u8::try_from(confidence).unwrap_or(100);
        Self { yes, no, no_trade, leading, agreeing, confidence }
    }
    /// How many votes were cast.
    #[must_use]
    pub const fn cast(&self) -> u32 {
        self.yes + self.no + self.no_trade
    }
}
