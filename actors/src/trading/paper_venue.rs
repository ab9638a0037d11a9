//! The venue, the account and the chain of paper trading: nothing is ever sent.
//!
//! It stands where executor, account feed and chain worker stand. Live books and printed trades
//! come in, the desk's effects are carried out on paper by [`Floor`], and the facts go to the risk
//! manager in the same words that the real roles use. What the desk had written down when this role
//! began goes on; what it had not has never happened.

mod resolutions;
mod signer;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{ConditionId, TokenId, UnixMillis, Usd};
use engine::desk::{Control, Effect, Input, Origin, PostAnswer, Reconciliation};
use engine::fill_model::{Floor, PaperSettings, Ticket};
use engine::reconcile::{Opening, OurView};
use engine::risk::Reconciled;

pub use signer::PaperSigner;

use super::board::TradingBoard;
use super::messages::{Command, News, Perform, TellOurView};
use crate::books::{Depth, DepthStated, FollowDepths, TradePrinted};
use crate::clock::Clock;
use crate::supervision::{Handle, Life};

/// How often time passes on the floor.
const TICK: Duration = Duration::from_millis(20);
/// How often it is looked whether the desk must be compared, and books are asked for again.
const LOOK: Duration = Duration::from_millis(500);
/// How long the desk may take to say what it believes.
const VIEW_WAIT: Duration = Duration::from_secs(5);
/// Effects that wait until the desk was seen; more are dropped, the desk asks again.
const WAITING_MAX: usize = 4_096;
/// Facts that wait for the risk manager; beyond it all are dropped, and the desk asks.
const UNTOLD_MAX: usize = 50_000;
/// Facts of one message.
const NEWS_MAX: usize = 256;

/// How paper trading works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperVenueSettings {
    /// How fast and how well.
    pub exchange: PaperSettings,
    /// Dollars that a desk begins with; nothing at or below zero. Default 10,000.
    pub cash: Usd,
    /// Between two comparisons with the desk. Default 30 s.
    pub compare_interval: Duration,
    /// Between two questions how markets were resolved. Default 60 s.
    pub resolution_interval: Duration,
}

impl Default for PaperVenueSettings {
    fn default() -> Self {
        Self {
            exchange: PaperSettings::default(),
            cash: Usd::from_whole(10_000),
            compare_interval: Duration::from_secs(30),
            resolution_interval: Duration::from_secs(60),
        }
    }
}

/// Whom the venue on paper tells and asks.
#[derive(Clone)]
pub struct PaperVenueOutlets {
    /// Told of facts.
    pub news: Handle<News>,
    /// Asked what the desk believes.
    pub our_view: Handle<TellOurView>,
    /// Told of the opening balance.
    pub commands: Handle<Command>,
    /// Asked for whole books.
    pub books: Handle<FollowDepths>,
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// The venue's public lists, for resolutions; `None` where nobody is to be asked.
    pub lists: Option<polymarket::http::Settings>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

/// Whether the desk was seen since this incarnation began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Beginning,
    Trading { compared_at: UnixMillis },
}

/// The venue on paper.
pub struct PaperVenue {
    life: Life<Self>,
    settings: PaperVenueSettings,
    clock: Clock,
    outlets: PaperVenueOutlets,
    floor: Floor,
    stage: Stage,
    comparing: Activity,
    asking: Activity,
    /// The held market after which the next question about resolutions begins.
    asked_up_to: Option<ConditionId>,
    waiting: VecDeque<Effect>,
    untold: VecDeque<Input>,
    followed: Arc<BTreeSet<TokenId>>,
}

