//! A simulated chain, a wallet on it, a journal, and the roles that carry transactions out.

use engine::desk::TradingView;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler, System};
use actors::clock::Clock;
use actors::recorder::Notes;
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Life, RootOptions, RunningTree, Signals, Strategy,
    SupervisorSpec, start,
};
use actors::tenure::Tenure;
use actors::trading::{
    ChainAccess, ChainOutlets, ChainWorker, ChainWorkerSettings, Command, Keeper, KeeperOutlets,
    News, Perform, RelayerAccess, RiskManager, RiskManagerOutlets, RiskManagerSettings,
    TradingBoard,
};
use domain::{Market, ProtocolVersion, Shares, TokenId, UnixMillis, Usd};
use engine::desk::{
    Control, DealerSettings, Effect, Input, OrderNumber, Origin, Purse, Reconciliation, Sign,
    Signed, TaskState,
};
use engine::opportunity::ChainActionKind;
use engine::risk::Limits;
use engine::signal::{ChainTask, PlannedOrder, TradedMarket};
use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::chain::{ChainStatus, FeePolicy, missing_steps};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Hosts, Settings};
use polymarket::relayer::RelayerCredentials;
use simvenue::{
    AccountKind, ChainOptions, CrowdOptions, Fault, RateLimits, RunningVenue, SimOptions, SimVenue,
    WalletKind,
};
use store::{DatabaseUrl, StoreSettings};

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(90);
/// What the wallet holds at the beginning.
pub(super) const CASH: Usd = Usd::from_whole(1_000);

pub(super) fn in_system<F: Future<Output = ()>>(test: F) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    System::new().block_on(test);
}

/// Nothing is ordered in these tests.
struct NoOrders;
impl Sign for NoOrders {
    fn sign(&self, _: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        Err("nothing is ordered here".to_owned())
    }
}

/// Stands where the executor would.
struct Nobody;
impl Actor for Nobody {
    type Context = Context<Self>;
}
impl Handler<Perform> for Nobody {
    type Result = ();
    fn handle(&mut self, _: Perform, _: &mut Self::Context) {}
}

/// Stands between keeper and worker, and loses what is to be submitted while it is told to.
struct Gate {
    roles: Arc<OnceLock<Roles>>,
    loses_submissions: Arc<AtomicBool>,
}
impl Actor for Gate {
    type Context = Context<Self>;
}
impl Handler<Perform> for Gate {
    type Result = ();
    fn handle(&mut self, mut perform: Perform, _: &mut Self::Context) {
        if self.loses_submissions.load(Ordering::SeqCst) {
            perform.0.retain(|durable| !matches!(durable.effect(), Effect::Submit(_)));
        }
        let _ = self.roles.get().unwrap().worker.tell(perform);
    }
}

#[derive(Clone)]
pub(super) struct Roles {
    pub(super) risk_manager: ActorRef<RiskManager>,
    pub(super) keeper: ActorRef<Keeper>,
    pub(super) worker: ActorRef<ChainWorker>,
    gate: ActorRef<Gate>,
    nobody: ActorRef<Nobody>,
}

pub(super) struct Scene {
    pub(super) venue: RunningVenue,
    pub(super) board: Arc<TradingBoard>,
    pub(super) roles: Roles,
    pub(super) access: ChainAccess,
    pub(super) markets: Vec<Market>,
    loses_submissions: Arc<AtomicBool>,
    running: Option<RunningTree>,
    _folder: tempfile::TempDir,
}

