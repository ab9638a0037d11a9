//! Forecasts over HTTP: what the models said, how good they were, and asking them.

pub mod ask;
pub mod reads;
mod shape;
mod swarm_shape;

use std::sync::Arc;

use actix_web::web;
use actors::supervision::Handle;
use actors::swarm::{AskSwarm, SwarmBoard};
use domain::Usd;
use serde::Serialize;
use store::StoreSettings;
use utoipa::ToSchema;

pub use shape::{AnswerView, BallotView, ConsensusView, ForecastView, ForecastWithAnswers};
pub use swarm_shape::SwarmOverview;

/// What the handlers of forecasts lead to. All of it outlives the roles behind it.
#[derive(Clone, Default)]
pub struct SwarmParts {
    /// How the swarm stands.
    pub board: Arc<SwarmBoard>,
    /// Takes questions; `None` where nobody is asked.
    pub ask: Option<Handle<AskSwarm>>,
    /// Why nobody is asked, and what to do.
    pub why_off: Option<String>,
    /// `swarm` or `single`.
    pub mode: &'static str,
    /// The most that all calls of a day may cost.
    pub usd_day_max: Usd,
    /// Calls a model and question.
    pub samples: u32,
    /// Models that must answer.
    pub quorum: usize,
    /// When a forecast is made of what has come.
    pub deadline_ms: i64,
    /// Between two questions of the swarm's own; 0 asks only when somebody wants it.
    pub interval_s: u64,
    /// Where everything is written down.
    pub store: Option<StoreSettings>,
}

/// Whether models are asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwarmStateView {
    /// `off`, `starting` or `on`.
    pub state: &'static str,
    /// The same in a sentence or two, with what to do where it is off.
    pub text: String,
}

impl SwarmStateView {
    /// How it stands now.
    #[must_use]
    pub fn of(parts: &SwarmParts) -> Self {
        if let Some(why) = &parts.why_off {
            return Self { state: "off", text: why.clone() };
        }
        if parts.ask.is_none() {
            return Self { state: "off", text: "No model is set up.".to_owned() };
        }
        let view = parts.board.view();
        let asked = view.members.iter().filter(|member| member.absent.is_none()).count();
        if !view.is_ready {
            return Self { state: "starting", text: "The past is being read.".to_owned() };
        }
        let text = match asked {
            1 => "One model is asked.".to_owned(),
            many => format!("{many} models are asked."),
        };
        Self { state: "on", text }
    }
}

/// The resources of forecasts, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/forecasts", web::get().to(reads::list))
        .route("/forecasts", web::post().to(ask::ask))
        .route("/forecasts/{id}", web::get().to(reads::read))
        .route("/swarm", web::get().to(reads::swarm));
}
