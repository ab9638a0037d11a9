//! The one writer of money: owns the desk, and tells the keeper what it decided.
//!
//! It begins empty and asks the keeper for the journal; until that is read back it refuses wishes
//! and keeps facts waiting. Until both sides were compared nothing new is begun.

mod readings;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Env, Event, Input, Origin, Outcome, Purse, Recorded,
    Sign, TradingView,
};
use engine::reconcile::{OurOrder, OurView};
use engine::risk::Limits;

use super::TouchQuotes;
use super::board::TradingBoard;
use super::keeper::Commit;
use super::messages::{
    Command, ControlRefused, News, PreviewSignal, RaiseSignal, ReadBack, Recovered, TellOurView,
};
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::crash_point::{CrashPoint, passing};
use crate::recorder::Notes;
use crate::supervision::{Handle, Life};
use readings::{QuotesRead, Signatures};
use replay::{Dealt, Note};

/// How often time passes for the desk.
const TICK: Duration = Duration::from_millis(250);
/// Facts that wait while the desk is read back.
const WAITING_MAX: usize = 4_096;

/// Orders that ended so long ago are no news to a comparison any more.
const ENDED_LATELY: DurationMillis = DurationMillis(3_600_000);

/// How the risk manager works.
#[derive(Clone, Debug)]
pub struct RiskManagerSettings {
    /// Whose money is traded. A journal that holds another's is left alone.
    pub purse: Purse,
    /// The limits of a desk that begins; later they are what was last set.
    pub limits: Limits,
    /// How the dealer deals.
    pub dealer: DealerSettings,
}

/// Whom the risk manager tells.
#[derive(Clone)]
pub struct RiskManagerOutlets {
    /// Commits what was decided.
    pub keeper: Handle<Commit>,
    /// Reads the journal back.
    pub read_back: Handle<ReadBack>,
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// The newest prices.
    pub touches: Arc<TouchBoard>,
    /// Signs orders.
    pub signer: Arc<dyn Sign + Send + Sync>,
    /// Where it is written down what it took in.
    pub notes: Notes,
}

/// The risk manager.
pub struct RiskManager {
    life: Life<Self>,
    settings: RiskManagerSettings,
    clock: Clock,
    outlets: RiskManagerOutlets,
    quotes: TouchQuotes,
    dealer: Option<Dealer>,
    waiting: Vec<Input>,
    broken: Option<&'static str>,
    /// Views shown so far.
    shown: u64,
}

