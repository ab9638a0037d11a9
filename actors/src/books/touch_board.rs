//! The newest touches of the watched markets, readable without asking the books.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, Touch, UnixMillis};
use engine::books::{Epoch, StaleCause, SuspectCause, Trust};
use engine::funnel::Reason;
use parking_lot::RwLock;

/// One outcome of a market, as its book stood last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeTouch {
    /// The best prices, for display: the book may not be trusted.
    pub touch: Touch,
    /// Whether the book may be believed.
    pub trust: Trust,
    /// The snapshots it was built from.
    pub epoch: Epoch,
    /// The exchange's time of its last statement.
    pub stated_at: UnixMillis,
}

impl OutcomeTouch {
    /// A stable name of the trust, for programs.
    #[must_use]
    pub const fn trust_code(&self) -> &'static str {
        match self.trust {
            Trust::Waiting => "waiting",
            Trust::Trusted => "trusted",
            Trust::Suspect(_) => "suspect",
            Trust::Stale(_) => "stale",
        }
    }
    /// Why the book is suspect or stale, in a few words.
    #[must_use]
    pub const fn trust_cause(&self) -> Option<&'static str> {
        match self.trust {
            Trust::Waiting | Trust::Trusted => None,
            Trust::Suspect(SuspectCause::Crossed) => Some("bid and ask cross"),
            Trust::Suspect(SuspectCause::TouchDiffers) => Some("the venue states another touch"),
            Trust::Suspect(SuspectCause::HashDiffers) => Some("the venue states another hash"),
            Trust::Suspect(SuspectCause::RestDiffers) => Some("REST states another book"),
            Trust::Suspect(SuspectCause::FramesLost) => Some("frames were lost"),
            Trust::Suspect(SuspectCause::TickChanged) => Some("the tick size changed"),
            Trust::Stale(StaleCause::Disconnected) => Some("the connection is gone"),
            Trust::Stale(StaleCause::Silent) => Some("the connection is silent"),
        }
    }
}

/// A market's touches, and why the last look at it yielded nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketTouch {
    /// Which market.
    pub condition: ConditionId,
    /// YES and NO.
    pub outcomes: [OutcomeTouch; 2],
    /// Why it is no candidate for parity; `None` if it is one.
    pub why: Option<Reason>,
}

impl MarketTouch {
    /// [`market_key`] of its market.
    #[must_use]
    pub fn key(&self) -> u64 {
        market_key(&self.condition)
    }
}

/// Tells markets apart among conflated frames; never 0.
#[must_use]
pub fn market_key(condition: &ConditionId) -> u64 {
    let (head, _) = condition.bytes().split_at(8);
    let key = head.iter().fold(0, |key, byte| (key << 8) | u64::from(*byte));
    key.max(1)
}

/// The newest touches. One writer, the books; many readers.
#[derive(Debug, Default)]
pub struct TouchBoard(RwLock<BTreeMap<ConditionId, MarketTouch>>);

impl TouchBoard {
    /// Puts newer touches in place.
    pub fn set(&self, touches: &[MarketTouch]) {
        let mut board = self.0.write();
        for touch in touches {
            board.insert(touch.condition, *touch);
        }
    }
    /// Forgets every market but these.
    pub fn keep_only(&self, conditions: &[ConditionId]) {
        let kept: BTreeSet<_> = conditions.iter().collect();
        self.0.write().retain(|condition, _| kept.contains(condition));
    }
    /// The newest touch of a market, if it is watched.
    #[must_use]
    pub fn get(&self, condition: &ConditionId) -> Option<MarketTouch> {
        self.0.read().get(condition).copied()
    }
    /// The newest touch of every watched market.
    #[must_use]
    pub fn all(&self) -> Vec<MarketTouch> {
        self.0.read().values().copied().collect()
    }
    /// Whether the market is watched.
    #[must_use]
    pub fn knows(&self, condition: &ConditionId) -> bool {
        self.0.read().contains_key(condition)
    }
}
