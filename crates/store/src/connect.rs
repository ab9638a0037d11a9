//! Opens the database the way the rest relies on.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, Executor, Row};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::error::StoreError;
use crate::settings::{StoreSettings, Target};

/// Without the mode an old server cuts what does not fit, and says nothing. The server also takes the
/// locks of whoever stands still in the middle of a transaction, and closes the connection.
const SESSION: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
                       SESSION wait_timeout = 30";
/// How long a connection that comes back may take to prove itself; then it is closed.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);
/// The server also frees the lock of an owner that it has not heard of for a minute.
const JOURNAL_SESSION: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
                               SESSION wait_timeout = 60";
/// The holder of a lease has no lock to lose. What it left half done keeps the next one waiting.
const LEASED_SESSION: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
                              SESSION wait_timeout = 8";

/// What keeps others off the journal while a connection writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WritesUnder {
    /// A lock that goes with the connection.
    Lock,
    /// A lease, which outlives it.
    Lease,
}

pub(crate) async fn connect(settings: &StoreSettings) -> Result<DatabaseConnection, StoreError> {
    let options = match settings.url.target() {
        Target::Sqlite { file, create } => {
            if *create {
                create_private(file).map_err(|error| StoreError::File(Arc::new(error)))?;
            }
            sqlite_options(settings, file, SqliteSynchronous::Normal)
        }
        Target::Mysql { options } => mysql_options(settings, options, SESSION),
    };
    Ok(Database::connect(options).await?)
}

/// One connection of its own for the journal: what it commits is on the disk, and it is closed by
/// nobody while it is idle, because the lock of the journal's owner goes with it.
pub(crate) async fn connect_durably(
    settings: &StoreSettings,
    under: WritesUnder,
) -> Result<DatabaseConnection, StoreError> {
    let session = match under {
        WritesUnder::Lock => JOURNAL_SESSION,
        WritesUnder::Lease => LEASED_SESSION,
    };
    let mut options = match settings.url.target() {
        Target::Sqlite { file, .. } => sqlite_options(settings, file, SqliteSynchronous::Full),
        Target::Mysql { options } => mysql_options(settings, options, session),
    };
    options.max_connections(1).idle_timeout(None).max_lifetime(None);
    Ok(Database::connect(options).await?)
}

/// The address given to sea-orm names the driver alone: it prints its options, password and all,
/// at trace level. Where to connect to is set on the driver's own options instead.
fn pool_options(settings: &StoreSettings, driver: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(driver);
    options
        .max_connections(settings.connections_max.max(1))
        .connect_timeout(settings.acquire_timeout)
        .acquire_timeout(settings.acquire_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

fn sqlite_options(
    settings: &StoreSettings,
    file: &Path,
    synchronous: SqliteSynchronous,
) -> ConnectOptions {
    let (file, busy_timeout) = (file.to_owned(), settings.busy_timeout);
    let mut options = pool_options(settings, "sqlite://file");
    options.map_sqlx_sqlite_opts(move |_| {
        SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(busy_timeout)
            .foreign_keys(true)
    });
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move { Ok(is_at_rest(connection).await) })
        })
    });
    options
}

/// Whether a connection to a file that comes back to the pool may be used again.
///
/// On a full disk SQLite undoes a transaction by itself. The driver does not hear of it: it believes
/// to be within that transaction for good, and begins no other. So such a connection is closed.
async fn is_at_rest(connection: &mut SqliteConnection) -> bool {
    // What was left half done is undone by now, or never.
    connection.ping().await.is_ok() && !connection.is_in_transaction()
}

fn mysql_options(
    settings: &StoreSettings,
    target: &MySqlConnectOptions,
    session: &'static str,
) -> ConnectOptions {
    use sea_orm::sqlx::ConnectOptions as _;
    let target =
        target.clone().charset("utf8mb4").collation("utf8mb4_bin").disable_statement_logging();
    let mut options = pool_options(settings, "mysql://host/database");
    options.map_sqlx_mysql_opts(move |_| target.clone());
    options.map_sqlx_mysql_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(session).await.map(|_| ()) })
        })
        .after_release(|connection, _| {
            Box::pin(async move { Ok(answers_rightly(connection).await) })
        })
    });
    options
}

/// Whether a connection that comes back to the pool may be used again.
///
/// Whoever used it may have gone away in the middle: a time-out, a client that hung up. Then it may
/// wait for ever, or be a whole answer behind and give the next user what the last one asked for,
/// or be in a transaction that it does not know of. So it is asked for a number of this moment.
async fn answers_rightly(connection: &mut MySqlConnection) -> bool {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).cast_signed();
    let query = AssertSqlSafe(format!("ROLLBACK; SELECT {number}"));
    let asked = tokio::time::timeout(RELEASE_TIMEOUT, connection.fetch_one(query)).await;
    asked.is_ok_and(|row| {
        row.and_then(|row| row.try_get::<i64, _>(0)).is_ok_and(|got| got == number)
    })
}

