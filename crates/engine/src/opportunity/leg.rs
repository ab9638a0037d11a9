//! The parts of a trade: orders on the venue and actions on chain.

use domain::{ConditionId, DurationMillis, Price, Shares, Side, TokenId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use crate::books::Epoch;

/// One of a market's two outcomes, in the venue's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeIndex {
    /// The first outcome, whatever its name.
    Yes,
    /// The second outcome, whatever its name.
    No,
}

impl OutcomeIndex {
    /// 0 for the first outcome, 1 for the second.
    #[must_use]
    pub const fn get(self) -> usize {
        match self {
            Self::Yes => 0,
            Self::No => 1,
        }
    }
}

/// One order to take from a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// What is traded.
    pub token: TokenId,
    /// In which market.
    pub condition: ConditionId,
    /// Which outcome of it.
    pub outcome: OutcomeIndex,
    /// Buying or selling.
    pub side: Side,
    /// How many shares, in whole hundredths.
    pub size: Shares,
    /// The worst price touched: the limit of the order.
    pub limit: Price,
    /// Dollars a share over all levels, before fees; up for a purchase, down for a sale.
    pub average: Usd,
    /// How many levels of the book it takes.
    pub levels: usize,
    /// What is paid or received before fees; each level rounded against us.
    pub value: Usd,
    /// The taker's fee by the market's own schedule, level by level, each rounded up.
    pub fee: Usd,
    /// The continuity of the book.
    pub epoch: Epoch,
    /// The exchange's time of the frame that stated the book.
    pub stated_at: UnixMillis,
}

impl Leg {
    /// How long ago the book was stated; never less than nothing.
    #[must_use]
    pub fn age(&self, now: UnixMillis) -> DurationMillis {
        DurationMillis(now.since(self.stated_at).0.max(0))
    }
}

/// What the contracts are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainActionKind {
    /// Dollars into as many YES and NO.
    Split,
    /// YES and NO into as many dollars.
    Merge,
    /// NOs of several questions into dollars and the YESes of the others.
    Convert,
    /// The winning shares into dollars, after resolution.
    Redeem,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainAction {
    /// What is asked.
    pub kind: ChainActionKind,
    /// The market; of a conversion every market whose NO is given; of a redemption of a group the
    /// markets of which one will pay.
    pub conditions: Vec<ConditionId>,
    /// How many sets, or NOs of each question.
    pub amount: Shares,
    /// What the transaction costs.
    pub cost: Usd,
}
