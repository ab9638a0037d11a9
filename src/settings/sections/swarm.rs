//! The language models that are asked for forecasts.

mod model;

use std::time::Duration;

use domain::{DurationMillis, Price, Usd};
use engine::forecast::SelectionSettings;

use super::super::reader::Reader;
pub use model::ModelSetting;
pub(crate) use model::SIMULATED;

const HOUR_MS: i64 = 3_600_000;

/// `[swarm]`: who is asked, how often, about what, and for how much.
#[derive(Clone, Debug)]
pub struct Swarm {
    /// Ask every model that is set up; otherwise only the first one.
    pub enabled: bool,
    /// The models, in order.
    pub members: Vec<ModelSetting>,
    /// The most that all calls of a day may cost, 0 to 100,000 dollars.
    pub budget_usd_day: Usd,
    /// Calls a model and question, 1 to 9.
    pub samples: u32,
    /// Models that must answer, 1 to 20.
    pub quorum: usize,
    /// When a forecast is made of what has come, 0.5 s to 10 minutes.
    pub deadline: Duration,
    /// When a call is given up, 0.5 s to 15 minutes.
    pub call_time_max: Duration,
    /// Tokens of an answer, 100 to 100,000.
    pub tokens_max: u32,
    /// Calls of one model at a time, 1 to 50.
    pub calls_max: usize,
    /// Questions at a time, 1 to 50.
    pub questions_max: usize,
    /// Between two questions of the swarm's own, 1 s to 1 day; `None` asks only when somebody wants
    /// it.
    pub interval: Option<Duration>,
    /// Which markets are chosen.
    pub selection: SelectionSettings,
    /// Where research notes come from; empty for none.
    pub research_url: String,
    /// The hosts that may be asked for notes.
    pub research_hosts: Vec<String>,
    /// How long forecasts and answers are kept, in days; `None` for ever.
    pub retention_days: Option<u32>,
}

impl Swarm {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let price = Price::ZERO..=Price::ONE;
        let usd_max = Usd::from_whole(100_000_000);
        let interval = reader.seconds("swarm.interval_s", 0..=86_400);
        let days = reader.whole("swarm.retention_days", 0..=36_500);
        let swarm = Self {
            enabled: reader.switch("swarm.enabled"),
            members: model::read(reader, "swarm.members"),
            budget_usd_day: reader
                .usd("swarm.budget_usd_day", Usd::ZERO..=Usd::from_whole(100_000)),
            samples: reader.whole("swarm.samples", 1..=9),
            quorum: reader.whole("swarm.quorum", 1..=20),
            deadline: reader.millis("swarm.deadline_ms", 500..=600_000),
            call_time_max: reader.millis("swarm.call_ms_max", 500..=900_000),
            tokens_max: reader.whole("swarm.tokens_max", 100..=100_000),
            calls_max: reader.whole("swarm.calls_max", 1..=50),
            questions_max: reader.whole("swarm.questions_max", 1..=50),
            interval: (!interval.is_zero()).then_some(interval),
            selection: SelectionSettings {
                spread_max: reader.price("swarm.spread_max", price.clone()),
                liquidity_usd_min: reader.usd("swarm.liquidity_usd_min", Usd::ZERO..=usd_max),
                ends_in_min: hours(reader, "swarm.ends_in_h_min", 0..=8_760),
                ends_in_max: hours(reader, "swarm.ends_in_h_max", 1..=87_600),
                price_min: reader.price("swarm.price_min", price.clone()),
                price_max: reader.price("swarm.price_max", price),
                rest: hours(reader, "swarm.ask_again_h", 0..=8_760),
            },
            research_url: reader.text("swarm.research_url"),
            research_hosts: reader.list("swarm.research_hosts"),
            retention_days: (days > 0).then_some(days),
        };
        if swarm.call_time_max < swarm.deadline {
            let text = "must not be below swarm.deadline_ms: a call is not given up before the \
                        forecast is made.";
            reader.refuse("swarm.call_ms_max", text);
        }
        swarm
    }

    /// The variables that hold the models' keys.
    pub fn key_variables(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter_map(|member| member.key_variable.as_deref())
    }
}

fn hours(
    reader: &mut Reader<'_>,
    key: &str,
    range: std::ops::RangeInclusive<i64>,
) -> DurationMillis {
    DurationMillis(reader.whole(key, range) * HOUR_MS)
}
