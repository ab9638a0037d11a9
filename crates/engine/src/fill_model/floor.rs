//! The venue on paper in the desk's own words: what the desk wants done comes in, facts go out.
//!
//! It stands where a venue, its account feed and a chain stand. A match is always told before the
//! order that says it matched, so a desk that dies between the two knows of the match, and never
//! of a match that nobody can tell any more. What was matched but never heard by the desk has
//! never happened; what the desk knows goes on, see [`Floor::resume`].

mod known;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Book, ConditionId, DurationMillis, OrderId, Price, Shares, Side, TokenId, TradeId, UnixMillis,
};

use super::{
    Busy, PaperAnswer, PaperExchange, PaperFact, PaperSettings, PaperTrade, Restart, TaskStep,
    Ticket,
};
use crate::desk::{
    CancelAnswer, EndCause, Input, OrderNumber, OrderSight, OrderStanding, PostAnswer, TaskNumber,
    TaskSight,
};
use crate::reconcile::OurView;
use known::{CancelWish, Known, KnownTask, Standing};

/// How long an order that is over, and what was taken of its book, is remembered.
pub const REMEMBERED: DurationMillis = DurationMillis(600_000);
/// How many orders are remembered; beyond it no order is taken.
pub const ORDERS_MAX: usize = 20_000;
/// For how many tokens books are wanted; beyond it those of the orders that changed last.
pub const TOKENS_MAX: usize = 500;
/// Matches of one market that are told at one time, the newest.
const TRADES_TOLD_MAX: usize = 2_000;
/// Transactions that are over and remembered.
const TASKS_KEPT: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clearing {
    Nobody,
    /// Everything is being cancelled, and whoever asked has not heard yet that nothing is open.
    Asked,
}

/// The venue on paper.
#[derive(Clone, Debug)]
pub struct Floor {
    exchange: PaperExchange,
    orders: BTreeMap<OrderId, Known>,
    tasks: BTreeMap<String, KnownTask>,
    clearing: Clearing,
    /// Matched on arrival, and not answered before its matches are told.
    answering: Option<OrderId>,
    told: Vec<Input>,
}

impl Floor {
    /// Without orders and books.
    #[must_use]
    pub fn new(settings: PaperSettings) -> Self {
        Self {
            exchange: PaperExchange::new(settings),
            orders: BTreeMap::new(),
            tasks: BTreeMap::new(),
            clearing: Clearing::Nobody,
            answering: None,
            told: Vec::new(),
        }
    }

    /// Orders that arrive within one of these times are refused, as while the engine restarts.
    #[must_use]
    pub fn restarting(mut self, restarts: Vec<Restart>) -> Self {
        self.exchange.set_restarts(restarts);
        self
    }
    /// When something happens next without being told; `None` while nothing is under way.
    #[must_use]
    pub fn next_at(&self) -> Option<UnixMillis> {
        self.exchange.next_at()
    }

    /// Takes up what the desk knows and this floor does not: trades that are not final go on
    /// settling, and orders of an earlier run that traded are over. Before the first time nothing
    /// else may be asked of it; later it heals what a desk has forgotten that began again.
    pub fn resume(&mut self, ours: &OurView, now: UnixMillis) {
        self.hear(now);
        let horizon = before(now, REMEMBERED);
        let open: BTreeMap<OrderId, Shares> =
            ours.open.iter().map(|order| (order.id, order.matched)).collect();
        for report in &ours.trades {
            let wanted = !report.state.is_final()
                || report.matched_at >= horizon
                || open.contains_key(&report.order);
            let known = self.orders.get(&report.order);
            if !wanted || known.is_some_and(|known| known.trades.contains_key(&report.trade)) {
                continue;
            }
            let trade = PaperTrade::resumed(report);
            // One that finds no room is taken up the next time.
            if report.state.is_final() || self.exchange.resume_trade(trade.clone(), now).is_ok() {
                let known = self.orders.entry(report.order);
                let known = known.or_insert_with(|| Known::earlier(report, now));
                known.trades.insert(report.trade.clone(), words::sight(&trade));
                known.matched = known.matched.max(known.seen());
            }
        }
        for (id, matched) in &open {
            if let Some(known) = self.orders.get_mut(id).filter(|known| known.is_earlier()) {
                known.matched = known.matched.max(*matched);
            }
        }
        self.forget(ours, now);
    }

