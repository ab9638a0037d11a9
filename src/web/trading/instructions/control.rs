//! Stopping and going on.

use actix_web::http::StatusCode;
use engine::desk::Control;
use serde::Deserialize;
use utoipa::ToSchema;

use super::cancel::Nothing;
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

    async fn carry_out(asked: &Asked, body: HaltBody) -> Outcome {
        let given = body.reason.trim();
        let reason = if given.is_empty() { "no reason was given" } else { given };
        let reason = reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect();
        if let Err(outcome) = asked.order(Control::Halt { reason }).await {
            return outcome;
        }
        written_down(asked, "halt").await;
        risk_now(asked)
    }
}

impl Instruction for Resume {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        if let Err(outcome) = asked.order(Control::Resume).await {
            return outcome;
        }
        written_down(asked, "resume").await;
        risk_now(asked)
    }
}

/// The journal names who did it; the list of commands is for convenience, and a database that is
/// away is no reason to say that it was not done.
async fn written_down(asked: &Asked, action: &str) {
    if let Ok(mut entry) = asked.audit_entry(action, "trading") {
        entry.outcome = "done";
        if asked.audit(entry).await.is_err() {
            tracing::warn!(action, "an order was carried out and not listed among the commands");
        }
    }
}

fn risk_now(asked: &Asked) -> Outcome {
    match risk_view(&asked.state) {
        Ok(view) => Outcome::Done(Reply::new(StatusCode::OK, &view)),
        Err(problem) => Outcome::Unknown(problem),
    }
}
