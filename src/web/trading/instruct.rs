//! How every order of a person is taken: token, body, key, then the order itself, once.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use actors::supervision::AskError;
use actors::trading::{Command, ControlRefused};
use engine::desk::{Control, Origin};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Answer, Begun, CommandRow, Label, Store};

use super::idempotency::{self, Key, KeyRule, REPLAYED_HEADER};
use super::refusal::{Refusal, RefusalKind};
use super::state::{TradingState, WorkerStore};
use crate::web::auth::Role;
use crate::web::guard;
use crate::web::problem::Problem;
use crate::web::state::WebState;

/// How long the risk manager may take to take an order.
const ASK_WAIT: Duration = Duration::from_secs(2);

/// One kind of order.
pub trait Instruction: 'static {
    /// Its body.
    type Body: DeserializeOwned + 'static;
    /// What it needs of a key.
    const KEY: KeyRule;
    /// What whoever gives it must be.
    const NEEDS: Role;
    /// Checks everything, then orders it.
    fn carry_out(asked: &Asked, body: Self::Body) -> impl Future<Output = Outcome>;
    /// What came of it, where it was ordered under this key and the answer was lost.
    fn look_up(_asked: &Asked) -> impl Future<Output = Option<Outcome>> {
        async { None }
    }
}

/// What came of an order.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was ordered; the key is free again.
    Refused(Problem),
    /// It was ordered, and this is the answer for good.
    Done(Reply),
    /// It was ordered and refused for good.
    Failed(Problem),
    /// It was ordered; whoever asks again may be told more.
    Pending(Reply),
    /// It may have been ordered.
    Unknown(Problem),
}

impl Outcome {
    /// A refusal before anything was ordered.
    #[must_use]
    pub fn refused(problem: impl Into<Problem>) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<Result<Reply, Outcome>> for Outcome {
    fn from(result: Result<Reply, Outcome>) -> Self {
        result.map_or_else(|outcome| outcome, Self::Done)
    }
}

/// A body with its status.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    status: StatusCode,
    body: Value,
}

impl Reply {
    /// With this status.
    #[must_use]
    pub fn new(status: StatusCode, body: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_value(body).unwrap_or_default() }
    }
    fn answer(&self) -> Answer {
        Answer { status: self.status.as_u16(), body: self.body.clone() }
    }
}

/// What came over HTTP.
pub struct Given {
    request: HttpRequest,
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    body: web::Bytes,
}

impl FromRequest for Given {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let state = web::Data::<WebState>::extract(&request);
        let store = web::Data::<WorkerStore>::extract(&request);
        let body = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|error| bad_body(error.to_string()))?;
            Ok(Self { state: state.await?, store: store.await?, body, request })
        })
    }
}

/// An order on its way, with whoever gave it.
pub struct Asked {
    /// What the handlers share.
    pub state: web::Data<WebState>,
    /// Which thing the address names; empty where it names none.
    pub target: String,
    /// Who.
    pub by: Origin,
    store: web::Data<WorkerStore>,
    key: Option<Key>,
    digest: String,
}

static UNKEYED: AtomicU64 = AtomicU64::new(0);

