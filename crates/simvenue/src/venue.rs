//! Starting and stopping the venue: its port, its clock.

mod faults;

use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::{DurationMillis, UnixMillis, Usd};
use parking_lot::Mutex;
use socket2::Socket;
use tokio::sync::mpsc;

use crate::audit::Audit;
use crate::chain::{Chain, ChainOptions};
use crate::chaos::{Chaos, RateLimits};
use crate::crowd::CrowdOptions;
use crate::custody::{Address, Custody};
use crate::error::SimError;
use crate::exchange::{Buckets, Exchange, Floor, SettlementPace, WalletKind};
use crate::fault::{Fault, FaultPlan, Winner};
use crate::hub::Hub;
use crate::models::{CharacterName, Models, Timed, WantedForm, truth};
use crate::requests::RequestCounts;
use crate::serve;
use crate::universe::Universe;
use crate::world::World;

/// How often the clock ticks.
const TICK: Duration = Duration::from_millis(20);

/// How the venue is to be.
#[derive(Clone, Debug)]
pub struct SimOptions {
    /// The same seed makes the same venue.
    pub seed: u64,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// How fast the crowd lives and recordings are replayed: 100 is the pace of life, at most 10,000.
    pub speed_percent: u32,
    /// The crowd.
    pub crowd: CrowdOptions,
    /// Faults by chance.
    pub faults: FaultPlan,
    /// Whether request limits apply.
    pub limits: RateLimits,
    /// How fast trades settle.
    pub settlement: SettlementPace,
    /// The chain.
    pub chain: ChainOptions,
    /// Simulated time after which one group and one question end and others are listed in their
    /// place; `None`: nothing ends by itself.
    pub turnover: Option<DurationMillis>,
    /// A gzip file of Gamma market objects, one a line, to fill a large universe with.
    pub catalogue: Option<PathBuf>,
    /// How many markets there are in all, where a catalogue is given.
    pub markets: usize,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            seed: 7,
            port: 0,
            speed_percent: 100,
            crowd: CrowdOptions::default(),
            faults: FaultPlan::default(),
            limits: RateLimits::default(),
            settlement: SettlementPace::default(),
            chain: ChainOptions::default(),
            turnover: None,
            catalogue: None,
            markets: 30_000,
        }
    }
}

/// Where the venue is reached.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Endpoints {
    /// Stands for `https://gamma-api.polymarket.com`.
    pub gamma: String,
    /// Stands for `https://clob.polymarket.com`.
    pub clob: String,
    /// Stands for `https://data-api.polymarket.com`.
    pub data: String,
    /// Stands for `wss://ws-subscriptions-clob.polymarket.com/ws/market`.
    pub market_socket: String,
    /// Stands for `wss://ws-subscriptions-clob.polymarket.com/ws/user`.
    pub user_socket: String,
    /// Stands for `wss://ws-live-data.polymarket.com`.
    pub rtds: String,
    /// Stands for `https://relayer-v2.polymarket.com`.
    pub relayer: String,
    /// Stands for a Polygon node.
    pub rpc: String,
    /// Simulated models stand below it: `{models}/{name}/v1` is the base address of one.
    pub models: String,
    /// Stands for `https://polymarket.com`.
    pub web: String,
    /// The simulator's own controls.
    pub control: String,
}

impl Endpoints {
    /// All of a simulator that listens there.
    #[must_use]
    pub fn at(addr: SocketAddr) -> Self {
        Self {
            gamma: format!("http://{addr}/gamma"),
            clob: format!("http://{addr}/clob"),
            data: format!("http://{addr}/data"),
            market_socket: format!("ws://{addr}/ws/market"),
            user_socket: format!("ws://{addr}/ws/user"),
            rtds: format!("ws://{addr}/rtds"),
            relayer: format!("http://{addr}/relayer"),
            rpc: format!("http://{addr}/rpc"),
            models: format!("http://{addr}/models"),
            web: format!("http://{addr}/web"),
            control: format!("http://{addr}/sim"),
        }
    }
}

/// An account that may trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionedAccount {
    /// The key that signs.
    pub owner: [u8; 20],
    /// The wallet that trades.
    pub maker: [u8; 20],
    /// What kind of wallet that is.
    pub kind: WalletKind,
    /// The relayer's key; the relayer does not know legacy wallets.
    pub relayer_api_key: Option<String>,
}

/// The world and its listeners; always locked together, so that a snapshot and the frames after it
/// are in order.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) hub: Hub,
    pub(crate) custody: Custody,
    pub(crate) exchange: Exchange,
    pub(crate) chain: Chain,
}

