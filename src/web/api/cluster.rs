//! `GET /api/v1/cluster`: which process does what.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use actors::board::FeedStatus;
use actors::roll_call::{Holder, RedisState, Roll};
use actors::shared::Shared;
use domain::UnixMillis;
use relay::{MemberState, Seen};
use serde::Serialize;
use store::LeaseHolder;
use utoipa::ToSchema;

use crate::settings::{Cluster, Role};
use crate::web::auth;
use crate::web::guard;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;

/// A member that was not heard of for so long is shown as silent.
const SILENCE_MS: u64 = 4_000;

/// What this process is among the others.
#[derive(Clone, Debug)]
pub struct ClusterParts {
    /// What it is there for.
    pub role: Role,
    /// What the others call it.
    pub name: String,
    /// What the last look at the others showed.
    pub roll: Shared<Roll>,
}

impl Default for ClusterParts {
    fn default() -> Self {
        Self { role: Role::Alone, name: "alone".to_owned(), roll: Shared::default() }
    }
}

/// Which process does what.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterView {
    /// Of the process that answers: `alone` or `decide`.
    #[schema(example = "decide")]
    pub role: &'static str,
    /// The Redis through which processes speak.
    pub redis: RedisView,
    /// Who has the lease to decide; null where one process does everything.
    pub lease: Option<LeaseView>,
    /// Every process that was heard of within ten minutes.
    pub members: Vec<ProcessView>,
    /// The parts of the market feed.
    pub shards: Vec<ShardView>,
}

/// The Redis through which processes speak.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedisView {
    /// `unused`, `up` or `down`.
    #[schema(example = "up")]
    pub state: &'static str,
    /// Why it is down.
    pub error: Option<String>,
}

/// The lease to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaseView {
    /// The process that has it.
    #[schema(example = "decide-1")]
    pub holder: String,
    /// How often it changed hands.
    pub fence: u64,
    /// Since when, RFC 3339.
    pub taken_at: String,
    /// How long it is held without another sign of life.
    pub left_ms: u64,
}

/// A process.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcessView {
    /// What the others call it.
    #[schema(example = "feed-1")]
    pub name: String,
    /// `alone`, `decide`, `feed` or `web`.
    #[schema(example = "feed")]
    pub role: &'static str,
    /// `alone`, `deciding`, `standing_by`, `watching`, `serving`, or `silent` where it was not heard of
    /// for four seconds.
    #[schema(example = "watching")]
    pub state: &'static str,
    /// The machine.
    #[schema(example = "box")]
    pub host: String,
    /// The number of the process there.
    pub process: u32,
    /// Of the program.
    pub version: String,
    /// Where other processes reach it.
    #[schema(example = "http://127.0.0.1:8081")]
    pub address: Option<String>,
    /// By its own clock, RFC 3339.
    pub started_at: String,
    /// How long ago it was heard of.
    pub heard_ms_ago: u64,
    /// The parts of the market feed that it holds.
    pub shards: Vec<u16>,
    /// Tokens that it watches.
    pub tokens: usize,
    /// Live sockets that it serves; null where it serves none.
    pub clients: Option<usize>,
    /// Of a web process: facts that the process that decides had said and that it had not repeated yet.
    pub behind_facts: Option<u64>,
    /// Of a web process: how long before its last sign of life it last heard what the process that
    /// decides says, by its own clock.
    pub leader_heard_ms_ago: Option<u64>,
}

/// A part of the market feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShardView {
    /// Its number.
    pub shard: u16,
    /// The process that holds it; null where nobody does.
    #[schema(example = "feed-1")]
    pub holder: Option<String>,
    /// When that was first seen, RFC 3339.
    pub held_since: Option<String>,
    /// Tokens that are watched.
    pub tokens: usize,
    /// `idle`, `connecting`, `live`, `silent` or `down`.
    #[schema(example = "live")]
    pub state: &'static str,
    /// Frames since the start.
    pub frames: u64,
    /// How long what came last was on its way from the venue's socket to the books.
    pub delay_ms: Option<u64>,
}

/// Which process does what
///
/// With one process that does everything, that one. Asked of a `web` process, the answer is that of
/// the process that decides.
#[utoipa::path(get, path = "/api/v1/cluster", tag = "service",
    responses((status = 200, description = "The processes and the parts of the feed",
               body = ClusterView),
              (status = 401, description = "Nobody known", body = ProblemBody)))]
pub async fn read(
    request: HttpRequest,
    state: web::Data<WebState>,
) -> Result<web::Json<ClusterView>, Problem> {
    guard::require(&request, auth::Role::Viewer)?;
    Ok(web::Json(view(&state)))
}

