//! The API's client: one request, one answer.

use std::time::Duration;

use awc::http::Method;
use serde_json::Value;
use thiserror::Error;

/// Longer than the service waits for a decision.
const TIMEOUT: Duration = Duration::from_secs(15);
const BODY_BYTES_MAX: usize = 16 << 20;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::commands) struct Question {
    pub(in crate::commands) method: Method,
    /// Below `/api/v1/`.
    pub(in crate::commands) path: String,
    pub(in crate::commands) query: Vec<(&'static str, String)>,
    pub(in crate::commands) body: Option<Value>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::commands) struct Said {
    pub(in crate::commands) status: u16,
    pub(in crate::commands) body: Value,
}

impl Said {
    pub(in crate::commands) const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(in crate::commands) enum NoAnswer {
    #[error("{0}")]
    Send(String),
    #[error("the answer cannot be read: {0}")]
    Body(String),
}

/// Where the service is and what opens it.
pub(in crate::commands) struct Client {
    pub(in crate::commands) url: String,
    pub(in crate::commands) token: Option<String>,
}

impl Client {
    pub(in crate::commands) async fn ask(
        &self,
        question: &Question,
        key: Option<&str>,
    ) -> Result<Said, NoAnswer> {
        let client = awc::Client::builder().timeout(TIMEOUT).finish();
        let url = format!("{}/api/v1/{}", self.url.trim_end_matches('/'), question.path);
        let mut request = client.request(question.method.clone(), url);
        if !question.query.is_empty() {
            let query = request.query(&question.query);
            request = query.map_err(|error| NoAnswer::Send(error.to_string()))?;
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.insert_header(("Idempotency-Key", key));
        }
        let sent = match &question.body {
            Some(body) => request.send_json(body).await,
            None => request.send().await,
        };
        let mut answer = sent.map_err(|error| NoAnswer::Send(error.to_string()))?;
        let body = answer.body().limit(BODY_BYTES_MAX).await;
        let body = body.map_err(|error| NoAnswer::Body(error.to_string()))?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Said { status: answer.status().as_u16(), body })
    }
}
