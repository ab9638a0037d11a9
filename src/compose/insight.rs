//! The roles that watch what others do, one function each.
//!
//! ```text
//! tape               whale-keeper first: it hears from the tape
//! ├── whale-keeper   finds whales, looks their wallets up, grades them
//! └── trade-feed     one tape of three sources
//! ```

use std::sync::Arc;
use std::time::Duration;

use actors::publisher::Publisher;
use actors::store_writer::StoreWriter;
use actors::supervision::{ActorRef, ChildSpec, Handle, Life, Limits, Strategy, SupervisorSpec};
use actors::tape::{
    BookPrints, TradeFeed, TradeFeedOutlets, TradeFeedSettings, WhaleKeeper, WhaleKeeperOutlets,
    WhaleKeeperSettings, WhaleSeen,
};
use domain::DurationMillis;
use engine::filter::FilterSettings;
use engine::tape::{SieveSettings, TapeSettings};
use engine::whales::{Freshness, WhaleSettings};
use polymarket::http::{Backoff as Pauses, Settings as VenueSettings};

use super::{BACKOFF, Common, LEAF_PERIOD, LEAF_RESTARTS_MAX, convert};
use crate::settings::{self, Settings};

/// The tape, and whom the market sockets tell of trades.
pub(super) struct Tape {
    pub(super) spec: SupervisorSpec,
    pub(super) prints: Handle<BookPrints>,
}

/// The roles of the tape.
pub(super) fn tape(
    settings: &Settings,
    common: &Common,
    venue: &VenueSettings,
    publisher: &ActorRef<Publisher>,
    store: &ActorRef<StoreWriter>,
    whales: Vec<Handle<WhaleSeen>>,
) -> anyhow::Result<Tape> {
    let (keeper, kept) = whale_keeper(settings, common, venue, store, whales)?;
    let listeners = vec![store.handle(), kept.handle(), publisher.handle()];
    let outlets = TradeFeedOutlets {
        listeners,
        listing: common.listing.clone(),
        board: Arc::clone(&common.tape),
        notes: common.notes.clone(),
    };
    let (feed, clock) = (trade_feed(settings, venue)?, common.clock.clone());
    let (feed, fed) = ChildSpec::actor("trade-feed", move |_, _: &Life<TradeFeed>| {
        TradeFeed::new(feed.clone(), clock.clone(), outlets.clone())
    })
    .limits(Limits { normal: 1_024, ..Limits::default() })
    .backoff(BACKOFF)
    .build();
    let spec = SupervisorSpec::new("tape", Strategy::OneForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(keeper)
        .child(feed);
    Ok(Tape { spec, prints: fed.handle() })
}

fn whale_keeper(
    settings: &Settings,
    common: &Common,
    venue: &VenueSettings,
    store: &ActorRef<StoreWriter>,
    listeners: Vec<Handle<WhaleSeen>>,
) -> anyhow::Result<(ChildSpec, ActorRef<WhaleKeeper>)> {
    let whales = &settings.whales;
    let keeper = WhaleKeeperSettings {
        venue: venue.clone(),
        whales: WhaleSettings {
            whale_usd_min: whales.whale_usd_min,
            window: span(whales.accumulation_window),
            ..WhaleSettings::default()
        },
        freshness: freshness(whales),
        grade_interval: whales.grade_interval,
        store: settings.store.connection()?,
    };
    let outlets = WhaleKeeperOutlets {
        listeners,
        whales: store.handle(),
        wallets: store.handle(),
        listing: common.listing.clone(),
        touches: Arc::clone(&common.touches),
        board: Arc::clone(&common.tape),
    };
    let clock = common.clock.clone();
    Ok(ChildSpec::actor("whale-keeper", move |_, _: &Life<WhaleKeeper>| {
        WhaleKeeper::new(keeper.clone(), clock.clone(), outlets.clone())
    })
    .limits(Limits { critical: 4_096, ..Limits::default() })
    .backoff(BACKOFF)
    .build())
}

fn trade_feed(settings: &Settings, venue: &VenueSettings) -> anyhow::Result<TradeFeedSettings> {
    let (whales, words) = (&settings.whales, &settings.filter.insight);
    let pauses = &settings.feed;
    Ok(TradeFeedSettings {
        venue: venue.clone(),
        silence_ms_max: convert::millis(whales.silence_max),
        backoff: Pauses::endless(pauses.reconnect_backoff_min, pauses.reconnect_backoff_max),
        sieve: SieveSettings {
            trade_usd_min: whales.trade_usd_min,
            whale_usd_min: whales.whale_usd_min,
            ignore_price: whales.ignore_price,
        },
        words: FilterSettings {
            keywords_excluded: words.exclude_keywords.clone(),
            tags_excluded: words.exclude_tags.clone(),
            ..FilterSettings::default()
        },
        tape: TapeSettings::default(),
        walk_interval: span(whales.list_interval),
        overlap: span(whales.list_overlap),
        reach_max: span(whales.list_reach),
        store: settings.store.connection()?,
    })
}

/// Which wallets are new, by the settings.
pub(super) fn freshness(whales: &settings::Whales) -> Freshness {
    let age_max = DurationMillis(i64::from(whales.fresh_wallet_days) * convert::DAY_MS);
    Freshness { age_max, ..Freshness::default() }
}

fn span(duration: Duration) -> DurationMillis {
    DurationMillis(convert::millis(duration))
}
