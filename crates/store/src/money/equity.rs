//! What everything was worth over time.

use domain::{UnixMillis, Usd};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Statement};

use super::Money;
use crate::PAGE_ROWS_MAX;
use crate::column::moment;
use crate::entity::equity_marks::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::prune::Prunable;
use crate::thinned::width_micros;

const TABLE: &str = "equity_marks";

/// What everything was worth at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquityRow {
    /// When.
    pub at: UnixMillis,
    /// Dollars and everything held, at the best bids.
    pub equity: Usd,
    /// The highest so far; a person who resumes after a halt for the drawdown begins it anew.
    pub peak: Usd,
    /// What was earned since the beginning, after all costs.
    pub net: Usd,
}

impl Money<'_> {
    /// Marks from `from` to before `to`, oldest first, thinned by the database to the last one of each
    /// of `points` equal parts of the span; at most [`PAGE_ROWS_MAX`] of them.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn equity(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        points: u64,
    ) -> Result<Vec<EquityRow>, StoreError> {
        let points = points.clamp(1, PAGE_ROWS_MAX);
        let (first, width) = (from.micros(), width_micros(from, to, points));
        // What is left of a division means the same on both databases; the division does not.
        let sql = format!(
            "SELECT at, equity, peak, net FROM {TABLE} WHERE at IN (\
             SELECT MAX(at) FROM {TABLE} WHERE at >= ? AND at < ? \
             GROUP BY (at - ?) - (at - ?) % ?) ORDER BY at LIMIT {PAGE_ROWS_MAX}"
        );
        let values = [first.into(), to.micros().into(), first.into(), first.into(), width.into()];
        let connection = self.store.connection();
        let query = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        let rows = self.store.call(async { Ok(connection.query_all_raw(query).await?) }).await?;
        let read = |row: &sea_orm::QueryResult| {
            let usd = |at: usize| Ok::<_, StoreError>(Usd::from_micros(row.try_get_by_index(at)?));
            let at = moment(row.try_get_by_index(0)?);
            Ok(EquityRow { at, equity: usd(1)?, peak: usd(2)?, net: usd(3)? })
        };
        rows.iter().map(read).collect()
    }

    /// When the first mark was made that is kept; `None` where there is none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn equity_since(&self) -> Result<Option<UnixMillis>, StoreError> {
        let find = Entity::find().order_by_asc(Column::At);
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        Ok(row.map(|row| moment(row.at)))
    }

    /// Deletes at most `rows_max` marks made before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_equity(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "at", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl Row for EquityRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            at: self.at.micros(),
            equity: self.equity.micros(),
            peak: self.peak.micros(),
            net: self.net.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            at: moment(row.at),
            equity: Usd::from_micros(row.equity),
            peak: Usd::from_micros(row.peak),
            net: Usd::from_micros(row.net),
        })
    }
}
