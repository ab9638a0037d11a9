//! One request at a time: limits, time-out, checks, and retries where they make sense.

use awc::error::{ConnectError, PayloadError, SendRequestError};
use awc::http::Method;
use awc::http::header::{self, HeaderMap};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{sleep, timeout};

use super::body::{Body, Packing};
use super::dial;
use super::error::{Excerpt, Retry, VenueError};
use super::limits::Group;
use super::reply::{Call, Reply};
use super::settings::Settings;

/// The most that is read of an error's body.
const ERROR_BODY_BYTES_MAX: usize = 16 * 1024;

/// A request that only reads, so that repeating it is harmless.
#[derive(Clone, Debug)]
pub struct Request {
    group: Group,
    url: String,
    query: Vec<(&'static str, String)>,
    json: Option<Bytes>,
}

impl Request {
    /// `GET base/path`.
    #[must_use]
    pub fn get(group: Group, base: &str, path: &str) -> Self {
        Self { group, url: format!("{base}{path}"), query: vec![], json: None }
    }
    /// `POST base/path` with a JSON body, for reads that take their question in the body.
    #[must_use]
    pub fn post(group: Group, base: &str, path: &str, json: Bytes) -> Self {
        Self { group, url: format!("{base}{path}"), query: vec![], json: Some(json) }
    }
    /// Adds a parameter; escaped as needed.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    fn call(&self) -> Call {
        let method = if self.json.is_some() { Method::POST } else { Method::GET };
        let (url, query) = (self.url.clone(), self.query.clone());
        Call { method, url, query, headers: vec![], json: self.json.clone() }
    }
}

/// A client of one arbiter.
#[derive(Clone)]
pub struct Http {
    client: awc::Client,
    settings: Settings,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Http {
    pub(crate) fn new(settings: Settings) -> Result<Self, VenueError> {
        let client =
            dial::client(&settings.proxy, settings.connect_timeout, settings.request_timeout)?;
        Ok(Self { client, settings })
    }
    /// What it was made from.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Sends `request`, again where that makes sense, and returns a whole body of a 2xx answer.
    ///
    /// # Errors
    /// The last attempt's [`VenueError`].
    pub async fn fetch(&self, request: &Request) -> Result<Body, VenueError> {
        self.repeat(&request.url, async || {
            self.wait_for_turn(request.group).await?;
            self.send_once(request.call()).await?.success()
        })
        .await
    }
    /// Repeats a harmless attempt where that makes sense, with growing pauses.
    ///
    /// # Errors
    /// The last attempt's [`VenueError`].
    pub(crate) async fn repeat<T>(
        &self,
        url: &str,
        attempt: impl AsyncFn() -> Result<T, VenueError>,
    ) -> Result<T, VenueError> {
        let mut pauses = self.settings.retries.delays();
        loop {
            let error = match attempt().await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            let pause = match error.retry() {
                Retry::Never => return Err(error),
                Retry::Backoff => pause,
                Retry::After(wait) if wait > self.settings.wait_max => return Err(error),
                // All clients were told the same moment: spread them.
                Retry::After(wait) => wait + pause / 8,
            };
            tracing::debug!(url, %error, ?pause, "asking the venue again");
            sleep(pause).await;
        }
    }
    /// Waits until `group` has room, within the patience of the settings.
    ///
    /// # Errors
    /// It would take longer; the error says how long.
    pub(crate) async fn wait_for_turn(&self, group: Group) -> Result<(), VenueError> {
        let mut left = self.settings.wait_max;
        while let Err(wait) = self.settings.limits.take(group) {
            left = left
                .checked_sub(wait)
                .ok_or(VenueError::RateLimited { retry_after: Some(wait) })?;
            sleep(wait).await;
        }
        Ok(())
    }
    /// Sends `call` exactly once and returns whatever the venue answers, good or bad. Limits are
    /// the caller's business.
    ///
    /// # Errors
    /// No answer's head came; [`VenueError::outcome`] says what that means for the request.
    pub(crate) async fn send_once(&self, call: Call) -> Result<Reply, VenueError> {
        let after = self.settings.request_timeout;
        // Dropping the future closes its connection, so nothing of a late answer can be mistaken
        // for the next one.
        timeout(after, self.exchange(call)).await.map_err(|_| VenueError::Timeout { after })?
    }

    async fn exchange(&self, call: Call) -> Result<Reply, VenueError> {
        let mut request = self
            .client
            .request(call.method, &call.url)
            .insert_header((header::ACCEPT, "application/json"))
            .insert_header((header::ACCEPT_ENCODING, "gzip"))
            // The byte count must be compared before unpacking.
            .no_decompress();
        for (name, value) in call.headers {
            request = request.insert_header((name, value));
        }
        if !call.query.is_empty() {
            request = request.query(&call.query).map_err(|error| unsendable(&error))?;
        }
        let sent = match call.json {
            Some(json) => {
                request.insert_header((header::CONTENT_TYPE, "application/json")).send_body(json)
            }
            None => request.send(),
        };
        let mut response = sent.await.map_err(|error| send_error(&error, &self.settings))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes_max =
            if status.is_success() { self.settings.body_bytes_max } else { ERROR_BODY_BYTES_MAX };
        let body = whole_body(&mut response, &headers, bytes_max).await;
        Ok(Reply { status: status.as_u16(), headers, body })
    }
}

async fn whole_body<S>(
    response: &mut awc::ClientResponse<S>,
    headers: &HeaderMap,
    bytes_max: usize,
) -> Result<Body, VenueError>
where
    S: futures_util::Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let announced = content_length(headers)?;
    if announced.is_some_and(|announced| announced > bytes_max) {
        return Err(VenueError::TooLarge { limit: bytes_max });
    }
    let raw = read(response, bytes_max).await?;
    Body::new(raw, announced, packing(headers)?, bytes_max)
}

