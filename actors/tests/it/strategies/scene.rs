//! A market with contradicting prices, a clock that stands, and somebody who plays risk manager and
//! keeper.

use engine::desk::TradingView;
use engine::strategy::Passed;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use actix::prelude::{Actor, Context, Handler};
use actors::board::{Board, FeedState};
use actors::clock::Clock;
use actors::collectors::Listing;
use actors::messages::OpportunityChanged;
use actors::recorder::Notes;
use actors::shared::Shared;
use actors::strategies::{AgentOutlets, ForecastInputs, StrategiesBoard, StrategiesOutlets};
use actors::supervision::{ActorRef, ChildSpec, Handle, Life, Restart};
use actors::trading::{Command, ControlRefused, OpportunitiesPassed, RaiseSignal, TradingBoard};
use domain::{
    ConditionId, FeeSchedule, FeeTerms, Level, Market, MarketState, Outcome, Price,
    ProtocolVersion, Shares, TickSize, TokenId, UnixMillis, Usd,
};
use engine::books::TrackedBook;
use engine::desk::{Breaches, Control, DecisionMade, Phase, Plan, PlanNumber, StrategyState};
use engine::detector::{DetectorSettings, PairView, examine_pair};
use engine::ledger::{Cash, Figures};
use engine::opportunity::{
    CloseCause, Opportunity, OpportunityId, OpportunityKind, Watched as Seen, WatchlistEffect,
};
use engine::risk::{Gate, Limits, Reconciled, Rule, StrategyActivity};
use engine::signal::{Signal, StrategyName};
use engine::strategy::Stakes;
use engine::universe::Watched;

const NOW: i64 = 1_790_000_000_000;

/// What the risk manager of the scene says to a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    #[default]
    Silence,
    Approve,
    Refuse(Rule),
}

#[derive(Default)]
struct Heap {
    signals: Vec<Signal>,
    gates: Vec<Vec<Gate>>,
    passed: Vec<Passed>,
    commands: Vec<(String, Control)>,
    verdict: Verdict,
}

/// What was said so far, over all incarnations of the listener.
#[derive(Clone)]
pub(super) struct Heard {
    heap: Arc<Mutex<Heap>>,
    sink: ActorRef<Sink>,
    trading: Arc<TradingBoard>,
    millis: Arc<AtomicI64>,
}

impl Heard {
    pub(super) fn signals(&self) -> Vec<Signal> {
        self.heap.lock().unwrap().signals.clone()
    }
    /// The gates of the strategies, signal by signal.
    pub(super) fn gates(&self) -> Vec<Vec<Gate>> {
        self.heap.lock().unwrap().gates.clone()
    }
    pub(super) fn passed(&self) -> Vec<Passed> {
        self.heap.lock().unwrap().passed.clone()
    }
    /// Who passed, and the rule that was the first to refuse.
    pub(super) fn reasons(&self) -> Vec<(StrategyName, Rule)> {
        let rule = |passed: &Passed| passed.gates.iter().find(|it| it.is_refused()).unwrap().rule;
        self.passed().iter().map(|passed| (passed.strategy.clone(), rule(passed))).collect()
    }
    pub(super) fn quarantined(&self) -> Vec<StrategyName> {
        let heap = self.heap.lock().unwrap();
        let name = |(_, control): &(String, Control)| match control {
            Control::Quarantine(name) => Some(name.clone()),
            _ => None,
        };
        heap.commands.iter().filter_map(name).collect()
    }
    /// From now on every signal is answered so.
    pub(super) fn answer(&self, verdict: Verdict) {
        self.heap.lock().unwrap().verdict = verdict;
    }
    /// The listener goes for good.
    pub(super) fn stop(&self) {
        self.sink.kill();
    }
    pub(super) fn command(&self, control: Control) {
        self.sink.tell(Command { by: engine::desk::Origin("a test".into()), control }).unwrap();
    }
    /// Every plan is over.
    pub(super) fn end_plans(&self) {
        self.change_view(|view| view.plans.clear());
    }
    pub(super) fn change_view(&self, change: impl FnOnce(&mut TradingView)) {
        let mut view = self.trading.view().map_or_else(blank_view, |view| (*view).clone());
        view.at = UnixMillis(self.millis.load(SeqCst));
        change(&mut view);
        self.trading.set_view(view.into());
    }
}

pub(super) struct Sink {
    heap: Arc<Mutex<Heap>>,
    trading: Arc<TradingBoard>,
    millis: Arc<AtomicI64>,
}

impl Sink {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.millis.load(SeqCst))
    }
    fn change_view(&self, change: impl FnOnce(&mut TradingView)) {
        let mut view = (*self.trading.view().unwrap()).clone();
        change(&mut view);
        self.trading.set_view(view.into());
    }
}

