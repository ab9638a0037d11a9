//! The live socket of a process that repeats what the leader says.
//!
//! A snapshot is asked of the leader, and what came here while it was under way follows it: facts by
//! their numbers, state because the last frames of it are kept. So nothing between the two is missed.

use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, rt, web};
use actors::fan_out::{Arrival, Frame, Interest, Mark, Outbox};
use actors::publisher::KINDS;
use awc::Client;
use tokio::sync::mpsc;

use super::WebRole;
use super::known::Listening;
use super::leader::{self, Clients, Credential, Verdict};
use crate::web::auth::access::Shown;
use crate::web::guard::{self, Arrived};
use crate::web::live;
use crate::web::problem::Problem;
use crate::web::socket::protocol::{Choice, Said, run_text};
use crate::web::socket::shown::{ShownFrameView, SnapshotView};
use crate::web::socket::{Asked, FOR_ANYBODY, Hello, refusal, word};

/// Words of one client that wait for their answer; the next ones are refused.
const SAID_MAX: usize = 16;

/// Somebody whom the leader knows.
#[derive(Clone)]
pub struct Somebody {
    shown: Shown,
    credential: Credential,
    arrived: Arrived,
}

/// Who sent a request, as the leader says.
///
/// # Errors
/// Nobody known, or the leader does not say.
pub async fn somebody(
    request: &HttpRequest,
    role: &WebRole,
    clients: &Clients,
) -> Result<Somebody, Problem> {
    let shown = guard::shown(request).ok_or(Problem::Unauthorized)?;
    let credential = Credential::of(request.headers()).ok_or(Problem::Unauthorized)?;
    let arrived = request.extensions().get::<Arrived>().cloned().ok_or(Problem::Unauthorized)?;
    if !role.known.is_fresh(shown) {
        let verdict = leader::who(&clients.reads, &role.board, &credential, &arrived).await?;
        role.known.said(shown, verdict);
        if verdict == Verdict::Unknown {
            return Err(Problem::Unauthorized);
        }
    }
    Ok(Somebody { shown, credential, arrived })
}

/// Takes a client.
///
/// # Errors
/// Nobody known, a query that cannot be read, no leader, or no correct WebSocket handshake.
pub async fn accept(
    request: HttpRequest,
    role: web::Data<WebRole>,
    clients: web::Data<Clients>,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let asked = Asked::of(&request)?;
    let somebody = match somebody(&request, &role, &clients).await {
        Ok(somebody) => somebody,
        Err(problem) => {
            let peer = request.extensions().get::<Arrived>().and_then(|arrived| arrived.peer);
            if !role.guard.answers_anybody(&request, peer) {
                return Err(problem.into());
            }
            return accept_unknown(&request, &role, body);
        }
    };
    let mode = role.followed()?.mode;
    let interest = asked.interest(Interest::default())?;
    let (hub, at) = (&role.hub, role.clock.now());
    let run = hub.run();
    let known = asked.resume.filter(|it| it.run == run && hub.keeps_since(it.fact));
    // Before the leader is asked: what comes meanwhile follows the snapshot.
    let mut mark = hub.mark();
    let mut first = Vec::new();
    match (known, &asked.choice) {
        (Some(known), _) => mark = Mark::from(known.fact),
        (None, None) => {}
        (None, Some(choice)) => {
            first = snapshot(&role, &clients.reads, &somebody, choice, run).await?
        }
    }
    let hello = Hello { at, mode: &mode, run, last_fact: mark.fact, resumed: known };
    let greeting = std::iter::once(hello.frame()).chain(first).collect();
    let arrival =
        Arrival { connection: None, run: Some(run), interest, since: Some(mark), greeting };
    let busy = Problem::Busy("as many are connected as can be kept in mind");
    let listening = role.known.keep(somebody.shown, &somebody.credential, &somebody.arrived);
    let terms = terms(&role, clients.reads.clone(), somebody, listening.ok_or(busy)?);
    live::accept(hub, arrival, terms, &request, body)
}

