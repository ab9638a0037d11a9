//! What the venue says of our matches.

use super::Turn;
use crate::desk::apply::ApplyError;
use crate::desk::event::Event;
use crate::desk::input::TradeSight;
use crate::ledger::LedgerError;

impl Turn<'_> {
    pub(super) fn traded(&mut self, sight: TradeSight) {
        let Some(number) = self.desk().by_id.get(&sight.order).copied() else {
            let (trade, order) = (&sight.trade, sight.order);
            return self.fail(&format!(
                "the venue shows trade {trade} of order {order}, which is not known here"
            ));
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
        let event = Event::TradeSeen {
            order: number,
            trade: sight.trade,
            size: sight.size,
            price: sight.price,
            value: sight.value,
            fee: sight.fee,
            liquidity: sight.liquidity,
            state: sight.state,
            matched_at: sight.at,
        };
        match self.emit(event) {
            Ok(()) => {}
            // Older than what is remembered: it was booked in its time.
            Err(ApplyError::Ledger(LedgerError::UnknownTrade { .. })) => return,
            Err(error) => return self.fail(&format!("a match cannot be booked: {error}")),
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
