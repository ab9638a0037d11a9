//! Limits, locks, halt and settings of strategies, for others to read.

use domain::UnixMillis;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

use super::Money;
use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::risk_state::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::text::Label;

const TABLE: &str = "risk_state";

/// One thing that the risk manager has set.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskStateRow {
    /// What, such as `limits` or `halt`.
    pub name: Label,
    /// How. Opaque here: no query looks into it.
    pub body: serde_json::Value,
    /// Since when.
    pub at: UnixMillis,
}

impl Money<'_> {
    /// Everything that is set, in the order of the names; at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn risk_state(&self) -> Result<Vec<RiskStateRow>, StoreError> {
        let find = Entity::find().order_by_asc(Column::Name).limit(PAGE_ROWS_MAX);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(RiskStateRow::from_model).collect()
    }
}

impl Row for RiskStateRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model { name: self.name.to_string(), body: self.body.clone(), at: self.at.micros() })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let name = RowReader { table: TABLE, key: &row.name }.word("name", &row.name)?;
        Ok(Self { name, body: row.body, at: moment(row.at) })
    }
}
