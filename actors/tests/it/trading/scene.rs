//! A venue, a wallet, a journal, and the roles that trade between them.

use engine::desk::TradingView;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler, System};
use actors::clock::Clock;
use actors::recorder::Notes;
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Life, Placement, RootOptions, RunningTree, Signals, Strategy,
    SupervisorSpec, start,
};
use actors::trading::{
    AccessCell, AccountFeed, AccountFeedOutlets, AccountFeedSettings, Command, Executor,
    ExecutorOutlets, ExecutorSettings, Keeper, KeeperOutlets, OrderSealer, Perform, RaiseSignal,
    RiskManager, RiskManagerOutlets, RiskManagerSettings, TradingBoard, Wallet,
};
use domain::{
    Crossing, DurationMillis, Lifetime, Market, OrderTerms, Price, ProtocolVersion, Rounding,
    Shares, Side, UnixMillis, Usd,
};
use engine::desk::{Control, DealerSettings, Origin, Purse};
use engine::opportunity::{OutcomeIndex, Subject};
use engine::risk::{Limits, Reconciled, WorstCase};
use engine::signal::{
    Aim, Certificate, Exposure, PlannedOrder, Signal, SignalId, Stage, StrategyName, TradedMarket,
};
use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::clob::ClobClient;
use polymarket::clob::private::PlaceOutcome;
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Hosts, Settings};
use polymarket::signing::{OrderDraft, OrderMarket, Salt};
use simvenue::{
    AccountAudit, CrowdOptions, RateLimits, RunningVenue, SimOptions, SimVenue, WalletKind,
};
use store::{DatabaseUrl, StoreSettings};

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(90);
/// What the wallet holds at the beginning.
pub(crate) const CASH: Usd = Usd::from_whole(1_000);

/// Runs a test on a system of its own.
pub(crate) fn in_system<F: Future<Output = ()>>(test: F) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    System::new().block_on(test);
}

/// Stands where the chain's role would.
struct Nobody;
impl Actor for Nobody {
    type Context = Context<Self>;
}
impl Handler<Perform> for Nobody {
    type Result = ();
    fn handle(&mut self, _: Perform, _: &mut Self::Context) {}
}

/// The addresses of the roles, known once all are described.
#[derive(Clone)]
pub(crate) struct Roles {
    pub(crate) risk_manager: ActorRef<RiskManager>,
    pub(crate) keeper: ActorRef<Keeper>,
    pub(crate) executor: ActorRef<Executor>,
    pub(crate) account_feed: ActorRef<AccountFeed>,
    nobody: ActorRef<Nobody>,
}

/// How a scene differs from the ordinary.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) sim: SimOptions,
    pub(crate) limits: Limits,
    pub(crate) dealer: DealerSettings,
    pub(crate) executor: fn(&mut ExecutorSettings),
    pub(crate) account_feed: fn(&mut AccountFeedSettings),
}

impl Default for Setting {
    fn default() -> Self {
        let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
        Self {
            sim: SimOptions { limits: RateLimits::Off, crowd, ..SimOptions::default() },
            limits: Limits { trades_per_minute_max: 1_000, ..Limits::default() },
            dealer: DealerSettings::default(),
            executor: |_| {},
            account_feed: |_| {},
        }
    }
}

/// A scene that plays until it is dropped.
pub(crate) struct Scene {
    pub(crate) venue: RunningVenue,
    pub(crate) market: Market,
    pub(crate) board: Arc<TradingBoard>,
    pub(crate) roles: Roles,
    ask: Price,
    owner: [u8; 20],
    access: AccessCell,
    settings: Settings,
    running: Option<RunningTree>,
    _folder: tempfile::TempDir,
}

