//! One line in any of the recorded forms.
//!
//! All are JSON objects with an `outcome` (0 to 1, or null) and either `forecasts` (a probability, or
//! a list of samples, by source) or `votes` (`YES`, `NO` or anything else by source). The price is
//! `market_price`, or a source that is called the market. Times go by several names.

use domain::{Probability, UnixMillis};
use engine::forecast::{MemberName, Recorded};
use serde_json::{Map, Value};

/// What a vote says, as a probability: a direction and no more. How much it is worth is learned.
const YES_MILLIONTHS: u32 = 750_000;
/// Sources that state the market's price.
const MARKETS: [&str; 2] = ["market", "m0_market"];
const ASKED: [&str; 3] = ["forecast_ts", "freeze_ts", "ts"];
const RESOLVED: [&str; 2] = ["resolved_ts", "resolution_date"];
const CLOSES: [&str; 2] = ["closes", "end_date"];
const CATEGORY: [&str; 3] = ["category", "tournament", "strategy"];
const DAY_CHARS: usize = 10;

/// Why a line is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipped {
    /// Its outcome is not known.
    Unresolved,
    /// It is no record.
    Unreadable,
}

/// A line that is.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) record: Recorded,
    pub(super) numbers_left_out: u64,
    pub(super) votes: bool,
}

impl Line {
    pub(super) fn read(line: &str) -> Result<Self, Skipped> {
        let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
            return Err(Skipped::Unreadable);
        };
        let outcome = match fields.get("outcome") {
            None | Some(Value::Null) => return Err(Skipped::Unresolved),
            Some(outcome) => probability(outcome).ok_or(Skipped::Unreadable)?,
        };
        let forecasts = fields.get("forecasts").and_then(Value::as_object);
        let votes = fields.get("votes").and_then(Value::as_object);
        let stated = forecasts.or(votes).ok_or(Skipped::Unreadable)?;
        let mut sources = Sources::default();
        for (name, value) in stated {
            sources.take(name, value);
        }
        let market = fields.get("market_price").and_then(probability).or(sources.market);
        let resolved_at = moment(&fields, &RESOLVED);
        let record = Recorded {
            event: event(&fields).ok_or(Skipped::Unreadable)?,
            category: text(&fields, &CATEGORY).map(str::to_owned),
            asked_at: moment(&fields, &ASKED),
            closes_at: moment(&fields, &CLOSES),
            resolved_at,
            market,
            stated: sources.stated,
            outcome,
        };
        let votes = forecasts.is_none();
        Ok(Self { record, numbers_left_out: sources.left_out, votes })
    }
}

#[derive(Default)]
struct Sources {
    market: Option<Probability>,
    stated: Vec<(MemberName, Probability)>,
    left_out: u64,
}

impl Sources {
    fn take(&mut self, name: &str, value: &Value) {
        let read = match value {
            Value::Array(samples) => {
                let mut read: Vec<Probability> = samples.iter().filter_map(probability).collect();
                self.left_out += (samples.len() - read.len()) as u64;
                Probability::median(&mut read)
            }
            // Whoever does not vote for a side says nothing.
            Value::String(vote) => match vote_of(vote) {
                Some(vote) => Some(vote),
                None => return,
            },
            value => {
                let read = probability(value);
                self.left_out += u64::from(read.is_none());
                read
            }
        };
        match (read, MemberName::new(name)) {
            (None, _) => {}
            (Some(read), _) if MARKETS.contains(&name) => self.market = Some(read),
            (Some(read), Ok(name)) => self.stated.push((name, read)),
            (Some(_), Err(_)) => self.left_out += 1,
        }
    }
}

fn vote_of(text: &str) -> Option<Probability> {
    let yes = Probability::from_millionths(YES_MILLIONTHS)?;
    match text {
        "YES" => Some(yes),
        "NO" => Some(yes.complement()),
        _ => None,
    }
}

fn probability(value: &Value) -> Option<Probability> {
    match value {
        Value::Number(number) => Probability::parse_cut(&number.to_string()).ok(),
        _ => None,
    }
}

fn text<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| fields.get(*name)?.as_str())
}

fn moment(fields: &Map<String, Value>, names: &[&str]) -> Option<UnixMillis> {
    UnixMillis::parse(text(fields, names)?)
}

/// What a record hangs together with: its event where one is named. Markets that resolve in the same
/// minute (a release, a final, a window of prices) are taken for one as well; where only the day of
/// the resolution is recorded each question stands for itself.
fn event(fields: &Map<String, Value>) -> Option<String> {
    if let Some(event) = text(fields, &["event_id"]) {
        return Some(event.to_owned());
    }
    let minute = text(fields, &RESOLVED).filter(|at| at.len() > DAY_CHARS);
    if let Some(minute) = minute.and_then(|at| at.get(..16)) {
        return Some(format!("resolved {minute}"));
    }
    text(fields, &["id"]).map(str::to_owned)
}
