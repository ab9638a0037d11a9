//! One request as it leaves, and one answer as it came.

use std::time::{Duration, SystemTime};

use awc::http::Method;
use awc::http::header::{self, HeaderMap, HttpDate};
use bytes::Bytes;

use super::body::Body;
use super::error::{Excerpt, VenueError};

/// A request that is sent once. Not printable: its headers may hold credentials.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) json: Option<Bytes>,
}

/// An answer whose head came; its body may not have.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Result<Body, VenueError>,
}

impl Reply {
    /// An answer with a whole body, for tests.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: &str) -> Self {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        let body = Body::new(bytes, Some(body.len()), super::body::Packing::None, usize::MAX);
        Self { status, headers: HeaderMap::new(), body }
    }
    /// Whether the venue says that all went well.
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
    /// How long the venue asks us to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        retry_after(text, SystemTime::now())
    }
    /// The body of a good answer.
    pub(crate) fn success(self) -> Result<Body, VenueError> {
        if self.is_success() {
            return self.body;
        }
        let retry_after = self.retry_after();
        Err(match self.status {
            425 => VenueError::NotReady { retry_after },
            429 => VenueError::RateLimited { retry_after },
            code => {
                let excerpt = self.body.map(|body| Excerpt::of(body.bytes())).unwrap_or_default();
                VenueError::Status { code, excerpt, retry_after }
            }
        })
    }
}

/// Seconds, or a date.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date: HttpDate = text.parse().ok()?;
    Some(SystemTime::from(date).duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_the_venue_asks_for_is_read_as_seconds_or_as_a_date() {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let before = date - Duration::from_secs(30);
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(retry_after(text, before), Some(Duration::from_secs(30)));
        assert_eq!(retry_after(text, date + Duration::from_secs(1)), Some(Duration::ZERO));
        assert_eq!(retry_after(" 7 ", date), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("soon", date), None);
    }
}
