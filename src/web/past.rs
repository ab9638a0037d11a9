//! Sessions over HTTP: looking back into what was recorded, or is being recorded.

pub mod reads;
pub mod shape;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web;
use replay::{Past, PastError, Shelf};
use sessions::{Archive, Listed};

use crate::web::problem::Problem;

pub use reads::{
    __path_decision, __path_decisions, __path_list, __path_moment, __path_timeline, decision,
    decisions, list, moment, timeline,
};

/// Reads of sessions that run at once. Each takes a processor for some tens of milliseconds, and the
/// service has others to do.
const READS_MAX: usize = 4;
/// Characters of a session's name.
const NAME_CHARS_MAX: usize = 40;

/// Where sessions are, and what is kept of them.
#[derive(Clone, Debug, Default)]
pub struct PastParts {
    /// The folder of all sessions; `None` where this run has none.
    pub folder: Option<PathBuf>,
    /// The version that runs.
    pub version: &'static str,
    shelf: Arc<Shelf>,
    running: Arc<AtomicUsize>,
}

/// The name of a session: when it began, and a word. Nothing else is looked for on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName(String);

impl SessionName {
    /// From a request.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (stamp, rest) = text.split_once('-')?;
        let is_stamp = stamp.len() == 12 && stamp.bytes().all(|byte| byte.is_ascii_digit());
        let is_word = !rest.is_empty()
            && rest.split('-').all(|word| {
                !word.is_empty()
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            });
        (is_stamp && is_word && text.len() <= NAME_CHARS_MAX).then(|| Self(text.to_owned()))
    }
}

/// One of the reads that run; it ends with the value.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl PastParts {
    /// Of that folder.
    #[must_use]
    pub fn new(folder: PathBuf, version: &'static str) -> Self {
        Self { folder: Some(folder), version, ..Self::default() }
    }

    /// Reads on a thread that may wait for the disk.
    ///
    /// # Errors
    /// Too many read already, or what the reading says.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Archive, &Shelf) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        let running = Running(Arc::clone(&self.running));
        if before >= READS_MAX {
            return Err(Problem::Busy("others are looking back already"));
        }
        let Some(folder) = self.folder.clone() else {
            return Err(Problem::Busy("this run keeps no sessions"));
        };
        let shelf = Arc::clone(&self.shelf);
        let done = web::block(move || {
            // Freed when the reading is over, whether or not anybody still waits for it.
            let _running = running;
            read(&Archive::new(&folder), &shelf)
        });
        done.await.map_err(|_| Problem::Busy("no thread could be had"))?
    }

    /// Looks into one session on a thread that may wait for the disk.
    ///
    /// # Errors
    /// There is no such session, or it cannot be looked into.
    async fn look<T: Send + 'static>(
        &self,
        id: &str,
        look: impl FnOnce(&Past<'_>) -> Result<T, PastError> + Send + 'static,
    ) -> Result<T, Problem> {
        let unknown = || {
            let name = id.chars().take(NAME_CHARS_MAX).collect();
            Problem::NotFound { what: "session", name }
        };
        let name = SessionName::parse(id).ok_or_else(unknown)?;
        let not_found = unknown();
        self.read(move |archive, shelf| {
            let session = listed(archive)?.into_iter().find(|session| session.name == name.0);
            let session = session.ok_or(not_found)?;
            let past = Past::open(&session.folder, shelf).map_err(trouble)?;
            look(&past).map_err(trouble)
        })
        .await
    }
}

fn listed(archive: &Archive) -> Result<Vec<Listed>, Problem> {
    archive.sessions().map_err(|error| {
        tracing::warn!(%error, "the folder of sessions cannot be read");
        Problem::Busy("the folder of sessions cannot be read now")
    })
}

fn trouble(error: PastError) -> Problem {
    match error {
        PastError::NoDecision(record) => {
            Problem::NotFound { what: "decision", name: record.to_string() }
        }
        error => Problem::Unreadable(error.to_string()),
    }
}

/// The resources of sessions, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/sessions", web::get().to(reads::list))
        .route("/sessions/{id}/timeline", web::get().to(reads::timeline))
        .route("/sessions/{id}/decisions", web::get().to(reads::decisions))
        .route("/sessions/{id}/decisions/{record}", web::get().to(reads::decision))
        .route("/sessions/{id}/moment", web::get().to(reads::moment));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_sessions_own_is_not_looked_for() {
        for name in ["001790000000-demo", "001790000000-paper-1", "001790000000-record"] {
            assert!(SessionName::parse(name).is_some(), "{name}");
        }
        for name in [
            "",
            "demo",
            "001790000000",
            "001790000000-",
            "001790000000-..",
            "001790000000-demo/..",
            "../001790000000-demo",
            "001790000000-Demo",
            "01790000000-demo",
            "001790000000-demo%2f",
        ] {
            assert_eq!(SessionName::parse(name), None, "{name}");
        }
    }

    #[actix_web::test]
    async fn a_read_beyond_the_limit_is_told_to_come_again_and_leaves_no_trace() {
        let parts = PastParts::new(PathBuf::from("nothing"), "0");
        parts.running.store(READS_MAX, Ordering::Relaxed);
        let refused = parts.read(|_, _| Ok(())).await;
        assert!(matches!(refused, Err(Problem::Busy(_))), "{refused:?}");
        parts.running.store(READS_MAX - 1, Ordering::Relaxed);
        assert_eq!(parts.read(|_, _| Ok(7)).await, Ok(7));
        assert_eq!(parts.running.load(Ordering::Relaxed), READS_MAX - 1);
    }
}
