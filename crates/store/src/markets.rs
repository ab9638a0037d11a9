//! The catalogue.

mod convert;

use std::collections::{BTreeMap, HashMap};

use domain::{ConditionId, Market, UnixMillis};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::markets::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::report::{Refused, UpsertReport};
use crate::store::Store;

const TABLE: &str = "markets";
/// Rows written by one statement: 30 binds each, far below SQLite's 32,766.
const ROWS_PER_WRITE: usize = 500;
const ROWS_PER_READ: u64 = 2_000;
/// The most markets that are loaded: several times what the venue lists.
const MARKETS_LOADED_MAX: usize = 200_000;

/// What was found in the catalogue.
#[derive(Clone, Debug, Default)]
pub struct LoadedMarkets {
    /// Every market that is not closed.
    pub markets: Vec<Market>,
    /// Rows that make no sense; the venue's next list repairs them.
    pub unreadable: Vec<StoreError>,
}

/// The table of markets.
#[derive(Clone, Copy, Debug)]
pub struct Markets<'a> {
    store: &'a Store,
}

impl<'a> Markets<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Adds markets that are new and changes those that differ. Where one market is given twice,
    /// the last one counts. A row that was updated after `now` is left alone. Counts a row's
    /// version up with every change. Commits every 500 markets.
    ///
    /// # Errors
    /// The database fails. Then some batches may have been written; write them all again.
    pub async fn upsert_many(
        &self,
        markets: &[&Market],
        now: UnixMillis,
    ) -> Result<UpsertReport, StoreError> {
        let mut report = UpsertReport::default();
        let mut rows = BTreeMap::new();
        for market in markets {
            match convert::to_row(market, now) {
                Ok(row) => drop(rows.insert(row.condition_id.clone(), row)),
                Err(error) => {
                    report.refused.push(Refused { key: market.condition.to_string(), error });
                }
            }
        }
        // In the order of their keys: two writers then wait for each other instead of deadlocking.
        let rows: Vec<Model> = rows.into_values().collect();
        for batch in rows.chunks(ROWS_PER_WRITE) {
            report.add(self.store.transact(|| self.upsert_batch(batch)).await?);
        }
        Ok(report)
    }

    async fn upsert_batch(&self, batch: &[Model]) -> Result<UpsertReport, StoreError> {
        let transaction = self.store.begin_write().await?;
        let keys = batch.iter().map(|row| row.condition_id.as_str());
        let known = Entity::find()
            .filter(Column::ConditionId.is_in(keys))
            .lock_exclusive()
            .all(&transaction)
            .await?;
        let known: HashMap<String, Model> =
            known.into_iter().map(|row| (row.condition_id.clone(), row)).collect();
        let mut report = UpsertReport::default();
        let writes: Vec<ActiveModel> = batch
            .iter()
            .filter_map(|row| match known.get(&row.condition_id) {
                None => {
                    report.added += 1;
                    Some(row.clone())
                }
                Some(known) => succeed(known, row, &mut report),
            })
            .map(|row| row.into_active_model().reset_all())
            .collect();
        if !writes.is_empty() {
            let changing = Column::iter()
                .filter(|column| !matches!(column, Column::ConditionId | Column::FirstSeenAt));
            let on_conflict =
                OnConflict::column(Column::ConditionId).update_columns(changing).to_owned();
            Entity::insert_many(writes)
                .on_conflict(on_conflict)
                .exec_without_returning(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(report)
    }

    /// Marks markets as closed that are not, with what they pay still unknown. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close_many(
        &self,
        conditions: &[ConditionId],
        now: UnixMillis,
    ) -> Result<u64, StoreError> {
        let mut closed = 0;
        for batch in conditions.chunks(ROWS_PER_WRITE) {
            let update = Entity::update_many()
                .col_expr(Column::State, Expr::value(convert::CLOSED))
                .col_expr(Column::ClosedAt, Expr::value(now.micros()))
                .col_expr(Column::UpdatedAt, Expr::value(now.micros()))
                .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                .filter(Column::State.ne(convert::CLOSED))
                .filter(Column::UpdatedAt.lte(now.micros()))
                .filter(Column::ConditionId.is_in(batch.iter().map(ConditionId::to_string)));
            closed += self
                .store
                .transact(|| async {
                    Ok(update.clone().exec(self.store.connection()).await?.rows_affected)
                })
                .await?;
        }
        Ok(closed)
    }

    /// Every market that is not closed, in the order of the condition ids; at most 200,000.
    ///
    /// # Errors
    /// The database fails. A row that makes no sense is no error: it is listed beside the markets.
    pub async fn load_open(&self) -> Result<LoadedMarkets, StoreError> {
        let mut loaded = LoadedMarkets::default();
        let mut after = String::new();
        while loaded.markets.len() + loaded.unreadable.len() < MARKETS_LOADED_MAX {
            let rows = self.store.call(self.page_open(&after)).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.condition_id);
            for row in rows {
                match convert::from_row(row) {
                    Ok(market) => loaded.markets.push(market),
                    Err(error) => loaded.unreadable.push(error),
                }
            }
        }
        Ok(loaded)
    }

    async fn page_open(&self, after: &str) -> Result<Vec<Model>, StoreError> {
        let rows = Entity::find()
            .filter(Column::State.ne(convert::CLOSED))
            .filter(Column::ConditionId.gt(after))
            .order_by_asc(Column::ConditionId)
            .limit(ROWS_PER_READ);
        Ok(rows.all(self.store.connection()).await?)
    }

    /// One market, closed or not.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn find(&self, condition: ConditionId) -> Result<Option<Market>, StoreError> {
        let find = Entity::find_by_id(condition.to_string());
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(convert::from_row).transpose()
    }

    /// How often a market's row was changed, the first write included; `None` for no such row.
    ///
    /// # Errors
    /// The database fails.
    pub async fn version(&self, condition: ConditionId) -> Result<Option<i64>, StoreError> {
        let find = Entity::find_by_id(condition.to_string());
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        Ok(row.map(|row| row.version))
    }

    /// How many markets there are, closed ones included.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count(&self) -> Result<u64, StoreError> {
        let count = async { Ok(Entity::find().count(self.store.connection()).await?) };
        self.store.call(count).await
    }
}

/// The row that follows `known`, or `None` where there is nothing to write.
fn succeed(known: &Model, new: &Model, report: &mut UpsertReport) -> Option<Model> {
    if known.updated_at > new.updated_at {
        report.outdated += 1;
        return None;
    }
    let next = Model {
        first_seen_at: known.first_seen_at,
        updated_at: known.updated_at,
        // A market stays closed since when it was closed first, and keeps payouts it has.
        closed_at: new.closed_at.map(|at| known.closed_at.unwrap_or(at)),
        yes_payout: new.yes_payout.or(known.yes_payout.filter(|_| new.closed_at.is_some())),
        no_payout: new.no_payout.or(known.no_payout.filter(|_| new.closed_at.is_some())),
        version: known.version,
        // A market's question never changes; not every list of the venue states it.
        question_id: new.question_id.clone().or_else(|| known.question_id.clone()),
        ..new.clone()
    };
    if next == *known {
        report.unchanged += 1;
        return None;
    }
    report.changed += 1;
    Some(Model { updated_at: new.updated_at, version: known.version.saturating_add(1), ..next })
}
