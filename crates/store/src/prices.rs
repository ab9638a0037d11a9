//! Prices over time.

use domain::{Price, TokenId, UnixMillis};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Statement,
    Value,
};

use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment, price_micros};
use crate::entity::market_prices::{Column, Entity, Model};
use crate::error::StoreError;
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::Word;
use crate::thinned::width_micros;

const TABLE: &str = "market_prices";
/// Rows written by one statement: 5 binds each.
const ROWS_PER_WRITE: usize = 500;

/// The best prices of a token at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// Whose prices.
    pub token: TokenId,
    /// When they were seen.
    pub observed_at: UnixMillis,
    /// The highest price somebody pays; `None` where nobody does.
    pub bid: Option<Price>,
    /// The lowest price somebody asks; `None` where nobody does.
    pub ask: Option<Price>,
    /// Who says so.
    pub source: Word,
}

/// The table of prices.
#[derive(Clone, Copy, Debug)]
pub struct Prices<'a> {
    store: &'a Store,
}

impl<'a> Prices<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes prices. One that is there already, by token and moment, stays as it is. Commits
    /// every 500 rows.
    ///
    /// # Errors
    /// The database fails. Then some batches may have been written; write them all again.
    pub async fn insert_many(&self, rows: &[PriceRow]) -> Result<(), StoreError> {
        let mut rows: Vec<Model> = rows.iter().map(to_row).collect();
        // In the order of their keys: two writers then wait for each other instead of deadlocking.
        rows.sort_by(|a, b| (&a.token, a.observed_at).cmp(&(&b.token, b.observed_at)));
        for batch in rows.chunks(ROWS_PER_WRITE) {
            self.store.transact(|| self.insert_batch(batch)).await?;
        }
        Ok(())
    }

    async fn insert_batch(&self, batch: &[Model]) -> Result<(), StoreError> {
        let models = batch.iter().cloned().map(IntoActiveModel::into_active_model);
        let transaction = self.store.begin_write().await?;
        Entity::insert_many(models)
            .on_conflict_do_nothing()
            .exec_without_returning(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The newest price of a token.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn latest(&self, token: TokenId) -> Result<Option<PriceRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Token.eq(token.to_string()))
            .order_by_desc(Column::ObservedAt)
            .limit(1);
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(from_row).transpose()
    }

    /// Prices of a token from `from` to before `to`, oldest first, at most `limit` and
    /// [`PAGE_ROWS_MAX`]. The next page begins one millisecond after the last row.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn history(
        &self,
        token: TokenId,
        from: UnixMillis,
        to: UnixMillis,
        limit: u64,
    ) -> Result<Vec<PriceRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Token.eq(token.to_string()))
            .filter(Column::ObservedAt.gte(from.micros()))
            .filter(Column::ObservedAt.lt(to.micros()))
            .order_by_asc(Column::ObservedAt)
            .limit(limit.clamp(1, PAGE_ROWS_MAX));
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Prices of a token from `from` to before `to`, oldest first, thinned by the database to the last
    /// one of each of `points` equal parts of the span; at most [`PAGE_ROWS_MAX`] of them.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn thinned(
        &self,
        token: TokenId,
        from: UnixMillis,
        to: UnixMillis,
        points: u64,
    ) -> Result<Vec<PriceRow>, StoreError> {
        let (first, points) = (from.micros(), points.clamp(1, PAGE_ROWS_MAX));
        let (key, width) = (token.to_string(), width_micros(from, to, points));
        // What is left of a division means the same on both databases; the division does not.
        let sql = format!(
            "SELECT token, observed_at, bid, ask, source FROM {TABLE} WHERE token = ? \
             AND observed_at IN (SELECT MAX(observed_at) FROM {TABLE} \
             WHERE token = ? AND observed_at >= ? AND observed_at < ? \
             GROUP BY (observed_at - ?) - (observed_at - ?) % ?) \
             ORDER BY observed_at LIMIT {PAGE_ROWS_MAX}"
        );
        let values: [Value; 7] = [
            key.clone().into(),
            key.into(),
            first.into(),
            to.micros().into(),
            first.into(),
            first.into(),
            width.into(),
        ];
        let connection = self.store.connection();
        let query = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        let find = Entity::find().from_raw_sql(query);
        let rows = self.store.call(async { Ok(find.all(connection).await?) }).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Deletes at most `rows_max` prices seen before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "token, observed_at", moment: "observed_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

fn to_row(row: &PriceRow) -> Model {
    Model {
        token: row.token.to_string(),
        observed_at: row.observed_at.micros(),
        bid: row.bid.map(price_micros),
        ask: row.ask.map(price_micros),
        source: row.source.to_string(),
    }
}

fn from_row(row: Model) -> Result<PriceRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.token };
    Ok(PriceRow {
        token: reader.token("token", &row.token)?,
        observed_at: moment(row.observed_at),
        bid: reader.price_or_null("bid", row.bid)?,
        ask: reader.price_or_null("ask", row.ask)?,
        source: reader.word("source", &row.source)?,
    })
}
