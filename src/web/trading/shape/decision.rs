//! Why something was done, and why not.

use engine::desk::DecisionMade;
use engine::risk::{Gate, Rule};
use serde::Serialize;
use store::DecisionRow;
use utoipa::ToSchema;

use super::GateView;

/// A decision about a wish or an opportunity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionView {
    /// Its name.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// About which opportunity; null for an order by hand.
    pub opportunity_id: Option<String>,
    /// Whose wish it was, or who passed.
    pub strategy: String,
    /// `approved`, `refused` by a gate, or `passed`: no strategy wished it.
    pub verdict: &'static str,
    /// The first gate that refused.
    pub rule: Option<String>,
    /// That gate in a sentence.
    pub reason: Option<String>,
    /// Every gate with its value and its limit, in the order they were asked.
    pub gates: Vec<GateView>,
    /// The wish.
    pub signal_id: Option<String>,
    /// The plan that carries it out, where it was approved.
    pub plan_id: Option<String>,
}

impl DecisionView {
    /// As it is written down.
    #[must_use]
    pub fn of_row(row: DecisionRow) -> Self {
        // Gates of a rule that this version does not know are left out rather than guessed.
        let gates: Vec<Gate> = match row.gates {
            serde_json::Value::Array(gates) => {
                gates.into_iter().filter_map(|gate| serde_json::from_value(gate).ok()).collect()
            }
            _ => Vec::new(),
        };
        let rule = row.rule.as_ref().map(ToString::to_string);
        Self {
            id: row.id,
            at: row.at.to_rfc3339(),
            opportunity_id: row.opportunity_id,
            strategy: row.strategy.to_string(),
            verdict: row.verdict.code(),
            reason: rule.as_deref().and_then(sentence),
            rule,
            gates: gates.iter().map(GateView::from).collect(),
            signal_id: row.signal_id,
            plan_id: row.plan_id,
        }
    }
    /// As it was just made.
    #[must_use]
    pub fn of_made(made: &DecisionMade) -> Self {
        let refused = made.gates.iter().find(|gate| gate.is_refused());
        Self {
            id: format!("{}@{}", made.signal, made.at.0),
            at: made.at.to_rfc3339(),
            opportunity_id: made.opportunity.as_ref().map(ToString::to_string),
            strategy: made.strategy.to_string(),
            verdict: if made.plan.is_some() { "approved" } else { "refused" },
            rule: refused.map(|gate| gate.rule.code().to_owned()),
            reason: refused.map(|gate| gate.rule.text().to_owned()),
            gates: made.gates.iter().map(GateView::from).collect(),
            signal_id: Some(made.signal.to_string()),
            plan_id: made.plan.map(|plan| plan.to_string()),
        }
    }
}

fn sentence(code: &str) -> Option<String> {
    let rule = Rule::ALL.into_iter().find(|rule| rule.code() == code)?;
    Some(rule.text().to_owned())
}