impl State {
    /// Lets the private half act, and sends what there is to tell.
    pub(crate) fn act<T>(
        &mut self,
        now: UnixMillis,
        act: impl FnOnce(&mut Exchange, &mut Floor<'_>) -> T,
    ) -> T {
        let Self { world, hub, custody, exchange, .. } = self;
        let answer = act(exchange, &mut Floor { world, custody, now });
        let frames = world.take_frames();
        hub.deliver(world, &frames);
        answer
    }
}

/// What the threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) state: Mutex<State>,
    pub(crate) chaos: Mutex<Chaos>,
    pub(crate) requests: Mutex<RequestCounts>,
    models: Mutex<Models>,
    seed: u64,
    /// Requests that said who sends them.
    pub(crate) signed: AtomicU64,
    connections: Mutex<Vec<Weak<Socket>>>,
    outages: mpsc::UnboundedSender<Command>,
    stopping: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
enum Command {
    Outage { for_ms: u64 },
    Stop,
}

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn after(for_ms: u64) -> i64 {
    now().0.saturating_add(i64::try_from(for_ms).unwrap_or(i64::MAX))
}

impl Shared {
    pub(crate) fn now(&self) -> UnixMillis {
        now()
    }
    /// What the auditor says now.
    pub(crate) fn audit(&self) -> Audit {
        self.state.lock().act(now(), |exchange, floor| exchange.audit(floor))
    }
    pub(crate) fn now_ms(&self) -> i64 {
        now().0
    }
    /// What a simulated model does about those words.
    pub(crate) fn react(&self, name: CharacterName, words: &str, form: WantedForm) -> Timed {
        let (state, mut models) = (self.state.lock(), self.models.lock());
        models.react(state.world.universe(), self.seed, name, words, form)
    }
    /// Makes a wallet known and funds it.
    ///
    /// # Errors
    /// Too many accounts.
    pub(crate) fn provision(
        &self,
        owner: Address,
        kind: WalletKind,
        cash: Usd,
    ) -> Result<ProvisionedAccount, SimError> {
        let mut state = self.state.lock();
        let made = state.act(now(), |exchange, floor| exchange.provision(floor, owner, kind, cash));
        let maker = made.map_err(|_| SimError::TooManyAccounts)?;
        let relayed = state.chain.open_provisioned(owner, kind);
        let relayer_api_key = relayed.map(|account| account.api_key);
        Ok(ProvisionedAccount { owner: owner.0, maker: maker.0, kind, relayer_api_key })
    }
    pub(crate) fn remember(&self, connection: &Arc<Socket>) {
        let mut connections = self.connections.lock();
        connections.retain(|it| it.strong_count() > 0);
        connections.push(Arc::downgrade(connection));
    }
    fn cut_connections(&self) {
        self.state.lock().hub.disconnect_all();
        for connection in self.connections.lock().drain(..).filter_map(|it| it.upgrade()) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

/// The simulated venue.
#[derive(Debug)]
pub struct SimVenue;

impl SimVenue {
    /// Starts the venue on threads of its own; it answers as soon as this returns.
    ///
    /// # Errors
    /// The port is taken, the catalogue cannot be read, or a thread cannot be started.
    pub fn start(options: SimOptions) -> Result<RunningVenue, SimError> {
        let port = options.port;
        let listen_error = |source| SimError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen_error)?;
        let addr = listener.local_addr().map_err(listen_error)?;
        let began = now();
        let mut universe = Universe::seeded(options.seed, began);
        if let Some(path) = &options.catalogue {
            universe.add_catalogue(path, options.markets, options.seed, began)?;
        }
        let world = World::new(universe, options.seed, options.crowd, began);
        let world = world.turning_over(options.turnover);
        let mut custody = Custody::default();
        custody.follow(&world);
        let hub = Hub::new(options.seed, options.faults);
        let buckets = Buckets::new(options.limits);
        let exchange = Exchange::new(options.seed, options.faults, options.settlement, buckets);
        let chain = Chain::new(options.seed, options.chain, options.faults, options.limits, began);
        let (outages, commands) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            state: Mutex::new(State { world, hub, custody, exchange, chain }),
            chaos: Mutex::new(Chaos::new(options.seed, options.faults, options.limits)),
            requests: Mutex::new(RequestCounts::default()),
            models: Mutex::new(Models::default()),
            seed: options.seed,
            signed: AtomicU64::new(0),
            connections: Mutex::new(Vec::new()),
            outages,
            stopping: AtomicBool::new(false),
        });
        let for_clock = Arc::clone(&shared);
        let speed = i64::from(options.speed_percent.min(10_000));
        let clock = std::thread::Builder::new()
            .name("simvenue-clock".to_owned())
            .spawn(move || tick(&for_clock, speed))
            .map_err(SimError::Thread)?;
        let for_server = Arc::clone(&shared);
        let server = std::thread::Builder::new()
            .name("simvenue-http".to_owned())
            .spawn(move || {
                actix_rt::System::new()
                    .block_on(serve_until_stopped(listener, addr, for_server, commands));
            })
            .map_err(SimError::Thread)?;
        Ok(RunningVenue { addr, shared, threads: vec![clock, server] })
    }
}

