//! What asking models may cost in a day.
//!
//! Money is reserved before a call and settled after it, each call in a row of its own, so that
//! nothing is settled twice. Whoever dies in between leaves the reservation behind, and it counts
//! until the day is over: nobody knows whether the call was answered and paid.

use domain::{UnixMillis, Usd};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
};

use crate::column::key_text;
use crate::entity::model_budget::{Column, Entity, Model};
use crate::entity::model_calls as calls;
use crate::error::StoreError;
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::KEY_CHARS_MAX;

const CALLS: &str = "model_calls";
const DAY_MS: i64 = 86_400_000;

/// A day's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BudgetDay {
    /// Days since 1970 in UTC.
    pub day: i64,
    /// Reserved for calls that are not settled: on their way, or left by a process that died.
    pub reserved: Usd,
    /// Paid.
    pub spent: Usd,
    /// Calls that hold something: on their way, or left by a process that died.
    pub calls_open: u64,
    /// Calls that were settled.
    pub calls: u64,
    /// Calls that found no room.
    pub refused: u64,
}

impl BudgetDay {
    /// The day of a moment.
    #[must_use]
    pub const fn of(moment: UnixMillis) -> i64 {
        moment.0.div_euclid(DAY_MS)
    }
    /// When a day begins.
    pub(super) const fn begin(day: i64) -> UnixMillis {
        UnixMillis(day.saturating_mul(DAY_MS))
    }
    /// What no other call may use.
    #[must_use]
    pub fn used(&self) -> Usd {
        self.reserved + self.spent
    }
}

/// The table of budgets.
#[derive(Clone, Copy, Debug)]
pub struct ModelBudget<'a> {
    store: &'a Store,
}

impl<'a> ModelBudget<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Reserves `amount` for a call, within `limit` for the day of `now`, or nothing at all. Of many
    /// at once no two get the same room. A call has a name that no other ever has, of at most 66
    /// characters; reserved again it holds what it holds. Returns whether the call may be made.
    ///
    /// # Errors
    /// The database fails: then it is not known whether it is reserved, and nothing may be asked.
    pub async fn reserve(
        &self,
        call: &str,
        now: UnixMillis,
        amount: Usd,
        limit: Usd,
    ) -> Result<bool, StoreError> {
        let call = calls::Model {
            id: key_text(CALLS, "id", call, KEY_CHARS_MAX)?,
            day: BudgetDay::of(now),
            reserved_at: now.micros(),
            // No call brings money.
            reserved: amount.max(Usd::ZERO).micros(),
            settled_at: None,
            paid: None,
        };
        self.store.transact(|| self.try_reserve(&call, limit)).await
    }

    async fn try_reserve(&self, call: &calls::Model, limit: Usd) -> Result<bool, StoreError> {
        let transaction = self.store.begin_write().await?;
        open_day(&transaction, call).await?;
        if let Some(known) = calls::Entity::find_by_id(&call.id).one(&transaction).await? {
            return Ok(known.settled_at.is_none());
        }
        let used = Expr::col(Column::Reserved).add(Expr::col(Column::Spent));
        // One statement that looks and writes, so that no two see the same room.
        let taken = Entity::update_many()
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).add(call.reserved))
            .col_expr(Column::UpdatedAt, Expr::value(call.reserved_at))
            .filter(Column::Day.eq(call.day))
            .filter(used.add(call.reserved).lte(limit.micros()))
            .exec(&transaction)
            .await?;
        let has_room = taken.rows_affected == 1;
        if has_room {
            let row = call.clone().into_active_model().reset_all();
            calls::Entity::insert(row).exec_without_returning(&transaction).await?;
        } else {
            Entity::update_many()
                .col_expr(Column::Refused, Expr::col(Column::Refused).add(1))
                .filter(Column::Day.eq(call.day))
                .exec(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(has_room)
    }

    /// Turns what a call holds into what was paid for it. Settled again, or never reserved, it
    /// changes nothing; where it fails, the reservation counts until the day is over. Returns
    /// whether it was settled now.
    ///
    /// # Errors
    /// The database fails.
    pub async fn settle(&self, call: &str, now: UnixMillis, paid: Usd) -> Result<bool, StoreError> {
        self.store.transact(|| self.try_settle(call, now, paid.max(Usd::ZERO))).await
    }

    async fn try_settle(&self, call: &str, now: UnixMillis, paid: Usd) -> Result<bool, StoreError> {
        let transaction = self.store.begin_write().await?;
        let Some(held) = calls::Entity::find_by_id(call).one(&transaction).await? else {
            return Ok(false);
        };
        let settled = calls::Entity::update_many()
            .col_expr(calls::Column::SettledAt, Expr::value(now.micros()))
            .col_expr(calls::Column::Paid, Expr::value(paid.micros()))
            .filter(calls::Column::Id.eq(call))
            .filter(calls::Column::SettledAt.is_null())
            .exec(&transaction)
            .await?;
        if settled.rows_affected == 0 {
            return Ok(false);
        }
        Entity::update_many()
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).sub(held.reserved))
            .col_expr(Column::Spent, Expr::col(Column::Spent).add(paid.micros()))
            .col_expr(Column::Calls, Expr::col(Column::Calls).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now.micros()))
            .filter(Column::Day.eq(held.day))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Forgets calls reserved before that moment, the oldest first, at most so many; what their days
    /// cost is kept. Returns how many. Ask for none of the days that still count.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_calls_before(
        &self,
        before: UnixMillis,
        rows_max: u32,
    ) -> Result<u64, StoreError> {
        let prunable = Prunable { table: CALLS, key: "id", moment: "reserved_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }

    /// The figures of the day of `now`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn day(&self, now: UnixMillis) -> Result<BudgetDay, StoreError> {
        let day = BudgetDay::of(now);
        let read = async {
            let connection = self.store.connection();
            let row = Entity::find_by_id(day).one(connection).await?;
            let open = calls::Entity::find()
                .filter(calls::Column::ReservedAt.gte(BudgetDay::begin(day).micros()))
                .filter(calls::Column::Day.eq(day))
                .filter(calls::Column::SettledAt.is_null());
            Ok((row, open.count(connection).await?))
        };
        let (row, calls_open) = self.store.call(read).await?;
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        Ok(row.map_or(BudgetDay { day, ..BudgetDay::default() }, |row| BudgetDay {
            day,
            reserved: Usd::from_micros(row.reserved),
            spent: Usd::from_micros(row.spent),
            calls_open,
            calls: count(row.calls),
            refused: count(row.refused),
        }))
    }
}

/// The call's day, with nothing used where it is new.
async fn open_day(transaction: &DatabaseTransaction, call: &calls::Model) -> Result<(), DbErr> {
    let (day, updated_at) = (call.day, call.reserved_at);
    let fresh = Model { day, reserved: 0, spent: 0, calls: 0, refused: 0, updated_at };
    // Changing the key to itself: MySQL has no "do nothing".
    let known = OnConflict::column(Column::Day).update_column(Column::Day).to_owned();
    Entity::insert(fresh.into_active_model().reset_all())
        .on_conflict(known)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
