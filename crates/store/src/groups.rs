//! Groups of markets that belong together.

use std::collections::{BTreeMap, HashMap};

use domain::{EventGroup, GroupId, UnixMillis};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::column::{RowReader, key_text};
use crate::entity::event_groups::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;
use crate::report::{Refused, UpsertReport};
use crate::store::Store;
use crate::text::{LABEL_CHARS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX, cut};

const TABLE: &str = "event_groups";
/// Rows written by one statement: 10 binds each.
const ROWS_PER_WRITE: usize = 500;
const ROWS_PER_READ: u64 = 1_000;
/// The most groups that are loaded: several times what the venue lists.
const GROUPS_LOADED_MAX: usize = 100_000;

/// What groups were found.
#[derive(Clone, Debug, Default)]
pub struct LoadedGroups {
    /// Those that make sense.
    pub groups: Vec<EventGroup>,
    /// Rows that do not; the venue's next list repairs them.
    pub unreadable: Vec<StoreError>,
}

/// The table of groups.
#[derive(Clone, Copy, Debug)]
pub struct Groups<'a> {
    store: &'a Store,
}

impl<'a> Groups<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Adds groups that are new and changes those that differ; see
    /// [`Markets::upsert_many`](crate::Markets::upsert_many), which follows the same rules.
    ///
    /// # Errors
    /// The database fails. Then some batches may have been written; write them all again.
    pub async fn upsert_many(
        &self,
        groups: &[&EventGroup],
        now: UnixMillis,
    ) -> Result<UpsertReport, StoreError> {
        let mut report = UpsertReport::default();
        let mut rows = BTreeMap::new();
        for group in groups {
            match to_row(group, now) {
                Ok(row) => drop(rows.insert(row.id.clone(), row)),
                Err(error) => {
                    let key = cut(&group.id.0, LABEL_CHARS_MAX).to_owned();
                    report.refused.push(Refused { key, error });
                }
            }
        }
        let rows: Vec<Model> = rows.into_values().collect();
        for batch in rows.chunks(ROWS_PER_WRITE) {
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
                Column::iter().filter(|column| !matches!(column, Column::Id | Column::FirstSeenAt));
            Entity::insert_many(writes)
                .on_conflict(OnConflict::column(Column::Id).update_columns(changing).to_owned())
                .exec_without_returning(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(report)
    }

    /// Every group, in the order of the ids as text; at most 100,000.
    ///
    /// # Errors
    /// The database fails. A row that makes no sense is no error: it is listed beside the groups.
    pub async fn load_all(&self) -> Result<LoadedGroups, StoreError> {
        let mut loaded = LoadedGroups::default();
        let mut after = String::new();
        while loaded.groups.len() + loaded.unreadable.len() < GROUPS_LOADED_MAX {
            let page = Entity::find()
                .filter(Column::Id.gt(after.as_str()))
                .order_by_asc(Column::Id)
                .limit(ROWS_PER_READ);
            let rows =
                self.store.call(async { Ok(page.all(self.store.connection()).await?) }).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                match from_row(row) {
                    Ok(group) => loaded.groups.push(group),
                    Err(error) => loaded.unreadable.push(error),
                }
            }
        }
        Ok(loaded)
    }

    /// How many groups there are.
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
        version: known.version,
        ..new.clone()
    };
    if next == *known {
        report.unchanged += 1;
        return None;
    }
    report.changed += 1;
    Some(Model { updated_at: new.updated_at, version: known.version.saturating_add(1), ..next })
}

fn to_row(group: &EventGroup, now: UnixMillis) -> Result<Model, StoreError> {
    let markets: Vec<String> = group.markets.iter().map(ToString::to_string).collect();
    Ok(Model {
        id: key_text(TABLE, "id", &group.id.0, LABEL_CHARS_MAX)?,
        slug: cut(&group.slug, NAME_CHARS_MAX).to_owned(),
        title: cut(&group.title, TITLE_CHARS_MAX).to_owned(),
        neg_risk: group.neg_risk,
        augmented: group.augmented,
        convert_fee_bips: i64::from(group.convert_fee_bips),
        markets: markets.into(),
        first_seen_at: now.micros(),
        updated_at: now.micros(),
        version: 1,
    })
}

fn from_row(row: Model) -> Result<EventGroup, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.id };
    let markets = reader.texts("markets", row.markets)?;
    Ok(EventGroup {
        id: GroupId(row.id.as_str().into()),
        slug: row.slug.into(),
        title: row.title.into(),
        neg_risk: row.neg_risk,
        augmented: row.augmented,
        convert_fee_bips: reader.count("convert_fee_bips", row.convert_fee_bips)?,
        markets: markets
            .iter()
            .map(|text| reader.condition("markets", text))
            .collect::<Result<_, _>>()?,
    })
}