impl Scene {
    pub(super) async fn open() -> Self {
        Self::open_for(WalletKind::Deposit).await
    }
    /// Everything is up, and the desk believes what the wallet holds.
    pub(super) async fn open_for(kind: WalletKind) -> Self {
        let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
        let chain = ChainOptions { block_ms: 100 };
        let limits = RateLimits::Off;
        let options = SimOptions { limits, crowd, chain, ..SimOptions::default() };
        let venue = SimVenue::start(options).unwrap();
        let access = access(&venue, kind);
        if kind == WalletKind::Eoa {
            take_missing_steps(&access).await;
        }
        let markets = markets(&access.http).await;
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("trading.sqlite"));
        let board = Arc::new(TradingBoard::default());
        let loses_submissions = Arc::<AtomicBool>::default();
        let (spec, roles) = tree(&access, url, &board, &loses_submissions);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(spec, &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        let running = Some(running);
        let scene = Self {
            venue,
            board,
            roles,
            access,
            markets,
            loses_submissions,
            running,
            _folder: folder,
        };
        scene.until("the desk is read", |_| true).await;
        scene.order(Control::Transfer(CASH)).await;
        scene.agree();
        scene
    }

    /// As the comparison of both sides would say.
    pub(super) fn agree(&self) {
        let news = News(vec![Input::Reconciled(Reconciliation::Agrees)]);
        self.roles.risk_manager.tell(news).unwrap();
    }
    pub(super) fn lose_submissions(&self, lose: bool) {
        self.loses_submissions.store(lose, Ordering::SeqCst);
    }
    pub(super) fn suffer(&self, fault: Fault) {
        self.venue.inject(fault).unwrap();
    }
    pub(super) fn view(&self) -> Arc<TradingView> {
        self.board.view().unwrap()
    }
    /// Waits until the desk's view is as wished.
    pub(super) async fn until(&self, what: &str, is_so: impl Fn(&TradingView) -> bool) {
        let since = Instant::now();
        while !self.board.view().is_some_and(|view| is_so(&view)) {
            assert!(
                since.elapsed() < LONG,
                "timed out waiting for: {what}; {:#?}; {:?}; {:?}",
                self.board.view(),
                self.board.venue(),
                self.board.notices(),
            );
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
    pub(super) async fn until_state(&self, wanted: TaskState) {
        let what = format!("a task that is {wanted:?}");
        self.until(&what, |view| view.tasks.iter().any(|task| task.state == wanted)).await;
    }
    pub(super) async fn order(&self, control: Control) {
        let by = Origin("test".to_owned());
        let command = Command { by, control };
        self.roles.risk_manager.ask(command, LONG).await.unwrap().unwrap();
    }
    pub(super) async fn begin(&self, task: ChainTask) {
        self.order(Control::Task(Box::new(task))).await;
    }
    /// Begins it and waits for its end.
    pub(super) async fn carry_out(&self, task: ChainTask) {
        self.begin(task).await;
        self.until_over().await;
    }
    pub(super) async fn until_over(&self) {
        self.until("no transaction is open", |view| view.tasks.is_empty()).await;
    }
    /// A market with these contracts.
    pub(super) fn market(&self, version: ProtocolVersion, neg_risk: bool) -> TradedMarket {
        let mut fits = self.markets.iter().filter(|market| {
            market.version == version && market.neg_risk == neg_risk && market.is_open()
        });
        traded(fits.next().expect("the simulated venue has every kind"))
    }
    pub(super) fn plain(&self) -> TradedMarket {
        self.market(ProtocolVersion::V1, false)
    }
    /// The ledger and the chain say the same, to the millionth, and nothing is promised any more.
    pub(super) fn assert_settled(&self, what: &str) {
        let view = self.view();
        let snapshot = self.venue.custody();
        assert_eq!(snapshot.imbalance, None, "{what}");
        let audit = self.venue.audit();
        assert!(audit.ok, "{what}: {:?}", audit.problems);
        let wallet = self.access.account.funder();
        let (cash, shares) = snapshot
            .wallets
            .get(&wallet)
            .map(|wallet| (wallet.pusd, wallet.shares.clone()))
            .unwrap_or_default();
        assert_eq!(view.cash.settled, cash, "{what}: dollars");
        assert_eq!(view.cash.pending_out, Usd::ZERO, "{what}: dollars promised");
        assert!(view.held.iter().all(|held| held.position.pending_out == Shares::ZERO), "{what}");
        let held: BTreeMap<TokenId, Shares> = view
            .held
            .iter()
            .map(|held| (held.token, held.position.settled))
            .filter(|(_, shares)| shares.is_positive())
            .collect();
        let shares: BTreeMap<TokenId, Shares> =
            shares.into_iter().filter(|(_, shares)| shares.is_positive()).collect();
        assert_eq!(held, shares, "{what}: shares");
    }
    /// What people were told with this code.
    pub(super) async fn told(&self, code: &str) -> String {
        let find = || self.board.notices().iter().find(|notice| notice.code == code).cloned();
        self.until(code, |_| find().is_some()).await;
        find().unwrap().text.clone()
    }
    pub(super) fn settled(&self, token: TokenId) -> Shares {
        self.view().settled(token)
    }
    pub(super) async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown();
            let _ = tokio::time::timeout(LONG, running.wait()).await;
        }
    }
}

