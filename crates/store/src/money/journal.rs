//! The journal: what happened to our money, in order, for good. Everything else about money can be
//! computed from it again.

mod checkpoint;
mod error;
mod fresh;
mod head;
mod load;
mod lock;
mod packed;

use std::time::Duration;

use domain::UnixMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait,
    QueryFilter, Statement,
};
use tokio::sync::Mutex;

use crate::connect::{WritesUnder, connect_durably};
use crate::entity::journal as records;
use crate::entity::journal_owner::{Column, Entity};
use crate::error::StoreError;
use crate::leases::{Lease, LeaseHolder, LeaseName};
use crate::store::{Store, begin_write, within};
use crate::text::{Label, NAME_CHARS_MAX, cut};

use super::batch::{MoneyBatch, Prepared};
use head::{Head, OWNER_ID, fence_out, linked, read_owner, take_over, written_before};
use lock::OwnerLock;

pub use checkpoint::Checkpoint;
pub use error::{AppendError, ChainError, LoadError, OpenError};
pub use fresh::{Cleared, clear};
pub(super) use load::load;
pub use load::{JournalEntry, JournalPages, LoadFrom, Loaded};
pub use lock::JournalLock;
pub(crate) use lock::lock_journal;

/// How often [`Journal::renew`] must be called at least; the server waits four times as long.
pub const RENEW_EVERY: Duration = Duration::from_secs(15);

/// How often one call tries to write a batch before it tells the caller.
const TRIES_MAX: u32 = 3;
const TRY_PAUSE: Duration = Duration::from_millis(20);

/// One record to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRecord {
    /// What kind of thing happened.
    pub kind: Label,
    /// What happened, as JSON. Kept to the byte; at most 1 MiB.
    pub body: String,
    /// When.
    pub at: UnixMillis,
}

/// What a committed batch survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A power cut.
    PowerCut,
    /// The end of this process, but not a power cut at the database server, which is set to write
    /// its log to the disk later (`innodb_flush_log_at_trx_commit` is not 1).
    ProcessEnd,
}

/// The journal, open for writing by this handle alone. Dropped, it is free for the next.
#[derive(Debug)]
pub struct Journal {
    store: Store,
    connection: DatabaseConnection,
    lock: OwnerLock,
    fence: i64,
    durability: Durability,
    head: Mutex<Head>,
}

/// Who has the journal open.
pub(super) async fn holder(store: &Store) -> Result<Option<String>, StoreError> {
    let connection = store.connection();
    let lease = store.leases().holder(LeaseName::Decide).await?;
    if lease.is_none() && !lock::is_held(store.settings().url.target(), connection).await? {
        return Ok(None);
    }
    Ok(Some(read_owner(connection).await?.owner))
}

impl Journal {
    pub(super) async fn open(
        store: &Store,
        owner: &str,
        now: UnixMillis,
    ) -> Result<Self, OpenError> {
        let limit = store.settings().call_timeout;
        let owner = cut(owner, NAME_CHARS_MAX);
        within(limit, Self::open_unbounded(store, owner, now)).await
    }

    pub(super) async fn open_under(
        store: &Store,
        lease: &Lease,
        owner: &str,
        now: UnixMillis,
    ) -> Result<Self, OpenError> {
        let limit = store.settings().call_timeout;
        let owner = cut(owner, NAME_CHARS_MAX);
        within(limit, Self::open_leased(store, lease, owner, now)).await
    }

    async fn open_unbounded(
        store: &Store,
        owner: &str,
        now: UnixMillis,
    ) -> Result<Self, OpenError> {
        let connection = connect_durably(store.settings(), WritesUnder::Lock).await?;
        let target = store.settings().url.target();
        let Some(lock) = OwnerLock::take(target, &connection).await? else {
            return Err(owned(&connection).await?);
        };
        if let Some(LeaseHolder { holder, taken_at, .. }) =
            store.leases().holder(LeaseName::Decide).await?
        {
            return Err(OpenError::Owned { owner: holder, since: taken_at });
        }
        let (fence, head) = take_over(&connection, None, owner, now).await?;
        Self::opened(store, connection, lock, fence, head).await
    }

    async fn open_leased(
        store: &Store,
        lease: &Lease,
        owner: &str,
        now: UnixMillis,
    ) -> Result<Self, OpenError> {
        let connection = connect_durably(store.settings(), WritesUnder::Lease).await?;
        let Some(lock) = OwnerLock::share(store.settings().url.target(), &connection).await? else {
            return Err(owned(&connection).await?);
        };
        let (fence, head) = take_over(&connection, Some(lease), owner, now).await?;
        Self::opened(store, connection, lock, fence, head).await
    }

    async fn opened(
        store: &Store,
        connection: DatabaseConnection,
        lock: OwnerLock,
        fence: i64,
        head: Head,
    ) -> Result<Self, OpenError> {
        let durability = durability(&connection).await?;
        if durability == Durability::ProcessEnd {
            tracing::warn!(
                "the database server may lose committed money rows in a power cut; \
                 set innodb_flush_log_at_trx_commit = 1"
            );
        }
        let store = store.clone();
        Ok(Self { store, connection, lock, fence, durability, head: Mutex::new(head) })
    }

    /// What a committed batch survives.
    #[must_use]
    pub const fn durability(&self) -> Durability {
        self.durability
    }

