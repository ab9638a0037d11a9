//! The composition root: who is in the tree, who is told what, and in which order they start.
//!
//! Reading [`tree`] from top to bottom is the best introduction to the running system. Children
//! start in that order and stop in the reverse one.

mod alerts;
mod cluster;
mod convert;
mod feed_role;
mod feeds;
mod insight;
mod lease;
mod page;
mod recorder;
mod serving;
mod swarm;
mod traces;
mod trading;
mod web_role;

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web;
use actors::alerts::AlertsPolicy;
use actors::board::Board;
use actors::books::{Books, BooksOutlets, TellBooks, TouchBoard};
use actors::clock::Clock;
use actors::collectors::{
    CrossChecker, Listing, MarketCollector, MarketCollectorOutlets, PriceCollector,
};
use actors::detector::{Detector, DetectorOutlets, OpportunityBoard};
use actors::fan_out::Hub;
use actors::messages::{OpportunityChanged, OpportunityTraced};
use actors::publisher::Publisher;
use actors::recorder::Notes;
use actors::roll_call::Roll;
use actors::shared::Shared;
use actors::store_writer::{StopWriting, StoreWriter};
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Handle, Life, Limits, OnCrash, Placement, Reserved, Shutdown,
    Strategy, SupervisorSpec, Tree,
};
use actors::tape::TapeBoard;
use actors::tenure::Tenure;

use bytestring::ByteString;
use domain::UnixMillis;
use engine::strategy::{Registration, TrackRecord};
use engine::universe::Watched;
use rustls::ServerConfig;

use crate::disk::Place;
use crate::reload::{HangUp, Levers, Reloader};
use crate::settings::{Settings, Sources};
use crate::web::alerts::AlertsParts;
use crate::web::api::cluster::ClusterParts;
use crate::web::api::rules::RulesShelf;
use crate::web::auth::reader::TokenReader;
use crate::web::forecasts::SwarmParts;
use crate::web::guard::Guard;
use crate::web::past::PastParts;
use crate::web::state::{Host, WebState};
use crate::web::trading::{TradingParts, TradingState};
use crate::web::views::Views;

pub use alerts::{ChannelSetup, channels as alert_channels, watchman as alert_watchman};
pub use cluster::identity;
pub use convert::{detector as detector_settings, filter as market_filter};
pub use feed_role::{FeedParts, tree as feed_tree};
pub use swarm::roster as swarm_roster;
pub use traces::{collector as traces_collector, resource as traces_resource};
pub use trading::{AccountParts, Trading};
use trading::{Desk, Places, Tracers};
pub use web_role::{WebParts, tree as web_tree};

/// What the tree needs besides the settings.
pub struct Parts {
    /// How to reach the venue.
    pub venue: polymarket::http::Settings,
    /// With what is traded.
    pub trading: Trading,
    /// Who trades by itself: the catalogue, or nobody.
    pub strategies: &'static [Registration],
    /// The sockets of the web front, bound already.
    pub listeners: Vec<TcpListener>,
    /// The certificate of the web front, where it speaks TLS.
    pub tls: Option<ServerConfig>,
    /// When that certificate ends, where it says so.
    pub certificate_ends_at: Option<UnixMillis>,
    /// What the settings were read from.
    pub sources: Sources,
    /// Who may ask the web front.
    pub guard: Arc<Guard>,
    /// Where simulated models are served, in the demo.
    pub models_url: Option<String>,
    /// Where the time comes from.
    pub clock: Clock,
    /// By what right the money is moved.
    pub tenure: Tenure,
}