impl Actor for Sink {
    type Context = Context<Self>;
}
impl Handler<RaiseSignal> for Sink {
    type Result = ();
    fn handle(&mut self, wish: RaiseSignal, _: &mut Self::Context) {
        assert!(wish.gates.iter().all(|gate| !gate.is_refused()));
        let mut heap = self.heap.lock().unwrap();
        heap.signals.push((*wish.signal).clone());
        heap.gates.push(wish.gates.clone());
        let (mut gates, mut plan) = (wish.gates, None);
        match heap.verdict {
            Verdict::Silence => return,
            Verdict::Refuse(rule) => gates.push(Gate::refused(rule, "too much", "less")),
            Verdict::Approve => plan = Some(PlanNumber(heap.signals.len() as u64)),
        }
        if let Some(number) = plan {
            let (signal, opened_at) = ((*wish.signal).clone(), self.now());
            let phase = Phase::Before { stage: 0 };
            let plan = Plan { number, signal, opened_at, phase, moved_at: opened_at };
            self.change_view(|view| view.plans.push(plan));
        }
        let Signal { id: signal, strategy, opportunity, .. } = *wish.signal;
        let at = self.now();
        let made = DecisionMade { at, signal, strategy, opportunity, gates, plan };
        self.trading.decided(Arc::new(made));
    }
}
impl Handler<OpportunitiesPassed> for Sink {
    type Result = ();
    fn handle(&mut self, made: OpportunitiesPassed, _: &mut Self::Context) {
        self.heap.lock().unwrap().passed.extend(made.0);
    }
}
impl Handler<Command> for Sink {
    type Result = Result<(), ControlRefused>;
    fn handle(&mut self, Command { by, control }: Command, _: &mut Self::Context) -> Self::Result {
        self.heap.lock().unwrap().commands.push((by.0, control.clone()));
        self.change_view(|view| {
            let mut set = |name: StrategyName, change: &dyn Fn(&mut StrategyState)| {
                let activity = StrategyActivity::Running;
                let fresh = StrategyState { activity, budget: None, settings: None };
                change(view.strategies.entry(name).or_insert(fresh));
            };
            match control {
                Control::Pause(name) => set(name, &|it| it.activity = StrategyActivity::Paused),
                Control::Unpause(name) => set(name, &|it| it.activity = StrategyActivity::Running),
                Control::Quarantine(name) => {
                    set(name, &|it| it.activity = StrategyActivity::Quarantined);
                }
                Control::SetStrategy(name, settings) => set(name, &|it| {
                    it.budget = Some(settings.budget_usd);
                    it.settings = Some(*settings);
                }),
                other => panic!("{other:?}"),
            }
        });
        Ok(())
    }
}

pub(super) fn sink() -> (ChildSpec, Heard) {
    let heap = Arc::new(Mutex::new(Heap::default()));
    let trading = Arc::new(TradingBoard::default());
    let millis = Arc::new(AtomicI64::new(NOW));
    let (of_heap, of_trading, of_millis) =
        (Arc::clone(&heap), Arc::clone(&trading), Arc::clone(&millis));
    let (child, sink) = ChildSpec::actor("sink", move |_, _: &Life<Sink>| Sink {
        heap: Arc::clone(&of_heap),
        trading: Arc::clone(&of_trading),
        millis: Arc::clone(&of_millis),
    })
    .restart(Restart::Temporary)
    .build();
    let heard = Heard { heap, sink, trading, millis };
    heard.change_view(|_| ());
    (child, heard)
}

fn blank_view() -> TradingView {
    let cash = Cash { settled: Usd::from_whole(5_000), ..Cash::default() };
    TradingView {
        number: 1,
        at: UnixMillis(NOW),
        reconciled: Reconciled::Yes,
        halt: None,
        limits: Limits::default(),
        locks: Vec::new(),
        strategies: BTreeMap::new(),
        used: BTreeMap::new(),
        cash,
        equity: cash.settled,
        equity_peak: None,
        reserved: Usd::ZERO,
        reservations: Vec::new(),
        trades_lately: 0,
        errors_in_a_row: 0,
        today: Figures::default(),
        day_loss: None,
        total: Figures::default(),
        by_strategy: BTreeMap::new(),
        held: Vec::new(),
        plans: Vec::new(),
        orders: Vec::new(),
        tasks: Vec::new(),
        breaches: Breaches::default(),
    }
}

