//! What the relayer's answers mean, without asking anything.

use awc::http::StatusCode;
use ethers_core::types::{Address, Bytes, H256};
use serde::Deserialize;

use super::client::{RelayedState, RelayedTransaction, RelayerError};
use crate::chain::exchange::Answer;
use crate::chain::{SendRefusal, SubmitOutcome, Ticket};
use crate::http::{Excerpt, Outcome};

/// What was said to a submission whose batch has this nonce.
pub(super) fn outcome(answer: &Answer, nonce: u64) -> SubmitOutcome {
    let text = Excerpt::of(&answer.body);
    if answer.status.is_success() {
        let parsed: Result<WireSubmitted, _> = serde_json::from_slice(&answer.body);
        return match parsed {
            Ok(submitted) if !submitted.id.is_empty() => {
                SubmitOutcome::Accepted(Ticket::Relayed(submitted.id))
            }
            _ => SubmitOutcome::Ambiguous { why: text },
        };
    }
    let after = answer.retry_after;
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS => SubmitOutcome::Later { after },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            SubmitOutcome::Refused { reason: SendRefusal::Credentials, text }
        }
        StatusCode::REQUEST_TIMEOUT => SubmitOutcome::Ambiguous { why: text },
        status if status.is_client_error() => refusal(&answer.body, nonce, text, after),
        _ => SubmitOutcome::of_failure(Outcome::Unknown, text),
    }
}

fn refusal(
    body: &[u8],
    nonce: u64,
    text: Excerpt,
    after: Option<std::time::Duration>,
) -> SubmitOutcome {
    let words = String::from_utf8_lossy(body).to_ascii_lowercase();
    let busy = words.contains("wallet busy") || words.contains("in-flight action");
    if busy {
        return SubmitOutcome::Later { after };
    }
    match nonce_on_chain(&words) {
        Some(current) if current > nonce => SubmitOutcome::NonceTooLow,
        Some(_) => SubmitOutcome::Refused { reason: SendRefusal::NonceTooHigh, text },
        None => SubmitOutcome::Refused { reason: SendRefusal::Relayer, text },
    }
}

/// Out of "batch nonce 3 does not match on-chain nonce 5": the 5.
fn nonce_on_chain(words: &str) -> Option<u64> {
    let (before, after) = words.split_once("does not match on-chain nonce")?;
    before.contains("batch nonce").then_some(())?;
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Reads an answer to a question; a refusal to answer is an error.
pub(super) fn read<'a, T: Deserialize<'a>>(
    answer: &'a Answer,
    what: &'static str,
) -> Result<T, RelayerError> {
    if !answer.status.is_success() {
        return Err(RelayerError::Status {
            code: answer.status.as_u16(),
            excerpt: Excerpt::of(&answer.body),
            retry_after: answer.retry_after,
        });
    }
    serde_json::from_slice(&answer.body).map_err(|error| {
        if error.is_eof() {
            let got = answer.body.len();
            RelayerError::Exchange(crate::chain::rpc::ExchangeError::Truncated { got })
        } else {
            RelayerError::Decode { what, why: Excerpt::of(error.to_string().as_bytes()) }
        }
    })
}

/// Every transaction of an answer that is one, a list, or none.
pub(super) fn transactions(answer: &Answer) -> Result<Vec<RelayedTransaction>, RelayerError> {
    let wire: Option<OneOrMany> = read(answer, "transaction")?;
    let wire = match wire {
        None => vec![],
        Some(OneOrMany::Many(many)) => many,
        Some(OneOrMany::One(one)) => vec![*one],
    };
    Ok(wire.into_iter().map(WireTransaction::understood).collect())
}

#[derive(Deserialize)]
struct WireSubmitted {
    #[serde(rename = "transactionID", alias = "transactionId", alias = "transaction_id")]
    id: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<WireTransaction>),
    One(Box<WireTransaction>),
}

#[derive(Deserialize)]
struct WireTransaction {
    #[serde(rename = "transactionID", alias = "transactionId", alias = "transaction_id")]
    id: String,
    #[serde(default, rename = "transactionHash", alias = "transaction_hash")]
    hash: Option<String>,
    state: String,
    #[serde(default)]
    nonce: Option<serde_json::Value>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    signature: Option<String>,
    #[serde(default, alias = "errorMsg", alias = "error_msg")]
    error: Option<String>,
}

