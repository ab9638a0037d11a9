//! Taking an order: judging it, matching it, resting it.

use domain::{OrderId, Shares, Side, Usd};
use serde_json::value::RawValue;

use super::auth::Session;
use super::orders::{Order, OrderState, Target};
use super::payload::{self, OrderType};
use super::refusal::Refusal;
use super::{Exchange, Floor};
use crate::matching::{NewOrder, Remainder};

/// For how long markets that delay takers hold a marketable order.
const TAKER_DELAY_MS: i64 = 250;

/// What happened to a posted order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It rests.
    Live { id: OrderId },
    /// It traded: what it gave and got, in dollars and shares by its side.
    Matched { id: OrderId, side: Side, value: Usd, size: Shares, trades: Vec<String> },
    /// It is held back; markets that hold everything for a moment answer after the hold.
    Delayed { id: OrderId, answer_after_ms: Option<u64> },
}

impl Exchange {
    /// Takes one order as posted.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub(crate) fn place(
        &mut self,
        floor: &mut Floor<'_>,
        session: &Session,
        body: &RawValue,
    ) -> Result<Answer, Refusal> {
        let posted = payload::read(body)?;
        self.mischief.admit(posted.post_only, floor.now)?;
        if self.orders.is_full() {
            return Err(Refusal::Full);
        }
        let judged = self.judge(floor, session, &posted);
        if let Err(Refusal::Duplicated(id)) = judged {
            self.auditor.refused_again(id);
        }
        let order = judged?;
        let id = order.id;
        let marketable = floor.depth(&order).is_some_and(|depth| depth.crosses);
        if marketable && let Some((for_ms, answer_after_ms)) = self.hold_for(floor, &order) {
            self.hold(floor, order, for_ms);
            return Ok(Answer::Delayed { id, answer_after_ms });
        }
        self.check_fillable(floor, &order)?;
        self.admit(floor, order);
        self.execute(floor, id);
        Ok(self.answer(id))
    }

    /// For how long a marketable order is held back, and whether the answer waits for it.
    fn hold_for(&mut self, floor: &Floor<'_>, order: &Order) -> Option<(i64, Option<u64>)> {
        let listing = floor.world.listing(order.market)?;
        match (listing.seconds_delay(), listing.delays_takers()) {
            (0, false) => self.mischief.hold().map(|for_ms| (for_ms, None)),
            (0, true) => Some((TAKER_DELAY_MS, u64::try_from(TAKER_DELAY_MS).ok())),
            (seconds, _) => Some((i64::from(seconds) * 1_000, None)),
        }
    }

    /// Fill-or-kill finds all of it now, fill-and-kill something.
    fn check_fillable(&mut self, floor: &mut Floor<'_>, order: &Order) -> Result<(), Refusal> {
        let depth = floor.depth(order).unwrap_or_default();
        let refusal = match order.order_type {
            OrderType::FillOrKill if !depth.fills => Refusal::Killed,
            OrderType::FillAndKill if !depth.size.is_positive() => Refusal::NoMatch,
            _ => return Ok(()),
        };
        self.tell_killed(floor, order, &refusal);
        Err(refusal)
    }

    fn admit(&mut self, floor: &mut Floor<'_>, order: Order) {
        let id = order.id;
        self.auditor.accepted(&order);
        self.orders.insert(order);
        self.tell_order(floor, id, "PLACEMENT");
    }

    fn hold(&mut self, floor: &mut Floor<'_>, mut order: Order, for_ms: i64) {
        order.state = OrderState::Delayed;
        self.held.insert((floor.now.0.saturating_add(for_ms), order.id), ());
        self.admit(floor, order);
    }

    /// Lets the orders go on whose time has come.
    pub(super) fn release_held(&mut self, floor: &mut Floor<'_>) {
        while let Some(entry) = self.held.first_entry() {
            let (due_ms, id) = *entry.key();
            if due_ms > floor.now.0 {
                return;
            }
            entry.remove();
            let Some(order) = self.orders.get(id).filter(|it| it.state.is_open()) else { continue };
            let depth = floor.depth(order).unwrap_or_default();
            let finds = match order.order_type {
                OrderType::FillOrKill => depth.fills,
                OrderType::FillAndKill => depth.size.is_positive(),
                _ => true,
            };
            if finds {
                self.execute(floor, id);
            } else {
                self.finish(id, OrderState::Unmatched);
                self.tell_order(floor, id, "CANCELLATION");
            }
        }
    }

    /// Sends an order to the engine and books what it did.
    fn execute(&mut self, floor: &mut Floor<'_>, id: OrderId) {
        let Some(order) = self.orders.get(id).cloned() else { return };
        let size = match order.target {
            Target::Shares(size) => size,
            // Dollars buy what the book sells for them, to the hundredth of a share.
            Target::Dollars(_) => floor.depth(&order).map_or(Shares::ZERO, |depth| depth.size),
        };
        let trader = order.wallet.trader();
        if order.side == Side::Sell {
            floor.world.bring(order.market, trader, order.outcome, size);
        }
        let remainder = match order.order_type.rests() {
            true => Remainder::Rests,
            false => Remainder::Dies,
        };
        let (outcome, side, price) = (order.outcome, order.side, order.price);
        let new = NewOrder { trader, outcome, side, price, size, remainder };
        let Some(report) = floor.world.trade(order.market, new) else {
            self.finish(id, OrderState::Canceled(super::orders::Ending::Resolved));
            self.tell_order(floor, id, "CANCELLATION");
            return;
        };
        match report.resting {
            Some(seat) => self.orders.seat(id, seat),
            None => self.finish(id, OrderState::Matched),
        }
        self.book_taken(floor, id, &report);
    }

    /// What the answer to the order says now.
    pub(crate) fn answer(&self, id: OrderId) -> Answer {
        match self.orders.get(id) {
            Some(order) if order.matched.is_positive() => Answer::Matched {
                id,
                side: order.side,
                value: order.value,
                size: order.matched,
                trades: order.trades.clone(),
            },
            Some(order) if order.state == OrderState::Delayed => {
                Answer::Delayed { id, answer_after_ms: None }
            }
            _ => Answer::Live { id },
        }
    }
}

#[cfg(test)]
mod tests;
