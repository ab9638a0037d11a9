//! Trading an opportunity because a person says so: sized and judged by its strategy as ever.

use std::time::Duration;

use actors::strategies::{Execute, ExecuteRefused};
use actors::supervision::AskError;
use engine::opportunity::OpportunityId;
use engine::risk::Gate;
use engine::signal::StrategyName;
use serde::Deserialize;
use utoipa::ToSchema;

use super::by_hand;
use super::strategies::known_strategy;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, not_ready};
use crate::web::trading::refusal::{Refusal, RefusalKind};
use crate::web::trading::shape::GateView;

/// How long the strategy may take to raise its wish.
const RAISE_WAIT: Duration = Duration::from_secs(2);

/// By whom.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExecuteBody {
    /// By which strategy; by the first that trades its kind where none is named.
    pub strategy: Option<String>,
}

/// Executes an opportunity.
pub(super) struct ExecuteOpportunity;

impl Instruction for ExecuteOpportunity {
    type Body = ExecuteBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: ExecuteBody) -> Outcome {
        let (trading, wish) = match asked.trading().and_then(|it| Ok((it, checked(asked, &body)?)))
        {
            Ok(checked) => checked,
            Err(problem) => return Outcome::Refused(problem),
        };
        let written = match asked.audit_entry("execute_opportunity", &asked.target) {
            Ok(entry) => asked.audit(entry).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = written {
            return Outcome::Refused(problem);
        }
        match trading.execute.ask(wish, RAISE_WAIT).await {
            Ok(Ok(executed)) => by_hand::decided(asked, &executed.signal).await,
            Ok(Err(refused)) => refusal(asked, refused),
            Err(AskError::Full | AskError::Down | AskError::Closed) => {
                Outcome::refused(not_ready())
            }
            Err(AskError::Timeout | AskError::Lost) => unknown(asked),
        }
    }
    async fn look_up(asked: &Asked) -> Option<Outcome> {
        Some(unknown(asked))
    }
}

fn checked(asked: &Asked, body: &ExecuteBody) -> Result<Execute, Problem> {
    let view = asked.trading()?.view()?;
    let opportunity = open(asked)?;
    let strategy = body.strategy.as_deref().map(|name| known_strategy(asked, name)).transpose()?;
    by_hand::not_halted(&view)?;
    Ok(Execute { opportunity, strategy })
}

/// The opportunity of that name, if it is open.
fn open(asked: &Asked) -> Result<OpportunityId, Problem> {
    let opportunities = &asked.state.opportunities;
    let named = |id: &OpportunityId| id.to_string() == asked.target;
    if let Some(record) = opportunities.open().iter().find(|record| named(&record.id)) {
        return Ok(record.id.clone());
    }
    let closed = opportunities.closed();
    let Some(record) = closed.iter().find(|record| named(&record.id)) else {
        let name = asked.target.chars().take(120).collect();
        return Err(Problem::NotFound { what: "opportunity", name });
    };
    let at = record.closed.map_or(record.seen_at, |(at, _)| at);
    Err(over(&at.to_rfc3339()).into())
}

fn over(at: &str) -> Refusal {
    Refusal::new(RefusalKind::OpportunityOver, format!("the opportunity is over since {at}"))
}

fn refusal(asked: &Asked, refused: ExecuteRefused) -> Outcome {
    let text = refused.to_string();
    let by = |kind| Refusal::new(kind, text.clone());
    match refused {
        ExecuteRefused::Unknown => Outcome::Refused(Problem::NotFound {
            what: "opportunity",
            name: asked.target.chars().take(120).collect(),
        }),
        ExecuteRefused::Over { at } => Outcome::refused(over(&at.to_rfc3339())),
        ExecuteRefused::NoSuchStrategy(name) => Outcome::Refused(no_strategy(&name)),
        ExecuteRefused::OtherKind { .. } | ExecuteRefused::NoStrategy(_) => {
            Outcome::refused(by(RefusalKind::StrategyRefused))
        }
        ExecuteRefused::Refused { gates, .. } => {
            Outcome::refused(with_gates(by(RefusalKind::StrategyRefused), &gates))
        }
        ExecuteRefused::NotReady(_) => Outcome::refused(by(RefusalKind::NotReady)),
        ExecuteRefused::Unanswered(_) => unknown(asked),
    }
}

fn no_strategy(name: &StrategyName) -> Problem {
    Problem::NotFound { what: "strategy", name: name.to_string() }
}

fn with_gates(refusal: Refusal, gates: &[Gate]) -> Refusal {
    let gates: Vec<GateView> = gates.iter().map(GateView::from).collect();
    let figures = gates.iter().find(|gate| gate.verdict == "refused");
    let figures = figures.map(|gate| (gate.value.clone(), gate.limit.clone()));
    match figures {
        Some((value, limit)) => refusal.figures(value, limit).gates(gates),
        None => refusal.gates(gates),
    }
}

fn unknown(asked: &Asked) -> Outcome {
    let text = format!(
        "the strategy was told and no answer is kept; see the decisions about {}",
        asked.target
    );
    Outcome::Unknown(Refusal::new(RefusalKind::OutcomeUnknown, text).into())
}
