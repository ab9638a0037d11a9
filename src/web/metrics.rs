//! `/metrics`, in the text form that Prometheus reads.
//!
//! The figures are taken from the boards and the tree at the moment of the scrape, so that no hot
//! path pays for them.

pub mod catalogue;
mod cluster;
mod document;
mod market;
mod scrape;
mod swarm;
mod trading;
pub mod web_role;

use actix_web::{HttpResponse, web};
use actors::supervision::{NodeSnapshot, Status};
use domain::UnixMillis;
use engine::alert::ChannelName;

use crate::web::state::WebState;
use catalogue as it;
use scrape::{Scrape, millis};

pub use document::document;

/// Read figures
///
/// In the text form that Prometheus reads, taken at this moment.
#[utoipa::path(get, path = "/metrics", tag = "service",
    responses((status = 200, description = "The figures", body = String,
               content_type = "text/plain", example = "dutchbook_ready 1")))]
pub async fn serve(state: web::Data<WebState>) -> HttpResponse {
    let now = state.clock.now();
    let mut scrape = Scrape::default();
    service(&mut scrape, &state, now);
    cluster::put(&mut scrape, &state, now);
    market::put(&mut scrape, &state, now);
    trading::put(&mut scrape, &state, now);
    store(&mut scrape, &state, now);
    actor(&mut scrape, &state.tree.snapshot());
    scrape.put(&it::ORPHAN_PANICS, [], state.tree.orphan_panics());
    scrape.put(&it::ABANDONED, [], state.tree.abandoned_threads());
    swarm::put(&mut scrape, &state.swarm);
    traces(&mut scrape, &state);
    alerts(&mut scrape, &state);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(scrape.text())
}

/// Seconds since a moment; none where it lies ahead.
fn since(at: UnixMillis, now: UnixMillis) -> scrape::Figure {
    millis(u64::try_from(now.since(at).0).unwrap_or(0))
}

/// A moment as seconds since 1970.
fn moment(at: UnixMillis) -> scrape::Figure {
    millis(u64::try_from(at.0).unwrap_or(0))
}

fn service(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    scrape.put(&it::BUILD_INFO, [env!("CARGO_PKG_VERSION"), &state.mode], true);
    scrape.put(&it::START_TIME, [], moment(state.started_at));
    scrape.put(&it::READY, [], state.not_ready(now).is_empty());
    scrape.put(&it::LIVE_CLIENTS, [], state.hub.len());
    if let Some(free) = state.host.data_dir.free_bytes() {
        scrape.put(&it::DISK_FREE, [], free);
    }
    if let Some(at) = state.host.certificate_ends_at {
        scrape.put(&it::TLS_EXPIRY, [], moment(at));
    }
    let tokens = state.guard.access().reading();
    scrape.put(&it::TOKENS, [], tokens.tokens);
    if let Some(at) = tokens.read_at {
        scrape.put(&it::TOKENS_AGE, [], since(at, now));
    }
}

fn store(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    let store = state.board.store();
    scrape.put(&it::STORE_UP, [], store.up);
    scrape.put(&it::STORE_QUEUED, [], store.queued);
    scrape.put(&it::STORE_WRITTEN, [], store.written);
    scrape.put(&it::STORE_DROPPED, [], store.dropped);
    let lag = store.written_up_to.map_or(millis(0), |at| since(at, now));
    scrape.put(&it::STORE_LAG, [], lag);
}

fn actor(scrape: &mut Scrape, node: &NodeSnapshot) {
    let (name, queue) = (node.name.as_str(), &node.queue);
    scrape.put(&it::ACTOR_UP, [name], node.status == Status::Up);
    scrape.put(&it::ACTOR_DEGRADED, [name], node.degraded.is_some());
    scrape.put(&it::ACTOR_RESTARTS, [name], node.restarts);
    scrape.put(&it::ACTOR_QUEUE, [name], queue.depth);
    scrape.put(&it::ACTOR_HANDLED, [name], queue.handled);
    for (how, count) in [
        ("full", queue.rejected_full),
        ("down", queue.rejected_down),
        ("expired", queue.expired),
        ("purged", queue.purged),
        ("crashed", queue.lost_in_handler),
    ] {
        scrape.put(&it::ACTOR_LOST, [name, how], count);
    }
    node.children.iter().for_each(|child| actor(scrape, child));
}

fn traces(scrape: &mut Scrape, state: &WebState) {
    let Some(traces) = state.board.traces().get() else { return };
    scrape.put(&it::TRACES_OPEN, [], traces.open);
    scrape.put(&it::TRACES_LEFT_OUT, [], traces.left_out);
    scrape.put(&it::TRACE_SPANS_QUEUED, [], traces.waiting);
    for (result, count) in
        [("sent", traces.sent), ("dropped", traces.dropped), ("failed", traces.failed)]
    {
        scrape.put(&it::TRACE_SPANS, [result], count);
    }
}

fn alerts(scrape: &mut Scrape, state: &WebState) {
    let board = &state.alerts.board;
    for name in ChannelName::ALL {
        let Some(channel) = board.channel(name) else { continue };
        for (state, count) in
            [("sent", channel.sent), ("dead", channel.dead), ("held", channel.held)]
        {
            scrape.put(&it::ALERTS, [name.as_str(), state], count);
        }
    }
    scrape.put(&it::ALERTS_LEFT_OUT, [], board.left_out());
    scrape.put(&it::ALERTS_UNWRITTEN, [], board.unwritten());
}
