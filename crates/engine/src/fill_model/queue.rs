//! Orders that rest: their place in the queue, and how it gets shorter.

use domain::{Level, Liquidity, OrderId, Price, Shares, Side, TokenId, UnixMillis};

use super::PaperExchange;
use super::assumed::AtOurPrice;
use super::news::{PaperEnd, PaperFact};
use super::order::PaperOrder;

/// A resting order.
#[derive(Clone, Debug)]
pub(super) struct Resting {
    pub(super) order: PaperOrder,
    pub(super) matched: Shares,
    /// How many fills it had.
    pub(super) fills: u32,
    /// What stands before it at its price.
    ahead: Shares,
    /// How much of the queue is gone that no print has explained yet, and until when a print may.
    unexplained: Shares,
    explained_until: UnixMillis,
}

impl Resting {
    pub(super) const fn new(order: PaperOrder, ahead: Shares) -> Self {
        let (matched, unexplained) = (Shares::ZERO, Shares::ZERO);
        let explained_until = UnixMillis(i64::MIN);
        Self { order, matched, fills: 0, ahead, unexplained, explained_until }
    }
    fn left(&self) -> Shares {
        (self.order.terms.size - self.matched).max(Shares::ZERO)
    }
    /// Less is displayed than stood before it: the rest is gone.
    fn see_displayed(&mut self, displayed: Shares, explained_until: UnixMillis) {
        let gone = self.ahead - displayed;
        if gone.is_positive() {
            self.ahead = displayed;
            self.unexplained += gone;
            self.explained_until = explained_until;
        }
    }
    /// So much is printed at its price; what is left of it when everybody before was served.
    /// What the book already showed as gone is not taken from the queue a second time.
    fn see_printed(&mut self, size: Shares, now: UnixMillis) -> Shares {
        if now > self.explained_until {
            self.unexplained = Shares::ZERO;
        }
        let known = self.unexplained.min(size);
        self.unexplained -= known;
        let served = self.ahead.min(size - known);
        self.ahead -= served;
        size - known - served
    }
}

impl PaperExchange {
    /// A book was stated: queues get shorter, and what crosses a resting order meets it.
    pub(super) fn meet_book(&mut self, token: TokenId) {
        let Some(mut queue) = self.resting.remove(&token) else { return };
        let until = self.clock.plus(self.settings.print_lag_ms);
        let at_ours = self.settings.assumed.at_our_price;
        for resting in by_priority(&mut queue) {
            let (side, price) = (resting.order.terms.side, resting.order.terms.price);
            let Some(depth) = self.depths.get_mut(&token) else { break };
            resting.see_displayed(depth.displayed(side, price), until);
            let mut left = resting.left();
            let mut met = depth.open_to(side, price);
            met.retain(|level| at_ours == AtOurPrice::InTurn || level.price != price);
            for level in &mut met {
                level.size = level.size.min(left);
                left -= level.size;
            }
            met.retain(|level| level.size.is_positive());
            depth.take(side, &met);
            for level in met {
                self.fill(resting, Level { price, ..level }, Liquidity::Maker);
            }
        }
        self.put_back(token, queue);
    }
    /// A trade of others was printed: the taker would have met us first where our price is better
    /// for it, and after those before us where it is the same.
    pub(super) fn meet_print(&mut self, token: TokenId, price: Price, size: Shares, taker: Side) {
        if !self.depths.contains_key(&token) || !size.is_positive() {
            return;
        }
        let Some(mut queue) = self.resting.remove(&token) else { return };
        let mut volume = size;
        let at_ours = self.settings.assumed.at_our_price;
        for resting in by_priority(&mut queue) {
            let terms = resting.order.terms;
            let reached = match terms.side {
                Side::Buy => taker == Side::Sell && terms.price >= price,
                Side::Sell => taker == Side::Buy && terms.price <= price,
            };
            if !reached || terms.price == price && at_ours == AtOurPrice::Never {
                continue;
            }
            let there =
                if terms.price == price { resting.see_printed(volume, self.clock) } else { volume };
            let size = there.min(resting.left());
            if size.is_positive() {
                volume -= size;
                self.fill(resting, Level { price: terms.price, size }, Liquidity::Maker);
            }
        }
        self.put_back(token, queue);
    }
    pub(super) fn cancel_now(&mut self, order: OrderId) {
        if self.release(order) {
            let (matched, cause) = (Shares::ZERO, PaperEnd::Cancelled);
            self.history.keep(order, matched, cause);
            self.tell(PaperFact::Ended { order, matched, cause });
        } else if !self.end_resting(order, PaperEnd::Cancelled) {
            self.tell(PaperFact::CancelRefused { order });
        }
    }
    /// Ends an order that rests; whether it did.
    pub(super) fn end_resting(&mut self, order: OrderId, cause: PaperEnd) -> bool {
        let place = self.resting.iter().find_map(|(token, queue)| {
            queue.iter().position(|resting| resting.order.id == order).map(|at| (*token, at))
        });
        let Some((token, at)) = place else { return false };
        let Some(mut queue) = self.resting.remove(&token) else { return false };
        let resting = queue.remove(at);
        self.end(&resting, cause);
        self.put_back(token, queue);
        true
    }
    /// Ends what is filled and keeps the rest.
    fn put_back(&mut self, token: TokenId, queue: Vec<Resting>) {
        let (open, filled): (Vec<_>, Vec<_>) =
            queue.into_iter().partition(|resting| resting.left().is_positive());
        filled.iter().for_each(|resting| self.end(resting, PaperEnd::Filled));
        if !open.is_empty() {
            self.resting.insert(token, open);
        }
    }
}

/// Our own orders, the best price first, and at one price the oldest.
fn by_priority(queue: &mut [Resting]) -> Vec<&mut Resting> {
    let mut orders: Vec<&mut Resting> = queue.iter_mut().collect();
    orders.sort_by_key(|resting| match resting.order.terms.side {
        Side::Buy => resting.order.terms.price.complement(),
        Side::Sell => resting.order.terms.price,
    });
    orders
}