/// A venue that runs; dropping it stops it.
#[derive(Debug)]
pub struct RunningVenue {
    addr: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl RunningVenue {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }
    /// Its base addresses.
    #[must_use]
    pub fn endpoints(&self) -> Endpoints {
        Endpoints::at(self.addr)
    }
    /// Lets a fault happen now.
    ///
    /// # Errors
    /// No market suits the fault, or the venue has stopped.
    pub fn inject(&self, fault: Fault) -> Result<(), SimError> {
        self.shared.inject(fault)
    }
    /// Makes the wallet of a kind that `owner`'s key controls known to the venue, with every
    /// approval that trading needs, and gives it `cash` on top of what it has.
    ///
    /// # Errors
    /// Too many accounts.
    pub fn provision(
        &self,
        owner: impl Into<[u8; 20]>,
        kind: WalletKind,
        cash: Usd,
    ) -> Result<ProvisionedAccount, SimError> {
        self.shared.provision(Address::from(owner.into()), kind, cash)
    }
    /// Changes what goes wrong by chance from now on; drawn anew from a seed where one is given.
    pub fn set_faults(&self, plan: FaultPlan, seed: Option<u64>) {
        self.shared.set_faults(plan, seed);
    }
    /// How often each route was asked, and what was answered.
    #[must_use]
    pub fn requests(&self) -> RequestCounts {
        self.shared.requests.lock().clone()
    }
    /// How many requests carried credentials or a signature, whatever was answered.
    #[must_use]
    pub fn signed_requests(&self) -> u64 {
        self.shared.signed.load(Ordering::Relaxed)
    }
    /// What the auditor says now.
    #[must_use]
    pub fn audit(&self) -> Audit {
        self.shared.audit()
    }
    /// The names of the simulated models.
    #[must_use]
    pub fn models(&self) -> Vec<&'static str> {
        CharacterName::ALL.map(CharacterName::text).to_vec()
    }
    /// What a market would resolve to, as the simulated models sense it: by its question's words.
    #[must_use]
    pub fn truth(&self, question: &str) -> Option<Winner> {
        let state = self.shared.state.lock();
        let mut listings = state.world.universe().listings.iter();
        let listing = listings.find(|listing| listing.question == question)?;
        Some(truth(listing, self.shared.seed))
    }
    /// Stops and waits; from then on connections are refused.
    pub fn stop(mut self) {
        self.shut_down();
    }
    fn shut_down(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        let _ = self.shared.outages.send(Command::Stop);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the simulated venue ended by a panic");
            }
        }
    }
}

impl Drop for RunningVenue {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// The clock: lets the world live, in step with the wall clock times the speed. Where the machine
/// cannot keep up the world lives more slowly: it takes half the time at most, and the rest is for
/// whoever asks something.
fn tick(shared: &Shared, speed_percent: i64) {
    let began = Instant::now();
    let mut second = 0;
    while !shared.stopping.load(Ordering::Acquire) {
        let elapsed = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let simulated = DurationMillis(elapsed.saturating_mul(speed_percent) / 100);
        let begins = Instant::now();
        {
            let mut state = shared.state.lock();
            let State { world, hub, custody, chain, .. } = &mut *state;
            chain.advance(now(), custody);
            let emissions = world.advance(now(), simulated);
            hub.deliver(world, &emissions);
            if let Some(turned) = world.turn_over() {
                custody.follow(world);
                hub.deliver(world, &turned);
            }
            state.act(now(), |exchange, floor| exchange.tick(floor));
            if elapsed / 1_000 > second {
                second = elapsed / 1_000;
                state.hub.draw_second(now().0);
            }
        }
        std::thread::sleep(TICK.max(begins.elapsed()));
    }
}

async fn serve_until_stopped(
    listener: TcpListener,
    addr: SocketAddr,
    shared: Arc<Shared>,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let mut next = Some(listener);
    while let Some(listener) = next.take() {
        let server = match serve::run(listener, &shared) {
            Ok(server) => server,
            Err(error) => return tracing::error!(%error, "the simulated venue cannot serve"),
        };
        let handle = server.handle();
        let task = actix_rt::spawn(server);
        let command = commands.recv().await;
        if matches!(command, Some(Command::Outage { .. })) {
            // Whoever ordered it gets the answer first.
            tokio::time::sleep(TICK * 2).await;
        }
        shared.cut_connections();
        handle.stop(false).await;
        let _ = task.await;
        shared.cut_connections();
        let Some(Command::Outage { for_ms }) = command else { return };
        let back = Instant::now() + Duration::from_millis(for_ms);
        while next.is_none() {
            let wait = back.saturating_duration_since(Instant::now()).max(TICK);
            match tokio::time::timeout(wait, commands.recv()).await {
                Ok(Some(Command::Outage { .. })) => {}
                Ok(Some(Command::Stop) | None) => return,
                // Somebody else may hold the port for a moment: try again.
                Err(_) if Instant::now() >= back => next = TcpListener::bind(addr).ok(),
                Err(_) => {}
            }
        }
    }
}
