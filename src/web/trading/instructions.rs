//! What a person may order: one file a kind.

mod accept;
mod by_hand;
mod cancel;
mod control;
mod limits;
mod locks;
mod opportunities;
mod place;
mod preview;
mod redeem;
mod sets;
mod strategies;
mod transfer;

use actix_web::{HttpResponse, web};
use utoipa::ToSchema;

use super::instruct::{Given, answer, question};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::trading::shape::{RiskView, StrategyView};

pub use accept::AcceptBody;
pub use by_hand::AcceptedView;
pub use cancel::CancelBody;
pub use control::HaltBody;
pub use limits::{LimitChangeView, LimitsBody, LimitsView};
pub use locks::{LockBody, LocksView};
pub use opportunities::ExecuteBody;
pub use place::OrderBody;
pub use preview::{FillPreviewView, PreviewView};
pub use redeem::RedeemBody;
pub use sets::SetsBody;
pub use strategies::StrategySettingsBody;
pub use transfer::TransferBody;

/// What was taken on without an answer yet.
#[derive(Clone, Debug, serde::Serialize, ToSchema)]
pub struct GivenView {
    /// `given`.
    pub status: &'static str,
    /// What happens now, and where to look.
    pub text: String,
}

impl GivenView {
    fn new(text: impl Into<String>) -> Self {
        Self { status: "given", text: text.into() }
    }
}

/// Trade an opportunity
///
/// Its strategy sizes it and wishes it as ever; the risk manager decides. Needs an
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/execute", tag = "trading",
    request_body = ExecuteBody,
    params(("id" = String, Path, description = "Its name, as in the list")),
    responses((status = 202, description = "Approved, or not decided yet", body = AcceptedView),
              (status = 404, description = "No such opportunity", body = ProblemBody),
              (status = 409, description = "Refused, halted, or key reused", body = ProblemBody),
              (status = 410, description = "It is over", body = ProblemBody),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn opportunity(given: Given, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::<opportunities::ExecuteOpportunity>(given, &id).await
}

/// Place one order
///
/// A wish of one order by hand, through the same gates as every strategy's. What rests is cancelled
/// by hand, by its end, or by a halt. Needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/execute/order", tag = "trading", request_body = OrderBody,
    responses((status = 202, description = "Approved, or not decided yet", body = AcceptedView),
              (status = 400, description = "Key or body", body = ProblemBody),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Refused, halted, or key reused", body = ProblemBody),
              (status = 422, description = "Price, size, token or balance", body = ProblemBody),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn order(given: Given) -> Result<HttpResponse, Problem> {
    answer::<place::Place>(given, "").await
}

/// Preview one order
///
/// What the order would meet in the book of this moment, what it would cost, and what the gates would
/// say. Nothing is sent, reserved or written down; no key is needed. A refusal by the gates is an
/// answer like any other. Without a trusted book there is none.
#[utoipa::path(post, path = "/api/v1/execute/order/preview", tag = "trading",
    request_body = OrderBody,
    responses((status = 200, description = "What it would do", body = PreviewView),
              (status = 400, description = "Body", body = ProblemBody),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Market closed, or book not trusted",
               body = ProblemBody),
              (status = 422, description = "Price, size, token or balance", body = ProblemBody),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn order_preview(given: Given) -> Result<HttpResponse, Problem> {
    let (asked, body) = question::<OrderBody>(given)?;
    Ok(HttpResponse::Ok().json(preview::of(&asked, &body).await?))
}

/// Split dollars into sets
///
/// One dollar becomes one share of each outcome. Through the gates. Needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/execute/split", tag = "trading", request_body = SetsBody,
    responses((status = 202, description = "Approved, or not decided yet", body = AcceptedView),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Refused, halted, or key reused", body = ProblemBody),
              (status = 422, description = "Amount or balance", body = ProblemBody)),
    security(("token" = [])))]
pub async fn split(given: Given) -> Result<HttpResponse, Problem> {
    answer::<sets::Split>(given, "").await
}

