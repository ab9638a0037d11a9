//! Figures that are changed by name: limits, and settings of strategies.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::instruct::bad_body;
use super::refusal::{Refusal, RefusalKind};
use crate::web::decimal;
use crate::web::problem::Problem;

/// The largest whole number that is read: as many milliseconds as 31 years have.
pub const WHOLE_MAX: u64 = 1_000_000_000_000;
const WHOLE_MAX_F64: f64 = 1e12;

/// `before` with what `changes` names; the rest stays.
///
/// # Errors
/// A name that there is not, or a value of another kind; a value that cannot be.
pub fn changed<T: Serialize + DeserializeOwned>(
    before: &T,
    changes: Map<String, Value>,
) -> Result<T, Problem> {
    let unusable = |error: serde_json::Error| {
        Problem::from(Refusal::new(RefusalKind::BadLimits, error.to_string()))
    };
    let mut all = match serde_json::to_value(before).map_err(unusable)? {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    for (name, value) in changes {
        let value = whole(&value).map_or(value, Value::from);
        let short: String = name.chars().take(60).collect();
        match all.get_mut(&name) {
            None => return Err(bad_body(format!("nothing here is called {short:?}"))),
            Some(known) => {
                if let Some(why) = misfit(known, &value) {
                    return Err(bad_body(format!("{short}: {why}")));
                }
                *known = value;
            }
        }
    }
    serde_json::from_value(Value::Object(all)).map_err(unusable)
}

/// The whole number that a value is, also where it is written as `5.0`.
#[must_use]
pub fn whole(value: &Value) -> Option<u64> {
    let number = value.as_f64().filter(|number| (0.0..=WHOLE_MAX_F64).contains(number))?;
    // Below 2^53, so that the text is the number to the last digit.
    format!("{number}").parse().ok()
}

/// Why a value is not of the kind that is there.
fn misfit(known: &Value, value: &Value) -> Option<&'static str> {
    let (fits, why) = match known {
        Value::Bool(_) => (value.is_boolean(), "it is true or false"),
        Value::Number(_) => (value.is_u64(), "it is a whole number from 0 to 1000000000000"),
        _ => (value.as_str().is_some_and(decimal::is_plain), decimal::NOT_PLAIN),
    };
    (!fits).then_some(why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_number_is_one_however_it_is_written_and_nothing_else_is() {
        for (value, number) in [(json!(5), 5), (json!(5.0), 5), (json!(1e12), WHOLE_MAX)] {
            assert_eq!(whole(&value), Some(number), "{value}");
        }
        for value in [json!(5.5), json!(-1), json!(1e12 + 1.0), json!("5"), json!(true)] {
            assert_eq!(whole(&value), None, "{value}");
        }
    }
}
