//! A venue on paper: our orders against live books and printed trades, without sending anything.
//!
//! It errs against us. An order meets the book that is there when it would have arrived. It takes
//! only what is displayed, and no share twice: what was taken of a level stays taken for as long
//! as the level is displayed, for the real market does not know that we took it. What rests joins
//! the end of the queue at its price; trades printed there shorten the queue from the front, and
//! what is cancelled counts as if it had stood behind us, until less is displayed than was ahead.
//! Trades settle after a while, and the share of them that is set fails.
//!
//! An order for a token whose book cannot be believed waits a while for one that can.
//!
//! It does not know our funds: whoever reserves them sees to that. Our own orders never meet each
//! other, for none of them is in the real book.
//!
//! Nothing here reads a clock or draws a number: moments and draws are handed in, in the order of
//! time; a moment that runs backwards counts as the latest one.

mod assumed;
mod depth;
mod floor;
mod history;
mod matching;
mod news;
mod order;
mod preview;
mod queue;
mod restart;
mod settings;
mod settlement;
mod ticket;

use std::collections::BTreeMap;

use domain::{Book, DurationMillis, OrderId, Price, Shares, Side, TokenId, UnixMillis};
use thiserror::Error;

use depth::Depth;
use history::History;
use queue::Resting;
use settlement::Settling;

pub use assumed::{Assumed, AtOurPrice, Taken, WHOLE_PPM};
pub use floor::{Floor, ORDERS_MAX, REMEMBERED, TOKENS_MAX};
pub use history::{ENDED_KEPT, PaperStanding};
pub use news::{PaperAnswer, PaperEnd, PaperFact, PaperNews, PaperTrade, Refusal, TaskStep};
pub use order::{MARKETABLE_MIN, PaperOrder};
pub use preview::{Preview, preview};
pub use restart::Restart;
pub use settings::PaperSettings;
pub use ticket::Ticket;

/// How many orders, settlements and tasks may be under way together.
pub const UNDER_WAY_MAX: usize = 20_000;

/// So much is under way that nothing more is taken on; what is under way goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{UNDER_WAY_MAX} orders, settlements and tasks are under way: wait for some to end")]
pub struct Busy;

#[derive(Clone, Debug)]
enum Happening {
    Arrive(PaperOrder),
    Cancel(OrderId),
    Expire(OrderId),
    /// An order has waited long enough for a book.
    GiveUp(OrderId),
    Settle(Settling),
    Task(String, TaskStep),
}

/// The venue on paper. Books are kept for the tokens that they are told of.
#[derive(Clone, Debug)]
pub struct PaperExchange {
    settings: PaperSettings,
    clock: UnixMillis,
    /// What will happen, by moment and then in the order in which it was planned.
    agenda: BTreeMap<(UnixMillis, u64), Happening>,
    planned: u64,
    depths: BTreeMap<TokenId, Depth>,
    /// Resting orders by token, in the order of their arrival.
    resting: BTreeMap<TokenId, Vec<Resting>>,
    /// Orders that arrived and wait for a book, by token.
    held: BTreeMap<TokenId, Vec<PaperOrder>>,
    history: History,
    news: Vec<PaperNews>,
    restarts: Vec<Restart>,
}

