//! Other settings while the service runs: all of a change, or nothing of it.
//!
//! The files are read and checked as at a start and compared with what is in force. What can change
//! at once does, over the same way as an order of a person; where one value needs a restart, nothing
//! changes and that value is named.

mod difference;
mod hang_up;
mod levers;

use actors::clock::Clock;
use domain::UnixMillis;
use engine::desk::Origin;
use serde_json::{Map, Value};
use store::{CommandRow, Label, Store, StoreSettings};
use thiserror::Error;
use tokio::sync::Mutex;

pub use difference::{Change, Takes};
pub use hang_up::HangUp;
pub use levers::Levers;

use crate::settings::{Settings, SettingsError, Sources};
use crate::telemetry;
use difference::changes;
use levers::Pull;

/// Which settings are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Those of the files, as they are now.
    Reload,
    /// Those that were in force before the last change.
    Rollback,
}

impl Wish {
    const fn action(self) -> &'static str {
        match self {
            Self::Reload => "reload_config",
            Self::Rollback => "rollback_config",
        }
    }
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Only say what would change.
    Preview,
    /// Change it.
    Apply,
}

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum ReloadError {
    /// The settings cannot be used; all problems are listed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Some values are read at a start alone.
    #[error("needs a restart: {}. Nothing was changed", .0.join(", "))]
    NeedsRestart(Vec<String>),
    /// There was no change that could be taken back.
    #[error("there was no change yet, so nothing can be taken back")]
    NothingBefore,
    /// Who decides is not ready, or refuses.
    #[error("{0}; nothing was changed")]
    Refused(String),
    /// A part was changed, and taking it back failed as well.
    #[error("{0}; look at GET /api/v1/risk and GET /api/v1/strategies for what is in force")]
    Unknown(String),
    /// Nothing changes that is not written down.
    #[error("it cannot be written down who changes what ({0}); nothing was changed")]
    NotWrittenDown(String),
}

struct Loaded {
    now: Settings,
    before: Option<Settings>,
}

/// Reads the settings again and puts them in force. One at a time.
pub struct Reloader {
    sources: Sources,
    loaded: Mutex<Loaded>,
    levers: Levers,
    store: StoreSettings,
    clock: Clock,
}

impl Reloader {
    /// `now` is in force, and was read from `sources`.
    #[must_use]
    pub fn new(
        now: Settings,
        sources: Sources,
        levers: Levers,
        store: StoreSettings,
        clock: Clock,
    ) -> Self {
        let loaded = Mutex::new(Loaded { now, before: None });
        Self { sources, loaded, levers, store, clock }
    }

    /// Does what is wished, or says what it would come to. Returns what changes.
    ///
    /// # Errors
    /// See [`ReloadError`]; but for [`ReloadError::Unknown`] nothing was changed.
    pub async fn carry_out(
        &self,
        wish: Wish,
        step: Step,
        by: &Origin,
    ) -> Result<Vec<Change>, ReloadError> {
        let mut loaded = self.loaded.lock().await;
        let wanted = match wish {
            Wish::Reload => Settings::load(&self.sources)?,
            Wish::Rollback => loaded.before.clone().ok_or(ReloadError::NothingBefore)?,
        };
        let changes = changes(&loaded.now, &wanted);
        if step == Step::Preview || changes.is_empty() {
            return Ok(changes);
        }
        let stuck = changes.iter().filter(|change| change.takes == Takes::Restart);
        let stuck: Vec<_> = stuck.map(|change| change.key.clone()).collect();
        if !stuck.is_empty() {
            return Err(ReloadError::NeedsRestart(stuck));
        }
        let pulls = self.levers.pulls(&loaded.now, &wanted)?;
        let mut row = self.row(wish, by, &changes)?;
        self.write_down(&row).await?;
        let done = self.pull(&pulls, by).await;
        row.outcome = if done.is_ok() { "done" } else { "not done" }.to_owned();
        if let Err(error) = self.write_down(&row).await {
            tracing::warn!(%error, "what came of a change of settings is not listed");
        }
        done?;
        telemetry::set_level(&wanted.log.level);
        tracing::info!(by = by.0, changes = changes.len(), "other settings are in force");
        let before = std::mem::replace(&mut loaded.now, wanted);
        loaded.before = Some(before);
        Ok(changes)
    }

    /// One after the other; where one fails, those before it are taken back.
    async fn pull(&self, pulls: &[Pull], by: &Origin) -> Result<(), ReloadError> {
        for (at, pull) in pulls.iter().enumerate() {
            let Err(why) = self.levers.forth(pull, by).await else { continue };
            // Also the one that failed: perhaps only its answer was lost.
            for pull in pulls.iter().take(at + 1).rev() {
                if let Err(again) = self.levers.back(pull, by).await {
                    return Err(ReloadError::Unknown(format!("{why}; {again}")));
                }
            }
            return Err(ReloadError::Refused(why));
        }
        Ok(())
    }

    fn row(&self, wish: Wish, by: &Origin, changes: &[Change]) -> Result<CommandRow, ReloadError> {
        let at = self.clock.now();
        let action = Label::new(wish.action());
        let action = action.map_err(|error| ReloadError::NotWrittenDown(error.to_string()))?;
        let keys: Vec<_> = changes.iter().map(|change| change.key.as_str()).collect();
        let map = |of: fn(&Change) -> &Value| {
            let pairs = changes.iter().map(|change| (change.key.clone(), of(change).clone()));
            Some(Value::Object(pairs.collect::<Map<_, _>>()))
        };
        Ok(CommandRow {
            id: id(wish, at),
            at,
            actor: by.0.clone(),
            action,
            target: keys.join(", "),
            outcome: "given".to_owned(),
            value_before: map(|change| &change.before),
            value_after: map(|change| &change.after),
        })
    }

    async fn write_down(&self, row: &CommandRow) -> Result<(), ReloadError> {
        let writing = async {
            let store = Store::connect(&self.store).await?;
            store.commands().record(row).await?;
            store.close().await
        };
        writing.await.map_err(|error| ReloadError::NotWrittenDown(error.to_string()))
    }
}

fn id(wish: Wish, at: UnixMillis) -> String {
    format!("{}:{}", wish.action(), at.0)
}