impl Scene {
    pub(crate) async fn open() -> Self {
        Self::open_with(Setting::default()).await
    }
    /// Everything is up, signed in and compared.
    pub(crate) async fn open_with(setting: Setting) -> Self {
        let scene = Self::rise(setting).await;
        scene.until("both sides agree", |view| view.reconciled == Reconciled::Yes).await;
        scene
    }
    /// Everything is up; nothing is waited for.
    pub(crate) async fn rise(setting: Setting) -> Self {
        let venue = SimVenue::start(setting.sim.clone()).unwrap();
        let at = venue.endpoints();
        let hosts = Hosts {
            gamma: at.gamma.clone(),
            clob: at.clob.clone(),
            data: at.data.clone(),
            market_socket: at.market_socket.clone(),
            user_socket: at.user_socket.clone(),
            rtds: at.rtds.clone(),
            // The simulated venue answers nothing there.
            web: at.control.clone(),
        };
        let request_timeout = Duration::from_secs(4);
        let settings = Settings { hosts, request_timeout, ..Settings::default() };
        let key = PrivateKey::generate().unwrap();
        let owner = key.address().0;
        let made = venue.provision(owner, WalletKind::Deposit, CASH).unwrap();
        let contracts = Contracts::polygon();
        let account = Account::detect(key.address(), &contracts, Some(made.maker.into())).unwrap();
        let wallet = Wallet { key, account, contracts };
        let (market, ask) = plain_market(&settings).await;
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("trading.sqlite"));
        let board = Arc::new(TradingBoard::default());
        let rpc_url = at.rpc.clone();
        let access = AccessCell::default();
        let at = (settings.clone(), rpc_url, url);
        let (spec, roles) = tree(&setting, at, wallet, &access, &board);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(spec, &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        let (running, _folder) = (Some(running), folder);
        Self { venue, market, board, roles, ask, owner, access, settings, running, _folder }
    }

    /// Waits until the desk's view is as wished.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&TradingView) -> bool) {
        let since = Instant::now();
        while !self.board.view().is_some_and(|view| is_so(&view)) {
            assert!(
                since.elapsed() < LONG,
                "timed out waiting for: {what}; {:#?}; {:?}; {:?}; {:?}; {:#?}",
                self.board.view(),
                self.board.venue(),
                self.board.notices(),
                self.board.decisions().first(),
                self.venue.audit(),
            );
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
    /// Waits until something outside the desk is as wished.
    pub(crate) async fn until_so(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        self.until(what, |_| is_so(self)).await;
    }
    /// Whose key signs.
    pub(crate) const fn owner(&self) -> [u8; 20] {
        self.owner
    }
    pub(crate) fn view(&self) -> Arc<TradingView> {
        self.board.view().unwrap()
    }
    /// The auditor's books of our wallet, which must be sound.
    pub(crate) fn audited(&self) -> AccountAudit {
        let audit = self.venue.audit();
        assert!(audit.ok, "{:?}", audit.problems);
        audit.accounts.into_iter().next().unwrap()
    }
    /// Our ledger and the auditor's books say the same, to the millionth.
    pub(crate) async fn until_settled(&self, what: &str) {
        let began = now();
        let is_quiet = |view: &TradingView| view.plans.is_empty() && view.orders.is_empty();
        self.until(what, |view| view.at > began && is_quiet(view)).await;
        let view = self.view();
        let audit = self.audited();
        assert_eq!(view.cash.settled, audit.cash, "{what}: dollars");
        assert_eq!(view.total.fees, audit.fees, "{what}: fees");
        let held: std::collections::BTreeMap<_, _> = view
            .held
            .iter()
            .map(|held| (held.token, held.position.settled))
            .filter(|(_, shares)| shares.is_positive())
            .collect();
        assert_eq!(held, audit.shares, "{what}: shares");
        assert!(audit.open_orders.is_empty(), "{what}: {:?}", audit.open_orders);
    }
    pub(crate) async fn order(&self, control: Control) {
        let by = Origin("test".to_owned());
        let command = Command { by, control };
        self.roles.risk_manager.ask(command, LONG).await.unwrap().unwrap();
    }
    pub(crate) fn raise(&self, signal: Signal) {
        let wish = RaiseSignal { signal: Box::new(signal), gates: Vec::new() };
        self.roles.risk_manager.tell(wish).unwrap();
    }
    /// A purchase at the best ask that is filled at once.
    pub(crate) fn purchase(&self, number: u32, shares: i64) -> Signal {
        self.signal(number, vec![self.buy(self.ask, shares, Lifetime::FillAndKill)])
    }
    /// A purchase far below the market, which rests.
    pub(crate) fn resting(&self, number: u32) -> Signal {
        self.signal(number, vec![self.low(50)])
    }
    pub(crate) fn low(&self, shares: i64) -> PlannedOrder {
        self.buy(Price::from_cents(2).unwrap(), shares, Lifetime::GoodTilCancelled)
    }
    pub(crate) fn buy(&self, price: Price, shares: i64, lifetime: Lifetime) -> PlannedOrder {
        let market = traded(&self.market);
        let size = Shares::from_whole(shares);
        let (side, crossing) = (Side::Buy, Crossing::Allowed);
        let token = self.market.yes().token;
        PlannedOrder {
            terms: OrderTerms { token, side, price, size, lifetime, crossing },
            outcome: OutcomeIndex::Yes,
            value: size.at(price, Rounding::Up),
            fee: market.fee.fee(size, price, Rounding::Up),
            market,
        }
    }
    /// One stage of orders whose purchases are kept.
    pub(crate) fn signal(&self, number: u32, orders: Vec<PlannedOrder>) -> Signal {
        let now = Clock::System.now();
        let size = orders[0].terms.size;
        let mut signal = Signal {
            id: SignalId::new(&format!("test:{number}")).unwrap(),
            strategy: StrategyName::manual(),
            opportunity: None,
            subject: Subject::Market(self.market.condition),
            raised_at: now,
            expires_at: now.plus(DurationMillis(60_000)),
            size,
            stages: vec![Stage::Orders(orders)],
            aim: Aim::Hold,
            certificate: Certificate::default(),
            exposure: Vec::new(),
            capital: Usd::ZERO,
            ends_at: None,
            books_vouched_at: None,
        };
        let worst = WorstCase::of(&signal).unwrap();
        signal.certificate.floor = -worst.capital;
        signal.capital = worst.capital;
        let group = &self.market.group;
        let named = |(condition, at_risk)| Exposure { condition, group: group.clone(), at_risk };
        signal.exposure = worst.markets.into_iter().map(named).collect();
        signal
    }
    /// An order that rests and that nobody at the desk has ever heard of.
    pub(crate) async fn place_behind_the_desks_back(&self) {
        let access = self.access.get().unwrap();
        let clock = self.access.venue_clock(Clock::System);
        let client = access.client(self.settings.connect().unwrap(), clock);
        let order = self.low(70);
        let market = OrderMarket::from(&self.market);
        let draft = OrderDraft::new(order.terms, market, Salt::random().unwrap(), now());
        let signed = access.signer().sign(&access.signer().prepare(&draft, now()).unwrap());
        let body = signed.body.as_bytes().to_vec().into();
        let outcome = client.place(signed.id, body).await;
        assert!(matches!(outcome, PlaceOutcome::Accepted { .. }), "{outcome:?}");
    }
    /// Ends in order.
    pub(crate) async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown();
            let _ = tokio::time::timeout(LONG, running.wait()).await;
        }
    }
}

