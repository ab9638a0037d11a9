//! Money: the journal as the one truth, and tables that say the same for whoever reads.
//!
//! One process writes, through the [`Journal`] that it has opened; everybody reads. A batch of the
//! journal and the rows of the tables are committed together, so the tables never say anything
//! that the journal does not.

mod batch;
mod chain_actions;
mod checksum;
mod daily_results;
mod decision_counts;
mod decisions;
mod equity;
mod fills;
mod idempotency;
mod journal;
mod ledger;
mod orders;
mod plans;
mod positions;
mod risk_state;
pub(crate) mod rows;
mod signals;

use domain::UnixMillis;

use crate::error::StoreError;
use crate::leases::Lease;
use crate::store::Store;

pub use batch::{BATCH_ROWS_MAX, MoneyBatch};
pub use chain_actions::{ChainActionFilter, ChainActionRow};
pub use daily_results::{DailyResultRow, ResultBy, ResultFigures, ResultSum};
pub use decision_counts::DecisionCount;
pub use decisions::{About, DecisionFilter, DecisionRow, Verdict};
pub use equity::EquityRow;
pub use fills::{FillFilter, FillRow};
pub use idempotency::{Answer, Begun, Idempotency};
pub use journal::JournalLock;
pub(crate) use journal::lock_journal;
pub use journal::{
    AppendError, ChainError, Checkpoint, Cleared, Durability, Journal, JournalEntry, JournalPages,
    JournalRecord, LoadError, LoadFrom, Loaded, OpenError, RENEW_EVERY, clear,
};
pub use ledger::{LedgerEntryRow, LedgerFilter, LedgerPage, LedgerPhase, PostingRow};
pub use orders::{OrderFilter, OrderRow};
pub use plans::{PlanFilter, PlanRow};
pub use positions::{PositionPage, PositionRow, PositionState};
pub use risk_state::RiskStateRow;
pub use signals::{SignalFilter, SignalRow};

/// The money half of the database.
#[derive(Clone, Copy, Debug)]
pub struct Money<'a> {
    store: &'a Store,
}

impl<'a> Money<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Opens the journal for writing; `owner` is what others are told who find it open, cut to 255
    /// characters. A journal whose owner died, however, is free at once.
    ///
    /// # Errors
    /// [`OpenError::Owned`] while another process that lives has it open, or holds the lease to
    /// decide. Or the journal does not
    /// end as was written down, or the database fails.
    pub async fn open_journal(&self, owner: &str, now: UnixMillis) -> Result<Journal, OpenError> {
        Journal::open(self.store, owner, now).await
    }

    /// The same for whoever holds the lease to decide: whoever had the journal open before, and is
    /// not heard of any more, cannot write from here on.
    ///
    /// # Errors
    /// [`OpenError::Owned`] while a process without a lease has it open, [`OpenError::LeaseLost`],
    /// and as [`Self::open_journal`].
    pub async fn open_journal_under(
        &self,
        lease: &Lease,
        owner: &str,
        now: UnixMillis,
    ) -> Result<Journal, OpenError> {
        Journal::open_under(self.store, lease, owner, now).await
    }

    /// Who has the journal open, in this process or another; `None` where nobody has.
    ///
    /// # Errors
    /// The database or the file of the lock fails.
    pub async fn journal_holder(&self) -> Result<Option<String>, StoreError> {
        journal::holder(self.store).await
    }

    /// Reads the journal back, from a checkpoint on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load(&self, from: LoadFrom) -> Result<Loaded, LoadError> {
        journal::load(self.store, from).await
    }

    /// Requests that may come twice.
    #[must_use]
    pub const fn idempotency(&self) -> Idempotency<'a> {
        Idempotency::new(self.store)
    }
}
