//! What a strategy that weighs forecasts is shown.

use domain::{Market, Touch, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::{Gate, GateValue, RESOLVED_MIN, Rule, Verdict};
use crate::desk::PlanNumber;
use crate::forecast::Forecast;
use crate::strategy::Room;

/// A forecast and everything needed to judge it. All of one moment; nothing is looked up.
#[derive(Clone, Copy, Debug)]
pub struct ForecastSituation<'a> {
    /// What the swarm says.
    pub forecast: &'a Forecast,
    /// The market it says it of.
    pub market: &'a Market,
    /// The best prices of the first and the second outcome now; without prices where a book may not
    /// be believed.
    pub touches: [Touch; 2],
    /// When the feed last vouched for the older of the two books.
    pub vouched_at: Option<UnixMillis>,
    /// The time.
    pub now: UnixMillis,
    /// What the risk manager would let through now.
    pub room: Room,
    /// What is held in the market at its cost, and what open plans may still put in.
    pub committed: Usd,
    /// The plan that this strategy has open there.
    pub under_way: Option<PlanNumber>,
    /// What forbids any trade now. Empty where nothing does.
    pub forbidden: &'a [Gate],
    /// Whose money it is.
    pub stakes: Stakes,
    /// How good the swarm has been.
    pub record: TrackRecord,
}

/// Whose money is at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stakes {
    /// Nobody's: paper and demo.
    Play,
    /// Somebody's: live.
    Real,
}

/// How good the swarm has been against the market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// Resolved questions.
    pub resolved: u32,
    /// The lower end of the interval of its gain in Brier score, in millionths; see
    /// [`Skill::low_ppm`](crate::forecast::Skill::low_ppm). `None` where there is none.
    pub skill_low_ppm: Option<i64>,
}

impl TrackRecord {
    /// Whether it is better than the market, as far as numbers can tell.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.resolved >= RESOLVED_MIN && self.skill_low_ppm.is_some_and(|low| low > 0)
    }
    fn text(&self) -> String {
        let skill = self.skill_low_ppm.map_or_else(
            || "no skill known".to_owned(),
            |low| format!("a skill of at least {low} millionths"),
        );
        format!("{} resolved, {skill}", self.resolved)
    }
}

impl ForecastSituation<'_> {
    /// Whether the record allows these stakes.
    pub(super) fn proven(&self) -> Gate {
        let (value, limit, verdict) = match self.stakes {
            Stakes::Play => {
                (format!("play money; {}", self.record.text()), "any".to_owned(), Verdict::Passed)
            }
            Stakes::Real => (
                self.record.text(),
                format!("{RESOLVED_MIN} resolved, a skill above 0"),
                if self.record.is_proven() { Verdict::Passed } else { Verdict::Refused },
            ),
        };
        Gate::new(Rule::Unproven, GateValue::Text(value), GateValue::Text(limit), verdict)
    }
}
