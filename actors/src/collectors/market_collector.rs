//! Walks the venue's catalogue, keeps what it found, and says which markets are watched live.
//!
//! What a walk changed and which markets to watch is decided by `engine::catalogue` and
//! `engine::universe`. A walk that ends early concludes nothing about what it did not see.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{ConditionId, FeeSchedule, Market, TokenId, UnixMillis};
use engine::catalogue::{Catalogue, Listing as Listed, SyncResult, Walk};
use engine::filter::MarketFilter;
use engine::universe::{self, Shards};
use polymarket::clob::ClobClient;
use polymarket::gamma::{GammaClient, ListFilter, ListState, Listing as Page};
use polymarket::http::Settings as VenueSettings;
use store::{CollectorRunRow, Label, Store, StoreSettings};

use super::fee_wishes::FeeWishes;
use super::listing::Listing;
use crate::board::{Board, CollectorResult, CollectorStatus};
use crate::clock::Clock;
use crate::messages::{StoreListing, UniverseChanged};
use crate::shared::Shared;
use crate::supervision::{Handle, Life};
use engine::universe::Watched;

const NAME: &str = "markets";
/// After a walk that failed the next one comes sooner than usual.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Several times what the venue lists.
const MARKETS_MAX: usize = 200_000;

/// How the collector collects.
#[derive(Clone, Debug)]
pub struct MarketCollectorSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Between two walks.
    pub interval: Duration,
    /// Records of a page.
    pub page_records: usize,
    /// Pages of a walk.
    pub pages_max: usize,
    /// Which single markets are watched live; neg-risk groups are watched whole or not at all.
    pub filter: MarketFilter,
    /// Tokens watched live.
    pub tokens_max: usize,
    /// Connections that share them.
    pub shards: usize,
    /// Tokens of one connection.
    pub tokens_per_shard_max: usize,
    /// Where the catalogue of an earlier run is, for the time until the venue answers.
    pub store: StoreSettings,
}

/// Whom the collector tells.
#[derive(Clone)]
pub struct MarketCollectorOutlets {
    /// Every market that is known, for readers.
    pub listing: Shared<Listing>,
    /// What is watched, for the books and the feeds.
    pub watched: Shared<Watched>,
    /// Told when that changed.
    pub books: Handle<UniverseChanged>,
    /// Told when that changed.
    pub feeds: Vec<Handle<UniverseChanged>>,
    /// Who keeps it.
    pub store: Handle<StoreListing>,
    /// What the collector says about itself.
    pub board: Arc<Board>,
}

/// The collector.
pub struct MarketCollector {
    life: Life<Self>,
    settings: MarketCollectorSettings,
    clock: Clock,
    outlets: MarketCollectorOutlets,
    catalogue: Catalogue,
    /// What the store's writer had no room for.
    unsaved: Option<StoreListing>,
    shards: Shards,
    fees: FeeWishes,
}

struct Walked {
    page: Page,
    /// Markets whose entry states no fee.
    without_fee: BTreeSet<ConditionId>,
    walk: Walk,
    error: Option<String>,
}