    /// Forgets orders that are over for long, every match of which the desk has as final.
    fn forget(&mut self, ours: &OurView, now: UnixMillis) {
        let horizon = before(now, REMEMBERED);
        let open: BTreeSet<OrderId> = ours.open.iter().map(|order| order.id).collect();
        let unsettled: BTreeSet<&TradeId> = (ours.trades.iter())
            .filter(|trade| !trade.state.is_final())
            .map(|trade| &trade.trade)
            .collect();
        self.orders.retain(|id, known| {
            let is_final = |(trade, sight): (&TradeId, &crate::desk::TradeSight)| {
                sight.state.is_final() && !unsettled.contains(trade)
            };
            let is_over = known.is_ended() && known.trades.iter().all(is_final);
            !is_over || open.contains(id) || known.changed_at >= horizon
        });
    }

    /// An order is posted.
    pub fn post(&mut self, ticket: Ticket, now: UnixMillis) {
        self.hear(now);
        let Ticket { number, condition, order } = ticket;
        match self.orders.get(&order.id) {
            // Its answer is on its way.
            Some(known) if known.standing == Standing::Sent => {}
            Some(_) => self.told.push(Input::Posted(number, PostAnswer::Duplicated)),
            None if self.orders.len() >= ORDERS_MAX => self.not_sent(number),
            None => match self.exchange.submit(order, now) {
                Ok(()) => {
                    let known = Known::sent(number, condition, order.terms.token, now);
                    self.orders.insert(order.id, known);
                }
                Err(Busy) => self.not_sent(number),
            },
        }
    }

    fn not_sent(&mut self, number: OrderNumber) {
        let why = Busy.to_string();
        self.told.push(Input::Posted(number, PostAnswer::NotSent { why }));
    }

    /// A cancellation is asked for. An order that is not known here is surely over.
    pub fn cancel(&mut self, number: OrderNumber, id: OrderId, now: UnixMillis) {
        self.hear(now);
        if let Some(known) = self.orders.get_mut(&id).filter(|known| !known.is_ended()) {
            known.number = Some(number);
            known.cancel = CancelWish::Wanted;
            return self.send_cancels(now);
        }
        self.tell_of(id);
        self.told.push(Input::CancelAnswered(number, CancelAnswer::AlreadyDone));
    }

    /// Everything is to be cancelled; [`Self::cleared`] says when nothing is open any more.
    pub fn cancel_all(&mut self, now: UnixMillis) {
        self.hear(now);
        self.clearing = Clearing::Asked;
        self.send_cancels(now);
    }

    /// Whether everything was to be cancelled and nothing is open or on its way; told once.
    pub fn cleared(&mut self) -> bool {
        let is_clear = self.orders.values().all(Known::is_ended);
        let cleared = self.clearing == Clearing::Asked && is_clear;
        if cleared {
            self.clearing = Clearing::Nobody;
        }
        cleared
    }

    /// Sends the cancellations that are wanted; those that find no room wait for the next time.
    fn send_cancels(&mut self, now: UnixMillis) {
        for (id, known) in &mut self.orders {
            let wanted = known.cancel == CancelWish::Wanted
                || known.cancel == CancelWish::None && self.clearing == Clearing::Asked;
            if wanted && !known.is_ended() && self.exchange.cancel(*id, now).is_ok() {
                known.cancel = known.cancel.sent();
            }
        }
    }

    /// How does an order stand? One that is on its way is told of when it has arrived.
    pub fn look_up(&mut self, number: OrderNumber, id: OrderId, now: UnixMillis) {
        self.hear(now);
        match self.orders.get_mut(&id) {
            None => self.told.push(Input::NotFound(number)),
            Some(known) => {
                known.number = Some(number);
                self.tell_of(id);
            }
        }
    }