impl Asked {
    /// Trading.
    ///
    /// # Errors
    /// This run only watches.
    pub fn trading(&self) -> Result<&TradingState, Problem> {
        self.state.trading()
    }
    /// The database.
    ///
    /// # Errors
    /// It cannot be opened now.
    pub async fn store(&self) -> Result<&Store, Problem> {
        self.store.get(&self.trading()?.store).await
    }
    /// A name for what comes of this order, the same whenever it comes with the same key.
    #[must_use]
    pub fn name(&self) -> String {
        self.key.as_ref().map_or_else(
            || {
                let number = UNKEYED.fetch_add(1, Ordering::Relaxed);
                format!("{}_{number}", self.state.clock.now().0)
            },
            Key::short,
        )
    }
    /// Gives an order to the risk manager.
    ///
    /// # Errors
    /// What came of it instead.
    pub async fn order(&self, control: Control) -> Result<(), Outcome> {
        let command = Command { by: self.by.clone(), control };
        let trading = self.trading().map_err(Outcome::Refused)?;
        match trading.command.ask(command, ASK_WAIT).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(ControlRefused::NotReady)) => Err(Outcome::refused(not_ready())),
            Ok(Err(ControlRefused::Refused(why))) => {
                Err(Outcome::refused(Refusal::new(RefusalKind::Refused, why)))
            }
            Err(AskError::Full | AskError::Down | AskError::Closed) => {
                Err(Outcome::refused(not_ready()))
            }
            Err(AskError::Timeout | AskError::Lost) => {
                let text = "the risk manager gave no answer in time; it may have taken the order";
                Err(Outcome::Unknown(Refusal::new(RefusalKind::OutcomeUnknown, text).into()))
            }
        }
    }
    /// Writes down who ordered what. The same row again says what came of it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn audit(&self, entry: AuditEntry) -> Result<(), Problem> {
        let row = CommandRow {
            id: entry.id,
            at: self.state.clock.now(),
            actor: self.by.0.clone(),
            action: entry.action,
            target: entry.target,
            outcome: entry.outcome.to_owned(),
            value_before: entry.before,
            value_after: entry.after,
        };
        let store = self.store().await?;
        store.commands().record(&row).await.map_err(|error| Refusal::store_down(&error).into())
    }
    /// Writes down that this order was carried out. The list of commands is for convenience, and a
    /// database that is away is no reason to say that it was not done.
    pub async fn audit_done(&self, action: &str, target: &str) {
        let Ok(mut entry) = self.audit_entry(action, target) else { return };
        entry.outcome = "done";
        if self.audit(entry).await.is_err() {
            tracing::warn!(
                action,
                by = self.by.0,
                "an order was carried out and not listed among the commands"
            );
        }
    }
    /// An entry for this order, named after it.
    ///
    /// # Errors
    /// The action is no word.
    pub fn audit_entry(&self, action: &str, target: &str) -> Result<AuditEntry, Problem> {
        let label = Label::new(action);
        let action = label.map_err(|error| bad_body(format!("{action}: {error}")))?;
        let id = format!("api:{}", self.name());
        let target = target.to_owned();
        Ok(AuditEntry { id, action, target, outcome: "given", before: None, after: None })
    }
}

/// What is written down of an order.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    id: String,
    action: Label,
    target: String,
    /// What came of it.
    pub outcome: &'static str,
    /// What was set before.
    pub before: Option<Value>,
    /// What is set now.
    pub after: Option<Value>,
}

/// The risk manager is away or still reading.
#[must_use]
pub fn not_ready() -> Refusal {
    Refusal::new(RefusalKind::NotReady, "the risk manager is not ready yet; nothing was done")
}

/// The fields of the body cannot be used together, or not now.
#[must_use]
pub fn fields_clash(why: impl Into<String>) -> Problem {
    Refusal::new(RefusalKind::FieldsClash, why).into()
}

/// The body cannot be read.
#[must_use]
pub fn bad_body(why: impl Into<String>) -> Problem {
    Refusal::new(RefusalKind::BadBody, why).into()
}

/// Takes an order of a person. It goes on even where whoever asked hangs up.
///
/// # Errors
/// Every refusal.
pub async fn answer<I: Instruction>(given: Given, target: &str) -> Result<HttpResponse, Problem> {
    let Taken { request, asked, value } = taken(given, target, I::NEEDS)?;
    let digest = idempotency::digest(&request, &value);
    let body: I::Body = body_of(value)?;
    let key = Key::of(request.headers(), I::KEY)?;
    let asked = Asked { key, digest, ..asked };
    let carried_out = actix_web::rt::spawn(async move { once::<I>(&asked, body).await }).await;
    match carried_out {
        Ok(result) => result.map(|(reply, replayed)| response(&reply, replayed)),
        Err(error) => {
            tracing::error!(%error, "an order ended without an answer");
            let text = "the order ended without an answer; it may have been carried out";
            Err(Refusal::new(RefusalKind::OutcomeUnknown, text).into())
        }
    }
}

/// Takes a question of a person about an order: token and body. Nothing of it is written down, so a
/// key means nothing to it.
///
/// # Errors
/// Token or body.
pub fn question<B: DeserializeOwned>(given: Given) -> Result<(Asked, B), Problem> {
    let Taken { asked, value, .. } = taken(given, "", Role::Operator)?;
    Ok((asked, body_of(value)?))
}

struct Taken {
    request: HttpRequest,
    /// Without its key.
    asked: Asked,
    value: Value,
}

