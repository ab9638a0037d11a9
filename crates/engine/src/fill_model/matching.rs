//! What happens to an order when it arrives.

use domain::{
    Crossing, Level, Lifetime, Liquidity, OrderId, OrderTerms, Rounding, TradeId, TradeState, Usd,
};

use super::assumed::share;
use super::depth::{Depth, meet};
use super::news::{PaperAnswer, PaperEnd, PaperFact, PaperTrade, Refusal};
use super::order::{MARKETABLE_MIN, PaperOrder};
use super::queue::Resting;
use super::{Happening, PaperExchange};

impl PaperExchange {
    pub(super) fn arrive(&mut self, order: PaperOrder) {
        match self.judge(&order) {
            Err(Refusal::NoBook) if self.settings.book_wait_ms.0 > 0 => self.hold(order),
            Err(refusal) => {
                let answer = PaperAnswer::Refused(refusal);
                self.tell(PaperFact::Answered { order: order.id, answer });
            }
            Ok((met, whole)) => self.accept(order, &met, whole),
        }
    }

    /// What the order meets at once and whether that is all of it, or why it is refused.
    fn judge(&self, order: &PaperOrder) -> Result<(Vec<Level>, bool), Refusal> {
        if self.order(order.id).is_some() || self.is_held(order.id) {
            return Err(Refusal::Duplicated);
        }
        if self.restarts.iter().any(|window| window.holds(self.clock)) {
            return Err(Refusal::Restarting);
        }
        order.check(self.clock)?;
        let OrderTerms { token, side, price, size, lifetime, crossing } = order.terms;
        let depth = self.depths.get(&token).ok_or(Refusal::NoBook)?;
        let levels = depth.open_to(side, price);
        if levels.is_empty() {
            return match lifetime {
                Lifetime::FillOrKill => Err(Refusal::NotFilledWhole),
                Lifetime::FillAndKill => Err(Refusal::NobodyThere),
                Lifetime::GoodTilCancelled | Lifetime::GoodTilDate { .. } => Ok((levels, false)),
            };
        }
        if crossing == Crossing::Refused {
            return Err(Refusal::PostOnlyWouldCross);
        }
        if size.at(price, Rounding::Down) < MARKETABLE_MIN {
            return Err(Refusal::WorthTooLittle);
        }
        let (met, whole) = meet(&levels, order.want());
        if lifetime == Lifetime::FillOrKill && !whole {
            return Err(Refusal::NotFilledWhole);
        }
        Ok((met, whole))
    }

    /// The order waits for a book.
    fn hold(&mut self, order: PaperOrder) {
        let until = self.clock.plus(self.settings.book_wait_ms);
        self.plan(until, Happening::GiveUp(order.id));
        self.held.entry(order.terms.token).or_default().push(order);
    }
    fn is_held(&self, id: OrderId) -> bool {
        self.held.values().flatten().any(|order| order.id == id)
    }
    /// Ends the wait of an order; whether it waited.
    pub(super) fn release(&mut self, id: OrderId) -> bool {
        let mut found = false;
        self.held.retain(|_, orders| {
            let before = orders.len();
            orders.retain(|order| order.id != id);
            found |= orders.len() < before;
            !orders.is_empty()
        });
        found
    }
    pub(super) fn give_up(&mut self, order: OrderId) {
        if self.release(order) {
            let answer = PaperAnswer::Refused(Refusal::NoBook);
            self.tell(PaperFact::Answered { order, answer });
        }
    }

    fn accept(&mut self, order: PaperOrder, met: &[Level], whole: bool) {
        let OrderTerms { token, side, price, lifetime, .. } = order.terms;
        let there_ppm = self.settings.assumed.depth_ppm;
        let answer = if met.is_empty() { PaperAnswer::Live } else { PaperAnswer::Matched };
        self.tell(PaperFact::Answered { order: order.id, answer });
        let depth = self.depths.entry(token).or_insert_with(|| Depth::of(there_ppm));
        depth.take(side, met);
        let ahead = share(depth.displayed(side, price), self.settings.assumed.ahead_ppm);
        let mut resting = Resting::new(order, ahead);
        for level in met {
            self.fill(&mut resting, *level, Liquidity::Taker);
        }
        if whole {
            self.end(&resting, PaperEnd::Filled);
        } else if lifetime.rests() {
            if let Some(at) = order.ends_at() {
                self.plan(at, Happening::Expire(order.id));
            }
            self.resting.entry(token).or_default().push(resting);
        } else {
            self.end(&resting, PaperEnd::RestCancelled);
        }
    }

    /// Part of an order meets somebody.
    pub(super) fn fill(&mut self, resting: &mut Resting, level: Level, liquidity: Liquidity) {
        let order = resting.order;
        resting.matched += level.size;
        resting.fills += 1;
        let fee = match liquidity {
            Liquidity::Maker => Usd::ZERO,
            Liquidity::Taker => order.fee.fee(level.size, level.price, Rounding::HalfUp),
        };
        let trade = PaperTrade {
            trade: TradeId(format!("paper:{}:{}", order.id, resting.fills)),
            order: order.id,
            token: order.terms.token,
            side: order.terms.side,
            size: level.size,
            price: level.price,
            value: order.value(level.size, level.price),
            fee,
            liquidity,
            state: TradeState::Matched,
            matched_at: self.clock,
            draw: super::settlement::mix(order.draw, resting.fills.into()),
        };
        self.tell(PaperFact::Trade(trade.clone()));
        self.settle_on(trade);
    }
    pub(super) fn end(&mut self, resting: &Resting, cause: PaperEnd) {
        let (order, matched) = (resting.order.id, resting.matched);
        self.history.keep(order, matched, cause);
        self.tell(PaperFact::Ended { order, matched, cause });
    }
}
