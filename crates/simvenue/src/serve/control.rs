//! The simulator's own controls.

use actix_web::{HttpResponse, Responder, web};
use domain::Usd;
use ethers_core::types::Address;
use serde::Deserialize;

use super::{clob_error, json};
use crate::exchange::WalletKind;
use crate::fault::Fault;
use crate::venue::Shared;
use crate::wire::quoted;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/state", web::get().to(state))
        .route("/fault", web::post().to(fault))
        .route("/fund", web::post().to(fund))
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

/// The auditor's verdict.
async fn audit(shared: web::Data<Shared>) -> HttpResponse {
    match serde_json::to_string(&shared.audit()) {
        Ok(verdict) => json(verdict),
        Err(error) => {
            let status = actix_web::http::StatusCode::INTERNAL_SERVER_ERROR;
            clob_error(status, &error.to_string())
        }
    }
}

#[derive(Deserialize)]
struct Funding {
    owner: Address,
    kind: WalletKind,
    cash: Usd,
}

/// Makes a wallet known and funds it:
/// `{"owner":"0x…","kind":"eoa"|"proxy"|"safe"|"deposit","cash":"1000"}`.
async fn fund(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let Funding { owner, kind, cash } = match serde_json::from_slice(&body) {
        Ok(funding) => funding,
        Err(error) => {
            let text = format!("give an owner, a kind of wallet and cash: {error}");
            return clob_error(actix_web::http::StatusCode::BAD_REQUEST, &text);
        }
    };
    match shared.provision(owner, kind, cash) {
        Ok(made) => json(format!(
            "{{\"owner\":\"0x{}\",\"maker\":\"0x{}\",\"signature_type\":{}}}",
            hex::encode(made.owner),
            hex::encode(made.maker),
            made.kind.signature_type()
        )),
        Err(error) => {
            clob_error(actix_web::http::StatusCode::UNPROCESSABLE_ENTITY, &error.to_string())
        }
    }
}

/// Takes a fault as JSON, such as `{"fault":"freeze","for_ms":30000}`.
async fn fault(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let fault: Fault = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        Err(error) => {
            let text = format!("this is no fault the simulator knows: {error}");
            return clob_error(actix_web::http::StatusCode::BAD_REQUEST, &text);
        }
    };
    match shared.inject(fault) {
        Ok(()) => json(format!("{{\"injected\":{}}}", quoted("yes"))),
        Err(error) => {
            clob_error(actix_web::http::StatusCode::UNPROCESSABLE_ENTITY, &error.to_string())
        }
    }
}
