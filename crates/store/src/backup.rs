//! A copy of a SQLite database, taken while others write, and whether a file is whole.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::error::StoreError;
use crate::money::lock_journal;
use crate::settings::{StoreSettings, Target};
use crate::store::Store;

pub use crate::money::JournalLock;

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Why there is no copy, or why a copy is not put in place.
#[derive(Clone, Debug, Error)]
pub enum BackupError {
    /// It is on a server, which has tools of its own.
    #[error("the database is on a server; docs/database.md says how to copy it with mysqldump")]
    OnServer,
    /// There is no database to copy.
    #[error("there is no database at {}", .0.display())]
    NotThere(PathBuf),
    /// Nothing is written over.
    #[error("{} is there already; nothing is written over", .0.display())]
    Exists(PathBuf),
    /// A process trades with the database that is to be replaced.
    #[error("a process trades with {}; stop it first", .0.display())]
    InUse(PathBuf),
    /// SQLite finds it damaged.
    #[error("{} is damaged: {why}", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("a file cannot be read or written: {0}")]
    File(Arc<io::Error>),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::File(Arc::new(error))
    }
}

/// The file of a SQLite database.
///
/// # Errors
/// [`BackupError::OnServer`].
pub fn file_of(settings: &StoreSettings) -> Result<&Path, BackupError> {
    match settings.url.target() {
        Target::Sqlite { file, .. } => Ok(file),
        Target::Mysql { .. } => Err(BackupError::OnServer),
    }
}

/// Copies the database as it is at one moment into a new file, for its owner alone. Others go on
/// reading and writing meanwhile.
///
/// # Errors
/// See [`BackupError`].
pub async fn copy_database(settings: &StoreSettings, to: &Path) -> Result<(), BackupError> {
    let from = file_of(settings)?;
    if !from.is_file() {
        return Err(BackupError::NotThere(from.to_owned()));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    // SQLite writes into a file that is empty, and this one is nobody else's from its beginning.
    private(to)?;
    let store = Store::connect(settings).await?;
    let values = vec![to.to_string_lossy().into_owned().into()];
    let copy = Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO ?", values);
    let copied = store.connection().execute_raw(copy).await.map_err(StoreError::from);
    store.close().await?;
    copied?;
    sync(to)?;
    Ok(())
}

/// Has SQLite look at every page of a file.
///
/// # Errors
/// [`BackupError::Damaged`], or the file cannot be opened.
pub async fn check_file(store: &Store, file: &Path) -> Result<(), BackupError> {
    let ask = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA integrity_check");
    let row = store.connection().query_one_raw(ask).await.map_err(StoreError::from)?;
    let said = row.map(|row| row.try_get_by_index::<String>(0)).transpose();
    match said.map_err(StoreError::from)?.as_deref() {
        Some("ok") => Ok(()),
        said => {
            let why = said.unwrap_or("it says nothing").to_owned();
            Err(BackupError::Damaged { file: file.to_owned(), why })
        }
    }
}

/// The SHA-256 of a file, as hexadecimal digits.
///
/// # Errors
/// It cannot be read.
pub fn checksum(file: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut block) = (File::open(file)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(hex::encode(digest.finalize()));
        }
        digest.update(block.get(..read).unwrap_or_default());
    }
}

/// Puts a checked file in the place of the database and returns where the one before it is now, if
/// there was one. Nobody may trade with it, and nobody can while this goes on.
///
/// # Errors
/// See [`BackupError`]; the database is then where it was.
pub fn put_in_place(
    settings: &StoreSettings,
    checked: &Path,
    name: &str,
) -> Result<Option<PathBuf>, BackupError> {
    let file = file_of(settings)?;
    let _lock = claim(settings)?;
    let aside = file.exists().then(|| with_end(file, name));
    if let Some(aside) = &aside {
        if aside.exists() {
            return Err(BackupError::Exists(aside.clone()));
        }
        for end in COMPANIONS {
            let companion = with_end(file, end);
            if companion.exists() {
                fs::rename(&companion, with_end(aside, end))?;
            }
        }
        fs::rename(file, aside)?;
    }
    fs::rename(checked, file)?;
    sync(file)?;
    Ok(aside)
}

/// Keeps every other process off the journal until it is dropped.
///
/// # Errors
/// [`BackupError::InUse`], or the file of the lock cannot be made.
pub fn claim(settings: &StoreSettings) -> Result<JournalLock, BackupError> {
    let file = file_of(settings)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    lock_journal(file)?.ok_or_else(|| BackupError::InUse(file.to_owned()))
}

/// Copies a file into a new one, for its owner alone.
///
/// # Errors
/// See [`BackupError`].
pub fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let (mut reader, mut writer) = (File::open(from)?, private(to)?);
    io::copy(&mut reader, &mut writer)?;
    writer.sync_all()?;
    Ok(())
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file, and its name in the folder.
fn sync(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
