//! What the venue says of our matches.

use domain::{FeeTerms, Rounding, Usd};

use super::Turn;
use crate::desk::PlanNumber;
use crate::desk::event::Event;
use crate::desk::input::{Charge, Origin, TradeSight};
use crate::risk::{Halt, HaltCause, Reservation, ReservationId};
use crate::signal::ROUNDING_ALLOWANCE;

impl Turn<'_> {
    pub(super) fn traded(&mut self, sight: TradeSight) {
        let Some(number) = self.desk().by_id.get(&sight.order).copied() else {
            return self.strange(&sight);
        };
        let Some(track) = self.desk().order_of(number) else { return };
        let plan = track.plan;
        let known = track.trades.get(&sight.trade);
        if known.is_some_and(|known| {
            known.state == sight.state || known.state.is_final() && !sight.state.is_final()
        }) {
            return;
        }
        let before = known.map(|known| known.state);
        if track.order.terms.token != sight.token || track.order.terms.side != sight.side {
            let text =
                format!("trade {} speaks of another token or side than its order", sight.trade);
            return self.fail(&text);
        }
        // A fee is booked once: what is told of the same match later may be told in other pieces.
        let fee = known.map_or_else(|| dollars(&sight.fee, track.order.market.fee), |it| it.fee);
        // The venue counts whole seconds; no order is matched before it exists.
        let matched_at = sight.at.max(track.created_at);
        let is_late = known.is_none() && matched_at < self.desk().ledger.horizon();
        let event = Event::TradeSeen {
            order: number,
            trade: sight.trade,
            size: sight.size,
            price: sight.price,
            value: sight.value,
            fee,
            liquidity: sight.liquidity,
            state: sight.state,
            matched_at,
        };
        let overspent = self.overspent(plan);
        if let Err(error) = self.emit(event) {
            return self.fail(&format!("a match cannot be booked: {error}"));
        }
        self.halt_on_overrun(plan, overspent);
        if is_late {
            let text = format!(
                "A match of order {number} came to light days after it happened and is booked now. \
                 The results of the day it happened on do not hold it."
            );
            self.notify("trade_booked_late", text);
        }
        if sight.state == domain::TradeState::Failed && before != Some(domain::TradeState::Failed) {
            self.notify(
                "trade_failed",
                format!("A match of order {number} failed to settle and was taken back whole."),
            );
        }
        self.advance(plan);
    }
}

impl Turn<'_> {
    /// By how much a plan spent more than it may.
    fn overspent(&self, plan: PlanNumber) -> Usd {
        let reservations = self.desk().risk.reservations();
        reservations.get(&ReservationId(plan.0)).map_or(Usd::ZERO, Reservation::overspent)
    }

    /// The venue matched more than was ordered, or dearer: no reckoning of what may be lost holds any
    /// more. Once for each match that makes it worse, so that a person can resume.
    fn halt_on_overrun(&mut self, plan: PlanNumber, before: Usd) {
        let overspent = self.overspent(plan);
        if overspent <= before || overspent <= ROUNDING_ALLOWANCE {
            return;
        }
        let text = format!("plan {plan} spent {overspent} USD more than was reserved for it");
        let halt = Halt { cause: HaltCause::Overrun, text, at: self.now() };
        self.halt(halt, Origin("desk".to_owned()));
    }

    /// A match of an order that was never made here, or so long ago that it is forgotten.
    fn strange(&mut self, sight: &TradeSight) {
        if self.desk().foreign.contains(&sight.order) {
            return;
        }
        let booked = self.desk().ledger.trade_state(&sight.trade, &sight.order);
        if booked.is_some_and(|state| state.is_final() || state == sight.state) {
            return;
        }
        let (trade, order) = (&sight.trade, sight.order);
        let text = format!(
            "the venue shows trade {trade} of order {order}, which was not made here: somebody \
             trades by hand, or another program, with this account. Stop them; then accept the order \
             (`dutchbook accept {order} --why …`), and what it left in dollars and shares"
        );
        let halt = Halt { cause: HaltCause::Reconciliation, text, at: self.now() };
        self.halt(halt, Origin("reconciliation".to_owned()));
    }
}

/// The venue rounds the fee of each fill for itself.
fn dollars(charge: &Charge, terms: FeeTerms) -> Usd {
    match charge {
        Charge::Stated(dollars) => *dollars,
        Charge::ByTerms(fills) => {
            fills.iter().map(|(size, price)| terms.fee(*size, *price, Rounding::HalfUp)).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Price, Shares};

    use super::*;

    #[test]
    fn a_fee_by_terms_is_rounded_fill_by_fill_as_the_venue_does() {
        let terms = FeeTerms::parse("0.07", "1").unwrap();
        let fill = (Shares::from_micros(10_000), Price::parse("0.3").unwrap());
        assert_eq!(dollars(&Charge::ByTerms(vec![fill; 3]), terms), Usd::from_micros(450));
        let whole = vec![(Shares::from_micros(30_000), fill.1)];
        assert_eq!(dollars(&Charge::ByTerms(whole), terms), Usd::from_micros(440));
        assert_eq!(dollars(&Charge::ByTerms(vec![]), terms), Usd::ZERO);
        assert_eq!(dollars(&Charge::Stated(Usd::from_micros(7)), terms), Usd::from_micros(7));
    }
}