pub(super) fn market(number: u8) -> Market {
    let outcome = |n: u64, name: &str| Outcome {
        token: TokenId::from_words([0, 0, u64::from(number), n]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([number; 32]),
        question: None,
        gamma_id: "1".into(),
        slug: "a-market".into(),
        title: "Will it?".into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(2, "Yes"), outcome(3, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::Hundredth,
        order_size_min: Shares::from_whole(5),
        fee: FeeSchedule::Known(FeeTerms::FREE),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

pub(super) fn found(market: &Market, shares: i64) -> Opportunity {
    let level = |cents: u16| Level {
        price: Price::from_cents(cents).unwrap(),
        size: Shares::from_whole(shares),
    };
    let mut books = [TrackedBook::new(market.yes().token), TrackedBook::new(market.no().token)];
    books[0].snapshot(UnixMillis(NOW), [level(40)], [level(42)]);
    books[1].snapshot(UnixMillis(NOW), [level(48)], [level(50)]);
    let view = PairView { market, yes: books[0].trusted(), no: books[1].trusted() };
    let found = examine_pair(&view, &DetectorSettings::default(), UnixMillis(NOW)).into_found();
    found.into_iter().find(|found| found.kind == OpportunityKind::ParityLong).unwrap()
}

pub(super) struct Scene {
    pub(super) outlets: StrategiesOutlets,
    heard: Heard,
    opportunity: Arc<Opportunity>,
}

impl Scene {
    pub(super) fn new(heard: &Heard) -> Self {
        let market = Arc::new(market(1));
        let tokens = market.outcomes.iter().map(|outcome| outcome.token).collect();
        let watched = Watched::new([Arc::clone(&market)], [], vec![tokens]);
        let opportunity = Arc::new(found(&market, 50));
        let agents = AgentOutlets {
            notes: Notes::default(),
            clock: Clock::Manual(Arc::clone(&heard.millis)),
            opportunities: Arc::default(),
            listing: Shared::new(Listing::new(vec![market], Vec::new())),
            watched: Shared::new(watched),
            board: Arc::new(Board::default()),
            trading: Arc::clone(&heard.trading),
            strategies: Arc::new(StrategiesBoard::default()),
            signals: heard.sink.handle(),
            passes: heard.sink.handle(),
            forecasts: ForecastInputs {
                touches: Arc::default(),
                stakes: Stakes::Play,
                record: Shared::default(),
            },
        };
        let outlets = StrategiesOutlets { agents, control: heard.sink.handle() };
        let scene = Self { outlets, heard: heard.clone(), opportunity };
        scene.vouch(FeedState::Live);
        scene
    }
    fn now(&self) -> UnixMillis {
        UnixMillis(self.heard.millis.load(SeqCst))
    }
    fn vouch(&self, state: FeedState) {
        let at = self.vouched_at();
        self.outlets.agents.board.feed(0, |feed| {
            feed.state = state;
            feed.last_data_at = Some(at);
        });
    }
    pub(super) fn vouched_at(&self) -> UnixMillis {
        self.now()
    }
    /// Time goes by; the feed brings data all the while, and the desk is looked at again.
    pub(super) fn wait(&mut self, millis: i64) {
        let then = UnixMillis(self.now().0 + millis);
        self.outlets.agents.board.feed(0, |feed| feed.last_data_at = Some(then));
        self.heard.millis.store(then.0, SeqCst);
        self.heard.change_view(|_| ());
    }
    pub(super) fn silence(&self) {
        self.vouch(FeedState::Silent);
    }
    fn apply(&self, effect: WatchlistEffect, to: &Handle<OpportunityChanged>) {
        let record = self.outlets.agents.opportunities.apply(effect).unwrap();
        to.tell(OpportunityChanged(record)).unwrap();
    }
    fn seen(&self, since: UnixMillis) -> Seen {
        let opportunity = Arc::clone(&self.opportunity);
        let (kind, subject) = (opportunity.kind, opportunity.subject.clone());
        Seen { id: OpportunityId { kind, subject, since }, confirmed_at: self.now(), opportunity }
    }
    pub(super) fn open(&mut self, to: &Handle<OpportunityChanged>) -> OpportunityId {
        let seen = self.seen(self.now());
        let id = seen.id.clone();
        self.apply(WatchlistEffect::Opened(seen), to);
        id
    }
    /// The same opportunity, now of so many shares.
    pub(super) fn resize(
        &mut self,
        to: &Handle<OpportunityChanged>,
        id: &OpportunityId,
        shares: i64,
    ) {
        self.opportunity = Arc::new(found(&market(1), shares));
        self.apply(WatchlistEffect::Updated(self.seen(id.since)), to);
    }
    pub(super) fn close(&self, to: &Handle<OpportunityChanged>, id: &OpportunityId) {
        let (id, at, why) = (id.clone(), self.now(), CloseCause::Vanished);
        self.apply(WatchlistEffect::Closed { id, at, why }, to);
    }
}
