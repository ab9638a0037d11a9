//! Average cost: what the shares of one token cost together, and what is earned when they go.
//!
//! Integers throughout. A part of the shares takes its part of the cost, rounded up, so that a
//! result is never overstated on the way; the last share takes what is left, so that no millionth
//! is ever made or lost. Shares that are sold before they are known to be bought (reports come in
//! any order) are a debt: negative shares whose negative cost is what was received for them. The
//! purchase that follows pays the debt, and the result comes then.

use domain::money::divide;
use domain::{Rounding, Shares, Usd};
use serde::{Deserialize, Serialize};

/// Shares of one token and what they cost; provisional trades included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lot {
    pub(super) held: Shares,
    pub(super) cost: Usd,
    pub(super) realised: Usd,
    pub(super) fees: Usd,
}

/// A change of a [`Lot`], to be added, and to be taken back exactly.
pub(super) type LotChange = Lot;

impl Lot {
    pub(super) fn add(&mut self, change: &LotChange) {
        self.held += change.held;
        self.cost += change.cost;
        self.realised += change.realised;
        self.fees += change.fees;
    }
    pub(super) fn take_back(&mut self, change: &LotChange) {
        self.held -= change.held;
        self.cost -= change.cost;
        self.realised -= change.realised;
        self.fees -= change.fees;
    }
    /// `size` shares arrive for `paid` dollars.
    pub(super) fn acquire(&self, size: Shares, paid: Usd) -> LotChange {
        let owed = -self.held.micros();
        let covering = owed.min(size.micros());
        let realised = if covering <= 0 {
            Usd::ZERO
        } else {
            let received = part(-self.cost, covering, owed, Rounding::Down);
            received - part(paid, covering, size.micros(), Rounding::Up)
        };
        LotChange { held: size, cost: paid + realised, realised, fees: Usd::ZERO }
    }
    /// `size` shares go for `received` dollars.
    pub(super) fn dispose(&self, size: Shares, received: Usd) -> LotChange {
        let held = self.held.micros();
        let closing = held.min(size.micros());
        let realised = if closing <= 0 {
            Usd::ZERO
        } else {
            let cost = part(self.cost, closing, held, Rounding::Up);
            part(received, closing, size.micros(), Rounding::Down) - cost
        };
        LotChange { held: -size, cost: realised - received, realised, fees: Usd::ZERO }
    }
    /// `size` shares go and take their cost along; those that are not there have none.
    pub(super) fn carry_off(&self, size: Shares) -> LotChange {
        let held = self.held.micros();
        let going = held.min(size.micros());
        let cost = if going <= 0 { Usd::ZERO } else { part(self.cost, going, held, Rounding::Up) };
        LotChange { held: -size, cost: -cost, realised: Usd::ZERO, fees: Usd::ZERO }
    }
}

/// `amount x numerator / denominator`; the whole of it where both are equal.
fn part(amount: Usd, numerator: i64, denominator: i64, rounding: Rounding) -> Usd {
    let product = i128::from(amount.micros()) * i128::from(numerator);
    Usd::from_micros(divide(product, i128::from(denominator), rounding))
}

/// Shares `amount` out by weight: each part rounded down, the last takes what is left.
pub(super) fn share_out(amount: Usd, weights: &[Shares]) -> Vec<Usd> {
    let total = weights.iter().copied().sum::<Shares>().micros().max(1);
    let mut left = amount;
    let last = weights.len().saturating_sub(1);
    let one = |(at, weight): (usize, &Shares)| {
        let given =
            if at == last { left } else { part(amount, weight.micros(), total, Rounding::Down) };
        left -= given;
        given
    };
    weights.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Usd {
        Usd::parse(text).unwrap()
    }

    #[test]
    fn the_last_share_takes_the_rest_of_the_cost() {
        let mut lot = Lot::default();
        lot.add(&lot.acquire(Shares::from_micros(3), Usd::from_micros(10)));
        let costs: Vec<i64> = (0..3)
            .map(|_| {
                let change = lot.dispose(Shares::from_micros(1), Usd::ZERO);
                lot.add(&change);
                -change.realised.micros()
            })
            .collect();
        assert_eq!(costs, [4, 3, 3]);
        assert_eq!((lot.held, lot.cost), (Shares::ZERO, Usd::ZERO));
    }

    #[test]
    fn a_sale_known_before_its_purchase_earns_the_same_once_both_are_known() {
        let mut lot = Lot::default();
        lot.add(&lot.dispose(Shares::from_whole(10), usd("6")));
        assert_eq!(lot.realised, Usd::ZERO, "nothing is earned yet");
        lot.add(&lot.acquire(Shares::from_whole(10), usd("4")));
        assert_eq!((lot.held, lot.cost, lot.realised), (Shares::ZERO, Usd::ZERO, usd("2")));
    }

    proptest! {
        #[test]
        fn no_millionth_is_made_or_lost_whatever_comes_and_goes(
            steps in proptest::collection::vec((any::<bool>(), 1i64..50, 0i64..100), 1..40)
        ) {
            let (mut lot, mut cash) = (Lot::default(), Usd::ZERO);
            for (buy, size, dollars) in steps {
                let (size, dollars) = (Shares::from_micros(size), Usd::from_micros(dollars));
                let change = if buy { lot.acquire(size, dollars) } else { lot.dispose(size, dollars) };
                cash += if buy { -dollars } else { dollars };
                lot.add(&change);
                prop_assert_eq!(cash + lot.cost, lot.realised);
                prop_assert!(lot.held != Shares::ZERO || lot.cost == Usd::ZERO);
                prop_assert!(lot.held.micros() < 0 || lot.cost >= Usd::ZERO);
            }
        }

        #[test]
        fn shared_out_parts_add_up(amount in -1000i64..1000, weights in proptest::collection::vec(1i64..9, 1..6)) {
            let weights: Vec<Shares> = weights.into_iter().map(Shares::from_micros).collect();
            let parts = share_out(Usd::from_micros(amount), &weights);
            prop_assert_eq!(parts.into_iter().sum::<Usd>(), Usd::from_micros(amount));
        }
    }
}
