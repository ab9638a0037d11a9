//! The CLOB's private half: credentials, balances, heartbeat, and what an account may read.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{OrderId, TokenId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::json as json_text;
use super::query::Query;
use crate::exchange::{
    Asked, Credentials, Proof, Refusal, Session, WalletKind, login, session as prove,
};
use crate::venue::{Shared, State};
use crate::wire::{account, unix_seconds};

/// What every account trades under here.
const STANDARD_TIER: HeaderValue = HeaderValue::from_static("Standard");
/// Rows of one page.
const PAGE: usize = 500;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/auth/api-key", web::post().to(create_key))
        .route("/auth/api-key", web::delete().to(revoke_key))
        .route("/auth/derive-api-key", web::get().to(derive_key))
        .route("/auth/api-keys", web::get().to(keys))
        .route("/auth/ban-status/closed-only", web::get().to(closed_only))
        .route("/balance-allowance", web::get().to(balance))
        .route("/balance-allowance/update", web::get().to(update_balance))
        .route("/v1/heartbeats", web::post().to(heartbeat))
        .route("/data/orders", web::get().to(orders))
        .route("/data/order/{id}", web::get().to(order))
        .route("/data/trades", web::get().to(trades));
}

/// A refusal as a whole answer.
pub(super) fn refuse(refusal: &Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = account::refused(refusal).to_string();
    let mut response = HttpResponse::build(status).content_type("application/json").body(body);
    if let Refusal::RateLimited { retry_after_s } | Refusal::PostOnlyMode { retry_after_s } =
        refusal
    {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
    if let Refusal::RateLimited { retry_after_s } = refusal {
        let headers = response.headers_mut();
        headers.insert(HeaderName::from_static("poly-ratelimit-tier"), STANDARD_TIER);
        headers.insert(HeaderName::from_static("poly-ratelimit-remaining"), HeaderValue::from(0));
        let reset = HeaderValue::from(*retry_after_s);
        headers.insert(HeaderName::from_static("poly-ratelimit-reset"), reset);
    }
    response
}

pub(super) fn ok(body: &Value) -> HttpResponse {
    json_text(body.to_string())
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn proof(request: &HttpRequest) -> Proof<'_> {
    Proof {
        address: header(request, "POLY_ADDRESS"),
        signature: header(request, "POLY_SIGNATURE"),
        timestamp: header(request, "POLY_TIMESTAMP"),
        nonce: header(request, "POLY_NONCE"),
        key: header(request, "POLY_API_KEY"),
        passphrase: header(request, "POLY_PASSPHRASE"),
    }
}

/// Proves who is asking. The HMAC covers the path as the venue's own host has it, or as the
/// simulator has it, under its prefix.
pub(super) fn session(
    state: &State,
    shared: &Shared,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Session, Refusal> {
    let path = request.path();
    let bare = path.strip_prefix("/clob").unwrap_or(path);
    let method = request.method().as_str();
    let (proof, now) = (proof(request), shared.now());
    let with = |path| prove(&state.exchange.accounts, proof, Asked { method, path, body }, now);
    with(bare).or_else(|_| with(path))
}

fn credentials(of: &Credentials) -> HttpResponse {
    ok(&json!({ "apiKey": of.key, "secret": of.secret_text(), "passphrase": of.passphrase }))
}

async fn create_key(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let made = login(proof(&request), shared.now())
        .and_then(|(owner, nonce)| shared.state.lock().exchange.accounts.create_key(owner, nonce));
    made.map_or_else(|refusal| refuse(&refusal), |made| credentials(&made))
}

async fn derive_key(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let found = login(proof(&request), shared.now())
        .and_then(|(owner, nonce)| shared.state.lock().exchange.accounts.derive_key(owner, nonce));
    found.map_or_else(|refusal| refuse(&refusal), |found| credentials(&found))
}

/// Answers what `read` says, for whoever has proven who they are.
fn answer(
    shared: &Shared,
    request: &HttpRequest,
    body: &[u8],
    read: impl FnOnce(&mut State, &Session) -> HttpResponse,
) -> HttpResponse {
    let mut state = shared.state.lock();
    match session(&state, shared, request, body) {
        Ok(session) => read(&mut state, &session),
        Err(refusal) => refuse(&refusal),
    }
}

async fn revoke_key(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        state.exchange.accounts.revoke(&session.key);
        ok(&json!("OK"))
    })
}

async fn keys(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        ok(&json!({ "apiKeys": state.exchange.accounts.keys(session.owner) }))
    })
}

async fn closed_only(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let now = shared.now();
    answer(&shared, &request, b"", |state, _| {
        ok(&json!({ "closed_only": state.exchange.mischief.is_closed_only(now) }))
    })
}

/// What a balance is asked of: the wallet, and a token unless it is dollars.
fn asset(query: &Query) -> Option<(WalletKind, Option<TokenId>)> {
    let kind = match query.first("signature_type") {
        None => WalletKind::Eoa,
        Some(number) => WalletKind::of(number.parse().ok()?)?,
    };
    match query.first("asset_type")? {
        "COLLATERAL" => Some((kind, None)),
        "CONDITIONAL" | "CONDITIONAL-V2" => {
            Some((kind, Some(TokenId::parse(query.first("token_id")?).ok()?)))
        }
        _ => None,
    }
}

