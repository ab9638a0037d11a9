//! Moments at which a test may end the process, between a decision and the word of its outcome.
//!
//! A test that kills the process at random seldom meets the narrow places. Here it waits for one:
//! the process says that it has come there and stands still until it is killed from outside. A
//! release build has none of this.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which moment, and at which coming there: `posted:3`.
const WHERE: &str = "DUTCHBOOK_TEST_STOP_AT";
/// The file that is made when it has come.
const SIGN: &str = "DUTCHBOOK_TEST_STOP_SIGN";

/// A moment between a decision and the word of its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// Decided, and nobody else knows.
    Decided,
    /// About to be written down.
    Keeping,
    /// Written down, and nothing has left.
    Kept,
    /// An order is about to be sent.
    Posting,
    /// The venue answered, and the answer is not passed on.
    Posted,
    /// A cancellation was answered, and the answer is not passed on.
    Cancelled,
    /// A transaction is signed, and the desk does not know.
    Prepared,
    /// A transaction is about to be sent.
    Submitting,
    /// A transaction was sent, and the answer is not passed on.
    Submitted,
    /// Facts have come to the desk, and nothing follows from them yet.
    Told,
}

impl CrashPoint {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Decided,
        Self::Keeping,
        Self::Kept,
        Self::Posting,
        Self::Posted,
        Self::Cancelled,
        Self::Prepared,
        Self::Submitting,
        Self::Submitted,
        Self::Told,
    ];

    /// Its name in the variable.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Keeping => "keeping",
            Self::Kept => "kept",
            Self::Posting => "posting",
            Self::Posted => "posted",
            Self::Cancelled => "cancelled",
            Self::Prepared => "prepared",
            Self::Submitting => "submitting",
            Self::Submitted => "submitted",
            Self::Told => "told",
        }
    }
}

struct Wanted {
    at: CrashPoint,
    left: AtomicU32,
    sign: String,
}

fn wanted() -> Option<&'static Wanted> {
    static WANTED: OnceLock<Option<Wanted>> = OnceLock::new();
    let read = || {
        let wish = std::env::var(WHERE).ok()?;
        let (name, count) = wish.split_once(':')?;
        let at = CrashPoint::ALL.into_iter().find(|at| at.name() == name)?;
        let left = AtomicU32::new(count.parse().ok()?);
        Some(Wanted { at, left, sign: std::env::var(SIGN).ok()? })
    };
    WANTED.get_or_init(read).as_ref()
}

/// The process has come to `at`.
pub(crate) fn passing(at: CrashPoint) {
    if !cfg!(debug_assertions) {
        return;
    }
    let Some(wanted) = wanted().filter(|wanted| wanted.at == at) else { return };
    // Further down it wraps, which no test waits for.
    if wanted.left.fetch_sub(1, Ordering::SeqCst) == 1 {
        let sign = std::fs::write(&wanted.sign, at.name());
        tracing::warn!(?at, ?sign, "standing still to be killed");
        loop {
            std::thread::park();
        }
    }
}
