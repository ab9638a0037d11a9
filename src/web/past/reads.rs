//! `GET /api/v1/sessions` and what is below.

use actix_web::{HttpResponse, web};
use domain::UnixMillis;
use replay::{BUCKETS_MAX, Filter, Place, RowKind, Way, place_of};
use serde::Deserialize;
use store::{Direction, PAGE_ROWS_MAX, PageCursor};
use utoipa::IntoParams;

use super::shape::{DecisionThenView, MomentView, RecordedSessionView, RowView, TimelineView};
use crate::web::listing::{Sorted, one_of};
use crate::web::problem::{Problem, ProblemBody};
use crate::web::state::WebState;
use crate::web::trading::reads::span::moment as moment_given;
use crate::web::trading::shape::{Names, Rows};

/// Sessions that are listed, the newest.
const SESSIONS_MAX: usize = 50;
const LIMIT_DEFAULT: u64 = 100;
/// The id of a market or a group.
const PLACE_CHARS_MAX: usize = 100;
const BUCKETS_DEFAULT: u64 = 600;
/// Words of one parameter.
const WORDS_MAX: usize = 20;

/// Which stretch, in how many parts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// From this moment, RFC 3339; the session's first where left out.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// To this moment; the session's last where left out.
    #[param(format = DateTime)]
    pub to: Option<String>,
    /// At most so many buckets of whole seconds, 1 to 2,000; 600 where left out.
    pub buckets: Option<u64>,
}

/// Which decisions.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PastDecisionQuery {
    /// Only at this moment or later, RFC 3339.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Only before this moment.
    #[param(format = DateTime)]
    pub to: Option<String>,
    /// Only of these, with commas between: `detector`, `desk`, or a strategy's name.
    pub who: Option<String>,
    /// Only of these kinds, with commas between.
    pub kind: Option<String>,
    /// Only about this market or group: its condition id, or the group's id.
    pub place: Option<String>,
    /// `desc`, the newest first (default), or `asc`.
    pub order: Option<String>,
    /// Rows of the page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which moment.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MomentQuery {
    /// The moment, RFC 3339.
    #[param(format = DateTime)]
    pub at: String,
    /// With the books of this market or group: its condition id, or the group's id.
    pub place: Option<String>,
}

fn bad(name: &str, why: String) -> Problem {
    Problem::BadParameter { name: name.to_owned(), why }
}

/// List recorded sessions
///
/// The newest first, at most 50. The one that is being recorded is among them.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions",
    responses((status = 200, description = "The sessions", body = Rows<RecordedSessionView>),
              (status = 503, description = "Others are looking back already", body = ProblemBody)))]
pub async fn list(state: web::Data<WebState>) -> Result<HttpResponse, Problem> {
    let (version, now) = (state.past.version, state.clock.now());
    let data = state.past.read(move |archive, shelf| {
        let sessions = super::listed(archive)?;
        let newest = sessions.iter().rev().take(SESSIONS_MAX);
        Ok(newest.map(|session| RecordedSessionView::of(session, shelf, version, now)).collect())
    });
    Ok(HttpResponse::Ok()
        .json(Rows::<RecordedSessionView> { data: data.await?, next_cursor: None }))
}

/// What happened when
///
/// How many frames came and what was decided, second by second or in longer buckets. What lies outside
/// the session is left away.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/timeline", tag = "sessions",
    params(("id" = String, Path, description = "Its name, as in the list"), TimelineQuery),
    responses((status = 200, description = "The timeline", body = TimelineView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 404, description = "No such session", body = ProblemBody),
              (status = 422, description = "The session cannot be looked into", body = ProblemBody),
              (status = 503, description = "Others are looking back already", body = ProblemBody)))]
pub async fn timeline(
    state: web::Data<WebState>,
    id: web::Path<String>,
    query: web::Query<TimelineQuery>,
) -> Result<HttpResponse, Problem> {
    let from = moment_given("from", query.from.as_deref())?;
    let to = moment_given("to", query.to.as_deref())?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::BadSpan("from is later than to".to_owned()));
    }
    let buckets = query.buckets.unwrap_or(BUCKETS_DEFAULT);
    let fitting = usize::try_from(buckets).ok().filter(|it| (1..=BUCKETS_MAX).contains(it));
    let why = || bad("buckets", format!("{buckets} is not between 1 and {BUCKETS_MAX}"));
    let buckets = fitting.ok_or_else(why)?;
    let looked = state.past.look(&id, move |past| {
        let summary = past.summary();
        // What lies outside the session is not counted: a timeline has as many buckets as it has
        // seconds, however far apart the ends are.
        let from = from.map_or(summary.from, |from| from.max(summary.from)).min(summary.to);
        let to = to.map_or(summary.to, |to| to.min(summary.to)).max(from);
        Ok(TimelineView::of(&past.timeline(from, to, buckets)))
    });
    Ok(HttpResponse::Ok().json(looked.await?))
}

/// List what was decided
///
/// By the detector, the strategies and the desk, in one order.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/decisions", tag = "sessions",
    params(("id" = String, Path, description = "Its name, as in the list"), PastDecisionQuery),
    responses((status = 200, description = "A page of decisions", body = Rows<RowView>),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 404, description = "No such session", body = ProblemBody),
              (status = 422, description = "The session cannot be looked into", body = ProblemBody),
              (status = 503, description = "Others are looking back already", body = ProblemBody)))]
