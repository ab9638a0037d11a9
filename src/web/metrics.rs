//! `/metrics`, in the text form that Prometheus reads.
//!
//! The figures are taken from the board and the tree at the moment of the scrape, so that no hot
//! path pays for them.

use actix_web::{HttpResponse, web};
use actors::supervision::{NodeSnapshot, Status};
use engine::alert::ChannelName;
use metrics::{counter, gauge};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::web::state::WebState;

/// Read figures
///
/// In the text form that Prometheus reads, taken at this moment.
#[utoipa::path(get, path = "/metrics", tag = "service",
    responses((status = 200, description = "The figures", body = String,
               content_type = "text/plain", example = "dutchbook_ready 1")))]
pub async fn serve(state: web::Data<WebState>) -> HttpResponse {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || record(&state));
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(recorder.handle().render())
}

#[expect(clippy::cast_precision_loss, reason = "figures for display; Prometheus knows only floats")]
fn record(state: &WebState) {
    let now = state.clock.now();
    gauge!("dutchbook_ready").set(if state.not_ready(now).is_empty() { 1.0 } else { 0.0 });
    if let Some(at) = state.board.last_data_at() {
        gauge!("dutchbook_feed_age_ms").set(now.since(at).0.max(0) as f64);
    }
    for (shard, feed) in state.board.feeds() {
        let name = format!("feed-{shard}");
        counter!("dutchbook_feed_frames_total", "feed" => name.clone()).absolute(feed.frames);
        counter!("dutchbook_feed_frames_dropped_total", "feed" => name.clone())
            .absolute(feed.frames_dropped);
        counter!("dutchbook_feed_reconnects_total", "feed" => name.clone())
            .absolute(feed.reconnects);
        counter!("dutchbook_feed_silences_total", "feed" => name).absolute(feed.silences);
    }
    let books = state.board.books();
    let counts = [
        ("trusted", books.trusted),
        ("suspect", books.suspect),
        ("stale", books.stale),
        ("waiting", books.waiting),
    ];
    for (trust, count) in counts {
        gauge!("dutchbook_books", "trust" => trust).set(count as f64);
    }
    counter!("dutchbook_frames_total").absolute(books.frames);
    counter!("dutchbook_frames_fallback_total").absolute(books.frames_fallback);
    counter!("dutchbook_frames_refused_total").absolute(books.frames_refused);
    counter!("dutchbook_events_unknown_total").absolute(books.events_unknown);
    counter!("dutchbook_book_resyncs_total").absolute(books.resyncs);
    counter!("dutchbook_book_checks_total", "result" => "agree").absolute(books.cross_checks_agree);
    counter!("dutchbook_book_checks_total", "result" => "differ")
        .absolute(books.cross_checks_differ);
    let detector = state.board.detector();
    gauge!("dutchbook_opportunities_open").set(detector.open as f64);
    counter!("dutchbook_opportunities_found_total").absolute(detector.found);
    for (stage, funnel) in [("touch", &books.screen), ("depth", &detector.depth)] {
        counter!("dutchbook_looks_passed_total", "stage" => stage).absolute(funnel.passed());
        for (reason, count) in funnel.reasons() {
            counter!("dutchbook_looks_ended_total", "stage" => stage, "reason" => reason.code())
                .absolute(count);
        }
    }
    let store = state.board.store();
    gauge!("dutchbook_store_up").set(if store.up { 1.0 } else { 0.0 });
    gauge!("dutchbook_store_queued_rows").set(store.queued as f64);
    counter!("dutchbook_store_written_rows_total").absolute(store.written);
    counter!("dutchbook_store_dropped_rows_total").absolute(store.dropped);
    for name in ChannelName::ALL {
        let Some(channel) = state.alerts.board.channel(name) else { continue };
        let counts = [("sent", channel.sent), ("dead", channel.dead), ("held", channel.held)];
        for (state, count) in counts {
            counter!("dutchbook_alerts_total", "channel" => name.as_str(), "state" => state)
                .absolute(count);
        }
    }
    let tokens = state.guard.access().reading();
    gauge!("dutchbook_tokens").set(tokens.tokens as f64);
    if let Some(at) = tokens.read_at {
        let age_seconds = now.since(at).seconds().max(0);
        gauge!("dutchbook_tokens_read_age_seconds").set(age_seconds as f64);
    }
    gauge!("dutchbook_live_clients").set(state.hub.len() as f64);
    counter!("dutchbook_orphan_panics_total").absolute(state.tree.orphan_panics());
    gauge!("dutchbook_abandoned_threads").set(state.tree.abandoned_threads() as f64);
    record_actor(&state.tree.snapshot());
}

#[expect(clippy::cast_precision_loss, reason = "figures for display; Prometheus knows only floats")]
fn record_actor(node: &NodeSnapshot) {
    let name = node.name.clone();
    gauge!("dutchbook_actor_up", "actor" => name.clone()).set(if node.status == Status::Up {
        1.0
    } else {
        0.0
    });
    counter!("dutchbook_actor_restarts_total", "actor" => name.clone()).absolute(node.restarts);
    gauge!("dutchbook_actor_queue_depth", "actor" => name.clone()).set(node.queue.depth as f64);
    counter!("dutchbook_actor_messages_total", "actor" => name.clone())
        .absolute(node.queue.handled);
    counter!("dutchbook_actor_messages_refused_total", "actor" => name)
        .absolute(node.queue.rejected_full + node.queue.rejected_down);
    for child in &node.children {
        record_actor(child);
    }
}
