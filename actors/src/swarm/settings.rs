//! How the swarm is to be.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::Usd;
use engine::filter::MarketFilter;
use engine::forecast::{MemberName, PoolSettings, SelectionSettings};
use forecasters::{Forecaster, Tariff};
use polymarket::http::Settings as VenueSettings;
use store::StoreSettings;

use super::research::ResearchSettings;

/// Makes the connection to a model, anew for each incarnation of its member.
pub(super) type Connect = Arc<dyn Fn() -> Result<Box<dyn Forecaster>, String> + Send + Sync>;

/// One model.
#[derive(Clone)]
pub struct MemberSettings {
    /// As people name it.
    pub name: MemberName,
    /// The provider's name of the model.
    pub model: String,
    /// Where it is asked, for people: the host alone.
    pub provider: String,
    /// What it costs.
    pub tariff: Tariff,
    /// Connects to it; an error says why it cannot be asked.
    pub connect: Connect,
}

impl fmt::Debug for MemberSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, model, provider, .. } = self;
        f.debug_struct("MemberSettings")
            .field("name", name)
            .field("model", model)
            .field("provider", provider)
            .finish_non_exhaustive()
    }
}

/// How the swarm is to be.
#[derive(Clone, Debug)]
pub struct SwarmSettings {
    /// Who is asked, in order; when money is short the first ones stay.
    pub members: Vec<MemberSettings>,
    /// Members that are named and cannot be asked, with the reason, for people.
    pub absent: Vec<(MemberName, String)>,
    /// The most that all calls of a day may cost, UTC.
    pub usd_day_max: Usd,
    /// Calls a member and question.
    pub samples: u32,
    /// When a forecast is made of what has come.
    pub deadline: Duration,
    /// When a call is given up; answers between are scored and move nothing.
    pub call_time_max: Duration,
    /// Tokens of an answer.
    pub tokens_max: u32,
    /// Calls of one member at a time.
    pub calls_max: usize,
    /// Questions at a time.
    pub questions_max: usize,
    /// Between two questions of the swarm's own; `None` asks only when somebody wants it.
    pub interval: Option<Duration>,
    /// The same market is not chosen again before.
    pub ask_again: Duration,
    /// When there is a forecast, and what is a vote.
    pub pool: PoolSettings,
    /// Which markets are chosen.
    pub selection: SelectionSettings,
    /// Which of those are left out.
    pub filter: MarketFilter,
    /// Between two looks for markets that ended.
    pub resolutions_interval: Duration,
    /// Where notes come from; `None` asks without.
    pub research: Option<ResearchSettings>,
    /// How to reach the venue, for rules and for ends of markets.
    pub venue: VenueSettings,
    /// The database.
    pub store: StoreSettings,
    /// How long answers and forecasts are kept; `None` for ever.
    pub kept_for: Option<Duration>,
}
