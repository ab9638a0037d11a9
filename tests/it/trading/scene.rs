//! A risk manager and a keeper on a database in a folder of their own, a venue that only listens,
//! and the API in front of them.

use engine::desk::TradingView;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler};
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::{App, test, web};
use actors::books::{MarketTouch, OutcomeTouch, TellBooks, TouchBoard};
use actors::clock::Clock;
use actors::collectors::Listing;
use actors::fan_out::{Hub, HubLimits};
use actors::shared::Shared;
use actors::strategies::{Execute, ExecuteRefused, Executed};
use actors::supervision::{
    ActorRef, ChildSpec, Handle, Life, RootOptions, RunningTree, Signals, Strategy, SupervisorSpec,
    start,
};
use actors::trading::{
    Command, Keeper, KeeperOutlets, News, Perform, RiskManager, RiskManagerOutlets,
    RiskManagerSettings, TradingBoard,
};
use domain::{
    ConditionId, FeeSchedule, FeeTerms, Market, MarketState, OrderId, Outcome, Price,
    ProtocolVersion, Shares, TickSize, TokenId, Touch, UnixMillis, Usd,
};
use dutchbook::web::forecasts::SwarmParts;
use dutchbook::web::guard::Guard;
use dutchbook::web::routes;
use dutchbook::web::state::WebState;
use dutchbook::web::trading::{TradingParts, TradingState};
use engine::books::{Epoch, Trust};
use engine::desk::{
    Control, DealerSettings, Effect, EndCause, Input, OrderNumber, OrderSight, OrderStanding,
    Origin, Purse, Reconciliation, Recorded, Sign, Signed,
};
use engine::opportunity::{
    Opportunity, OpportunityId, OpportunityKind, Score, ScoreParts, Subject, Watched,
    WatchlistEffect,
};
use engine::risk::{Gate, Limits, Reconciled, Rule};
use engine::signal::{PlannedOrder, StrategyName};
use parking_lot::Mutex;
use serde_json::Value;
use store::{DatabaseUrl, LoadFrom, Store, StoreSettings};

use super::shelf::Shelf;
use super::tokens::{TOKEN, access};

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(60);
/// What the wallet holds at the beginning.
const CASH: Usd = Usd::from_whole(1_000);

/// Names orders by their number. Nothing it signs could be posted anywhere.
struct Numbering;
impl Sign for Numbering {
    fn sign(&self, number: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        let mut id = [7; 32];
        id[..8].copy_from_slice(&number.0.to_be_bytes());
        Ok(Signed { id: OrderId::from_bytes(id), body: format!("order {number}") })
    }
}

/// Stands where the venue's and the chain's roles would, and notes what it is asked.
struct Listener(Arc<Mutex<Vec<Effect>>>);
impl Actor for Listener {
    type Context = Context<Self>;
}
impl Handler<Perform> for Listener {
    type Result = ();
    fn handle(&mut self, Perform(effects): Perform, _: &mut Self::Context) {
        self.0.lock().extend(effects.into_iter().map(actors::trading::Durable::into_effect));
    }
}

/// Stands where the router of the strategies would: finds every profit too small.
struct Picky;
impl Actor for Picky {
    type Context = Context<Self>;
}
impl Handler<Execute> for Picky {
    type Result = Result<Executed, ExecuteRefused>;
    fn handle(&mut self, _: Execute, _: &mut Self::Context) -> Self::Result {
        let strategy = StrategyName::new("mint_split").unwrap();
        let gates = vec![
            Gate::passed(Rule::Disabled, "switched on", "switched on"),
            Gate::usd_at_least(Rule::EdgeMin, Some(Usd::ZERO), Usd::from_whole(1)),
        ];
        Err(ExecuteRefused::Refused { strategy, gates })
    }
}