pub(super) fn split(market: &TradedMarket, sets: i64) -> ChainTask {
    let amount = Shares::from_whole(sets);
    ChainTask::by_contracts(ChainActionKind::Split, vec![market.clone()], amount)
}

pub(super) fn merge(market: &TradedMarket, sets: i64) -> ChainTask {
    let amount = Shares::from_whole(sets);
    ChainTask::by_contracts(ChainActionKind::Merge, vec![market.clone()], amount)
}

pub(super) fn traded(market: &Market) -> TradedMarket {
    TradedMarket {
        condition: market.condition,
        question: market.question,
        group: market.group.clone(),
        tokens: [market.yes().token, market.no().token],
        tick: market.tick,
        order_size_min: market.order_size_min,
        fee: market.fee.terms().unwrap_or(domain::FeeTerms::FREE),
        version: market.version,
        neg_risk: market.neg_risk,
    }
}

/// A wallet with every approval, and the way to its chain.
fn access(venue: &RunningVenue, kind: WalletKind) -> ChainAccess {
    let key = PrivateKey::generate().unwrap();
    let owner = key.address();
    let made = venue.provision(owner.0, kind, CASH).unwrap();
    access_of(venue, key, made.maker)
}

/// The way to the chain of a wallet as it is.
pub(super) fn access_of(venue: &RunningVenue, key: PrivateKey, wallet: [u8; 20]) -> ChainAccess {
    let at = venue.endpoints();
    let hosts = Hosts { gamma: at.gamma.clone(), ..Hosts::default() };
    let http = Settings { hosts, request_timeout: Duration::from_secs(4), ..Settings::default() };
    let contracts = Contracts::polygon();
    let owner = key.address();
    let account = Account::detect(owner, &contracts, Some(wallet.into())).unwrap();
    let relayer = (wallet != owner.0).then(|| {
        let api_key = venue.open_chain_account(owner.0, AccountKind::DepositWallet).api_key;
        let credentials = RelayerCredentials::Relayer { key: api_key.into(), address: owner };
        RelayerAccess { base: at.relayer.clone(), credentials }
    });
    ChainAccess {
        key,
        account,
        contracts,
        rpc_url: at.rpc,
        relayer,
        http,
        fees: FeePolicy::default(),
    }
}

