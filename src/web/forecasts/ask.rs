//! `POST /api/v1/forecasts`: asks the models about a market.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actors::supervision::AskError;
use actors::swarm::{AskRefused, AskSwarm, ForecastSource};
use domain::ConditionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::auth::Role;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Given, Instruction, Outcome, Reply, answer};
use crate::web::trading::{Refusal, RefusalKind};

const ASK_WAIT: Duration = Duration::from_secs(5);

/// About which market.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// The market's slug or its condition id.
    pub market: String,
}

/// The models are being asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedView {
    /// The name of the forecast.
    pub id: String,
    /// `asking`.
    pub status: &'static str,
    /// What happens now, and where to look.
    pub text: String,
}

struct AskForecast;

/// Ask the models about a market
///
/// The answer comes with the forecast's name at once; the forecast follows within the deadline. It
/// costs money, so it needs an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/forecasts", tag = "forecasts", request_body = AskBody,
    responses((status = 202, description = "The models are being asked", body = AskedView),
              (status = 400, description = "Key or body", body = ProblemBody),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 404, description = "No such market", body = ProblemBody),
              (status = 409, description = "Being asked already, or the market cannot be",
               body = ProblemBody),
              (status = 503, description = "No model, no money, or not ready", body = ProblemBody)),
    security(("token" = [])))]
pub async fn ask(given: Given) -> Result<HttpResponse, Problem> {
    answer::<AskForecast>(given, "").await
}

impl Instruction for AskForecast {
    type Body = AskBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: AskBody) -> Outcome {
        let Some(swarm) = &asked.state.swarm.ask else {
            let why = asked.state.swarm.why_off.clone();
            let why = why.unwrap_or_else(|| "no model is set up".to_owned());
            return Outcome::refused(Refusal::new(RefusalKind::SwarmOff, why));
        };
        let condition = match market(&asked.state, &body.market) {
            Ok(condition) => condition,
            Err(problem) => return Outcome::Refused(problem),
        };
        let question = AskSwarm { condition, id: name(asked), source: ForecastSource::Person };
        match swarm.ask(question, ASK_WAIT).await {
            Ok(Ok(id)) => {
                asked.audit_done("ask_models", &condition.to_string()).await;
                Outcome::Done(reply(id))
            }
            Ok(Err(refused)) => Outcome::refused(refusal(&refused)),
            Err(AskError::Full | AskError::Down | AskError::Closed) => {
                Outcome::refused(refusal(&AskRefused::NotReady))
            }
            Err(AskError::Timeout | AskError::Lost) => {
                let text = "the swarm gave no answer in time; it may have begun to ask";
                Outcome::Unknown(Refusal::new(RefusalKind::OutcomeUnknown, text).into())
            }
        }
    }

    async fn look_up(asked: &Asked) -> Option<Outcome> {
        let id = name(asked);
        if asked.state.swarm.board.find(&id).is_some() {
            return Some(Outcome::Done(reply(id)));
        }
        let found = asked.store().await.ok()?.forecasts().find(&id).await.ok()?;
        found.map(|row| Outcome::Done(reply(row.id)))
    }
}

/// The same for the same key, so that a request that comes twice is asked once.
fn name(asked: &Asked) -> String {
    format!("p-{}", asked.name())
}

fn reply(id: String) -> Reply {
    let text = format!("The models are being asked; see /api/v1/forecasts/{id}.");
    Reply::new(StatusCode::ACCEPTED, &AskedView { id, status: "asking", text })
}

fn market(state: &WebState, named: &str) -> Result<ConditionId, Problem> {
    let listing = state.listing.get();
    let by_id = ConditionId::parse(named).ok().filter(|id| listing.markets.contains_key(id));
    let by_slug = || listing.markets.values().find(|market| &*market.slug == named);
    by_id.or_else(|| by_slug().map(|market| market.condition)).ok_or_else(|| Problem::NotFound {
        what: "market",
        name: named.chars().take(100).collect(),
    })
}

fn refusal(refused: &AskRefused) -> Refusal {
    let kind = match refused {
        AskRefused::NotReady => RefusalKind::NotReady,
        AskRefused::NoMember(_) => RefusalKind::SwarmOff,
        AskRefused::NoPrice => RefusalKind::MarketUnpriced,
        AskRefused::UnknownMarket | AskRefused::Closed => RefusalKind::MarketClosed,
        AskRefused::Running(_) => RefusalKind::ForecastRunning,
        AskRefused::Busy(_) => RefusalKind::SwarmBusy,
        AskRefused::NoBudget => RefusalKind::SwarmBudget,
    };
    Refusal::new(kind, refused.to_string())
}