/// Merge sets into dollars
///
/// One share of each outcome becomes one dollar. Through the gates. Needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/execute/merge", tag = "trading", request_body = SetsBody,
    responses((status = 202, description = "Approved, or not decided yet", body = AcceptedView),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Refused, halted, or key reused", body = ProblemBody),
              (status = 422, description = "Amount or balance", body = ProblemBody)),
    security(("token" = [])))]
pub async fn merge(given: Given) -> Result<HttpResponse, Problem> {
    answer::<sets::Merge>(given, "").await
}

/// Redeem a resolved market
///
/// Tells the desk what the market pays; it redeems what is held as soon as nothing is on its way
/// there. Resolved markets are redeemed without being told, too. Needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/execute/redeem", tag = "trading", request_body = RedeemBody,
    responses((status = 202, description = "Told", body = GivenView),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Not resolved yet", body = ProblemBody),
              (status = 422, description = "Nothing is held there", body = ProblemBody)),
    security(("token" = [])))]
pub async fn redeem(given: Given) -> Result<HttpResponse, Problem> {
    answer::<redeem::Redeem>(given, "").await
}

/// Send dollars or shares to another account
///
/// A transaction by hand of what is settled and promised to nobody. There is no way back. Needs an
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/execute/transfer", tag = "trading",
    request_body = TransferBody,
    responses((status = 202, description = "Given", body = GivenView),
              (status = 409, description = "Halted, or key reused", body = ProblemBody),
              (status = 422, description = "Amount or balance", body = ProblemBody)),
    security(("token" = [])))]
pub async fn transfer(given: Given) -> Result<HttpResponse, Problem> {
    answer::<transfer::Transfer>(given, "").await
}

/// Cancel one order
#[utoipa::path(post, path = "/api/v1/execute/cancel", tag = "trading", request_body = CancelBody,
    responses((status = 202, description = "Asked for", body = GivenView),
              (status = 404, description = "No such order", body = ProblemBody)),
    security(("token" = [])))]
pub async fn cancel(given: Given) -> Result<HttpResponse, Problem> {
    answer::<cancel::Cancel>(given, "").await
}

/// Cancel every order and go on trading
#[utoipa::path(post, path = "/api/v1/execute/cancel-all", tag = "trading",
    responses((status = 202, description = "Asked for", body = GivenView)),
    security(("token" = [])))]
pub async fn cancel_all(given: Given) -> Result<HttpResponse, Problem> {
    answer::<cancel::CancelAll>(given, "").await
}

/// Accept a difference between our books and the wallet
///
/// A deposit, a rebate, a trade by hand: what the last comparison found and a person explains. Only
/// while trading is halted, and only exactly as it was found. Needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/reconcile/accept", tag = "trading",
    request_body = AcceptBody,
    responses((status = 202, description = "Booked", body = GivenView),
              (status = 400, description = "Key or body", body = ProblemBody),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 409, description = "Not halted, no such difference, or it moves",
               body = ProblemBody),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn accept(given: Given) -> Result<HttpResponse, Problem> {
    answer::<accept::Accept>(given, "").await
}

/// Stop trading
///
/// Nothing new is begun and every resting order is cancelled; `halt.proven_at` tells when the venue
/// was read back. Works without a key and while the database is away.
#[utoipa::path(post, path = "/api/v1/halt", tag = "trading", request_body = HaltBody,
    responses((status = 200, description = "Halted", body = RiskView),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn halt(given: Given) -> Result<HttpResponse, Problem> {
    answer::<control::Halt>(given, "").await
}

/// Trade again
#[utoipa::path(post, path = "/api/v1/resume", tag = "trading",
    responses((status = 200, description = "Not halted any more", body = RiskView),
              (status = 503, description = "Trading is off or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn resume(given: Given) -> Result<HttpResponse, Problem> {
    answer::<control::Resume>(given, "").await
}

/// Change limits
///
/// Those that are named; the others stay. Who changed what from what to what is written down.
#[utoipa::path(put, path = "/api/v1/risk/limits", tag = "trading", request_body = LimitsBody,
    responses((status = 200, description = "Changed", body = LimitsView),
              (status = 400, description = "Not readable", body = ProblemBody),
              (status = 422, description = "Not usable", body = ProblemBody)),
    security(("token" = [])))]