pub async fn decisions(
    state: web::Data<WebState>,
    id: web::Path<String>,
    query: web::Query<PastDecisionQuery>,
) -> Result<HttpResponse, Problem> {
    let sorted = Sorted::by_time(query.order.as_deref())?;
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    let fitting = usize::try_from(limit).ok().filter(|_| (1..=PAGE_ROWS_MAX).contains(&limit));
    let why = || bad("limit", format!("{limit} is not between 1 and {PAGE_ROWS_MAX}"));
    let limit = fitting.ok_or_else(why)?;
    let behind = match sorted.cursor(query.cursor.as_deref())? {
        None => None,
        Some(PageCursor { id, .. }) => Some(id.parse().map_err(|_| Problem::OtherCursor)?),
    };
    let filter = Filter {
        from: moment_given("from", query.from.as_deref())?,
        to: moment_given("to", query.to.as_deref())?,
        who: deciders(query.who.as_deref())?,
        kinds: kinds(query.kind.as_deref())?,
        place: query.place.as_deref().map(place).transpose()?,
        behind,
        way: match sorted.direction {
            Direction::Rising => Way::Forward,
            Direction::Falling => Way::Back,
        },
    };
    let found = state.past.look(&id, move |past| Ok(past.decisions(&filter, limit))).await?;
    let last = found.rows.last().map_or(UnixMillis(0), |row| row.at);
    let next = found.next.map(|record| PageCursor { place: last.0, id: record.to_string() });
    Ok(HttpResponse::Ok().json(Rows {
        data: found.rows.iter().map(RowView::of).collect::<Vec<_>>(),
        next_cursor: sorted.next(next),
    }))
}

/// Read one decision as it was
///
/// What was decided with every gate, what was looked at, how books, feeds and desk stood at that
/// moment, what led to it and what it led to.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/decisions/{record}", tag = "sessions",
    params(("id" = String, Path, description = "The session's name, as in the list"),
           ("record" = u64, Path, description = "Its record, counted over the session from 1",
            minimum = 1)),
    responses((status = 200, description = "The decision", body = DecisionThenView),
              (status = 404, description = "No such session or decision", body = ProblemBody),
              (status = 422, description = "The session cannot be looked into", body = ProblemBody),
              (status = 503, description = "Others are looking back already", body = ProblemBody)))]
pub async fn decision(
    state: web::Data<WebState>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, record) = path.into_inner();
    let name = || record.chars().take(20).collect();
    let record =
        record.parse().map_err(|_| Problem::NotFound { what: "decision", name: name() })?;
    let then = state.past.look(&id, move |past| past.decision(record)).await?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(DecisionThenView::of(&then, &names)))
}

/// Read one moment
///
/// How books, feeds and desk stood, and the decisions on either side. Of a moment outside the session
/// the session's nearest is told; `at` says which.
#[utoipa::path(get, path = "/api/v1/sessions/{id}/moment", tag = "sessions",
    params(("id" = String, Path, description = "The session's name, as in the list"), MomentQuery),
    responses((status = 200, description = "The moment", body = MomentView),
              (status = 400, description = "A parameter cannot be used", body = ProblemBody),
              (status = 404, description = "No such session", body = ProblemBody),
              (status = 422, description = "The session cannot be looked into", body = ProblemBody),
              (status = 503, description = "Others are looking back already", body = ProblemBody)))]
pub async fn moment(
    state: web::Data<WebState>,
    id: web::Path<String>,
    query: web::Query<MomentQuery>,
) -> Result<HttpResponse, Problem> {
    let at = moment_given("at", Some(&query.at))?.unwrap_or(UnixMillis(0));
    let place = query.place.as_deref().map(place).transpose()?;
    let then = state.past.look(&id, move |past| past.moment(at, place.as_ref())).await?;
    let names = Names(state.listing.get());
    Ok(HttpResponse::Ok().json(MomentView::of(&then, &[], &names)))
}

fn words(given: Option<&str>) -> impl Iterator<Item = &str> {
    let words = given.unwrap_or_default().split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).take(WORDS_MAX)
}

/// A market or a group by its id.
fn place(given: &str) -> Result<Place, Problem> {
    let fits = given.len() <= PLACE_CHARS_MAX && given.chars().all(|c| c.is_ascii_graphic());
    if given.is_empty() || !fits {
        return Err(bad("place", format!("it has 1 to {PLACE_CHARS_MAX} letters and digits")));
    }
    Ok(place_of(given))
}

/// Names of strategies and the like: lower-case letters, digits and `_`.
fn deciders(given: Option<&str>) -> Result<Vec<String>, Problem> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let named = words(given).map(|word| match word.chars().all(fits) {
        true => Ok(word.to_owned()),
        false => Err(bad("who", format!("{word:?} is nobody's name"))),
    });
    named.collect()
}

fn kinds(given: Option<&str>) -> Result<Vec<RowKind>, Problem> {
    let known = RowKind::ALL.map(RowKind::code);
    words(given)
        .map(|word| {
            let code = one_of("kind", word, &known)?;
            RowKind::parse(code).ok_or_else(|| bad("kind", "it is none".to_owned()))
        })
        .collect()
}
