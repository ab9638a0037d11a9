//! One HTTP request and its whole answer, whatever its status. No retries and no opinions: those
//! belong to who knows whether the request changes anything.

use std::time::Duration;

use awc::error::{ConnectError, SendRequestError};
use awc::http::{Method, StatusCode, header};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use thiserror::Error;
use tokio::time::timeout;

use crate::http::{Excerpt, Outcome, Retry, Settings, VenueError, dial_client};

/// No whole answer came.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExchangeError {
    /// The request never left: no connection, or it cannot be built.
    #[error("cannot connect: {why}")]
    NotSent {
        /// What the system said.
        why: Excerpt,
    },
    /// No whole answer in time.
    #[error("no answer within {after:?}")]
    Timeout {
        /// The limit.
        after: Duration,
    },
    /// The connection broke after the request was sent.
    #[error("the connection broke: {why}")]
    Broken {
        /// What the system said.
        why: Excerpt,
    },
    /// The body ended before its end.
    #[error("the answer was cut off after {got} bytes")]
    Truncated {
        /// Bytes that came.
        got: usize,
    },
    /// The body is larger than we read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl ExchangeError {
    /// Whether repeating a request that only reads makes sense.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::TooLarge { .. } => Retry::Never,
            _ => Retry::Backoff,
        }
    }
    /// What is known of a request that was to change something.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::NotSent { .. } => Outcome::NotSent,
            _ => Outcome::Unknown,
        }
    }
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// What a 429 or 503 asked for, in whole seconds.
    pub(crate) retry_after: Option<Duration>,
}

/// A request to be sent once.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'static str, String)],
    /// `POST` with this JSON body, or `GET`.
    pub(crate) json: Option<Bytes>,
}

/// A client of one arbiter.
#[derive(Clone)]
pub(crate) struct Exchange {
    client: awc::Client,
    request_timeout: Duration,
    connect_timeout: Duration,
    body_bytes_max: usize,
}

impl Exchange {
    pub(crate) fn new(settings: &Settings) -> Result<Self, VenueError> {
        let client =
            dial_client(&settings.proxy, settings.connect_timeout, settings.request_timeout)?;
        Ok(Self {
            client,
            request_timeout: settings.request_timeout,
            connect_timeout: settings.connect_timeout,
            body_bytes_max: settings.body_bytes_max,
        })
    }

    pub(crate) async fn ask(&self, ask: &Ask<'_>) -> Result<Answer, ExchangeError> {
        let after = self.request_timeout;
        timeout(after, self.run(ask)).await.map_err(|_| ExchangeError::Timeout { after })?
    }

    async fn run(&self, ask: &Ask<'_>) -> Result<Answer, ExchangeError> {
        let method = if ask.json.is_some() { Method::POST } else { Method::GET };
        let mut call = self
            .client
            .request(method, ask.url)
            .insert_header((header::ACCEPT, "application/json"))
            // The byte count is compared, so the body must come as it is.
            .insert_header((header::ACCEPT_ENCODING, "identity"))
            .no_decompress();
        for (name, value) in ask.headers {
            call = call.insert_header((*name, value.as_str()));
        }
        let sent = match &ask.json {
            Some(json) => call.content_type("application/json").send_body(json.clone()),
            None => call.send(),
        };
        let mut response = sent.await.map_err(|error| self.send_error(&error))?;
        let announced = number(response.headers(), header::CONTENT_LENGTH);
        let retry_after = number(response.headers(), header::RETRY_AFTER);
        let body = self.read(&mut response).await?;
        if announced.is_some_and(|announced| announced != body.len() as u64) {
            return Err(ExchangeError::Truncated { got: body.len() });
        }
        let retry_after = retry_after.map(Duration::from_secs);
        Ok(Answer { status: response.status(), body, retry_after })
    }

    async fn read<S>(&self, response: &mut awc::ClientResponse<S>) -> Result<Bytes, ExchangeError>
    where
        S: futures_util::Stream<Item = Result<Bytes, awc::error::PayloadError>> + Unpin,
    {
        let limit = self.body_bytes_max;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.next().await {
            let chunk = chunk.map_err(|error| ExchangeError::Broken { why: excerpt(&error) })?;
            if body.len() + chunk.len() > limit {
                return Err(ExchangeError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn send_error(&self, error: &SendRequestError) -> ExchangeError {
        let why = excerpt(error);
        match error {
            // Also what is reported when the server closes before the answer's head.
            SendRequestError::Connect(ConnectError::Disconnected) => ExchangeError::Broken { why },
            SendRequestError::Connect(ConnectError::Timeout) => ExchangeError::NotSent {
                why: Excerpt::of(
                    format!("no connection within {:?}", self.connect_timeout).as_bytes(),
                ),
            },
            SendRequestError::Connect(_) | SendRequestError::Url(_) | SendRequestError::Http(_) => {
                ExchangeError::NotSent { why }
            }
            SendRequestError::Timeout => ExchangeError::Timeout { after: self.request_timeout },
            _ => ExchangeError::Broken { why },
        }
    }
}

fn number(headers: &header::HeaderMap, name: header::HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn excerpt(error: &dyn std::fmt::Display) -> Excerpt {
    Excerpt::of(error.to_string().as_bytes())
}
