//! The envelope of JSON-RPC answers.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::RpcError;
use crate::chain::exchange::{Answer, ExchangeError};
use crate::chain::revert::RevertReason;
use crate::http::Excerpt;

/// The number by which nodes mark a refusal of the contract, with its words in `data`.
const REVERTED: i64 = 3;

#[derive(Deserialize)]
struct Envelope {
    id: Option<u64>,
    result: Option<Box<RawValue>>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    data: Option<serde_json::Value>,
}

/// The result of the question with this `id`. An absent one reads as `null`.
pub(super) fn result(answer: &Answer, id: u64) -> Result<Box<RawValue>, RpcError> {
    let parsed: Result<Envelope, _> = serde_json::from_slice(&answer.body);
    let envelope = match parsed {
        Ok(envelope) => envelope,
        Err(_) if !answer.status.is_success() => {
            return Err(RpcError::Status {
                code: answer.status.as_u16(),
                excerpt: Excerpt::of(&answer.body),
                retry_after: answer.retry_after,
            });
        }
        Err(error) if error.is_eof() => {
            return Err(ExchangeError::Truncated { got: answer.body.len() }.into());
        }
        Err(error) => return Err(RpcError::decode("answer", &error.to_string())),
    };
    if let Some(failure) = envelope.error {
        return Err(failure.understood());
    }
    if !answer.status.is_success() {
        return Err(RpcError::Status {
            code: answer.status.as_u16(),
            excerpt: Excerpt::of(&answer.body),
            retry_after: answer.retry_after,
        });
    }
    if envelope.id != Some(id) {
        return Err(RpcError::decode("answer", "it belongs to another question"));
    }
    Ok(envelope.result.unwrap_or_else(|| RawValue::NULL.to_owned()))
}

impl Failure {
    fn understood(self) -> RpcError {
        let data = self.data.as_ref().and_then(revert_data);
        let reverted = self.code == REVERTED || self.message.contains("execution reverted");
        match data {
            Some(data) if reverted => RpcError::Reverted(RevertReason::of_data(&data)),
            None if reverted => {
                let text = self.message.split_once("execution reverted");
                let text = text.map_or(self.message.as_str(), |(_, text)| text);
                let text = text.trim_start_matches([':', ' ']);
                RpcError::Reverted(RevertReason::of_text(text))
            }
            _ => RpcError::Node { code: self.code, message: Excerpt::of(self.message.as_bytes()) },
        }
    }
}

/// Hexadecimal text, or an object that holds it as `data`.
fn revert_data(value: &serde_json::Value) -> Option<Vec<u8>> {
    let text = value.as_str().or_else(|| value.get("data")?.as_str())?;
    hex::decode(text.strip_prefix("0x")?).ok()
}

#[cfg(test)]
mod tests {
    use awc::http::StatusCode;

    use super::*;

    fn read(status: u16, body: &'static str) -> Result<String, RpcError> {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, body: body.into(), retry_after: None };
        result(&answer, 7).map(|raw| raw.get().to_owned())
    }

    #[test]
    fn half_an_answer_is_a_cut_off_answer_and_one_for_somebody_else_is_refused() {
        assert_eq!(read(200, r#"{"id":7,"result":"0x1"}"#).unwrap(), "\"0x1\"");
        assert_eq!(read(200, r#"{"id":7,"result":null}"#).unwrap(), "null");
        let cut = read(200, r#"{"id":7,"result":"0x"#);
        assert!(matches!(cut, Err(RpcError::Exchange(ExchangeError::Truncated { .. }))));
        assert!(matches!(read(200, r#"{"id":8,"result":"0x1"}"#), Err(RpcError::Decode { .. })));
        assert!(matches!(read(502, "bad gateway"), Err(RpcError::Status { code: 502, .. })));
    }

    #[test]
    fn a_contracts_refusal_is_told_from_the_nodes() {
        let with_data = r#"{"id":7,"error":{"code":3,"message":"execution reverted",
            "data":"0x49b8b3ac"}}"#;
        assert_eq!(read(200, with_data), Err(RpcError::Reverted(RevertReason::Paused)));
        let words = r#"{"id":7,"error":{"code":-32000,"message":"execution reverted: too few"}}"#;
        let wanted = RevertReason::Text("too few".to_owned());
        assert_eq!(read(200, words), Err(RpcError::Reverted(wanted)));
        let node = r#"{"id":7,"error":{"code":-32000,"message":"nonce too low"}}"#;
        assert!(matches!(read(400, node), Err(RpcError::Node { code: -32000, .. })));
    }
}
