//! `GET /api/v1/system`: how the service is doing, and `POST …/actors/{name}/kill` to try it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use actors::board::{CollectorStatus, FeedStatus};
use actors::supervision::NodeSnapshot;
use domain::UnixMillis;
use engine::funnel::{Funnel, Reason};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::alerts::AlertsStateView;
use crate::web::auth::Role;
use crate::web::auth::session::{Deed, write_down};
use crate::web::forecasts::SwarmStateView;
use crate::web::guard;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::tape::shape::{TapeView, tape_view};
use crate::web::trading::WorkerStore;

/// How the service is doing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SystemView {
    /// `demo`, `paper`, `live` or `replay`.
    pub mode: String,
    /// The program's version.
    pub version: &'static str,
    /// When it started, RFC 3339.
    pub started_at: String,
    /// The service's time now, RFC 3339.
    pub now: String,
    /// Whether everything that is needed is up.
    pub ready: bool,
    /// What is missing where it is not ready.
    pub not_ready: Vec<String>,
    /// The live feed.
    pub feed: FeedView,
    /// The order books.
    pub books: BooksView,
    /// The detector.
    pub detector: DetectorView,
    /// The collectors.
    pub collectors: Vec<CollectorView>,
    /// What others trade.
    pub trades: TapeView,
    /// The database.
    pub store: StoreView,
    /// The language models.
    pub swarm: SwarmStateView,
    /// Messages to people.
    pub alerts: AlertsStateView,
    /// Browsers and programs connected to the live socket.
    pub clients: usize,
    /// The supervision tree.
    #[schema(value_type = Object)]
    pub tree: NodeSnapshot,
}

/// The live feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedView {
    /// Milliseconds since any connection last carried data.
    pub age_ms: Option<i64>,
    /// The age from which the feed counts as stale.
    pub age_ms_max: i64,
    /// Older than that, or never any data.
    pub stale: bool,
    /// Each connection.
    pub connections: Vec<ConnectionView>,
}

/// One connection of the live feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionView {
    /// Its name, such as `feed-0`.
    pub name: String,
    /// `idle`, `connecting`, `live`, `silent` or `down`.
    pub state: &'static str,
    /// How many tokens it watches.
    pub tokens: usize,
    /// Milliseconds since it last carried data.
    pub age_ms: Option<i64>,
    /// Frames since the start.
    pub frames: u64,
    /// Connections opened after the first.
    pub reconnects: u64,
    /// Why the last connection ended.
    pub last_error: Option<String>,
}

/// How many books are in which state.
#[derive(Debug, Serialize, ToSchema)]
pub struct BooksView {
    /// Continuous since their snapshot.
    pub trusted: usize,
    /// Contradictory; being reloaded.
    pub suspect: usize,
    /// Unconfirmed.
    pub stale: usize,
    /// Without a first snapshot.
    pub waiting: usize,
}

/// What the looks for opportunities came to. The counts add up to `looks`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DetectorView {
    /// Looks at a market or a group.
    pub looks: u64,
    /// Looks that ended in an executable opportunity.
    pub found: u64,
    /// Opportunities open now.
    pub open: usize,
    /// Why the other looks ended.
    pub reasons: Vec<ReasonView>,
}

/// One reason with its count.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// A stable name.
    pub code: &'static str,
    /// One sentence.
    pub text: &'static str,
    /// How many looks ended so.
    pub count: u64,
}

/// How a collector's last run ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectorView {
    /// Its name.
    pub name: &'static str,
    /// When the last run ended, RFC 3339.
    pub last_run_at: Option<String>,
    /// How long it took.
    pub took_ms: Option<i64>,
    /// What it did.
    pub result: Option<CollectorResultView>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What a collector's run did.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectorResultView {
    /// New.
    pub added: usize,
    /// Different from before.
    pub changed: usize,
    /// Gone or ended.
    pub closed: usize,
    /// Not readable.
    pub failed: usize,
    /// Known after the run.
    pub total: usize,
}

/// The database.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreView {
    /// `up` or `down`.
    pub state: &'static str,
    /// `sqlite` or `mysql`.
    pub backend: &'static str,
    /// Rows waiting.
    pub queued: usize,
    /// Rows written since the start.
    pub written: u64,
    /// Market rows left out because the queue was full.
    pub dropped: u64,
    /// Why the last write failed.
    pub last_error: Option<String>,
}

/// How the service is doing
///
/// The supervision tree, the feed, the books, the collectors and the store, as each last said of
/// itself. Answers even while parts are stuck.
#[utoipa::path(get, path = "/api/v1/system", tag = "system",
    responses((status = 200, description = "How the service is doing", body = SystemView),
              (status = 403, description = "Host or origin not served", body = ProblemBody)))]
pub async fn read(state: web::Data<WebState>) -> HttpResponse {
    HttpResponse::Ok().json(view(&state))
}

