//! Signals: what the strategies wished.

use domain::{Shares, UnixMillis, Usd};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Money;
use super::rows::Keys;
use crate::column::{RowReader, moment};
use crate::entity::signals::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::prune::Prunable;
use crate::text::{KEY_CHARS_MAX, Label};

const TABLE: &str = "signals";

/// One wish.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalRow {
    /// Its name: at most 200 printable ASCII characters.
    pub id: String,
    /// When it was raised.
    pub at: UnixMillis,
    /// By whom.
    pub strategy: Label,
    /// From what; `None` for an order by hand. At most 120 printable ASCII characters.
    pub opportunity_id: Option<String>,
    /// In which market or group: at most 66 printable ASCII characters.
    pub subject: String,
    /// From when on it must not be begun.
    pub expires_at: UnixMillis,
    /// How many sets or shares.
    pub size: Shares,
    /// Dollars needed at the worst moment.
    pub capital: Usd,
    /// What it brings if all goes well, after all costs.
    pub best: Usd,
    /// What it brings if the worst leg is missing.
    pub leg_missing: Usd,
    /// What it brings if nothing can be sold again.
    pub floor: Usd,
    /// The rest of it. Opaque here: no query looks into it.
    pub body: serde_json::Value,
}

/// Which signals; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct SignalFilter {
    /// Of this strategy.
    pub strategy: Option<Label>,
    /// In one of these markets or groups.
    pub subjects: Option<Vec<String>>,
    /// From this opportunity.
    pub opportunity_id: Option<String>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// A page of signals, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn signals(
        &self,
        filter: &SignalFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<SignalRow>, StoreError> {
        let mut find = Entity::find();
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(subjects) = &filter.subjects {
            find = find.filter(Column::Subject.is_in(subjects.iter().map(String::as_str)));
        }
        if let Some(opportunity) = &filter.opportunity_id {
            find = find.filter(Column::OpportunityId.eq(opportunity.as_str()));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }

    /// Deletes at most `rows_max` signals raised before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_signals(
        &self,
        before: UnixMillis,
        rows_max: u32,
    ) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl PagedRow for SignalRow {
    fn at_column() -> Column {
        Column::At
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for SignalRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let keys = Keys(TABLE);
        Ok(Model {
            id: keys.reference("id", &self.id)?,
            at: self.at.micros(),
            strategy: self.strategy.to_string(),
            opportunity_id: keys.opportunity(self.opportunity_id.as_ref())?,
            subject: keys.key("subject", &self.subject, KEY_CHARS_MAX)?,
            expires_at: self.expires_at.micros(),
            size: self.size.micros(),
            capital: self.capital.micros(),
            best: self.best.micros(),
            leg_missing: self.leg_missing.micros(),
            floor: self.floor.micros(),
            body: self.body.clone(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        Ok(Self {
            strategy: reader.word("strategy", &row.strategy)?,
            at: moment(row.at),
            opportunity_id: row.opportunity_id,
            subject: row.subject,
            expires_at: moment(row.expires_at),
            size: Shares::from_micros(row.size),
            capital: Usd::from_micros(row.capital),
            best: Usd::from_micros(row.best),
            leg_missing: Usd::from_micros(row.leg_missing),
            floor: Usd::from_micros(row.floor),
            body: row.body,
            id: row.id,
        })
    }
}
