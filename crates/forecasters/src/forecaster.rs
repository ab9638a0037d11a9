//! The port: what every model can do.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::bill::Usage;
use crate::error::ForecasterError;

/// What a model is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// Its role and the rules of the answer.
    pub system: Arc<str>,
    /// The question.
    pub user: Arc<str>,
    /// The name of the answer's form: letters, digits, `_`, at most 64.
    pub form_name: &'static str,
    /// The JSON schema of the answer.
    pub form: Arc<serde_json::Value>,
}

impl Prompt {
    /// Bytes of everything that the model reads.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.system.len() + self.user.len() + self.form.to_string().len()
    }
}

/// What a model said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its text, as it came: not to be trusted.
    pub text: String,
    /// The tokens; `None` where the provider does not count.
    pub usage: Option<Usage>,
}

/// An answer on its way. Dropping it ends the call.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Reply, ForecasterError>> + Send + 'a>>;

/// A model that can be asked.
pub trait Forecaster: Send + Sync + fmt::Debug {
    /// Asks once, with no retry.
    ///
    /// `limit` bounds the whole call, and `tokens_max` the answer.
    ///
    /// # Errors
    /// No answer; the error says why, what it may have cost and whether a retry makes sense.
    fn ask<'a>(&'a self, prompt: &'a Prompt, tokens_max: u32, limit: Duration) -> Asking<'a>;
}
