//! Stopping and going on.

use actix_web::http::StatusCode;
use engine::desk::Control;
use serde::Deserialize;
use utoipa::ToSchema;

use super::cancel::Nothing;
use crate::web::auth::Role;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply};
use crate::web::trading::reads::live::risk_view;

/// Characters of a reason that are kept.
const REASON_CHARS_MAX: usize = 200;

/// Why.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HaltBody {
    /// In words, at most 200 characters.
    pub reason: String,
}

/// Stops trading.
pub(super) struct Halt;
/// Goes on.
pub(super) struct Resume;

impl Instruction for Halt {
    type Body = HaltBody;
    const KEY: KeyRule = KeyRule::Safety;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: HaltBody) -> Outcome {
        let given = body.reason.trim();
        let reason = if given.is_empty() { "no reason was given" } else { given };
        let reason = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect();
        if let Err(outcome) = asked.order(Control::Halt { reason }).await {
            return outcome;
        }
        asked.audit_done("halt", "trading").await;
        risk_now(asked)
    }
}

impl Instruction for Resume {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        if let Err(outcome) = asked.order(Control::Resume).await {
            return outcome;
        }
        asked.audit_done("resume", "trading").await;
        risk_now(asked)
    }
}

fn risk_now(asked: &Asked) -> Outcome {
    match risk_view(&asked.state) {
        Ok(view) => Outcome::Done(Reply::new(StatusCode::OK, &view)),
        Err(problem) => Outcome::Unknown(problem),
    }
}
