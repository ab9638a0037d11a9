//! The roles that trade, and who tells whom.
//!
//! ```text
//! trading            the keeper first: whatever follows rests on what it wrote down
//! ├── keeper
//! ├── risk-manager
//! ├── venue          executor, account feed and chain worker; on paper one role for all three
//! └── halt-signal    SIGUSR1
//! ```

use std::sync::Arc;
use std::time::Duration;

use actors::books::Books;
use actors::strategies::{
    self, AgentOutlets, Execute, ForecastInputs, StrategiesBoard, StrategiesOutlets, StrategyTree,
};
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Handle, Life, Limits, Placement, Reserved, Shutdown, Strategy,
    SupervisorSpec,
};
use actors::trading::{
    AccessCell, AccountFeed, AccountFeedOutlets, AccountFeedSettings, ChainOutlets, ChainWorker,
    ChainWorkerSettings, Command, EventsKept, Executor, ExecutorOutlets, ExecutorSettings,
    HaltSignal, Keeper, KeeperOutlets, OpportunitiesPassed, OrderSealer, OrdersPosted, PaperSigner,
    PaperVenue, PaperVenueOutlets, PaperVenueSettings, Perform, RiskManager, RiskManagerOutlets,
    RiskManagerSettings, StopKeeping, TradingBoard, VenueHeartbeat,
};
use engine::desk::{Purse, Sign};
use engine::strategy::{Registration, Stakes};

use super::{BACKOFF, Common, LEAF_PERIOD, LEAF_RESTARTS_MAX};
use crate::account::Trader;
use crate::settings::{Heartbeat, Mode, Settings};
use crate::web::trading::TradingParts;

/// With what is traded.
#[derive(Clone)]
pub enum Trading {
    /// Invented money, matched here against the venue's live books.
    Paper,
    /// An account's money, at the venue of the settings or at a simulated one.
    Account(Box<AccountParts>),
}

/// What an account needs besides the settings.
#[derive(Clone)]
pub struct AccountParts {
    /// Who trades.
    pub trader: Trader,
    /// Under which name the journal keeps the money.
    pub purse: Purse,
    /// A node of the chain.
    pub rpc_url: String,
    /// Carries out what wallets sign.
    pub relayer_url: String,
}

/// The two that nearly everybody must know.
pub(super) struct Places {
    keeper: Reserved<Keeper>,
    risk_manager: Reserved<RiskManager>,
}

impl Places {
    pub(super) fn reserve() -> Self {
        let limits = Limits { critical: 4_096, ..Limits::default() };
        let keeper = ChildSpec::reserve("keeper").limits(limits);
        let risk_manager = ChildSpec::reserve("risk-manager").limits(limits);
        Self {
            keeper: keeper.liveness(Duration::from_secs(2), Duration::from_secs(30)),
            risk_manager: risk_manager.liveness(Duration::from_secs(1), Duration::from_secs(5)),
        }
    }
}

/// Who tells the stories of opportunities, if somebody does.
pub(super) struct Tracers {
    pub(super) passed: Option<Handle<OpportunitiesPassed>>,
    pub(super) posted: Option<Handle<OrdersPosted>>,
}

