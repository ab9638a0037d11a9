//! What the models were asked, what they said, and what it cost.

mod answers;
mod budget;
mod rows;

use domain::{ConditionId, Probability, UnixMillis};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::PAGE_ROWS_MAX;
use crate::entity::forecasts::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, Row, page};
use crate::prune::Prunable;
use crate::store::Store;

pub use answers::ModelAnswerRow;
pub use budget::{BudgetDay, ModelBudget};
pub use rows::{ForecastRow, ForecastState};

const TABLE: &str = "forecasts";

/// Which forecasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForecastFilter {
    /// Only of this market.
    pub condition: Option<ConditionId>,
    /// Only those in this state.
    pub state: Option<ForecastState>,
    /// Only those whose market is resolved, or only the others.
    pub resolution: Option<Resolution>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

/// Whether the market has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It has.
    Known,
    /// Not yet.
    Open,
}

/// The tables of forecasts and of answers.
#[derive(Clone, Copy, Debug)]
pub struct Forecasts<'a> {
    store: &'a Store,
}

impl<'a> Forecasts<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes a forecast as it stands now; the same id again replaces all of it but the resolution.
    ///
    /// # Errors
    /// A key does not fit, or the database fails.
    pub async fn put(&self, row: &ForecastRow) -> Result<(), StoreError> {
        let model = row.to_model()?;
        let changing = Column::iter()
            .filter(|column| !matches!(column, Column::Id | Column::ResolvedAt | Column::Outcome));
        let conflict = OnConflict::column(Column::Id).update_columns(changing).to_owned();
        let write = || async {
            Entity::insert(model.clone().into_active_model().reset_all())
                .on_conflict(conflict.clone())
                .exec_without_returning(self.store.connection())
                .await?;
            Ok(())
        };
        self.store.transact(write).await
    }

    /// One forecast.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn find(&self, id: &str) -> Result<Option<ForecastRow>, StoreError> {
        let find = Entity::find_by_id(id);
        let model = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        model.map(ForecastRow::from_model).transpose()
    }

    /// A page, asked last first: at most `limit` rows and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        filter: ForecastFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<ForecastRow>, StoreError> {
        let mut find = Entity::find();
        if let Some(condition) = filter.condition {
            find = find.filter(Column::ConditionId.eq(condition.to_string()));
        }
        if let Some(state) = filter.state {
            find = find.filter(Column::State.eq(state.code()));
        }
        find = match filter.resolution {
            Some(Resolution::Known) => find.filter(Column::Outcome.is_not_null()),
            Some(Resolution::Open) => find.filter(Column::Outcome.is_null()),
            None => find,
        };
        page::<ForecastRow>(self.store, find, filter.order.into(), cursor, limit).await
    }

    /// Markets that were asked about since `since`, with the moment of the last time.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn asked_since(
        &self,
        since: UnixMillis,
    ) -> Result<Vec<(ConditionId, UnixMillis)>, StoreError> {
        let find = Entity::find()
            .select_only()
            .column(Column::ConditionId)
            .column_as(Column::AskedAt.max(), "asked_at")
            .filter(Column::AskedAt.gte(since.micros()))
            .group_by(Column::ConditionId)
            .into_tuple::<(String, i64)>();
        let pairs = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        pairs
            .into_iter()
            .map(|(condition, at)| {
                let reader = crate::column::RowReader { table: TABLE, key: &condition };
                let condition = reader.condition("condition_id", &condition)?;
                Ok((condition, crate::column::moment(at)))
            })
            .collect()
    }

    /// Markets with a published forecast and no known end yet, at most [`PAGE_ROWS_MAX`], those first
    /// that were asked about longest ago.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn unresolved_markets(&self) -> Result<Vec<ConditionId>, StoreError> {
        let find = Entity::find()
            .select_only()
            .column(Column::ConditionId)
            .filter(Column::Outcome.is_null())
            .filter(Column::State.eq(ForecastState::Published.code()))
            .group_by(Column::ConditionId)
            .order_by_asc(Column::AskedAt.min())
            .order_by_asc(Column::ConditionId)
            .limit(PAGE_ROWS_MAX)
            .into_tuple::<String>();
        let texts = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let read = |text: String| {
            let reader = crate::column::RowReader { table: TABLE, key: &text };
            reader.condition("condition_id", &text)
        };
        texts.into_iter().map(read).collect()
    }

    /// Writes down how a market ended, at every forecast of it that does not know yet. Returns how
    /// many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn resolve(
        &self,
        condition: ConditionId,
        outcome: Probability,
        at: UnixMillis,
    ) -> Result<u64, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::ResolvedAt, Expr::value(at.micros()))
            .col_expr(Column::Outcome, Expr::value(i64::from(outcome.millionths())))
            .filter(Column::ConditionId.eq(condition.to_string()))
            .filter(Column::Outcome.is_null());
        self.store
            .transact(|| async {
                Ok(update.clone().exec(self.store.connection()).await?.rows_affected)
            })
            .await
    }

    /// The newest `limit` published forecasts whose market is resolved, resolved first first: what
    /// the swarm learns from.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn resolved(&self, limit: u64) -> Result<Vec<ForecastRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Outcome.is_not_null())
            .filter(Column::State.eq(ForecastState::Published.code()))
            .order_by_desc(Column::ResolvedAt)
            .order_by_desc(Column::AskedAt)
            .order_by_desc(Column::Id)
            .limit(limit);
        let models: Vec<Model> =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        models.into_iter().rev().map(ForecastRow::from_model).collect()
    }

    /// Ends, with `reason`, what a process left unfinished when it died. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn fail_unfinished(&self, reason: &str) -> Result<u64, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::State, Expr::value(ForecastState::Failed.code()))
            .col_expr(Column::Reason, Expr::value(reason))
            .filter(Column::State.eq(ForecastState::Asking.code()));
        self.store
            .transact(|| async {
                Ok(update.clone().exec(self.store.connection()).await?.rows_affected)
            })
            .await
    }

    /// Deletes at most `rows_max` forecasts asked before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "asked_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}
