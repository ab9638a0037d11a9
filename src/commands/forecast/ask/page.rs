//! A forecast for people, and how far it has come. Texts of markets and models are printed without
//! anything that could move the cursor.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::Value;

use crate::commands::trading::tell;

const TEXT_CHARS_MAX: usize = 300;

/// Tells of each answer once, on standard error.
#[derive(Default)]
pub(super) struct Progress(BTreeSet<(String, u64)>);

impl Progress {
    pub(super) fn show(&mut self, forecast: &Value) {
        for answer in list(forecast, "answers") {
            let sample = answer.get("sample").and_then(Value::as_u64).unwrap_or_default();
            let (member, state) = (text(answer, "member"), text(answer, "state"));
            let said = match state.as_str() {
                "answered" => text(answer, "probability"),
                "abstained" => "says nothing".to_owned(),
                _ => text(answer, "failure_text"),
            };
            if self.0.insert((member.clone(), sample)) {
                tell(&format!("  {member}: {said}"));
            }
        }
    }
}

pub(super) fn print(forecast: &Value, out: &mut dyn Write) -> io::Result<()> {
    let of = |name: &str| text(forecast, name);
    writeln!(out, "{}", of("title"))?;
    let (low, high) = (of("low"), of("high"));
    writeln!(out, "  models and market  {} ({low} to {high})", of("blended"))?;
    writeln!(out, "  models alone       {}", of("blind"))?;
    writeln!(out, "  market             {}", of("market"))?;
    let none = Value::Null;
    let votes = forecast.get("consensus").unwrap_or(&none);
    let (leading, agreeing) = (text(votes, "leading"), text(votes, "agreeing"));
    let ballots = list(forecast, "ballots");
    let confidence = text(votes, "confidence");
    writeln!(
        out,
        "  {leading}: {agreeing} of {} agree, confidence {confidence} of 100",
        ballots.len()
    )?;
    for ballot in ballots {
        let of = |name: &str| text(ballot, name);
        let (member, stated, weight) = (of("member"), of("stated"), of("weight"));
        writeln!(out, "    {member:20} {stated:>8}  weight {weight:>8}  {}", of("vote"))?;
    }
    writeln!(out, "  cost {} USD", of("cost"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    plain(value.get(name))
}

/// A value as one line; what it holds may come from anybody.
pub(super) fn plain(value: Option<&Value>) -> String {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "-".to_owned(),
        Some(other) => other.to_string(),
    };
    let hidden = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|c| !hidden(c)).take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_title_of_a_stranger_stays_on_its_line() {
        let forecast = json!({"title": "Will it\u{1b}[2J rain\n\u{202e}?", "ballots": []});
        let mut out = Vec::new();
        print(&forecast, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().next(), Some("Will it[2J rain?"));
    }
}
