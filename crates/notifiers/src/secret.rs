//! What must not be printed.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// A text that no formatter shows.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text in.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Why an address cannot be used. Says nothing of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// No address at all.
    #[error("it is not an http or https address")]
    NotHttp,
    /// It would send secrets in the clear.
    #[error("it must begin with https://, except on this machine")]
    InTheClear,
}

/// An address whose path is a password, as those of webhooks are.
#[derive(Clone)]
pub struct SecretUrl(Zeroizing<String>);

impl SecretUrl {
    /// Takes `https://` addresses, and `http://` ones of this machine.
    ///
    /// # Errors
    /// See [`UrlError`].
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let uri: awc::http::Uri = text.trim().parse().map_err(|_| UrlError::NotHttp)?;
        let host = uri.host().ok_or(UrlError::NotHttp)?;
        let here = ["localhost", "[::1]"].contains(&host) || is_loopback(host);
        match uri.scheme_str() {
            Some("https") => Ok(Self(Zeroizing::new(text.trim().to_owned()))),
            Some("http") if here => Ok(Self(Zeroizing::new(text.trim().to_owned()))),
            Some("http") => Err(UrlError::InTheClear),
            _ => Err(UrlError::NotHttp),
        }
    }
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_send_a_secret_in_the_clear_is_refused() {
        for good in ["https://example.org/x", "http://127.0.0.1:8080/x", "http://localhost/x"] {
            assert!(SecretUrl::parse(good).is_ok(), "{good}");
        }
        assert_eq!(SecretUrl::parse("http://example.org/x").unwrap_err(), UrlError::InTheClear);
        for bad in ["", "example.org", "ftp://example.org/x", "https://"] {
            assert_eq!(SecretUrl::parse(bad).unwrap_err(), UrlError::NotHttp, "{bad}");
        }
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let url = SecretUrl::parse("https://hooks.example.org/T0/hunter2").unwrap();
        assert_eq!(format!("{url:?} {:?}", SecretText::new("hunter2")), "(secret) (secret)");
    }
}
