//! Why a model gave no answer.

use std::time::Duration;

use crate::bill::Billed;

/// A call that gave no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct ForecasterError {
    /// Why.
    pub cause: Cause,
    /// What it may have cost all the same.
    pub billed: Billed,
}

/// Why a call gave no text. Words of a provider are one line of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The time was over.
    #[error("no answer within {after_ms} ms")]
    Timeout {
        /// The limit.
        after_ms: u64,
    },
    /// No connection, or one that broke.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// Too many requests.
    #[error("the provider asks for fewer requests")]
    Throttled {
        /// When it may be tried again, where the provider said so.
        retry_after: Option<Duration>,
    },
    /// The provider is in trouble: 500 and above.
    #[error("the provider is in trouble: status {status}")]
    Unavailable {
        /// What it answered.
        status: u16,
    },
    /// The key is missing, wrong, or not allowed to use the model: 401, 402, 403.
    #[error("the provider refuses the key: status {status}")]
    KeyRefused {
        /// What it answered.
        status: u16,
    },
    /// The request cannot be answered: another status below 500.
    #[error("the provider refuses the request: status {status}: {said}")]
    Rejected {
        /// What it answered.
        status: u16,
        /// Its words.
        said: String,
    },
    /// The model does not want to answer.
    #[error("the model refuses to answer")]
    Refused,
    /// The answer reached its limit of tokens before its end.
    #[error("the answer was cut at its limit of tokens")]
    CutShort,
    /// The body is larger than any answer.
    #[error("the answer has more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// Not what the protocol promises.
    #[error("the answer is not what the protocol promises: {0}")]
    Garbled(&'static str),
}

/// Whether asking again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same would come of it.
    Never,
    /// As soon as there is time.
    Soon,
    /// Not before so long.
    After(Duration),
}

impl ForecasterError {
    pub(crate) fn new(cause: Cause, billed: Billed) -> Self {
        Self { cause, billed }
    }

    /// Whether asking again makes sense.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match &self.cause {
            Cause::Throttled { retry_after: Some(after) } => Retry::After(*after),
            Cause::Throttled { retry_after: None }
            | Cause::Unreachable(_)
            | Cause::Unavailable { .. } => Retry::Soon,
            Cause::Timeout { .. }
            | Cause::KeyRefused { .. }
            | Cause::Rejected { .. }
            | Cause::Refused
            | Cause::CutShort
            | Cause::TooLarge { .. }
            | Cause::Garbled(_) => Retry::Never,
        }
    }

    /// A stable name of the cause.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.cause {
            Cause::Timeout { .. } => "timeout",
            Cause::Unreachable(_) => "unreachable",
            Cause::Throttled { .. } => "throttled",
            Cause::Unavailable { .. } => "unavailable",
            Cause::KeyRefused { .. } => "key_refused",
            Cause::Rejected { .. } => "rejected",
            Cause::Refused => "refused",
            Cause::CutShort => "cut_short",
            Cause::TooLarge { .. } => "too_large",
            Cause::Garbled(_) => "garbled",
        }
    }
}

const SAID_CHARS_MAX: usize = 200;

/// Words from outside as one short line.
pub(crate) fn one_line(text: &str) -> String {
    let kept = text.chars().map(|char| if char.is_control() { ' ' } else { char });
    kept.take(SAID_CHARS_MAX).collect::<String>().trim().to_owned()
}
