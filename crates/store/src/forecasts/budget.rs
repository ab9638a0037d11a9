//! What asking models may cost in a day.
//!
//! Money is reserved before a call and settled after it. Whoever dies in between leaves the
//! reservation behind, and it counts until the day is over: nobody knows whether the call was
//! answered and paid.

use domain::{UnixMillis, Usd};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::entity::model_budget::{Column, Entity, Model};
use crate::error::StoreError;
use crate::store::Store;

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

    /// Reserves `amount` within `limit` for the day of `now`, or nothing at all. Of many at once no
    /// two get the same room. Returns whether there was room.
    ///
    /// # Errors
    /// The database fails: then it is not known whether it is reserved, and nothing may be asked.
    pub async fn reserve(
        &self,
        now: UnixMillis,
        amount: Usd,
        limit: Usd,
    ) -> Result<bool, StoreError> {
        let day = BudgetDay::of(now);
        self.store.transact(|| self.try_reserve(day, now, amount, limit)).await
    }

    async fn try_reserve(
        &self,
        day: i64,
        now: UnixMillis,
        amount: Usd,
        limit: Usd,
    ) -> Result<bool, StoreError> {
        self.open_day(day, now).await?;
        let used = Expr::col(Column::Reserved).add(Expr::col(Column::Spent));
        // One statement that looks and writes, so that no two see the same room.
        let taken = Entity::update_many()
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).add(amount.micros()))
            .col_expr(Column::UpdatedAt, Expr::value(now.micros()))
            .filter(Column::Day.eq(day))
            .filter(used.add(amount.micros()).lte(limit.micros()))
            .exec(self.store.connection())
            .await?;
        if taken.rows_affected == 1 {
            return Ok(true);
        }
        Entity::update_many()
            .col_expr(Column::Refused, Expr::col(Column::Refused).add(1))
            .filter(Column::Day.eq(day))
            .exec(self.store.connection())
            .await?;
        Ok(false)
    }

    async fn open_day(&self, day: i64, now: UnixMillis) -> Result<(), StoreError> {
        let fresh =
            Model { day, reserved: 0, spent: 0, calls: 0, refused: 0, updated_at: now.micros() };
        // Changing the key to itself: MySQL has no "do nothing".
        let known = OnConflict::column(Column::Day).update_column(Column::Day).to_owned();
        Entity::insert(fresh.into_active_model().reset_all())
            .on_conflict(known)
            .exec_without_returning(self.store.connection())
            .await?;
        Ok(())
    }

    /// Turns a reservation of the day of `reserved_at` into what was paid. Call it once for each:
    /// where it fails, leave it, and the reservation counts until the day is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn settle(
        &self,
        reserved_at: UnixMillis,
        reserved: Usd,
        paid: Usd,
    ) -> Result<(), StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::Reserved, Expr::col(Column::Reserved).sub(reserved.micros()))
            .col_expr(Column::Spent, Expr::col(Column::Spent).add(paid.micros()))
            .col_expr(Column::Calls, Expr::col(Column::Calls).add(1))
            .filter(Column::Day.eq(BudgetDay::of(reserved_at)));
        self.store
            .transact(|| async {
                update.clone().exec(self.store.connection()).await?;
                Ok(())
            })
            .await
    }

    /// The figures of the day of `now`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn day(&self, now: UnixMillis) -> Result<BudgetDay, StoreError> {
        let day = BudgetDay::of(now);
        let find = Entity::find_by_id(day);
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        Ok(row.map_or(BudgetDay { day, ..BudgetDay::default() }, |row| BudgetDay {
            day,
            reserved: Usd::from_micros(row.reserved),
            spent: Usd::from_micros(row.spent),
            calls: count(row.calls),
            refused: count(row.refused),
        }))
    }
}
