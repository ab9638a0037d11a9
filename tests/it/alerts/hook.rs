//! A webhook's other end: remembers what it was sent, and answers what it was told to.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use notifiers::{SIGNATURE_HEADER, SecretText, TIMESTAMP_HEADER, signature};
use parking_lot::Mutex;
use serde_json::Value;

use super::LONG;

pub(super) const SECRET: &str = "a secret of the test";

/// What came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
    bytes: Vec<u8>,
    status: u16,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let wanted = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().find(wanted).map(|(_, value)| value.as_str())
    }
    pub(super) fn is_signed(&self) -> bool {
        let timestamp = self.header(TIMESTAMP_HEADER).unwrap();
        let expected = signature(&SecretText::new(SECRET), timestamp, &self.bytes);
        self.header(SIGNATURE_HEADER) == Some(&expected)
    }
}

struct State {
    seen: Vec<Seen>,
    pings: usize,
    next: VecDeque<u16>,
    always: u16,
}

/// The server. Stopped when dropped.
pub(super) struct Hook {
    pub(super) address: String,
    state: Arc<Mutex<State>>,
    handle: ServerHandle,
}

impl Hook {
    pub(super) fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let first = State { seen: Vec::new(), pings: 0, next: VecDeque::new(), always: 200 };
        let state = Arc::new(Mutex::new(first));
        let shared = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/ping", web::get().to(ping))
                .route("/hook", web::post().to(take))
        });
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", server.addrs()[0]);
        let server = server.disable_signals().run();
        let handle = server.handle();
        actix_rt::spawn(server);
        Self { address, state, handle }
    }
    /// The statuses of the next answers.
    pub(super) fn answer_next(&self, statuses: &[u16]) {
        self.state.lock().next.extend(statuses);
    }
    /// The status of every other answer.
    pub(super) fn answer_always(&self, status: u16) {
        self.state.lock().always = status;
    }
    fn count(&self, holds: impl Fn(&Seen) -> bool) -> usize {
        self.state.lock().seen.iter().filter(|seen| holds(seen)).count()
    }
    pub(super) fn tried(&self, id: &str) -> usize {
        self.count(|seen| seen.body["id"] == id)
    }
    pub(super) fn accepted(&self, id: &str) -> usize {
        self.count(|seen| seen.body["id"] == id && seen.status == 200)
    }
    /// The first accepted message that holds.
    pub(super) async fn until_accepted(&self, holds: impl Fn(&Value) -> bool) -> Seen {
        let since = Instant::now();
        loop {
            let found = |seen: &&Seen| seen.status == 200 && holds(&seen.body);
            if let Some(seen) = self.state.lock().seen.iter().find(found) {
                return seen.clone();
            }
            assert!(since.elapsed() < LONG, "it did not come");
            actix_rt::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
    pub(super) async fn until_pinged(&self) {
        let since = Instant::now();
        while self.state.lock().pings == 0 {
            assert!(since.elapsed() < LONG, "the watchman was not told");
            actix_rt::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn ping(state: web::Data<Mutex<State>>) -> HttpResponse {
    state.lock().pings += 1;
    HttpResponse::Ok().finish()
}

async fn take(
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<Mutex<State>>,
) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let mut state = state.lock();
    let always = state.always;
    let status = state.next.pop_front().unwrap_or(always);
    state.seen.push(Seen {
        headers: headers.collect(),
        body: serde_json::from_slice(&body).unwrap(),
        bytes: body.to_vec(),
        status,
    });
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish()
}