impl RiskManager {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: RiskManagerSettings,
        clock: Clock,
        outlets: RiskManagerOutlets,
    ) -> Self {
        let quotes = TouchQuotes::new(Arc::clone(&outlets.touches));
        let waiting = Vec::new();
        Self {
            life,
            settings,
            clock,
            outlets,
            quotes,
            dealer: None,
            waiting,
            broken: None,
            shown: 0,
        }
    }

    fn take(&mut self, input: Input) {
        let Some(dealer) = &mut self.dealer else {
            if self.waiting.len() >= WAITING_MAX {
                tracing::error!("facts wait for a desk that is not read back; beginning again");
                self.broken = Some("too many facts wait for the desk");
                return;
            }
            return self.waiting.push(input);
        };
        let now = self.clock.now();
        let quotes = QuotesRead::of(&self.quotes);
        let signer = Signatures::of(&*self.outlets.signer);
        let settings = &self.settings.dealer;
        let env = Env { now, quotes: &quotes, signer: &signer, settings };
        let noted = self.outlets.notes.is_on().then(|| input.clone());
        let raised = match &input {
            Input::Raise { signal, .. } => Some(signal.clone()),
            _ => None,
        };
        let outcome = dealer.handle(input, &env);
        if let Some(input) = noted {
            let (quotes, signed, outcome) =
                (quotes.into_read(), signer.into_answers(), outcome.clone());
            let dealt = || Note::Dealt(Box::new(Dealt { input, quotes, signed, outcome }));
            self.outlets.notes.say(now, dealt);
        }
        if !outcome.effects.is_empty() {
            passing(CrashPoint::Decided);
        }
        self.pass_on(outcome, raised.as_deref());
    }

    /// Hands what was decided to the keeper. A keeper that does not take it leaves nothing but to
    /// begin again from what is written down.
    fn pass_on(&mut self, outcome: Outcome, raised: Option<&engine::signal::Signal>) {
        if outcome.events.is_empty() && outcome.effects.is_empty() {
            return;
        }
        for recorded in &outcome.events {
            self.note(recorded);
        }
        let Some(dealer) = &self.dealer else { return };
        let rows = rows::of(dealer.desk(), &outcome, raised);
        let Outcome { events, entries: _, effects } = outcome;
        let epoch = self.life.incarnation();
        if let Err(error) = self.outlets.keeper.tell(Commit { epoch, events, effects, rows }) {
            tracing::error!(%error, "what was decided cannot be written down; beginning again");
            // What this incarnation believes to have decided will never be written.
            self.broken = Some("the keeper does not take what was decided");
            self.dealer = None;
        }
    }

    fn note(&mut self, recorded: &Recorded) {
        if let Event::PlanOpened { signal, .. } = &recorded.event {
            for order in signal.orders() {
                self.quotes.learn(&order.market);
            }
            for market in signal.tasks().flat_map(|task| &task.markets) {
                self.quotes.learn(market);
            }
        }
    }

    fn show(&mut self) {
        self.shown += 1;
        if let Some(dealer) = &self.dealer {
            let (now, number) = (self.clock.now(), self.shown);
            let quotes = QuotesRead::of(&self.quotes);
            let view = Arc::new(TradingView::of(dealer, &quotes, now, number));
            let (quotes, shown) = (quotes.into_read(), Arc::clone(&view));
            self.outlets.notes.say(now, || Note::Shown { number, quotes, view: shown });
            self.outlets.board.set_view(view);
        }
    }
}

impl Actor for RiskManager {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let (epoch, limits) = (self.life.incarnation(), Box::new(self.settings.limits.clone()));
        if let Err(error) = self.outlets.read_back.tell(ReadBack { epoch, limits }) {
            tracing::error!(%error, "the journal cannot be asked for");
            self.broken = Some("the journal cannot be asked for");
        }
        ctx.run_interval(TICK, |actor, ctx| {
            if let Some(why) = actor.broken {
                return actor.life.fail(ctx, why);
            }
            if actor.dealer.is_some() {
                actor.take(Input::Tick);
                actor.show();
            }
        });
    }
}

impl Handler<Recovered> for RiskManager {
    type Result = ();
    fn handle(&mut self, recovered: Recovered, _: &mut Self::Context) {
        let began = self.clock.now();
        let is_new = recovered.desk.is_none();
        let read = recovered.desk.map(|desk| *desk);
        let kept = self.outlets.notes.is_on().then(|| read.clone()).flatten();
        let limits = self.settings.limits.clone();
        let desk = match read.map_or_else(|| Desk::new(began, self.settings.limits.clone()), Ok) {
            Ok(desk) => desk,
            Err(error) => {
                tracing::error!(%error, "the desk cannot begin; trading stays off");
                self.life.set_degraded(Some(format!("the desk cannot begin: {error}")));
                return;
            }
        };
        if let Some(other) = desk.purse().filter(|purse| **purse != self.settings.purse) {
            let text = format!(
                "this database holds the trades of {}, and this service trades for {}: name \
                 another database in store.url, or another folder in store.data_dir",
                other.0, self.settings.purse.0
            );
            tracing::error!("{text}; trading stays off");
            self.life.set_degraded(Some(text));
            return;
        }
        for market in desk.markets() {
            self.quotes.learn(market);
        }
        let mut dealer = Dealer::new(desk);
        let effects = dealer.questions(began);
        let settings = self.settings.dealer.clone();
        self.outlets.notes.say(began, || Note::DealerBegan {
            desk: kept.map(Box::new),
            limits: Box::new(limits),
            settings,
        });
        self.dealer = Some(dealer);
        if is_new {
            // The limits that trading began with belong to its story.
            let limits = Box::new(self.settings.limits.clone());
            let by = Origin("settings".to_owned());
            let purse = self.settings.purse.clone();
            self.take(Input::Ordered(by.clone(), Control::Open(purse)));
            self.take(Input::Ordered(by, Control::SetLimits(limits)));
        }
        self.pass_on(Outcome { effects, ..Outcome::default() }, None);
        self.life.set_degraded(None);
        self.life.ready();
        for input in std::mem::take(&mut self.waiting) {
            self.take(input);
        }
        self.show();
    }
}