    /// Which matches were there in a market?
    pub fn read_trades(&mut self, condition: ConditionId, now: UnixMillis) {
        self.hear(now);
        let of = |known: &&Known| known.condition == Some(condition);
        let mut sights: Vec<_> =
            self.orders.values().filter(of).flat_map(|known| known.trades.values()).collect();
        sights.sort_by_key(|sight| sight.at);
        let skipped = sights.len().saturating_sub(TRADES_TOLD_MAX);
        let told = sights.into_iter().skip(skipped).cloned().map(Input::Traded);
        self.told.extend(told);
    }

    /// A transaction is to be prepared; the draw decides whether it will happen.
    pub fn prepare(&mut self, number: TaskNumber, draw: u64) {
        let prepared = words::prepared(number, draw);
        let reference = prepared.clone();
        self.told.push(Input::Task(number, TaskSight::Prepared { prepared, reference }));
    }

    /// A transaction is submitted, perhaps not for the first time.
    pub fn submit(&mut self, number: TaskNumber, prepared: &str, now: UnixMillis) {
        self.hear(now);
        if let Some(known) = self.tasks.get(prepared) {
            let (number, sights) = (known.number, known.sights());
            self.told.extend(sights.into_iter().map(|sight| Input::Task(number, sight)));
            return;
        }
        // One that finds no room is asked for again.
        let draw = words::draw_of(prepared);
        if self.exchange.submit_task(prepared.to_owned(), draw, now).is_ok() {
            self.tasks.insert(prepared.to_owned(), KnownTask { number, step: None });
        }
    }

    /// The whole book of a token is stated.
    pub fn on_book(&mut self, token: TokenId, book: &Book, at: UnixMillis) {
        self.exchange.on_book(token, book, at);
    }
    /// The book of a token cannot be believed any more, or is not followed any more.
    pub fn on_book_lost(&mut self, token: TokenId, at: UnixMillis) {
        self.exchange.on_book_lost(token, at);
    }
    /// A trade of others is printed.
    pub fn on_print(
        &mut self,
        token: TokenId,
        price: Price,
        size: Shares,
        taker: Side,
        at: UnixMillis,
    ) {
        self.exchange.on_trade(token, price, size, taker, at);
    }

    /// Lets time pass, and hands out everything that is to be told.
    pub fn advance(&mut self, now: UnixMillis) -> Vec<Input> {
        self.send_cancels(now);
        self.hear(now);
        std::mem::take(&mut self.told)
    }

    /// The tokens whose books are wanted: those of open orders, and of orders that are lately over,
    /// so that what was taken of a level is remembered while it is displayed.
    #[must_use]
    pub fn tokens(&self) -> BTreeSet<TokenId> {
        let mut orders: Vec<&Known> = self.orders.values().collect();
        let recent = |known: &&Known| (known.is_ended(), std::cmp::Reverse(known.changed_at));
        orders.sort_by_key(recent);
        let mut tokens = BTreeSet::new();
        for known in orders {
            if tokens.len() >= TOKENS_MAX {
                break;
            }
            tokens.insert(known.token);
        }
        tokens
    }
    /// Orders that are open or on their way.
    #[must_use]
    pub fn open_orders(&self) -> usize {
        self.orders.values().filter(|known| !known.is_ended()).count()
    }

    /// Puts what the exchange tells into the desk's words.
    fn hear(&mut self, now: UnixMillis) {
        for news in self.exchange.advance(now) {
            self.note(news.fact, news.at);
        }
        self.answer();
    }