/// A market with a number; its tokens are `2n` and `2n + 1`, its tick a cent.
pub(crate) fn market(number: u8, state: MarketState) -> Market {
    let outcome = |at: u64, name: &str| Outcome {
        token: TokenId::from_words([0, 0, 0, u64::from(number) * 2 + at]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([number; 32]),
        question: None,
        gamma_id: number.to_string().into(),
        slug: format!("market-{number}").into(),
        title: format!("Will number {number} win?").into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(0, "Yes"), outcome(1, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state,
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

/// The open market, the paused one, the resolved one.
pub(crate) const OPEN: u8 = 1;
pub(crate) const PAUSED: u8 = 2;
pub(crate) const RESOLVED: u8 = 3;

pub(crate) fn condition(number: u8) -> String {
    ConditionId::from_bytes([number; 32]).to_string()
}
pub(crate) fn token(number: u8) -> String {
    (u64::from(number) * 2).to_string()
}

/// Somebody bids 0.4 for both outcomes.
fn bid_for(number: u8) -> MarketTouch {
    let outcome = OutcomeTouch {
        touch: Touch { bid: Price::from_cents(40), ask: None },
        trust: Trust::Trusted,
        epoch: Epoch(1),
        stated_at: Clock::System.now(),
    };
    let condition = ConditionId::from_bytes([number; 32]);
    MarketTouch { condition, outcomes: [outcome; 2], why: None }
}

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Value,
}

/// A scene that plays until it is dropped.
pub(crate) struct Scene {
    pub(crate) board: Arc<TradingBoard>,
    pub(crate) state: web::Data<WebState>,
    pub(crate) store: Store,
    asked_of_the_venue: Arc<Mutex<Vec<Effect>>>,
    risk_manager: ActorRef<RiskManager>,
    running: RunningTree,
    parts: TradingParts,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// With 1,000 dollars, compared with the world and ready.
    pub(crate) async fn open() -> Self {
        Self::open_with(Limits::default()).await
    }
    pub(crate) async fn open_with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("trading.sqlite"));
        let settings = StoreSettings::new(url);
        let board = Arc::new(TradingBoard::default());
        let asked_of_the_venue = Arc::default();
        let touches = Arc::new(TouchBoard::default());
        touches.set(&[bid_for(OPEN)]);
        let (spec, risk_manager, picky, shelf) =
            tree(limits, &settings, &board, &asked_of_the_venue, touches);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(spec, &options);
        tokio::time::timeout(LONG, running.ready()).await.unwrap();
        let store = Store::connect(&settings).await.unwrap();
        let parts = TradingParts {
            board: Arc::clone(&board),
            command: risk_manager.handle(),
            news: risk_manager.handle(),
            raise: risk_manager.handle(),
            preview: risk_manager.handle(),
            execute: picky.handle(),
            strategies: Arc::default(),
            store: settings,
        };
        let state =
            web_state(&running, Some(TradingState::new(parts.clone())), Some(shelf.handle()));
        let _folder = folder;
        let scene =
            Self { board, state, store, asked_of_the_venue, risk_manager, running, parts, _folder };
        scene.begin().await;
        scene
    }

    async fn begin(&self) {
        self.until("the desk is read back", |_| true).await;
        let (by, control) = (Origin("test".to_owned()), Control::Transfer(CASH));
        self.risk_manager.ask(Command { by, control }, LONG).await.unwrap().unwrap();
        let (by, name) = (Origin("test".to_owned()), StrategyName::new("mint_split").unwrap());
        let control = Control::SetStrategy(name, Box::default());
        self.risk_manager.ask(Command { by, control }, LONG).await.unwrap().unwrap();
        let agrees = Input::Reconciled(Reconciliation::Agrees);
        self.risk_manager.tell(News(vec![agrees])).unwrap();
        self.until("both sides agree", |view| {
            view.reconciled == Reconciled::Yes && view.cash.settled == CASH
        })
        .await;
    }

    /// Waits until the desk's view is as wished.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&TradingView) -> bool) {
        let since = Instant::now();
        while !self.board.view().is_some_and(|view| is_so(&view)) {
            assert!(since.elapsed() < LONG, "timed out waiting for: {what}");
            actix_rt::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks until the answer is as wished: what is shown follows what is decided.
    pub(crate) async fn until_said(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let since = Instant::now();
        loop {
            let said = self.get(path).await;
            if is_so(&said.body) {
                return said.body;
            }
            assert!(since.elapsed() < LONG, "{path} did not come to say it: {said:#?}");
            actix_rt::time::sleep(Duration::from_millis(10)).await;
        }
    }
    /// Everything that is written down.
    pub(crate) async fn recorded(&self) -> Vec<Recorded> {
        let mut loaded = self.store.money().load(LoadFrom::Beginning).await.unwrap();
        let page = loaded.pages.next_page().await.unwrap();
        let event = |body: &str| serde_json::from_str(body).unwrap();
        page.iter().map(|it| Recorded { at: it.at, event: event(&it.body) }).collect()
    }
    /// Asks the API as the admin, without a key.
    pub(crate) async fn get(&self, path: &str) -> Said {
        self.ask(Method::GET, path, Some(TOKEN), None, &Value::Null).await
    }
    /// Orders something as the admin, with a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Said {
        self.ask(Method::POST, path, Some(TOKEN), Some(key), body).await
    }
    /// Any request.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: &Value,
    ) -> Said {
        ask(&self.state, method, path, token, key, body).await
    }

    /// How many records the journal has once it is at rest: an order is answered when it is taken, and
    /// written down a moment later.
    pub(crate) async fn journal(&self) -> usize {
        let mut records = self.records().await;
        loop {
            actix_rt::time::sleep(Duration::from_millis(150)).await;
            let now = self.records().await;
            if now == records {
                return records;
            }
            records = now;
        }
    }
    /// Marks of the equity come by themselves and are not counted.
    async fn records(&self) -> usize {
        let mut loaded = self.store.money().load(LoadFrom::Beginning).await.unwrap();
        let mut records = 0;
        loop {
            let page = loaded.pages.next_page().await.unwrap();
            if page.is_empty() {
                return records;
            }
            records += page.iter().filter(|it| it.kind.as_str() != "equity_marked").count();
        }
    }
    /// Names of what the venue's and the chain's roles were asked.
    pub(crate) fn asked_of_the_venue(&self) -> Vec<&'static str> {
        let effects = self.asked_of_the_venue.lock();
        let name = |effect: &Effect| match effect {
            Effect::Post(_) => "post",
            Effect::Cancel(..) => "cancel",
            Effect::CancelAll => "cancel_all",
            Effect::Prepare(_) => "prepare",
            _ => "question",
        };
        effects.iter().map(name).collect()
    }
    /// Waits until the venue's or the chain's role is asked this.
    pub(crate) async fn asked(&self, what: &str) {
        let since = Instant::now();
        while !self.asked_of_the_venue().contains(&what) {
            assert!(since.elapsed() < LONG, "nobody asked for: {what}");
            actix_rt::time::sleep(Duration::from_millis(10)).await;
        }
    }
    /// The venue shows an order that was cancelled before anything was matched.
    pub(crate) fn sighted_cancelled(&self, id: &str) {
        let standing = OrderStanding::Ended { cause: EndCause::Cancelled };
        let id = OrderId::parse(id).unwrap();
        self.news(Input::Sighted(OrderSight { id, standing, matched: Shares::ZERO }));
    }
    /// Forgets what was answered under a key, as a process does that dies before it is written.
    pub(crate) async fn forget_the_answer(&self, key: &str) {
        let all = Clock::System.now().plus(domain::DurationMillis(60_000));
        let gone = self.store.money().idempotency().prune_before(all, 1_000).await.unwrap();
        assert_eq!(gone, 1, "{key}");
    }
    /// The detector finds an opportunity; this is its name.
    pub(crate) fn find_an_opportunity(&self) -> String {
        let opportunity = opportunity();
        let (kind, subject) = (opportunity.kind, opportunity.subject.clone());
        let id = OpportunityId { kind, subject, since: opportunity.examined_at };
        let watched = Watched {
            id: id.clone(),
            confirmed_at: opportunity.examined_at,
            opportunity: Arc::new(opportunity),
        };
        self.state.opportunities.apply(WatchlistEffect::Opened(watched));
        id.to_string()
    }
    /// It is over.
    pub(crate) fn close_the_opportunity(&self) {
        self.state.opportunities.close_all(Clock::System.now());
    }
    /// The tree that this scene plays in.
    pub(crate) const fn running(&self) -> &RunningTree {
        &self.running
    }
    /// The same service at the moment before its desk was read back.
    pub(crate) fn with_an_empty_board(&self) -> web::Data<WebState> {
        let parts = TradingParts { board: Arc::default(), ..self.parts.clone() };
        web_state(&self.running, Some(TradingState::new(parts)), None)
    }
    /// Tells the desk what the venue or the chain says.
    pub(crate) fn news(&self, input: Input) {
        self.risk_manager.tell(News(vec![input])).unwrap();
    }
}

