//! An order on paper, and the rules it must keep.

use domain::money::{MICROS, divide};
use domain::{
    Crossing, DurationMillis, FeeTerms, Lifetime, OrderId, OrderTerms, Price, Rounding, Shares,
    Side, TickSize, UnixMillis, Usd,
};
use serde::{Deserialize, Serialize};

use super::news::Refusal;

/// An order that takes must be worth at least one dollar.
pub const MARKETABLE_MIN: Usd = Usd::from_whole(1);
/// The venue refuses a date nearer than this.
const DATE_AHEAD_MIN: DurationMillis = DurationMillis(180_000);
/// The venue ends a dated order this long before its date.
const DATE_EARLY: DurationMillis = DurationMillis(-60_000);

/// An order with what must be known of its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperOrder {
    /// Its name; a second order of the same name is refused as a duplicate.
    pub id: OrderId,
    /// The wish.
    pub terms: OrderTerms,
    /// The grid of the market's prices.
    pub tick: TickSize,
    /// The market's smallest order.
    pub order_size_min: Shares,
    /// What a taker pays there.
    pub fee: FeeTerms,
    /// Decides which of its trades fail to settle: the same draw, the same failures.
    pub draw: u64,
}

/// How much a taker wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Shares(Shares),
    Dollars(Usd),
}

impl PaperOrder {
    /// The draw of an order whose name is drawn: the same fate after a restart.
    #[must_use]
    pub fn draw_of(id: OrderId) -> u64 {
        let (head, _) = id.bytes().split_at(8);
        head.iter().fold(0, |draw, byte| (draw << 8) | u64::from(*byte))
    }
    /// What can be judged without the book.
    pub(super) fn check(&self, now: UnixMillis) -> Result<(), Refusal> {
        let OrderTerms { price, size, lifetime, crossing, .. } = self.terms;
        let edge = self.tick.ten_thousandths();
        let inside =
            (edge..=Price::ONE.ten_thousandths() - edge).contains(&price.ten_thousandths());
        if !inside || !self.tick.allows(price) {
            return Err(Refusal::OffTick);
        }
        if size != size.floor_to_order_size() || !size.is_positive() {
            return Err(Refusal::SizeNotInHundredths);
        }
        if size < self.order_size_min {
            return Err(Refusal::TooSmall);
        }
        if crossing == Crossing::Refused && !lifetime.rests() {
            return Err(Refusal::PostOnlyMustRest);
        }
        match lifetime {
            Lifetime::GoodTilDate { expires_at } if expires_at.since(now) < DATE_AHEAD_MIN => {
                Err(Refusal::DateTooNear)
            }
            _ => Ok(()),
        }
    }
    /// When the venue ends it by itself.
    pub(super) fn ends_at(&self) -> Option<UnixMillis> {
        match self.terms.lifetime {
            Lifetime::GoodTilDate { expires_at } => Some(expires_at.plus(DATE_EARLY)),
            _ => None,
        }
    }
    /// How much of the book it wants.
    pub(super) fn want(&self) -> Want {
        want(&self.terms)
    }
    /// What `size` of it is worth at a price, rounded against us.
    pub(super) fn value(&self, size: Shares, price: Price) -> Usd {
        value(self.terms.side, size, price)
    }
}

/// A purchase that must fill now is for dollars, cut to cents; everything else for shares.
pub(super) fn want(terms: &OrderTerms) -> Want {
    let OrderTerms { side, price, size, lifetime, .. } = *terms;
    if side == Side::Sell || lifetime.rests() {
        return Want::Shares(size);
    }
    let dollars = size.at(price, Rounding::Down).micros();
    let cent = MICROS / 100;
    Want::Dollars(Usd::from_micros(
        divide(dollars.into(), cent.into(), Rounding::Down).saturating_mul(cent),
    ))
}

/// What shares are worth at a price, rounded against whoever is on that side.
pub(super) fn value(side: Side, size: Shares, price: Price) -> Usd {
    match side {
        Side::Buy => size.at(price, Rounding::Up),
        Side::Sell => size.at(price, Rounding::Down),
    }
}
