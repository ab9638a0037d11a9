//! What others trade.

use std::time::Duration;

use domain::{Price, Usd};

use super::super::reader::Reader;

/// `[whales]`: large trades of others.
#[derive(Clone, Debug)]
pub struct Whales {
    /// Smaller trades are neither stored nor told.
    pub trade_usd_min: Usd,
    /// A trade of this size is a whale's, and so are several of one wallet that add up to it.
    pub whale_usd_min: Usd,
    /// Trades at this distance from 0 or 1, or nearer, are left out; up to 0.5.
    pub ignore_price: Price,
    /// Several trades of one wallet add up within so much time, 1 s to 1 day.
    pub accumulation_window: Duration,
    /// A wallet younger than this many days is new, 1 to 365.
    pub fresh_wallet_days: u32,
    /// Without a trade for so long the live stream is dead, 1 s to 10 minutes.
    pub silence_max: Duration,
    /// Between two readings of the venue's list, 1 s to 1 hour.
    pub list_interval: Duration,
    /// Each reading begins so long before the end of the last one, up to 1 day.
    pub list_overlap: Duration,
    /// No reading reaches back further, 1 s to 1 day.
    pub list_reach: Duration,
    /// Between two looks for whales to grade, 1 s to 1 hour.
    pub grade_interval: Duration,
}

impl Whales {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let half = Price::from_cents(50).unwrap_or(Price::ONE);
        let whales = Self {
            trade_usd_min: reader.usd("whales.trade_usd_min", Usd::ZERO..=Usd::MAX),
            whale_usd_min: reader.usd("whales.whale_usd_min", Usd::from_whole(1)..=Usd::MAX),
            ignore_price: reader.price("whales.ignore_price", Price::ZERO..=half),
            accumulation_window: reader.seconds("whales.accumulation_window_s", 1..=86_400),
            fresh_wallet_days: reader.whole("whales.fresh_wallet_days", 1..=365),
            silence_max: reader.millis("whales.silence_ms_max", 1_000..=600_000),
            list_interval: reader.seconds("whales.list_interval_s", 1..=3_600),
            list_overlap: reader.seconds("whales.list_overlap_s", 0..=86_400),
            list_reach: reader.seconds("whales.list_reach_s", 1..=86_400),
            grade_interval: reader.seconds("whales.grade_interval_s", 1..=3_600),
        };
        if whales.trade_usd_min > whales.whale_usd_min {
            reader.refuse("whales.trade_usd_min", "must not be more than whales.whale_usd_min.");
        }
        whales
    }
}
