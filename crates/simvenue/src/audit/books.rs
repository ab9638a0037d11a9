//! One account's books.

use std::collections::BTreeMap;

use domain::{OrderId, Price, Shares, Side, Usd};

use super::Leg;
use crate::exchange::{Order, Target};
use crate::matching::Outcome;
use crate::universe::MarketIndex;

/// An order as it was taken, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) salt: u64,
    pub(super) price: Price,
    pub(super) target: Target,
    pub(super) filled: Shares,
    pub(super) value: Usd,
    pub(super) is_open: bool,
}

impl Taken {
    pub(super) fn of(order: &Order) -> Self {
        Self {
            salt: order.salt,
            price: order.price,
            target: order.target,
            filled: Shares::ZERO,
            value: Usd::ZERO,
            is_open: true,
        }
    }
}

/// What trades moved, of one market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) cash: Usd,
    pub(super) shares: [Shares; 2],
    pub(super) fees: Usd,
}

impl Moved {
    /// Posts a leg forwards or, with -1, back; 0 posts nothing.
    fn post(&mut self, leg: &Leg, sign: i64) {
        let direction = match leg.part.side {
            Side::Buy => sign,
            Side::Sell => -sign,
        };
        let (value, fee) = (leg.value.micros(), leg.part.fee.micros());
        self.cash += Usd::from_micros(-direction * value - sign * fee);
        self.fees += Usd::from_micros(sign * fee);
        if let Some(shares) = self.shares.get_mut(leg.part.outcome.index()) {
            *shares += Shares::from_micros(direction * leg.part.size.micros());
        }
    }
    /// Shares of an outcome.
    pub(super) fn of(&self, outcome: Outcome) -> Shares {
        self.shares.get(outcome.index()).copied().unwrap_or_default()
    }
}

/// The books of one account.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    pub(super) taken: BTreeMap<OrderId, Taken>,
    pub(super) duplicates_refused: u64,
    /// Matched and not failed.
    pub(super) matched: BTreeMap<MarketIndex, Moved>,
    /// In a block.
    pub(super) settled: BTreeMap<MarketIndex, Moved>,
}

impl Books {
    pub(super) fn match_leg(&mut self, leg: &Leg, sign: i64) {
        self.matched.entry(leg.market).or_default().post(leg, sign);
    }
    pub(super) fn settle_leg(&mut self, leg: &Leg, sign: i64) {
        self.settled.entry(leg.market).or_default().post(leg, sign);
    }
}