impl MarketCollector {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: MarketCollectorSettings,
        clock: Clock,
        outlets: MarketCollectorOutlets,
    ) -> Self {
        let catalogue = Catalogue::new(MARKETS_MAX);
        let (shards, fees) = (Shards::default(), FeeWishes::default());
        Self { life, settings, clock, outlets, catalogue, unsaved: None, shards, fees }
    }

    /// Starts with what an earlier run knew: it is shown and watched until the venue answers.
    fn recall(&self, ctx: &mut Context<Self>) {
        let settings = self.settings.store.clone();
        let recalling = async move {
            let store = Store::connect(&settings).await?;
            let markets = store.markets().load_open().await?.markets;
            let groups = store.groups().load_all().await?.groups;
            Ok::<_, store::StoreError>((markets, groups))
        };
        ctx.wait(recalling.into_actor(self).map(|recalled, actor, ctx| {
            match recalled {
                Ok((markets, groups)) if !markets.is_empty() => {
                    tracing::info!(markets = markets.len(), "the stored catalogue is used for now");
                    let (unreadable, walk) = (Vec::new(), Walk::Partial);
                    actor.catalogue.sync(Listed { markets, groups, unreadable, walk });
                    actor.publish();
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "there is no stored catalogue"),
            }
            actor.walk(ctx);
        }));
    }

    fn walk(&mut self, ctx: &mut Context<Self>) {
        let http = match self.settings.venue.connect() {
            Ok(http) => http,
            Err(error) => {
                return self.life.fail(ctx, format!("no client for the venue: {error}"));
            }
        };
        let started_at = self.clock.now();
        let (page_records, pages_max) = (self.settings.page_records, self.settings.pages_max);
        let watched = self.outlets.watched.get().markets();
        let watched = watched.iter().map(|market| (market.condition, market.fee)).collect();
        let wanted = self.fees.take(&watched, started_at);
        let walking = async move {
            let mut walked = walk(&GammaClient::new(http.clone()), page_records, pages_max).await;
            add_fees(&ClobClient::new(http), &mut walked.page.markets, wanted).await;
            walked
        };
        ctx.spawn(walking.into_actor(self).map(move |walked, actor, ctx| {
            let failed = walked.error.is_some();
            actor.take_in(walked, started_at);
            let wait = if failed { RETRY_AFTER } else { actor.settings.interval };
            ctx.run_later(wait.min(actor.settings.interval), |actor, ctx| actor.walk(ctx));
        }));
    }

    fn take_in(&mut self, walked: Walked, started_at: UnixMillis) {
        let now = self.clock.now();
        for refused in walked.page.refused.iter().take(5) {
            tracing::debug!(id = %refused.id, why = %refused.why, "a record was refused");
        }
        self.fees.set_unstated(walked.without_fee);
        let mut markets = walked.page.markets;
        keep_known_fees(&self.catalogue, &mut markets);
        // Which market an unreadable record was is not known, so it may be any of those that we
        // miss: nothing is concluded from absence then.
        let unreadable = vec![None; walked.page.refused.len()];
        let groups = walked.page.groups;
        let synced = self.catalogue.sync(Listed { markets, groups, unreadable, walk: walked.walk });
        let result = CollectorResult {
            added: synced.added.len(),
            changed: synced.changed.len(),
            closed: synced.closed.len(),
            failed: synced.failed.len() + synced.unreadable,
            total: self.catalogue.markets().len(),
        };
        if let Some(error) = &walked.error {
            tracing::warn!(%error, "the walk through the catalogue ended early");
        }
        let took = now.since(started_at);
        let status = CollectorStatus {
            last_run_at: Some(now),
            took_ms: took.0,
            result: Some(result),
            error: walked.error.clone(),
        };
        self.outlets.board.set_collector(NAME, status);
        self.save(synced, run(started_at, took, result, walked.error));
        self.publish();
    }

    fn publish(&mut self) {
        let markets: Vec<_> = self.catalogue.markets().cloned().collect();
        let groups: Vec<_> = self.catalogue.groups().cloned().collect();
        self.outlets.listing.set(Arc::new(Listing::new(markets, groups)));
        let (filter, tokens_max) = (&self.settings.filter, self.settings.tokens_max);
        let chosen = universe::choose(&self.catalogue, filter, tokens_max, self.clock.now());
        let pairs: Vec<_> = chosen.pairs().collect();
        let (shards, tokens_each) = (self.settings.shards, self.settings.tokens_per_shard_max);
        self.shards = universe::assign(&self.shards, &pairs, shards, tokens_each);
        let flat = |pairs: &Vec<[TokenId; 2]>| pairs.iter().flatten().copied().collect();
        let shards = self.shards.shards.iter().map(flat).collect();
        let groups = self.catalogue.groups().filter(|group| chosen.groups.contains(&group.id));
        let watched = Watched::new(chosen.markets, groups.cloned(), shards);
        let before = self.outlets.watched.get();
        if !watched.differs_from(&before) {
            return;
        }
        tracing::info!(tokens = watched.tokens().len(), "another set of markets is watched");
        self.outlets.watched.set(Arc::new(watched));
        for listener in self.outlets.feeds.iter().chain([&self.outlets.books]) {
            if let Err(error) = listener.tell(UniverseChanged) {
                tracing::warn!(%error, listener = listener.name(), "not told of another set");
            }
        }
    }

    fn save(&mut self, synced: SyncResult, run: CollectorRunRow) {
        let groups = synced.groups_changed.iter();
        let mut listing = StoreListing {
            markets: synced.added,
            groups: groups.filter_map(|id| self.catalogue.group(id).cloned()).collect(),
            closed: synced.closed.iter().map(|market| market.condition).collect(),
            run,
        };
        listing.markets.extend(synced.changed.into_iter().map(|change| change.market));
        if let Some(earlier) = self.unsaved.take() {
            listing.add_earlier(earlier);
        }
        if let Err(error) = self.outlets.store.tell(listing) {
            tracing::warn!(%error, "the store's writer had no room; the next run tries again");
            self.unsaved = Some(error.into_inner());
        }
    }
}

