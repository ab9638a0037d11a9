//! `/api/v1/session`: signing in and out, and links for others to sign in with.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, SET_COOKIE};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use domain::UnixMillis;
use serde::{Deserialize, Serialize};
use store::{CommandRow, Label, Store, StoreError, TokenHash};
use utoipa::ToSchema;

use super::access::{SignIn, seconds_until};
use super::kept;
use super::rate::Whose;
use super::role::{Principal, Role};
use super::secret::{Digest, Fresh};
use crate::web::guard::{self, Admitted, SESSION_COOKIE};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::WorkerStore;
use crate::web::trading::instruct::{bad_body, fields_clash};

/// So long may it take to write a session down.
const STORE_MAX: Duration = Duration::from_secs(2);

/// With what somebody signs in: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The key of a one-time link: what stands after `key=` in it.
    #[serde(default)]
    key: Option<String>,
    /// A program's token; the session has its role.
    #[serde(default)]
    token: Option<String>,
}

/// Who somebody is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// `link` for who opened a one-time link, `environment` for `DUTCHBOOK_TOKEN`, `local` for the
    /// command line on this machine, or the name of a token.
    #[schema(example = "link")]
    pub principal: String,
    /// `viewer`, `operator` or `admin`.
    #[schema(example = "admin")]
    pub role: &'static str,
    /// When that ends; null for when it is taken back.
    pub expires_at: Option<String>,
}

impl From<&Principal> for SessionView {
    fn from(principal: &Principal) -> Self {
        Self {
            principal: principal.name.clone(),
            role: principal.role.name(),
            expires_at: principal.expires_at.map(UnixMillis::to_rfc3339),
        }
    }
}

/// A one-time link.
#[derive(Serialize, ToSchema)]
pub struct LinkView {
    /// Whoever opens it in a browser is signed in there as an administrator. It works once.
    #[schema(example = "http://127.0.0.1:8080/#/login?key=5f…")]
    pub link: String,
    /// When it stops to work.
    pub expires_at: String,
}

/// Sign in
///
/// With the key of a one-time link, or with a token. The answer sets a cookie that no script can
/// read and no other site can use; it lasts twelve hours, or as long as the token.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignInBody,
    responses((status = 201, description = "Signed in, by a cookie", body = SessionView),
              (status = 400, description = "The body cannot be read", body = ProblemBody),
              (status = 422, description = "Neither a key nor a token, or both",
               body = ProblemBody),
              (status = 401, description = "The key or the token lets nobody in",
               body = ProblemBody),
              (status = 403, description = "Host or origin not served", body = ProblemBody),
              (status = 429, description = "Too many attempts", body = ProblemBody)),
    security(()))]
pub async fn sign_in(
    request: HttpRequest,
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let (access, now) = (state.guard.access(), state.clock.now());
    let peer = request.extensions().get::<Admitted>().and_then(|admitted| admitted.peer);
    let whose = peer.map_or(Whose::Everybody, Whose::peer);
    access.count_sign_in(whose, now).map_err(guard::too_many)?;
    let (with, refusal) = match parse(&body)? {
        SignInBody { key: Some(key), token: None } => {
            (SignIn::Key(Digest::of(&key)), Problem::LinkUsedOrUnknown)
        }
        SignInBody { key: None, token: Some(token) } => {
            (SignIn::Token(Digest::of(&token)), Problem::Unauthorized)
        }
        SignInBody { .. } => return Err(fields_clash("give either a key or a token")),
    };
    let signed_in = access.sign_in(with, now).map_err(|error| {
        tracing::error!(%error, "nobody can sign in");
        Problem::Busy("there are no random numbers")
    })?;
    let (cookie, principal, session) = signed_in.ok_or(refusal)?;
    let row = kept::row(cookie.digest(), session, now);
    let written = in_store(&state, &store, async |store| store.web_sessions().keep(&row).await);
    if let Err(error) = written.await {
        tracing::warn!(error, "a sign-in is not written down; it ends with this process");
    }
    let end = principal.expires_at.unwrap_or(now);
    let set = set_cookie(&request, cookie.expose(), seconds_until(end, now));
    let by = guard::signature(&request, &principal);
    write_down(state, store, Deed { by, action: "sign_in", target: "the page".to_owned() });
    Ok(HttpResponse::Created()
        .insert_header((SET_COOKIE, set))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(SessionView::from(&principal)))
}

/// Who is signed in
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, description = "Whose token or cookie this is", body = SessionView),
              (status = 401, description = "Nobody's", body = ProblemBody)))]
pub async fn read(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let principal = guard::require(&request, Role::Viewer)?;
    let view = SessionView::from(&principal);
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(view))
}

/// Sign out
///
/// The session is over and its cookie is gone. It needs no session.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Nobody is signed in by this cookie any more"),
              (status = 403, description = "Host or origin not served", body = ProblemBody)),
    security(()))]