fn taken(given: Given, target: &str, needs: Role) -> Result<Taken, Problem> {
    let Given { request, state, store, body } = given;
    let principal = guard::require(&request, needs)?;
    state.trading()?;
    let value = json(&body)?;
    let by = Origin(guard::signature(&request, &principal));
    let target = target.chars().take(200).collect();
    let asked = Asked { state, target, by, store, key: None, digest: String::new() };
    Ok(Taken { request, asked, value })
}

fn body_of<B: DeserializeOwned>(value: Value) -> Result<B, Problem> {
    serde_json::from_value(value).map_err(|error| bad_body(error.to_string()))
}

/// An empty body is an empty object.
fn json(body: &web::Bytes) -> Result<Value, Problem> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(body).map_err(|error| bad_body(error.to_string()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replayed {
    No,
    Yes,
}

fn response(answer: &Answer, replayed: Replayed) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if replayed == Replayed::Yes {
        response.insert_header((REPLAYED_HEADER, "true"));
    }
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    response.insert_header(("Content-Type", kind)).body(answer.body.to_string())
}

async fn once<I: Instruction>(asked: &Asked, body: I::Body) -> Result<(Answer, Replayed), Problem> {
    let Some(key) = &asked.key else {
        return settle(None, I::carry_out(asked, body).await).await;
    };
    let _in_hand = asked.trading()?.keys.take(key)?;
    let store = match (asked.store().await, I::KEY) {
        (Ok(store), _) => store,
        (Err(_), KeyRule::Safety) => return settle(None, I::carry_out(asked, body).await).await,
        (Err(problem), KeyRule::Required | KeyRule::Welcome) => return Err(problem),
    };
    let now = asked.state.clock.now();
    match store.money().idempotency().begin(key.as_str(), &asked.digest, now).await {
        Ok(Begun::New) => settle(Some((store, key)), I::carry_out(asked, body).await).await,
        Ok(Begun::Done(answer)) => Ok((answer, Replayed::Yes)),
        Ok(Begun::Conflict) => {
            let text = "this key came before with another request; nothing was done";
            Err(Refusal::new(RefusalKind::KeyReused, text).into())
        }
        Ok(Begun::InProgress { .. }) => take_up::<I>(asked, body, store, key).await,
        Err(error) if I::KEY == KeyRule::Safety => {
            tracing::warn!(%error, "a key could not be written down; the order goes on without it");
            settle(None, I::carry_out(asked, body).await).await
        }
        // Perhaps it was written down all the same. It stays: freeing it could free the key of an
        // earlier try that did order something.
        Err(error) => Err(Refusal::store_down(&error).into()),
    }
}

/// The key was begun by a process that is gone, or by one whose answer was never final.
async fn take_up<I: Instruction>(
    asked: &Asked,
    body: I::Body,
    store: &Store,
    key: &Key,
) -> Result<(Answer, Replayed), Problem> {
    if I::KEY != KeyRule::Required {
        return settle(Some((store, key)), I::carry_out(asked, body).await).await;
    }
    match I::look_up(asked).await {
        Some(outcome) => settle(Some((store, key)), outcome).await,
        None => {
            let text = "a request with this key was begun before and its answer was lost; \
                        it is not given a second time";
            Err(Refusal::new(RefusalKind::OutcomeUnknown, text).into())
        }
    }
}

async fn settle(
    under: Option<(&Store, &Key)>,
    outcome: Outcome,
) -> Result<(Answer, Replayed), Problem> {
    let result = match &outcome {
        Outcome::Done(reply) | Outcome::Pending(reply) => Ok((reply.answer(), Replayed::No)),
        Outcome::Refused(problem) | Outcome::Failed(problem) | Outcome::Unknown(problem) => {
            Err(problem.clone())
        }
    };
    let Some((store, key)) = under else { return result };
    match &outcome {
        Outcome::Refused(_) => idempotency::free(store, key).await,
        Outcome::Done(reply) => idempotency::finish(store, key, &reply.answer()).await,
        Outcome::Failed(problem) => {
            let body = problem.body();
            let (status, body) = (body.status, serde_json::to_value(body).unwrap_or_default());
            idempotency::finish(store, key, &Answer { status, body }).await;
        }
        Outcome::Pending(_) | Outcome::Unknown(_) => {}
    }
    result
}
