//! Rows of alerts and of their messages.

use domain::{ConditionId, UnixMillis, Usd};

use super::DeliveryCount;
use crate::column::{RowReader, key_text, moment};
use crate::entity::{alert_deliveries as deliveries, alerts};
use crate::error::StoreError;
use crate::page::{PagedRow, Row};
use crate::text::{
    LONG_KEY_CHARS_MAX, NAME_CHARS_MAX, REFERENCE_CHARS_MAX, TITLE_CHARS_MAX, Word, cut,
};

const ALERTS: &str = "alerts";
const DELIVERIES: &str = "alert_deliveries";

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Its key: at most 200 printable ASCII characters.
    pub id: String,
    /// When it came about.
    pub at: UnixMillis,
    /// What it is about.
    pub kind: Word,
    /// How much it matters.
    pub severity: Word,
    /// What tells it from others; cut to 120 characters.
    pub topic: String,
    /// The market it is about.
    pub condition: Option<ConditionId>,
    /// The market's title; cut to 1,000 characters.
    pub market: Option<String>,
    /// How much money it is about.
    pub size: Option<Usd>,
    /// What happened; cut to 1,000 characters.
    pub title: String,
    /// Why, and what to do; cut to 1,000 characters.
    pub text: String,
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It is to be sent.
    Waiting,
    /// It was.
    Sent,
    /// It could not be, and is not tried again by itself.
    Dead,
}

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::Dead];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }
    /// The one of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == text)
    }
}

/// An alert on its way through one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Which alert.
    pub alert_id: String,
    /// Through which channel.
    pub channel: Word,
    /// When the alert came about.
    pub at: UnixMillis,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is to be tried next.
    pub due_at: UnixMillis,
    /// When it was sent.
    pub sent_at: Option<UnixMillis>,
    /// Why the last try failed; cut to 255 characters.
    pub problem: Option<String>,
}

impl Row for AlertRow {
    type Entity = alerts::Entity;

    fn to_model(&self) -> Result<alerts::Model, StoreError> {
        Ok(alerts::Model {
            id: key_text(ALERTS, "id", &self.id, REFERENCE_CHARS_MAX)?,
            at: self.at.micros(),
            kind: self.kind.to_string(),
            severity: self.severity.to_string(),
            topic: cut(&self.topic, LONG_KEY_CHARS_MAX).to_owned(),
            condition_id: self.condition.map(|condition| condition.to_string()),
            market: self.market.as_deref().map(|text| cut(text, TITLE_CHARS_MAX).to_owned()),
            size: self.size.map(Usd::micros),
            title: cut(&self.title, TITLE_CHARS_MAX).to_owned(),
            body: cut(&self.text, TITLE_CHARS_MAX).to_owned(),
        })
    }

    fn from_model(row: alerts::Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: ALERTS, key: &row.id };
        let condition = row.condition_id.as_deref();
        Ok(Self {
            at: moment(row.at),
            kind: reader.word("kind", &row.kind)?,
            severity: reader.word("severity", &row.severity)?,
            condition: condition.map(|text| reader.condition("condition_id", text)).transpose()?,
            topic: row.topic,
            market: row.market,
            size: row.size.map(Usd::from_micros),
            title: row.title,
            text: row.body,
            id: row.id,
        })
    }
}

impl PagedRow for AlertRow {
    fn at_column() -> alerts::Column {
        alerts::Column::At
    }
    fn key_columns() -> &'static [alerts::Column] {
        &[alerts::Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for DeliveryRow {
    type Entity = deliveries::Entity;

    fn to_model(&self) -> Result<deliveries::Model, StoreError> {
        Ok(deliveries::Model {
            alert_id: key_text(DELIVERIES, "alert_id", &self.alert_id, REFERENCE_CHARS_MAX)?,
            channel: self.channel.to_string(),
            at: self.at.micros(),
            state: self.state.code().to_owned(),
            tries: i64::from(self.tries),
            due_at: self.due_at.micros(),
            sent_at: self.sent_at.map(UnixMillis::micros),
            problem: self.problem.as_deref().map(|text| cut(text, NAME_CHARS_MAX).to_owned()),
        })
    }

    fn from_model(row: deliveries::Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: DELIVERIES, key: &row.alert_id };
        Ok(Self {
            channel: reader.word("channel", &row.channel)?,
            at: moment(row.at),
            state: state(&reader, &row.state)?,
            tries: reader.count("tries", row.tries)?,
            due_at: moment(row.due_at),
            sent_at: row.sent_at.map(moment),
            problem: row.problem,
            alert_id: row.alert_id,
        })
    }
}

fn state(reader: &RowReader<'_>, text: &str) -> Result<DeliveryState, StoreError> {
    reader.one_of("state", text, &DeliveryState::ALL, DeliveryState::code)
}

pub(super) fn count(channel: &str, state_: &str, count: i64) -> Result<DeliveryCount, StoreError> {
    let reader = RowReader { table: DELIVERIES, key: channel };
    Ok(DeliveryCount {
        channel: reader.word("channel", channel)?,
        state: state(&reader, state_)?,
        count: reader.count("count", count)?,
    })
}
