//! Any provider that understands OpenAI's chat completions.

mod endpoint;
mod form;
mod transport;
mod wire;

use std::fmt;
use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use serde_json::Value;

pub(crate) use transport::plain_client;

pub use endpoint::{Endpoint, EndpointError, TokenLimit};

use crate::bill::Billed;
use crate::error::{Cause, ForecasterError};
use crate::forecaster::{Asking, Forecaster, Prompt, Reply};
use form::{Form, FormCell};

/// A model behind a compatible endpoint.
///
/// Where the endpoint refuses a JSON schema it is asked for any JSON object, and where it refuses
/// that, for text; what it accepts is remembered. The prompt describes the form in words in any case.
pub struct Compatible {
    client: Client<OpenAIConfig>,
    endpoint: Endpoint,
    form: FormCell,
}

impl Compatible {
    /// Prepares to ask; connects to nothing yet.
    ///
    /// # Errors
    /// The endpoint cannot be used.
    pub fn new(endpoint: Endpoint) -> Result<Self, EndpointError> {
        let http = transport::client(&endpoint)?;
        let config = OpenAIConfig::new()
            .with_org_id("")
            .with_project_id("")
            .with_api_base(endpoint.base_url.trim_end_matches('/'))
            .with_api_key(endpoint.key.expose());
        let client =
            Client::build(http.clone(), config).with_http_service(transport::service(http));
        Ok(Self { client, endpoint, form: FormCell::default() })
    }

    /// Asks in the best form that the endpoint takes.
    async fn ask_once(&self, prompt: &Prompt, tokens_max: u32) -> Result<Reply, ForecasterError> {
        loop {
            let form = self.form.get();
            match self.ask_as(prompt, tokens_max, form).await {
                Err(error) if form.is_refused_by(&error.cause) => match form.next() {
                    Some(next) => self.form.fall_back(form, next),
                    None => return Err(error),
                },
                done => return done,
            }
        }
    }

    async fn ask_as(
        &self,
        prompt: &Prompt,
        tokens_max: u32,
        form: Form,
    ) -> Result<Reply, ForecasterError> {
        let request = wire::request(&self.endpoint, prompt, tokens_max, form);
        let answer: Result<Value, OpenAIError> = self.client.chat().create_byot(request).await;
        wire::reply(answer.map_err(transport::cause)?)
    }
}

impl Forecaster for Compatible {
    fn ask<'a>(&'a self, prompt: &'a Prompt, tokens_max: u32, limit: Duration) -> Asking<'a> {
        Box::pin(async move {
            match tokio::time::timeout(limit, self.ask_once(prompt, tokens_max)).await {
                Ok(done) => done,
                Err(_) => {
                    let after_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                    Err(ForecasterError::new(Cause::Timeout { after_ms }, Billed::Unknown))
                }
            }
        })
    }
}

impl fmt::Debug for Compatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compatible").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
