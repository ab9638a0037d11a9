//! The protocol's words: a request out, an answer in.

use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, ResponseFormat,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::endpoint::{Endpoint, TokenLimit};
use super::form::Form;
use crate::bill::{Billed, Usage};
use crate::error::{Cause, ForecasterError};
use crate::forecaster::{Prompt, Reply};

/// The few fields that every provider knows.
#[derive(Serialize)]
pub(super) struct Request {
    model: String,
    messages: [ChatCompletionRequestMessage; 2],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat>,
}

pub(super) fn request(
    endpoint: &Endpoint,
    prompt: &Prompt,
    tokens_max: u32,
    form: Form,
) -> Request {
    let system = ChatCompletionRequestSystemMessage::from(prompt.system.as_ref());
    let user = ChatCompletionRequestUserMessage::from(prompt.user.as_ref());
    let (max_tokens, max_completion_tokens) = match endpoint.token_limit {
        TokenLimit::MaxTokens => (Some(tokens_max), None),
        TokenLimit::MaxCompletionTokens => (None, Some(tokens_max)),
    };
    Request {
        model: endpoint.model.clone(),
        messages: [system.into(), user.into()],
        stream: false,
        max_tokens,
        max_completion_tokens,
        response_format: form.wire(prompt),
    }
}

/// What is read of an answer. Compatible servers leave out or add other fields.
#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<CountedTokens>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
struct CountedTokens {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    /// Some leave hidden reasoning out of `completion_tokens`, though not out of the sum.
    #[serde(default)]
    total_tokens: u32,
}

impl From<CountedTokens> for Usage {
    fn from(counted: CountedTokens) -> Self {
        let rest = counted.total_tokens.saturating_sub(counted.prompt_tokens);
        Self {
            prompt_tokens: counted.prompt_tokens,
            completion_tokens: counted.completion_tokens.max(rest),
        }
    }
}

/// Reads an answer.
///
/// # Errors
/// It holds no text: the model refused, was cut short, or does not keep to the protocol.
pub(super) fn reply(answer: Value) -> Result<Reply, ForecasterError> {
    let garbled = |why| ForecasterError::new(Cause::Garbled(why), Billed::Unknown);
    let completion: Completion =
        serde_json::from_value(answer).map_err(|_| garbled("it is no chat completion"))?;
    let usage = completion.usage.map(Usage::from);
    let billed = usage.map_or(Billed::Unknown, Billed::Known);
    let failed = |cause| Err(ForecasterError::new(cause, billed));
    let Some(choice) = completion.choices.into_iter().next() else {
        return failed(Cause::Garbled("it has no choice"));
    };
    let refusal = choice.message.refusal.filter(|said| !said.is_empty());
    match (refusal, choice.finish_reason.as_deref(), choice.message.content) {
        (Some(_), ..) | (None, Some("content_filter" | "refusal"), _) => failed(Cause::Refused),
        (None, Some("length"), _) => failed(Cause::CutShort),
        (None, _, Some(text)) if !text.trim().is_empty() => Ok(Reply { text, usage }),
        (None, ..) => failed(Cause::Garbled("its text is empty")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cause_of(answer: Value) -> ForecasterError {
        reply(answer).unwrap_err()
    }

    #[test]
    fn an_answer_with_nothing_but_a_text_is_enough() {
        let reply = reply(json!({"choices": [{"message": {"content": "{}"}}]})).unwrap();
        assert_eq!(reply, Reply { text: "{}".into(), usage: None });
    }

    #[test]
    fn hidden_reasoning_is_paid_even_where_only_the_sum_tells_of_it() {
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 1140});
        let choices = json!([{"message": {"content": "x"}, "finish_reason": "stop"}]);
        let reply = reply(json!({"choices": choices, "usage": usage})).unwrap();
        assert_eq!(reply.usage, Some(Usage { prompt_tokens: 100, completion_tokens: 1_040 }));
    }

    #[test]
    fn a_refusal_a_cut_and_an_empty_text_are_told_apart_and_billed() {
        let usage = json!({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8});
        let with = |message: Value, reason: &str| json!({"choices": [{"message": message, "finish_reason": reason}], "usage": usage});
        let known = Billed::Known(Usage { prompt_tokens: 3, completion_tokens: 5 });
        let refused = cause_of(with(json!({"content": null, "refusal": "I cannot"}), "stop"));
        assert_eq!((refused.cause, refused.billed), (Cause::Refused, known));
        let cut = cause_of(with(json!({"content": "{\"prob"}), "length"));
        assert_eq!((cut.cause, cut.billed), (Cause::CutShort, known));
        let empty = cause_of(with(json!({"content": " "}), "stop"));
        assert_eq!(empty.cause, Cause::Garbled("its text is empty"));
    }

    #[test]
    fn other_json_is_garbled_and_may_have_cost_anything() {
        for answer in [json!([]), json!({"choices": "no"}), json!({"choices": [{}]}), json!(7)] {
            let error = cause_of(answer);
            assert!(matches!(error.cause, Cause::Garbled(_)));
            assert_eq!(error.billed, Billed::Unknown);
        }
        let empty = cause_of(json!({"choices": []}));
        assert_eq!(empty.cause, Cause::Garbled("it has no choice"));
    }
}
