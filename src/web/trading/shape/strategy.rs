//! How the strategies stand.

use actors::strategies::StrategyStatus;
use domain::{UnixMillis, Usd};
use engine::desk::StrategyState;
use engine::ledger::Figures;
use engine::risk::StrategyActivity;
use serde::Serialize;
use utoipa::ToSchema;

use super::FiguresView;

/// One strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StrategyView {
    /// Its name.
    pub name: String,
    /// `running`, `paused` or `quarantined`.
    pub activity: &'static str,
    /// What it may have in markets; null for no bound of its own.
    pub budget_usd: Option<String>,
    /// What it earned and spent.
    pub figures: FiguresView,
    /// Its own settings by name; null where it has none.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Value>,
    /// Opportunities of its kinds that are open.
    pub opportunities_open: usize,
    /// Looks since the program started.
    pub analysed: u64,
    /// Wishes since the program started.
    pub raised: u64,
    /// When it last raised one.
    pub raised_at: Option<String>,
    /// How often each rule was the first to refuse.
    pub refusals: Vec<RefusalCountView>,
}

/// How often a rule was the first to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalCountView {
    /// Its stable name.
    pub rule: &'static str,
    /// The rule in a sentence.
    pub text: &'static str,
    /// How often.
    pub count: u64,
}

impl StrategyView {
    /// As the desk has it, with what its agent did.
    #[must_use]
    pub fn new(
        name: &str,
        state: StrategyState,
        figures: Figures,
        agent: Option<&StrategyStatus>,
    ) -> Self {
        let settings = state.settings.or_else(|| agent.map(|agent| agent.settings));
        let budget = state.budget.or_else(|| settings.map(|settings| settings.budget_usd));
        let refusals = agent.map(|agent| &agent.refusals);
        let refusals = refusals.into_iter().flatten().map(|(rule, count)| RefusalCountView {
            rule: rule.code(),
            text: rule.text(),
            count: *count,
        });
        Self {
            name: name.to_owned(),
            activity: activity_code(state.activity),
            budget_usd: budget.as_ref().map(Usd::to_string),
            figures: figures.into(),
            settings: settings.and_then(|settings| serde_json::to_value(settings).ok()),
            opportunities_open: agent.map_or(0, |agent| agent.open),
            analysed: agent.map_or(0, |agent| agent.analysed),
            raised: agent.map_or(0, |agent| agent.raised),
            raised_at: agent.and_then(|agent| agent.raised_at).map(UnixMillis::to_rfc3339),
            refusals: refusals.collect(),
        }
    }
}

/// Whether it may act, as a stable word.
#[must_use]
pub const fn activity_code(activity: StrategyActivity) -> &'static str {
    match activity {
        StrategyActivity::Running => "running",
        StrategyActivity::Paused => "paused",
        StrategyActivity::Quarantined => "quarantined",
    }
}
