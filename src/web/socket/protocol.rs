//! What clients of the live socket say, and how it is read.

use actors::books::market_key;
use actors::fan_out::Topic;
use actors::publisher::KINDS;
use domain::ConditionId;
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

/// Topics in one choice.
const TOPICS_MAX: usize = 500;
/// The kind that can be chosen a market.
const BY_MARKET: &str = "market_update";

/// Why words of a client were not understood.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ProtocolError {
    #[error(
        "there is no topic {0:?}; hello lists them, and market_update:CONDITION_ID is one market"
    )]
    UnknownTopic(String),
    #[error("at most {TOPICS_MAX} topics fit into one choice")]
    TooMany,
    #[error("a resumption is RUN-FACT: the run that hello told and the seq of the last fact")]
    BadResume,
    #[error(
        "a message is {{\"type\":\"subscribe\"|\"unsubscribe\",\"topics\":[…]}} or {{\"type\":\"ping\"}}"
    )]
    BadMessage,
}

/// Topics that a client named.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    topics: Vec<Topic>,
    names: Vec<String>,
    markets: Vec<ConditionId>,
}

impl Choice {
    /// From a list with commas.
    pub(crate) fn parse(list: &str) -> Result<Self, ProtocolError> {
        Self::of(list.split(',').map(str::trim).filter(|name| !name.is_empty()))
    }

    fn of<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, ProtocolError> {
        let mut choice = Self { topics: Vec::new(), names: Vec::new(), markets: Vec::new() };
        for name in names {
            if choice.topics.len() == TOPICS_MAX {
                return Err(ProtocolError::TooMany);
            }
            choice.add(name)?;
        }
        Ok(choice)
    }

    fn add(&mut self, name: &str) -> Result<(), ProtocolError> {
        let unknown = || ProtocolError::UnknownTopic(name.chars().take(80).collect());
        let (kind, market) = match name.split_once(':') {
            Some((kind, market)) => (kind, Some(market)),
            None => (name, None),
        };
        let kind = KINDS.into_iter().find(|known| *known == kind).ok_or_else(unknown)?;
        let key = match market {
            None => None,
            Some(id) if kind == BY_MARKET => {
                let condition: ConditionId = id.parse().map_err(|_| unknown())?;
                self.markets.push(condition);
                Some(market_key(&condition))
            }
            Some(_) => return Err(unknown()),
        };
        self.topics.push(Topic { kind, key });
        self.names.push(name.to_owned());
        Ok(())
    }

    pub(crate) fn topics(&self) -> &[Topic] {
        &self.topics
    }
    /// Whether all of a kind was chosen.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.topics.iter().any(|topic| topic.kind == kind && topic.key.is_none())
    }
    /// Markets that were chosen one by one.
    pub(crate) fn markets(&self) -> &[ConditionId] {
        &self.markets
    }
    /// As a list with commas.
    pub(crate) fn list(&self) -> String {
        self.names.join(",")
    }
    pub(crate) fn view(&self) -> Value {
        json!({ "topics": self.names })
    }
}

/// Where a client that was here before goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resume {
    /// The run in which its numbers mean something.
    pub(crate) run: u64,
    /// The number of the last fact that it knows.
    pub(crate) fact: u64,
}

impl Resume {
    pub(crate) fn parse(text: &str) -> Result<Self, ProtocolError> {
        let parts = text.split_once('-').ok_or(ProtocolError::BadResume)?;
        let run = u64::from_str_radix(parts.0, 16).map_err(|_| ProtocolError::BadResume)?;
        let fact = parts.1.parse().map_err(|_| ProtocolError::BadResume)?;
        Ok(Self { run, fact })
    }
}

/// The run as clients are told it.
pub(crate) fn run_text(run: u64) -> String {
    format!("{run:016x}")
}

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Subscribe(Choice),
    Unsubscribe(Choice),
    Ping,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Wire {
    Subscribe { topics: Vec<String> },
    Unsubscribe { topics: Vec<String> },
    Ping,
}

impl Said {
    pub(crate) fn parse(text: &str) -> Result<Self, ProtocolError> {
        let wire = serde_json::from_str(text).map_err(|_| ProtocolError::BadMessage)?;
        let choice = |topics: &[String]| Choice::of(topics.iter().map(String::as_str));
        Ok(match wire {
            Wire::Subscribe { topics } => Self::Subscribe(choice(&topics)?),
            Wire::Unsubscribe { topics } => Self::Unsubscribe(choice(&topics)?),
            Wire::Ping => Self::Ping,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_kinds_or_single_markets_and_nothing_else() {
        let id = format!("0x{}", "ab".repeat(32));
        let choice = Choice::parse(&format!("order, market_update:{id},")).unwrap();
        assert_eq!(choice.topics().len(), 2);
        assert!(choice.has("order") && !choice.has("market_update"));
        assert_eq!(choice.markets(), [id.parse().unwrap()]);
        assert_eq!(choice.topics()[1].key, Some(0xabab_abab_abab_abab));
        for name in ["orders", "order:0x12", "market_update:", "market_update:0x12", "hello"] {
            let error = ProtocolError::UnknownTopic(name.to_owned());
            assert_eq!(Choice::parse(name), Err(error), "{name}");
        }
        let many = vec!["order"; TOPICS_MAX + 1].join(",");
        assert_eq!(Choice::parse(&many), Err(ProtocolError::TooMany));
    }

    #[test]
    fn a_resumption_names_a_run_and_a_fact() {
        let resume = Resume { run: 0xfe, fact: 12 };
        assert_eq!(Resume::parse(&format!("{}-12", run_text(0xfe))), Ok(resume));
        for text in ["", "12", "fe-", "-1", "xx-1", "fe-1-2", "fe--1"] {
            assert_eq!(Resume::parse(text), Err(ProtocolError::BadResume), "{text}");
        }
    }

    #[test]
    fn messages_are_read_or_refused_with_what_would_be_right() {
        let read = Said::parse(r#"{"type":"subscribe","topics":["order"]}"#).unwrap();
        assert_eq!(read, Said::Subscribe(Choice::parse("order").unwrap()));
        assert_eq!(Said::parse(r#"{"type":"ping"}"#), Ok(Said::Ping));
        for text in ["", "[]", "hello", r#"{"type":"subscribe"}"#, r#"{"type":"order"}"#] {
            assert_eq!(Said::parse(text), Err(ProtocolError::BadMessage), "{text}");
        }
    }
}
