//! Books, desk, journal and the venue on paper, with books stated by hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler};
use actors::books::{Books, BooksOutlets};
use actors::clock::Clock;
use actors::messages::{ConnectionId, FramesArrived, LookAt, TouchesChanged};
use actors::recorder::Notes;
use actors::shared::Shared;
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Life, Placement, RootOptions, RunningTree, Signals, Strategy,
    SupervisorSpec, start,
};
use actors::trading::{
    Command, EventsKept, Keeper, KeeperOutlets, PaperSigner, PaperVenue, PaperVenueOutlets,
    PaperVenueSettings, RaiseSignal, RiskManager, RiskManagerOutlets, RiskManagerSettings,
    TradingBoard,
};
use domain::{
    ConditionId, Crossing, DurationMillis, FeeSchedule, FeeTerms, Lifetime, Market, MarketState,
    OrderTerms, Outcome, Price, ProtocolVersion, Rounding, Shares, Side, TickSize, TokenId,
    TradeId, TradeState, Usd,
};
use engine::desk::{Control, DealerSettings, Event, OrderNumber, Origin, Purse, TradingView};
use engine::fill_model::PaperSettings;
use engine::opportunity::{ChainActionKind, OutcomeIndex, Subject};
use engine::risk::{Limits, Reconciled, WorstCase};
use engine::signal::{
    Aim, Certificate, ChainTask, Exposure, Holdings, PlannedOrder, Signal, SignalId, Stage,
    StrategyName, TradedMarket,
};
use engine::universe::Watched;
use store::{DatabaseUrl, LoadFrom, Store, StoreSettings};

use super::texts::book;

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(60);

type Kept = Arc<Mutex<Vec<Event>>>;

/// Hears what became durable, and stands where the page and the detector would.
struct Listener(Kept);
impl Actor for Listener {
    type Context = Context<Self>;
}
impl Handler<EventsKept> for Listener {
    type Result = ();
    fn handle(&mut self, EventsKept { events: records, .. }: EventsKept, _: &mut Self::Context) {
        self.0.lock().unwrap().extend(records.iter().map(|record| record.event.clone()));
    }
}
impl Handler<LookAt> for Listener {
    type Result = ();
    fn handle(&mut self, _: LookAt, _: &mut Self::Context) {}
}
impl Handler<TouchesChanged> for Listener {
    type Result = ();
    fn handle(&mut self, _: TouchesChanged, _: &mut Self::Context) {}
}

#[derive(Clone)]
struct Roles {
    risk: ActorRef<RiskManager>,
    keeper: ActorRef<Keeper>,
    paper: ActorRef<PaperVenue>,
    books: ActorRef<Books>,
    listener: ActorRef<Listener>,
}

pub(super) struct Scene {
    pub(super) board: Arc<TradingBoard>,
    roles: Roles,
    kept: Kept,
    running: Option<RunningTree>,
    url: DatabaseUrl,
    _folder: tempfile::TempDir,
}

