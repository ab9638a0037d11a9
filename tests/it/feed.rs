//! One feed against the simulated venue: what it passes on, and what it says of its connections.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler};
use actors::board::Board;
use actors::clock::Clock;
use actors::feed::{FeedOutlets, FeedSettings, MarketFeed};
use actors::messages::{ConnectionId, ConnectionLost, FramesArrived};
use actors::shared::Shared;
use actors::supervision::{
    ChildSpec, Life, RootOptions, RunningTree, Signals, Strategy, SupervisorSpec, start,
};
use domain::{Market, UnixMillis};
use engine::books::{Layout, Shelf, StaleCause};
use engine::universe::Watched;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Backoff, Hosts, Settings};
use simvenue::{Fault, RunningVenue, SimOptions, SimVenue};

const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Clone, Debug)]
enum Said {
    Frames(FramesArrived),
    Lost(ConnectionLost),
}

/// Stands where the books stand, and writes down what it is told.
struct Books(Arc<Mutex<Vec<Said>>>);

impl Actor for Books {
    type Context = Context<Self>;
}
impl Handler<FramesArrived> for Books {
    type Result = ();
    fn handle(&mut self, frames: FramesArrived, _: &mut Self::Context) {
        self.0.lock().unwrap().push(Said::Frames(frames));
    }
}
impl Handler<ConnectionLost> for Books {
    type Result = ();
    fn handle(&mut self, lost: ConnectionLost, _: &mut Self::Context) {
        self.0.lock().unwrap().push(Said::Lost(lost));
    }
}

struct Scene {
    venue: RunningVenue,
    markets: Vec<Market>,
    said: Arc<Mutex<Vec<Said>>>,
    _tree: RunningTree,
}

impl Scene {
    async fn open(silence_ms_max: i64, planned_reconnect: Option<Duration>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let venue = SimVenue::start(SimOptions::default()).unwrap();
        let endpoints = venue.endpoints();
        let hosts = Hosts {
            gamma: endpoints.gamma.clone(),
            market_socket: endpoints.market_socket.clone(),
            ..Hosts::default()
        };
        let settings = Settings { hosts, ..Settings::default() };
        let gamma = GammaClient::new(settings.connect().unwrap());
        let listing = gamma.events(&ListFilter::default()).all().await.unwrap();
        let markets: Vec<_> =
            listing.markets.into_iter().filter(|m| m.neg_risk && m.is_open()).take(20).collect();
        let tokens = markets.iter().flat_map(|m| [m.yes().token, m.no().token]).collect();
        let watched =
            Shared::new(Watched::new(markets.iter().cloned().map(Arc::new), [], vec![tokens]));

        let said = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&said);
        let (books, told) =
            ChildSpec::actor("books", move |_, _: &Life<Books>| Books(Arc::clone(&notes))).build();
        let feed = FeedSettings {
            venue: settings,
            silence_ms_max,
            ping_interval: Duration::from_secs(5),
            backoff: Backoff::endless(Duration::from_millis(50), Duration::from_millis(500)),
            planned_reconnect,
        };
        let (child, _) = ChildSpec::actor("feed-0", move |_, life: &Life<MarketFeed>| {
            let (frames, lost, board) = (told.handle(), told.handle(), Arc::new(Board::default()));
            let outlets = FeedOutlets { frames, lost, board };
            MarketFeed::new(life.clone(), 0, feed.clone(), Clock::System, watched.clone(), outlets)
        })
        .build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(books).child(child);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut tree = start(spec, &options);
        tree.ready().await;
        Self { venue, markets, said, _tree: tree }
    }
    fn said(&self) -> Vec<Said> {
        self.said.lock().unwrap().clone()
    }
    fn connections(&self) -> BTreeSet<ConnectionId> {
        let said = self.said();
        let of = |said: &Said| match said {
            Said::Frames(frames) => Some(frames.connection),
            Said::Lost(_) => None,
        };
        said.iter().filter_map(of).collect()
    }
    /// Losses after the one that every start reports.
    fn losses(&self) -> Vec<StaleCause> {
        let said = self.said();
        let of = |said: &Said| match said {
            Said::Lost(lost) => Some(lost.cause),
            Said::Frames(_) => None,
        };
        said.iter().filter_map(of).skip(1).collect()
    }
    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "waited too long for: {what}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[actix_rt::test]
async fn a_planned_reconnect_leaves_no_book_without_its_connection() {
    let scene = Scene::open(30_000, Some(Duration::from_secs(2))).await;
    scene.until("the third connection", |scene| scene.connections().len() >= 3).await;
    assert_eq!(scene.losses(), [], "no connection was lost on the way");

    let layout = Layout::new(&scene.markets, &[]);
    let table = TokenTable::new(layout.tokens()).unwrap();
    let (mut shelf, mut parsed, mut effects) = (Shelf::new(layout), ParsedFrame::new(), Vec::new());
    let books = scene.markets.len() * 2;
    let (mut complete, mut last) = (false, None);
    for said in scene.said() {
        let Said::Frames(batch) = said else { continue };
        assert_eq!(batch.frames_missing, 0);
        assert!(last <= Some(batch.connection), "the old connection is silent after the new one");
        last = Some(batch.connection);
        for frame in &batch.frames {
            parse_frame(frame, &table, &mut parsed).unwrap();
            shelf.apply(parsed.frame(), UnixMillis(1), &mut effects);
            let counts = shelf.counts();
            assert!(!complete || (counts.waiting, counts.stale) == (0, 0), "{counts:?}");
        }
        complete |= shelf.counts().waiting == 0;
    }
    assert!(complete, "all {books} books were stated");
    let epochs = scene.markets.iter().map(|market| {
        let index = shelf.layout().market(&market.condition).unwrap();
        shelf.book(index.yes()).unwrap().epoch().0
    });
    assert!(epochs.min() >= Some(3), "each connection stated each book anew");
}

#[actix_rt::test]
async fn a_feed_that_freezes_while_it_answers_pings_is_declared_silent_and_replaced() {
    let scene = Scene::open(1_500, None).await;
    scene.until("data", |scene| !scene.connections().is_empty()).await;
    scene.venue.inject(Fault::Freeze { for_ms: 120_000 }).unwrap();
    scene.until("the silence", |scene| scene.losses().contains(&StaleCause::Silent)).await;
    scene.until("a new connection", |scene| scene.connections().len() >= 2).await;
}

#[actix_rt::test]
async fn a_cut_connection_is_reported_and_replaced() {
    let scene = Scene::open(30_000, None).await;
    scene.until("data", |scene| !scene.connections().is_empty()).await;
    scene.venue.inject(Fault::Disconnect).unwrap();
    scene.until("the loss", |scene| scene.losses() == [StaleCause::Disconnected]).await;
    scene.until("a new connection", |scene| scene.connections().len() >= 2).await;
}