impl PaperVenue {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: PaperVenueSettings,
        clock: Clock,
        outlets: PaperVenueOutlets,
    ) -> Self {
        Self {
            life,
            clock,
            outlets,
            floor: Floor::new(settings.exchange),
            settings,
            stage: Stage::Beginning,
            comparing: Activity::Idle,
            asking: Activity::Idle,
            asked_up_to: None,
            waiting: VecDeque::new(),
            untold: VecDeque::new(),
            followed: Arc::default(),
        }
    }

    /// Asks the desk what it believes when that is due: at the beginning, when the desk has begun
    /// again, and now and then.
    fn compare_if_due(&mut self, ctx: &mut Context<Self>) {
        let interval =
            i64::try_from(self.settings.compare_interval.as_millis()).unwrap_or(i64::MAX);
        let is_due = match self.stage {
            Stage::Beginning => true,
            Stage::Trading { compared_at } => {
                let view = self.outlets.board.view();
                view.is_some_and(|view| view.reconciled == Reconciled::No)
                    || self.clock.now().since(compared_at).0 >= interval
            }
        };
        if !is_due || self.comparing == Activity::Busy {
            return;
        }
        self.comparing = Activity::Busy;
        let asking = self.outlets.our_view.ask(TellOurView, VIEW_WAIT);
        ctx.spawn(asking.into_actor(self).map(|answer, actor, _| {
            actor.comparing = Activity::Idle;
            match answer {
                Ok(Some(ours)) => actor.compare(&ours),
                Ok(None) => tracing::debug!("the desk is not read back yet"),
                Err(error) => tracing::debug!(%error, "the desk did not say what it believes"),
            }
        }));
    }

    /// There is nothing on paper that the desk does not know, so both sides agree once the floor
    /// has taken up what the desk knows.
    fn compare(&mut self, ours: &OurView) {
        let now = self.clock.now();
        if ours.opening == Opening::NeverBooked && self.settings.cash > Usd::ZERO {
            // The view of the next comparison comes after it; until it is booked it is asked again.
            let by = Origin("paper".to_owned());
            let command = Command { by, control: Control::Fund(self.settings.cash) };
            if let Err(error) = self.outlets.commands.tell(command) {
                tracing::warn!(%error, "the opening balance was not booked; tried again soon");
                return;
            }
        }
        self.floor.resume(ours, now);
        self.stage = Stage::Trading { compared_at: now };
        while let Some(effect) = self.waiting.pop_front() {
            self.perform(effect);
        }
        self.follow();
        self.pass(now);
        self.untold.push_back(Input::Reconciled(Reconciliation::Agrees));
        self.tell();
        self.outlets.board.set_venue(|venue| {
            venue.compared_at = Some(now);
            venue.differences.clear();
        });
        self.life.ready();
    }

    fn perform(&mut self, effect: Effect) {
        let now = self.clock.now();
        match effect {
            Effect::Post(approved) => match Ticket::read(approved.get()) {
                Ok(ticket) => self.floor.post(ticket, now),
                Err(error) => {
                    tracing::error!(%error, "an order that is none on paper");
                    let why = "it was not signed for paper trading".to_owned();
                    let answer = PostAnswer::NotSent { why };
                    self.untold.push_back(Input::Posted(approved.get().number, answer));
                }
            },
            Effect::Cancel(number, id) => self.floor.cancel(number, id, now),
            Effect::CancelAll => self.floor.cancel_all(now),
            Effect::LookUp(number, id) => self.floor.look_up(number, id, now),
            Effect::ReadTrades(condition) => self.floor.read_trades(condition, now),
            Effect::Prepare(approved) => match getrandom::u64() {
                Ok(draw) => self.floor.prepare(approved.get().number, draw),
                Err(error) => tracing::warn!(%error, "the system gives no chance; asked again"),
            },
            Effect::Submit(approved) => {
                let task = approved.get();
                self.floor.submit(task.number, &task.prepared, now);
            }
            Effect::Decided(_) | Effect::Notify(_) => {}
        }
    }

    /// Time passes.
    fn pass(&mut self, now: UnixMillis) {
        self.untold.extend(self.floor.advance(now));
        if self.floor.cleared() {
            self.outlets.board.prove_halt(now);
        }
        self.tell();
    }

    /// Asks for the books of the tokens that matter, when these are others than before.
    fn follow(&mut self) {
        let tokens = self.floor.tokens();
        if tokens == *self.followed {
            return;
        }
        let now = self.clock.now();
        for token in self.followed.difference(&tokens) {
            self.floor.on_book_lost(*token, now);
        }
        self.followed = Arc::new(tokens);
        self.ask_for_books();
    }
    fn ask_for_books(&self) {
        let me = self.life.me();
        let wish = FollowDepths {
            incarnation: self.life.incarnation(),
            tokens: Arc::clone(&self.followed),
            depths: me.handle(),
            prints: me.handle(),
        };
        if let Err(error) = self.outlets.books.tell(wish) {
            tracing::debug!(%error, "the books did not take the wish; said again soon");
        }
    }

    fn tell(&mut self) {
        while !self.untold.is_empty() {
            let count = self.untold.len().min(NEWS_MAX);
            let news: Vec<Input> = self.untold.drain(..count).collect();
            if let Err(error) = self.outlets.news.tell(News(news)) {
                let News(news) = error.into_inner();
                for input in news.into_iter().rev() {
                    self.untold.push_front(input);
                }
                break;
            }
        }
        if self.untold.len() > UNTOLD_MAX {
            tracing::error!("the risk manager takes no facts; it will have to ask for them");
            self.untold.clear();
        }
    }

    /// Asks how markets were resolved in which something is held, some at a time.
    fn ask_for_resolutions(&mut self, ctx: &mut Context<Self>) {
        let (Some(lists), Activity::Idle) = (&self.outlets.lists, self.asking) else { return };
        let conditions = self.held();
        if conditions.is_empty() {
            return;
        }
        let http = match lists.connect() {
            Ok(http) => http,
            Err(error) => {
                tracing::warn!(%error, "no client for the venue's lists; tried again soon");
                return;
            }
        };
        self.asked_up_to = conditions.last().copied();
        self.asking = Activity::Busy;
        let asking = resolutions::ask(http, conditions);
        ctx.spawn(asking.into_actor(self).map(|answer, actor, _| {
            actor.asking = Activity::Idle;
            match answer {
                Ok(resolved) => {
                    actor.untold.extend(resolved);
                    actor.tell();
                }
                Err(error) => tracing::warn!(%error, "resolutions are not known; asked again"),
            }
        }));
    }

    /// Markets in which something settled is held, after those of the last question.
    fn held(&self) -> Vec<ConditionId> {
        let Some(view) = self.outlets.board.view() else { return Vec::new() };
        let held = view.held.iter().filter(|held| held.position.settled.is_positive());
        let all: BTreeSet<ConditionId> = held.filter_map(|held| held.condition).collect();
        let is_later =
            |condition: &&ConditionId| self.asked_up_to.is_none_or(|at| **condition > at);
        let (later, earlier): (Vec<_>, Vec<_>) = all.iter().partition(is_later);
        later.into_iter().chain(earlier).take(resolutions::ASKED_MAX).copied().collect()
    }
}

