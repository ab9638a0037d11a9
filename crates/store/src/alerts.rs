//! What people were told, and how each message fared on its way.

mod row;

use std::collections::{BTreeMap, BTreeSet};

use domain::UnixMillis;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, SqlErr,
};

use crate::entity::{alert_deliveries as deliveries, alerts};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, Row, page};
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::{NAME_CHARS_MAX, Word, cut};

pub use row::{AlertRow, DeliveryRow, DeliveryState};

/// Deliveries read at once.
const DELIVERIES_MAX: u64 = 1_000;

/// Which alerts; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    /// Of this kind.
    pub kind: Option<Word>,
    /// Of this severity.
    pub severity: Option<Word>,
    /// With a message that stands so.
    pub state: Option<DeliveryState>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

/// How many messages of a channel are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryCount {
    /// The channel.
    pub channel: Word,
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
}

/// The tables of alerts.
#[derive(Clone, Copy, Debug)]
pub struct Alerts<'a> {
    store: &'a Store,
}

impl<'a> Alerts<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes an alert with the messages that it makes, at once. Returns whether it is new: the same
    /// id again changes nothing.
    ///
    /// # Errors
    /// A key does not fit, or the database fails.
    pub async fn raise(
        &self,
        alert: &AlertRow,
        messages: &[DeliveryRow],
    ) -> Result<bool, StoreError> {
        let model = alert.to_model()?;
        let messages = messages.iter().map(Row::to_model).collect::<Result<Vec<_>, _>>()?;
        let write = || async {
            let transaction = self.store.begin_write().await?;
            // A plain insert: an upsert does not say on both databases whether the row is new.
            let insert = alerts::Entity::insert(model.clone().into_active_model().reset_all());
            match insert.exec_without_returning(&transaction).await {
                Ok(_) => {}
                Err(error) => match error.sql_err() {
                    Some(SqlErr::UniqueConstraintViolation(_)) => return Ok(false),
                    _ => return Err(error.into()),
                },
            }
            if !messages.is_empty() {
                let rows = messages.iter().cloned().map(|row| row.into_active_model().reset_all());
                deliveries::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
            }
            transaction.commit().await?;
            Ok(true)
        };
        self.store.transact(write).await
    }

    /// Notes how a message fared.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn note(&self, message: &DeliveryRow) -> Result<(), StoreError> {
        use deliveries::Column;
        let problem = message.problem.as_deref().map(|text| cut(text, NAME_CHARS_MAX).to_owned());
        let update = deliveries::Entity::update_many()
            .col_expr(Column::State, Expr::value(message.state.code()))
            .col_expr(Column::Tries, Expr::value(i64::from(message.tries)))
            .col_expr(Column::DueAt, Expr::value(message.due_at.micros()))
            .col_expr(Column::SentAt, Expr::value(message.sent_at.map(UnixMillis::micros)))
            .col_expr(Column::Problem, Expr::value(problem))
            .filter(Column::AlertId.eq(message.alert_id.as_str()))
            .filter(Column::Channel.eq(message.channel.as_str()));
        let write = || async {
            update.clone().exec(self.store.connection()).await?;
            Ok(())
        };
        self.store.transact(write).await
    }

    /// The messages to these channels that still wait, with their alerts, the one that is due first
    /// first: at most `limit` and 1,000.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn waiting(
        &self,
        channels: &[Word],
        limit: u64,
    ) -> Result<Vec<(AlertRow, DeliveryRow)>, StoreError> {
        use deliveries::Column;
        let find = deliveries::Entity::find()
            .filter(Column::State.eq(DeliveryState::Waiting.code()))
            .filter(Column::Channel.is_in(channels.iter().map(Word::as_str)))
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::AlertId)
            .order_by_asc(Column::Channel);
        self.with_alerts(find, limit).await
    }

    /// The messages of alerts that came about at `since` or later, with their alerts, the newest
    /// first: at most `limit` and 1,000.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn told_since(
        &self,
        since: UnixMillis,
        limit: u64,
    ) -> Result<Vec<(AlertRow, DeliveryRow)>, StoreError> {
        use deliveries::Column;
        let find = deliveries::Entity::find()
            .filter(Column::At.gte(since.micros()))
            .order_by_desc(Column::At)
            .order_by_asc(Column::AlertId)
            .order_by_asc(Column::Channel);
        self.with_alerts(find, limit).await
    }

    async fn with_alerts(
        &self,
        find: sea_orm::Select<deliveries::Entity>,
        limit: u64,
    ) -> Result<Vec<(AlertRow, DeliveryRow)>, StoreError> {
        let find = find.limit(limit.clamp(1, DELIVERIES_MAX));
        let models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let ids: BTreeSet<&str> = models.iter().map(|row| row.alert_id.as_str()).collect();
        let find = alerts::Entity::find().filter(alerts::Column::Id.is_in(ids));
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let known = rows
            .into_iter()
            .map(|row| Ok((row.id.clone(), AlertRow::from_model(row)?)))
            .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
        let mut messages = Vec::with_capacity(models.len());
        for model in models {
            // Pruned in between: there is nothing left to tell.
            let Some(alert) = known.get(&model.alert_id) else { continue };
            messages.push((alert.clone(), DeliveryRow::from_model(model)?));
        }
        Ok(messages)
    }

    /// The alert of that id.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn find(&self, id: &str) -> Result<Option<AlertRow>, StoreError> {
        let find = alerts::Entity::find_by_id(id);
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(AlertRow::from_model).transpose()
    }

    /// A page of alerts, the newest first: at most `limit` and
    /// [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        filter: &AlertFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<AlertRow>, StoreError> {
        let mut find = alerts::Entity::find();
        if let Some(kind) = &filter.kind {
            find = find.filter(alerts::Column::Kind.eq(kind.as_str()));
        }
        if let Some(severity) = &filter.severity {
            find = find.filter(alerts::Column::Severity.eq(severity.as_str()));
        }
        if let Some(state) = filter.state {
            let mut messages = Query::select();
            messages
                .column(deliveries::Column::AlertId)
                .from(deliveries::Entity)
                .and_where(deliveries::Column::State.eq(state.code()));
            find = find.filter(alerts::Column::Id.in_subquery(messages));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }

    /// How the messages of these alerts fared: of at most 500 alerts.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn messages_of(&self, ids: &[&str]) -> Result<Vec<DeliveryRow>, StoreError> {
        let ids = ids.iter().take(crate::PAGE_ROWS_MAX as usize).copied();
        let find = deliveries::Entity::find()
            .filter(deliveries::Column::AlertId.is_in(ids))
            .order_by_asc(deliveries::Column::AlertId)
            .order_by_asc(deliveries::Column::Channel);
        let models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        models.into_iter().map(DeliveryRow::from_model).collect()
    }

    /// How many messages of each channel wait, were sent, or are dead letters.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn counts(&self) -> Result<Vec<DeliveryCount>, StoreError> {
        use deliveries::Column;
        let find = deliveries::Entity::find()
            .select_only()
            .column(Column::Channel)
            .column(Column::State)
            .column_as(Column::AlertId.count(), "count")
            .group_by(Column::Channel)
            .group_by(Column::State)
            .order_by_asc(Column::Channel)
            .order_by_asc(Column::State)
            .into_tuple::<(String, String, i64)>();
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter()
            .map(|(channel, state, count)| row::count(&channel, &state, count))
            .collect()
    }

    /// Forgets at most `rows_max` alerts that came about before `before`, oldest first, and as many
    /// of their messages. Returns how many rows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let messages =
            Prunable { table: "alert_deliveries", key: "alert_id, channel", moment: "at" };
        let gone = messages.prune(self.store, before.micros(), rows_max).await?;
        let alerts = Prunable { table: "alerts", key: "id", moment: "at" };
        Ok(gone + alerts.prune(self.store, before.micros(), rows_max).await?)
    }
}