/// What every role here shares.
pub(super) struct Desk<'a> {
    settings: &'a Settings,
    common: &'a Common,
    venue: &'a polymarket::http::Settings,
    board: Arc<TradingBoard>,
    strategies: Arc<StrategiesBoard>,
    keeper: ActorRef<Keeper>,
    risk_manager: ActorRef<RiskManager>,
    tracers: Tracers,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        common: &'a Common,
        venue: &'a polymarket::http::Settings,
        places: &Places,
        tracers: Tracers,
    ) -> Self {
        let (keeper, risk_manager) = (places.keeper.address(), places.risk_manager.address());
        let (board, strategies) = (Arc::default(), Arc::default());
        Self { settings, common, venue, board, strategies, keeper, risk_manager, tracers }
    }

    /// How trading stands.
    pub(super) fn board(&self) -> Arc<TradingBoard> {
        Arc::clone(&self.board)
    }

    /// The supervisor of all roles that trade.
    pub(super) fn plant(
        &self,
        trading: &Trading,
        places: Places,
        books: &ActorRef<Books>,
        listeners: Vec<Handle<EventsKept>>,
    ) -> anyhow::Result<SupervisorSpec> {
        let (purse, signer, roles) = match trading {
            Trading::Paper => self.paper(books),
            Trading::Account(parts) => self.account(parts),
        };
        Ok(SupervisorSpec::new("trading", Strategy::RestForOne)
            .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
            .child(self.keeper(places.keeper, &roles, listeners)?)
            .child(self.risk_manager(places.risk_manager, purse, signer))
            .child(ChildSpec::supervisor(roles.spec, Placement::Dedicated).0)
            .child(self.halt_signal()))
    }

    fn halt_signal(&self) -> ChildSpec {
        let control: Handle<Command> = self.risk_manager.handle();
        ChildSpec::actor("halt-signal", move |_, life: &Life<HaltSignal>| {
            HaltSignal::new(life.clone(), control.clone())
        })
        .backoff(BACKOFF)
        .build()
        .0
    }

    /// What people reach over the API.
    pub(super) fn web(&self, execute: Handle<Execute>) -> anyhow::Result<TradingParts> {
        Ok(TradingParts {
            board: Arc::clone(&self.board),
            command: self.risk_manager.handle(),
            news: self.risk_manager.handle(),
            raise: self.risk_manager.handle(),
            preview: self.risk_manager.handle(),
            execute,
            strategies: Arc::clone(&self.strategies),
            store: self.settings.store.connection()?,
        })
    }

    /// An agent a strategy, and who routes opportunities to them.
    pub(super) fn strategies(&self, catalogue: &[Registration]) -> StrategyTree {
        let common = self.common;
        let agents = AgentOutlets {
            clock: common.clock.clone(),
            opportunities: Arc::clone(&common.opportunities),
            listing: common.listing.clone(),
            watched: common.watched.clone(),
            board: Arc::clone(&common.board),
            trading: Arc::clone(&self.board),
            strategies: Arc::clone(&self.strategies),
            signals: self.risk_manager.handle(),
            passes: self.keeper.handle(),
            forecasts: self.forecasts(),
            notes: common.notes.clone(),
        };
        let outlets = StrategiesOutlets { agents, control: self.risk_manager.handle() };
        strategies::plant(catalogue, &self.settings.strategies, &outlets)
    }

    fn forecasts(&self) -> ForecastInputs {
        let stakes = if self.settings.mode == Mode::Live { Stakes::Real } else { Stakes::Play };
        ForecastInputs {
            touches: Arc::clone(&self.common.touches),
            stakes,
            record: self.common.swarm_record.clone(),
        }
    }
}

/// Who carries out what was decided.
struct Roles {
    spec: SupervisorSpec,
    executor: Handle<Perform>,
    chain: Handle<Perform>,
}

type Signer = Arc<dyn Sign + Send + Sync>;

impl Desk<'_> {
    fn keeper(
        &self,
        reserved: Reserved<Keeper>,
        roles: &Roles,
        listeners: Vec<Handle<EventsKept>>,
    ) -> anyhow::Result<ChildSpec> {
        let outlets = KeeperOutlets {
            risk_manager: self.risk_manager.handle(),
            executor: roles.executor.clone(),
            chain: roles.chain.clone(),
            board: Arc::clone(&self.board),
            listeners,
            tracer: self.tracers.passed.clone(),
        };
        let (store, clock) = (self.settings.store.connection()?, self.common.clock.clone());
        let checkpoint_every = self.settings.execution.checkpoint_records;
        let owner = format!("dutchbook {} (process {})", self.settings.mode, std::process::id());
        let tenure = self.common.tenure.clone();
        let actor = move |_: &mut _, life: &Life<Keeper>| {
            let (store, owner) = (store.clone(), owner.clone());
            Keeper::new(life.clone(), store, owner, clock.clone(), outlets.clone())
                .checkpoint_every(checkpoint_every)
                .under(tenure.clone())
        };
        let backoff = Backoff::exponential(Duration::from_millis(50), Duration::from_secs(5));
        let child = reserved.actor(actor).placement(Placement::Dedicated).backoff(backoff);
        let child = child.shutdown(Shutdown::Drain(Duration::from_secs(5))).stop_with(|keeper| {
            if let Err(error) = keeper.tell(StopKeeping) {
                tracing::warn!(%error, "the keeper could not be asked to finish");
            }
        });
        Ok(child.build().0)
    }

    fn risk_manager(
        &self,
        reserved: Reserved<RiskManager>,
        purse: Purse,
        signer: Signer,
    ) -> ChildSpec {
        let outlets = RiskManagerOutlets {
            keeper: self.keeper.handle(),
            read_back: self.keeper.handle(),
            board: Arc::clone(&self.board),
            touches: Arc::clone(&self.common.touches),
            signer,
            notes: self.common.notes.clone(),
        };
        let settings = RiskManagerSettings {
            purse,
            limits: self.settings.risk.clone(),
            dealer: self.settings.execution.dealer.clone(),
        };
        let clock = self.common.clock.clone();
        let actor = move |_: &mut _, life: &Life<RiskManager>| {
            RiskManager::new(life.clone(), settings.clone(), clock.clone(), outlets.clone())
        };
        let backoff = Backoff::exponential(Duration::from_millis(20), Duration::from_secs(2));
        reserved.actor(actor).placement(Placement::Dedicated).backoff(backoff).build().0
    }

    /// Executor, account feed and chain worker.
    fn account(&self, parts: &AccountParts) -> (Purse, Signer, Roles) {
        let access = AccessCell::under(self.common.tenure.clone());
        let signer: Signer = Arc::new(OrderSealer::new(access.clone()));
        let (executor, executing) = self.executor(&access);
        let account = self.account_feed(parts, access);
        let (chain, chained) = self.chain_worker(parts);
        let spec = SupervisorSpec::new("venue", Strategy::OneForOne)
            .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
            .child(executor)
            .child(account)
            .child(chain);
        let roles = Roles { spec, executor: executing.handle(), chain: chained.handle() };
        (parts.purse.clone(), signer, roles)
    }

    fn executor(&self, access: &AccessCell) -> (ChildSpec, ActorRef<Executor>) {
        let settings = ExecutorSettings::new(self.venue.clone());
        let (access, clock) = (access.clone(), self.common.clock.clone());
        let outlets = ExecutorOutlets {
            risk_manager: self.risk_manager.handle(),
            board: Arc::clone(&self.board),
            tracer: self.tracers.posted.clone(),
        };
        ChildSpec::actor("executor", move |_, life: &Life<Executor>| {
            let (settings, access) = (settings.clone(), access.clone());
            Executor::new(life.clone(), settings, clock.clone(), access, outlets.clone())
        })
        .backoff(Backoff::exponential(Duration::from_millis(100), Duration::from_secs(5)))
        .build()
    }

    fn account_feed(&self, parts: &AccountParts, access: AccessCell) -> ChildSpec {
        let settings = AccountFeedSettings {
            rpc_url: Some(parts.rpc_url.clone()),
            compare_interval: self.settings.execution.reconcile_interval,
            heartbeat: match self.settings.account.heartbeat {
                Heartbeat::Off => VenueHeartbeat::Off,
                Heartbeat::On => VenueHeartbeat::On,
            },
            ..AccountFeedSettings::new(self.venue.clone())
        };
        let (wallet, clock) = (parts.trader.wallet.clone(), self.common.clock.clone());
        let outlets = AccountFeedOutlets {
            risk_manager: self.risk_manager.handle(),
            our_view: self.risk_manager.handle(),
            control: self.risk_manager.handle(),
            board: Arc::clone(&self.board),
            notes: self.common.notes.clone(),
        };
        let feed = move |_: &mut _, life: &Life<AccountFeed>| {
            let (settings, wallet) = (settings.clone(), wallet.clone());
            let (access, outlets) = (access.clone(), outlets.clone());
            AccountFeed::new(life.clone(), settings, clock.clone(), wallet, access, outlets)
        };
        ChildSpec::actor("account-feed", feed).backoff(BACKOFF).build().0
    }
}

