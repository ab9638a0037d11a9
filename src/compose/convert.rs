//! From what people set to what the roles take.

use std::time::Duration;

use actors::collectors::{CrossCheckerSettings, MarketCollectorSettings, PriceCollectorSettings};
use actors::fan_out::{HubLimits, OutboxLimits};
use actors::feed::FeedSettings;
use actors::store_writer::{Retention, StoreWriterSettings};
use domain::{DurationMillis, Usd};
use engine::detector::{ChainCosts, DetectorSettings, DeviationMin, ScoreSettings, ScoreWeights};
use engine::filter::{FilterSettings, MarketFilter};
use polymarket::http::{Backoff, Settings as VenueSettings};

use crate::settings::{self, Settings};

/// Tokens whose prices are recorded in one round: two hundred requests, well within the limits.
const PRICE_TOKENS_MAX: usize = 100_000;
/// How long marks of the equity are kept, at most one a minute: a year and a month, half a million rows.
const EQUITY_DAYS: u32 = 396;
pub(super) const DAY_MS: i64 = 86_400_000;

/// A span in whole milliseconds; saturates.
pub(super) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// `sqlite` or `mysql`.
pub(super) fn backend_name(url: &settings::DatabaseUrl) -> &'static str {
    if url.expose().starts_with("sqlite") { "sqlite" } else { "mysql" }
}

pub(super) fn store_writer(settings: &Settings) -> anyhow::Result<StoreWriterSettings> {
    let store = &settings.store;
    let span = |days: Option<u32>| days.map(|days| DurationMillis(i64::from(days) * DAY_MS));
    Ok(StoreWriterSettings {
        store: settings.store.connection()?,
        batch_rows: store.batch_rows,
        batch_wait: store.batch_wait,
        queue_rows_max: store.queue_rows_max,
        retention: Retention {
            prices: span(store.retention.market_prices),
            opportunities: span(store.retention.opportunities),
            trades: span(store.retention.trades),
            whales: span(store.retention.whales),
            decisions: span(store.retention.decisions),
            idempotency_keys: span(store.retention.idempotency_keys),
            alerts: span(store.retention.alerts),
            equity: span(Some(EQUITY_DAYS)),
        },
    })
}

pub(super) fn hub_limits(settings: &Settings) -> HubLimits {
    let web = &settings.web;
    let outbox = OutboxLimits { facts: web.client_queue_max, ..OutboxLimits::default() };
    HubLimits { clients: web.clients_max, stall: web.stall_max, outbox, ..HubLimits::default() }
}

/// The detector, by the settings.
#[must_use]
pub fn detector(detector: &settings::Detector) -> DetectorSettings {
    let dollars = |price: domain::Price| {
        Usd::from_micros(i64::from(price.ten_thousandths()) * (domain::money::MICROS / 10_000))
    };
    let (parity, sum) =
        (dollars(detector.parity_deviation_min), dollars(detector.sum_deviation_min));
    let cost = detector.chain_cost;
    let weight = |bips: u32| u16::try_from(bips).unwrap_or(u16::MAX);
    DetectorSettings {
        deviation_min: DeviationMin {
            parity_long: parity,
            parity_short: parity,
            neg_risk_long: sum,
            neg_risk_short: sum,
            neg_risk_convert: sum,
        },
        net_usd_min: detector.profit_usd_min,
        capital_usd_max: detector.capital_usd_max,
        levels_max: detector.levels_max,
        chain_costs: ChainCosts { split: cost, merge: cost, convert: cost, redeem: cost },
        settlement: DurationMillis(millis(detector.settlement)),
        resolution_delay: DurationMillis(millis(detector.resolution_delay)),
        score: ScoreSettings {
            weights: ScoreWeights {
                deviation: weight(detector.score.deviation_bips),
                liquidity: weight(detector.score.liquidity_bips),
                fees: weight(detector.score.fees_bips),
                slippage: weight(detector.score.slippage_bips),
                resolution: weight(detector.score.time_to_resolution_bips),
            },
            ..ScoreSettings::default()
        },
        ..DetectorSettings::default()
    }
}

/// How many feeds there are: enough for every watched token.
pub(super) fn shards(settings: &Settings) -> u16 {
    let feed = &settings.feed;
    let shards = feed.tokens_max.div_ceil(feed.tokens_per_connection_max);
    u16::try_from(shards).unwrap_or(u16::MAX).max(1)
}

pub(super) fn feed(settings: &Settings, venue: &VenueSettings) -> FeedSettings {
    let feed = &settings.feed;
    FeedSettings {
        venue: venue.clone(),
        silence_ms_max: millis(feed.silence_max),
        ping_interval: feed.ping_interval,
        backoff: Backoff::endless(feed.reconnect_backoff_min, feed.reconnect_backoff_max),
        planned_reconnect: feed.planned_reconnect,
    }
}

/// Which markets are looked at, by the settings.
#[must_use]
pub fn filter(filter: &settings::Filter) -> MarketFilter {
    MarketFilter::new(FilterSettings {
        keywords_excluded: filter.exclude_keywords.clone(),
        tags_excluded: filter.exclude_tags.clone(),
        price_min: filter.price_min,
        price_max: filter.price_max,
        liquidity_usd_min: filter.liquidity_usd_min,
        ends_in_min: None,
        ends_in_max: filter
            .ends_within_days_max
            .map(|days| DurationMillis(i64::from(days) * DAY_MS)),
    })
}

pub(super) fn market_collector(
    settings: &Settings,
    venue: &VenueSettings,
) -> anyhow::Result<MarketCollectorSettings> {
    let collectors = &settings.collectors;
    Ok(MarketCollectorSettings {
        venue: venue.clone(),
        interval: collectors.markets_interval,
        page_records: collectors.page_limit as usize,
        pages_max: collectors.pages_max as usize,
        filter: filter(&settings.filter.trading),
        tokens_max: settings.feed.tokens_max,
        shards: usize::from(shards(settings)),
        tokens_per_shard_max: settings.feed.tokens_per_connection_max,
        store: settings.store.connection()?,
    })
}

pub(super) fn price_collector(
    settings: &Settings,
    venue: &VenueSettings,
) -> PriceCollectorSettings {
    PriceCollectorSettings {
        venue: venue.clone(),
        interval: settings.collectors.prices_interval,
        tokens_max: PRICE_TOKENS_MAX,
    }
}

pub(super) fn cross_checker(settings: &Settings, venue: &VenueSettings) -> CrossCheckerSettings {
    CrossCheckerSettings {
        venue: venue.clone(),
        interval: settings.feed.cross_check_interval,
        sample: settings.feed.cross_check_sample,
    }
}
