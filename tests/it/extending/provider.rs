//! A provider that does not speak chat completions: a table of base rates, in this process.

use std::time::Duration;

use forecasters::{Asking, Forecaster, Prompt, Reply, Usage};
use serde_json::json;

/// How often things of a kind have come about. Costs nothing and is asked like any model.
#[derive(Debug)]
pub(super) struct BaseRates {
    /// A word of the question, and the part of such questions that ended with yes.
    pub(super) rates: Vec<(&'static str, f64)>,
}

impl Forecaster for BaseRates {
    fn ask<'a>(&'a self, prompt: &'a Prompt, _tokens_max: u32, _limit: Duration) -> Asking<'a> {
        let user = prompt.user.to_lowercase();
        let rate = self.rates.iter().find(|(word, _)| user.contains(word));
        // An answer in the form that every model is asked for, see `ANSWER_SCHEMA`.
        let answer = match rate {
            Some((word, rate)) => json!({
                "reasons_for": [format!("of questions about {word} this part ended with yes")],
                "reasons_against": [],
                "abstain": false,
                "probability": rate,
                "low": (rate - 0.1).max(0.0),
                "high": (rate + 0.1).min(1.0),
            }),
            None => json!({
                "reasons_for": [],
                "reasons_against": ["nothing is known of such questions"],
                "abstain": true,
                "probability": 0.5,
                "low": 0.5,
                "high": 0.5,
            }),
        };
        let usage = Some(Usage::default());
        Box::pin(async move { Ok(Reply { text: answer.to_string(), usage }) })
    }
}
