//! From the journal to the desk: from the newest kept desk that can be used, or from the beginning.
//!
//! A kept desk is a cache. One that is damaged, of another format, or does not go together with the
//! records after it, is passed over with a warning; the journal says the same.

use engine::desk::{ApplyError, DESK_FORMAT, Desk, Recorded};
use engine::risk::{Limits, LimitsError};
use serde::{Deserialize, Serialize};
use store::{Checkpoint, JournalEntry, LoadError, LoadFrom, Loaded, Store};
use thiserror::Error;

/// What was read.
#[derive(Clone, Debug)]
pub struct ReadDesk {
    /// The desk; `None` where the journal is empty.
    pub desk: Option<Box<Desk>>,
    /// The last record that is in it; 0 for none.
    pub last_seq: u64,
    /// The last record that was in the kept desk; 0 where none was used.
    pub kept_seq: u64,
}

/// Why there is no desk.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The journal cannot be read, or is damaged.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A record is no event that this version knows.
    #[error("record {seq} of the journal cannot be read: {why}")]
    Unreadable {
        /// Which.
        seq: u64,
        /// Why.
        why: serde_json::Error,
    },
    /// A record does not follow from those before it.
    #[error("record {seq} of the journal does not fit: {why}")]
    Broken {
        /// Which.
        seq: u64,
        /// Why.
        why: ApplyError,
    },
    /// The limits to begin with cannot be used.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// A kept desk cannot be used.
    #[error("the desk that was kept cannot be used: {0}")]
    Kept(#[from] KeptError),
    /// The work was given up, for the process ends.
    #[error("reading was given up")]
    GivenUp,
}

impl ReadError {
    /// Reading again gives the same: the records make no sense.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        match self {
            Self::Unreadable { .. } | Self::Broken { .. } | Self::Limits(_) | Self::Kept(_) => true,
            Self::Load(error) => matches!(error, LoadError::Damaged(_)),
            Self::GivenUp => false,
        }
    }
}

/// Why a kept desk cannot be used.
#[derive(Debug, Error)]
pub enum KeptError {
    /// It is of another version of this program.
    #[error("it has format {found}, and this version uses {DESK_FORMAT}")]
    OtherFormat {
        /// Which.
        found: u32,
    },
    /// It is no desk.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Kept<'a> {
    format: u32,
    desk: &'a Desk,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

#[derive(Deserialize)]
struct Unkept {
    desk: Box<Desk>,
}

/// A desk as it is kept.
///
/// # Errors
/// It cannot be written as text.
pub(super) fn keep(desk: &Desk) -> Result<String, KeptError> {
    Ok(serde_json::to_string(&Kept { format: DESK_FORMAT, desk })?)
}

fn unkeep(text: &str) -> Result<Box<Desk>, KeptError> {
    let Format { format } = serde_json::from_str(text)?;
    if format != DESK_FORMAT {
        return Err(KeptError::OtherFormat { found: format });
    }
    Ok(serde_json::from_str::<Unkept>(text)?.desk)
}

/// Reads the desk; `limits` are those of a journal that never set any.
///
/// # Errors
/// See [`ReadError`].
pub async fn read_desk(
    store: &Store,
    from: LoadFrom,
    limits: &Limits,
) -> Result<ReadDesk, ReadError> {
    let mut from = from;
    loop {
        let loaded = store.money().load(from).await?;
        for seq in &loaded.damaged_checkpoints {
            tracing::warn!(seq, "a desk that was kept is damaged and passed over");
        }
        let kept_seq = loaded.checkpoint.as_ref().map_or(0, |kept| kept.seq);
        match fold(loaded, limits).await {
            Err(error) if kept_seq > 0 && error.is_lasting() => {
                tracing::warn!(seq = kept_seq, %error, "reading begins before a desk that was kept");
                from = LoadFrom::Before(kept_seq);
            }
            read => return read,
        }
    }
}

async fn fold(loaded: Loaded, limits: &Limits) -> Result<ReadDesk, ReadError> {
    let Loaded { checkpoint, mut pages, .. } = loaded;
    let kept_seq = checkpoint.as_ref().map_or(0, |kept| kept.seq);
    let mut desk = match checkpoint {
        None => None,
        Some(Checkpoint { body, .. }) => Some(apart(move || unkeep(&body)).await??),
    };
    let mut last_seq = kept_seq;
    loop {
        let page = pages.next_page().await?;
        let Some(last) = page.last() else {
            return Ok(ReadDesk { desk, last_seq, kept_seq });
        };
        last_seq = last.seq;
        let limits = limits.clone();
        desk = Some(apart(move || take_in(desk, page, limits)).await??);
    }
}

fn take_in(
    desk: Option<Box<Desk>>,
    page: Vec<JournalEntry>,
    limits: Limits,
) -> Result<Box<Desk>, ReadError> {
    let begins_at = page.first().map(|entry| entry.at).unwrap_or_default();
    let mut desk = match desk {
        Some(desk) => desk,
        None => Box::new(Desk::new(begins_at, limits)?),
    };
    for JournalEntry { seq, body, at, .. } in page {
        let event =
            serde_json::from_str(&body).map_err(|why| ReadError::Unreadable { seq, why })?;
        let recorded = Recorded { at, event };
        desk.apply(&recorded).map_err(|why| ReadError::Broken { seq, why })?;
    }
    Ok(desk)
}

/// Does what takes a while on another thread, so that the caller's goes on turning.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ReadError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ReadError::GivenUp)
}