impl Actor for PaperVenue {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.compare_if_due(ctx);
        ctx.run_interval(TICK, |actor, _| {
            if let Stage::Trading { .. } = actor.stage {
                actor.pass(actor.clock.now());
            }
        });
        ctx.run_interval(LOOK, |actor, ctx| {
            actor.compare_if_due(ctx);
            actor.follow();
            actor.ask_for_books();
        });
        ctx.run_interval(self.settings.resolution_interval, Self::ask_for_resolutions);
    }
}

impl Handler<Perform> for PaperVenue {
    type Result = ();
    fn handle(&mut self, Perform(effects): Perform, _: &mut Self::Context) {
        for effect in effects {
            let effect = effect.into_effect();
            match self.stage {
                Stage::Trading { .. } => self.perform(effect),
                Stage::Beginning if self.waiting.len() < WAITING_MAX => {
                    self.waiting.push_back(effect);
                }
                Stage::Beginning => tracing::warn!("an effect was dropped; the desk asks again"),
            }
        }
        if let Stage::Trading { .. } = self.stage {
            self.follow();
            self.pass(self.clock.now());
        }
    }
}

impl Handler<DepthStated> for PaperVenue {
    type Result = ();
    fn handle(&mut self, DepthStated { token, depth }: DepthStated, _: &mut Self::Context) {
        let now = self.clock.now();
        match depth {
            // What is not followed any more would grow old here.
            Depth::Trusted(book) if self.followed.contains(&token) => {
                self.floor.on_book(token, &book, now);
            }
            Depth::Trusted(_) | Depth::Lost => self.floor.on_book_lost(token, now),
        }
    }
}

impl Handler<TradePrinted> for PaperVenue {
    type Result = ();
    fn handle(&mut self, print: TradePrinted, _: &mut Self::Context) {
        let TradePrinted { token, price, size, taker } = print;
        self.floor.on_print(token, price, size, taker, self.clock.now());
    }
}
