//! Pausing strategies, letting them go on, and telling them what they may do.

use actix_web::http::StatusCode;
use engine::desk::Control;
use engine::signal::StrategyName;
use engine::strategy::StrategySettings;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::cancel::Nothing;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::figures;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply};
use crate::web::trading::reads::live::strategy_views;
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// Any of the strategy's settings by name; those that are left out stay.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct StrategySettingsBody(Map<String, Value>);

/// Pauses.
pub(super) struct Pause;
/// Lets go on.
pub(super) struct Unpause;
/// Changes settings.
pub(super) struct SetSettings;

impl Instruction for Pause {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        match known_strategy(asked, &asked.target) {
            Ok(name) => change(asked, "pause_strategy", &name, Control::Pause(name.clone())).await,
            Err(problem) => Outcome::Refused(problem),
        }
    }
}

impl Instruction for Unpause {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        match known_strategy(asked, &asked.target) {
            Ok(name) => {
                change(asked, "resume_strategy", &name, Control::Unpause(name.clone())).await
            }
            Err(problem) => Outcome::Refused(problem),
        }
    }
}

impl Instruction for SetSettings {
    type Body = StrategySettingsBody;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: StrategySettingsBody) -> Outcome {
        let (name, before, after) = match checked(asked, body) {
            Ok(checked) => checked,
            Err(problem) => return Outcome::Refused(problem),
        };
        let written = match asked.audit_entry("set_strategy", name.as_str()) {
            Ok(mut entry) => {
                entry.before = serde_json::to_value(before).ok();
                entry.after = serde_json::to_value(after).ok();
                asked.audit(entry).await
            }
            Err(problem) => Err(problem),
        };
        // No change without a line that says who made it.
        if let Err(problem) = written {
            return Outcome::Refused(problem);
        }
        let control = Control::SetStrategy(name.clone(), Box::new(after));
        if let Err(outcome) = asked.order(control).await {
            return outcome;
        }
        as_it_stands(asked, &name)
    }
}

fn checked(
    asked: &Asked,
    body: StrategySettingsBody,
) -> Result<(StrategyName, StrategySettings, StrategySettings), Problem> {
    let name = known_strategy(asked, &asked.target)?;
    let trading = asked.trading()?;
    let told = trading.view()?.strategies.get(&name).and_then(|state| state.settings);
    let began_with = || trading.strategies.get(&name).map(|status| status.settings);
    let before = told.or_else(began_with).ok_or_else(|| unknown(name.as_str()))?;
    let after: StrategySettings = figures::changed(&before, body.0)?;
    after.validate().map_err(|error| Refusal::new(RefusalKind::BadLimits, error.to_string()))?;
    Ok((name, before, after))
}

async fn change(asked: &Asked, action: &str, name: &StrategyName, control: Control) -> Outcome {
    if let Err(outcome) = asked.order(control).await {
        return outcome;
    }
    asked.audit_done(action, name.as_str()).await;
    as_it_stands(asked, name)
}

fn as_it_stands(asked: &Asked, name: &StrategyName) -> Outcome {
    let found = asked.trading().and_then(|trading| {
        let views = strategy_views(&*trading.view()?, &trading.strategies);
        Ok(views.into_iter().find(|strategy| strategy.name == name.as_str()))
    });
    match found {
        Ok(Some(view)) => Outcome::Done(Reply::new(StatusCode::OK, &view)),
        Ok(None) => Outcome::Unknown(unknown(name.as_str())),
        Err(problem) => Outcome::Unknown(problem),
    }
}

/// A strategy of that name: one that has an agent, or one that the desk knows.
pub(super) fn known_strategy(asked: &Asked, name: &str) -> Result<StrategyName, Problem> {
    let parsed = StrategyName::new(name).map_err(|_| unknown(name))?;
    let trading = asked.trading()?;
    let known = trading.strategies.get(&parsed).is_some()
        || parsed == StrategyName::manual()
        || trading.view()?.strategies.contains_key(&parsed);
    if known { Ok(parsed) } else { Err(unknown(name)) }
}

fn unknown(name: &str) -> Problem {
    Problem::NotFound { what: "strategy", name: name.chars().take(60).collect() }
}
