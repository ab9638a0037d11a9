//! Redeeming what is held in a resolved market.

use actix_web::http::StatusCode;
use actors::trading::News;
use domain::MarketState;
use engine::desk::Input;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{GivenView, by_hand};
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply, not_ready};
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// Which market.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemBody {
    /// Which market.
    pub condition_id: String,
}

/// Redeems.
pub(super) struct Redeem;

impl Instruction for Redeem {
    type Body = RedeemBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: RedeemBody) -> Outcome {
        let resolved = match checked(asked, &body) {
            Ok(resolved) => resolved,
            Err(problem) => return Outcome::Refused(problem),
        };
        let written = match asked.audit_entry("redeem", &body.condition_id) {
            Ok(entry) => asked.audit(entry).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = written {
            return Outcome::Refused(problem);
        }
        match asked.trading().map(|trading| trading.news.tell(News(vec![resolved]))) {
            Ok(Ok(())) => Outcome::Done(Reply::new(
                StatusCode::ACCEPTED,
                &GivenView::new(
                    "The desk redeems what is held there as soon as nothing is on its way in that \
                     market; see the positions and the ledger.",
                ),
            )),
            Ok(Err(_)) => Outcome::refused(not_ready()),
            Err(problem) => Outcome::Refused(problem),
        }
    }
}

fn checked(asked: &Asked, body: &RedeemBody) -> Result<Input, Problem> {
    let view = asked.trading()?.view()?;
    let market = by_hand::known_market(asked, &body.condition_id)?;
    let MarketState::Closed { payouts: Some(payouts) } = market.state else {
        let text = format!("nobody knows yet what {} pays", market.condition);
        return Err(Refusal::new(RefusalKind::MarketUnresolved, text).into());
    };
    let tokens = [market.yes().token, market.no().token];
    if tokens.iter().all(|token| !view.settled(*token).is_positive()) {
        let text = format!("nothing settled is held in {}", market.condition);
        return Err(Refusal::new(RefusalKind::NotEnoughBalance, text).into());
    }
    by_hand::not_halted(&view)?;
    Ok(Input::Resolved { condition: market.condition, tokens, payouts })
}
