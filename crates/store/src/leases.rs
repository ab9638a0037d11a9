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

    async fn try_to_take(
        &self,
        name: LeaseName,
        holder: &str,
        term: Duration,
    ) -> Result<Taken, StoreError> {
        let transaction = self.store.begin_write().await?;
        let nobody = Model {
            name: name.as_str().to_owned(),
            holder: String::new(),
            fence: 0,
            taken_at: 0,
            expires_at: 0,
        };
        Entity::insert_many([nobody.into_active_model()])
            .on_conflict_do_nothing()
            .exec_without_returning(&transaction)
            .await?;
        let now = now_of(transaction.get_database_backend());
        let update = Entity::update_many()
            .col_expr(Column::Holder, Expr::value(cut(holder, NAME_CHARS_MAX)))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .col_expr(Column::TakenAt, now.clone())
            .col_expr(Column::ExpiresAt, now.clone().add(micros(term)))
            .filter(Column::Name.eq(name.as_str()))
            .filter(Expr::col(Column::ExpiresAt).lte(now.clone()));
        let is_ours = update.exec(&transaction).await?.rows_affected == 1;
        let (holder, left) = read(&transaction, name, now).await?;
        transaction.commit().await?;
        Ok(match is_ours {
            true => Taken::Ours(Lease { name, fence: holder.fence }),
            false => Taken::Theirs(told(holder, left)),
        })
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
        let known = Entity::find_by_id(name.as_str())
            .filter(Expr::col(Column::ExpiresAt).gt(now.clone()))
            .column_as(Expr::col(Column::ExpiresAt).sub(now), "left_micros")
            .into_tuple::<(String, String, i64, i64, i64, i64)>()
            .one(connection);
        let known = self.store.call(async { Ok(known.await?) }).await?;
        Ok(known.map(|(name, holder, fence, taken_at, expires_at, left)| {
            told(Model { name, holder, fence, taken_at, expires_at }, left)
        }))
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

async fn read(
    connection: &impl ConnectionTrait,
    name: LeaseName,
    now: Expr,
) -> Result<(Model, i64), StoreError> {
    let row = Entity::find_by_id(name.as_str())
        .column_as(Expr::col(Column::ExpiresAt).sub(now), "left_micros")
        .into_tuple::<(String, String, i64, i64, i64, i64)>()
        .one(connection)
        .await?;
    let (name, holder, fence, taken_at, expires_at, left) =
        row.unwrap_or_else(|| (name.as_str().to_owned(), String::new(), 0, 0, 0, 0));
    Ok((Model { name, holder, fence, taken_at, expires_at }, left))
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
