//! The open database.

use std::sync::Arc;
use std::time::Duration;

use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use tokio::sync::Mutex;

use crate::alerts::Alerts;
use crate::api_tokens::ApiTokens;
use crate::collector_runs::CollectorRuns;
use crate::commands::Commands;
use crate::connect;
use crate::error::StoreError;
use crate::forecasts::{Forecasts, ModelBudget};
use crate::groups::Groups;
use crate::leases::Leases;
use crate::markets::Markets;
use crate::money::Money;
use crate::opportunities::Opportunities;
use crate::prices::Prices;
use crate::settings::StoreSettings;
use crate::trades::Trades;
use crate::wallets::Wallets;
use crate::web_sessions::WebSessions;
use crate::whales::Whales;

/// Which family of databases it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A SQLite file.
    Sqlite,
    /// MySQL or MariaDB.
    Mysql,
}

/// One change of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, which sorts by age.
    pub name: String,
    /// Whether this database has it.
    pub applied: bool,
}

/// Which changes of the schema the database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaState {
    /// Every change this version knows, oldest first.
    pub migrations: Vec<MigrationState>,
}

impl SchemaState {
    /// How many changes are still to be made.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.migrations.iter().filter(|migration| !migration.applied).count()
    }
}

/// How often a transaction is tried that the database undoes because of another one.
const CONFLICT_TRIES_MAX: u32 = 5;
const CONFLICT_PAUSE: Duration = Duration::from_millis(5);
/// How long a change of the schema may take: it may have to build an index over everything.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(600);

/// An open database. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Store {
    connection: DatabaseConnection,
    settings: Arc<StoreSettings>,
}

impl Store {
    /// Opens the database. Creates a SQLite file and its folder, for the owner alone, if missing.
    ///
    /// # Errors
    /// The file cannot be made, or the server cannot be reached (transient) or refuses.
    pub async fn connect(settings: &StoreSettings) -> Result<Self, StoreError> {
        let limit = settings.acquire_timeout.saturating_mul(2);
        let connection = within(limit, connect::connect(settings)).await?;
        Ok(Self { connection, settings: Arc::new(settings.clone()) })
    }

    /// Brings the schema up to this version. Does nothing where it is.
    ///
    /// # Errors
    /// The database refuses, or was written by a newer version. May be run again after any error.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        // Two roles of one process open the same database when it starts.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
        let up = async {
            let _turn = ONE_AT_A_TIME.lock().await;
            Ok(Migrator::up(&self.connection, None).await?)
        };
        within(MIGRATION_TIMEOUT, up).await
    }

    /// Takes the newest `steps` changes of the schema back, with what is in their tables.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        let down = async { Ok(Migrator::down(&self.connection, Some(steps)).await?) };
        within(MIGRATION_TIMEOUT, down).await
    }

    /// Which changes of the schema the database has. Changes nothing.
    ///
    /// # Errors
    /// The database does not answer, or was written by a newer version.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let list = self.call(async {
            Ok(Migrator::get_migration_with_status_read_only(&self.connection).await?)
        });
        let migrations = list.await?.into_iter().map(|migration| MigrationState {
            name: migration.name().to_owned(),
            applied: migration.status() == MigrationStatus::Applied,
        });
        Ok(SchemaState { migrations: migrations.collect() })
    }

    /// Which family of databases it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match self.connection.get_database_backend() {
            DbBackend::MySql => Backend::Mysql,
            _ => Backend::Sqlite,
        }
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// There is none.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.call(async {
            self.connection.execute_unprepared("SELECT 1").await?;
            Ok(())
        })
        .await
    }

    /// Closes the connections of this handle and all its clones.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn close(self) -> Result<(), StoreError> {
        let call_timeout = self.settings.call_timeout;
        within(call_timeout, async { Ok(self.connection.close().await?) }).await
    }

    /// The catalogue.
    #[must_use]
    pub const fn markets(&self) -> Markets<'_> {
        Markets::new(self)
    }
    /// Groups of markets.
    #[must_use]
    pub const fn groups(&self) -> Groups<'_> {
        Groups::new(self)
    }
    /// Prices over time.
    #[must_use]
    pub const fn prices(&self) -> Prices<'_> {
        Prices::new(self)
    }
    /// What the detector found.
    #[must_use]
    pub const fn opportunities(&self) -> Opportunities<'_> {
        Opportunities::new(self)
    }
    /// What the collectors did.
    #[must_use]
    pub const fn collector_runs(&self) -> CollectorRuns<'_> {
        CollectorRuns::new(self)
    }
    /// Who did what.
    #[must_use]
    pub const fn commands(&self) -> Commands<'_> {
        Commands::new(self)
    }

    /// Tokens of programs.
    #[must_use]
    pub const fn api_tokens(&self) -> ApiTokens<'_> {
        ApiTokens::new(self)
    }
    /// Sessions of browsers.
    #[must_use]
    pub const fn web_sessions(&self) -> WebSessions<'_> {
        WebSessions::new(self)
    }

    /// What only one process may do.
    #[must_use]
    pub const fn leases(&self) -> Leases<'_> {
        Leases::new(self)
    }

    /// Large trades of the public tape.
    #[must_use]
    pub const fn trades(&self) -> Trades<'_> {
        Trades::new(self)
    }
    /// Whale events.
    #[must_use]
    pub const fn whales(&self) -> Whales<'_> {
        Whales::new(self)
    }
    /// The wallets behind them.
    #[must_use]
    pub const fn wallets(&self) -> Wallets<'_> {
        Wallets::new(self)
    }
    /// What people were told.
    #[must_use]
    pub const fn alerts(&self) -> Alerts<'_> {
        Alerts::new(self)
    }

    /// Orders, fills, the ledger and the journal behind them.
    #[must_use]
    pub const fn money(&self) -> Money<'_> {
        Money::new(self)
    }

    /// What the models were asked and said.
    #[must_use]
    pub const fn forecasts(&self) -> Forecasts<'_> {
        Forecasts::new(self)
    }
    /// What asking models may cost.
    #[must_use]
    pub const fn model_budget(&self) -> ModelBudget<'_> {
        ModelBudget::new(self)
    }

    pub(crate) fn settings(&self) -> &StoreSettings {
        &self.settings
    }

    pub(crate) const fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Runs one call within the limit of time.
    pub(crate) async fn call<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        within(self.settings.call_timeout, work).await
    }

    /// Begins a transaction that writes. SQLite takes its write lock now and waits for it: one that
    /// reads first and takes the lock later fails at once when another writer was faster.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.connection).await
    }

    /// Runs a whole transaction, again if the database undid it because of another one.
    pub(crate) async fn transact<T, F>(&self, work: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.call(work()).await {
                Err(error) if error.is_conflict() && tries < CONFLICT_TRIES_MAX => {
                    tracing::debug!(%error, tries, "a transaction is repeated");
                    tokio::time::sleep(CONFLICT_PAUSE * tries).await;
                }
                done => return done,
            }
        }
    }
}

/// See [`Store::begin_write`].
pub(crate) async fn begin_write(
    connection: &DatabaseConnection,
) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    connection.begin_with_options(options).await
}

/// Gives `work` up after the limit.
pub(crate) async fn within<T, E: From<StoreError>>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => {
            let after_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            Err(StoreError::Timeout { after_ms }.into())
        }
    }
}
