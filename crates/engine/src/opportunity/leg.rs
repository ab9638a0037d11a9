//! The parts of a trade: orders on the venue and actions on chain.

use domain::money::{MICROS, divide};
use domain::{
    ConditionId, DurationMillis, FeeTerms, Level, Price, Rounding, Shares, Side, TokenId,
    UnixMillis, Usd,
};
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The market's fee schedule.
    pub fee_terms: FeeTerms,
    /// What it takes, best level first; the last one is cut to the size.
    pub taken: Vec<Level>,
    /// The bids of the same book under stress: half of every level is gone. Best first, no more
    /// than the size, and only where a sale brings something after its fee.
    pub stressed_bids: Vec<Level>,
    /// What selling `size` shares into the stressed bids brings after fees: of a purchase what it
    /// brings to give it back, of a sale what the shares bring that found nobody at its limit. What
    /// the stressed bids do not hold brings nothing. Every level rounded against us.
    pub unwind: Usd,
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
    /// The same leg over fewer shares: it walks the same levels again, so that price, value, fee and
    /// unwinding are those of the smaller size and nothing is scaled. `None` for no shares, and for
    /// more than the leg has.
    #[must_use]
    pub fn resized(&self, size: Shares) -> Option<Self> {
        if !size.is_positive() || size > self.size {
            return None;
        }
        let taken = cut(&self.taken, size);
        let limit = taken.last()?.price;
        let (value, fee) = self.worth(&taken);
        let stressed_bids = cut(&self.stressed_bids, size);
        let mut leg = Self { size, limit, value, fee, levels: taken.len(), taken, ..self.clone() };
        leg.average = leg.average_of();
        leg.unwind = unwind(&stressed_bids, self.fee_terms);
        leg.stressed_bids = stressed_bids;
        Some(leg)
    }
    /// Dollars a share over all levels, before fees; rounded against us.
    pub(crate) fn average_of(&self) -> Usd {
        let micros = i128::from(self.value.micros()) * i128::from(MICROS);
        Usd::from_micros(divide(micros, i128::from(self.size.micros()), self.rounding()))
    }
    fn worth(&self, taken: &[Level]) -> (Usd, Usd) {
        let value = taken.iter().map(|level| level.size.at(level.price, self.rounding())).sum();
        let fee = |level: &Level| self.fee_terms.fee(level.size, level.price, Rounding::Up);
        (value, taken.iter().map(fee).sum())
    }
    const fn rounding(&self) -> Rounding {
        match self.side {
            Side::Buy => Rounding::Up,
            Side::Sell => Rounding::Down,
        }
    }
}

/// The first levels, `size` shares of them.
pub(crate) fn cut(levels: &[Level], size: Shares) -> Vec<Level> {
    let mut rest = size;
    let mut taken = Vec::new();
    for level in levels {
        if !rest.is_positive() {
            break;
        }
        let size = level.size.min(rest);
        taken.push(Level { price: level.price, size });
        rest -= size;
    }
    taken
}

/// What selling all of these levels brings after fees; a level that brings nothing is left.
pub(crate) fn unwind(bids: &[Level], terms: FeeTerms) -> Usd {
    let brings = |level: &Level| {
        let value = level.size.at(level.price, Rounding::Down);
        (value - terms.fee(level.size, level.price, Rounding::Up)).max(Usd::ZERO)
    };
    bids.iter().map(brings).sum()
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
    /// Dollars or shares to another account, by hand alone.
    Transfer,
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
