//! Live socket sessions: each writes what waits in its outbox, and nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, ActorContext, AsyncContext, StreamHandler};
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, web};
use actix_web_actors::ws::{
    CloseCode, CloseReason, Message, ProtocolError, WebsocketContext, WsResponseBuilder,
};
use actors::fan_out::{Arrival, Disconnect, Goodbye, Hub, JoinError, Out, Outbox};

use super::connection::SocketHandle;
use super::problem::Problem;

/// Handles one text of a client. An answer is pushed into the outbox, which bounds it.
pub type OnText = Arc<dyn Fn(&Arc<Outbox>, &str) + Send + Sync>;

/// Whether whoever opened a session may still listen. Asked twice a second, so it asks nobody.
pub type InForce = Arc<dyn Fn() -> bool + Send + Sync>;

/// How a session goes.
pub struct Terms {
    /// What is done with what the client says.
    pub on_text: OnText,
    /// Until when it may listen; `None` where anybody may.
    pub in_force: Option<InForce>,
}

/// Seconds after which a refused client may try again.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("5");

/// Upgrades a request to a live session of the hub. A hub that takes nobody answers 503.
///
/// # Errors
/// When the request is not a correct WebSocket handshake.
pub fn accept(
    hub: &Arc<Hub>,
    arrival: Arrival,
    terms: Terms,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let connection = request
        .conn_data::<SocketHandle>()
        .map(|socket| Box::new(socket.clone()) as Box<dyn Disconnect>);
    let outbox = match hub.join(Arrival { connection, ..arrival }) {
        Ok(outbox) => outbox,
        Err(why) => return Ok(refuse(why)),
    };
    let session = Session { hub: hub.clone(), outbox, terms, texts: Texts::default() };
    WsResponseBuilder::new(session, request, body)
        .frame_size(hub.limits().inbound_bytes_max)
        .start()
}

fn refuse(why: JoinError) -> HttpResponse {
    let text = match why {
        JoinError::Full => "too many clients are connected",
        JoinError::Closed => "the live feed is shutting down",
        JoinError::OtherRun => "another process has just begun to decide",
    };
    let mut response = Problem::Busy(text).error_response();
    response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_S);
    response
}

/// Texts that a client may send within [`TEXTS_PERIOD`]; each may cost an answer.
const TEXTS_MAX: u32 = 40;
const TEXTS_PERIOD: Duration = Duration::from_secs(2);
const TOO_MANY_TEXTS: &str = "too many messages";
/// Between two looks whether a client may still listen.
const IN_FORCE_INTERVAL: Duration = Duration::from_millis(500);
const NO_LONGER_IN_FORCE: &str = "the session has ended or the token is no longer in force";

/// Counts what a client sends.
#[derive(Default)]
struct Texts {
    since: Option<Instant>,
    count: u32,
}

impl Texts {
    /// Counts one; whether it is one too many.
    fn is_too_many(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) > TEXTS_PERIOD) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count += 1;
        self.count > TEXTS_MAX
    }
}

struct Session {
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    terms: Terms,
    texts: Texts,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.outbox.id())
    }
}

impl Drop for Session {
    /// Not in `stopped`: this also runs when the handshake fails, the session panics or the worker
    /// stops.
    fn drop(&mut self) {
        self.hub.leave(&self.outbox);
    }
}

type SessionContext = WebsocketContext<Session>;

impl Actor for Session {
    type Context = SessionContext;

    fn started(&mut self, ctx: &mut SessionContext) {
        <Self as StreamHandler<Out>>::add_stream(self.outbox.stream(), ctx);
        if let Some(in_force) = self.terms.in_force.clone() {
            ctx.run_interval(IN_FORCE_INTERVAL, move |session, ctx| {
                if !in_force() {
                    // No word that waits may follow.
                    session.hub.leave(&session.outbox);
                    end(ctx, Some((CloseCode::Policy, NO_LONGER_IN_FORCE).into()));
                }
            });
        }
    }
}

impl StreamHandler<Out> for Session {
    fn handle(&mut self, out: Out, ctx: &mut SessionContext) {
        match out {
            Out::Text(text) => ctx.text(text),
            Out::Ping => ctx.ping(b""),
            Out::Close(goodbye) => end(ctx, Some(reason(goodbye))),
        }
    }

    /// The connection was cut off, or its close frame is written.
    fn finished(&mut self, ctx: &mut SessionContext) {
        ctx.stop();
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for Session {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut SessionContext) {
        self.outbox.heard();
        match message {
            Ok(Message::Text(_)) if self.texts.is_too_many(Instant::now()) => {
                end(ctx, Some((CloseCode::Policy, TOO_MANY_TEXTS).into()));
            }
            Ok(Message::Text(text)) => (self.terms.on_text)(&self.outbox, &text),
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(_) | Message::Nop) => {}
            Ok(Message::Close(reason)) => end(ctx, reason),
            // the bound is on a frame; a message of fragments would have none
            Ok(Message::Continuation(_)) => end(ctx, Some(CloseCode::Size.into())),
            Ok(Message::Binary(_)) => end(ctx, Some(CloseCode::Unsupported.into())),
            Err(ProtocolError::Overflow) => end(ctx, Some(CloseCode::Size.into())),
            Err(_) => end(ctx, Some(CloseCode::Protocol.into())),
        }
    }
}

fn end(ctx: &mut SessionContext, reason: Option<CloseReason>) {
    ctx.close(reason);
    ctx.stop();
}

fn reason(goodbye: Goodbye) -> CloseReason {
    CloseReason { code: goodbye.code.into(), description: Some(goodbye.reason.to_owned()) }
}
