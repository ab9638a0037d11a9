//! Which language models can be asked. None is no fault: nothing but forecasts needs them.

use super::Finding;
use crate::compose;
use crate::settings::{Mode, Settings};

const CHECK: &str = "language models";

/// Stands for the simulator's address, which is known when it runs.
const SIMULATOR: &str = "http://127.0.0.1:1/models";

pub(super) fn check(settings: &Settings) -> Finding {
    let models_url = (settings.mode == Mode::Demo).then_some(SIMULATOR);
    let (present, absent) = compose::swarm_roster(settings, models_url);
    let whys: Vec<_> = absent.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    if present.is_empty() {
        let why = if whys.is_empty() { "none is set up".to_owned() } else { whys.join(" ") };
        return Finding::good(CHECK, format!("none, so there are no forecasts. {why}"));
    }
    let names: Vec<_> = present
        .iter()
        .map(|member| format!("{} ({} at {})", member.name, member.model, member.provider))
        .collect();
    let budget = settings.swarm.budget_usd_day;
    let measured = format!("{}; at most {budget} USD a day. {}", names.join(", "), whys.join(" "));
    Finding::good(CHECK, measured.trim_end())
}