/// Makes the file and its folder for the owner alone. SQLite gives the files beside it the same
/// permissions. What exists keeps the permissions that it has.
fn create_private(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

    use super::{SESSION, Target, WritesUnder, connect_durably, mysql_options};
    use crate::store::begin_write;
    use crate::testing::TestDatabase;
    use crate::{Backend, StoreSettings};

    /// sea-orm writes these options into the log at trace level.
    #[test]
    fn the_options_that_sea_orm_logs_hold_no_password() {
        let settings = StoreSettings::new("mysql://u:hunter2@h:3306/d".parse().unwrap());
        let Target::Mysql { options } = settings.url.target() else { panic!("not MySQL") };
        let logged = format!("{:?}", mysql_options(&settings, options, SESSION));
        assert!(logged.contains("mysql://"), "the address would be seen: {logged}");
        assert!(!logged.contains("hunter2"), "{logged}");
    }

    async fn answer(database: &TestDatabase, sql: &str) -> String {
        answer_of(database.store.connection(), sql).await
    }

    async fn answer_of(connection: &DatabaseConnection, sql: &str) -> String {
        let query = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(query).await.unwrap().unwrap();
        let number = row.try_get_by_index::<i64>(0).map(|number| number.to_string());
        number.or_else(|_| row.try_get_by_index::<String>(0)).unwrap()
    }

    #[tokio::test]
    async fn sqlite_runs_with_the_settings_that_the_rest_relies_on() {
        let database = TestDatabase::open(Backend::Sqlite).await.unwrap();
        let want = [
            ("journal_mode", "wal"),
            ("synchronous", "1"),
            ("foreign_keys", "1"),
            ("busy_timeout", "5000"),
        ];
        for (pragma, want) in want {
            assert_eq!(answer(&database, &format!("PRAGMA {pragma}")).await, want, "{pragma}");
        }
    }

    /// `FULL`: a commit is on the disk when it returns.
    #[tokio::test]
    async fn the_journal_of_sqlite_waits_for_the_disk() {
        let database = TestDatabase::open(Backend::Sqlite).await.unwrap();
        let connection = connect_durably(&database.settings, WritesUnder::Lock).await.unwrap();
        assert_eq!(answer_of(&connection, "PRAGMA synchronous").await, "2");
        assert_eq!(answer_of(&connection, "PRAGMA journal_mode").await, "wal");
    }

    #[tokio::test]
    async fn writing_goes_on_when_there_is_room_again() {
        let database = TestDatabase::open(Backend::Sqlite).await.unwrap();
        let connection = connect_durably(&database.settings, WritesUnder::Lock).await.unwrap();
        let insert = |id: &str, bytes: usize| {
            format!(
                "INSERT INTO commands (id, at, actor, action, target, outcome)
                 VALUES ('{id}', 1, '', '', '{}', '')",
                "x".repeat(bytes)
            )
        };
        let pages = answer_of(&connection, "PRAGMA page_count").await;
        // As much as there is already, as if the disk were full.
        answer_of(&connection, &format!("PRAGMA max_page_count = {pages}")).await;
        let full = begin_write(&connection).await.unwrap();
        let refused = full.execute_unprepared(&insert("a", 100_000)).await;
        assert!(refused.unwrap_err().to_string().contains("full"));
        drop(full);
        answer_of(&connection, "PRAGMA max_page_count = 1000000").await;
        let next = begin_write(&connection).await.unwrap();
        next.execute_unprepared(&insert("b", 100_000)).await.unwrap();
        next.commit().await.unwrap();
        assert_eq!(answer_of(&connection, "SELECT count(*) FROM commands").await, "1");
        let other = begin_write(database.store.connection()).await.unwrap();
        other.commit().await.unwrap();
    }

    /// As when a process is stopped in the middle of a batch.
    #[tokio::test]
    async fn what_a_holder_of_a_lease_left_half_done_keeps_the_next_waiting_for_seconds_only() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
        let touch = "UPDATE journal_owner SET fence = fence + 1";
        let sql = "INSERT INTO journal_owner VALUES (1, 'a', 0, 0, 0, '')";
        database.store.connection().execute_unprepared(sql).await.unwrap();
        let stands_still = connect_durably(&database.settings, WritesUnder::Lease).await.unwrap();
        let half_done = begin_write(&stands_still).await.unwrap();
        half_done.execute_unprepared(touch).await.unwrap();

        let next = connect_durably(&database.settings, WritesUnder::Lease).await.unwrap();
        next.execute_unprepared("SET SESSION innodb_lock_wait_timeout = 20").await.unwrap();
        next.execute_unprepared(touch).await.unwrap();
        assert_eq!(answer_of(&next, "SELECT fence FROM journal_owner").await, "1");
        assert!(half_done.commit().await.is_err(), "it was undone");
    }

    #[tokio::test]
    async fn mysql_compares_bytes_and_refuses_what_does_not_fit() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
        assert_eq!(answer(&database, "SELECT @@collation_connection").await, "utf8mb4_bin");
        let modes = answer(&database, "SELECT @@SESSION.sql_mode").await;
        assert!(modes.contains("STRICT_ALL_TABLES"), "{modes}");
        let sql = "INSERT INTO commands (id, at, actor, action, target, outcome)
                   VALUES (REPEAT('x', 67), 1, '', '', '', '')";
        assert!(database.store.connection().execute_unprepared(sql).await.is_err());
    }
}
