//! A forecast as a row.

use domain::{ConditionId, GroupId, Probability, UnixMillis, Usd};

use super::TABLE;
use crate::column::{RowReader, key_text, moment};
use crate::entity::forecasts::{Column, Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::page::{PagedRow, Row};
use crate::text::{KEY_CHARS_MAX, LABEL_CHARS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX, Word, cut};

/// How far a forecast has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastState {
    /// The models are being asked.
    Asking,
    /// There is one.
    Published,
    /// There is none, and there will be none.
    Failed,
}

impl ForecastState {
    const ALL: [Self; 3] = [Self::Asking, Self::Published, Self::Failed];

    /// A stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }
    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == text)
    }
}

/// One forecast, or the attempt at one.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastRow {
    /// Its key: at most 66 printable ASCII characters.
    pub id: String,
    /// Of which market.
    pub condition: ConditionId,
    /// The market's group.
    pub group: Option<GroupId>,
    /// The part of the market's address that people know; cut to 255 characters.
    pub slug: String,
    /// The question; cut to 1,000 characters. Text from outside.
    pub title: String,
    /// What it is about; cut to 64 characters, may be empty. Text from outside.
    pub category: String,
    /// Who wanted it.
    pub source: Word,
    /// How far it has come.
    pub state: ForecastState,
    /// Why there is none; cut to 1,000 characters.
    pub reason: Option<String>,
    /// When the question was asked.
    pub asked_at: UnixMillis,
    /// When it was published.
    pub made_at: Option<UnixMillis>,
    /// What the market said when the question was asked.
    pub market: Option<Probability>,
    /// The pool of the models alone.
    pub blind: Option<Probability>,
    /// With the market mixed in.
    pub blended: Option<Probability>,
    /// What all calls for it cost together.
    pub cost: Usd,
    /// All of it. Opaque here: no query looks into it.
    pub body: Option<serde_json::Value>,
    /// When it was learned how the market ended.
    pub resolved_at: Option<UnixMillis>,
    /// What the first outcome paid.
    pub outcome: Option<Probability>,
}

pub(super) fn millionths(probability: Option<Probability>) -> Option<i64> {
    probability.map(|probability| i64::from(probability.millionths()))
}

pub(super) fn probability(
    reader: &RowReader<'_>,
    column: &'static str,
    value: Option<i64>,
) -> Result<Option<Probability>, StoreError> {
    let read = |value: i64| {
        let read = u32::try_from(value).ok().and_then(Probability::from_millionths);
        read.ok_or_else(|| reader.unreadable(column, ReadError::OutOfRange(value)))
    };
    value.map(read).transpose()
}

impl Row for ForecastRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let group = self.group.as_ref();
        let group = group.map(|group| key_text(TABLE, "group_id", &group.0, LABEL_CHARS_MAX));
        Ok(Model {
            id: key_text(TABLE, "id", &self.id, KEY_CHARS_MAX)?,
            condition_id: self.condition.to_string(),
            group_id: group.transpose()?,
            slug: cut(&self.slug, NAME_CHARS_MAX).to_owned(),
            title: cut(&self.title, TITLE_CHARS_MAX).to_owned(),
            category: cut(&self.category, LABEL_CHARS_MAX).to_owned(),
            source: self.source.to_string(),
            state: self.state.code().to_owned(),
            reason: self.reason.as_deref().map(|text| cut(text, TITLE_CHARS_MAX).to_owned()),
            asked_at: self.asked_at.micros(),
            made_at: self.made_at.map(UnixMillis::micros),
            market: millionths(self.market),
            blind: millionths(self.blind),
            blended: millionths(self.blended),
            cost: self.cost.micros(),
            body: self.body.clone(),
            resolved_at: self.resolved_at.map(UnixMillis::micros),
            outcome: millionths(self.outcome),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        let state = ForecastState::parse(&row.state)
            .ok_or_else(|| reader.unreadable("state", ReadError::UnknownWord))?;
        Ok(Self {
            condition: reader.condition("condition_id", &row.condition_id)?,
            group: row.group_id.map(|id| GroupId(id.into())),
            slug: row.slug,
            title: row.title,
            category: row.category,
            source: reader.word("source", &row.source)?,
            state,
            reason: row.reason,
            asked_at: moment(row.asked_at),
            made_at: row.made_at.map(moment),
            market: probability(&reader, "market", row.market)?,
            blind: probability(&reader, "blind", row.blind)?,
            blended: probability(&reader, "blended", row.blended)?,
            cost: Usd::from_micros(row.cost),
            body: row.body,
            resolved_at: row.resolved_at.map(moment),
            outcome: probability(&reader, "outcome", row.outcome)?,
            id: row.id,
        })
    }
}

impl PagedRow for ForecastRow {
    fn at_column() -> Column {
        Column::AskedAt
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.asked_at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}