/// Takes a client of which nothing is known, where older front ends look for the socket.
fn accept_unknown(
    request: &HttpRequest,
    role: &WebRole,
    body: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let mode = role.followed()?.mode;
    let (mark, run) = (role.hub.mark(), role.hub.run());
    let hello =
        Hello { at: role.clock.now(), mode: &mode, run, last_fact: mark.fact, resumed: None };
    let (run, interest) = (Some(run), Interest::within(FOR_ANYBODY));
    let greeting = vec![hello.frame()];
    let arrival = Arrival { connection: None, run, interest, since: Some(mark), greeting };
    let terms = live::Terms { on_text: Arc::new(|_, _| {}), in_force: None };
    live::accept(&role.hub, arrival, terms, request, body)
}

fn terms(
    role: &web::Data<WebRole>,
    client: Client,
    somebody: Somebody,
    listening: Listening,
) -> live::Terms {
    let (said, waiting) = mpsc::channel(SAID_MAX);
    // It ends with the session, which holds the other end.
    rt::spawn(answer_all(waiting, role.clone(), client, somebody));
    let clock = role.clock.clone();
    let on_text: live::OnText = Arc::new(move |outbox: &Arc<Outbox>, text: &str| {
        let at = clock.now();
        match Said::parse(text) {
            Err(error) => outbox.push(&refusal(at, "not_understood", &error)),
            Ok(Said::Ping) => outbox.push(&word(at, "pong", &serde_json::json!({}))),
            Ok(words) => {
                if said.try_send((Arc::clone(outbox), words)).is_err() {
                    outbox.push(&refusal(at, "busy", &"too much is under way; ask again later"));
                }
            }
        }
    });
    live::Terms { on_text, in_force: Some(Arc::new(move || listening.is_in_force())) }
}

/// Answers one after the other, so that the last word counts.
async fn answer_all(
    mut waiting: mpsc::Receiver<(Arc<Outbox>, Said)>,
    role: web::Data<WebRole>,
    client: Client,
    somebody: Somebody,
) {
    while let Some((outbox, said)) = waiting.recv().await {
        let at = role.clock.now();
        if let Err((code, why)) = answer(&role, &client, &somebody, &outbox, &said).await {
            outbox.push(&refusal(at, code, &why));
        }
    }
}

async fn answer(
    role: &WebRole,
    client: &Client,
    somebody: &Somebody,
    outbox: &Outbox,
    said: &Said,
) -> Result<(), (&'static str, String)> {
    let (hub, at) = (&role.hub, role.clock.now());
    let changed = match said {
        Said::Ping => return Ok(()),
        Said::Subscribe(choice) => {
            let mark = hub.mark();
            let mut first = vec![word(at, "subscribed", &choice.view())];
            let snapshot = snapshot(role, client, somebody, choice, hub.run()).await;
            first.extend(snapshot.map_err(|problem| ("no_snapshot", problem.to_string()))?);
            hub.change_interest(outbox, |its| its.choose(choice.topics()), &first, mark)
        }
        Said::Unsubscribe(choice) => {
            let first = [word(at, "unsubscribed", &choice.view())];
            let drop_them = |its: &mut Interest| {
                its.drop_topics(choice.topics());
                Ok(())
            };
            hub.change_interest(outbox, drop_them, &first, hub.mark())
        }
    };
    changed.map_err(|error| ("too_many_topics", error.to_string()))
}

/// The first frames of topics, as the leader says; it must be the one that is followed.
async fn snapshot(
    role: &WebRole,
    client: &Client,
    somebody: &Somebody,
    choice: &Choice,
    run: u64,
) -> Result<Vec<Frame>, Problem> {
    let Somebody { credential, arrived, .. } = somebody;
    let asked = leader::snapshot(client, &role.board, credential, arrived, &choice.list()).await?;
    let SnapshotView { run: theirs, frames, .. } = asked;
    if theirs != run_text(run) {
        return Err(Problem::NoLeader("another one has just begun to decide".to_owned()));
    }
    Ok(frames.iter().map(frame).collect())
}

fn frame(view: &ShownFrameView) -> Frame {
    let text = view.frame.get().to_owned();
    let kind = view.kind.as_deref().and_then(|name| KINDS.into_iter().find(|kind| *kind == name));
    match view.key.as_deref().and_then(|key| key.parse().ok()) {
        Some(key) => Frame::state(key, text).of(kind.unwrap_or_default()),
        None => Frame::fact(text).of(kind.unwrap_or_default()),
    }
}