async fn walk(gamma: &GammaClient, page_records: usize, pages_max: usize) -> Walked {
    let filter = ListFilter { state: ListState::Open, ..ListFilter::default() };
    let mut pages = gamma.events(&filter).with_page_records(page_records);
    let mut page = Page::default();
    let error = loop {
        if pages.pages_read() >= pages_max {
            break Some(format!("the list has more than {pages_max} pages"));
        }
        match pages.next_page().await {
            Ok(Some(next)) => page.append(next),
            Ok(None) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    let walk = if error.is_none() { Walk::Complete } else { Walk::Partial };
    let unknown = page.markets.iter().filter(|market| market.fee == FeeSchedule::Unknown);
    let without_fee = unknown.map(|market| market.condition).collect();
    Walked { page, without_fee, walk, error }
}

/// Gamma's list does not state every fee; the order-book service does.
async fn add_fees(clob: &ClobClient, markets: &mut [Market], wanted: Vec<ConditionId>) {
    for condition in wanted {
        let info = match clob.market_info(condition).await {
            Ok(Some(info)) => info,
            Ok(None) => continue,
            Err(error) => {
                tracing::debug!(market = %condition, %error, "the next run asks for the remaining fees");
                return;
            }
        };
        for market in markets.iter_mut().filter(|market| market.condition == condition) {
            market.fee = info.fee;
        }
    }
}

/// A fee that was asked for singly stays known while the list states none.
fn keep_known_fees(catalogue: &Catalogue, markets: &mut [Market]) {
    for market in markets.iter_mut().filter(|market| market.fee == FeeSchedule::Unknown) {
        if let Some(known) = catalogue.market(&market.condition) {
            market.fee = known.fee;
        }
    }
}

fn run(
    started_at: UnixMillis,
    took: domain::DurationMillis,
    result: CollectorResult,
    error: Option<String>,
) -> CollectorRunRow {
    CollectorRunRow {
        name: label(),
        started_at,
        took,
        added: result.added as u64,
        changed: result.changed as u64,
        closed: result.closed as u64,
        failed: result.failed as u64,
        error,
    }
}

#[expect(clippy::expect_used, reason = "the name is a constant of this file")]
fn label() -> Label {
    Label::new(NAME).expect("a lower-case word")
}

impl Actor for MarketCollector {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        if self.outlets.listing.get().markets.is_empty() {
            self.recall(ctx);
        } else {
            self.walk(ctx);
        }
    }
}
