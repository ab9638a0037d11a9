//! Pausing strategies and letting them go on.

use actix_web::http::StatusCode;
use engine::desk::Control;
use engine::signal::StrategyName;
use engine::strategy::CATALOGUE;

use super::cancel::Nothing;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply};
use crate::web::trading::reads::live::strategy_views;

/// Pauses.
pub(super) struct Pause;
/// Lets go on.
pub(super) struct Unpause;

impl Instruction for Pause {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        change(asked, "pause_strategy", Control::Pause).await
    }
}

impl Instruction for Unpause {
    type Body = Nothing;
    const KEY: KeyRule = KeyRule::Welcome;

    async fn carry_out(asked: &Asked, _: Nothing) -> Outcome {
        change(asked, "resume_strategy", Control::Unpause).await
    }
}

async fn change(asked: &Asked, action: &str, control: impl Fn(StrategyName) -> Control) -> Outcome {
    let name = match known_strategy(asked, &asked.target) {
        Ok(name) => name,
        Err(problem) => return Outcome::Refused(problem),
    };
    if let Err(outcome) = asked.order(control(name.clone())).await {
        return outcome;
    }
    if let Ok(mut entry) = asked.audit_entry(action, name.as_str()) {
        entry.outcome = "done";
        if asked.audit(entry).await.is_err() {
            tracing::warn!(action, "a strategy was changed and not listed among the commands");
        }
    }
    let view = asked.trading().and_then(|trading| trading.view());
    let view = view.map(|view| {
        strategy_views(&view).into_iter().find(|strategy| strategy.name == name.as_str())
    });
    match view {
        Ok(Some(view)) => Outcome::Done(Reply::new(StatusCode::OK, &view)),
        Ok(None) => Outcome::Refused(unknown(&asked.target)),
        Err(problem) => Outcome::Unknown(problem),
    }
}

/// A strategy of that name: of the catalogue, or one that the desk knows.
pub(super) fn known_strategy(asked: &Asked, name: &str) -> Result<StrategyName, Problem> {
    let parsed = StrategyName::new(name).map_err(|_| unknown(name))?;
    let listed = CATALOGUE.iter().any(|strategy| strategy.name == parsed.as_str());
    let view = asked.trading()?.view()?;
    let known = listed || parsed == StrategyName::manual() || view.strategies.contains_key(&parsed);
    if known { Ok(parsed) } else { Err(unknown(name)) }
}

fn unknown(name: &str) -> Problem {
    Problem::NotFound { what: "strategy", name: name.chars().take(60).collect() }
}
