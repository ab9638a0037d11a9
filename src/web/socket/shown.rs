//! `GET /api/v1/socket/snapshot`: the first frames of topics, for processes that repeat the live socket.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::bad;
use super::protocol::{Choice, run_text};
use super::snapshot::Snapshot;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;

/// Which topics.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TopicsQuery {
    /// Topics, with commas between them.
    #[param(example = "opportunity,order")]
    topics: String,
}

/// How things stand, as frames.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SnapshotView {
    /// The run in which the number means something.
    #[schema(example = "5f3a9c1d00000000")]
    pub run: String,
    /// The number of the last fact that is in it.
    pub last_fact: u64,
    /// The first frames that a client hears.
    pub frames: Vec<ShownFrameView>,
}

/// A frame.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ShownFrameView {
    /// Its topic; null for words between the two ends.
    #[schema(example = "market_update")]
    pub kind: Option<String>,
    /// A later one of the same topic and key takes its place; null where none does.
    #[schema(example = "12297829382473034410")]
    pub key: Option<String>,
    /// The frame as `/ws` sends it.
    #[schema(value_type = Object)]
    pub frame: Box<RawValue>,
}

/// Read how things stand, as the live socket says it
///
/// What `/ws` tells a client that chose these topics before anything else. Processes that repeat the
/// live socket of the one that decides ask for it.
#[utoipa::path(get, path = "/api/v1/socket/snapshot", tag = "service", params(TopicsQuery),
    responses((status = 200, description = "The first frames", body = SnapshotView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 401, description = "Nobody known", body = ProblemBody)))]
pub(crate) async fn read(
    state: web::Data<WebState>,
    asked: web::Query<TopicsQuery>,
) -> Result<HttpResponse, Problem> {
    let choice = Choice::parse(&asked.topics).map_err(|error| bad("topics", &error))?;
    let last_fact = state.hub.last_fact();
    let frames = Snapshot::new(&state, last_fact).of(&choice);
    let view = |frame: actors::fan_out::Frame| {
        let kind = (!frame.kind.is_empty()).then(|| frame.kind.to_owned());
        let frame_text = RawValue::from_string(frame.text.to_string()).ok()?;
        Some(ShownFrameView { kind, key: frame.key.map(|key| key.to_string()), frame: frame_text })
    };
    let frames = frames.into_iter().filter_map(view).collect();
    Ok(HttpResponse::Ok().json(SnapshotView { run: run_text(state.hub.run()), last_fact, frames }))
}
