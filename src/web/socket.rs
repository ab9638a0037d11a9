//! The live socket: who comes, what it wants to hear, and what it is told first.

pub(crate) mod protocol;
pub(crate) mod shown;
mod snapshot;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws;
use actors::fan_out::{Arrival, Frame, Interest, Outbox};
use domain::UnixMillis;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use self::protocol::{Choice, Resume, Said};
use self::snapshot::Snapshot;
use super::problem::Problem;
use super::state::WebState;
use super::{guard, live};

/// The version of what both ends say; it grows when a program that knows the old one would err.
const PROTOCOL: u32 = 1;

/// What a client wants to hear.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SocketQuery {
    /// Topics, with commas between them; everything where left out.
    #[param(example = "opportunity,order")]
    topics: Option<String>,
    /// `RUN-SEQ`: goes on behind the last fact that was heard.
    #[param(example = "5f3a9c1d-17")]
    resume: Option<String>,
}

/// Takes a client that may hear what `interest` allows.
///
/// # Errors
/// A query that cannot be read, or no correct WebSocket handshake.
pub fn accept(
    request: &HttpRequest,
    state: &web::Data<WebState>,
    body: web::Payload,
    interest: Interest,
) -> Result<HttpResponse, actix_web::Error> {
    let asked = Asked::of(request)?;
    let interest = asked.interest(interest)?;
    let arrival = arrival(state, interest, asked.choice.as_ref(), asked.resume);
    let hears = state.clone();
    let on_text: live::OnText = Arc::new(move |outbox, text| answer(&hears, outbox, text));
    let in_force = guard::shown(request).map(|shown| -> live::InForce {
        let (guard, clock) = (state.guard.clone(), state.clock.clone());
        Arc::new(move || guard.access().is_in_force(shown, clock.now()))
    });
    live::accept(&state.hub, arrival, live::Terms { on_text, in_force }, request, body)
}

/// What a client asks for with its handshake.
pub(crate) struct Asked {
    /// What it wants to hear; everything where it says nothing.
    pub(crate) choice: Option<Choice>,
    /// Where it goes on.
    pub(crate) resume: Option<Resume>,
}

impl Asked {
    /// Reads a handshake.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        ws::handshake(request).map_err(|error| Problem::UpgradeRequired(error.to_string()))?;
        let asked = web::Query::<SocketQuery>::from_query(request.query_string())
            .map_err(|error| bad("query", &error))?
            .into_inner();
        let choice = asked.topics.as_deref().map(Choice::parse).transpose();
        let choice = choice.map_err(|error| bad("topics", &error))?;
        let resume = asked.resume.as_deref().map(Resume::parse).transpose();
        let resume = resume.map_err(|error| bad("resume", &error))?;
        Ok(Self { choice, resume })
    }
    /// What it hears from now on.
    pub(crate) fn interest(&self, mut interest: Interest) -> Result<Interest, Problem> {
        if let Some(choice) = &self.choice {
            interest.choose(choice.topics()).map_err(|error| bad("topics", &error))?;
        }
        Ok(interest)
    }
}

/// What whoever is not known may hear: what anybody can know from the venue, and whether the
/// service is well.
pub(crate) const FOR_ANYBODY: &[&str] = &["health", "market_update", "whale_trade"];

/// Takes a client of which nothing is known: it hears what is for anybody, and is not listened to,
/// so that no choice of it is answered with a snapshot of more.
///
/// # Errors
/// No correct WebSocket handshake.
pub fn accept_unknown(
    request: &HttpRequest,
    state: &web::Data<WebState>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let arrival = arrival(state, Interest::within(FOR_ANYBODY), None, None);
    let terms = live::Terms { on_text: Arc::new(|_, _| {}), in_force: None };
    live::accept(&state.hub, arrival, terms, request, body)
}

fn arrival(
    state: &web::Data<WebState>,
    interest: Interest,
    choice: Option<&Choice>,
    resume: Option<Resume>,
) -> Arrival {
    let hub = &state.hub;
    let known = resume.filter(|it| it.run == hub.run() && hub.keeps_since(it.fact));
    // The number first: a fact that comes while the snapshot is made is told after it, and tells the
    // same twice rather than nothing.
    let since = known.map_or_else(|| hub.last_fact(), |it| it.fact);
    let (at, mode, run) = (state.clock.now(), state.mode.as_str(), hub.run());
    let mut greeting = vec![Hello { at, mode, run, last_fact: since, resumed: known }.frame()];
    if let (Some(choice), None) = (choice, known) {
        greeting.extend(Snapshot::new(state, since).of(choice));
    }
    Arrival { interest, since: Some(since.into()), greeting, ..Arrival::default() }
}

/// The first frame of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hello<'a> {
    pub(crate) at: UnixMillis,
    pub(crate) mode: &'a str,
    pub(crate) run: u64,
    /// What the client knows from here on.
    pub(crate) last_fact: u64,
    pub(crate) resumed: Option<Resume>,
}

impl Hello<'_> {
    pub(crate) fn frame(self) -> Frame {
        let data = json!({
            "protocol": PROTOCOL, "version": env!("CARGO_PKG_VERSION"), "mode": self.mode,
            "run": protocol::run_text(self.run), "last_fact": self.last_fact,
            "resumed": self.resumed.is_some(), "topics": actors::publisher::KINDS,
        });
        word(self.at, "hello", &data)
    }
}

/// A frame for one client alone.
pub(crate) fn word(at: UnixMillis, kind: &str, data: &Value) -> Frame {
    let text = json!({ "type": kind, "seq": 0, "ts": at.to_rfc3339(), "data": data });
    Frame::fact(text.to_string())
}

fn answer(state: &web::Data<WebState>, outbox: &Outbox, text: &str) {
    let said = match Said::parse(text) {
        Ok(said) => said,
        Err(error) => return refuse(state, outbox, "not_understood", &error),
    };
    let hub = &state.hub;
    let changed = match &said {
        Said::Ping => return outbox.push(&word(state.clock.now(), "pong", &json!({}))),
        Said::Subscribe(choice) => {
            let since = hub.last_fact();
            let mut first = vec![word(state.clock.now(), "subscribed", &choice.view())];
            first.extend(Snapshot::new(state, since).of(choice));
            hub.change_interest(outbox, |its| its.choose(choice.topics()), &first, since.into())
        }
        Said::Unsubscribe(choice) => {
            let first = [word(state.clock.now(), "unsubscribed", &choice.view())];
            let drop_them = |its: &mut Interest| {
                its.drop_topics(choice.topics());
                Ok(())
            };
            hub.change_interest(outbox, drop_them, &first, hub.mark())
        }
    };
    if let Err(error) = changed {
        refuse(state, outbox, "too_many_topics", &error);
    }
}

fn refuse(state: &WebState, outbox: &Outbox, code: &str, why: &impl std::fmt::Display) {
    outbox.push(&refusal(state.clock.now(), code, why));
}

/// Words of a client that lead to nothing.
pub(crate) fn refusal(at: UnixMillis, code: &str, why: &impl std::fmt::Display) -> Frame {
    word(at, "error", &json!({ "code": code, "detail": why.to_string() }))
}

pub(crate) fn bad(name: &str, why: &impl std::fmt::Display) -> Problem {
    Problem::BadParameter { name: name.into(), why: why.to_string() }
}
