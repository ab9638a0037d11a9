//! What the exchange acts on: the books and the chain's record, locked together with it.

use domain::{Rounding, Shares, Side, TokenId, UnixMillis, Usd};

use super::orders::{Order, Target};
use super::typed_data::Contract;
use crate::custody::{Custody, ShareContract};
use crate::matching::Outcome;
use crate::universe::{MarketIndex, Version};
use crate::world::World;

/// Millionths in a hundredth of a share: everything trades in whole hundredths, so that every
/// value is exact to a millionth of a dollar.
const HUNDREDTH: i128 = 10_000;

/// The books and the chain at a moment.
#[derive(Debug)]
pub(crate) struct Floor<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) custody: &'a mut Custody,
    pub(crate) now: UnixMillis,
}

/// What an order would find now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Something rests that it could trade with.
    pub(crate) crosses: bool,
    /// It would be filled wholly.
    pub(crate) fills: bool,
    /// The shares it would trade.
    pub(crate) size: Shares,
    /// Their dollars.
    pub(crate) value: Usd,
    /// The taker's fee, never understated.
    pub(crate) fee: Usd,
}

impl Floor<'_> {
    /// The contract that a market's orders are signed for.
    pub(crate) fn contract(&self, market: MarketIndex) -> Option<Contract> {
        let listing = self.world.listing(market)?;
        Some(match listing.version {
            Version::V2 => Contract::Positions,
            Version::V1 if self.world.universe().is_neg_risk(listing) => Contract::NegRisk,
            Version::V1 => Contract::Standard,
        })
    }
    /// Where a market's shares are kept.
    pub(crate) fn share_contract(&self, market: MarketIndex) -> Option<ShareContract> {
        Some(match self.world.listing(market)?.version {
            Version::V1 => ShareContract::ConditionalTokens,
            Version::V2 => ShareContract::PositionManager,
        })
    }
    /// The token of an outcome.
    pub(crate) fn token(&self, market: MarketIndex, outcome: Outcome) -> Option<TokenId> {
        TokenId::parse(self.world.listing(market)?.token(outcome)).ok()
    }

    /// What `order` would find in its market's book; `None` where nobody keeps one.
    pub(crate) fn depth(&self, order: &Order) -> Option<Depth> {
        let engine = self.world.engine(order.market)?;
        let side_yes = order.outcome.mirror_side(order.side);
        let limit = order.outcome.mirror(order.price);
        let opposite = match side_yes {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        };
        let mut depth = Depth::default();
        for level in engine.view().side(opposite).best_first() {
            let crosses = match side_yes {
                Side::Buy => level.price <= limit,
                Side::Sell => level.price >= limit,
            };
            if !crosses {
                break;
            }
            depth.crosses = true;
            let price = order.outcome.mirror(level.price);
            let wanted = match order.target {
                Target::Shares(size) => size - order.matched - depth.size,
                Target::Dollars(dollars) => affordable(dollars - depth.value, price),
            };
            let size = wanted.min(level.size);
            depth.size += size;
            depth.value += size.at(price, Rounding::Up);
            depth.fee += engine.rules().fee.fee(size, level.price, Rounding::Up);
            if size == wanted {
                depth.fills = true;
                break;
            }
        }
        Some(depth)
    }

    /// The dollars a purchase takes at most: what it can trade now with its fee on top, and the
    /// rest at its own price.
    pub(crate) fn cost_max(&self, order: &Order) -> Usd {
        let depth = self.depth(order).unwrap_or_default();
        let whole = match order.target {
            Target::Dollars(dollars) => dollars,
            Target::Shares(_) => order.left().at(order.price, Rounding::Up),
        };
        whole + depth.fee
    }
}

/// The whole hundredths of a share that `dollars` pay for.
fn affordable(dollars: Usd, price: domain::Price) -> Shares {
    let micros = i128::from(dollars.micros().max(0)) * 10_000;
    let price = i128::from(price.ten_thousandths()).max(1);
    let shares = micros / price / HUNDREDTH * HUNDREDTH;
    Shares::from_micros(i64::try_from(shares).unwrap_or(i64::MAX))
}