fn bad_request(text: &str) -> HttpResponse {
    super::clob_error(StatusCode::BAD_REQUEST, text)
}

async fn balance(shared: web::Data<Shared>, request: HttpRequest, query: Query) -> HttpResponse {
    let now = shared.now();
    answer(&shared, &request, b"", |state, session| {
        let Some((kind, token)) = asset(&query) else { return bad_request("Invalid asset type") };
        let owner = session.owner;
        let found = state.act(now, |exchange, floor| match token {
            None => exchange.collateral(floor, owner, kind),
            Some(token) => exchange.conditional(floor, owner, kind, token),
        });
        ok(&account::balance(&found))
    })
}

async fn update_balance(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: Query,
) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        let Some((kind, token)) = asset(&query) else { return bad_request("Invalid asset type") };
        if let Some(token) = token {
            state.exchange.look_up(session.owner, kind, token);
        }
        json_text(String::new())
    })
}

#[derive(Deserialize)]
struct Beat {
    heartbeat_id: Option<String>,
}

async fn heartbeat(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let now = shared.now();
    answer(&shared, &request, &body, |state, session| {
        let Ok(beat) = serde_json::from_slice::<Beat>(&body) else {
            return bad_request("Invalid payload");
        };
        let id = beat.heartbeat_id.unwrap_or_default();
        match state.exchange.heartbeats.beat(&session.key, &id, now) {
            Ok(next) => ok(&json!({ "heartbeat_id": next, "error": null })),
            Err(expected) => {
                let body = json!({ "error": "Invalid Heartbeat ID", "heartbeat_id": expected });
                HttpResponse::BadRequest().content_type("application/json").body(body.to_string())
            }
        }
    })
}

/// One page of rows, from where the cursor says.
fn page(rows: impl Iterator<Item = Value>, query: &Query) -> HttpResponse {
    let cursor = query.first("next_cursor").filter(|it| !it.is_empty()).unwrap_or(account::FIRST);
    let decoded = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(from) = decoded.and_then(|text| text.parse::<i64>().ok()) else {
        return bad_request("invalid next_cursor");
    };
    // The end of the last page is -1: nothing follows.
    let Ok(from) = usize::try_from(from) else {
        return ok(&account::page(Vec::new(), PAGE, account::LAST));
    };
    let mut rows: Vec<Value> = rows.skip(from).take(PAGE + 1).collect();
    let next = if rows.len() > PAGE {
        rows.truncate(PAGE);
        STANDARD.encode((from + PAGE).to_string())
    } else {
        account::LAST.to_owned()
    };
    ok(&account::page(rows, PAGE, &next))
}

fn order_row(state: &State, order: &crate::exchange::Order) -> Option<Value> {
    let listing = state.world.listing(order.market)?;
    Some(account::order(order, state.exchange.maker(order), listing))
}

async fn orders(shared: web::Data<Shared>, request: HttpRequest, query: Query) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        let exchange = &state.exchange;
        if let Some(id) = query.first("id") {
            let order = OrderId::parse(id).ok().and_then(|id| exchange.order(session.owner, id));
            return page(order.and_then(|order| order_row(state, order)).into_iter(), &query);
        }
        let rows = exchange.open_orders(session.owner).filter_map(|it| order_row(state, it));
        page(rows.filter(|row| matches(row, &query, &["market", "asset_id"])), &query)
    })
}

fn matches(row: &Value, query: &Query, keys: &[&str]) -> bool {
    keys.iter().all(|key| query.first(key).is_none_or(|it| row[*key].as_str() == Some(it)))
}

async fn order(
    shared: web::Data<Shared>,
    request: HttpRequest,
    id: web::Path<String>,
) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        let Ok(id) = OrderId::parse(&id) else { return refuse(&Refusal::OrderId) };
        let order = state.exchange.order(session.owner, id);
        match order.and_then(|order| order_row(state, order)) {
            Some(row) => ok(&row),
            None => super::clob_error(StatusCode::NOT_FOUND, "Order not found"),
        }
    })
}

async fn trades(shared: web::Data<Shared>, request: HttpRequest, query: Query) -> HttpResponse {
    answer(&shared, &request, b"", |state, session| {
        let (before, after) = (query.number("before"), query.number("after"));
        let timely = |seconds: i64| {
            before.is_none_or(|it| seconds < it) && after.is_none_or(|it| seconds > it)
        };
        let rows = state.exchange.trades_of(session.owner).filter_map(|(trade, seen)| {
            let listing = state.world.listing(trade.market)?;
            timely(unix_seconds(trade.matched_at)).then(|| account::trade(trade, seen, listing))
        });
        let keys = ["id", "market", "asset_id", "maker_address"];
        page(rows.filter(|row| matches(row, &query, &keys)), &query)
    })
}
