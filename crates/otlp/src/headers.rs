//! What a collector wants to be told with every request: tokens, mostly.

use std::fmt;

use awc::http::header::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use thiserror::Error;

/// The most headers.
const HEADERS_MAX: usize = 16;
/// Headers that the protocol sets.
const OURS: [&str; 6] = [
    "content-type",
    "content-length",
    "transfer-encoding",
    "host",
    "connection",
    "content-encoding",
];

/// Why headers cannot be used. Says nothing of their values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeadersError {
    /// Not `name=value,name=value`.
    #[error("is not of the form name=value,name=value")]
    Form,
    /// More than sixteen.
    #[error("holds more than {HEADERS_MAX} headers")]
    TooMany,
    /// No header can be called so.
    #[error("header {number} has a name that no header can have")]
    Name {
        /// From 1.
        number: usize,
    },
    /// No header can hold that.
    #[error("header {number} has a value that no header can have; write it percent-encoded")]
    Value {
        /// From 1.
        number: usize,
    },
    /// The protocol sets it.
    #[error("header {number} is one that the protocol itself sets")]
    Taken {
        /// From 1.
        number: usize,
    },
}

/// Headers whose values no formatter shows.
#[derive(Clone, Default)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// Reads `name=value,name=value`, the values percent-encoded, as `OTEL_EXPORTER_OTLP_HEADERS` is
    /// written everywhere.
    ///
    /// # Errors
    /// See [`HeadersError`].
    pub fn parse(text: &str) -> Result<Self, HeadersError> {
        let parts: Vec<_> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        if parts.len() > HEADERS_MAX {
            return Err(HeadersError::TooMany);
        }
        let mut headers = Vec::new();
        for (part, number) in parts.into_iter().zip(1..) {
            let (name, value) = part.split_once('=').ok_or(HeadersError::Form)?;
            let name = HeaderName::from_bytes(name.trim().to_ascii_lowercase().as_bytes());
            let name = name.map_err(|_| HeadersError::Name { number })?;
            if OURS.contains(&name.as_str()) {
                return Err(HeadersError::Taken { number });
            }
            let bytes: Vec<u8> = percent_decode_str(value.trim()).collect();
            let value = HeaderValue::from_bytes(&bytes);
            let mut value = value.map_err(|_| HeadersError::Value { number })?;
            value.set_sensitive(true);
            headers.push((name, value));
        }
        Ok(Self(headers))
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The values, for whoever hides them from the log.
    pub fn expose(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(_, value)| value.to_str().ok())
    }
    pub(crate) fn iter(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.clone().into_iter()
    }
    /// What was said without any value of ours: there are servers that repeat what they were told.
    pub(crate) fn discreet(&self, said: &str) -> String {
        const GUESSABLE_CHARS: usize = 4;
        let parts = self.expose().flat_map(|value| value.split_whitespace().chain([value]));
        let secrets = parts.filter(|part| part.len() > GUESSABLE_CHARS);
        secrets.fold(said.to_owned(), |said, secret| said.replace(secret, "(secret)"))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} secret headers)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_everybody_writes_them_and_never_shown() {
        let headers =
            Headers::parse("Authorization=Bearer%20hunter2, x-scope-orgid = desk").unwrap();
        let read: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name, value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(read[0].0.as_str(), "authorization");
        assert_eq!((read[0].1.as_str(), read[1].1.as_str()), ("Bearer hunter2", "desk"));
        assert!(!format!("{headers:?}").contains("hunter2"));
        let said = headers.discreet("no: `Bearer hunter2` (hunter2) is unknown");
        assert!(!said.contains("hunter2"), "{said}");
        assert!(Headers::parse("").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_a_header_is_refused_without_repeating_it() {
        for (text, number) in [("a=1,b c=hunter2", 2), ("a=hunter%0a2", 1)] {
            let error = Headers::parse(text).unwrap_err().to_string();
            assert!(error.contains(&format!("header {number} ")), "{error}");
            assert!(!error.contains("hunter"), "{error}");
        }
        assert_eq!(Headers::parse("hunter2").unwrap_err(), HeadersError::Form);
        let taken = Headers::parse("Content-Type=text/plain").unwrap_err();
        assert_eq!(taken, HeadersError::Taken { number: 1 });
        let many = vec!["a=b"; HEADERS_MAX + 1].join(",");
        assert_eq!(Headers::parse(&many).unwrap_err(), HeadersError::TooMany);
    }
}
