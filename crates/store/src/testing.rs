//! Databases for tests, here and in other crates: a SQLite file in a folder of its own, and a
//! private MariaDB server that every test of a binary shares, each with a database of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "for tests: what fails here fails a test")]

mod mariadb;

use std::sync::atomic::{AtomicU32, Ordering};

use crate::settings::{DatabaseUrl, StoreSettings, Target};
use crate::store::{Backend, Store};

pub use mariadb::MariaDb;

/// A fresh, empty, migrated database, gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// The open store.
    pub store: Store,
    /// How it was opened; good for opening it again.
    pub settings: StoreSettings,
    folder: Option<tempfile::TempDir>,
}

impl TestDatabase {
    /// A database of that family, with its schema; `None` where MariaDB is not installed. A line
    /// on stderr then says that a test was skipped.
    ///
    /// # Panics
    /// The database cannot be made, or MariaDB is missing while `DUTCHBOOK_REQUIRE_ALL=1`.
    #[must_use]
    pub async fn open(backend: Backend) -> Option<Self> {
        let database = Self::open_empty(backend).await?;
        database.store.migrate().await.expect("the schema is made");
        Some(database)
    }

    /// The same without a schema.
    ///
    /// # Panics
    /// See [`TestDatabase::open`].
    #[must_use]
    pub async fn open_empty(backend: Backend) -> Option<Self> {
        let (url, folder) = match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = DatabaseUrl::sqlite_file(&folder.path().join("data/test.db"));
                (url, Some(folder))
            }
            Backend::Mysql => (MariaDb::shared()?.create_database(&unique_name()), None),
        };
        let settings = StoreSettings::new(url);
        let store = Store::connect(&settings).await.expect("the database opens");
        Some(Self { store, settings, folder })
    }

    /// The whole address, password and all, for a connection beside the store's.
    #[must_use]
    pub fn address(&self) -> String {
        match self.settings.url.target() {
            Target::Sqlite { file, .. } => format!("sqlite://{}", file.display()),
            Target::Mysql { options } => {
                mariadb::address(options.get_port(), options.get_database().unwrap_or_default())
            }
        }
    }

    /// The folder of a SQLite file.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(tempfile::TempDir::path)
    }
}

fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
