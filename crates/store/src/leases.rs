//! What only one process may do at a time, for as long as it says that it lives.
//!
//! All moments are the database's: the clocks of the processes are never compared. Whoever takes a
//! lease gets a fence, larger than every one before it. A holder that was away for longer than its
//! lease learns of it when it renews, or when what it writes is refused by the fence.

use std::time::Duration;

use domain::UnixMillis;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect as _,
};

use crate::column::moment;
use crate::entity::leases::{Column, Entity, Model};
use crate::error::StoreError;
use crate::store::Store;
use crate::text::{NAME_CHARS_MAX, cut};

/// What there are leases of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseName {
    /// To decide about the money of this database.
    Decide,
}

impl LeaseName {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Decide => "decide",
        }
    }
}

/// A lease that was taken. Whether it still is ours, only the database knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: LeaseName,
    fence: i64,
}

impl Lease {
    /// Larger than that of everybody who had it before.
    #[must_use]
    pub const fn fence(&self) -> u64 {
        self.fence.unsigned_abs()
    }
}

/// Who has a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseHolder {
    /// Its name, at most 255 characters.
    pub holder: String,
    /// How often the lease changed hands.
    pub fence: u64,
    /// Since when.
    pub taken_at: UnixMillis,
    /// How long it has it for sure.
    pub left: Duration,
}

/// What came of the wish for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is ours.
    Ours(Lease),
    /// Somebody else has it.
    Theirs(LeaseHolder),
}

/// What came of saying that we live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// The lease is ours for another while.
    Kept,
    /// Somebody else has taken it.
    Lost,
}

/// The table of leases.
#[derive(Clone, Copy, Debug)]
pub struct Leases<'a> {
    store: &'a Store,
}

impl<'a> Leases<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Takes a lease for `term`, if nobody has it.
    ///
    /// # Errors
    /// The database fails: perhaps it is ours; whoever does not know waits until it has ended.
    pub async fn take(
        &self,
        name: LeaseName,
        holder: &str,
        term: Duration,
    ) -> Result<Taken, StoreError> {
        self.store.transact(|| self.try_to_take(name, holder, term)).await
    }

    /// No transaction: whoever stands still in the middle of one would keep the row from its holder.
    async fn try_to_take(
        &self,
        name: LeaseName,
        holder: &str,
        term: Duration,
    ) -> Result<Taken, StoreError> {
        let connection = self.store.connection();
        let now = now_of(connection.get_database_backend());
        let (row, left) = match read(connection, name, now.clone()).await? {
            Some(known) => known,
            None => {
                Entity::insert_many([nobody(name).into_active_model()])
                    .on_conflict_do_nothing()
                    .exec_without_returning(connection)
                    .await?;
                (nobody(name), 0)
            }
        };
        if left > 0 {
            return Ok(Taken::Theirs(told(row, left)));
        }
        let fence = row.fence.saturating_add(1);
        let update = Entity::update_many()
            .col_expr(Column::Holder, Expr::value(cut(holder, NAME_CHARS_MAX)))
            .col_expr(Column::Fence, Expr::value(fence))
            .col_expr(Column::TakenAt, now.clone())
            .col_expr(Column::ExpiresAt, now.clone().add(micros(term)))
            .filter(Column::Name.eq(name.as_str()))
            .filter(Column::Fence.eq(row.fence))
            .filter(Expr::col(Column::ExpiresAt).lte(now.clone()));
        if update.exec(connection).await?.rows_affected == 1 {
            return Ok(Taken::Ours(Lease { name, fence }));
        }
        let (row, left) = read(connection, name, now).await?.unwrap_or_else(|| (nobody(name), 0));
        Ok(Taken::Theirs(told(row, left)))
    }

    /// Says that the holder lives: the lease ends `term` from now.
    ///
    /// # Errors
    /// The database fails: perhaps it was renewed.
    pub async fn renew(&self, lease: &Lease, term: Duration) -> Result<Renewed, StoreError> {
        self.end_in(lease, term).await
    }

    /// Gives a lease back, so that nobody has to wait for its end.
    ///
    /// # Errors
    /// The database fails: the lease ends by itself.
    pub async fn give_back(&self, lease: &Lease) -> Result<(), StoreError> {
        self.end_in(lease, Duration::ZERO).await.map(|_| ())
    }

    async fn end_in(&self, lease: &Lease, term: Duration) -> Result<Renewed, StoreError> {
        let connection = self.store.connection();
        let now = now_of(connection.get_database_backend());
        let renew = || async {
            let update = Entity::update_many()
                .col_expr(Column::ExpiresAt, now.clone().add(micros(term)))
                .filter(Column::Name.eq(lease.name.as_str()))
                .filter(Column::Fence.eq(lease.fence));
            Ok(update.exec(connection).await?.rows_affected)
        };
        let touched = self.store.transact(renew).await?;
        Ok(if touched == 1 { Renewed::Kept } else { Renewed::Lost })
    }

    /// Who has a lease; `None` where nobody has.
    ///
    /// # Errors
    /// The database fails.
    pub async fn holder(&self, name: LeaseName) -> Result<Option<LeaseHolder>, StoreError> {
        let connection = self.store.connection();
        let now = now_of(connection.get_database_backend());
        let known = self.store.call(read(connection, name, now)).await?;
        Ok(known.filter(|(_, left)| *left > 0).map(|(row, left)| told(row, left)))
    }
}

/// Whether the lease is still the one that was taken, and nobody takes it before this transaction
/// ends.
pub(crate) async fn hold(
    transaction: &impl ConnectionTrait,
    lease: &Lease,
) -> Result<Renewed, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(0))
        .filter(Column::Name.eq(lease.name.as_str()))
        .filter(Column::Fence.eq(lease.fence));
    let touched = update.exec(transaction).await?.rows_affected;
    Ok(if touched == 1 { Renewed::Kept } else { Renewed::Lost })
}

/// The row of a lease, and how long it is held still, microseconds.
async fn read(
    connection: &impl ConnectionTrait,
    name: LeaseName,
    now: Expr,
) -> Result<Option<(Model, i64)>, StoreError> {
    let row = Entity::find_by_id(name.as_str())
        .column_as(Expr::col(Column::ExpiresAt).sub(now), "left_micros")
        .into_tuple::<(String, String, i64, i64, i64, i64)>()
        .one(connection)
        .await?;
    Ok(row.map(|(name, holder, fence, taken_at, expires_at, left)| {
        (Model { name, holder, fence, taken_at, expires_at }, left)
    }))
}

fn nobody(name: LeaseName) -> Model {
    let (name, holder) = (name.as_str().to_owned(), String::new());
    Model { name, holder, fence: 0, taken_at: 0, expires_at: 0 }
}

fn told(row: Model, left_micros: i64) -> LeaseHolder {
    LeaseHolder {
        holder: row.holder,
        fence: row.fence.unsigned_abs(),
        taken_at: moment(row.taken_at),
        left: Duration::from_micros(u64::try_from(left_micros).unwrap_or(0)),
    }
}

fn micros(term: Duration) -> i64 {
    i64::try_from(term.as_micros()).unwrap_or(i64::MAX / 4)
}

/// The database's clock, microseconds since 1970.
fn now_of(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::MySql => "CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)",
        _ => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    })
}