pub async fn set_limits(given: Given) -> Result<HttpResponse, Problem> {
    answer::<limits::SetLimits>(given, "").await
}

/// Keep away from something
#[utoipa::path(post, path = "/api/v1/risk/locks", tag = "trading", request_body = LockBody,
    responses((status = 201, description = "Every lock there is now", body = LocksView),
              (status = 404, description = "No such market, group or strategy", body = ProblemBody)),
    security(("token" = [])))]
pub async fn lock(given: Given) -> Result<HttpResponse, Problem> {
    answer::<locks::SetLock>(given, "").await
}

/// Lift a lock
#[utoipa::path(delete, path = "/api/v1/risk/locks/{id}", tag = "trading",
    params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, description = "Every lock there is now", body = LocksView),
              (status = 404, description = "No such lock", body = ProblemBody)),
    security(("token" = [])))]
pub async fn unlock(given: Given, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::<locks::Unlock>(given, &id).await
}

/// Pause a strategy
///
/// It raises nothing any more; what it began goes on to its end.
#[utoipa::path(post, path = "/api/v1/strategies/{name}/pause", tag = "trading",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 200, description = "How it stands now", body = StrategyView),
              (status = 404, description = "No such strategy", body = ProblemBody)),
    security(("token" = [])))]
pub async fn pause(given: Given, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::<strategies::Pause>(given, &name).await
}

/// Let a strategy go on
///
/// Lifts a quarantine, too.
#[utoipa::path(post, path = "/api/v1/strategies/{name}/resume", tag = "trading",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 200, description = "How it stands now", body = StrategyView),
              (status = 404, description = "No such strategy", body = ProblemBody)),
    security(("token" = [])))]
pub async fn unpause(given: Given, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::<strategies::Unpause>(given, &name).await
}

/// Tell a strategy what it may do
///
/// The settings that are named; the others stay. They outlive a restart.
#[utoipa::path(put, path = "/api/v1/strategies/{name}/settings", tag = "trading",
    params(("name" = String, Path, description = "Its name")),
    request_body = StrategySettingsBody,
    responses((status = 200, description = "How it stands now", body = StrategyView),
              (status = 400, description = "Not readable", body = ProblemBody),
              (status = 404, description = "No such strategy", body = ProblemBody),
              (status = 422, description = "Not usable", body = ProblemBody)),
    security(("token" = [])))]
pub async fn strategy_settings(
    given: Given,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    answer::<strategies::SetSettings>(given, &name).await
}

/// The resources that take orders, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/opportunities/{id}/execute", web::post().to(opportunity))
        .route("/execute/order", web::post().to(order))
        .route("/execute/order/preview", web::post().to(order_preview))
        .route("/execute/split", web::post().to(split))
        .route("/execute/merge", web::post().to(merge))
        .route("/execute/redeem", web::post().to(redeem))
        .route("/execute/transfer", web::post().to(transfer))
        .route("/execute/cancel", web::post().to(cancel))
        .route("/execute/cancel-all", web::post().to(cancel_all))
        .route("/reconcile/accept", web::post().to(accept))
        .route("/halt", web::post().to(halt))
        .route("/resume", web::post().to(resume))
        .route("/risk/limits", web::put().to(set_limits))
        .route("/risk/locks", web::post().to(lock))
        .route("/risk/locks/{id}", web::delete().to(unlock))
        .route("/strategies/{name}/pause", web::post().to(pause))
        .route("/strategies/{name}/resume", web::post().to(unpause))
        .route("/strategies/{name}/settings", web::put().to(strategy_settings));
}
