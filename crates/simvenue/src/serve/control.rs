//! The simulator's own controls.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, Responder, web};
use domain::Usd;
use ethers_core::types::Address;
use serde::{Deserialize, Serialize};

use super::{clob_error, json};
use crate::exchange::WalletKind;
use crate::fault::{Fault, FaultPlan};
use crate::venue::Shared;
use crate::wire::quoted;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/state", web::get().to(state))
        .route("/fault", web::post().to(fault))
        .route("/faults", web::get().to(plan))
        .route("/faults", web::post().to(set_plan))
        .route("/requests", web::get().to(requests))
        .route("/provision", web::post().to(provision))
        .route("/audit", web::get().to(audit));
}

async fn state(shared: web::Data<Shared>) -> impl Responder {
    let state = shared.state.lock();
    let (world, hub) = (&state.world, &state.hub);
    let (sockets, assets) = hub.counts();
    let open = (0..world.universe().listings.len()).filter(|it| world.is_open(*it)).count();
    json(format!(
        "{{\"now_ms\":{},\"simulated_ms\":{},\"markets\":{},\"markets_open\":{open},\
         \"events\":{},\"groups_out_of_line\":{},\"trades\":{},\"sockets\":{sockets},\
         \"assets_subscribed\":{assets},\"frames_delivered\":{},\"sockets_evicted\":{}}}",
        world.now().0,
        world.simulated().0,
        world.universe().listings.len(),
        world.universe().events.len(),
        world.dislocated(),
        world.tape().count(),
        hub.delivered,
        hub.evicted
    ))
}

fn written(body: &impl Serialize) -> HttpResponse {
    match serde_json::to_string(body) {
        Ok(text) => json(text),
        Err(error) => clob_error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// The auditor's verdict.
async fn audit(shared: web::Data<Shared>) -> HttpResponse {
    written(&shared.audit())
}

/// How often each route was asked, by status.
async fn requests(shared: web::Data<Shared>) -> HttpResponse {
    let counts = shared.requests.lock().clone();
    written(&counts)
}

/// What goes wrong by chance, in millionths.
async fn plan(shared: web::Data<Shared>) -> HttpResponse {
    let plan = shared.chaos.lock().plan();
    written(&plan)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    #[serde(default)]
    seed: Option<u64>,
    plan: FaultPlan,
}

/// Changes what goes wrong by chance: `{"seed":5,"plan":{"lose_reply_ppm":20000}}`. What the plan
/// leaves out does not happen; without a seed the chances go on from where they are.
async fn set_plan(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice(&body) {
        Ok(Plan { seed, plan }) => {
            shared.set_faults(plan, seed);
            written(&plan)
        }
        Err(error) => {
            let text = format!("give a plan of faults the simulator knows: {error}");
            clob_error(StatusCode::BAD_REQUEST, &text)
        }
    }
}

#[derive(Deserialize)]
struct Provision {
    owner: Address,
    kind: WalletKind,
    cash: Usd,
}

#[derive(Serialize)]
struct Provisioned {
    owner: Address,
    maker: Address,
    signature_type: u8,
    /// None for a legacy wallet, which the relayer does not know.
    relayer_api_key: Option<String>,
}

/// Makes a wallet known and funds it:
/// `{"owner":"0x…","kind":"eoa"|"proxy"|"safe"|"deposit","cash":"1000"}`.
async fn provision(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let Provision { owner, kind, cash } = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => {
            let text = format!("give an owner, a kind of wallet and cash: {error}");
            return clob_error(StatusCode::BAD_REQUEST, &text);
        }
    };
    match shared.provision(owner, kind, cash) {
        Ok(made) => written(&Provisioned {
            owner,
            maker: Address::from(made.maker),
            signature_type: kind.signature_type(),
            relayer_api_key: made.relayer_api_key,
        }),
        Err(error) => clob_error(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

/// Takes a fault as JSON, such as `{"fault":"freeze","for_ms":30000}`.
async fn fault(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let fault: Fault = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        Err(error) => {
            let text = format!("this is no fault the simulator knows: {error}");
            return clob_error(StatusCode::BAD_REQUEST, &text);
        }
    };
    match shared.inject(fault) {
        Ok(()) => json(format!("{{\"injected\":{}}}", quoted("yes"))),
        Err(error) => clob_error(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}
