//! What can go wrong with the journal.

use domain::UnixMillis;
use thiserror::Error;

use crate::error::StoreError;

/// What is wrong with the chain of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChainError {
    /// A record is gone.
    #[error("the journal lacks record {seq}; restore the database from a backup")]
    Missing {
        /// Which one.
        seq: u64,
    },
    /// A record is not the one that was written, or one before it is not.
    #[error("record {seq} of the journal was altered; restore the database from a backup")]
    Altered {
        /// Which one.
        seq: u64,
    },
    /// A record stands behind the end.
    #[error("record {seq} of the journal stands behind its end; somebody else wrote it")]
    BehindTheEnd {
        /// Which one.
        seq: u64,
    },
}

/// Why the journal cannot be opened for writing.
#[derive(Clone, Debug, Error)]
pub enum OpenError {
    /// Another process writes it, and is alive.
    #[error("the journal is open in another process: {owner}, since {since}; stop that one first. One that was killed is forgotten within a minute", since = since.to_rfc3339())]
    Owned {
        /// What the other one calls itself.
        owner: String,
        /// When it opened the journal.
        since: UnixMillis,
    },
    /// The lease was taken by another process.
    #[error("the lease to decide belongs to another process now")]
    LeaseLost,
    /// The records do not fit together.
    #[error(transparent)]
    Damaged(#[from] ChainError),
    /// The database or the file of the lock fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the journal cannot be read.
#[derive(Clone, Debug, Error)]
pub enum LoadError {
    /// The records do not fit together.
    #[error(transparent)]
    Damaged(#[from] ChainError),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a batch was not written, or is not known to be.
#[derive(Clone, Debug, Error)]
pub enum AppendError {
    /// Another process has taken the journal over. Nothing was written, and nothing ever will be
    /// by this handle.
    #[error("the journal was taken over by {by}; this process must stop trading")]
    Fenced {
        /// What the other one calls itself.
        by: String,
    },
    /// The batch does not follow the last record. Nothing was written.
    #[error("the journal continues with record {expected}, not {got}")]
    OutOfOrder {
        /// The number that comes next.
        expected: u64,
        /// The number that was given.
        got: u64,
    },
    /// Another record has the number already. Nothing was written.
    #[error("record {seq} of the journal says something else already")]
    Conflict {
        /// Which one.
        seq: u64,
    },
    /// The batch is too large. Nothing was written; split it.
    #[error("a batch has at most {max} {what}, not {got}")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// How many there are.
        got: usize,
        /// How many there may be.
        max: usize,
    },
    /// Postings without a record that explains them. Nothing was written.
    #[error("a ledger entry needs a record of the journal in the same batch")]
    Unexplained,
    /// A row does not fit (nothing was written) or the database fails. Where it is transient,
    /// whether the batch was written is unknown: append the same batch again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppendError {
    /// Whether the same batch may succeed later without anybody repairing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl OpenError {
    /// Whether another try may succeed by itself.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

macro_rules! from_driver {
    ($($error:ident)*) => {$(
        impl From<sea_orm::DbErr> for $error {
            fn from(error: sea_orm::DbErr) -> Self {
                Self::Store(error.into())
            }
        }
    )*};
}
from_driver! { OpenError LoadError AppendError }
