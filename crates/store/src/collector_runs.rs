//! What each run of a collector did.

use domain::{DurationMillis, UnixMillis};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::collector_runs::{Column, Entity, Model};
use crate::error::StoreError;
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::{Label, TITLE_CHARS_MAX, cut};

const TABLE: &str = "collector_runs";

/// One run of a collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorRunRow {
    /// Which collector.
    pub name: Label,
    /// When it began.
    pub started_at: UnixMillis,
    /// How long it took.
    pub took: DurationMillis,
    /// Rows that were new.
    pub added: u64,
    /// Rows that differed.
    pub changed: u64,
    /// Rows that ended.
    pub closed: u64,
    /// Rows that could not be taken.
    pub failed: u64,
    /// Why the run ended early; cut to 1,000 characters.
    pub error: Option<String>,
}

/// The table of runs.
#[derive(Clone, Copy, Debug)]
pub struct CollectorRuns<'a> {
    store: &'a Store,
}

impl<'a> CollectorRuns<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes a run. The same run, by name and start, again: the last one counts.
    ///
    /// # Errors
    /// The database fails.
    pub async fn record(&self, row: &CollectorRunRow) -> Result<(), StoreError> {
        let model = to_row(row);
        let changing = Column::iter()
            .filter(|column| !matches!(column, Column::Name | Column::StartedAt))
            .collect::<Vec<_>>();
        let write = || async {
            let conflict = OnConflict::columns([Column::Name, Column::StartedAt])
                .update_columns(changing.clone())
                .to_owned();
            Entity::insert(model.clone().into_active_model().reset_all())
                .on_conflict(conflict)
                .exec_without_returning(self.store.connection())
                .await?;
            Ok(())
        };
        self.store.transact(write).await
    }

    /// The newest runs of a collector, at most `limit` and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn newest(
        &self,
        name: &Label,
        limit: u64,
    ) -> Result<Vec<CollectorRunRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Name.eq(name.as_str()))
            .order_by_desc(Column::StartedAt)
            .limit(limit.clamp(1, PAGE_ROWS_MAX));
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Deletes at most `rows_max` runs begun before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "name, started_at", moment: "started_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

fn to_row(row: &CollectorRunRow) -> Model {
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Model {
        name: row.name.to_string(),
        started_at: row.started_at.micros(),
        took_ms: row.took.0,
        added: count(row.added),
        changed: count(row.changed),
        closed: count(row.closed),
        failed: count(row.failed),
        error: row.error.as_ref().map(|text| cut(text, TITLE_CHARS_MAX).to_owned()),
    }
}

fn from_row(row: Model) -> Result<CollectorRunRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.name };
    Ok(CollectorRunRow {
        name: reader.word("name", &row.name)?,
        started_at: moment(row.started_at),
        took: DurationMillis(row.took_ms),
        added: reader.count("added", row.added)?,
        changed: reader.count("changed", row.changed)?,
        closed: reader.count("closed", row.closed)?,
        failed: reader.count("failed", row.failed)?,
        error: row.error,
    })
}
