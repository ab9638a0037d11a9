//! A simulated venue with its models, a database, and the swarm between them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Actor, Context, Handler};
use actors::books::{MarketTouch, OutcomeTouch, TouchBoard};
use actors::clock::Clock;
use actors::collectors::Listing;
use actors::shared::Shared;
use actors::supervision::{
    ChildSpec, Handle, Life, Placement, RootOptions, RunningTree, Signals, Strategy,
    SupervisorSpec, start,
};
use actors::swarm::{
    AskRefused, AskSwarm, ForecastChanged, ForecastRecord, ForecastSource, ForecastStage,
    MemberSettings, SwarmBoard, SwarmOutlets, SwarmSettings, plant,
};
use domain::{DurationMillis, Market, Price, Touch, Usd};
use engine::books::{Epoch, Trust};
use engine::filter::{FilterSettings, MarketFilter};
use engine::forecast::{MemberName, PoolSettings, SelectionSettings};
use forecasters::{ApiKey, Compatible, Endpoint, Forecaster, Tariff, TokenLimit};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Hosts, Settings as VenueSettings};
use simvenue::{RunningVenue, SimOptions, SimVenue};
use store::{DatabaseUrl, ModelAnswerRow, Store, StoreSettings};

/// For a loaded machine; nothing waits so long unless it fails.
pub(super) const LONG: Duration = Duration::from_secs(90);

type Heard = Arc<Mutex<Vec<Arc<ForecastRecord>>>>;

struct Listener(Heard);
impl Actor for Listener {
    type Context = Context<Self>;
}
impl Handler<ForecastChanged> for Listener {
    type Result = ();
    fn handle(&mut self, ForecastChanged(record): ForecastChanged, _: &mut Self::Context) {
        self.0.lock().unwrap().push(record);
    }
}

pub(super) struct Scene {
    pub(super) venue: RunningVenue,
    pub(super) board: Arc<SwarmBoard>,
    /// As the venue lists them, the most traded first.
    pub(super) markets: Vec<Arc<Market>>,
    pub(super) listing: Shared<Listing>,
    pub(super) settings: SwarmSettings,
    ask: Handle<AskSwarm>,
    touches: Arc<TouchBoard>,
    heard: Heard,
    running: RunningTree,
    folder: tempfile::TempDir,
}

/// A member that asks the simulated model of that name; `NAME/CHARACTER` asks another one's.
pub(super) fn member(venue: &RunningVenue, name: &str) -> MemberSettings {
    let character = name.rsplit('/').next().unwrap();
    let endpoint = Endpoint {
        base_url: format!("{}/{character}/v1", venue.endpoints().models),
        model: format!("sim-{character}"),
        key: ApiKey::new("simulated"),
        token_limit: TokenLimit::MaxTokens,
    };
    at(name, endpoint)
}

pub(super) fn at(name: &str, endpoint: Endpoint) -> MemberSettings {
    MemberSettings {
        name: MemberName::new(name).unwrap(),
        model: endpoint.model.clone(),
        provider: endpoint.host(),
        tariff: Tariff {
            prompt_usd_per_million: Usd::from_whole(1),
            completion_usd_per_million: Usd::from_whole(4),
        },
        connect: Arc::new(move || {
            let model = Compatible::new(endpoint.clone()).map_err(|error| error.to_string())?;
            Ok(Box::new(model) as Box<dyn Forecaster>)
        }),
    }
}

fn settings(venue: &RunningVenue, names: &[&str], url: DatabaseUrl) -> SwarmSettings {
    let hosts = Hosts { gamma: venue.endpoints().gamma, ..Hosts::default() };
    SwarmSettings {
        members: names.iter().map(|name| member(venue, name)).collect(),
        absent: Vec::new(),
        usd_day_max: Usd::from_whole(100),
        samples: 2,
        deadline: Duration::from_secs(20),
        call_time_max: Duration::from_secs(40),
        tokens_max: 500,
        calls_max: 4,
        questions_max: 2,
        interval: None,
        ask_again: Duration::from_secs(3_600),
        pool: PoolSettings { quorum: 2, ..PoolSettings::default() },
        selection: SelectionSettings {
            liquidity_usd_min: Usd::ZERO,
            ends_in_min: DurationMillis(0),
            ends_in_max: DurationMillis(i64::MAX),
            ..SelectionSettings::default()
        },
        filter: MarketFilter::new(FilterSettings::default()),
        resolutions_interval: Duration::from_secs(3_600),
        research: None,
        venue: VenueSettings { hosts, ..VenueSettings::default() },
        store: StoreSettings::new(url),
        kept_for: None,
    }
}

