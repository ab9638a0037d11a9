//! The figures of a process that serves people and decides nothing.

use actix_web::HttpResponse;

use super::catalogue as it;
use super::scrape::Scrape;
use super::{actor, moment};
use crate::web_role::WebRole;

/// The figures, in the text form that Prometheus reads.
#[must_use]
pub fn serve(role: &WebRole) -> HttpResponse {
    let mut scrape = Scrape::default();
    let followed = role.board.get();
    let mode = followed.leader.as_ref().map_or_else(String::new, |leader| leader.mode.clone());
    scrape.put(&it::BUILD_INFO, [env!("CARGO_PKG_VERSION"), &mode], true);
    scrape.put(&it::START_TIME, [], moment(role.started_at));
    scrape.put(&it::READY, [], role.not_ready().is_empty());
    scrape.put(&it::LIVE_CLIENTS, [], role.hub.len());
    if let Some(facts) = followed.behind_facts(&role.hub) {
        scrape.put(&it::CLUSTER_BEHIND, [], facts);
    }
    if let Some(ago) = followed.heard_ago() {
        scrape.put(&it::CLUSTER_HEARD_AGE, [], ago.as_secs_f64());
    }
    if let Some(at) = role.certificate_ends_at {
        scrape.put(&it::TLS_EXPIRY, [], moment(at));
    }
    actor(&mut scrape, &role.tree.snapshot());
    scrape.put(&it::ORPHAN_PANICS, [], role.tree.orphan_panics());
    scrape.put(&it::ABANDONED, [], role.tree.abandoned_threads());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(scrape.text())
}
