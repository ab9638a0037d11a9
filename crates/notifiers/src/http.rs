//! One request with bounds.

use std::sync::Arc;
use std::time::Duration;

use awc::error::{ConnectError, SendRequestError};
use awc::http::header::RETRY_AFTER;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use crate::error::SendError;
use crate::message::{cut, line};
use crate::secret::SecretUrl;

/// The most that is read of an answer.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
const SAID_CHARS_MAX: usize = 200;
/// A longer wait than this is not believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3_600);

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct HttpSettings {
    /// For a connection.
    pub connect_timeout: Duration,
    /// For the whole answer.
    pub request_timeout: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(5), request_timeout: Duration::from_secs(10) }
    }
}

/// The client that channels of one thread share.
#[derive(Clone)]
pub struct Link {
    client: awc::Client,
    request_timeout: Duration,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    retry_after: Option<Duration>,
}

impl Link {
    /// A client with ring, the bundled roots, and no redirects: an address is a password.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(settings: HttpSettings) -> Result<Self, SendError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| SendError::Unreachable(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connector =
            awc::Connector::new().rustls_0_23(Arc::new(tls)).timeout(settings.connect_timeout);
        let client = awc::Client::builder()
            .connector(connector)
            .timeout(settings.request_timeout)
            .disable_redirects()
            .finish();
        Ok(Self { client, request_timeout: settings.request_timeout })
    }

    /// Sends `body` as JSON; an answer of 2xx is returned, every other is an error.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, SendError> {
        let mut request = self.client.post(url).content_type("application/json");
        for (name, value) in headers {
            request = request.insert_header((*name, value.as_str()));
        }
        self.finish(url, request.send_body(body)).await
    }

    /// Fetches the address; an answer of 2xx is returned, every other is an error.
    pub(crate) async fn get(&self, url: &SecretUrl) -> Result<Answer, SendError> {
        self.finish(url.expose(), self.client.get(url.expose()).send()).await
    }

    async fn finish(
        &self,
        url: &str,
        request: awc::SendClientRequest,
    ) -> Result<Answer, SendError> {
        let exchange = async {
            let mut answer = request.await.map_err(|error| unsent(&error))?;
            let retry_after = answer.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
            let retry_after = retry_after.and_then(seconds);
            // An answer too large to read counts by its status alone.
            let body = answer.body().limit(ANSWER_BYTES_MAX).await.unwrap_or_default();
            Ok(Answer { status: answer.status().as_u16(), body: body.to_vec(), retry_after })
        };
        match tokio::time::timeout(self.request_timeout, exchange).await {
            Ok(answer) => answer?.judged(url),
            Err(_) => Err(SendError::TimedOut),
        }
    }
}

impl Answer {
    fn judged(self, url: &str) -> Result<Self, SendError> {
        let said = discreet(&excerpt(&self.body), url);
        match self.status {
            200..=299 => Ok(self),
            429 => Err(SendError::Busy { retry_after: self.retry_after.or_else(|| self.wait()) }),
            408 | 425 | 500..=599 => Err(SendError::Fault { status: self.status, said }),
            status => Err(SendError::Refused { status, said }),
        }
    }
    /// Telegram and Discord say in the body how long to wait.
    fn wait(&self) -> Option<Duration> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        let wait = body.pointer("/parameters/retry_after").or_else(|| body.get("retry_after"))?;
        seconds(&wait.to_string())
    }
}

/// Whole seconds; a fraction counts as one more.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let whole: u64 = whole.parse().ok()?;
    let more = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(Duration::from_secs(whole.saturating_add(more)).min(RETRY_AFTER_MAX))
}

/// What was answered without any part of the address that may be a password: there are servers that
/// repeat what they were asked.
fn discreet(said: &str, url: &str) -> String {
    const GUESSABLE_CHARS: usize = 5;
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let parts = path.map_or("", |(_, path)| path).split(['/', '?', '&', '=', '#']);
    // Telegram's token stands behind the word bot.
    let parts = parts.flat_map(|part| [part, part.strip_prefix("bot").unwrap_or("")]);
    let secrets = parts.filter(|part| part.len() > GUESSABLE_CHARS);
    secrets.fold(said.to_owned(), |said, secret| said.replace(secret, "(secret)"))
}

fn excerpt(body: &[u8]) -> String {
    cut(&line(&String::from_utf8_lossy(body)), SAID_CHARS_MAX)
}

/// The error's own words never hold the address: it may be a password.
fn unsent(error: &SendRequestError) -> SendError {
    match error {
        SendRequestError::Timeout | SendRequestError::Connect(ConnectError::Timeout) => {
            SendError::TimedOut
        }
        SendRequestError::Url(_) => SendError::Refused { status: 0, said: "no address".to_owned() },
        SendRequestError::Connect(error) => SendError::Unreachable(cut(&error.to_string(), 200)),
        error => SendError::Unreachable(cut(&error.to_string(), 200)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_up_to_a_day_and_a_fraction_counts_as_a_second() {
        assert_eq!(seconds("3"), Some(Duration::from_secs(3)));
        assert_eq!(seconds("0.25"), Some(Duration::from_secs(1)));
        assert_eq!(seconds("99999999"), Some(RETRY_AFTER_MAX));
        assert_eq!(seconds("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
