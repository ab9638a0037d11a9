//! The relayer over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use domain::UnixMillis;
use ethers_core::types::U256;
use serde::Deserialize;
use serde_json::{Value, json};

use super::query::Query;
use super::{Connection, clob_error};
use crate::chain::contracts::DEPOSIT_WALLET_FACTORY;
use crate::chain::{Authentication, Batch, Chain, ContractCall, Relayed, Request, RequestError};
use crate::custody::Address;
use crate::venue::Shared;

const RECENT_MAX: usize = 100;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v1/account/transactions/params", web::get().to(nonce))
        .route("/nonce", web::get().to(nonce))
        .route("/deployed", web::get().to(deployed))
        .route("/submit", web::post().to(submit))
        .route("/transaction", web::get().to(transaction))
        .route("/transactions", web::get().to(transactions));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Submission<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    from: Address,
    to: Address,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    signature: Option<String>,
    #[serde(default)]
    deposit_wallet_params: Option<WalletParameters>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WalletParameters {
    deposit_wallet: Address,
    deadline: String,
    calls: Vec<WalletCall>,
}

#[derive(Deserialize)]
struct WalletCall {
    target: Address,
    value: String,
    data: String,
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

fn number(text: &str) -> Option<U256> {
    U256::from_dec_str(text).ok()
}

impl Submission<'_> {
    /// The batch and its signature.
    fn batch(self) -> Result<Request, &'static str> {
        let parameters = self.deposit_wallet_params.ok_or("depositWalletParams is missing")?;
        let calls = parameters.calls.into_iter().map(|call| {
            let (value, data) = (number(&call.value)?, bytes(&call.data)?);
            Some(ContractCall { to: call.target, value, data })
        });
        let calls = calls.collect::<Option<Vec<_>>>().ok_or("a call cannot be read")?;
        let nonce = self.nonce.as_deref().and_then(number).ok_or("nonce is no number")?;
        let deadline = number(&parameters.deadline).ok_or("deadline is no number")?;
        let signature = self.signature.as_deref().and_then(bytes);
        let signature = signature.ok_or("signature is not hexadecimal")?;
        let batch = Batch { wallet: parameters.deposit_wallet, nonce, deadline, calls };
        Ok(Request::Batch { owner: self.from, batch, signature })
    }
}

fn refuse(error: &RequestError) -> HttpResponse {
    let status = match error {
        RequestError::Unauthorized => StatusCode::UNAUTHORIZED,
        RequestError::TooMany => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    };
    clob_error(status, &error.to_string())
}

fn bad_request(text: &str) -> HttpResponse {
    clob_error(StatusCode::BAD_REQUEST, text)
}

/// The headers of either way to authenticate.
fn authentication(request: &HttpRequest) -> Option<Authentication<'_>> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    if let Some(key) = header("RELAYER_API_KEY") {
        let owner = header("RELAYER_API_KEY_ADDRESS")?.parse().ok()?;
        return Some(Authentication::Relayer { key, owner });
    }
    let others = ["POLY_BUILDER_TIMESTAMP", "POLY_BUILDER_PASSPHRASE", "POLY_BUILDER_SIGNATURE"];
    let whole = others.into_iter().all(|name| header(name).is_some_and(|it| !it.is_empty()));
    let key = header("POLY_BUILDER_API_KEY").filter(|_| whole)?;
    Some(Authentication::Builder { key })
}

fn asked_address(query: &Query) -> Option<Address> {
    query.first("address")?.parse().ok()
}

async fn nonce(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(owner) = asked_address(&query) else { return bad_request("invalid address") };
    match query.first("type") {
        Some("WALLET") => {}
        other => return bad_request(&format!("unsupported type {}", other.unwrap_or("none"))),
    }
    let nonce = shared.state.lock().chain.wallet_nonce(owner);
    let address = format!("{:?}", Chain::relayer_address());
    HttpResponse::Ok().json(json!({"address": address, "nonce": nonce.to_string()}))
}

async fn deployed(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(wallet) = asked_address(&query) else { return bad_request("invalid address") };
    let deployed = shared.state.lock().chain.is_deployed(wallet);
    HttpResponse::Ok().json(json!({"deployed": deployed}))
}

async fn submit(shared: web::Data<Shared>, asked: HttpRequest, body: web::Bytes) -> HttpResponse {
    let Some(who) = authentication(&asked) else { return refuse(&RequestError::Unauthorized) };
    let submission: Submission<'_> = match serde_json::from_slice(&body) {
        Ok(submission) => submission,
        Err(error) => return bad_request(&format!("invalid request body: {error}")),
    };
    if submission.to != DEPOSIT_WALLET_FACTORY {
        return bad_request("to is not the deposit wallet factory");
    }
    let request = match submission.kind {
        "WALLET-CREATE" => Ok(Request::Create { owner: submission.from }),
        "WALLET" => submission.batch(),
        _ => Err("unsupported transaction type"),
    };
    let request = match request {
        Ok(request) => request,
        Err(text) => return bad_request(text),
    };
    let (answer, lost) = {
        let chain = &mut shared.state.lock().chain;
        let answer = chain.submit(who, request);
        let lost = answer.is_ok() && chain.draw_lost_reply();
        (answer, lost)
    };
    if lost && let Some(Connection(socket)) = asked.conn_data::<Connection>() {
        let _ = socket.shutdown(std::net::Shutdown::Both);
    }
    match answer {
        Ok(id) => HttpResponse::Ok().json(json!({"transactionID": id, "state": "STATE_NEW"})),
        Err(error) => refuse(&error),
    }
}

fn stamp(at: UnixMillis) -> String {
    at.to_rfc3339()
}

fn object(relayed: &Relayed) -> Value {
    let mut object = json!({
        "transactionID": relayed.id,
        "transactionHash": relayed.hash.map(|hash| format!("{hash:?}")).unwrap_or_default(),
        "from": format!("{:?}", relayed.owner),
        "to": format!("{DEPOSIT_WALLET_FACTORY:?}"),
        "proxyAddress": format!("{:?}", relayed.wallet),
        "data": "0x",
        "nonce": relayed.nonce.map(|nonce| nonce.to_string()).unwrap_or_default(),
        "value": "",
        "signature": format!("0x{}", hex::encode(&relayed.signature)),
        "state": relayed.stage.text(),
        "type": relayed.kind,
        "owner": format!("{:?}", relayed.owner),
        "metadata": "",
        "createdAt": stamp(relayed.created),
        "updatedAt": stamp(relayed.updated),
    });
    if let (Some(failure), Some(fields)) = (&relayed.failure, object.as_object_mut()) {
        fields.insert("errorMsg".to_owned(), json!(failure));
    }
    object
}

async fn transaction(shared: web::Data<Shared>, query: Query) -> impl Responder {
    let Some(id) = query.first("id") else { return bad_request("id is missing") };
    match shared.state.lock().chain.relayed(id) {
        Some(relayed) => HttpResponse::Ok().json([object(relayed)]),
        None => clob_error(StatusCode::NOT_FOUND, "transaction not found"),
    }
}

async fn transactions(shared: web::Data<Shared>, asked: HttpRequest) -> HttpResponse {
    let Some(who) = authentication(&asked) else { return refuse(&RequestError::Unauthorized) };
    match shared.state.lock().chain.relayed_for(who, RECENT_MAX) {
        Ok(all) => HttpResponse::Ok().json(all.into_iter().map(object).collect::<Vec<_>>()),
        Err(error) => refuse(&error),
    }
}
