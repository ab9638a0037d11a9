//! What a day has brought: one row a day and strategy.

use domain::{UnixMillis, Usd};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Money;
use super::rows::count;
use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::daily_results::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::text::Label;

const TABLE: &str = "daily_results";

/// The result of a strategy on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyResultRow {
    /// The moment with which the day begins, in UTC.
    pub day: UnixMillis,
    /// Whose.
    pub strategy: Label,
    /// What was won or lost, before fees.
    pub realised: Usd,
    /// Fees paid.
    pub fees: Usd,
    /// How many trades.
    pub trades: u64,
    /// When it changed last.
    pub updated_at: UnixMillis,
}

impl Money<'_> {
    /// Results of days that begin from `from` to before `to`, the newest day first, strategies in
    /// the order of their names; at most [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn daily_results(
        &self,
        from: UnixMillis,
        to: UnixMillis,
    ) -> Result<Vec<DailyResultRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Day.gte(from.micros()))
            .filter(Column::Day.lt(to.micros()))
            .order_by_desc(Column::Day)
            .order_by_asc(Column::Strategy)
            .limit(PAGE_ROWS_MAX);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(DailyResultRow::from_model).collect()
    }
}

impl Row for DailyResultRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            day: self.day.micros(),
            strategy: self.strategy.to_string(),
            realised: self.realised.micros(),
            fees: self.fees.micros(),
            trades: count(self.trades),
            updated_at: self.updated_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.strategy };
        Ok(Self {
            day: moment(row.day),
            strategy: reader.word("strategy", &row.strategy)?,
            realised: Usd::from_micros(row.realised),
            fees: Usd::from_micros(row.fees),
            trades: reader.count("trades", row.trades)?,
            updated_at: moment(row.updated_at),
        })
    }
}
