//! `GET /api/v1/commands`: who ordered what, and what came of it.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{CommandRow, PAGE_ROWS_MAX};
use utoipa::{IntoParams, ToSchema};

use crate::web::listing::Sorted;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::shape::Rows;
use crate::web::trading::{Refusal, WorkerStore};

const LIMIT_DEFAULT: u64 = 50;

/// Which commands.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommandQuery {
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One command.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommandView {
    /// Its key.
    pub id: String,
    /// When it came.
    pub at: String,
    /// Who gave it: a token's name, a sign-in, `SIGHUP`.
    pub actor: String,
    /// What was to be done.
    #[schema(example = "reload_config")]
    pub action: String,
    /// To what.
    pub target: String,
    /// What came of it.
    pub outcome: String,
    /// What was set before, where something was set.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What is set since.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

impl From<CommandRow> for CommandView {
    fn from(row: CommandRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_rfc3339(),
            actor: row.actor,
            action: row.action.as_str().to_owned(),
            target: row.target,
            outcome: row.outcome,
            before: row.value_before,
            after: row.value_after,
        }
    }
}

/// List commands
///
/// Every change that somebody ordered, the newest first: who, what, to what, what was set before and
/// after, and what came of it.
#[utoipa::path(get, path = "/api/v1/commands", tag = "system", params(CommandQuery),
    responses((status = 200, description = "A page of commands", body = Rows<CommandView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 503, description = "Trading is off, or no database", body = ProblemBody)))]
pub async fn list(
    state: web::Data<WebState>,
    store: web::Data<WorkerStore>,
    query: web::Query<CommandQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::by_time(None)?;
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=PAGE_ROWS_MAX).contains(&limit) {
        let why = format!("{limit} is not between 1 and {PAGE_ROWS_MAX}");
        return Err(Problem::BadParameter { name: "limit".to_owned(), why });
    }
    let cursor = sorted.cursor(query.cursor.as_deref())?;
    let store = store.get(&state.trading()?.store).await?;
    let page = store.commands().page(cursor.as_ref(), limit).await;
    let page = page.map_err(|error| Refusal::store_down(&error))?;
    let data = page.rows.into_iter().map(CommandView::from).collect();
    Ok(HttpResponse::Ok().json(Rows { data, next_cursor: sorted.next(page.next) }))
}

/// The resource, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/commands", web::get().to(list));
}
