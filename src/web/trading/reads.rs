//! What was decided, done and earned: pages from the store, and the state of this moment.

pub mod activity;
pub mod equity;
pub mod funnel;
pub mod live;
pub mod money;
pub mod span;

use domain::{ConditionId, OrderId};
use store::{Label, PAGE_ROWS_MAX, Word};

pub use span::Span;
use span::moment;

use crate::web::listing::one_of;
use crate::web::problem::Problem;

const LIMIT_DEFAULT: u64 = 100;

fn limit(given: Option<u64>) -> Result<u64, Problem> {
    let limit = given.unwrap_or(LIMIT_DEFAULT);
    if (1..=PAGE_ROWS_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(bad("limit", format!("{limit} is not between 1 and {PAGE_ROWS_MAX}")))
}

fn points(given: Option<u64>) -> Result<u64, Problem> {
    let points = given.unwrap_or(PAGE_ROWS_MAX);
    if (1..=PAGE_ROWS_MAX).contains(&points) {
        return Ok(points);
    }
    Err(bad("points", format!("{points} is not between 1 and {PAGE_ROWS_MAX}")))
}

fn strategy(given: Option<&str>) -> Result<Option<Label>, Problem> {
    let parsed = given.map(Label::new).transpose();
    parsed.map_err(|error| bad("strategy", error.to_string()))
}

fn market(given: Option<&str>) -> Result<Option<ConditionId>, Problem> {
    let parsed = given.map(ConditionId::parse).transpose();
    parsed.map_err(|error| bad("market", error.to_string()))
}

fn order_id(name: &str, given: &str) -> Result<OrderId, Problem> {
    OrderId::parse(given).map_err(|error| bad(name, error.to_string()))
}

/// A text that is compared with a key: bounded, and only what a key can hold.
fn reference(name: &str, given: Option<String>) -> Result<Option<String>, Problem> {
    let fits = |text: &String| {
        (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match given {
        Some(text) if !fits(&text) => {
            Err(bad(name, "it is 1 to 200 printable characters without blanks".to_owned()))
        }
        other => Ok(other),
    }
}

fn words<'a>(states: impl IntoIterator<Item = &'a str>) -> Vec<Word> {
    states.into_iter().filter_map(|state| Word::new(state).ok()).collect()
}

fn bad(name: &str, why: String) -> Problem {
    Problem::BadParameter { name: name.to_owned(), why }
}
