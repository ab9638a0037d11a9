//! The API's description, generated from the handlers.

use actix_web::HttpResponse;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::web::alerts;
use crate::web::api::{books, health, markets, opportunities, system};
use crate::web::forecasts::{ask as forecast_ask, reads as forecast_reads};
use crate::web::problem::ProblemBody;
use crate::web::tape::reads;
use crate::web::trading::instructions;
use crate::web::trading::reads::{activity, funnel, live as at_the_moment, money};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "dutchbook",
        description = "Opportunities, markets and the state of a running dutchbook. Money, prices \
                       and sizes are decimal strings; times are RFC 3339 in UTC.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        health::live,
        health::ready,
        markets::list,
        markets::read,
        books::read,
        opportunities::list,
        opportunities::read,
        system::read,
        system::kill,
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
    ),
    components(schemas(ProblemBody)),
    modifiers(&Token),
)]
struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        description.components.get_or_insert_default().add_security_scheme("token", scheme);
    }
}

/// Serves the description.
pub async fn serve() -> HttpResponse {
    HttpResponse::Ok().json(Description::openapi())
}