impl Desk<'_> {
    fn chain_worker(&self, parts: &AccountParts) -> (ChildSpec, ActorRef<ChainWorker>) {
        let chain = &self.settings.chain;
        let settings = ChainWorkerSettings {
            confirmations_min: chain.confirmations_min,
            look_first: chain.poll_interval,
            look_max: chain.poll_interval * 4,
            replace_after: chain.replace_after,
            resolution_interval: chain.resolutions_interval,
            ..ChainWorkerSettings::default()
        };
        let access =
            parts.trader.chain_access(self.venue, chain, &parts.rpc_url, &parts.relayer_url);
        let clock = self.common.clock.clone();
        let outlets = ChainOutlets {
            news: self.risk_manager.handle(),
            board: Arc::clone(&self.board),
            watched: self.common.watched.clone(),
            tenure: self.common.tenure.clone(),
        };
        ChildSpec::actor("chain-worker", move |_, life: &Life<ChainWorker>| {
            let (settings, access) = (settings.clone(), access.clone());
            ChainWorker::new(life.clone(), settings, clock.clone(), access, outlets.clone())
        })
        .backoff(BACKOFF)
        .build()
    }

    /// One role for all three.
    fn paper(&self, books: &ActorRef<Books>) -> (Purse, Signer, Roles) {
        let settings = PaperVenueSettings {
            cash: self.settings.execution.paper_cash,
            compare_interval: self.settings.execution.reconcile_interval,
            resolution_interval: self.settings.chain.resolutions_interval,
            ..PaperVenueSettings::default()
        };
        let clock = self.common.clock.clone();
        let outlets = PaperVenueOutlets {
            news: self.risk_manager.handle(),
            our_view: self.risk_manager.handle(),
            commands: self.risk_manager.handle(),
            books: books.handle(),
            board: Arc::clone(&self.board),
            lists: Some(self.venue.clone()),
        };
        let (venue, address) =
            ChildSpec::actor("paper-venue", move |_, life: &Life<PaperVenue>| {
                PaperVenue::new(life.clone(), settings, clock.clone(), outlets.clone())
            })
            .backoff(Backoff::exponential(Duration::from_millis(20), Duration::from_secs(2)))
            .build();
        let spec = SupervisorSpec::new("venue", Strategy::OneForOne)
            .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
            .child(venue);
        let roles = Roles { spec, executor: address.handle(), chain: address.handle() };
        (Purse("paper".to_owned()), Arc::new(PaperSigner), roles)
    }
}
