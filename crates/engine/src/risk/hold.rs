//! What the venue does not take for a while. No error, and no reason to halt: trading goes on by
//! itself when it is over.

use domain::{Side, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::signal::Signal;

/// Which orders the venue does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldScope {
    /// None.
    Orders,
    /// No purchases: what is held may be given back.
    Purchases,
}

/// The venue takes no orders, or none of some kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueHold {
    /// Which.
    pub scope: HoldScope,
    /// Before this moment none is worth a try.
    pub until: UnixMillis,
    /// Why, in plain words.
    pub why: String,
}

impl VenueHold {
    /// Whether an order of this side has to wait.
    #[must_use]
    pub fn covers(&self, side: Side, now: UnixMillis) -> bool {
        let concerns = match self.scope {
            HoldScope::Orders => true,
            HoldScope::Purchases => side == Side::Buy,
        };
        concerns && now < self.until
    }
    /// Whether a signal would have to send such an order.
    #[must_use]
    pub fn covers_signal(&self, signal: &Signal, now: UnixMillis) -> bool {
        signal.orders().any(|order| self.covers(order.terms.side, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_itself_and_lets_sales_through_where_only_purchases_are_held() {
        let (before, then) = (UnixMillis(9), UnixMillis(10));
        let hold = |scope| VenueHold { scope, until: then, why: String::new() };
        for (scope, buy, sell) in
            [(HoldScope::Orders, true, true), (HoldScope::Purchases, true, false)]
        {
            let hold = hold(scope);
            assert_eq!(
                (hold.covers(Side::Buy, before), hold.covers(Side::Sell, before)),
                (buy, sell)
            );
            assert!(!hold.covers(Side::Buy, then) && !hold.covers(Side::Sell, then));
        }
    }
}
