//! Keeps a second process off the journal while the first is alive.
//!
//! No clock is involved: the system (SQLite) or the server (MySQL) frees the lock when its owner
//! dies, however it dies. Should the lock ever be lost while the owner lives, the fence in the
//! table still stops whoever is not the last to have opened the journal.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::settings::Target;

/// How long a server may take to notice that the owner before us is dead.
const SERVER_WAIT_SECONDS: i64 = 2;
const SUFFIX: &str = "-journal-owner";

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) enum OwnerLock {
    /// A file beside the database.
    File(#[expect(dead_code, reason = "held, never read: the lock goes with it")] File),
    /// A lock of that name, held by the connection that writes the journal.
    Server(String),
    /// None: the lease stands in its place.
    Shared,
}

impl OwnerLock {
    /// Takes the lock; `None` where another one has it.
    pub(super) async fn take(
        target: &Target,
        connection: &DatabaseConnection,
    ) -> Result<Option<Self>, StoreError> {
        match target {
            Target::Sqlite { file, .. } => {
                let locked = lock_file(&beside(file));
                Ok(locked.map_err(|error| StoreError::File(Arc::new(error)))?.map(Self::File))
            }
            Target::Mysql { options } => {
                let name = server_name(options.get_database().unwrap_or_default());
                let held = lock_server(connection, &name).await?;
                Ok(held.then_some(Self::Server(name)))
            }
        }
    }

    /// For a holder of the lease, who shares it with those that held it before, and may stand still:
    /// `None` where a process without a lease has it. On a server it is held for a moment only.
    pub(super) async fn share(
        target: &Target,
        connection: &DatabaseConnection,
    ) -> Result<Option<Self>, StoreError> {
        match target {
            Target::Sqlite { file, .. } => {
                let locked = share_file(&beside(file));
                Ok(locked.map_err(|error| StoreError::File(Arc::new(error)))?.map(Self::File))
            }
            Target::Mysql { .. } => {
                let Some(lock) = Self::take(target, connection).await? else { return Ok(None) };
                if let Self::Server(name) = &lock {
                    let release = "SELECT COALESCE(RELEASE_LOCK(?), 0)";
                    ask(connection, release, vec![name.as_str().into()]).await?;
                }
                Ok(Some(Self::Shared))
            }
        }
    }

    /// Makes sure that the lock is still held, and takes it again where the connection was lost.
    /// `false`: another one has it now.
    pub(super) async fn renew(&self, connection: &DatabaseConnection) -> Result<bool, StoreError> {
        match self {
            Self::File(_) | Self::Shared => Ok(true),
            Self::Server(name) => {
                let held = "SELECT COALESCE(IS_USED_LOCK(?) = CONNECTION_ID(), 0)";
                let held = ask(connection, held, vec![name.as_str().into()]).await? == 1;
                Ok(held || lock_server(connection, name).await?)
            }
        }
    }
}

/// Whether somebody has the lock. Nothing is made and nothing is waited for.
pub(super) async fn is_held(
    target: &Target,
    connection: &DatabaseConnection,
) -> Result<bool, StoreError> {
    match target {
        Target::Sqlite { file, .. } => {
            let path = beside(file);
            let free = !path.exists() || {
                let lock = lock_file(&path);
                lock.map_err(|error| StoreError::File(Arc::new(error)))?.is_some()
            };
            Ok(!free)
        }
        Target::Mysql { options } => {
            let name = server_name(options.get_database().unwrap_or_default());
            let used = "SELECT COALESCE(IS_USED_LOCK(?), 0)";
            Ok(ask(connection, used, vec![name.into()]).await? != 0)
        }
    }
}

/// Keeps every process off the journal in a SQLite file until it is dropped.
#[derive(Debug)]
pub struct JournalLock(
    #[expect(dead_code, reason = "held, never read: the lock goes with it")] File,
);

/// Takes the lock of the journal in a SQLite file; `None` where a process has it.
///
/// # Errors
/// The file of the lock cannot be made.
pub(crate) fn lock_journal(database: &Path) -> std::io::Result<Option<JournalLock>> {
    Ok(lock_file(&beside(database))?.map(JournalLock))
}

pub(super) fn beside(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(SUFFIX);
    path.into()
}

pub(super) fn lock_file(path: &Path) -> std::io::Result<Option<File>> {
    locked(path, File::try_lock)
}

fn share_file(path: &Path) -> std::io::Result<Option<File>> {
    locked(path, File::try_lock_shared)
}

fn locked(
    path: &Path,
    lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> std::io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The names of locks belong to the whole server and have 64 characters at most.
fn server_name(database: &str) -> String {
    let digest = hex::encode(Sha256::digest(database));
    format!("dutchbook-{}", digest.get(..32).unwrap_or_default())
}

async fn lock_server(connection: &DatabaseConnection, name: &str) -> Result<bool, StoreError> {
    let values = vec![name.into(), SERVER_WAIT_SECONDS.into()];
    Ok(ask(connection, "SELECT COALESCE(GET_LOCK(?, ?), 0)", values).await? == 1)
}

async fn ask(
    connection: &DatabaseConnection,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<i64, StoreError> {
    let backend = connection.get_database_backend();
    let query = Statement::from_sql_and_values(backend, sql, values);
    let row = connection.query_one_raw(query).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}