impl Scene {
    pub(super) async fn open(names: &[&str], change: impl FnOnce(&mut SwarmSettings)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let venue = SimVenue::start(SimOptions::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite_file(&folder.path().join("swarm.sqlite"));
        let mut settings = settings(&venue, names, url);
        change(&mut settings);
        let gamma = GammaClient::new(settings.venue.connect().unwrap());
        let listed = gamma.markets(&ListFilter::default()).all().await.unwrap();
        let all: Vec<_> = listed.markets.into_iter().map(Arc::new).collect();
        let listing = Listing::new(all, Vec::new());
        let middling = |market: &Market| {
            market.price_hint.is_some_and(|price| (1_500..8_500).contains(&price.ten_thousandths()))
        };
        let markets = listing.by_volume.iter().map(|id| Arc::clone(&listing.markets[id]));
        let markets = markets.filter(|market| middling(market)).collect();
        Self::begin(venue, settings, Shared::new(listing), markets, folder).await
    }

    async fn begin(
        venue: RunningVenue,
        settings: SwarmSettings,
        listing: Shared<Listing>,
        markets: Vec<Arc<Market>>,
        folder: tempfile::TempDir,
    ) -> Self {
        let board = Arc::new(SwarmBoard::new(&settings));
        let (touches, heard): (Arc<TouchBoard>, Heard) = (Arc::default(), Arc::default());
        let for_listener = Arc::clone(&heard);
        let (listener, address) = ChildSpec::actor("listener", move |_, _: &Life<Listener>| {
            Listener(Arc::clone(&for_listener))
        })
        .build();
        let outlets = SwarmOutlets {
            clock: Clock::System,
            board: Arc::clone(&board),
            listing: listing.clone(),
            touches: Arc::clone(&touches),
            listeners: vec![address.handle()],
        };
        let tree = plant(settings.clone(), &outlets);
        let root = SupervisorSpec::new("root", Strategy::OneForOne)
            .child(listener)
            .child(ChildSpec::supervisor(tree.spec, Placement::Inherit).0);
        let options = RootOptions { signals: Signals::Ignore, ..RootOptions::default() };
        let mut running = start(root, &options);
        tokio::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
        let ask = tree.ask;
        let scene =
            Self { venue, board, markets, listing, settings, ask, touches, heard, running, folder };
        let ready = async |scene: &Self| {
            let view = scene.board.view();
            view.is_ready && view.budget.is_some()
        };
        scene.until("the past is read", ready).await;
        scene
    }

    /// Ends the swarm as it is, and begins anew with the same database.
    pub(super) async fn reopen(self) -> Self {
        let Self { venue, settings, listing, markets, folder, running, .. } = self;
        running.shutdown();
        let _ = tokio::time::timeout(LONG, running.wait()).await;
        Self::begin(venue, settings, listing, markets, folder).await
    }

    pub(super) async fn ask(&self, market: usize) -> Result<String, AskRefused> {
        self.ask_as(&format!("asked-{market}"), market).await
    }

    pub(super) async fn ask_as(&self, id: &str, market: usize) -> Result<String, AskRefused> {
        let condition = self.markets[market].condition;
        let asked = AskSwarm { condition, id: id.to_owned(), source: ForecastSource::Person };
        self.ask.ask(asked, LONG).await.unwrap()
    }

    pub(super) async fn until(&self, what: &str, is_so: impl AsyncFn(&Self) -> bool) {
        let since = Instant::now();
        while !is_so(self).await {
            let view = self.board.view();
            let recent = self.board.recent();
            assert!(since.elapsed() < LONG, "timed out: {what}; {view:#?}; {recent:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Until there is a forecast, or a reason why not.
    pub(super) async fn until_ended(&self, id: &str) -> Arc<ForecastRecord> {
        self.until("the forecast comes to an end", async |scene| {
            scene.board.find(id).is_some_and(|record| record.stage != ForecastStage::Asking)
        })
        .await;
        self.board.find(id).unwrap()
    }

    pub(super) fn heard_stages(&self, id: &str) -> Vec<&'static str> {
        let heard = self.heard.lock().unwrap();
        let of = heard.iter().filter(|record| &*record.id == id);
        of.map(|record| match record.stage {
            ForecastStage::Asking => "asking",
            ForecastStage::Published(_) => "published",
            ForecastStage::Failed { .. } => "failed",
        })
        .collect()
    }

    pub(super) async fn store(&self) -> Store {
        Store::connect(&self.settings.store).await.unwrap()
    }

    pub(super) async fn answers(&self, id: &str) -> Vec<ModelAnswerRow> {
        self.store().await.forecasts().answers(&[id.to_owned()]).await.unwrap()
    }

    /// Calls that the models were asked.
    pub(super) fn requests(&self) -> u64 {
        self.venue.requests().of("POST /models/{name}/v1/chat/completions")
    }

    /// Lets the first markets have a narrow book.
    pub(super) fn watch_books(&self, count: usize) {
        let price = |units| Price::from_ten_thousandths(units).unwrap();
        let touch = |units: u16| OutcomeTouch {
            touch: Touch { bid: Some(price(units - 100)), ask: Some(price(units + 100)) },
            trust: Trust::Trusted,
            epoch: Epoch(1),
            stated_at: Clock::System.now(),
        };
        let touches: Vec<_> = self
            .markets
            .iter()
            .take(count)
            .map(|market| {
                let yes = market.price_hint.unwrap().ten_thousandths();
                let outcomes = [touch(yes), touch(10_000 - yes)];
                MarketTouch { condition: market.condition, outcomes, why: None }
            })
            .collect();
        self.touches.set(&touches);
    }

    /// Gives a market another title, as a stranger might.
    pub(super) fn rename(&self, market: usize, title: &str) {
        let condition = self.markets[market].condition;
        let listing = self.listing.get();
        let mut markets: BTreeMap<_, _> = listing.markets.clone();
        let renamed = Market { title: title.into(), ..(*markets[&condition]).clone() };
        markets.insert(condition, Arc::new(renamed));
        self.listing.set(Arc::new(Listing { markets, ..(*listing).clone() }));
    }

    pub(super) async fn close(self) {
        self.running.shutdown();
        let _ = tokio::time::timeout(LONG, self.running.wait()).await;
    }
}
