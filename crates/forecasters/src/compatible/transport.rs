//! The HTTP below the client: one request, one bounded answer, no retry, no surprise.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use bytes::BytesMut;
use http::StatusCode;
use http::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tower::util::{ServiceFn, service_fn};

use super::endpoint::{Endpoint, EndpointError};
use crate::bill::Billed;
use crate::error::{Cause, ForecasterError, one_line};

const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer: a few hundred times the usual one.
const BODY_BYTES_MAX: usize = 1 << 20;
/// A longer wait than this is none that a forecast waits for.
const RETRY_AFTER_S_MAX: u64 = 86_400;

/// A client of that endpoint alone.
pub(super) fn client(endpoint: &Endpoint) -> Result<Client, EndpointError> {
    endpoint.check()?;
    let way = if endpoint.is_local() { Way::Direct } else { Way::AsTheSystemSays };
    build(way).map_err(EndpointError::Client)
}

/// A client that sends no key.
pub(crate) fn plain_client() -> Result<Client, String> {
    build(Way::AsTheSystemSays)
}

/// Whether the proxy of the environment is used.
enum Way {
    Direct,
    AsTheSystemSays,
}

/// It follows no redirect: what is sent is for nobody else.
fn build(way: Way) -> Result<Client, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| one_line(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .connect_timeout(CONNECT_MAX);
    let builder = match way {
        Way::Direct => builder.no_proxy(),
        Way::AsTheSystemSays => builder,
    };
    builder.build().map_err(|error| one_line(&error.to_string()))
}

/// Sends what the client built, and hands on nothing but a whole JSON answer of a good status.
pub(super) fn service(
    http: Client,
) -> ServiceFn<impl Fn(HttpRequestFactory) -> Sent + Clone + Send + Sync + 'static> {
    service_fn(move |factory: HttpRequestFactory| -> Sent {
        let http = http.clone();
        Box::pin(async move {
            let request = factory.build().await?;
            let answer = send(&http, request).await;
            answer.map_err(|error| OpenAIError::Boxed(Box::new(error)))
        })
    })
}

type Sent = std::pin::Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

async fn send(http: &Client, request: reqwest::Request) -> Result<Response, ForecasterError> {
    let unreachable = |error: reqwest::Error| {
        // A request that found no connection was read by nobody.
        let billed = if error.is_connect() { Billed::Nothing } else { Billed::Unknown };
        ForecasterError::new(Cause::Unreachable(depth_of(error)), billed)
    };
    let mut answer = http.execute(request).await.map_err(unreachable)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut body = BytesMut::new();
    while let Some(part) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + part.len() > BODY_BYTES_MAX {
            let cause = Cause::TooLarge { bytes_max: BODY_BYTES_MAX };
            return Err(ForecasterError::new(cause, Billed::Unknown));
        }
        body.extend_from_slice(&part);
    }
    if !status.is_success() {
        let after = headers.get(RETRY_AFTER).and_then(|text| text.to_str().ok()?.parse().ok());
        return Err(refusal(status, after, &body));
    }
    if serde_json::from_slice::<IgnoredAny>(&body).is_err() {
        let cause = Cause::Garbled("it is not JSON");
        return Err(ForecasterError::new(cause, Billed::Unknown));
    }
    Ok(http::Response::new(reqwest::Body::from(body.freeze())).into())
}

fn refusal(status: StatusCode, after_s: Option<u64>, body: &[u8]) -> ForecasterError {
    let cause = match status.as_u16() {
        401..=403 => Cause::KeyRefused { status: status.as_u16() },
        429 => Cause::Throttled {
            retry_after: after_s.map(|after| Duration::from_secs(after.min(RETRY_AFTER_S_MAX))),
        },
        500.. => Cause::Unavailable { status: status.as_u16() },
        other => Cause::Rejected { status: other, said: said(body) },
    };
    ForecasterError::new(cause, Billed::Nothing)
}

/// A provider's own words: `{"error":{"message":…}}`, or a list with one of those.
fn said(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        message: String,
        param: Option<String>,
    }
    #[derive(Deserialize)]
    struct Wrapped {
        error: Said,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Body {
        One(Wrapped),
        List(Vec<Wrapped>),
    }
    let error = match serde_json::from_slice(body) {
        Ok(Body::One(wrapped)) => wrapped.error,
        Ok(Body::List(list)) => match list.into_iter().next() {
            Some(wrapped) => wrapped.error,
            None => return String::new(),
        },
        Err(_) => return one_line(&String::from_utf8_lossy(body)),
    };
    match error.param {
        Some(param) => one_line(&format!("{param}: {}", error.message)),
        None => one_line(&error.message),
    }
}

/// The innermost cause: the outer ones name the address, which is known.
fn depth_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    one_line(&innermost.to_string())
}

/// What went wrong, out of the client's wrapping.
pub(super) fn cause(error: OpenAIError) -> ForecasterError {
    let garbled =
        || ForecasterError::new(Cause::Garbled("the client cannot read it"), Billed::Unknown);
    match error {
        OpenAIError::Boxed(inner) => {
            inner.downcast::<ForecasterError>().map_or_else(|_| garbled(), |error| *error)
        }
        OpenAIError::Reqwest(error) => {
            ForecasterError::new(Cause::Unreachable(depth_of(error)), Billed::Unknown)
        }
        _ => garbled(),
    }
}