fn opportunity() -> Opportunity {
    let parts = ScoreParts { deviation: 1, liquidity: 1, fees: 1, slippage: 1, resolution: 1 };
    Opportunity {
        kind: OpportunityKind::ParityShort,
        subject: Subject::Market(ConditionId::from_bytes([OPEN; 32])),
        examined_at: Clock::System.now(),
        size: Shares::from_whole(10),
        legs: Vec::new(),
        actions: Vec::new(),
        deviation: Usd::ZERO,
        gross: Usd::from_whole(1),
        trading_fees: Usd::ZERO,
        convert_fee: Usd::ZERO,
        chain_cost: Usd::ZERO,
        net: Usd::from_whole(1),
        capital: Usd::from_whole(10),
        lock_up: None,
        annual_return_bips: None,
        score: Score { total: 1, parts },
    }
}

/// A run of the service without a tree of its own; `trading` as given.
pub(crate) fn web_state(
    running: &RunningTree,
    trading: Option<TradingState>,
    books: Option<Handle<TellBooks>>,
) -> web::Data<WebState> {
    let closed = MarketState::Closed { payouts: Some([Price::from_cents(50).unwrap(); 2]) };
    let states = [(OPEN, MarketState::Open), (PAUSED, MarketState::Paused), (RESOLVED, closed)];
    let markets = states.map(|(id, state)| market(id, state));
    web::Data::new(WebState {
        cluster: Default::default(),
        mode: "paper".to_owned(),
        clock: Clock::System,
        started_at: Clock::System.now(),
        feed_age_ms_max: 10_000,
        host: Default::default(),
        store_backend: "sqlite",
        board: Arc::default(),
        listing: Shared::new(Listing::new(markets.map(Arc::new).to_vec(), Vec::new())),
        rules: Arc::default(),
        touches: Arc::default(),
        books,
        opportunities: Arc::default(),
        hub: Hub::new(HubLimits::default(), |lost| lost.to_string().into()),
        tree: running.tree.clone(),
        guard: Arc::new(Guard::new(std::iter::empty(), access())),
        trading,
        tape: Arc::default(),
        freshness: engine::whales::Freshness::default(),
        store: store::StoreSettings::new(store::DatabaseUrl::sqlite_file("no.sqlite".as_ref())),
        swarm: SwarmParts::default(),
        alerts: Default::default(),
        past: Default::default(),
    })
}

