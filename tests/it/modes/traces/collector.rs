//! A collector: takes OTLP over HTTP as JSON, reads it strictly, and answers what it was told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use parking_lot::Mutex;
use serde::Deserialize;

use super::super::program::LONG;

/// What came in one request.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) text: String,
    pub(super) authorization: Option<String>,
    pub(super) status: u16,
    pub(super) spans: Vec<Span>,
    pub(super) service: String,
}

#[derive(Default)]
struct State {
    sent: Vec<Sent>,
    next: VecDeque<(u16, Option<u64>)>,
    /// What could not be read.
    wrong: Vec<String>,
}

/// The server. Stopped when dropped.
pub(super) struct Collector {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    handle: ServerHandle,
}

impl Collector {
    pub(super) fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }
    pub(super) fn start_at(address: SocketAddr) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            let limit = web::PayloadConfig::new(32 << 20);
            let app = App::new().app_data(shared.clone()).app_data(limit);
            app.route("/v1/traces", web::post().to(take))
        });
        let server = server.workers(1).bind(address).unwrap();
        let address = server.addrs()[0];
        let server = server.disable_signals().run();
        let handle = server.handle();
        actix_rt::spawn(server);
        Self { address, state, handle }
    }
    /// The next answers: a status, and for how many seconds it wants to be left alone.
    pub(super) fn answer_next(&self, answers: &[(u16, Option<u64>)]) {
        self.state.lock().next.extend(answers);
    }
    pub(super) fn sent(&self) -> Vec<Sent> {
        self.state.lock().sent.clone()
    }
    /// Every span that was taken.
    pub(super) fn spans(&self) -> Vec<Span> {
        let state = self.state.lock();
        let taken = state.sent.iter().filter(|sent| sent.status == 200);
        taken.flat_map(|sent| sent.spans.clone()).collect()
    }
    /// Until `holds`; something is done meanwhile.
    pub(super) async fn until<T>(
        &self,
        holds: impl Fn(&Self) -> Option<T>,
        mut meanwhile: impl FnMut(),
    ) -> T {
        let since = Instant::now();
        loop {
            if let Some(found) = holds(self) {
                return found;
            }
            let wrong = self.state.lock().wrong.first().cloned();
            assert_eq!(wrong, None, "this is no OTLP");
            assert!(since.elapsed() < LONG, "it did not come; names: {:?}", self.names());
            meanwhile();
            actix_rt::time::sleep(Duration::from_millis(250)).await;
        }
    }
    fn names(&self) -> Vec<String> {
        self.spans().into_iter().map(|span| span.name).take(100).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<Mutex<State>>,
) -> HttpResponse {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let kind = request.headers().get("content-type").map(|it| it.as_bytes().to_vec());
    let Ok((service, spans)) = std::panic::catch_unwind(|| {
        assert_eq!(kind.as_deref(), Some(&b"application/json"[..]));
        read(&text)
    }) else {
        state.lock().wrong.push(text);
        return HttpResponse::BadRequest().finish();
    };
    let authorization = request.headers().get("authorization");
    let authorization = authorization.map(|it| it.to_str().unwrap().to_owned());
    let mut state = state.lock();
    let (status, wait) = state.next.pop_front().unwrap_or((200, None));
    state.sent.push(Sent { text, authorization, status, spans, service });
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    if let Some(wait) = wait {
        answer.insert_header(("Retry-After", wait.to_string()));
    }
    answer.content_type("application/json").body("{}")
}

/// Who tells, and what.
fn read(text: &str) -> (String, Vec<Span>) {
    let read: Request = serde_json::from_str(text).unwrap();
    let [of] = <[ResourceSpans; 1]>::try_from(read.resource_spans).unwrap();
    let [scope] = <[ScopeSpans; 1]>::try_from(of.scope_spans).unwrap();
    assert_eq!(scope.scope.name, "dutchbook");
    scope.spans.iter().for_each(Span::check);
    let name = of.resource.attributes.iter().find(|it| it.key == "service.name").unwrap();
    (name.value.text().to_owned(), scope.spans)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResourceSpans {
    resource: Resource,
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    attributes: Vec<KeyValue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeSpans {
    scope: Scope,
    spans: Vec<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    name: String,
    #[expect(dead_code, reason = "read to see that nothing unknown is there")]
    version: String,
}

/// A span as the protocol writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Span {
    pub(super) trace_id: String,
    pub(super) span_id: String,
    pub(super) parent_span_id: Option<String>,
    pub(super) name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<KeyValue>,
    pub(super) events: Vec<Moment>,
    pub(super) status: Option<Status>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Moment {
    time_unix_nano: String,
    pub(super) name: String,
    attributes: Vec<KeyValue>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Status {
    code: u8,
    message: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyValue {
    key: String,
    value: AnyValue,
}

#[derive(Clone, Debug, Deserialize)]
enum AnyValue {
    #[serde(rename = "stringValue")]
    Text(String),
    #[serde(rename = "intValue")]
    Whole(String),
    #[serde(rename = "boolValue")]
    Flag(bool),
    #[serde(rename = "arrayValue")]
    List { values: Vec<AnyValue> },
}

impl AnyValue {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Whole(text) => text,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::List { .. } => "a list",
        }
    }
    fn check(&self) {
        match self {
            Self::Text(text) => assert!(text.chars().count() <= 200, "{text}"),
            Self::Whole(text) => assert!(text.parse::<i64>().is_ok(), "{text}"),
            Self::Flag(_) => {}
            Self::List { values } => values.iter().for_each(Self::check),
        }
    }
}

impl Span {
    pub(super) fn began_at(&self) -> u64 {
        self.start_time_unix_nano.parse().unwrap()
    }
    pub(super) fn ended_at(&self) -> u64 {
        self.end_time_unix_nano.parse().unwrap()
    }
    /// What is known under a key; a whole number as text.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let key = format!("dutchbook.{key}");
        self.attributes.iter().find(|it| it.key == key).map(|it| it.value.text())
    }
    pub(super) fn whole(&self, key: &str) -> i64 {
        self.get(key).unwrap_or_else(|| panic!("no {key}: {self:#?}")).parse().unwrap()
    }
    /// When a moment was, nanoseconds since 1970.
    pub(super) fn moment(&self, name: &str) -> Option<u64> {
        let event = self.events.iter().find(|event| event.name == name)?;
        Some(event.time_unix_nano.parse().unwrap())
    }
    fn check(&self) {
        let is_id = |text: &str, digits| {
            text.len() == digits && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
        };
        assert!(is_id(&self.trace_id, 32) && is_id(&self.span_id, 16), "{self:#?}");
        assert!(self.parent_span_id.as_ref().is_none_or(|id| is_id(id, 16)), "{self:#?}");
        assert!(self.began_at() <= self.ended_at() && self.began_at() > 0, "{self:#?}");
        assert!([1, 3, 5].contains(&self.kind), "{self:#?}");
        let is_error = |status: &Status| status.code == 2 && status.message.chars().count() <= 200;
        assert!(self.status.as_ref().is_none_or(is_error), "{self:#?}");
        let of_events = self.events.iter().flat_map(|event| &event.attributes);
        self.attributes.iter().chain(of_events).for_each(|it| it.value.check());
    }
}
