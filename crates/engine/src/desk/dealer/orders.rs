//! What the venue says of our orders.

use domain::{OrderTerms, Shares, Side, UnixMillis};

use super::Turn;
use crate::desk::effect::Effect;
use crate::desk::event::Event;
use crate::desk::input::{CancelAnswer, OrderSight, OrderStanding, PostAnswer};
use crate::desk::order_track::{DUST, EndCause, NOT_SENT, OrderState, OrderTrack, is_venues_pause};
use crate::desk::{Desk, OrderNumber};

/// Refusals that are part of the game: somebody was faster, the book moved, or the market has ended.
const BENIGN: [&str; 8] = [
    "fak_no_match",
    "fok_not_filled",
    "not_found",
    "market_not_ready",
    "crosses_book",
    "match_delayed",
    "no_match",
    "not_enough_liquidity",
];

impl Turn<'_> {
    pub(super) fn posted(&mut self, number: OrderNumber, answer: PostAnswer) {
        let Some(order) = self.desk().orders.get(&number).cloned() else { return };
        if order.is_ended() {
            return;
        }
        match answer {
            PostAnswer::Live => self.stands(number, false, Shares::ZERO),
            PostAnswer::Delayed | PostAnswer::Unmatched => self.stands(number, true, Shares::ZERO),
            PostAnswer::Matched { shares } => self.matched(&order, shares),
            PostAnswer::Duplicated => {
                self.stands(number, false, Shares::ZERO);
                self.look_up(number);
            }
            PostAnswer::Rejected { code, text } => self.rejected(&order, code, text),
            PostAnswer::NotSent { why } => {
                if order.posts == 1 {
                    let (code, text) = (NOT_SENT.to_owned(), why);
                    self.ended(number, EndCause::Rejected { code, text }, Shares::ZERO);
                }
            }
            // A venue that does not answer is held off by whoever asks it; that is no error of ours.
            PostAnswer::Ambiguous { .. } => self.look_up(number),
        }
        self.advance(order.plan);
    }

    fn matched(&mut self, order: &OrderTrack, shares: Option<Shares>) {
        self.dealer.desk.risk.note_success();
        let number = order.number;
        // What cannot be is not believed, but asked for.
        match shares.filter(|shares| *shares <= most(order)) {
            Some(shares) if is_full(order, shares) => {
                self.ended(number, EndCause::Filled, shares);
            }
            Some(shares) if !order.order.terms.lifetime.rests() => {
                self.ended(number, EndCause::Cancelled, shares);
            }
            other => {
                self.stands(number, false, other.unwrap_or_default());
                self.look_up(number);
            }
        }
        self.read_trades(number);
    }

    fn rejected(&mut self, order: &OrderTrack, code: String, text: String) {
        if !BENIGN.contains(&code.as_str()) && !is_venues_pause(&code) {
            self.dealer.desk.risk.note_error();
        }
        // The first of several postings may have arrived and be the very reason of this refusal.
        if order.posts == 1 {
            self.ended(order.number, EndCause::Rejected { code, text }, Shares::ZERO);
        }
    }

    pub(super) fn cancel_answered(&mut self, number: OrderNumber, _: CancelAnswer) {
        // How much was matched before is known only from the order itself.
        self.look_up(number);
        self.read_trades(number);
    }

    pub(super) fn sighted(&mut self, sight: &OrderSight) {
        let Some(number) = self.desk().by_id.get(&sight.id).copied() else { return };
        let Some(order) = self.desk().order_of(number).cloned() else { return };
        self.dealer.asked.missed.remove(&number);
        match (&sight.standing, order.is_ended()) {
            (OrderStanding::Live, false) => self.stands(number, false, sight.matched),
            (OrderStanding::Delayed, false) => self.stands(number, true, sight.matched),
            (OrderStanding::Ended { cause }, false) => {
                let cause =
                    if is_full(&order, sight.matched) { EndCause::Filled } else { cause.clone() };
                self.ended(number, cause, sight.matched);
            }
            (standing, true) => {
                // An order that is over may still turn out to have matched more.
                if sight.matched - order.matched >= DUST
                    && let OrderState::Ended { cause } = order.state.clone()
                {
                    self.ended(number, cause, sight.matched);
                }
                if !matches!(standing, OrderStanding::Ended { .. }) {
                    self.rests_after_its_end(&order);
                }
            }
        }
        self.advance(order.plan);
    }

    /// An order that counts as over is open at the venue all the same: the venue denied it and has
    /// it, or it arrived after all. Nothing is reserved for it any more, so it must not rest.
    fn rests_after_its_end(&mut self, order: &OrderTrack) {
        let now = self.now();
        let settings = self.env.settings;
        let for_less = |at: Option<UnixMillis>, span| at.is_some_and(|at| now.since(at) < span);
        // What was said before the end may be heard after it.
        if for_less(order.ended_at, settings.live_interval)
            || for_less(order.cancel_asked_at, settings.execution.cancel_again)
        {
            return;
        }
        let number = order.number;
        // Once an order, however often the cancellation has to be asked for again.
        if order.cancel_asked_at.is_none_or(|asked| Some(asked) < order.ended_at) {
            let text = format!(
                "Order {number} counted as over and is still open at the venue. It is cancelled; \
                 what it matched meanwhile is booked. If this comes again, cancel it by hand."
            );
            self.notify("order_still_open", text);
        }
        self.cancel(number);
    }

    pub(super) fn not_found(&mut self, number: OrderNumber) {
        let Some(order) = self.desk().orders.get(&number).cloned() else { return };
        let age = self.now().since(order.created_at);
        let silence = self.now().since(order.posted_at);
        match order.state {
            OrderState::Ended { .. } => return,
            // At most one posting in each interval: the last one may still be on its way.
            OrderState::InDoubt
                if age < self.env.settings.post_again_within
                    && silence >= self.env.settings.doubt_interval
                    && self.is_still_wished(&order) =>
            {
                let now = self.now();
                if let Ok(track) = self.dealer.desk.order_mut(number) {
                    track.posts += 1;
                    track.posted_at = now;
                }
                self.post(number);
            }
            OrderState::InDoubt if silence >= self.env.settings.arrival_max => {
                self.ended(number, EndCause::NeverArrived, Shares::ZERO);
            }
            OrderState::InDoubt => {}
            // The venue has had it; it forgets orders that are over. One that restarts may deny for a
            // moment what it has.
            OrderState::Live | OrderState::Delayed => {
                let now = self.now();
                let first = *self.dealer.asked.missed.entry(number).or_insert(now);
                let is_denied_again = now.since(first) >= self.env.settings.doubt_interval;
                if age >= self.env.settings.post_again_within && is_denied_again {
                    self.ended(number, EndCause::Cancelled, order.matched);
                }
                self.read_trades(number);
            }
        }
        self.advance(order.plan);
    }

    /// Whether an order that did not arrive may be sent again.
    fn is_still_wished(&self, order: &OrderTrack) -> bool {
        order.cancel_asked_at.is_none() && self.desk().risk.halted().is_none()
    }

    /// Asks for a cancellation, of an order that counts as over too: the venue may know better.
    pub(super) fn cancel(&mut self, number: OrderNumber) {
        let Some(id) = self.desk().order_of(number).map(|order| order.id) else { return };
        self.record(Event::CancelAsked { order: number });
        self.effect(Effect::Cancel(number, id));
    }

    pub(super) fn stands(&mut self, number: OrderNumber, delayed: bool, matched: Shares) {
        let state = if delayed { OrderState::Delayed } else { OrderState::Live };
        let known = |order: &OrderTrack| order.state == state && order.matched >= matched;
        if self.desk().orders.get(&number).is_none_or(known) {
            return;
        }
        self.dealer.desk.risk.note_success();
        self.record(Event::OrderStands { order: number, delayed, matched });
    }

    pub(super) fn ended(&mut self, number: OrderNumber, cause: EndCause, matched: Shares) {
        self.record(Event::OrderEnded { order: number, cause, matched });
        if self.desk().order_of(number).is_some_and(OrderTrack::is_untold) {
            self.read_trades(number);
        }
    }

    pub(super) fn look_up(&mut self, number: OrderNumber) {
        let Some(id) = self.desk().order_of(number).map(|order| order.id) else { return };
        let now = self.now();
        self.dealer.asked.orders.insert(number, now);
        self.effect(Effect::LookUp(number, id));
    }

    pub(super) fn read_trades(&mut self, number: OrderNumber) {
        let condition = self.desk().order_of(number).map(|order| order.order.market.condition);
        let Some(condition) = condition else { return };
        let now = self.now();
        let asked = self.dealer.asked.trades.get(&condition);
        if asked.is_none_or(|at| now.since(*at) >= self.env.settings.trades_interval) {
            self.dealer.asked.trades.insert(condition, now);
            self.effect(Effect::ReadTrades(condition));
        }
    }
}

/// More than so many shares an order cannot get: one that rests gets its size, one that takes may get
/// more for the same dollars, but not at less than the lowest price, 0.0001.
fn most(order: &OrderTrack) -> Shares {
    let OrderTerms { side, price, size, lifetime, .. } = order.order.terms;
    if lifetime.rests() || side == Side::Sell {
        return size + DUST;
    }
    Shares::from_micros(size.micros().saturating_mul(i64::from(price.ten_thousandths())))
}

fn is_full(order: &OrderTrack, matched: Shares) -> bool {
    order.order.terms.size - matched < DUST
}

impl Desk {
    /// Whether an order with this name was ever decided here, as far as is remembered.
    #[must_use]
    pub fn knows(&self, id: &domain::OrderId) -> bool {
        self.by_id.contains_key(id)
    }
}
