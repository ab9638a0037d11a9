//! Keeping away from something for a while.

use actix_web::http::StatusCode;
use domain::{ConditionId, DurationMillis, GroupId, UnixMillis};
use engine::desk::Control;
use engine::risk::{LOCKS_MAX, LockId, LockScope};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::cancel::Nothing;
use super::strategies::known_strategy;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::figures;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply, bad_body, fields_clash};
use crate::web::trading::refusal::{Refusal, RefusalKind};
use crate::web::trading::shape::{LockView, lock_views};

/// What to keep away from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LockBody {
    /// `everything`, `strategy`, `market` or `group`.
    pub scope: String,
    /// Which one; not for `everything`.
    pub of: Option<String>,
    /// Why: at most 200 characters are kept.
    pub reason: String,
    /// Until when, RFC 3339; until it is lifted where both are left out.
    pub until: Option<String>,
    /// Or for so many seconds.
    #[serde(default, deserialize_with = "whole_seconds")]
    pub for_seconds: Option<u32>,
}

fn whole_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let given = Option::<Value>::deserialize(deserializer)?;
    let seconds = |value: Value| figures::whole(&value).and_then(|it| u32::try_from(it).ok());
    let why = || D::Error::custom("for_seconds: it is a whole number up to 4294967295");
    given.map(|value| seconds(value).ok_or_else(why)).transpose()
}

/// Every lock.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LocksView {
    /// Oldest first.
    pub locks: Vec<LockView>,
}

/// Sets a lock.
pub(super) struct SetLock;
/// Lifts one.
pub(super) struct Unlock;

impl Instruction for SetLock {
    type Body = LockBody;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: LockBody) -> Outcome {
        match checked(asked, body) {
            Ok(control) => listed(asked, control, "lock", StatusCode::CREATED).await,
            Err(problem) => Outcome::Refused(problem),
        }
    }
}

impl Instruction for Unlock {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        match known_lock(asked) {
            Ok(id) => listed(asked, Control::Unlock(id), "unlock", StatusCode::OK).await,
            Err(problem) => Outcome::Refused(problem),
        }
    }
}

async fn listed(asked: &Asked, control: Control, action: &str, status: StatusCode) -> Outcome {
    let target = match &control {
        Control::Lock { scope, .. } => format!("{scope:?}"),
        _ => asked.target.clone(),
    };
    if let Err(outcome) = asked.order(control).await {
        return outcome;
    }
    asked.audit_done(action, &target).await;
    match asked.trading().and_then(|trading| trading.view()) {
        Ok(view) => Outcome::Done(Reply::new(status, &LocksView { locks: lock_views(&view) })),
        Err(problem) => Outcome::Unknown(problem),
    }
}

fn checked(asked: &Asked, body: LockBody) -> Result<Control, Problem> {
    let view = asked.trading()?.view()?;
    if view.locks.len() >= LOCKS_MAX {
        let text = format!("{LOCKS_MAX} locks are set already; lift some, or lock everything");
        return Err(Refusal::new(RefusalKind::Refused, text).into());
    }
    if body.reason.trim().is_empty() {
        return Err(bad_body("reason: say why, for whoever finds the lock"));
    }
    let scope = scope_of(asked, &body)?;
    let now = asked.state.clock.now();
    let until = match (body.until.as_deref(), body.for_seconds) {
        (None, None) => None,
        (None, Some(seconds)) => Some(now.plus(DurationMillis::from_seconds(seconds.into()))),
        (Some(text), None) => {
            let at = UnixMillis::parse(text);
            Some(at.ok_or_else(|| bad_body("until: it is no moment of RFC 3339"))?)
        }
        (Some(_), Some(_)) => return Err(fields_clash("until and for_seconds: give one of them")),
    };
    if until.is_some_and(|until| until <= now) {
        return Err(fields_clash("until: it is over already"));
    }
    Ok(Control::Lock { scope, reason: body.reason.trim().to_owned(), until })
}

fn scope_of(asked: &Asked, body: &LockBody) -> Result<LockScope, Problem> {
    let listing = asked.state.listing.get();
    match (body.scope.as_str(), body.of.as_deref()) {
        ("everything", None) => Ok(LockScope::Everything),
        ("strategy", Some(name)) => Ok(LockScope::Strategy(known_strategy(asked, name)?)),
        ("market", Some(id)) => {
            let condition = ConditionId::parse(id);
            let condition = condition.map_err(|error| fields_clash(format!("of: {error}")))?;
            if listing.markets.contains_key(&condition) {
                return Ok(LockScope::Market(condition));
            }
            Err(Problem::NotFound { what: "market", name: condition.to_string() })
        }
        ("group", Some(id)) => {
            let group = GroupId(id.into());
            if listing.groups.contains_key(&group) {
                return Ok(LockScope::Group(group));
            }
            Err(Problem::NotFound { what: "group", name: id.chars().take(60).collect() })
        }
        ("everything", Some(_)) => Err(fields_clash("of: everything is one thing; leave it out")),
        ("strategy" | "market" | "group", None) => Err(fields_clash("of: say which one")),
        _ => Err(bad_body("scope: it is everything, strategy, market or group")),
    }
}

fn known_lock(asked: &Asked) -> Result<LockId, Problem> {
    let unknown = || Problem::NotFound { what: "lock", name: asked.target.clone() };
    let id = asked.target.parse().map(LockId).map_err(|_| unknown())?;
    let view = asked.trading()?.view()?;
    let found = view.locks.iter().any(|(known, _)| *known == id);
    if found { Ok(id) } else { Err(unknown()) }
}