fn view(state: &WebState) -> ClusterView {
    let (now, parts) = (state.clock.now(), &state.cluster);
    let roll = parts.roll.get();
    let members = members(state, &roll, now);
    let feeds = state.board.feeds();
    ClusterView {
        role: role_code(parts.role),
        redis: redis(&roll.redis),
        lease: roll.lease.as_ref().map(lease),
        members,
        shards: feeds
            .iter()
            .map(|(at, feed)| shard(*at, feed, roll.holders.get(at), parts))
            .collect(),
    }
}

/// Every process that was heard of, this one first: of itself it knows better than the others do.
pub(in crate::web) fn members(state: &WebState, roll: &Roll, now: UnixMillis) -> Vec<ProcessView> {
    let others = roll.members.iter().filter(|seen| seen.member.name != state.cluster.name);
    let others = others.map(|seen| member(seen, roll.seen_at, now));
    std::iter::once(myself(state, roll)).chain(others).collect()
}

const fn role_code(role: Role) -> &'static str {
    match role {
        Role::Alone => "alone",
        Role::Decide => "decide",
        Role::Feed => "feed",
        Role::Web => "web",
    }
}

fn redis(state: &RedisState) -> RedisView {
    match state {
        RedisState::Unused => RedisView { state: "unused", error: None },
        RedisState::Up => RedisView { state: "up", error: None },
        RedisState::Down(why) => RedisView { state: "down", error: Some(why.clone()) },
    }
}

fn lease(holder: &LeaseHolder) -> LeaseView {
    LeaseView {
        holder: holder.holder.clone(),
        fence: holder.fence,
        taken_at: holder.taken_at.to_rfc3339(),
        left_ms: u64::try_from(holder.left.as_millis()).unwrap_or(u64::MAX),
    }
}

fn member(
    Seen { member, ago }: &Seen,
    seen_at: Option<UnixMillis>,
    now: UnixMillis,
) -> ProcessView {
    let since = seen_at.map_or(0, |at| u64::try_from(now.since(at).0).unwrap_or(0));
    let heard_ms_ago = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX).saturating_add(since);
    let role = match member.role {
        relay::Role::Decide => Role::Decide,
        relay::Role::Feed => Role::Feed,
        relay::Role::Web => Role::Web,
    };
    let state = match member.state {
        _ if heard_ms_ago > SILENCE_MS => "silent",
        MemberState::Deciding => "deciding",
        MemberState::StandingBy => "standing_by",
        MemberState::Watching => "watching",
        MemberState::Serving => "serving",
    };
    ProcessView {
        name: member.name.clone(),
        role: role_code(role),
        state,
        host: member.host.clone(),
        process: member.process,
        version: member.version.clone(),
        address: member.address.clone(),
        started_at: member.started_at.to_rfc3339(),
        heard_ms_ago,
        shards: member.shards.clone(),
        tokens: member.tokens,
        clients: member.clients,
        behind_facts: member.behind_facts,
        leader_heard_ms_ago: member.leader_heard_ms_ago,
    }
}

/// The process that answers.
fn myself(state: &WebState, roll: &Roll) -> ProcessView {
    let is_alone = state.cluster.role == Role::Alone;
    let heard = roll.members.iter().find(|seen| seen.member.name == state.cluster.name);
    let feeds: BTreeMap<u16, FeedStatus> = match roll.redis {
        RedisState::Unused => state.board.feeds().into_iter().collect(),
        // The feeds are others'.
        RedisState::Up | RedisState::Down(_) => BTreeMap::new(),
    };
    ProcessView {
        name: state.cluster.name.clone(),
        role: role_code(state.cluster.role),
        state: if is_alone { "alone" } else { "deciding" },
        host: Cluster::host(),
        process: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: heard.and_then(|seen| seen.member.address.clone()),
        started_at: state.started_at.to_rfc3339(),
        heard_ms_ago: 0,
        shards: feeds.keys().copied().collect(),
        tokens: feeds.values().map(|feed| feed.tokens).sum(),
        clients: Some(state.hub.len()),
        behind_facts: None,
        leader_heard_ms_ago: None,
    }
}

/// Without Redis the feeds are this process's own.
fn shard(
    shard: u16,
    feed: &FeedStatus,
    holder: Option<&Holder>,
    parts: &ClusterParts,
) -> ShardView {
    let own = matches!(parts.roll.get().redis, RedisState::Unused).then(|| parts.name.clone());
    ShardView {
        shard,
        holder: holder.map(|holder| holder.name.clone()).or(own),
        held_since: holder.map(|holder| holder.since.to_rfc3339()),
        tokens: feed.tokens,
        state: feed.state.code(),
        frames: feed.frames,
        delay_ms: feed.delay_ms,
    }
}
