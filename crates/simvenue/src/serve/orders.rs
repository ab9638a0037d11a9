//! The CLOB's private half: placing and cancelling.

use std::net::Shutdown;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::{OrderId, TokenId};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::account::{ok, refuse, session};
use super::{Connection, clob_error};
use crate::exchange::{Answer, Budget, Cancels, Exchange, Floor, Loss, Refusal, Session};
use crate::venue::Shared;
use crate::wire::account;

/// Orders of one batch.
const BATCH_MAX: usize = 15;
/// Ids of one request to cancel.
const CANCELS_MAX: usize = 1_000;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/order", web::post().to(place))
        .route("/orders", web::post().to(place_batch))
        .route("/order", web::delete().to(cancel))
        .route("/orders", web::delete().to(cancel_batch))
        .route("/cancel-all", web::delete().to(cancel_all))
        .route("/cancel-market-orders", web::delete().to(cancel_market));
}

/// The answers to posted orders, and how they are lost on their way.
type Placed = (Vec<Result<Answer, Refusal>>, Option<Loss>);

fn place_all(
    shared: &Shared,
    request: &HttpRequest,
    body: &[u8],
    orders: &[&RawValue],
) -> Result<Placed, Refusal> {
    let now = shared.now();
    let mut state = shared.state.lock();
    let session = session(&state, shared, request, body)?;
    if state.exchange.mischief.is_too_early() {
        return Err(Refusal::TooEarly);
    }
    if orders.len() > BATCH_MAX {
        return Err(Refusal::TooManyOrders(orders.len()));
    }
    let admitted = state.exchange.buckets.take(session.owner, Budget::Orders, orders.len(), now);
    if let Err(refusal) = admitted {
        return Ok((orders.iter().map(|_| Err(refusal.clone())).collect(), None));
    }
    Ok(state.act(now, |exchange, floor| {
        let placed: Vec<_> =
            orders.iter().map(|order| exchange.place(floor, &session, order)).collect();
        let taken = placed.iter().any(Result::is_ok);
        let loss = if taken { exchange.mischief.lose_reply() } else { None };
        (placed, loss)
    }))
}

/// Waits for orders that are answered after their hold.
async fn after_the_hold(shared: &Shared, placed: &mut [Result<Answer, Refusal>]) {
    for placed in placed {
        let Ok(Answer::Delayed { id, answer_after_ms: Some(wait_ms) }) = placed else { continue };
        let id = *id;
        // The clock of the venue ticks in steps; a few more than the hold are enough.
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_millis(*wait_ms / 4 + 20)).await;
            let now = shared.state.lock().exchange.answer(id);
            if !matches!(now, Answer::Delayed { .. }) {
                *placed = Ok(now);
                break;
            }
        }
    }
}

fn lost(request: &HttpRequest, loss: Loss) -> HttpResponse {
    if let (Loss::Cut, Some(connection)) = (loss, request.conn_data::<Connection>()) {
        let _ = connection.0.shutdown(Shutdown::Both);
    }
    clob_error(StatusCode::INTERNAL_SERVER_ERROR, "could not run the execution")
}

async fn place(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let Ok(order) = serde_json::from_slice::<&RawValue>(&body) else {
        return refuse(&Refusal::Payload);
    };
    let (mut placed, loss) = match place_all(&shared, &request, &body, &[order]) {
        Ok(done) => done,
        Err(refusal) => return refuse(&refusal),
    };
    after_the_hold(&shared, &mut placed).await;
    if let Some(loss) = loss {
        return lost(&request, loss);
    }
    match placed.pop() {
        Some(Ok(answer)) => ok(&account::answer(&answer)),
        Some(Err(refusal)) => refuse(&refusal),
        None => refuse(&Refusal::Payload),
    }
}

async fn place_batch(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let Ok(orders) = serde_json::from_slice::<Vec<&RawValue>>(&body) else {
        return refuse(&Refusal::Payload);
    };
    let (mut placed, loss) = match place_all(&shared, &request, &body, &orders) {
        Ok(done) => done,
        Err(refusal) => return refuse(&refusal),
    };
    after_the_hold(&shared, &mut placed).await;
    if let Some(loss) = loss {
        return lost(&request, loss);
    }
    let items: Vec<Value> = placed
        .iter()
        .map(|placed| match placed {
            Ok(answer) => account::answer(answer),
            Err(refusal) => account::refused_item(refusal),
        })
        .collect();
    ok(&Value::Array(items))
}

/// Cancels what `which` says; it costs one, and one for every order concerned.
fn cancel_with(
    shared: &Shared,
    request: &HttpRequest,
    body: &[u8],
    which: impl FnOnce(&mut Exchange, &mut Floor<'_>, &Session) -> Result<Cancels, Refusal>,
) -> HttpResponse {
    let now = shared.now();
    let mut state = shared.state.lock();
    let done = session(&state, shared, request, body).and_then(|session| {
        state.exchange.buckets.take(session.owner, Budget::Cancels, 1, now)?;
        let done = state.act(now, |exchange, floor| which(exchange, floor, &session))?;
        // The bucket may be overdrawn: what is done is done, and the next waits.
        let more = done.canceled.len().saturating_sub(1);
        let _ = state.exchange.buckets.take(session.owner, Budget::Cancels, more, now);
        Ok(done)
    });
    done.map_or_else(|refusal| refuse(&refusal), |done| ok(&account::cancels(&done)))
}

#[derive(Deserialize)]
struct One {
    #[serde(rename = "orderID")]
    order_id: String,
}

async fn cancel(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    cancel_with(&shared, &request, &body, |exchange, floor, session| {
        let one: One = serde_json::from_slice(&body).map_err(|_| Refusal::OrderId)?;
        let id = OrderId::parse(&one.order_id).map_err(|_| Refusal::OrderId)?;
        Ok(exchange.cancel(floor, session.owner, &[id]))
    })
}

async fn cancel_batch(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    cancel_with(&shared, &request, &body, |exchange, floor, session| {
        let ids: Vec<String> = serde_json::from_slice(&body).map_err(|_| Refusal::OrderId)?;
        if ids.len() > CANCELS_MAX {
            return Err(Refusal::TooManyCancels);
        }
        let ids: Result<Vec<OrderId>, _> = ids.iter().map(|id| OrderId::parse(id)).collect();
        let ids = ids.map_err(|_| Refusal::OrderId)?;
        Ok(exchange.cancel(floor, session.owner, &ids))
    })
}

async fn cancel_all(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    cancel_with(&shared, &request, &body, |exchange, floor, session| {
        Ok(exchange.cancel_matching(floor, session.owner, None, None))
    })
}

#[derive(Deserialize)]
struct Which {
    market: Option<String>,
    asset_id: Option<String>,
}

async fn cancel_market(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    cancel_with(&shared, &request, &body, |exchange, floor, session| {
        let which: Which = serde_json::from_slice(&body).map_err(|_| Refusal::Payload)?;
        let named = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        let (market, token) = (named(&which.market), named(&which.asset_id));
        if market.is_none() && token.is_none() {
            return Err(Refusal::Payload);
        }
        let universe = floor.world.universe();
        let found = market.as_deref().map(|it| universe.find_condition(it));
        let token = token.map(|it| TokenId::parse(&it)).transpose();
        match (found, token) {
            // A market that is not listed has no orders.
            (Some(None), Ok(_)) => Ok(Cancels::default()),
            (found, Ok(token)) => {
                Ok(exchange.cancel_matching(floor, session.owner, found.flatten(), token))
            }
            (_, Err(_)) => Err(Refusal::Payload),
        }
    })
}