impl Handler<RaiseSignal> for RiskManager {
    type Result = ();
    fn handle(&mut self, raised: RaiseSignal, _: &mut Self::Context) {
        if self.dealer.is_none() {
            tracing::debug!(signal = %raised.signal.id, "not ready for signals yet");
            return;
        }
        let RaiseSignal { signal, gates } = raised;
        self.take(Input::Raise { signal, gates });
    }
}

impl Handler<PreviewSignal> for RiskManager {
    type Result = MessageResult<PreviewSignal>;
    fn handle(&mut self, asked: PreviewSignal, _: &mut Self::Context) -> Self::Result {
        let (dealer, now) = (self.dealer.as_ref(), self.clock.now());
        MessageResult(dealer.map(|dealer| dealer.review(&asked.0, &self.quotes, now)))
    }
}

impl Handler<News> for RiskManager {
    type Result = ();
    fn handle(&mut self, news: News, _: &mut Self::Context) {
        passing(CrashPoint::Told);
        for input in news.0 {
            self.take(input);
        }
    }
}

impl Handler<Command> for RiskManager {
    type Result = Result<(), ControlRefused>;
    fn handle(&mut self, command: Command, _: &mut Self::Context) -> Self::Result {
        let Some(dealer) = &self.dealer else { return Err(ControlRefused::NotReady) };
        if let Control::SetLimits(limits) = &command.control {
            limits.validate().map_err(|error| ControlRefused::Refused(error.to_string()))?;
        }
        if let Control::SetStrategy(_, settings) = &command.control {
            settings.validate().map_err(|error| ControlRefused::Refused(error.to_string()))?;
        }
        if let Control::Accept { acceptance, .. } = &command.control {
            let may = dealer.desk().may_accept(acceptance);
            may.map_err(|error| ControlRefused::Refused(error.to_string()))?;
        }
        if let Control::Cancel(id) = &command.control
            && !dealer.desk().knows(id)
        {
            return Err(ControlRefused::Refused(format!("order {id} is not known here")));
        }
        self.take(Input::Ordered(command.by, command.control));
        self.show();
        Ok(())
    }
}

impl Handler<TellOurView> for RiskManager {
    type Result = Option<Box<OurView>>;
    fn handle(&mut self, _: TellOurView, _: &mut Self::Context) -> Self::Result {
        let dealer = self.dealer.as_ref()?;
        let desk = dealer.desk();
        let changed = |order: &engine::desk::OrderTrack| {
            order.cancel_asked_at.unwrap_or(order.created_at).max(order.created_at)
        };
        let open = desk
            .open_orders()
            .map(|order| OurOrder {
                id: order.id,
                token: order.order.terms.token,
                side: order.order.terms.side,
                matched: order.matched,
                changed_at: changed(order),
            })
            .collect();
        let now = self.clock.now();
        let ended = desk.ended_since(UnixMillis(now.0.saturating_sub(ENDED_LATELY.0))).collect();
        let foreign = desk.foreign().clone();
        let view = OurView::of(desk.ledger(), open, ended, now);
        Some(Box::new(OurView { foreign, ..view }))
    }
}