    fn note(&mut self, fact: PaperFact, at: UnixMillis) {
        match fact {
            PaperFact::Answered { order, answer } => {
                self.answer();
                self.answered(order, answer, at);
            }
            PaperFact::Trade(trade) => {
                let sight = words::sight(&trade);
                if let Some(known) = self.orders.get_mut(&trade.order) {
                    known.trades.insert(trade.trade, sight.clone());
                    known.matched = known.matched.max(known.seen());
                    known.changed_at = at;
                }
                self.told.push(Input::Traded(sight));
            }
            PaperFact::Ended { order, matched, cause } => {
                let cause = words::cause(cause);
                self.ended(order, matched, cause, at);
            }
            PaperFact::CancelRefused { order } => {
                self.tell_of(order);
                self.answer_cancel(order, CancelAnswer::AlreadyDone);
            }
            PaperFact::Task { task, step } => self.task_came(&task, step),
        }
    }

    fn answered(&mut self, id: OrderId, answer: PaperAnswer, at: UnixMillis) {
        let Some(known) = self.orders.get_mut(&id) else { return };
        known.changed_at = at;
        let number = known.number;
        let told = match answer {
            PaperAnswer::Live => {
                known.standing = Standing::Open;
                PostAnswer::Live
            }
            PaperAnswer::Matched => {
                known.standing = Standing::Open;
                self.answering = Some(id);
                return;
            }
            PaperAnswer::Refused(refusal) => {
                let (code, text) = words::refusal(refusal);
                let (code, text) = (code.to_owned(), text.to_owned());
                let cause = EndCause::Rejected { code: code.clone(), text: text.clone() };
                known.standing = Standing::Ended(cause);
                PostAnswer::Rejected { code, text }
            }
        };
        self.told.extend(number.map(|number| Input::Posted(number, told)));
    }

    /// Answers the posting of an order that matched on arrival, once its matches are told.
    fn answer(&mut self) {
        let Some(id) = self.answering.take() else { return };
        let Some(known) = self.orders.get(&id) else { return };
        let answer = PostAnswer::Matched { shares: Some(known.matched) };
        self.told.extend(known.number.map(|number| Input::Posted(number, answer)));
    }

    fn ended(&mut self, id: OrderId, matched: Shares, cause: EndCause, at: UnixMillis) {
        let Some(known) = self.orders.get_mut(&id) else { return };
        known.changed_at = at;
        known.matched = known.matched.max(matched);
        known.standing = Standing::Ended(cause.clone());
        let is_cancelled = cause == EndCause::Cancelled && self.answering != Some(id);
        let standing = OrderStanding::Ended { cause };
        let sight = OrderSight { id, standing, matched: known.matched };
        self.answer();
        self.told.push(Input::Sighted(sight));
        if is_cancelled {
            self.answer_cancel(id, CancelAnswer::Cancelled);
        }
    }

    fn answer_cancel(&mut self, id: OrderId, answer: CancelAnswer) {
        let Some(known) = self.orders.get(&id) else { return };
        if known.cancel == CancelWish::SentFor {
            self.told.extend(known.number.map(|number| Input::CancelAnswered(number, answer)));
        }
    }

    fn task_came(&mut self, task: &str, step: TaskStep) {
        let Some(known) = self.tasks.get_mut(task) else { return };
        known.step = Some(step);
        let number = known.number;
        self.told.push(Input::Task(number, words::task(step)));
        let is_over =
            |known: &KnownTask| matches!(known.step, Some(step) if step != TaskStep::Mined);
        if self.tasks.len() > TASKS_KEPT {
            let over = self.tasks.iter().filter(|(_, known)| is_over(known));
            let oldest = over.min_by_key(|(_, known)| known.number).map(|(task, _)| task.clone());
            if let Some(oldest) = oldest {
                self.tasks.remove(&oldest);
            }
        }
    }

    /// Every match of an order, then how it stands; nothing of one that is on its way.
    fn tell_of(&mut self, id: OrderId) {
        let Some(known) = self.orders.get(&id) else { return };
        let Some(standing) = known.shown() else { return };
        self.told.extend(known.trades.values().cloned().map(Input::Traded));
        let sight = OrderSight { id, standing, matched: known.matched };
        self.told.push(Input::Sighted(sight));
    }
}

fn before(now: UnixMillis, span: DurationMillis) -> UnixMillis {
    UnixMillis(now.0.saturating_sub(span.0))
}