fn traded(market: &Market) -> TradedMarket {
    TradedMarket {
        condition: market.condition,
        question: market.question,
        group: market.group.clone(),
        tokens: [market.yes().token, market.no().token],
        tick: market.tick,
        order_size_min: market.order_size_min,
        fee: market.fee.terms().unwrap(),
        version: market.version,
        neg_risk: market.neg_risk,
    }
}

fn tree(
    setting: &Setting,
    (venue, rpc_url, database): (Settings, String, DatabaseUrl),
    wallet: Wallet,
    access: &AccessCell,
    board: &Arc<TradingBoard>,
) -> (SupervisorSpec, Roles) {
    let roles: Arc<OnceLock<Roles>> = Arc::default();
    let backoff = Backoff::exponential(Duration::from_millis(20), Duration::from_millis(200));

    let (known, cell) = (Arc::clone(&roles), access.clone());
    let (of_board, limits, dealer) =
        (Arc::clone(board), setting.limits.clone(), setting.dealer.clone());
    let (risk, risk_manager) =
        ChildSpec::actor("risk-manager", move |_, life: &Life<RiskManager>| {
            let roles = known.get().unwrap();
            let outlets = RiskManagerOutlets {
                notes: Notes::default(),
                keeper: roles.keeper.handle(),
                read_back: roles.keeper.handle(),
                board: Arc::clone(&of_board),
                touches: Arc::default(),
                signer: Arc::new(OrderSealer::new(cell.clone())),
            };
            let (purse, limits) = (Purse("test".to_owned()), limits.clone());
            let settings = RiskManagerSettings { purse, limits, dealer: dealer.clone() };
            RiskManager::new(life.clone(), settings, Clock::System, outlets)
        })
        .backoff(backoff)
        .build();

    let (known, of_board) = (Arc::clone(&roles), Arc::clone(board));
    let (keeping, keeper) = ChildSpec::actor("keeper", move |_, life: &Life<Keeper>| {
        let roles = known.get().unwrap();
        let outlets = KeeperOutlets {
            risk_manager: roles.risk_manager.handle(),
            executor: roles.executor.handle(),
            chain: roles.nobody.handle(),
            board: Arc::clone(&of_board),
            listeners: Vec::new(),
            tracer: None,
        };
        let store = StoreSettings::new(database.clone());
        Keeper::new(life.clone(), store, "test".to_owned(), Clock::System, outlets)
    })
    .backoff(backoff)
    .build();

    let mut settings = ExecutorSettings::new(venue.clone());
    (setting.executor)(&mut settings);
    let (known, of_board, cell) = (Arc::clone(&roles), Arc::clone(board), access.clone());
    let (executing, executor) = ChildSpec::actor("executor", move |_, life: &Life<Executor>| {
        let risk_manager = known.get().unwrap().risk_manager.handle();
        let outlets = ExecutorOutlets { risk_manager, board: Arc::clone(&of_board), tracer: None };
        Executor::new(life.clone(), settings.clone(), Clock::System, cell.clone(), outlets)
    })
    .backoff(backoff)
    .build();

    let mut settings = AccountFeedSettings::new(venue);
    settings.rpc_url = Some(rpc_url);
    (setting.account_feed)(&mut settings);
    let (known, of_board, access) = (Arc::clone(&roles), Arc::clone(board), access.clone());
    let (feeding, account_feed) =
        ChildSpec::actor("account-feed", move |_, life: &Life<AccountFeed>| {
            let risk_manager = &known.get().unwrap().risk_manager;
            let outlets = AccountFeedOutlets {
                risk_manager: risk_manager.handle(),
                our_view: risk_manager.handle(),
                control: risk_manager.handle(),
                board: Arc::clone(&of_board),
                notes: Notes::default(),
            };
            let (settings, wallet, cell) = (settings.clone(), wallet.clone(), access.clone());
            AccountFeed::new(life.clone(), settings, Clock::System, wallet, cell, outlets)
        })
        .backoff(backoff)
        .build();

    let (idle, nobody) = ChildSpec::actor("nobody", |_, _: &Life<Nobody>| Nobody).build();
    let made = Roles { risk_manager, keeper, executor, account_feed, nobody };
    let _ = roles.set(made.clone());
    // What a keeper that dies had not written yet is gone: the desk begins again from the journal.
    let money = SupervisorSpec::new("money", Strategy::RestForOne)
        .intensity(1_000, Duration::from_secs(10))
        .child(keeping)
        .child(risk);
    let spec = SupervisorSpec::new("root", Strategy::OneForOne)
        .intensity(1_000, Duration::from_secs(10))
        .child(idle)
        .child(ChildSpec::supervisor(money, Placement::Inherit).0)
        .child(executing)
        .child(feeding);
    (spec, made)
}

