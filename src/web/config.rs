//! Reading the settings again, and taking that back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reload::{Change, ReloadError, Step, Wish};
use crate::web::auth::Role;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Given, Instruction, Outcome, Reply, answer};
use crate::web::trading::{Refusal, RefusalKind};

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Only say what would change.
    Preview,
    /// Change it.
    Apply,
}

/// What is to be done.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigBody {
    /// `preview` only says what would change; `apply` does it.
    pub step: StepName,
}

/// What changes, or would.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfigView {
    /// Whether it was done.
    pub step: StepName,
    /// Every setting that differs.
    pub changes: Vec<Change>,
}

struct Reload;
struct Rollback;

impl Instruction for Reload {
    type Body = ConfigBody;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: ConfigBody) -> Outcome {
        change(asked, Wish::Reload, body).await
    }
}

impl Instruction for Rollback {
    type Body = ConfigBody;
    const KEY: KeyRule = KeyRule::Welcome;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: ConfigBody) -> Outcome {
        change(asked, Wish::Rollback, body).await
    }
}

async fn change(asked: &Asked, wish: Wish, ConfigBody { step }: ConfigBody) -> Outcome {
    let Some(reloader) = &asked.state.host.reload else {
        let text = "this run cannot read its settings again; nothing was changed";
        return Outcome::refused(Refusal::new(RefusalKind::NotReady, text));
    };
    let how_far = match step {
        StepName::Preview => Step::Preview,
        StepName::Apply => Step::Apply,
    };
    match reloader.carry_out(wish, how_far, &asked.by).await {
        Ok(changes) => Outcome::Done(Reply::new(StatusCode::OK, &ConfigView { step, changes })),
        Err(error @ ReloadError::Unknown(_)) => {
            let refusal = Refusal::new(RefusalKind::OutcomeUnknown, error.to_string());
            Outcome::Unknown(refusal.into())
        }
        Err(error) => {
            let kind = match &error {
                ReloadError::Settings(_) => RefusalKind::BadLimits,
                ReloadError::NotWrittenDown(_) => RefusalKind::StoreDown,
                _ => RefusalKind::Refused,
            };
            Outcome::refused(Refusal::new(kind, error.to_string()))
        }
    }
}

/// Read the settings again
///
/// The files are checked as at a start. Limits, strategies' settings and the level of the log change
/// at once; where anything else differs, nothing changes and the answer names what needs a restart.
#[utoipa::path(post, path = "/api/v1/config/reload", tag = "system", request_body = ConfigBody,
    responses((status = 200, description = "What changed, or would", body = ConfigView),
              (status = 409, description = "A value needs a restart", body = ProblemBody),
              (status = 422, description = "The settings cannot be used", body = ProblemBody),
              (status = 503, description = "Not ready, or no database", body = ProblemBody)),
    security(("token" = [])))]
pub async fn reload(given: Given) -> Result<HttpResponse, Problem> {
    answer::<Reload>(given, "").await
}

/// Take the last change of settings back
///
/// What was in force before is in force again; the files stay as they are.
#[utoipa::path(post, path = "/api/v1/config/rollback", tag = "system", request_body = ConfigBody,
    responses((status = 200, description = "What changed, or would", body = ConfigView),
              (status = 409, description = "There was no change", body = ProblemBody),
              (status = 503, description = "Not ready, or no database", body = ProblemBody)),
    security(("token" = [])))]
pub async fn rollback(given: Given) -> Result<HttpResponse, Problem> {
    answer::<Rollback>(given, "").await
}

/// The resources of the settings, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/config/reload", web::post().to(reload))
        .route("/config/rollback", web::post().to(rollback));
}
