//! The row that says why a strategy wished nothing.

use store::{DecisionRow, Label, Verdict};

use engine::strategy::Passed;

pub(super) fn passed_row(passed: &Passed) -> Option<DecisionRow> {
    let refused = passed.gates.iter().find(|gate| gate.is_refused());
    Some(DecisionRow {
        id: format!("{}:{}@{}", passed.strategy, passed.of, passed.at.0),
        at: passed.at,
        opportunity_id: passed.of.opportunity().map(ToString::to_string),
        strategy: Label::new(passed.strategy.as_str()).ok()?,
        verdict: Verdict::Passed,
        rule: refused.and_then(|gate| Label::new(gate.rule.code()).ok()),
        gates: serde_json::to_value(&passed.gates).unwrap_or_default(),
        signal_id: None,
        plan_id: None,
    })
}
