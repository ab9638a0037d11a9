//! What can go wrong with a database, and whether to try again.

use std::sync::Arc;

use domain::IdError;
use domain::fee::FeeError;
use domain::order::OrderIdError;
use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};
use thiserror::Error;

use crate::settings::UrlError;
use crate::text::WordError;

/// Why a column's content is not what this program writes into it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Not a condition or token id.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Not the id of an order.
    #[error(transparent)]
    OrderId(#[from] OrderIdError),
    /// Not a word of ours.
    #[error(transparent)]
    Word(#[from] WordError),
    /// A fee schedule that cannot be used.
    #[error(transparent)]
    Fee(#[from] FeeError),
    /// A number outside of what its meaning allows.
    #[error("the number {0} is out of range")]
    OutOfRange(i64),
    /// A word that names nothing this version knows.
    #[error("the word is not one of those known")]
    UnknownWord,
    /// Two columns that belong together, and only one is filled.
    #[error("its twin column is empty")]
    Incomplete,
    /// Not 64 hexadecimal digits.
    #[error("it is not the 64 digits of a checksum")]
    Checksum,
    /// JSON of another shape.
    #[error("the JSON has another shape")]
    Json,
}

/// Why the database did not do what was asked.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The address of the database cannot be used. The address itself is never part of the text.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The file of the database, or the folder it is in, cannot be made.
    #[error("the database file or its folder cannot be created: {0}")]
    File(Arc<std::io::Error>),
    /// A checkpoint cannot be packed. It is a cache: nothing is lost.
    #[error("a checkpoint cannot be packed or unpacked: {0}")]
    Packing(Arc<std::io::Error>),
    /// The database gave no answer in time. Whether a write happened is unknown: write it again.
    #[error("the database did not answer within {after_ms} ms")]
    Timeout {
        /// How long was waited.
        after_ms: u64,
    },
    /// The database or the way to it failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that was read back makes no sense.
    #[error("{table} row {key}: column {column}: {source}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The key of the row.
        key: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        source: ReadError,
    },
    /// A key that was to be written does not fit: too long, empty, or not printable ASCII.
    #[error("{table}: {column} is not 1 to {chars_max} printable characters without spaces")]
    BadKey {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// How many characters it may have.
        chars_max: usize,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody repairing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Database(error) => is_transient(error),
            Self::Url(_)
            | Self::File(_)
            | Self::Packing(_)
            | Self::Unreadable { .. }
            | Self::BadKey { .. } => false,
        }
    }

    /// Whether the database undid a transaction because of another one, and wants it repeated.
    /// A busy SQLite is none: whoever hears of it has waited long already.
    pub(crate) fn is_conflict(&self) -> bool {
        let Self::Database(error) = self else { return false };
        driver_error(error).is_some_and(|error| is_one_of(error, &MYSQL_CONFLICTS, &[]))
    }
}

/// 1205 lock wait timeout, 1213 deadlock.
const MYSQL_CONFLICTS: [u16; 2] = [1205, 1213];
/// 1040 too many connections, 1053 shutting down, 1158 to 1161 network, 1203 too many connections
/// of one user, 1927 connection killed, 2006 and 2013 server gone.
const MYSQL_PASSING: [u16; 10] = [1040, 1053, 1158, 1159, 1160, 1161, 1203, 1927, 2006, 2013];
/// Primary codes: 5 busy, 6 locked.
const SQLITE_BUSY: [u32; 2] = [5, 6];

fn is_transient(error: &DbErr) -> bool {
    if let DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) = error {
        return true;
    }
    driver_error(error).is_some_and(|error| match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        error => {
            is_one_of(error, &MYSQL_CONFLICTS, &SQLITE_BUSY)
                || is_one_of(error, &MYSQL_PASSING, &[])
        }
    })
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn is_one_of(error: &sqlx::Error, mysql: &[u16], sqlite_primary: &[u32]) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return mysql.contains(&error.number());
    }
    // SQLite's extended codes carry the primary one in the low byte.
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| sqlite_primary.contains(&(code & 0xff)))
}
