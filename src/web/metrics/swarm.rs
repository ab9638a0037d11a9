//! Figures of the language models: calls, cost, and how good their forecasts were.

use super::catalogue as it;
use super::scrape::Scrape;
use crate::web::forecasts::SwarmParts;

pub(super) fn put(scrape: &mut Scrape, parts: &SwarmParts) {
    let view = parts.board.view();
    for member in &view.members {
        let name = member.name.as_str();
        scrape.put(&it::MODEL_COST, [name], member.cost);
        scrape.put(&it::MODEL_CALLS, [name, "answered"], member.answered);
        for (failure, count) in &member.failures {
            scrape.put(&it::MODEL_CALLS, [name, failure.code()], *count);
        }
    }
    if let Some(day) = &view.budget {
        let parts =
            [("limit", parts.usd_day_max), ("spent", day.spent), ("reserved", day.reserved)];
        for (part, amount) in parts {
            scrape.put(&it::MODEL_BUDGET, [part], amount);
        }
    }
    for (name, member) in &view.scores.members {
        scrape.put(&it::MODEL_BRIER, [name.as_str()], member.score.brier);
    }
    scrape.put(&it::FORECASTS_RESOLVED, [], u64::from(view.scores.cost.forecasts));
    if let Some(report) = &view.scores.report {
        scrape.put(&it::FORECAST_BRIER, ["swarm"], report.score.brier);
        if let Some(market) = report.market {
            scrape.put(&it::FORECAST_BRIER, ["market"], market.brier);
        }
    }
}
