//! The API's description, generated from the handlers.

mod bounds;
mod complete;
mod examples;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use serde_json::{Map, Value};
use utoipa::OpenApi;

use crate::web::api::{books, cluster, health, markets, opportunities, prices, system};
use crate::web::auth::describe::Access;
use crate::web::auth::session;
use crate::web::forecasts::{ask as forecast_ask, reads as forecast_reads};
use crate::web::problem::ProblemBody;
use crate::web::socket::shown;
use crate::web::tape::reads;
use crate::web::trading::instructions;
use crate::web::trading::reads::{activity, equity, funnel, live as at_the_moment, money};
use crate::web::{alerts, commands, config, docs, metrics, past, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "dutchbook",
        description = "Opportunities, markets and the state of a running dutchbook. Money, prices \
                       and sizes are decimal strings; times are RFC 3339 in UTC.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        serve,
        docs::serve,
        metrics::serve,
        routes::live_socket,
        shown::read,
        health::live,
        health::ready,
        markets::list,
        markets::read,
        books::read,
        prices::read,
        opportunities::list,
        opportunities::read,
        session::sign_in,
        session::read,
        session::sign_out,
        session::make_link,
        system::read,
        system::kill,
        cluster::read,
        reads::trades,
        reads::whales,
        reads::whale,
        reads::record,
        reads::wallet,
        activity::decisions,
        funnel::summary,
        activity::signals,
        activity::plans,
        money::orders,
        money::order,
        money::fills,
        money::ledger,
        money::results,
        equity::equity,
        at_the_moment::positions,
        at_the_moment::risk,
        at_the_moment::strategies,
        instructions::opportunity,
        instructions::order,
        instructions::order_preview,
        instructions::split,
        instructions::merge,
        instructions::redeem,
        instructions::transfer,
        instructions::cancel,
        instructions::cancel_all,
        instructions::accept,
        instructions::halt,
        instructions::resume,
        instructions::set_limits,
        instructions::lock,
        instructions::unlock,
        instructions::pause,
        instructions::unpause,
        instructions::strategy_settings,
        forecast_reads::list,
        forecast_reads::read,
        forecast_reads::swarm,
        forecast_ask::ask,
        alerts::list,
        alerts::read,
        alerts::channels,
        alerts::send_test,
        config::reload,
        config::rollback,
        commands::list,
        past::list,
        past::timeline,
        past::decisions,
        past::decision,
        past::moment,
    ),
    components(schemas(ProblemBody)),
    modifiers(&Access),
)]
struct Description;

static WHOLE: LazyLock<Value> = LazyLock::new(|| {
    let mut whole = serde_json::to_value(Description::openapi()).unwrap_or_default();
    complete::complete(&mut whole);
    whole
});
static TEXT: LazyLock<String> = LazyLock::new(|| WHOLE.to_string());

/// The description, complete.
#[must_use]
pub fn description() -> &'static Value {
    &WHOLE
}

/// The methods that an address takes, in capitals; none where it is no address of ours.
#[must_use]
pub fn methods(path: &str) -> Vec<String> {
    let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    let given = parts(path);
    let fits = |template: &str| {
        let template = parts(template);
        let same = |(ours, theirs): (&String, &String)| {
            ours == theirs || (ours.starts_with('{') && !theirs.is_empty())
        };
        template.len() == given.len() && template.iter().zip(&given).all(same)
    };
    let Some(paths) = WHOLE["paths"].as_object() else { return Vec::new() };
    // An address that is written out counts before one with a name to fill in.
    let exact = paths.get_key_value(path);
    let found = exact.or_else(|| paths.iter().find(|(template, _)| fits(template)));
    let methods = found.and_then(|(_, item)| item.as_object()).into_iter().flat_map(Map::keys);
    methods.map(|method| method.to_ascii_uppercase()).collect()
}

/// Read this description
///
/// In the form of OpenAPI 3.1. `/api/docs` shows it to people.
#[utoipa::path(get, path = "/openapi.json", tag = "service",
    responses((status = 200, description = "The description", body = Object,
               example = json!({ "openapi": "3.1.0" }))))]
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::json()).body(TEXT.as_str())
}
