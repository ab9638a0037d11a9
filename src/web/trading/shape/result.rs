//! What was earned, added up.

use domain::UnixMillis;
use serde::Serialize;
use store::{ResultBy, ResultSum};
use utoipa::ToSchema;

use super::Names;

/// Results added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultsView {
    /// By what: `day`, `strategy`, `market` or `group`.
    pub by: &'static str,
    /// The sums.
    pub data: Vec<ResultView>,
}

/// One sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultView {
    /// The day, the strategy, the condition id or the group id; empty where a result has none.
    pub key: String,
    /// The market's or group's title. Text from the venue: not to be trusted.
    pub title: Option<String>,
    /// How many trades.
    pub trades: u64,
    /// Earned by what was given up, before fees; negative is lost.
    pub realised_usd: String,
    /// Taker's fees.
    pub fees_usd: String,
    /// What transactions cost.
    pub gas_usd: String,
    /// What an operator wrote off; negative is lost.
    pub adjusted_usd: String,
    /// What is left of it all.
    pub net_usd: String,
}

impl ResultView {
    /// One sum of those by `by`.
    #[must_use]
    pub fn new(sum: ResultSum, by: ResultBy, names: &Names) -> Self {
        let figures = sum.figures;
        let key = match by {
            ResultBy::Day => day(&sum.key),
            ResultBy::Strategy | ResultBy::Market | ResultBy::Group => sum.key,
        };
        let title = match by {
            ResultBy::Market | ResultBy::Group => names.of_key(&key),
            ResultBy::Day | ResultBy::Strategy => None,
        };
        Self {
            key,
            title,
            trades: figures.trades,
            realised_usd: figures.realised.to_string(),
            fees_usd: figures.fees.to_string(),
            gas_usd: figures.gas.to_string(),
            adjusted_usd: figures.adjusted.to_string(),
            net_usd: (figures.realised - figures.fees - figures.gas + figures.adjusted).to_string(),
        }
    }
}

/// `2026-11-21` from the moment with which the day begins.
fn day(millis: &str) -> String {
    let moment = millis.parse().map(UnixMillis).unwrap_or_default().to_rfc3339();
    moment.split('T').next().unwrap_or_default().to_owned()
}
