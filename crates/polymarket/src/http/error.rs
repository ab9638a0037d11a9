//! What can go wrong between us and the venue, and whether trying again makes sense.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Characters kept of an error body.
const EXCERPT_CHARS_MAX: usize = 200;

/// What the caller should do about a failed *read*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail the same way.
    Never,
    /// The venue said when.
    After(Duration),
    /// Worth another try after a growing pause.
    Backoff,
}

/// What a failure says about a request that *changes* something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It never reached the venue.
    NotSent,
    /// The venue refused it.
    Refused,
    /// It may have been carried out: ask before sending anything again.
    Unknown,
}

/// The beginning of a text from outside: short, on one line, without control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt(Box<str>);

impl Excerpt {
    /// Takes at most 200 characters; control characters become spaces, bad UTF-8 a mark.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        // Four bytes a character is the most UTF-8 needs.
        let head = bytes.get(..EXCERPT_CHARS_MAX * 4).unwrap_or(bytes);
        let text: String = String::from_utf8_lossy(head)
            .chars()
            .take(EXCERPT_CHARS_MAX)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        Self(text.trim().into())
    }
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request to the venue failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VenueError {
    /// No connection: name, route, proxy or TLS.
    #[error("cannot connect to the venue: {why}")]
    Connect {
        /// What the system said.
        why: Excerpt,
    },
    /// No whole answer in time.
    #[error("the venue did not answer within {after:?}")]
    Timeout {
        /// The limit.
        after: Duration,
    },
    /// The connection broke after the request was sent.
    #[error("the connection to the venue broke: {why}")]
    Broken {
        /// What the system said.
        why: Excerpt,
    },
    /// The body ended before its end.
    #[error("the venue's answer was cut off after {got} bytes")]
    Truncated {
        /// Bytes that came.
        got: usize,
        /// Bytes that were announced, if they were.
        wanted: Option<usize>,
    },
    /// The body is larger than we read.
    #[error("the venue's answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes, after decompression.
        limit: usize,
    },
    /// Any status that is neither success nor named below.
    #[error("the venue answered {code}: {excerpt}")]
    Status {
        /// The HTTP status.
        code: u16,
        /// The beginning of the body.
        excerpt: Excerpt,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// 425: the matching engine restarts.
    #[error("the venue is restarting (425)")]
    NotReady {
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// 429, or our own limit would make the request wait too long.
    #[error("too many requests to the venue")]
    RateLimited {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// The body is whole but not what was expected.
    #[error("cannot read the venue's {what}: {why}")]
    Decode {
        /// What was being read.
        what: &'static str,
        /// What the parser said.
        why: Excerpt,
    },
    /// The venue broke a rule of its own protocol.
    #[error("the venue broke its protocol: {0}")]
    Protocol(ProtocolBreach),
    /// The request cannot be built: a setting is wrong.
    #[error("the request cannot be built: {why}")]
    Unsendable {
        /// What is wrong with it.
        why: Excerpt,
    },
}

/// A rule that the venue broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProtocolBreach {
    /// A page pointed back to one already read.
    #[error("the list repeats a page")]
    PageRepeated,
    /// More pages than any honest list has.
    #[error("the list does not end")]
    TooManyPages,
    /// An answer about something that was not asked for.
    #[error("the answer names what was not asked for")]
    NotAskedFor,
}

impl VenueError {
    /// Whether and when the same read is worth repeating.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Broken { .. }
            | Self::Truncated { .. } => Retry::Backoff,
            Self::NotReady { retry_after } | Self::RateLimited { retry_after } => {
                Self::after_or_backoff(*retry_after)
            }
            Self::Status { code: 408 | 500..=599, retry_after, .. } => {
                Self::after_or_backoff(*retry_after)
            }
            Self::Status { .. }
            | Self::TooLarge { .. }
            | Self::Decode { .. }
            | Self::Protocol(_)
            | Self::Unsendable { .. } => Retry::Never,
        }
    }
    /// What is known about a request that was to change something at the venue.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Connect { .. } | Self::Unsendable { .. } => Outcome::NotSent,
            Self::NotReady { .. } | Self::RateLimited { .. } => Outcome::Refused,
            Self::Status { code: 400..=407 | 409..=499, .. } => Outcome::Refused,
            Self::Timeout { .. }
            | Self::Broken { .. }
            | Self::Truncated { .. }
            | Self::TooLarge { .. }
            | Self::Status { .. }
            | Self::Decode { .. }
            | Self::Protocol(_) => Outcome::Unknown,
        }
    }
    const fn after_or_backoff(after: Option<Duration>) -> Retry {
        match after {
            Some(after) => Retry::After(after),
            None => Retry::Backoff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_cannot_break_a_line() {
        let long = format!("a\r\n\u{1b}[31m{}", "x".repeat(10_000));
        let excerpt = Excerpt::of(long.as_bytes());
        assert_eq!(excerpt.as_str().chars().count(), EXCERPT_CHARS_MAX);
        assert!(!excerpt.as_str().contains(char::is_control));
        assert_eq!(Excerpt::of(&[0xff, b'a']).as_str(), "\u{fffd}a");
    }

    #[test]
    fn only_failures_that_may_pass_are_worth_a_retry() {
        let status =
            |code| VenueError::Status { code, excerpt: Excerpt::default(), retry_after: None };
        assert_eq!(status(400).retry(), Retry::Never);
        assert_eq!(status(503).retry(), Retry::Backoff);
        let wait = Duration::from_secs(3);
        let limited = VenueError::RateLimited { retry_after: Some(wait) };
        assert_eq!(limited.retry(), Retry::After(wait));
    }

    #[test]
    fn an_answer_that_cannot_be_read_leaves_the_outcome_unknown() {
        let decode = VenueError::Decode { what: "order", why: Excerpt::default() };
        assert_eq!(decode.outcome(), Outcome::Unknown);
        assert_eq!(VenueError::Truncated { got: 1, wanted: None }.outcome(), Outcome::Unknown);
        let refused =
            VenueError::Status { code: 400, excerpt: Excerpt::default(), retry_after: None };
        assert_eq!(refused.outcome(), Outcome::Refused);
    }
}
