//! A tape, a keeper of whales and somebody who listens.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler};
use actors::clock::Clock;
use actors::collectors::Listing;
use actors::recorder::Notes;
use actors::shared::Shared;
use actors::supervision::{
    ChildSpec, Life, RootOptions, RunningTree, Signals, Strategy, SupervisorSpec, start,
};
use actors::tape::{
    Printed, StoreWallets, StoreWhales, TapeBoard, TradeFeed, TradeFeedOutlets, TradeFeedSettings,
    TradesPrinted, WhaleKeeper, WhaleKeeperOutlets, WhaleKeeperSettings, WhaleSeen,
};
use domain::{DurationMillis, Price, Usd};
use engine::filter::FilterSettings;
use engine::tape::{SieveSettings, TapeSettings};
use engine::whales::{Freshness, WhaleSettings};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Backoff, Hosts, Settings};
use simvenue::{CrowdOptions, RateLimits, RunningVenue, SimOptions, SimVenue};
use store::{DatabaseUrl, StoreSettings, WalletRow, WhaleRow};

/// For a loaded machine; nothing waits so long unless it fails.
pub(super) const LONG: Duration = Duration::from_secs(150);

/// What was heard.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) prints: Vec<Printed>,
    pub(super) seen: Vec<Arc<WhaleRow>>,
    pub(super) kept: Vec<WhaleRow>,
    pub(super) wallets: Vec<WalletRow>,
}

struct Listener(Arc<Mutex<Heard>>);
impl Actor for Listener {
    type Context = Context<Self>;
}
impl Handler<TradesPrinted> for Listener {
    type Result = ();
    fn handle(&mut self, TradesPrinted(prints): TradesPrinted, _: &mut Self::Context) {
        self.0.lock().unwrap().prints.extend(prints.iter().cloned());
    }
}
impl Handler<WhaleSeen> for Listener {
    type Result = ();
    fn handle(&mut self, WhaleSeen(whale): WhaleSeen, _: &mut Self::Context) {
        self.0.lock().unwrap().seen.push(whale);
    }
}
impl Handler<StoreWhales> for Listener {
    type Result = ();
    fn handle(&mut self, StoreWhales(whales): StoreWhales, _: &mut Self::Context) {
        self.0.lock().unwrap().kept.extend(whales);
    }
}
impl Handler<StoreWallets> for Listener {
    type Result = ();
    fn handle(&mut self, StoreWallets(wallets): StoreWallets, _: &mut Self::Context) {
        self.0.lock().unwrap().wallets.extend(wallets);
    }
}

pub(super) struct Scene {
    pub(super) venue: RunningVenue,
    pub(super) reach: Settings,
    pub(super) heard: Arc<Mutex<Heard>>,
    pub(super) board: Arc<TapeBoard>,
    pub(super) listing: Shared<Listing>,
    running: Option<RunningTree>,
    folder: tempfile::TempDir,
}

impl Scene {
    /// A venue at four times its speed, and nobody who listens yet.
    pub(super) async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let crowd = CrowdOptions { activity_percent: 200, dislocations_max: 0 };
        let options = SimOptions {
            limits: RateLimits::Off,
            speed_percent: 400,
            crowd,
            ..SimOptions::default()
        };
        let venue = SimVenue::start(options).unwrap();
        let at = venue.endpoints();
        let hosts = Hosts {
            gamma: at.gamma,
            clob: at.clob,
            data: at.data,
            rtds: at.rtds,
            ..Hosts::default()
        };
        let reach = Settings { hosts, ..Settings::default() };
        let gamma = GammaClient::new(reach.connect().unwrap());
        let listed = gamma.events(&ListFilter::default()).all().await.unwrap();
        let markets = listed.markets.into_iter().map(Arc::new).collect();
        Self {
            venue,
            reach,
            heard: Arc::default(),
            board: Arc::default(),
            listing: Shared::new(Listing::new(markets, Vec::new())),
            running: None,
            folder: tempfile::tempdir().unwrap(),
        }
    }
    /// Begins to listen, with what counts as a trade and as a whale.
    pub(super) async fn listen(&mut self, trade_usd_min: i64, whale_usd_min: i64) {
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(self.tree(trade_usd_min, whale_usd_min), &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        self.running = Some(running);
    }

    fn tree(&self, trade_usd_min: i64, whale_usd_min: i64) -> SupervisorSpec {
        let store = StoreSettings::new(DatabaseUrl::sqlite_file(&self.folder.path().join("tape")));
        let heard = Arc::clone(&self.heard);
        let listener = move |_: &mut _, _: &Life<Listener>| Listener(Arc::clone(&heard));
        let (listener, listens) = ChildSpec::actor("listener", listener).build();
        let keeper = WhaleKeeperSettings {
            venue: self.reach.clone(),
            whales: WhaleSettings {
                whale_usd_min: Usd::from_whole(whale_usd_min),
                ..WhaleSettings::default()
            },
            freshness: Freshness::default(),
            grade_interval: Duration::from_millis(300),
            store: store.clone(),
        };
        let outlets = WhaleKeeperOutlets {
            listeners: vec![listens.handle()],
            whales: listens.handle(),
            wallets: listens.handle(),
            listing: self.listing.clone(),
            touches: Arc::default(),
            board: Arc::clone(&self.board),
        };
        let (keeper, keeps) = ChildSpec::actor("keeper", move |_, _: &Life<WhaleKeeper>| {
            WhaleKeeper::new(keeper.clone(), Clock::System, outlets.clone())
        })
        .build();
        let feed = TradeFeedSettings {
            venue: self.reach.clone(),
            silence_ms_max: 2_000,
            backoff: Backoff::endless(Duration::from_millis(50), Duration::from_millis(500)),
            sieve: SieveSettings {
                trade_usd_min: Usd::from_whole(trade_usd_min),
                whale_usd_min: Usd::from_whole(whale_usd_min),
                ignore_price: Price::ZERO,
            },
            words: FilterSettings::default(),
            tape: TapeSettings::default(),
            walk_interval: DurationMillis(1_000),
            overlap: DurationMillis(5_000),
            reach_max: DurationMillis(3_600_000),
            store,
        };
        let outlets = TradeFeedOutlets {
            listeners: vec![listens.handle(), keeps.handle()],
            listing: self.listing.clone(),
            board: Arc::clone(&self.board),
            notes: Notes::default(),
        };
        let (feed, _) = ChildSpec::actor("feed", move |_, _: &Life<TradeFeed>| {
            TradeFeed::new(feed.clone(), Clock::System, outlets.clone())
        })
        .build();
        SupervisorSpec::new("root", Strategy::OneForOne).child(listener).child(keeper).child(feed)
    }

    /// Waits until what was heard fits, and returns what `look` finds in it.
    pub(super) async fn until<T>(&self, what: &str, look: impl Fn(&Heard) -> Option<T>) -> T {
        let patience = Instant::now() + LONG;
        loop {
            if let Some(found) = look(&self.heard.lock().unwrap()) {
                return found;
            }
            assert!(Instant::now() < patience, "{what}: {:?}", self.board.get());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    pub(super) async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown();
            running.wait().await;
        }
    }
}
