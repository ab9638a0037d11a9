//! Who did what.

use domain::UnixMillis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, key_text, moment};
use crate::entity::commands::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Page, PageCursor};
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::{KEY_CHARS_MAX, Label, NAME_CHARS_MAX, TITLE_CHARS_MAX, cut};

const TABLE: &str = "commands";

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// Its key, given by whoever sent it: at most 66 printable ASCII characters.
    pub id: String,
    /// When it came.
    pub at: UnixMillis,
    /// Who sent it; cut to 255 characters.
    pub actor: String,
    /// What was to be done.
    pub action: Label,
    /// To what; cut to 255 characters.
    pub target: String,
    /// What came of it; cut to 1,000 characters.
    pub outcome: String,
    /// What was set before, where something was set. Opaque here: no query looks into it.
    pub value_before: Option<serde_json::Value>,
    /// What is set now.
    pub value_after: Option<serde_json::Value>,
}

/// The table of commands.
#[derive(Clone, Copy, Debug)]
pub struct Commands<'a> {
    store: &'a Store,
}

impl<'a> Commands<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes a command. The same id again changes what came of it (the outcome and the two
    /// values), and nothing else. A command
    /// about money goes into a [`MoneyBatch`](crate::MoneyBatch) instead.
    ///
    /// # Errors
    /// The id does not fit, or the database fails.
    pub async fn record(&self, row: &CommandRow) -> Result<(), StoreError> {
        let model = to_row(row)?;
        let write = || async {
            Entity::insert(model.clone().into_active_model().reset_all())
                .on_conflict(OnConflict::column(Column::Id).update_columns(changing()).to_owned())
                .exec_without_returning(self.store.connection())
                .await?;
            Ok(())
        };
        self.store.transact(write).await
    }

    /// Deletes at most `rows_max` commands that came before `before`, oldest first. Returns how
    /// many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }

    /// A page, newest first: at most `limit` rows and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<CommandRow>, StoreError> {
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        let mut find =
            Entity::find().order_by_desc(Column::At).order_by_desc(Column::Id).limit(limit + 1);
        if let Some(cursor) = cursor {
            let at = cursor.place;
            let same_moment =
                Condition::all().add(Column::At.eq(at)).add(Column::Id.lt(cursor.id.as_str()));
            find = find.filter(Condition::any().add(Column::At.lt(at)).add(same_moment));
        }
        let models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let more = models.len() as u64 > limit;
        let rows = models.into_iter().take(limit as usize).map(from_row);
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| PageCursor { place: row.at.micros(), id: row.id.clone() });
        Ok(Page { rows, next })
    }
}

/// The columns that a command written again leaves alone.
pub(crate) const WRITTEN_ONCE: &[&str] = &["at", "actor", "action", "target"];

fn changing() -> impl Iterator<Item = Column> {
    Column::iter().filter(|column| {
        column.as_str() != Column::Id.as_str() && !WRITTEN_ONCE.contains(&column.as_str())
    })
}

pub(crate) fn to_row(row: &CommandRow) -> Result<Model, StoreError> {
    Ok(Model {
        id: key_text(TABLE, "id", &row.id, KEY_CHARS_MAX)?,
        at: row.at.micros(),
        actor: cut(&row.actor, NAME_CHARS_MAX).to_owned(),
        action: row.action.to_string(),
        target: cut(&row.target, NAME_CHARS_MAX).to_owned(),
        outcome: cut(&row.outcome, TITLE_CHARS_MAX).to_owned(),
        value_before: row.value_before.clone(),
        value_after: row.value_after.clone(),
    })
}

fn from_row(row: Model) -> Result<CommandRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.id };
    let action = reader.word("action", &row.action)?;
    Ok(CommandRow {
        at: moment(row.at),
        actor: row.actor,
        action,
        target: row.target,
        outcome: row.outcome,
        value_before: row.value_before,
        value_after: row.value_after,
        id: row.id,
    })
}
