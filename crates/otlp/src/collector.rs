//! One request with bounds.

use std::sync::Arc;
use std::time::Duration;

use awc::error::{ConnectError, SendRequestError};
use awc::http::header::{HeaderMap, RETRY_AFTER};
use domain::SpanText;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::error::ExportError;
use crate::headers::Headers;

/// The most that is read of an answer.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// A longer wait than this is not believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// Where the collector is, and how long to wait for it.
#[derive(Clone, Debug)]
pub struct CollectorSettings {
    /// Where.
    pub endpoint: Endpoint,
    /// What it wants to be told with every request.
    pub headers: Headers,
    /// For the whole exchange.
    pub timeout: Duration,
}

/// What the collector said to spans that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Spans of the request that it did not keep.
    pub refused: u64,
    /// Why, in its own words, bounded.
    pub said: Option<String>,
}

/// A client of one thread.
#[derive(Clone)]
pub struct Collector {
    client: awc::Client,
    settings: CollectorSettings,
}

impl Collector {
    /// A client with ring, the bundled roots, and no redirects: headers are passwords.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(settings: CollectorSettings) -> Result<Self, ExportError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ExportError::Refused { status: 0, said: error.to_string() })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connector = awc::Connector::new().rustls_0_23(Arc::new(tls)).timeout(settings.timeout);
        let client = awc::Client::builder()
            .connector(connector)
            .timeout(settings.timeout)
            .disable_redirects()
            .finish();
        Ok(Self { client, settings })
    }

    /// Sends what [`encode`](crate::encode) made, once.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub async fn send(&self, body: Vec<u8>) -> Result<Receipt, ExportError> {
        let url = self.settings.endpoint.url();
        let mut request = self.client.post(url).content_type("application/json");
        for header in self.settings.headers.iter() {
            request = request.insert_header(header);
        }
        let exchange = async {
            let mut answer = request.send_body(body).await.map_err(|error| unsent(&error))?;
            // An answer too large to read counts by its status alone.
            let said = answer.body().limit(ANSWER_BYTES_MAX).await.unwrap_or_default();
            self.judged(answer.status().as_u16(), answer.headers(), &said)
        };
        tokio::time::timeout(self.settings.timeout, exchange)
            .await
            .unwrap_or(Err(ExportError::TimedOut))
    }

    fn judged(
        &self,
        status: u16,
        headers: &HeaderMap,
        said: &[u8],
    ) -> Result<Receipt, ExportError> {
        match status {
            200..=299 => Ok(self.receipt(said)),
            429 | 502 | 503 | 504 => {
                let wait = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
                Err(ExportError::Busy { status, retry_after: wait.and_then(seconds) })
            }
            status => {
                let said = self.quoted(&String::from_utf8_lossy(said));
                Err(ExportError::Refused { status, said })
            }
        }
    }

    /// Some of them may not have been kept, although the answer is a success.
    fn receipt(&self, said: &[u8]) -> Receipt {
        let body: Value = serde_json::from_slice(said).unwrap_or_default();
        let partial = &body["partialSuccess"];
        let refused = &partial["rejectedSpans"];
        let refused = refused.as_u64().or_else(|| refused.as_str()?.parse().ok()).unwrap_or(0);
        let said = partial["errorMessage"].as_str().filter(|said| !said.is_empty());
        Receipt { refused, said: said.map(|said| self.quoted(said)) }
    }

    fn quoted(&self, said: &str) -> String {
        SpanText::new(&self.settings.headers.discreet(said)).as_str().trim().to_owned()
    }
}

/// Whole seconds. A date is not believed: clocks differ.
fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

fn unsent(error: &SendRequestError) -> ExportError {
    match error {
        SendRequestError::Timeout | SendRequestError::Connect(ConnectError::Timeout) => {
            ExportError::TimedOut
        }
        SendRequestError::Connect(error) => unreachable(&error.to_string()),
        error => unreachable(&error.to_string()),
    }
}

fn unreachable(why: &str) -> ExportError {
    ExportError::Unreachable(SpanText::new(why).as_str().to_owned())
}