impl PaperExchange {
    /// A venue without books and orders.
    #[must_use]
    pub fn new(settings: PaperSettings) -> Self {
        Self {
            settings,
            clock: UnixMillis(i64::MIN),
            agenda: BTreeMap::new(),
            planned: 0,
            depths: BTreeMap::new(),
            resting: BTreeMap::new(),
            held: BTreeMap::new(),
            history: History::default(),
            news: Vec::new(),
            restarts: Vec::new(),
        }
    }
    /// Orders that arrive within one of these times are refused.
    pub fn set_restarts(&mut self, restarts: Vec<Restart>) {
        self.restarts = restarts;
    }
    /// An order is sent; it reaches the book after the latency and is answered then.
    ///
    /// # Errors
    /// Too much is under way.
    pub fn submit(&mut self, order: PaperOrder, now: UnixMillis) -> Result<(), Busy> {
        let after = self.latency(order.draw);
        self.take_on(now, after, Happening::Arrive(order))
    }
    /// A cancellation is sent; it reaches the book after the latency and may find the order filled.
    ///
    /// # Errors
    /// Too much is under way.
    pub fn cancel(&mut self, order: OrderId, now: UnixMillis) -> Result<(), Busy> {
        let after = self.latency(PaperOrder::draw_of(order).rotate_left(32));
        self.take_on(now, after, Happening::Cancel(order))
    }
    /// A transaction is sent; it is mined after a while, and its verdict comes after the time of
    /// the chain.
    ///
    /// # Errors
    /// Too much is under way.
    pub fn submit_task(&mut self, task: String, draw: u64, now: UnixMillis) -> Result<(), Busy> {
        let fails = settlement::drawn(draw, 0) < self.settings.task_failures_ppm;
        let PaperSettings { chain_ms, mined_ms, .. } = self.settings;
        if fails {
            return self.take_on(now, chain_ms, Happening::Task(task, TaskStep::Failed));
        }
        let mined = Happening::Task(task.clone(), TaskStep::Mined);
        self.take_on(now, mined_ms.min(chain_ms), mined)?;
        self.plan(self.clock.plus(chain_ms), Happening::Task(task, TaskStep::Confirmed));
        Ok(())
    }
    /// A trade that was not final when an earlier run ended goes on settling. Resting orders of an
    /// earlier run are gone.
    ///
    /// # Errors
    /// Too much is under way.
    pub fn resume_trade(&mut self, trade: PaperTrade, now: UnixMillis) -> Result<(), Busy> {
        if self.under_way() >= UNDER_WAY_MAX {
            return Err(Busy);
        }
        self.run_before(now);
        self.settle_on(trade);
        Ok(())
    }
    /// The whole book of a token is stated.
    pub fn on_book(&mut self, token: TokenId, book: &Book, at: UnixMillis) {
        self.run_before(at);
        let Assumed { depth_ppm, taken, .. } = self.settings.assumed;
        let depth = self.depths.entry(token).or_insert_with(|| Depth::of(depth_ppm));
        depth.state(book, taken);
        self.meet_book(token);
        for order in self.held.remove(&token).unwrap_or_default() {
            self.arrive(order);
        }
    }
    /// The book of a token cannot be believed any more: nothing is filled until it is stated again.
    pub fn on_book_lost(&mut self, token: TokenId, at: UnixMillis) {
        self.run_before(at);
        self.depths.remove(&token);
    }
    /// A trade of others is printed: the taker bought or sold (`side`) so many shares at `price`.
    pub fn on_trade(
        &mut self,
        token: TokenId,
        price: Price,
        size: Shares,
        side: Side,
        at: UnixMillis,
    ) {
        self.run_before(at);
        self.meet_print(token, price, size, side);
    }
    /// Lets time pass up to and with `now`, and hands out what the venue told meanwhile.
    pub fn advance(&mut self, now: UnixMillis) -> Vec<PaperNews> {
        self.run_before(now);
        while let Some(next) = self.agenda.first_entry().filter(|next| next.key().0 <= now) {
            let happening = next.remove();
            self.happen(happening);
        }
        std::mem::take(&mut self.news)
    }
    /// When something happens next without being told; `None` while nothing is under way.
    #[must_use]
    pub fn next_at(&self) -> Option<UnixMillis> {
        self.agenda.keys().next().map(|(at, _)| *at)
    }
    /// What the venue knows of an order; one that has not arrived yet is unknown.
    #[must_use]
    pub fn order(&self, order: OrderId) -> Option<PaperStanding> {
        let mut resting = self.resting.values().flatten();
        let open = resting.find(|resting| resting.order.id == order);
        open.map(|resting| PaperStanding::Open { matched: resting.matched })
            .or_else(|| self.history.of(order))
    }
    /// Open orders with what of each has met others.
    pub fn open_orders(&self) -> impl Iterator<Item = (&PaperOrder, Shares)> {
        self.resting.values().flatten().map(|resting| (&resting.order, resting.matched))
    }

    /// From the decision to the book.
    fn latency(&self, draw: u64) -> DurationMillis {
        let PaperSettings { latency_ms, assumed, .. } = self.settings;
        let spread = u64::try_from(assumed.jitter_ms.0).unwrap_or_default();
        let late = settlement::mix(draw, u64::MAX).checked_rem(spread.saturating_add(1));
        let late = late.and_then(|late| i64::try_from(late).ok()).unwrap_or_default();
        DurationMillis(latency_ms.0.saturating_add(late))
    }
    fn under_way(&self) -> usize {
        let resting = self.resting.values().map(Vec::len).sum::<usize>();
        self.agenda.len() + resting + self.held.values().map(Vec::len).sum::<usize>()
    }
    fn take_on(
        &mut self,
        now: UnixMillis,
        after: DurationMillis,
        happening: Happening,
    ) -> Result<(), Busy> {
        if self.under_way() >= UNDER_WAY_MAX {
            return Err(Busy);
        }
        self.run_before(now);
        self.plan(self.clock.plus(after), happening);
        Ok(())
    }
    fn plan(&mut self, at: UnixMillis, happening: Happening) {
        self.planned += 1;
        self.agenda.insert((at.max(self.clock), self.planned), happening);
    }
    /// Everything that happens before this moment, which then is now. What happens in the same
    /// millisecond as a book or a print comes after it.
    fn run_before(&mut self, moment: UnixMillis) {
        while let Some(next) = self.agenda.first_entry().filter(|next| next.key().0 < moment) {
            let ((at, _), happening) = next.remove_entry();
            self.clock = self.clock.max(at);
            self.happen(happening);
        }
        self.clock = self.clock.max(moment);
    }
    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrive(order) => self.arrive(order),
            Happening::Cancel(order) => self.cancel_now(order),
            Happening::Expire(order) => {
                self.end_resting(order, PaperEnd::Expired);
            }
            Happening::GiveUp(order) => self.give_up(order),
            Happening::Settle(settling) => self.settle(settling),
            Happening::Task(task, step) => self.tell(PaperFact::Task { task, step }),
        }
    }
    fn tell(&mut self, fact: PaperFact) {
        self.news.push(PaperNews { at: self.clock, fact });
    }
}