/// What the roles share. It outlives each of their incarnations.
#[derive(Clone)]
struct Common {
    clock: Clock,
    tenure: Tenure,
    /// Where it is written down what the deciders take in.
    notes: Notes,
    board: Arc<Board>,
    listing: Shared<Listing>,
    watched: Shared<Watched>,
    touches: Arc<TouchBoard>,
    opportunities: Arc<OpportunityBoard>,
    hub: Arc<Hub>,
    /// Who is there among the processes.
    roll: Shared<Roll>,
    tape: Arc<TapeBoard>,
    /// How good the swarm has been; what trades its forecasts with real money waits for it.
    swarm_record: Shared<TrackRecord>,
}

/// A crash loop of an ordinary role ends in a restart of its group; a group that cannot be healed
/// ends the process, in order, for whoever watches over it.
const LEAF_RESTARTS_MAX: usize = 20;
const LEAF_PERIOD: Duration = Duration::from_secs(60);
/// Of a role that leans on what may be away for long.
const BACKOFF: Backoff = Backoff::exponential(Duration::from_millis(100), Duration::from_secs(10));
const ROOT_RESTARTS_MAX: usize = 20;
const ROOT_PERIOD: Duration = Duration::from_secs(300);

/// The whole tree.
///
/// # Errors
/// Settings that only their users can check.
pub fn tree(settings: &Settings, parts: Parts) -> anyhow::Result<SupervisorSpec> {
    let (recorder, notes) = recorder::plant(settings, &parts.clock);
    let common = Common {
        clock: parts.clock,
        tenure: parts.tenure,
        notes,
        board: Arc::default(),
        listing: Shared::default(),
        watched: Shared::default(),
        touches: Arc::default(),
        opportunities: Arc::default(),
        hub: Hub::new(convert::hub_limits(settings), lagged),
        roll: Shared::default(),
        tape: Arc::default(),
        swarm_record: Shared::default(),
    };
    let places = Places::reserve();
    let told_traces = traces::Plan::new(settings);
    let tracers = Tracers { passed: told_traces.passed(), posted: told_traces.posted() };
    let desk = Desk::new(settings, &common, &parts.venue, &places, tracers);
    let strategies = desk.strategies(parts.strategies);
    let publisher = ChildSpec::reserve::<Publisher>("publisher")
        .limits(Limits { normal: 256, ..Limits::default() });
    let published = publisher.address();
    let models = parts.models_url.as_deref();
    let page = page::url(&parts.listeners, parts.tls.as_ref());
    let told = alerts::Plan::new(settings, &page)?;
    let lookout = told.lookout();
    let mut swarm = vec![published.handle(), strategies.swarm.clone()];
    swarm.extend(lookout.as_ref().map(ActorRef::handle));
    let swarm = swarm::plant(settings, &common, &parts.venue, models, swarm)?;
    let trading_parts = desk.web(strategies.execute.clone())?;
    let sights = alerts::Sights {
        trading: Arc::clone(&trading_parts.board),
        swarm: Arc::clone(&swarm.web.board),
    };
    let shelf = ChildSpec::reserve::<Books>("books")
        .limits(Limits { normal: 4_096, ..Limits::default() })
        .liveness(Duration::from_secs(1), Duration::from_secs(5));
    let booked = shelf.address();
    let fronts = Fronts {
        books: booked.handle(),
        trading: trading_parts,
        swarm: swarm.web,
        alerts: told.web(),
        rules: Arc::new(RulesShelf::of(parts.venue.clone())),
    };
    let tokens = token_reader(settings, &common, &parts.guard)?;
    let reload = reloader(settings, &common, &fronts.trading, told.policy(), parts.sources)?;
    let host = Host {
        data_dir: Place::new(&settings.store.data_dir),
        certificate_ends_at: parts.certificate_ends_at,
        reload: Some(Arc::clone(&reload)),
    };
    let state = WebOnce::new(settings, &common, parts.guard, host, fronts)?;
    let (store_writer, store) = store_writer(settings, &common)?;
    let publisher = publish(publisher, &common, state.clone());
    let http = serving::http(parts.listeners, parts.tls, serving::whole(state.clone()));
    let mut seen = vec![published.handle()];
    seen.extend(lookout.as_ref().map(ActorRef::handle));
    let tape = insight::tape(settings, &common, &parts.venue, &published, &store, seen)?;
    let mut listeners = vec![published.handle(), store.handle(), strategies.opportunities.clone()];
    listeners.extend(lookout.as_ref().map(ActorRef::handle));
    let traced = told_traces.opportunities();
    let (detector, detected) = detector(settings, &common, listeners, traced);
    let feed_handles = Shared::default();
    let outlets = BooksOutlets {
        detector: detected.handle(),
        publisher: published.handle(),
        prints: Some(tape.prints),
        feeds: feed_handles.clone(),
        touches: Arc::clone(&common.touches),
        board: Arc::clone(&common.board),
        notes: common.notes.clone(),
    };
    let books = books(shelf, &common, outlets);
    let mut kept = vec![published.handle()];
    kept.extend(lookout.as_ref().map(ActorRef::handle));
    kept.extend(told_traces.kept());
    let trading = desk.plant(&parts.trading, places, &booked, kept)?;
    let feeds = feeds::plant(settings, &common, &parts.venue, &booked)?;
    feed_handles.set(Arc::new(feeds.again));
    let outlets = MarketCollectorOutlets {
        listing: common.listing.clone(),
        watched: common.watched.clone(),
        books: booked.handle(),
        feeds: feeds.watch,
        store: store.handle(),
        board: Arc::clone(&common.board),
    };
    let collectors = collectors(settings, &common, &parts.venue, outlets, &booked, &store)?;

    let pricing = SupervisorSpec::new("pricing", Strategy::RestForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(books)
        .child(detector);
    let web = SupervisorSpec::new("web", Strategy::OneForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(publisher)
        .child(tokens)
        .child(hang_up(reload))
        .child(http);
    let tracer = told_traces.plant(&common, desk.board());
    let root =
        SupervisorSpec::new("root", Strategy::OneForOne).intensity(ROOT_RESTARTS_MAX, ROOT_PERIOD);
    // First, and so the last to stop.
    let root = recorder
        .into_iter()
        .chain(lease::keeper(settings, &common.tenure)?)
        .chain(lease::roll_call(settings, &common)?)
        .chain(cluster::herald(settings, &common, &page)?)
        .chain(tracer)
        .fold(root, SupervisorSpec::child)
        .child(store_writer)
        .child(ChildSpec::supervisor(web, Placement::Inherit).0)
        .child(ChildSpec::supervisor(trading, Placement::Inherit).0)
        .child(ChildSpec::supervisor(strategies.spec, Placement::Dedicated).0)
        .child(ChildSpec::supervisor(tape.spec, Placement::Dedicated).0)
        .child(ChildSpec::supervisor(pricing, Placement::Dedicated).0)
        .child(ChildSpec::supervisor(feeds.spec, Placement::Dedicated).0)
        .child(ChildSpec::supervisor(collectors, Placement::Dedicated).0);
    // Last, so that whatever they do at their start finds the rest at work.
    let told = told.plant(&common, sights, &published, state);
    let last = [swarm.spec, told].into_iter().flatten();
    Ok(last
        .fold(root, |root, spec| root.child(ChildSpec::supervisor(spec, Placement::Dedicated).0)))
}

/// What the web front leads to.
struct Fronts {
    books: Handle<TellBooks>,
    trading: TradingParts,
    swarm: SwarmParts,
    alerts: AlertsParts,
    rules: Arc<RulesShelf>,
}

/// Tells a client how many facts it lost, so that it reads the resources again.
fn lagged(lost: u64) -> ByteString {
    format!(r#"{{"type":"lagged","seq":0,"data":{{"lost":{lost}}}}}"#).into()
}

/// What the web front shares, made when the tree is known.
#[derive(Clone)]
struct WebOnce {
    made: Arc<OnceLock<web::Data<WebState>>>,
    make: Arc<dyn Fn(Tree) -> web::Data<WebState> + Send + Sync>,
}

impl WebOnce {
    fn new(
        settings: &Settings,
        common: &Common,
        guard: Arc<Guard>,
        host: Host,
        fronts: Fronts,
    ) -> anyhow::Result<Self> {
        let store = settings.store.connection()?;
        let cluster = ClusterParts {
            role: settings.cluster.role,
            name: settings.cluster.called(),
            roll: common.roll.clone(),
        };
        let freshness = insight::freshness(&settings.whales);
        let common = common.clone();
        let mode = settings.mode.to_string();
        let started_at = common.clock.now();
        let feed_age_ms_max = convert::millis(settings.feed.silence_max);
        let store_backend = convert::backend_name(&settings.store.url);
        let sessions = settings.record.folder(&settings.store.data_dir);
        let past = PastParts::new(sessions, env!("CARGO_PKG_VERSION"));
        let make = move |tree| {
            web::Data::new(WebState {
                mode: mode.clone(),
                clock: common.clock.clone(),
                started_at,
                feed_age_ms_max,
                host: host.clone(),
                store_backend,
                board: Arc::clone(&common.board),
                listing: common.listing.clone(),
                rules: Arc::clone(&fronts.rules),
                touches: Arc::clone(&common.touches),
                books: Some(fronts.books.clone()),
                opportunities: Arc::clone(&common.opportunities),
                hub: Arc::clone(&common.hub),
                cluster: cluster.clone(),
                tree,
                guard: Arc::clone(&guard),
                trading: Some(TradingState::new(fronts.trading.clone())),
                tape: Arc::clone(&common.tape),
                freshness,
                store: store.clone(),
                swarm: fronts.swarm.clone(),
                alerts: fronts.alerts.clone(),
                past: past.clone(),
            })
        };
        Ok(Self { made: Arc::default(), make: Arc::new(make) })
    }
    fn get(&self, tree: &Tree) -> web::Data<WebState> {
        self.made.get_or_init(|| (self.make)(tree.clone())).clone()
    }
}

/// Puts other settings in force.
fn reloader(
    settings: &Settings,
    common: &Common,
    trading: &TradingParts,
    alerts: Shared<AlertsPolicy>,
    sources: Sources,
) -> anyhow::Result<Arc<Reloader>> {
    let levers = Levers {
        command: trading.command.clone(),
        board: Arc::clone(&trading.board),
        strategies: Arc::clone(&trading.strategies),
        alerts,
        alerts_by: alerts::policy,
    };
    let store = settings.store.connection()?;
    let clock = common.clock.clone();
    Ok(Arc::new(Reloader::new(settings.clone(), sources, levers, store, clock)))
}

fn hang_up(reloader: Arc<Reloader>) -> ChildSpec {
    ChildSpec::actor("hang-up", move |_, life: &Life<HangUp>| {
        HangUp::new(life.clone(), Arc::clone(&reloader))
    })
    .backoff(BACKOFF)
    .build()
    .0
}

fn store_writer(
    settings: &Settings,
    common: &Common,
) -> anyhow::Result<(ChildSpec, ActorRef<StoreWriter>)> {
    let (writer, common) = (convert::store_writer(settings)?, common.clone());
    Ok(ChildSpec::actor("store-writer", move |_, life: &Life<StoreWriter>| {
        let (clock, board) = (common.clock.clone(), Arc::clone(&common.board));
        StoreWriter::new(life.clone(), writer.clone(), clock, board)
    })
    .placement(Placement::Dedicated)
    .on_crash(OnCrash::KeepAll)
    .limits(Limits { normal: 256, ..Limits::default() })
    .liveness(Duration::from_secs(2), Duration::from_secs(30))
    .shutdown(Shutdown::Drain(Duration::from_secs(5)))
    .stop_with(|writer| {
        if let Err(error) = writer.tell(StopWriting) {
            tracing::warn!(%error, "the store's writer could not be asked to finish");
        }
    })
    .build())
}

fn token_reader(
    settings: &Settings,
    common: &Common,
    guard: &Arc<Guard>,
) -> anyhow::Result<ChildSpec> {
    let store = settings.store.connection()?;
    let (guard, clock) = (Arc::clone(guard), common.clock.clone());
    let reader = ChildSpec::actor("token-reader", move |_, _: &Life<TokenReader>| {
        TokenReader::new(Arc::clone(&guard), store.clone(), clock.clone())
    });
    Ok(reader.build().0)
}

fn publish(place: Reserved<Publisher>, common: &Common, state: WebOnce) -> ChildSpec {
    let common = common.clone();
    let publisher = place.actor(move |_, life: &Life<Publisher>| {
        let texts = Arc::new(Views::new(state.get(life.tree())));
        Publisher::new(Arc::clone(&common.hub), texts, common.clock.clone())
    });
    publisher.build().0
}

fn detector(
    settings: &Settings,
    common: &Common,
    listeners: Vec<Handle<OpportunityChanged>>,
    tracer: Option<Handle<OpportunityTraced>>,
) -> (ChildSpec, ActorRef<Detector>) {
    let (detector, common) = (convert::detector(&settings.detector), common.clone());
    ChildSpec::actor("detector", move |_, _: &Life<Detector>| {
        let outlets = DetectorOutlets {
            opportunities: Arc::clone(&common.opportunities),
            board: Arc::clone(&common.board),
            notes: common.notes.clone(),
            listeners: listeners.clone(),
            tracer: tracer.clone(),
        };
        Detector::new(detector.clone(), common.clock.clone(), outlets)
    })
    .liveness(Duration::from_secs(1), Duration::from_secs(5))
    .build()
}

fn books(place: Reserved<Books>, common: &Common, outlets: BooksOutlets) -> ChildSpec {
    let common = common.clone();
    let books = place.actor(move |_, _: &Life<Books>| {
        Books::new(common.clock.clone(), common.watched.clone(), outlets.clone())
    });
    books.build().0
}

fn collectors(
    settings: &Settings,
    common: &Common,
    venue: &polymarket::http::Settings,
    outlets: MarketCollectorOutlets,
    books: &ActorRef<Books>,
    store: &ActorRef<StoreWriter>,
) -> anyhow::Result<SupervisorSpec> {
    let backoff = Backoff::exponential(Duration::from_millis(500), Duration::from_secs(30));
    let market = convert::market_collector(settings, venue)?;
    let clock = common.clock.clone();
    let (markets, _) =
        ChildSpec::actor("market-collector", move |_, life: &Life<MarketCollector>| {
            MarketCollector::new(life.clone(), market.clone(), clock.clone(), outlets.clone())
        })
        .backoff(backoff)
        .build();

    let price = convert::price_collector(settings, venue);
    let (shared, handle) = (common.clone(), store.handle());
    let (prices, _) = ChildSpec::actor("price-collector", move |_, life: &Life<PriceCollector>| {
        let (clock, listing) = (shared.clock.clone(), shared.listing.clone());
        let board = Arc::clone(&shared.board);
        PriceCollector::new(life.clone(), price.clone(), clock, listing, handle.clone(), board)
    })
    .backoff(backoff)
    .build();

    let check = convert::cross_checker(settings, venue);
    let (shared, handle) = (common.clone(), books.handle());
    let (checks, _) = ChildSpec::actor("cross-checker", move |_, life: &Life<CrossChecker>| {
        CrossChecker::new(life.clone(), check.clone(), shared.watched.clone(), handle.clone())
    })
    .backoff(backoff)
    .build();

    Ok(SupervisorSpec::new("collectors", Strategy::OneForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(markets)
        .child(prices)
        .child(checks))
}
