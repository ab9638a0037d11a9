//! What the detector found.

mod convert;
mod cursor;

use std::collections::{BTreeMap, HashMap};

use domain::{DurationMillis, Shares, UnixMillis, Usd};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::PAGE_ROWS_MAX;
use crate::entity::opportunities::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::prune::Prunable;
use crate::report::UpsertReport;
use crate::store::Store;
use crate::text::{Label, Word};

pub use cursor::{CursorError, OpportunityCursor};

const TABLE: &str = "opportunities";
/// Rows written by one statement: 17 binds each.
const ROWS_PER_WRITE: usize = 500;

/// One opportunity with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct OpportunityRow {
    /// Its key: at most 120 printable ASCII characters.
    pub id: String,
    /// Which kind of contradiction.
    pub kind: Word,
    /// Which market or group: at most 66 printable ASCII characters.
    pub subject: String,
    /// When it was seen first.
    pub found_at: UnixMillis,
    /// When it was seen last.
    pub seen_at: UnixMillis,
    /// When it was gone; `None` while it is there.
    pub closed_at: Option<UnixMillis>,
    /// Why it is gone.
    pub closed_reason: Option<Label>,
    /// How many sets.
    pub size: Shares,
    /// What the sets bring before costs.
    pub gross: Usd,
    /// All fees of the venue.
    pub fees: Usd,
    /// What the actions on chain cost.
    pub chain_cost: Usd,
    /// What is left.
    pub net: Usd,
    /// What has to be laid out.
    pub capital: Usd,
    /// How long it is laid out; `None` where nobody knows.
    pub lock_up: Option<DurationMillis>,
    /// Return of a year, in ten-thousandths; `None` where nobody knows.
    pub annualised_bips: Option<i64>,
    /// The total of its score.
    pub score: i64,
    /// Its legs and whatever else belongs to it. Opaque here: no query looks into it.
    pub legs: serde_json::Value,
}

/// Which opportunities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpportunityState {
    /// Those that are there.
    Open,
    /// Those that are gone.
    Closed,
    /// All.
    Any,
}

/// Some opportunities, found last first.
#[derive(Clone, Debug, PartialEq)]
pub struct OpportunityPage {
    /// The rows.
    pub rows: Vec<OpportunityRow>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<OpportunityCursor>,
}

/// The table of opportunities.
#[derive(Clone, Copy, Debug)]
pub struct Opportunities<'a> {
    store: &'a Store,
}

impl<'a> Opportunities<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Adds opportunities that are new and changes those that differ. When it was found first
    /// stays. A row that was seen later is left alone, and so is a closed one by an open one seen
    /// at the same moment. Where one is given twice, the last one counts. Commits every 500 rows.
    ///
    /// # Errors
    /// A key does not fit: nothing was written. The database fails: some batches may have been
    /// written; write them all again.
    pub async fn upsert_many(&self, rows: &[OpportunityRow]) -> Result<UpsertReport, StoreError> {
        let mut models = BTreeMap::new();
        for row in rows {
            models.insert(row.id.as_str(), convert::to_row(row)?);
        }
        let models: Vec<Model> = models.into_values().collect();
        let mut report = UpsertReport::default();
        for batch in models.chunks(ROWS_PER_WRITE) {
            report.add(self.store.transact(|| self.upsert_batch(batch)).await?);
        }
        Ok(report)
    }

    async fn upsert_batch(&self, batch: &[Model]) -> Result<UpsertReport, StoreError> {
        let transaction = self.store.begin_write().await?;
        let keys = batch.iter().map(|row| row.id.as_str());
        let known =
            Entity::find().filter(Column::Id.is_in(keys)).lock_exclusive().all(&transaction);
        let known: HashMap<String, Model> =
            known.await?.into_iter().map(|row| (row.id.clone(), row)).collect();
        let mut report = UpsertReport::default();
        let writes: Vec<ActiveModel> = batch
            .iter()
            .filter_map(|row| match known.get(&row.id) {
                None => {
                    report.added += 1;
                    Some(row.clone())
                }
                Some(known) => succeed(known, row, &mut report),
            })
            .map(|row| row.into_active_model().reset_all())
            .collect();
        if !writes.is_empty() {
            let changing =
                Column::iter().filter(|column| !matches!(column, Column::Id | Column::FoundAt));
            Entity::insert_many(writes)
                .on_conflict(OnConflict::column(Column::Id).update_columns(changing).to_owned())
                .exec_without_returning(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(report)
    }

    /// Closes whatever is still open, for instance what a crash left so. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close_open(&self, now: UnixMillis, reason: &Label) -> Result<u64, StoreError> {
        use sea_orm::sea_query::Expr;
        let update = Entity::update_many()
            .col_expr(Column::ClosedAt, Expr::value(now.micros()))
            .col_expr(Column::ClosedReason, Expr::value(reason.as_str()))
            .filter(Column::ClosedAt.is_null());
        self.store
            .transact(|| async {
                Ok(update.clone().exec(self.store.connection()).await?.rows_affected)
            })
            .await
    }

    /// A page, found last first: at most `limit` rows and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        state: OpportunityState,
        kind: Option<&Word>,
        cursor: Option<&OpportunityCursor>,
        limit: u64,
    ) -> Result<OpportunityPage, StoreError> {
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        let mut find = Entity::find()
            .order_by_desc(Column::FoundAt)
            .order_by_desc(Column::Id)
            .limit(limit + 1);
        find = match state {
            OpportunityState::Open => find.filter(Column::ClosedAt.is_null()),
            OpportunityState::Closed => find.filter(Column::ClosedAt.is_not_null()),
            OpportunityState::Any => find,
        };
        if let Some(kind) = kind {
            find = find.filter(Column::Kind.eq(kind.as_str()));
        }
        if let Some(cursor) = cursor {
            find = find.filter(after(cursor));
        }
        let models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let more = models.len() as u64 > limit;
        let rows = models.into_iter().take(limit as usize).map(convert::from_row);
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(OpportunityCursor::of);
        Ok(OpportunityPage { rows, next })
    }

    /// Deletes at most `rows_max` opportunities closed before `before`, oldest first. Open ones
    /// stay. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "closed_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

/// Rows behind the cursor, newest first.
fn after(cursor: &OpportunityCursor) -> Condition {
    let found_at = cursor.found_at.micros();
    Condition::any().add(Column::FoundAt.lt(found_at)).add(
        Condition::all().add(Column::FoundAt.eq(found_at)).add(Column::Id.lt(cursor.id.as_str())),
    )
}

/// The row that follows `known`, or `None` where there is nothing to write.
fn succeed(known: &Model, new: &Model, report: &mut UpsertReport) -> Option<Model> {
    let age = |row: &Model| (row.seen_at, row.closed_at.is_some());
    if age(known) > age(new) {
        report.outdated += 1;
        return None;
    }
    let next = Model { found_at: known.found_at, ..new.clone() };
    if next == *known {
        report.unchanged += 1;
        return None;
    }
    report.changed += 1;
    Some(next)
}