pub async fn sign_out(
    request: HttpRequest,
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
) -> HttpResponse {
    if let Some(cookie) = guard::cookie(&request) {
        state.guard.access().sign_out(cookie);
        let hash = TokenHash(cookie.bytes());
        let ended = in_store(&state, &store, async |store| store.web_sessions().end(hash).await);
        if let Err(error) = ended.await {
            tracing::warn!(error, "a session that is over stands written still, until its end");
        }
    }
    HttpResponse::NoContent().insert_header((SET_COOKIE, set_cookie(&request, "", 0))).finish()
}

/// Make a one-time link
///
/// For signing in with another browser. It works once, for a quarter of an hour; at most eight
/// links wait at a time, and the next one takes the place of the oldest. Needs the role admin.
#[utoipa::path(post, path = "/api/v1/session/links", tag = "session",
    responses((status = 201, description = "The link", body = LinkView),
              (status = 401, description = "Nobody known", body = ProblemBody),
              (status = 403, description = "Not an administrator", body = ProblemBody)))]
pub async fn make_link(
    request: HttpRequest,
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
) -> Result<HttpResponse, Problem> {
    let principal = guard::require(&request, Role::Admin)?;
    let made = state.guard.access().make_key(state.clock.now()).map_err(|error| {
        tracing::error!(%error, "no link can be made");
        Problem::Busy("there are no random numbers")
    });
    let (key, end) = made?;
    // The command line asks at an address that no other machine knows.
    let page = state.guard.page().map_or_else(|| site(&request), str::to_owned);
    let link = link(&page, &key);
    let by = guard::signature(&request, &principal);
    write_down(state, store, Deed { by, action: "make_link", target: "the page".to_owned() });
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(LinkView { link, expires_at: end.to_rfc3339() }))
}

/// The link that signs in with this key, at the page's address.
#[must_use]
pub fn link(page: &str, key: &Fresh) -> String {
    // Behind the hash sign, so that it is in no request, no log and no referrer.
    format!("{}/#/login?key={}", page.trim_end_matches('/'), key.expose())
}

/// The resources of sessions, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/session", web::post().to(sign_in))
        .route("/session", web::get().to(read))
        .route("/session", web::delete().to(sign_out))
        .route("/session/links", web::post().to(make_link));
}

fn parse(body: &[u8]) -> Result<SignInBody, Problem> {
    // What is wrong with it is not repeated: it may hold most of a secret.
    let parsed = serde_json::from_slice(body);
    parsed.map_err(|_| bad_body("the body is {\"key\": \"…\"} or {\"token\": \"…\"}"))
}

fn set_cookie(request: &HttpRequest, value: &str, seconds: i64) -> String {
    let secure = if site(request).starts_with("https://") { "; Secure" } else { "" };
    format!(
        "{SESSION_COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}"
    )
}

/// The address of the page as whoever asks knows it.
fn site(request: &HttpRequest) -> String {
    let extensions = request.extensions();
    extensions.get::<Admitted>().map(|admitted| admitted.site.clone()).unwrap_or_default()
}

/// Does something with the database, within [`STORE_MAX`]: nobody waits long to be let in.
async fn in_store(
    state: &WebState,
    store: &WorkerStore,
    work: impl AsyncFnOnce(&Store) -> Result<(), StoreError>,
) -> Result<(), String> {
    let settings = state.trading.as_ref().map_or(&state.store, |trading| &trading.store);
    let working = async {
        let store = store.get(settings).await.map_err(|problem| problem.to_string())?;
        work(store).await.map_err(|error| error.to_string())
    };
    let done = actix_web::rt::time::timeout(STORE_MAX, working).await;
    done.map_err(|_| "the database does not answer in time".to_owned())?
}

/// Something that somebody did.
pub struct Deed {
    /// Who.
    pub by: String,
    /// What: a word.
    pub action: &'static str,
    /// To what.
    pub target: String,
}

/// Lists what was done among the commands. Nobody waits for it, and a database that is away is no
/// reason to say that it was not done; then the log has it.
pub fn write_down(state: web::Data<WebState>, store: web::Data<WorkerStore>, deed: Deed) {
    let Deed { by, action, target } = deed;
    tracing::info!(by, action, target, "done by request");
    actix_web::rt::spawn(async move {
        let (Ok(id), Ok(label)) = (Fresh::make(""), Label::new(action)) else { return };
        let row = CommandRow {
            id: format!("api:{}", id.expose().get(..32).unwrap_or_default()),
            at: state.clock.now(),
            actor: by,
            action: label,
            target,
            outcome: "done".to_owned(),
            value_before: None,
            value_after: None,
        };
        let settings = state.trading.as_ref().map_or(&state.store, |trading| &trading.store);
        let written = match store.get(settings).await {
            Ok(store) => store.commands().record(&row).await.map_err(|error| error.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        if let Err(error) = written {
            tracing::warn!(action, error, "it was done and not listed among the commands");
        }
    });
}