/// A standard market on a grid of cents whose orders are not held, with its best ask.
async fn plain_market(settings: &Settings) -> (Market, Price) {
    let http = settings.connect().unwrap();
    let (gamma, clob) = (GammaClient::new(http.clone()), ClobClient::new(http));
    let listing = gamma.events(&ListFilter::default()).all().await.unwrap();
    let markets = gamma.markets(&ListFilter::default()).all().await.unwrap();
    for market in markets.markets.into_iter().chain(listing.markets) {
        let plain = market.version == ProtocolVersion::V1
            && !market.neg_risk
            && market.is_open()
            && market.tick.ten_thousandths() == 100
            && market.fee.terms().is_some_and(|fee| fee.rate_ppm() > 0);
        if !plain {
            continue;
        }
        let info = clob.market_info(market.condition).await.unwrap().unwrap();
        let book = clob.book(market.yes().token).await.unwrap();
        let ask = book.and_then(|book| Some(book.asks.first()?.price));
        let ask = ask.filter(|ask| (3_000..7_000).contains(&ask.ten_thousandths()));
        if let Some(ask) = ask
            && info.taker_delay_seconds == 0
            && !info.taker_delay_short
        {
            return (market, ask);
        }
    }
    unreachable!("the simulated venue has plain markets with fees")
}

/// Milliseconds since 1970.
pub(crate) fn now() -> UnixMillis {
    Clock::System.now()
}