pub(crate) fn send_error(error: &SendRequestError, settings: &Settings) -> VenueError {
    let why = Excerpt::of(error.to_string().as_bytes());
    match error {
        // Also what is reported when the server closes before the answer's head.
        SendRequestError::Connect(ConnectError::Disconnected) => VenueError::Broken { why },
        // A connection that took too long is one, too: nothing was sent.
        SendRequestError::Connect(_) => VenueError::Connect { why },
        SendRequestError::Timeout => VenueError::Timeout { after: settings.request_timeout },
        SendRequestError::Url(_) | SendRequestError::Http(_) => VenueError::Unsendable { why },
        _ => VenueError::Broken { why },
    }
}

/// One segment of a path, with everything escaped that is not plainly harmless there.
pub(crate) fn escape(segment: &str) -> String {
    let mut escaped = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Reads the body up to a limit. An end is an end here: whether it was the right one is checked
/// by the caller.
async fn read<S>(
    response: &mut awc::ClientResponse<S>,
    bytes_max: usize,
) -> Result<Bytes, VenueError>
where
    S: futures_util::Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let mut collected = bytes::BytesMut::new();
    while let Some(chunk) = response.next().await {
        let chunk = chunk.map_err(|error| VenueError::Broken {
            why: Excerpt::of(error.to_string().as_bytes()),
        })?;
        if collected.len() + chunk.len() > bytes_max {
            return Err(VenueError::TooLarge { limit: bytes_max });
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.freeze())
}

fn content_length(headers: &HeaderMap) -> Result<Option<usize>, VenueError> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    let length = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    length
        .map(Some)
        .ok_or(VenueError::Decode { what: "content length", why: Excerpt::of(value.as_bytes()) })
}

fn packing(headers: &HeaderMap) -> Result<Packing, VenueError> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"" | b"identity") => Ok(Packing::None),
        Some(b"gzip" | b"x-gzip") => Ok(Packing::Gzip),
        Some(other) => {
            Err(VenueError::Decode { what: "content encoding", why: Excerpt::of(other) })
        }
    }
}

fn unsendable(error: &dyn std::fmt::Display) -> VenueError {
    VenueError::Unsendable { why: Excerpt::of(error.to_string().as_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_cannot_leave_its_place_in_a_path() {
        assert_eq!(escape("../a b?c#d/é"), "%2E%2E%2Fa%20b%3Fc%23d%2F%C3%A9");
    }
}