/// As a person would with what `doctor` says.
async fn take_missing_steps(access: &ChainAccess) {
    let sender = access.connect().unwrap();
    for step in missing_steps(&sender).await.unwrap() {
        let operation = step.operation(sender.account()).expect("an approval");
        let nonce = sender.next_nonce().await.unwrap();
        let now = Clock::System.now();
        let prepared = sender.prepare(&[operation], nonce, now).await.unwrap();
        sender.submit(&prepared, now).await;
        let attempts = [prepared];
        while !matches!(
            sender.status(&attempts, &[], 1, now).await.unwrap(),
            ChainStatus::Confirmed { .. }
        ) {
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(missing_steps(&sender).await.unwrap(), []);
}

async fn markets(settings: &Settings) -> Vec<Market> {
    let gamma = GammaClient::new(settings.connect().unwrap());
    let listing = gamma.events(&ListFilter::default()).all().await.unwrap();
    let alone = gamma.markets(&ListFilter::default()).all().await.unwrap();
    let all = alone.markets.into_iter().chain(listing.markets);
    // A market of a group is listed in both.
    let once: BTreeMap<_, _> = all.map(|market| (market.condition, market)).collect();
    once.into_values().collect()
}

fn tree(
    access: &ChainAccess,
    database: DatabaseUrl,
    board: &Arc<TradingBoard>,
    loses_submissions: &Arc<AtomicBool>,
) -> (SupervisorSpec, Roles) {
    let roles: Arc<OnceLock<Roles>> = Arc::default();
    let backoff = Backoff::exponential(Duration::from_millis(20), Duration::from_millis(200));

    let (known, of_board) = (Arc::clone(&roles), Arc::clone(board));
    let (deciding, risk_manager) =
        ChildSpec::actor("risk-manager", move |_, life: &Life<RiskManager>| {
            let roles = known.get().unwrap();
            let outlets = RiskManagerOutlets {
                notes: Notes::default(),
                keeper: roles.keeper.handle(),
                read_back: roles.keeper.handle(),
                board: Arc::clone(&of_board),
                touches: Arc::default(),
                signer: Arc::new(NoOrders),
            };
            let dealer = DealerSettings {
                task_interval: domain::DurationMillis(1_000),
                ..DealerSettings::default()
            };
            let purse = Purse("test".to_owned());
            let settings = RiskManagerSettings { limits: Limits::default(), dealer, purse };
            RiskManager::new(life.clone(), settings, Clock::System, outlets)
        })
        .backoff(backoff)
        .build();

    let (known, of_board) = (Arc::clone(&roles), Arc::clone(board));
    let (keeping, keeper) = ChildSpec::actor("keeper", move |_, life: &Life<Keeper>| {
        let roles = known.get().unwrap();
        let outlets = KeeperOutlets {
            risk_manager: roles.risk_manager.handle(),
            executor: roles.nobody.handle(),
            chain: roles.gate.handle(),
            board: Arc::clone(&of_board),
            listeners: Vec::new(),
            tracer: None,
        };
        let store = StoreSettings::new(database.clone());
        Keeper::new(life.clone(), store, "test".to_owned(), Clock::System, outlets)
    })
    .backoff(backoff)
    .build();

    let (known, of_board, access) = (Arc::clone(&roles), Arc::clone(board), access.clone());
    let (working, worker) = ChildSpec::actor("chain-worker", move |_, life: &Life<ChainWorker>| {
        let outlets = ChainOutlets {
            news: known.get().unwrap().risk_manager.handle(),
            board: Arc::clone(&of_board),
            watched: actors::shared::Shared::default(),
            tenure: Tenure::Alone,
        };
        let settings = ChainWorkerSettings {
            confirmations_min: 3,
            look_first: Duration::from_millis(100),
            look_max: Duration::from_millis(400),
            send_again_after: Duration::from_millis(500),
            replace_after: Duration::from_millis(1_500),
            resolution_interval: Duration::from_millis(300),
            ..ChainWorkerSettings::default()
        };
        ChainWorker::new(life.clone(), settings, Clock::System, access.clone(), outlets)
    })
    .backoff(backoff)
    .build();

    let (known, loses) = (Arc::clone(&roles), Arc::clone(loses_submissions));
    let (guarding, gate) = ChildSpec::actor("gate", move |_, _: &Life<Gate>| Gate {
        roles: Arc::clone(&known),
        loses_submissions: Arc::clone(&loses),
    })
    .build();
    let (idle, nobody) = ChildSpec::actor("nobody", |_, _: &Life<Nobody>| Nobody).build();
    let made = Roles { risk_manager, keeper, worker, gate, nobody };
    let _ = roles.set(made.clone());
    let spec = SupervisorSpec::new("root", Strategy::OneForOne)
        .intensity(1_000, Duration::from_secs(10))
        .child(idle)
        .child(keeping)
        .child(deciding)
        .child(working)
        .child(guarding);
    (spec, made)
}
