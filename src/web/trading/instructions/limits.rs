//! Changing limits while the service runs.

use actix_web::http::StatusCode;
use engine::desk::Control;
use engine::risk::{LimitChange, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::figures;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply};
use crate::web::trading::refusal::{Refusal, RefusalKind};
use crate::web::trading::shape::{LimitView, limit_views, value_text};

/// Any of the limits by name; those that are left out stay.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct LimitsBody(Map<String, Value>);

/// What was changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitsView {
    /// What is no longer what it was.
    pub changes: Vec<LimitChangeView>,
    /// Every limit as it is now.
    pub limits: Vec<LimitView>,
}

/// One limit that is no longer what it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitChangeView {
    /// Its name.
    pub name: &'static str,
    /// `usd`, `count`, `ms` or `price`.
    pub unit: &'static str,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// Changes limits.
pub(super) struct SetLimits;

impl Instruction for SetLimits {
    type Body = LimitsBody;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: LimitsBody) -> Outcome {
        let (before, after) = match checked(asked, body) {
            Ok(limits) => limits,
            Err(problem) => return Outcome::Refused(problem),
        };
        let changes = before.changes(&after);
        let entry = asked.audit_entry("set_limits", "limits");
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(problem) => return Outcome::Refused(problem),
        };
        entry.before = Some(texts(&changes, |change| &change.before));
        entry.after = Some(texts(&changes, |change| &change.after));
        // No change without a line that says who made it.
        if let Err(problem) = asked.audit(entry.clone()).await {
            return Outcome::Refused(problem);
        }
        let given = asked.order(Control::SetLimits(Box::new(after))).await;
        entry.outcome = if given.is_ok() { "done" } else { "not done" };
        if asked.audit(entry).await.is_err() {
            tracing::warn!("what came of a change of limits is not listed among the commands");
        }
        given.map(|()| reply(asked, &changes)).into()
    }
}

fn checked(asked: &Asked, body: LimitsBody) -> Result<(Limits, Limits), Problem> {
    let before = asked.trading()?.view()?.limits.clone();
    let after: Limits = figures::changed(&before, body.0)?;
    after.validate().map_err(|error| Refusal::new(RefusalKind::BadLimits, error.to_string()))?;
    Ok((before, after))
}

fn texts(changes: &[LimitChange], of: impl Fn(&LimitChange) -> &engine::risk::GateValue) -> Value {
    let pairs = changes.iter().map(|change| (change.name.to_owned(), value_text(of(change)).1));
    Value::Object(pairs.map(|(name, text)| (name, Value::String(text))).collect())
}

fn reply(asked: &Asked, changes: &[LimitChange]) -> Reply {
    let now = asked.state.clock.now();
    let limits = asked.trading().and_then(|trading| {
        let view = trading.view()?;
        let age = asked.state.board.last_data_at().map(|at| now.since(at).0.max(0));
        Ok(limit_views(&view, age))
    });
    let changes = changes.iter().map(|change| {
        let (unit, before) = value_text(&change.before);
        let (_, after) = value_text(&change.after);
        LimitChangeView { name: change.name, unit, before, after }
    });
    let view = LimitsView { changes: changes.collect(), limits: limits.unwrap_or_default() };
    Reply::new(StatusCode::OK, &view)
}
