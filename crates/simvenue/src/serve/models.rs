//! Simulated models on OpenAI's chat completions: `/models/{name}/v1/chat/completions`.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refused;
use crate::models::{CharacterName, Reaction, Said, Timed, WantedForm};
use crate::venue::Shared;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/{name}/v1/chat/completions", web::post().to(complete));
}

#[derive(Deserialize)]
struct Request {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    max_tokens: Option<u32>,
    #[serde(default)]
    max_completion_tokens: Option<u32>,
    #[serde(default)]
    response_format: Option<ResponseFormat>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: NamedSchema },
}

#[derive(Deserialize)]
struct NamedSchema {
    name: String,
    schema: Value,
}

fn error(status: StatusCode, kind: &str, param: Option<&str>, message: &str) -> HttpResponse {
    let error = json!({"message": message, "type": kind, "param": param, "code": null});
    HttpResponse::build(status).json(json!({ "error": error }))
}

fn invalid(param: &str, message: &str) -> HttpResponse {
    error(StatusCode::BAD_REQUEST, "invalid_request_error", Some(param), message)
}

async fn complete(
    request: HttpRequest,
    name: web::Path<String>,
    shared: web::Data<Shared>,
    body: web::Bytes,
) -> HttpResponse {
    let authorization = request.headers().get(AUTHORIZATION).and_then(|text| text.to_str().ok());
    if authorization.is_none_or(|text| text.len() <= "Bearer ".len()) {
        let message = "You didn't provide an API key.";
        return error(StatusCode::UNAUTHORIZED, "invalid_request_error", None, message);
    }
    let Some(character) = CharacterName::parse(&name) else {
        let message = "The model does not exist or you do not have access to it.";
        return error(StatusCode::NOT_FOUND, "invalid_request_error", Some("model"), message);
    };
    let asked: Request = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(why) => return invalid("body", &format!("this is no chat completion: {why}")),
    };
    if let Err(refusal) = check(&asked) {
        return *refusal;
    }
    let words: Vec<_> = asked.messages.iter().map(|message| message.content.as_str()).collect();
    let words = words.join("\n");
    let form = match asked.response_format {
        Some(ResponseFormat::JsonSchema { .. }) => WantedForm::Schema,
        Some(ResponseFormat::JsonObject | ResponseFormat::Text) | None => WantedForm::Loose,
    };
    let Timed { delay_ms, reaction } = shared.react(character, &words, form);
    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    let tokens_max = asked.max_completion_tokens.or(asked.max_tokens);
    answer(reaction, &asked.model, &words, tokens_max, shared.now_ms())
}

fn check(asked: &Request) -> Result<(), Refused> {
    const ROLES: [&str; 4] = ["system", "developer", "user", "assistant"];
    if asked.model.is_empty() {
        return Err(invalid("model", "you must provide a model parameter").into());
    }
    if asked.stream {
        return Err(invalid("stream", "this simulator does not stream").into());
    }
    if asked.messages.is_empty()
        || asked.messages.iter().any(|message| !ROLES.contains(&message.role.as_str()))
    {
        return Err(invalid("messages", "messages need one of the known roles each").into());
    }
    if let Some(ResponseFormat::JsonSchema { json_schema }) = &asked.response_format {
        let is_strict = json_schema.schema["additionalProperties"] == json!(false);
        if json_schema.name.is_empty() || !is_strict {
            let message = "Invalid schema: it needs a name and 'additionalProperties' to be false.";
            return Err(invalid("response_format", message).into());
        }
    }
    Ok(())
}

fn answer(
    reaction: Reaction,
    model: &str,
    words: &str,
    tokens_max: Option<u32>,
    now_ms: i64,
) -> HttpResponse {
    let (content, refusal, reason) = match reaction {
        Reaction::Throttle { retry_after_s } => {
            let message = "Rate limit reached for requests.";
            let kind = "rate_limit_error";
            let mut refused = error(StatusCode::TOO_MANY_REQUESTS, kind, None, message);
            refused.headers_mut().insert(RETRY_AFTER, retry_after_s.into());
            return refused;
        }
        Reaction::Break => {
            let message = "The server had an error while processing your request.";
            return error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", None, message);
        }
        Reaction::RefuseForm => {
            return invalid("response_format", "this model does not support json_schema");
        }
        Reaction::Decline => (None, Some("I cannot help with that."), "stop"),
        Reaction::Say(Said(text)) => (Some(text), None, "stop"),
    };
    let tokens = |text: &str| u32::try_from(text.len().div_ceil(4)).unwrap_or(u32::MAX);
    let (prompt, spoken) = (tokens(words), tokens(content.as_deref().unwrap_or("refused")));
    let limit = tokens_max.unwrap_or(u32::MAX);
    let (completion, reason) = if spoken > limit { (limit, "length") } else { (spoken, reason) };
    let kept = usize::try_from(limit).unwrap_or(usize::MAX).saturating_mul(4);
    let content = content.map(|text| text.chars().take(kept).collect::<String>());
    HttpResponse::Ok().json(json!({
        "id": format!("chatcmpl-{now_ms}"),
        "object": "chat.completion",
        "created": now_ms / 1_000,
        "model": model,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": content, "refusal": refusal},
            "finish_reason": reason,
        }],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
    }))
}