/// Kill one actor
///
/// Ends the running incarnation of an actor at once, as a crash would; its supervisor restarts it.
/// For trying what the supervision tree does. Needs the role admin.
#[utoipa::path(post, path = "/api/v1/system/actors/{name}/kill", tag = "system",
    params(("name" = String, Path, description = "The actor's name in the tree, such as `books`")),
    responses((status = 202, description = "Killed; the tree shows the restart"),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 403, description = "Not an administrator", body = ProblemBody),
              (status = 404, description = "No actor of that name", body = ProblemBody)),
    security(("token" = [])))]
pub async fn kill(
    request: HttpRequest,
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let principal = guard::require(&request, Role::Admin)?;
    if state.tree.kill(&name) {
        tracing::warn!(actor = %name, by = principal.name, "actor killed by request");
        let by = guard::signature(&request, &principal);
        write_down(state, store, Deed { by, action: "kill_actor", target: name.into_inner() });
        Ok(HttpResponse::Accepted().finish())
    } else {
        Err(Problem::NotFound { what: "actor", name: name.chars().take(60).collect() })
    }
}

/// Everything about the service now.
#[must_use]
pub fn view(state: &WebState) -> SystemView {
    let now = state.clock.now();
    let not_ready = state.not_ready(now);
    SystemView {
        mode: state.mode.clone(),
        version: env!("CARGO_PKG_VERSION"),
        started_at: state.started_at.to_rfc3339(),
        now: now.to_rfc3339(),
        ready: not_ready.is_empty(),
        not_ready,
        feed: feed_view(state, now),
        books: books_view(state),
        detector: detector_view(state),
        collectors: state.board.collectors().into_iter().map(collector_view).collect(),
        trades: tape_view(state.tape.get()),
        store: store_view(state),
        swarm: SwarmStateView::of(&state.swarm),
        alerts: AlertsStateView::of(&state.alerts),
        clients: state.hub.len(),
        tree: state.tree.snapshot(),
    }
}

fn feed_view(state: &WebState, now: UnixMillis) -> FeedView {
    let age_ms = state.board.last_data_at().map(|at| now.since(at).0.max(0));
    FeedView {
        age_ms,
        age_ms_max: state.feed_age_ms_max,
        stale: age_ms.is_none_or(|age| age > state.feed_age_ms_max),
        connections: state
            .board
            .feeds()
            .into_iter()
            .map(|(shard, status)| connection_view(shard, status, now))
            .collect(),
    }
}

fn connection_view(shard: u16, status: FeedStatus, now: UnixMillis) -> ConnectionView {
    ConnectionView {
        name: format!("feed-{shard}"),
        state: status.state.code(),
        tokens: status.tokens,
        age_ms: status.last_data_at.map(|at| now.since(at).0.max(0)),
        frames: status.frames,
        reconnects: status.reconnects,
        last_error: status.last_error,
    }
}

fn books_view(state: &WebState) -> BooksView {
    let books = state.board.books();
    BooksView {
        trusted: books.trusted,
        suspect: books.suspect,
        stale: books.stale,
        waiting: books.waiting,
    }
}

/// The looks at the touch and the looks into the depth as one list: a look that passed the touch
/// is counted where it ended in the depth, and the newest ones, which no detector has taken up yet,
/// are left out until it has.
fn detector_view(state: &WebState) -> DetectorView {
    let (books, detector) = (state.board.books(), state.board.detector());
    let mut counts: BTreeMap<Reason, u64> = BTreeMap::new();
    for (reason, count) in books.screen.reasons().chain(detector.depth.reasons()) {
        *counts.entry(reason).or_default() += count;
    }
    let ended = |funnel: &Funnel| funnel.reasons().map(|(_, count)| count).sum::<u64>();
    DetectorView {
        looks: ended(&books.screen) + detector.depth.looks(),
        found: detector.depth.passed(),
        open: detector.open,
        reasons: counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| ReasonView { code: reason.code(), text: reason.text(), count })
            .collect(),
    }
}

fn collector_view((name, status): (&'static str, CollectorStatus)) -> CollectorView {
    CollectorView {
        name,
        last_run_at: status.last_run_at.map(UnixMillis::to_rfc3339),
        took_ms: status.last_run_at.map(|_| status.took_ms),
        result: status.result.map(|r| CollectorResultView {
            added: r.added,
            changed: r.changed,
            closed: r.closed,
            failed: r.failed,
            total: r.total,
        }),
        error: status.error,
    }
}

fn store_view(state: &WebState) -> StoreView {
    let store = state.board.store();
    StoreView {
        state: if store.up { "up" } else { "down" },
        backend: state.store_backend,
        queued: store.queued,
        written: store.written,
        dropped: store.dropped,
        last_error: store.last_error,
    }
}