impl WireTransaction {
    fn understood(self) -> RelayedTransaction {
        let nonce = self.nonce.and_then(|nonce| match nonce {
            serde_json::Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        });
        RelayedTransaction {
            id: self.id,
            state: state(&self.state),
            // An empty text stands for none.
            hash: self.hash.and_then(|hash| hash.parse::<H256>().ok()),
            nonce,
            kind: self.kind,
            from: self.from.and_then(|from| from.parse::<Address>().ok()),
            signature: self
                .signature
                .and_then(|text| text.parse::<Bytes>().ok())
                .filter(|bytes| !bytes.is_empty()),
            error: self.error.filter(|text| !text.is_empty()),
        }
    }
}

fn state(text: &str) -> RelayedState {
    match text {
        "STATE_NEW" => RelayedState::New,
        "STATE_EXECUTED" => RelayedState::Executed,
        "STATE_MINED" => RelayedState::Mined,
        "STATE_CONFIRMED" => RelayedState::Confirmed,
        "STATE_FAILED" => RelayedState::Failed,
        "STATE_INVALID" => RelayedState::Invalid,
        _ => RelayedState::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, body: body.into(), retry_after: Some(Duration::from_secs(2)) }
    }

    #[test]
    fn every_answer_to_a_submission_has_one_meaning() {
        let of = |status, body| outcome(&answer(status, body), 3);
        let ticket = Ticket::Relayed("0190b317".to_owned());
        let taken = r#"{"transactionID":"0190b317","state":"STATE_NEW"}"#;
        assert_eq!(of(200, taken), SubmitOutcome::Accepted(ticket));
        assert!(matches!(of(200, r#"{"transactionID":""}"#), SubmitOutcome::Ambiguous { .. }));
        assert!(matches!(of(200, r#"{"transa"#), SubmitOutcome::Ambiguous { .. }));
        assert!(matches!(of(502, ""), SubmitOutcome::Ambiguous { .. }));
        let wait = SubmitOutcome::Later { after: Some(Duration::from_secs(2)) };
        assert_eq!(of(429, ""), wait);
        assert_eq!(of(400, r#"{"error":"Wallet busy: 1 active action"}"#), wait);
        assert_eq!(of(400, r#"{"error":"wallet has in-flight action"}"#), wait);
        let used = r#"{"error":"batch nonce 3 does not match on-chain nonce 12"}"#;
        assert_eq!(of(400, used), SubmitOutcome::NonceTooLow);
        let refused = |status, body| match of(status, body) {
            SubmitOutcome::Refused { reason, .. } => Some(reason),
            _ => None,
        };
        let early = r#"{"error":"batch nonce 3 does not match on-chain nonce 2"}"#;
        assert_eq!(refused(400, early), Some(SendRefusal::NonceTooHigh));
        assert_eq!(refused(401, "{}"), Some(SendRefusal::Credentials));
        assert_eq!(refused(400, r#"{"error":"?"}"#), Some(SendRefusal::Relayer));
    }

    #[test]
    fn transactions_are_read_in_every_form_that_the_relayer_has_had() {
        let hash = "0x".to_owned() + &"ab".repeat(32);
        let old = r#"[{"transactionID":"a","transactionHash":"","state":"STATE_NEW","nonce":"4"}]"#;
        let read = transactions(&answer(200, old)).unwrap();
        assert_eq!(
            (read[0].state, read[0].hash, read[0].nonce),
            (RelayedState::New, None, Some(4))
        );
        let new: &'static str = format!(
            r#"{{"transaction_id":"a","transaction_hash":"{hash}","state":"STATE_FAILED","nonce":5,
                "error_msg":"reverted"}}"#
        )
        .leak();
        let read = transactions(&answer(200, new)).unwrap();
        assert_eq!(read[0].hash, Some(hash.parse().unwrap()));
        assert_eq!(read[0].error.as_deref(), Some("reverted"));
        for nothing in ["[]", "null"] {
            assert_eq!(transactions(&answer(200, nothing)), Ok(vec![]));
        }
        let cut = transactions(&answer(200, r#"[{"transactionID":"a""#));
        assert!(matches!(cut, Err(RelayerError::Exchange(_))), "{cut:?}");
    }
}
