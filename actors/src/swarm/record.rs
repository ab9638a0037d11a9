//! A forecast with everything that belongs to it, as it stands.

use std::sync::Arc;

use domain::{ConditionId, GroupId, Probability, UnixMillis, Usd};
use engine::forecast::Forecast;
use serde_json::Value;
use store::{ForecastRow, ForecastState, StoreError, Word};

/// How far a forecast has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForecastStage {
    /// The models are being asked.
    Asking,
    /// There it is.
    Published(Arc<Forecast>),
    /// There is none.
    Failed {
        /// Why, in a sentence.
        reason: String,
    },
}

/// A forecast, or the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastRecord {
    /// Its name.
    pub id: Arc<str>,
    /// Of which market.
    pub condition: ConditionId,
    /// The market's group.
    pub group: Option<GroupId>,
    /// The part of the market's address that people know.
    pub slug: Arc<str>,
    /// The question. From outside: untrusted text.
    pub title: Arc<str>,
    /// What it is about; may be empty. From outside: untrusted text.
    pub category: Arc<str>,
    /// `schedule` or `person`.
    pub source: Arc<str>,
    /// When the market is scheduled to end.
    pub closes_at: Option<UnixMillis>,
    /// When the question was asked.
    pub asked_at: UnixMillis,
    /// What the market said then.
    pub market: Option<Probability>,
    /// How far it has come.
    pub stage: ForecastStage,
    /// What it cost, late answers included.
    pub cost: Usd,
    /// When the market's end was learned, and what the first outcome paid.
    pub resolved: Option<(UnixMillis, Probability)>,
}

impl ForecastRecord {
    /// The forecast, where there is one.
    #[must_use]
    pub fn forecast(&self) -> Option<&Arc<Forecast>> {
        match &self.stage {
            ForecastStage::Published(forecast) => Some(forecast),
            ForecastStage::Asking | ForecastStage::Failed { .. } => None,
        }
    }

    /// As it is written down.
    ///
    /// # Errors
    /// The source is no word.
    pub fn to_row(&self) -> Result<ForecastRow, StoreError> {
        let (state, reason) = match &self.stage {
            ForecastStage::Asking => (ForecastState::Asking, None),
            ForecastStage::Published(_) => (ForecastState::Published, None),
            ForecastStage::Failed { reason } => (ForecastState::Failed, Some(reason.clone())),
        };
        let forecast = self.forecast();
        let source = Word::new(&self.source).or_else(|_| Word::new("unknown"));
        let unreadable = |error| StoreError::Unreadable {
            table: "forecasts",
            key: self.id.to_string(),
            column: "source",
            source: store::ReadError::Word(error),
        };
        Ok(ForecastRow {
            id: self.id.to_string(),
            condition: self.condition,
            group: self.group.clone(),
            slug: self.slug.to_string(),
            title: self.title.to_string(),
            category: self.category.to_string(),
            source: source.map_err(unreadable)?,
            state,
            reason,
            asked_at: self.asked_at,
            made_at: forecast.map(|forecast| forecast.made_at),
            market: self.market,
            blind: forecast.map(|forecast| forecast.blind),
            blended: forecast.map(|forecast| forecast.blended),
            cost: self.cost,
            body: forecast.and_then(|forecast| serde_json::to_value(forecast.as_ref()).ok()),
            resolved_at: self.resolved.map(|(at, _)| at),
            outcome: self.resolved.map(|(_, outcome)| outcome),
        })
    }

    /// As it was written down. A published one whose body this version cannot read counts as failed.
    #[must_use]
    pub fn of_row(row: ForecastRow) -> Self {
        let forecast: Option<Forecast> = row
            .body
            .filter(|body| *body != Value::Null)
            .and_then(|b| serde_json::from_value(b).ok());
        let closes_at = forecast.as_ref().and_then(|forecast| forecast.market.closes_at);
        let stage = match (row.state, forecast) {
            (ForecastState::Published, Some(forecast)) => {
                ForecastStage::Published(Arc::new(forecast))
            }
            (ForecastState::Asking, _) => ForecastStage::Asking,
            (ForecastState::Failed, _) => {
                ForecastStage::Failed { reason: row.reason.unwrap_or_default() }
            }
            (ForecastState::Published, None) => ForecastStage::Failed {
                reason: "it was written by a version that this one cannot read".to_owned(),
            },
        };
        Self {
            id: row.id.into(),
            condition: row.condition,
            group: row.group,
            slug: row.slug.into(),
            title: row.title.into(),
            category: row.category.into(),
            source: row.source.as_str().into(),
            closes_at,
            asked_at: row.asked_at,
            market: row.market,
            stage,
            cost: row.cost,
            resolved: row.resolved_at.zip(row.outcome),
        }
    }
}
