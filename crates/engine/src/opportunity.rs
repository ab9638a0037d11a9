//! What contradicting prices would be worth: legs, sizes, every cost, and a certificate of when
//! the books said so.

mod examination;
mod id;
mod kind;
mod leg;
mod record;
mod score;
mod watchlist;

use domain::{DurationMillis, Shares, UnixMillis, Usd};

pub use examination::Examination;
pub use id::{OpportunityId, Subject};
pub use kind::OpportunityKind;
pub use leg::{ChainAction, ChainActionKind, Leg, OutcomeIndex};
pub(crate) use leg::{cut, unwind};
pub use record::{OpenRecords, OpportunityRecord};
pub use score::{Score, ScoreParts};
pub use watchlist::{CloseCause, Watched, Watchlist, WatchlistEffect};

/// An executable contradiction of prices, sized for the largest net profit.
///
/// `net == gross - fees() - chain_cost`, exactly, and is always more than nothing. Every rounding
/// went against us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    /// The trade.
    pub kind: OpportunityKind,
    /// Where.
    pub subject: Subject,
    /// When the books were looked at.
    pub examined_at: UnixMillis,
    /// How many complete sets, in whole hundredths of a share.
    pub size: Shares,
    /// What to trade, in the order of the group's markets.
    pub legs: Vec<Leg>,
    /// What to do on chain, in order; before the legs for splits, after them for the rest.
    pub actions: Vec<ChainAction>,
    /// How far the best prices are off, in dollars a set, before any cost.
    pub deviation: Usd,
    /// What `size` sets bring before any cost.
    pub gross: Usd,
    /// What the venue charges the takers of all legs.
    pub trading_fees: Usd,
    /// What the contracts keep of a conversion's dollars.
    pub convert_fee: Usd,
    /// What the on-chain actions cost.
    pub chain_cost: Usd,
    /// What is left.
    pub net: Usd,
    /// Dollars needed at the worst moment, on-chain cost included.
    pub capital: Usd,
    /// How long the capital is away; `None` where the end is not known.
    pub lock_up: Option<DurationMillis>,
    /// Simple return of a year at this rate, in ten-thousandths; saturates. `None` where the lock-up
    /// is not known.
    pub annual_return_bips: Option<i64>,
    /// How good it is, with its parts.
    pub score: Score,
}

impl Opportunity {
    /// All fees: trading and conversion.
    #[must_use]
    pub fn fees(&self) -> Usd {
        self.trading_fees + self.convert_fee
    }
    /// The exchange's time of the oldest book it rests on.
    #[must_use]
    pub fn oldest_book(&self) -> Option<UnixMillis> {
        self.legs.iter().map(|leg| leg.stated_at).min()
    }
    /// How long before `examined_at` the oldest book was stated. An unchanged book is old and still
    /// right: whether it may be believed is its trust, not its age.
    #[must_use]
    pub fn book_age_max(&self) -> DurationMillis {
        let oldest = self.oldest_book().unwrap_or(self.examined_at);
        DurationMillis(self.examined_at.since(oldest).0.max(0))
    }
    /// Whether `other` is the same trade from the same states of the same books.
    #[must_use]
    pub fn is_same_offer(&self, other: &Self) -> bool {
        self.legs == other.legs && self.actions == other.actions && self.net == other.net
    }
}
