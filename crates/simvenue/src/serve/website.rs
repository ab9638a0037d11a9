//! The web host, of which one question matters: whether orders are taken from here.

use actix_web::{Responder, web};

use super::json;
use crate::venue::Shared;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/api/geoblock", web::get().to(geoblock));
}

/// Blocked while orders are refused for where they come from. The countries have no meaning but
/// that they differ; the codes are not assigned to any.
async fn geoblock(shared: web::Data<Shared>) -> impl Responder {
    let blocked = shared.state.lock().exchange.mischief.is_region_blocked(shared.now());
    let country = if blocked { "XB" } else { "XA" };
    json(format!(
        "{{\"blocked\":{blocked},\"ip\":\"127.0.0.1\",\"country\":\"{country}\",\"region\":\"\"}}"
    ))
}
