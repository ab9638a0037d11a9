//! Past prices of an outcome.

use domain::{Price, UnixMillis};
use serde::Deserialize;

use crate::wire::{Scalar, moment, object};

/// A past price, for charts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPoint {
    /// When.
    pub at: UnixMillis,
    /// How much; digits beyond the fourth are cut.
    pub price: Price,
}

/// How far back, counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// An hour.
    Hour,
    /// Six hours.
    SixHours,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// All there is.
    Max,
}

/// Which part of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Up to now.
    Last(Interval),
    /// Between two moments; the venue counts in seconds.
    Between(UnixMillis, UnixMillis),
}

impl Span {
    pub(super) fn parameters(self) -> Vec<(&'static str, String)> {
        let interval = |text: &str| vec![("interval", text.to_owned())];
        match self {
            Self::Last(Interval::Hour) => interval("1h"),
            Self::Last(Interval::SixHours) => interval("6h"),
            Self::Last(Interval::Day) => interval("1d"),
            Self::Last(Interval::Week) => interval("1w"),
            Self::Last(Interval::Month) => interval("1m"),
            Self::Last(Interval::Max) => interval("max"),
            Self::Between(from, to) => vec![
                ("startTs", from.0.div_euclid(1_000).to_string()),
                ("endTs", to.0.div_euclid(1_000).to_string()),
            ],
        }
    }
}

/// The answer as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct HistoryWire {
    history: Vec<PointWire>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PointWire {
    t: Scalar,
    p: Scalar,
}

impl HistoryWire {
    /// Oldest first. A chart can do without a point that cannot be read.
    pub(super) fn read(&self) -> Vec<HistoryPoint> {
        let point = |wire: &PointWire| {
            let price = Price::parse_display(wire.p.get()?).ok()?;
            Some(HistoryPoint { at: moment(&wire.t)?, price })
        };
        let mut points: Vec<_> = self.history.iter().filter_map(point).collect();
        points.sort_by_key(|point| point.at);
        points
    }
}

impl HistoryPoint {
    /// Reads a whole answer from JSON, oldest first; points that cannot be read are left out.
    ///
    /// # Errors
    /// Not JSON of that shape.
    pub fn parse_all(json: &str) -> Result<Vec<Self>, serde_json::Error> {
        object::<HistoryWire>(json).map(|wire| wire.read())
    }
}
