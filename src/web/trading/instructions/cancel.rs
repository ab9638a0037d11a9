//! Cancelling orders. It makes things safer, so nothing but a wrong name stands in its way.

use actix_web::http::StatusCode;
use domain::OrderId;
use engine::desk::Control;
use serde::Deserialize;
use utoipa::ToSchema;

use super::GivenView;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply, bad_body};

/// Which order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    /// The venue's name of it.
    pub order_id: String,
}

/// Nothing needs to be said.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Cancels one order.
pub(super) struct Cancel;
/// Cancels every order.
pub(super) struct CancelAll;

impl Instruction for Cancel {
    type Body = CancelBody;
    const KEY: KeyRule = KeyRule::Safety;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: CancelBody) -> Outcome {
        let id = match known(asked, &body.order_id).await {
            Ok(id) => id,
            Err(problem) => return Outcome::Refused(problem),
        };
        if let Err(outcome) = asked.order(Control::Cancel(id)).await {
            return outcome;
        }
        asked.audit_done("cancel", &id.to_string()).await;
        Outcome::Done(reply("The order is being cancelled; what was matched before counts."))
    }
}

impl Instruction for CancelAll {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Safety;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        if let Err(outcome) = asked.order(Control::CancelAll).await {
            return outcome;
        }
        asked.audit_done("cancel_all", "trading").await;
        Outcome::Done(reply("Every order is being cancelled; trading goes on."))
    }
}

fn reply(text: &str) -> Reply {
    Reply::new(StatusCode::ACCEPTED, &GivenView::new(text))
}

/// An order that is open, or was once written down.
async fn known(asked: &Asked, text: &str) -> Result<OrderId, Problem> {
    let id = OrderId::parse(text).map_err(|error| bad_body(format!("order_id: {error}")))?;
    let view = asked.trading()?.view()?;
    if view.orders.iter().any(|order| order.id == id) {
        return Ok(id);
    }
    // A database that is away holds no cancellation up: the desk refuses what it does not know.
    let Ok(store) = asked.store().await else { return Ok(id) };
    match store.money().order(id).await {
        Ok(None) => Err(Problem::NotFound { what: "order", name: id.to_string() }),
        Ok(Some(_)) | Err(_) => Ok(id),
    }
}