pub(super) fn market() -> Market {
    let outcome = |last: u64, name: &str| Outcome {
        token: TokenId::from_words([1 << 62, 7, 7, last]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([5; 32]),
        question: None,
        gamma_id: "1".into(),
        slug: "a-market".into(),
        title: "Will it?".into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(1, "Yes"), outcome(2, "No")],
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

impl Scene {
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paper.sqlite");
        let url = DatabaseUrl::sqlite_file(&file);
        let (board, kept): (Arc<TradingBoard>, Kept) = (Arc::default(), Arc::default());
        let (spec, roles) = tree(url.clone(), &board, &kept);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(spec, &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        let scene = Self { board, roles, kept, running: Some(running), url, _folder: folder };
        let opened = |view: &TradingView| {
            view.reconciled == Reconciled::Yes && view.cash.settled == Usd::from_whole(10_000)
        };
        scene.until("trading begins with the opening balance", opened).await;
        scene
    }
    pub(super) async fn until(&self, what: &str, is_so: impl Fn(&TradingView) -> bool) {
        let so = |scene: &Self| scene.board.view().is_some_and(|view| is_so(&view));
        assert!(
            self.comes(LONG, so).await,
            "timed out waiting for: {what}; {:#?}; {:?}; {:#?}",
            self.board.view(),
            self.board.notices(),
            self.board.decisions().first(),
        );
    }
    /// Until the journal says that a plan is over.
    pub(super) async fn until_closed(&self, what: &str) {
        let since = Instant::now();
        let is_end = |event: &Event| matches!(event, Event::PlanClosed { .. });
        while !self.journal().await.iter().any(is_end) {
            assert!(since.elapsed() < LONG, "no end: {what}; {:#?}", self.board.view());
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
    }
    pub(super) async fn until_kept(&self, what: &str, is_it: impl Fn(&Event) -> bool) {
        let so = |scene: &Self| scene.is_kept(&is_it);
        assert!(
            self.comes(LONG, so).await,
            "timed out waiting for: {what}; {:#?}; {:#?}",
            self.board.view(),
            self.board.decisions().first(),
        );
    }
    pub(super) async fn comes(&self, within: Duration, is_so: impl Fn(&Self) -> bool) -> bool {
        let since = Instant::now();
        while since.elapsed() < within {
            if is_so(self) {
                return true;
            }
            actix_rt::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
    pub(super) fn view(&self) -> Arc<TradingView> {
        self.board.view().unwrap()
    }
    pub(super) fn is_kept(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.kept.lock().unwrap().iter().any(is_it)
    }
    pub(super) fn kept<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.kept.lock().unwrap().iter().filter_map(pick).collect()
    }
    /// Everything that is written down; whoever was told of it may have been killed.
    pub(super) async fn journal(&self) -> Vec<Event> {
        let store = Store::connect(&StoreSettings::new(self.url.clone())).await.unwrap();
        let mut loaded = store.money().load(LoadFrom::Beginning).await.unwrap();
        let mut events = Vec::new();
        loop {
            let page = loaded.pages.next_page().await.unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(page.iter().map(|it| serde_json::from_str::<Event>(&it.body).unwrap()));
        }
    }
    pub(super) async fn openings(&self) -> usize {
        let journal = self.journal().await;
        journal.iter().filter(|event| matches!(event, Event::CashMoved { .. })).count()
    }

    /// States both books: bids and asks of YES, bids and asks of NO.
    pub(super) fn books(&self, yes_bids: &str, yes_asks: &str, no_bids: &str, no_asks: &str) {
        let market = market();
        let frame = format!(
            "[{},{}]",
            book(&market, market.yes().token, yes_bids, yes_asks),
            book(&market, market.no().token, no_bids, no_asks)
        );
        self.frame(frame);
    }
    /// Somebody else trades YES.
    pub(super) fn print(&self, price: &str, size: &str, taker: Side) {
        let market = market();
        let side = if taker == Side::Buy { "BUY" } else { "SELL" };
        let (condition, token, now) = (market.condition, market.yes().token, Clock::System.now().0);
        self.frame(format!(
            "{{\"market\":\"{condition}\",\"asset_id\":\"{token}\",\"price\":\"{price}\",\
             \"size\":\"{size}\",\"fee_rate_bps\":\"0\",\"side\":\"{side}\",\
             \"timestamp\":\"{now}\",\"event_type\":\"last_trade_price\"}}"
        ));
    }
    fn frame(&self, text: String) {
        let frames = vec![text.into()];
        let (connection, received_at) = (ConnectionId(1), Clock::System.now());
        let arrived =
            FramesArrived { shard: 0, connection, frames, received_at, frames_missing: 0 };
        self.roles.books.tell(arrived).unwrap();
    }

    pub(super) async fn order(&self, control: Control) {
        let command = Command { by: Origin("test".to_owned()), control };
        self.roles.risk.ask(command, LONG).await.unwrap().unwrap();
    }
    pub(super) fn raise(&self, signal: Signal) {
        let wish = RaiseSignal { signal: Box::new(signal), gates: Vec::new() };
        let _ = self.roles.risk.tell(wish);
    }
    pub(super) fn kill(&self, victim: &str) {
        let Roles { risk, keeper, paper, .. } = &self.roles;
        let is = |name: &str| victim == name || victim == "all";
        if is("paper") {
            paper.kill();
        }
        if is("risk") {
            risk.kill();
        }
        if is("keeper") {
            keeper.kill();
        }
    }

    /// Both outcomes for 96 cents, merged into a dollar; a hundred times.
    pub(super) fn parity(&self, number: u32) -> Signal {
        let buys = vec![
            planned(OutcomeIndex::Yes, 100, "0.46", Lifetime::FillAndKill),
            planned(OutcomeIndex::No, 100, "0.50", Lifetime::FillAndKill),
        ];
        let merge = ChainTask {
            kind: ChainActionKind::Merge,
            markets: vec![traded()],
            given: 1,
            amount: Shares::from_whole(100),
            fee_bips: 0,
            effect: Holdings::default(),
            cost: Usd::ZERO,
            receiver: None,
        };
        let stages = vec![Stage::Orders(buys), Stage::Chain(vec![merge.with_effect()])];
        signal(number, Aim::Flat, stages)
    }
    pub(super) fn purchase(
        &self,
        number: u32,
        shares: i64,
        price: &str,
        lifetime: Lifetime,
    ) -> Signal {
        let order = planned(OutcomeIndex::Yes, shares, price, lifetime);
        signal(number, Aim::Hold, vec![Stage::Orders(vec![order])])
    }

    /// The ledger against the journal, read by somebody who knows nothing of ledgers.
    pub(super) async fn check(&self) {
        let mut orders: BTreeMap<OrderNumber, PlannedOrder> = BTreeMap::new();
        let mut trades: BTreeMap<(OrderNumber, TradeId), (Shares, Usd, TradeState)> =
            BTreeMap::new();
        let (mut cash, mut tasks) = (Usd::ZERO, BTreeMap::new());
        for event in self.journal().await {
            match event {
                Event::CashMoved { amount, .. } => cash += amount,
                Event::OrderIntended { order, wish, .. } => {
                    orders.insert(order, *wish);
                }
                Event::TradeSeen { order, trade, size, value, fee, state, .. } => {
                    trades.insert((order, trade), (size, value + fee, state));
                }
                Event::TaskIntended { task, wish, .. } => {
                    tasks.insert(task, wish);
                }
                Event::TaskConfirmed { task } => cash += tasks[&task].effect.cash,
                _ => {}
            }
        }
        let mut bought: BTreeMap<OrderNumber, Shares> = BTreeMap::new();
        for ((order, _), (size, dollars, state)) in trades {
            assert_eq!(state, TradeState::Confirmed, "nothing is stuck and nothing was to fail");
            *bought.entry(order).or_default() += size;
            match orders[&order].terms.side {
                Side::Buy => cash -= dollars,
                Side::Sell => cash += dollars,
            }
        }
        for (order, shares) in bought {
            assert!(shares <= orders[&order].terms.size, "order {order} was carried out twice");
        }
        assert_eq!(self.view().cash.settled, cash);
        assert!(self.view().halt.is_none(), "{:?}", self.view().halt);
    }
    pub(super) async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown();
            let _ = tokio::time::timeout(LONG, running.wait()).await;
        }
    }
}

fn traded() -> TradedMarket {
    let market = market();
    TradedMarket {
        condition: market.condition,
        question: None,
        group: None,
        tokens: [market.yes().token, market.no().token],
        tick: market.tick,
        order_size_min: market.order_size_min,
        fee: FeeTerms::FREE,
        version: market.version,
        neg_risk: false,
    }
}

fn planned(outcome: OutcomeIndex, shares: i64, price: &str, lifetime: Lifetime) -> PlannedOrder {
    let market = traded();
    let (price, size) = (Price::parse(price).unwrap(), Shares::from_whole(shares));
    let token = market.tokens[outcome.get()];
    let (side, crossing) = (Side::Buy, Crossing::Allowed);
    PlannedOrder {
        terms: OrderTerms { token, side, price, size, lifetime, crossing },
        market,
        outcome,
        value: size.at(price, Rounding::Up),
        fee: Usd::ZERO,
    }
}

fn signal(number: u32, aim: Aim, stages: Vec<Stage>) -> Signal {
    let now = Clock::System.now();
    let mut signal = Signal {
        id: SignalId::new(&format!("test:{number}")).unwrap(),
        strategy: StrategyName::manual(),
        opportunity: None,
        subject: Subject::Market(market().condition),
        raised_at: now,
        expires_at: now.plus(DurationMillis(60_000)),
        size: Shares::from_whole(100),
        stages,
        aim,
        certificate: Certificate::default(),
        exposure: Vec::new(),
        capital: Usd::ZERO,
        ends_at: None,
        books_vouched_at: None,
    };
    let worst = WorstCase::of(&signal).unwrap();
    signal.certificate.floor = -worst.capital;
    signal.capital = worst.capital;
    let named = |(condition, at_risk)| Exposure { condition, group: None, at_risk };
    signal.exposure = worst.markets.into_iter().map(named).collect();
    signal
}

/// Quick, without failures.
fn paper() -> PaperVenueSettings {
    PaperVenueSettings {
        exchange: PaperSettings {
            latency_ms: DurationMillis(150),
            mined_ms: DurationMillis(100),
            confirmed_ms: DurationMillis(100),
            chain_ms: DurationMillis(200),
            book_wait_ms: DurationMillis(1_000),
            trade_failures_ppm: 0,
            task_failures_ppm: 0,
            ..PaperSettings::default()
        },
        ..PaperVenueSettings::default()
    }
}

fn dealer() -> DealerSettings {
    DealerSettings {
        post_again_within: DurationMillis(1_000),
        arrival_max: DurationMillis(3_000),
        doubt_interval: DurationMillis(300),
        answer_wait: DurationMillis(1_000),
        live_interval: DurationMillis(500),
        trades_interval: DurationMillis(300),
        task_interval: DurationMillis(500),
        ..DealerSettings::default()
    }
}

fn tree(url: DatabaseUrl, board: &Arc<TradingBoard>, kept: &Kept) -> (SupervisorSpec, Roles) {
    let known: Arc<OnceLock<Roles>> = Arc::default();
    let backoff = Backoff::exponential(Duration::from_millis(20), Duration::from_millis(200));
    let touches = Arc::default();

    let (roles, of_board, seen) = (Arc::clone(&known), Arc::clone(board), Arc::clone(&touches));
    let (risk_spec, risk) = ChildSpec::actor("risk-manager", move |_, life: &Life<RiskManager>| {
        let roles = roles.get().unwrap();
        let outlets = RiskManagerOutlets {
            notes: Notes::default(),
            keeper: roles.keeper.handle(),
            read_back: roles.keeper.handle(),
            board: Arc::clone(&of_board),
            touches: Arc::clone(&seen),
            signer: Arc::new(PaperSigner),
        };
        let limits = Limits { trades_per_minute_max: 1_000, ..Limits::default() };
        let purse = Purse("paper".to_owned());
        let settings = RiskManagerSettings { purse, limits, dealer: dealer() };
        RiskManager::new(life.clone(), settings, Clock::System, outlets)
    })
    .backoff(backoff)
    .build();

    let (roles, of_board) = (Arc::clone(&known), Arc::clone(board));
    let (keeper_spec, keeper) = ChildSpec::actor("keeper", move |_, life: &Life<Keeper>| {
        let roles = roles.get().unwrap();
        let outlets = KeeperOutlets {
            risk_manager: roles.risk.handle(),
            executor: roles.paper.handle(),
            chain: roles.paper.handle(),
            board: Arc::clone(&of_board),
            listeners: vec![roles.listener.handle()],
            tracer: None,
        };
        let store = StoreSettings::new(url.clone());
        Keeper::new(life.clone(), store, "test".to_owned(), Clock::System, outlets)
    })
    .backoff(backoff)
    .build();

    let (roles, of_board) = (Arc::clone(&known), Arc::clone(board));
    let (paper_spec, venue) = ChildSpec::actor("paper-venue", move |_, life: &Life<PaperVenue>| {
        let roles = roles.get().unwrap();
        let outlets = PaperVenueOutlets {
            news: roles.risk.handle(),
            our_view: roles.risk.handle(),
            commands: roles.risk.handle(),
            books: roles.books.handle(),
            board: Arc::clone(&of_board),
            lists: None,
        };
        PaperVenue::new(life.clone(), paper(), Clock::System, outlets)
    })
    .backoff(backoff)
    .build();

    let market = market();
    let shards = vec![vec![market.yes().token, market.no().token]];
    let watched = Shared::new(Watched::new([Arc::new(market)], [], shards));
    let (roles, seen) = (Arc::clone(&known), touches);
    let (books_spec, books) = ChildSpec::actor("books", move |_, _: &Life<Books>| {
        let roles = roles.get().unwrap();
        let outlets = BooksOutlets {
            notes: Notes::default(),
            prints: None,
            detector: roles.listener.handle(),
            publisher: roles.listener.handle(),
            feeds: Shared::default(),
            touches: Arc::clone(&seen),
            board: Arc::default(),
        };
        Books::new(Clock::System, watched.clone(), outlets)
    })
    .build();

    let heard = Arc::clone(kept);
    let (listener_spec, listener) =
        ChildSpec::actor("listener", move |_, _: &Life<Listener>| Listener(Arc::clone(&heard)))
            .build();

    let roles = Roles { risk, keeper, paper: venue, books, listener };
    assert!(known.set(roles.clone()).is_ok());
    // A keeper that begins again knows no desk: whoever decides begins again after it.
    let money = SupervisorSpec::new("money", Strategy::RestForOne)
        .intensity(50, Duration::from_secs(60))
        .child(keeper_spec)
        .child(risk_spec);
    let spec = SupervisorSpec::new("root", Strategy::OneForOne)
        .intensity(50, Duration::from_secs(60))
        .child(listener_spec)
        .child(books_spec)
        .child(ChildSpec::supervisor(money, Placement::Inherit).0)
        .child(paper_spec);
    (spec, roles)
}
