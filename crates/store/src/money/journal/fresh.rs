//! Beginning again with nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::lock::{beside, lock_file};
use crate::error::StoreError;
use crate::settings::{StoreSettings, Target};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// What became of the database of earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleared {
    /// It is gone.
    Removed,
    /// There was none.
    NothingThere,
    /// A process trades with it: it stays.
    InUse,
    /// It is on a server, where it stays.
    OnServer,
}

/// Removes a SQLite database, with its journal, that nobody trades with.
///
/// # Errors
/// The file cannot be locked or removed.
pub fn clear(settings: &StoreSettings) -> Result<Cleared, StoreError> {
    let Target::Sqlite { file, .. } = settings.url.target() else { return Ok(Cleared::OnServer) };
    if !file.exists() {
        return Ok(Cleared::NothingThere);
    }
    let failed = |error| StoreError::File(Arc::new(error));
    let Some(_lock) = lock_file(&beside(file)).map_err(failed)? else { return Ok(Cleared::InUse) };
    for suffix in COMPANIONS {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        remove(Path::new(&path)).map_err(failed)?;
    }
    remove(file).map_err(failed)?;
    Ok(Cleared::Removed)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::DatabaseUrl;

    #[test]
    fn a_database_goes_with_its_companions_unless_somebody_trades_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("play.sqlite");
        let settings = StoreSettings::new(DatabaseUrl::sqlite_file(&file));
        assert_eq!(clear(&settings).unwrap(), Cleared::NothingThere);
        let wal = folder.path().join("play.sqlite-wal");
        fs::write(&file, "rows").unwrap();
        fs::write(&wal, "more rows").unwrap();
        let trading = lock_file(&beside(&file)).unwrap();
        assert_eq!(clear(&settings).unwrap(), Cleared::InUse);
        assert!(file.exists() && wal.exists());
        drop(trading);
        assert_eq!(clear(&settings).unwrap(), Cleared::Removed);
        assert!(!file.exists() && !wal.exists());
    }
}
