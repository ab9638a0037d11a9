//! Where the collector is.

use std::fmt;
use std::net::IpAddr;

use awc::http::Uri;
use thiserror::Error;

/// What is added to the collector's address.
const PATH: &str = "/v1/traces";

/// Why an address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EndpointError {
    /// No address at all.
    #[error("is not an address. It must begin with http:// or https:// and name a host.")]
    NotHttp,
    /// It holds a name or a password, which would be printed.
    #[error("holds a name or a password. Put these into OTEL_EXPORTER_OTLP_HEADERS.")]
    HasPassword,
    /// Something follows the path.
    #[error("may not hold ? or #.")]
    HasQuery,
}

/// The address of a collector: `http://127.0.0.1:4318`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Nobody else can listen: it is on this machine, or the line is encrypted.
    Safe,
    /// In the clear over a network.
    InTheClear,
}

impl Endpoint {
    /// Takes `http://` and `https://` addresses; `/v1/traces` is added where it is not there.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let text = text.trim();
        let uri: Uri = text.parse().map_err(|_| EndpointError::NotHttp)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(EndpointError::NotHttp)?;
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(EndpointError::NotHttp),
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(EndpointError::HasPassword);
        }
        if text.contains(['?', '#']) {
            return Err(EndpointError::HasQuery);
        }
        let reach = if is_encrypted || is_here(host) { Reach::Safe } else { Reach::InTheClear };
        let base = text.trim_end_matches('/');
        let url = if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") };
        Ok(Self { url, reach })
    }
    /// Whether others on the way could read what is sent.
    #[must_use]
    pub fn is_in_the_clear(&self) -> bool {
        self.reach == Reach::InTheClear
    }
    /// With the path.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.url)
    }
}

fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_http_address_will_do_and_says_whether_others_could_listen() {
        let parsed =
            |text| Endpoint::parse(text).map(|it| (it.url().to_owned(), it.is_in_the_clear()));
        let of = |url: &str, clear| Ok((url.to_owned(), clear));
        assert_eq!(parsed("http://127.0.0.1:4318"), of("http://127.0.0.1:4318/v1/traces", false));
        assert_eq!(parsed("http://[::1]:4318/"), of("http://[::1]:4318/v1/traces", false));
        assert_eq!(parsed("http://tempo:4318/otlp"), of("http://tempo:4318/otlp/v1/traces", true));
        let whole = "https://otlp.example.org/v1/traces";
        assert_eq!(parsed(whole), of(whole, false));
        for bad in ["", "tempo:4318", "ftp://tempo", "http://"] {
            assert_eq!(parsed(bad), Err(EndpointError::NotHttp), "{bad}");
        }
        assert_eq!(parsed("https://me:pw@tempo"), Err(EndpointError::HasPassword));
        assert_eq!(parsed("https://tempo/?key=1"), Err(EndpointError::HasQuery));
    }
}
