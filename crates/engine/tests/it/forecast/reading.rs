//! What a model wrote, strictly read.

use engine::forecast::{ANSWER_BYTES_MAX, Answer, Estimate, Unreadable};
use proptest::prelude::*;

use super::kit::probability;

fn estimate(text: &str) -> Estimate {
    match Answer::read(text) {
        Ok(Answer::Estimate(estimate)) => estimate,
        other => panic!("{text} is read as {other:?}"),
    }
}

fn ends(text: &str) -> [String; 3] {
    let estimate = estimate(text);
    [estimate.low, estimate.probability, estimate.high].map(|end| end.to_string())
}

#[test]
fn a_complete_answer_is_read_with_its_reasons_cleaned() {
    let text = r#"{"reasons_for": ["Up <b>", "\u200b", "see https://x.y"], "reasons_against": [],
        "abstain": false, "probability": 0.3, "low": 0.2, "high": 0.45}"#;
    let estimate = estimate(text);
    let reasons: Vec<&str> = estimate.reasons_for.iter().map(|it| it.as_str()).collect();
    assert_eq!(reasons, ["Up ‹b›", "see (link)"]);
    assert_eq!(ends(text), ["0.2", "0.3", "0.45"]);
}

#[test]
fn a_range_that_does_not_hold_the_probability_is_widened() {
    assert_eq!(ends(r#"{"probability":0.3,"low":0.5,"high":0.4}"#), ["0.3", "0.3", "0.5"]);
    assert_eq!(ends(r#"{"probability":0.3,"low":0.1,"high":0.2}"#), ["0.1", "0.3", "0.3"]);
    assert_eq!(ends(r#"{"probability":0.3}"#), ["0.3", "0.3", "0.3"]);
    assert_eq!(ends(r#"{"probability":1e-9,"low":0,"high":1}"#), ["0", "0", "1"]);
}

#[test]
fn one_code_fence_is_looked_through_and_nothing_else() {
    assert_eq!(ends("```json\n{\"probability\": 0.3}\n```")[1], "0.3");
    assert_eq!(ends(" ```\n{\"probability\": 0.3}``` ")[1], "0.3");
    for text in ["It is {\"probability\": 0.3}", "{\"probability\": 0.3} {}", "0.3", "", "[]"] {
        assert_eq!(Answer::read(text), Err(Unreadable::NotTheForm), "{text}");
    }
}

#[test]
fn what_is_no_probability_is_never_made_one() {
    let out = |field| Err(Unreadable::OutOfRange(field));
    assert_eq!(Answer::read(r#"{"probability": 30}"#), out("probability"));
    assert_eq!(Answer::read(r#"{"probability": -0.1}"#), out("probability"));
    assert_eq!(Answer::read(r#"{"probability": 0.5, "high": 1.5}"#), out("high"));
    assert_eq!(Answer::read(r#"{"probability": 0.5, "low": -1}"#), out("low"));
    for text in [
        r#"{"probability": "0.3"}"#,
        r#"{"probability": 1e999}"#,
        r#"{"probability": NaN}"#,
        r#"{"probability": 0.3, "probability": 0.9}"#,
        r#"{"probability": 0.3, "reasons_for": "one"}"#,
    ] {
        assert_eq!(Answer::read(text), Err(Unreadable::NotTheForm), "{text}");
    }
    assert_eq!(Answer::read("{}"), Err(Unreadable::NothingSaid));
    assert_eq!(Answer::read(r#"{"probability": null}"#), Err(Unreadable::NothingSaid));
}

#[test]
fn an_abstention_counts_whatever_numbers_stand_beside_it() {
    let text = r#"{"abstain": true, "probability": 70, "reasons_against": ["unclear rules"]}"#;
    let Ok(Answer::Abstained { reason }) = Answer::read(text) else { panic!("no abstention") };
    assert_eq!(reason.as_str(), "unclear rules");
}

#[test]
fn long_answers_and_many_reasons_are_bounded() {
    let long = format!(r#"{{"probability": 0.3, "x": "{}"}}"#, "y".repeat(ANSWER_BYTES_MAX));
    assert_eq!(Answer::read(&long), Err(Unreadable::TooLong));
    let reasons = vec!["because ".repeat(100); 20];
    let text = serde_json::json!({ "probability": 0.3, "reasons_for": reasons }).to_string();
    let estimate = estimate(&text);
    assert_eq!(estimate.reasons_for.len(), 5);
    assert!(estimate.reasons_for.iter().all(|it| it.as_str().chars().count() <= 300));
    assert_eq!(Answer::read(&"[".repeat(30_000)), Err(Unreadable::NotTheForm));
}

proptest! {
    #[test]
    fn whatever_is_written_an_answer_is_in_order_or_a_typed_error(text in ".{0,80}") {
        let _ = Answer::read(&text);
    }

    #[test]
    fn every_stated_number_ends_up_in_order(p in 0.0f64..=1.0, low in 0.0f64..=1.0, high in 0.0f64..=1.0) {
        let text = serde_json::json!({ "probability": p, "low": low, "high": high }).to_string();
        let estimate = estimate(&text);
        prop_assert!(estimate.low <= estimate.probability && estimate.probability <= estimate.high);
        let off = (f64::from(estimate.probability.millionths()) / 1e6 - p).abs();
        prop_assert!(off <= 1e-6);
        prop_assert!(estimate.high <= probability("1"));
    }
}