    /// The number that the next record has; the first one is 1. After a batch in doubt (a transient
    /// error, a call that was given up) it may be the number of that batch's first record.
    pub async fn next_seq(&self) -> u64 {
        self.head.lock().await.next_seq()
    }

    /// Writes the records and the rows of a batch in one transaction, on the disk when it returns.
    /// The same batch again changes nothing and succeeds; so whoever does not know whether a batch
    /// was written appends it again, unchanged. Tries three times by itself where that may help.
    /// One batch is written at a time; the others wait.
    ///
    /// # Errors
    /// See [`AppendError`]. After a transient one nobody knows whether the batch was written.
    pub async fn append(&self, batch: &MoneyBatch) -> Result<(), AppendError> {
        let prepared = batch.prepare()?;
        let mut head = self.head.lock().await;
        let mut tries = 0;
        loop {
            tries += 1;
            let limit = self.store.settings().call_timeout;
            match within(limit, self.write(*head, batch, &prepared)).await {
                Ok(new) => {
                    *head = new;
                    return Ok(());
                }
                Err(error) if error.is_transient() && tries < TRIES_MAX => {
                    tracing::debug!(%error, tries, "a batch of the journal is tried again");
                    tokio::time::sleep(TRY_PAUSE * tries).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes a batch that follows `head`, or finds that it was written. Returns the new head.
    async fn write(
        &self,
        head: Head,
        batch: &MoneyBatch,
        prepared: &Prepared,
    ) -> Result<Head, AppendError> {
        let expected = head.next_seq();
        let out_of_order = AppendError::OutOfOrder { expected, got: batch.first_seq };
        // Rows without a record leave no trace by which a second writing could be known.
        let only_rows = batch.records.is_empty();
        if batch.first_seq > expected || only_rows && batch.first_seq != expected {
            return Err(out_of_order);
        }
        let transaction = begin_write(&self.connection).await?;
        if batch.first_seq == expected {
            let (links, new) = linked(head, &batch.records);
            if self.move_head(&transaction, head, new).await? {
                for chunk in links.chunks(super::rows::ROWS_PER_WRITE) {
                    super::rows::insert::<records::Entity>(&transaction, chunk).await?;
                }
                prepared.write(&transaction).await?;
                transaction.commit().await?;
                return Ok(new);
            }
        }
        let found = self.find_written(&transaction, batch).await;
        transaction.rollback().await?;
        if only_rows { found.and(Err(out_of_order)) } else { found }
    }

    /// Moves the end of the journal; `false` where it is elsewhere, or belongs to another owner.
    async fn move_head(
        &self,
        transaction: &DatabaseTransaction,
        from: Head,
        to: Head,
    ) -> Result<bool, AppendError> {
        let update = Entity::update_many()
            .col_expr(Column::HeadSeq, Expr::value(to.seq))
            .col_expr(Column::HeadChecksum, Expr::value(to.checksum.to_string()))
            .filter(Column::Id.eq(OWNER_ID))
            .filter(Column::Fence.eq(self.fence))
            .filter(Column::HeadSeq.eq(from.seq))
            .filter(Column::HeadChecksum.eq(from.checksum.to_string()));
        Ok(update.exec(transaction).await?.rows_affected == 1)
    }

    /// Whether this very batch is in the journal already. Returns the head as it is there.
    async fn find_written(
        &self,
        transaction: &DatabaseTransaction,
        batch: &MoneyBatch,
    ) -> Result<Head, AppendError> {
        let owner = read_owner(transaction).await?;
        fence_out(&owner, self.fence)?;
        written_before(transaction, batch).await?;
        Ok(owner.head)
    }

    /// Says that this process still lives and still owns the journal. Call it every
    /// [`RENEW_EVERY`], also while nothing is written: a server gives a silent owner up.
    ///
    /// # Errors
    /// [`AppendError::Fenced`]: another process has it now. Or the database fails.
    pub async fn renew(&self) -> Result<(), AppendError> {
        // No batch at the same time: there is one connection.
        let _head = self.head.lock().await;
        let renew = async {
            let held = self.lock.renew(&self.connection).await?;
            let owner = read_owner(&self.connection).await?;
            fence_out(&owner, self.fence)?;
            if held { Ok(()) } else { Err(AppendError::Fenced { by: owner.owner }) }
        };
        within(self.store.settings().call_timeout, renew).await
    }

    /// Frees the journal for the next process at once.
    ///
    /// # Errors
    /// The database does not answer. The journal is free all the same.
    pub async fn close(self) -> Result<(), StoreError> {
        let close = async { Ok(self.connection.close().await?) };
        within(self.store.settings().call_timeout, close).await
    }
}

async fn owned(connection: &DatabaseConnection) -> Result<OpenError, StoreError> {
    let other = read_owner(connection).await?;
    Ok(OpenError::Owned { owner: other.owner, since: other.opened_at })
}

async fn durability(connection: &DatabaseConnection) -> Result<Durability, StoreError> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::MySql {
        return Ok(Durability::PowerCut);
    }
    let sql = "SELECT CAST(@@GLOBAL.innodb_flush_log_at_trx_commit AS SIGNED)";
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await?;
    let flush: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(if flush == Some(1) { Durability::PowerCut } else { Durability::ProcessEnd })
}
