//! What each model said.

use std::collections::BTreeMap;

use domain::{DurationMillis, Probability, UnixMillis, Usd};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::Forecasts;
use super::budget::BudgetDay;
use super::rows::{millionths, probability};
use crate::column::{RowReader, key_text, moment, span, span_micros};
use crate::entity::model_answers::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::prune::Prunable;
use crate::text::{
    KEY_CHARS_MAX, LABEL_CHARS_MAX, Label, NAME_CHARS_MAX, TITLE_CHARS_MAX, Word, cut,
};

const TABLE: &str = "model_answers";
/// Forecasts whose answers are read by one statement.
const FORECASTS_PER_READ: usize = 500;

/// One call of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelAnswerRow {
    /// For which forecast.
    pub forecast: String,
    /// Who was asked: at most 64 printable ASCII characters.
    pub member: String,
    /// Which of its calls, from 0.
    pub sample: u32,
    /// The provider's name of the model; cut to 255 characters.
    pub model: String,
    /// When the answer came, or the time was over.
    pub at: UnixMillis,
    /// `answered`, `abstained` or `failed`.
    pub state: Word,
    /// Why it failed.
    pub failure: Option<Label>,
    /// It came after the forecast was published, and moved nothing.
    pub late: bool,
    /// The first answer could not be read.
    pub repaired: bool,
    /// How likely the model finds the first outcome.
    pub probability: Option<Probability>,
    /// The lower end of what it finds plausible.
    pub low: Option<Probability>,
    /// The upper end of what it finds plausible.
    pub high: Option<Probability>,
    /// Its reasons. Opaque here: no query looks into it.
    pub reasons: Option<serde_json::Value>,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    /// What it cost.
    pub cost: Usd,
    /// How long it took.
    pub latency: DurationMillis,
    /// What went wrong, for people; cut to 1,000 characters.
    pub error: Option<String>,
}

impl Forecasts<'_> {
    /// Writes an answer; the same again replaces it.
    ///
    /// # Errors
    /// A key does not fit, or the database fails.
    pub async fn put_answer(&self, row: &ModelAnswerRow) -> Result<(), StoreError> {
        let model = row.to_model()?;
        let keys = [Column::ForecastId, Column::Member, Column::Sample];
        let changing = Column::iter().filter(|column| {
            !matches!(column, Column::ForecastId | Column::Member | Column::Sample)
        });
        let conflict = OnConflict::columns(keys).update_columns(changing).to_owned();
        let write = || async {
            Entity::insert(model.clone().into_active_model().reset_all())
                .on_conflict(conflict.clone())
                .exec_without_returning(self.store.connection())
                .await?;
            Ok(())
        };
        self.store.transact(write).await
    }

    /// The answers for those forecasts, by forecast, member and call.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn answers(&self, forecasts: &[String]) -> Result<Vec<ModelAnswerRow>, StoreError> {
        let mut rows = Vec::new();
        for ids in forecasts.chunks(FORECASTS_PER_READ) {
            let find = Entity::find()
                .filter(Column::ForecastId.is_in(ids))
                .order_by_asc(Column::ForecastId)
                .order_by_asc(Column::Member)
                .order_by_asc(Column::Sample);
            let models =
                self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
            for model in models {
                rows.push(ModelAnswerRow::from_model(model)?);
            }
        }
        Ok(rows)
    }

    /// What each member's calls of the day (UTC) of `now` have cost, by member.
    ///
    /// # Errors
    /// The database fails.
    pub async fn costs_of_day(&self, now: UnixMillis) -> Result<Vec<(String, Usd)>, StoreError> {
        let from = BudgetDay::begin(BudgetDay::of(now));
        let find = Entity::find()
            .select_only()
            .columns([Column::Member, Column::Cost])
            .filter(Column::At.gte(from.micros()))
            .into_tuple::<(String, i64)>();
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let mut costs: BTreeMap<String, Usd> = BTreeMap::new();
        for (member, cost) in rows {
            *costs.entry(member).or_default() += Usd::from_micros(cost);
        }
        Ok(costs.into_iter().collect())
    }

    /// Deletes at most `rows_max` answers that came before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_answers_before(
        &self,
        before: UnixMillis,
        rows_max: u32,
    ) -> Result<u64, StoreError> {
        let key = "forecast_id, member, sample";
        let prunable = Prunable { table: TABLE, key, moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl Row for ModelAnswerRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            forecast_id: key_text(TABLE, "forecast_id", &self.forecast, KEY_CHARS_MAX)?,
            member: key_text(TABLE, "member", &self.member, LABEL_CHARS_MAX)?,
            sample: i64::from(self.sample),
            model: cut(&self.model, NAME_CHARS_MAX).to_owned(),
            at: self.at.micros(),
            state: self.state.to_string(),
            failure: self.failure.as_ref().map(ToString::to_string),
            late: self.late,
            repaired: self.repaired,
            probability: millionths(self.probability),
            low: millionths(self.low),
            high: millionths(self.high),
            reasons: self.reasons.clone(),
            prompt_tokens: i64::from(self.prompt_tokens),
            completion_tokens: i64::from(self.completion_tokens),
            cost: self.cost.micros(),
            latency: span_micros(self.latency),
            error: self.error.as_deref().map(|text| cut(text, TITLE_CHARS_MAX).to_owned()),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.forecast_id };
        let failure = row.failure.as_deref().map(|text| reader.word("failure", text));
        Ok(Self {
            sample: reader.count("sample", row.sample)?,
            at: moment(row.at),
            state: reader.word("state", &row.state)?,
            failure: failure.transpose()?,
            late: row.late,
            repaired: row.repaired,
            probability: probability(&reader, "probability", row.probability)?,
            low: probability(&reader, "low", row.low)?,
            high: probability(&reader, "high", row.high)?,
            reasons: row.reasons,
            prompt_tokens: reader.count("prompt_tokens", row.prompt_tokens)?,
            completion_tokens: reader.count("completion_tokens", row.completion_tokens)?,
            cost: Usd::from_micros(row.cost),
            latency: span(row.latency),
            error: row.error,
            model: row.model,
            member: row.member,
            forecast: row.forecast_id,
        })
    }
}