/// Asks the API of a state.
pub(crate) async fn ask(
    state: &web::Data<WebState>,
    method: Method,
    path: &str,
    token: Option<&str>,
    key: Option<&str>,
    body: &Value,
) -> Said {
    let app = App::new().app_data(state.clone()).configure(routes::configure);
    let app = test::init_service(app).await;
    let uri = format!("/api/v1/{path}");
    let mut request = test::TestRequest::with_uri(&uri).method(method);
    request = request.insert_header(("Host", "localhost"));
    if let Some(token) = token {
        request = request.insert_header(("Authorization", format!("Bearer {token}")));
    }
    if let Some(key) = key {
        request = request.insert_header(("Idempotency-Key", key));
    }
    if !body.is_null() {
        request = request.set_payload(body.to_string());
    }
    said(app.call(request.to_request()).await.unwrap()).await
}

async fn said(response: ServiceResponse<impl MessageBody>) -> Said {
    let status = response.status().as_u16();
    let replayed = response.headers().contains_key("Idempotent-Replayed");
    let body = test::read_body(response).await;
    Said { status, replayed, body: serde_json::from_slice(&body).unwrap_or_default() }
}

fn tree(
    limits: Limits,
    database: &StoreSettings,
    board: &Arc<TradingBoard>,
    asked: &Arc<Mutex<Vec<Effect>>>,
    touches: Arc<TouchBoard>,
) -> (SupervisorSpec, ActorRef<RiskManager>, ActorRef<Picky>, ActorRef<Shelf>) {
    let risk = ChildSpec::reserve::<RiskManager>("risk-manager");
    let risk_manager = risk.address();
    let asked = Arc::clone(asked);
    let (listening, listener) =
        ChildSpec::actor("listener", move |_, _: &Life<Listener>| Listener(asked.clone())).build();
    let (of_board, to, settings) = (Arc::clone(board), risk_manager.clone(), database.clone());
    let (keeping, keeper) = ChildSpec::actor("keeper", move |_, life: &Life<Keeper>| {
        let outlets = KeeperOutlets {
            risk_manager: to.handle(),
            executor: listener.handle(),
            chain: listener.handle(),
            board: Arc::clone(&of_board),
            listeners: Vec::new(),
            tracer: None,
        };
        Keeper::new(life.clone(), settings.clone(), "test".to_owned(), Clock::System, outlets)
    })
    .build();
    let (of_board, dealer) = (Arc::clone(board), DealerSettings::default());
    let (managing, _) = risk
        .actor(move |_, life: &Life<RiskManager>| {
            let outlets = RiskManagerOutlets {
                notes: actors::recorder::Notes::default(),
                keeper: keeper.handle(),
                read_back: keeper.handle(),
                board: Arc::clone(&of_board),
                touches: Arc::clone(&touches),
                signer: Arc::new(Numbering),
            };
            let (limits, purse) = (limits.clone(), Purse("a test".to_owned()));
            let settings = RiskManagerSettings { purse, limits, dealer: dealer.clone() };
            RiskManager::new(life.clone(), settings, Clock::System, outlets)
        })
        .build();
    let (routing, picky) = ChildSpec::actor("picky", |_, _: &Life<Picky>| Picky).build();
    let spec = SupervisorSpec::new("root", Strategy::OneForOne);
    let (shelving, shelf) = ChildSpec::actor("shelf", |_, _: &Life<Shelf>| Shelf).build();
    let spec = spec.child(listening).child(keeping).child(managing).child(routing).child(shelving);
    (spec, risk_manager, picky, shelf)
}
