//! Language models asked for forecasts, behind one trait.
//!
//! [`Forecaster`] is the port: a prompt in, a text with its bill out. [`Compatible`] speaks the chat
//! completions of OpenAI, which OpenAI itself, Anthropic, Google, and nearly every other provider and
//! local server understand; [`Endpoint`] says where and as whom. A provider that does not understand
//! them is one more file with one more implementation of the trait.
//!
//! What a question looks like and what an answer means is not known here: texts go out and come in.
//! Nothing here retries. An error says whether that makes sense ([`ForecasterError::retry`]) and what
//! the call may have cost ([`Billed`]); whoever asked decides.

mod bill;
mod compatible;
mod error;
mod forecaster;
mod key;
mod research;

pub use bill::{Billed, Tariff, Usage};
pub use compatible::{Compatible, Endpoint, EndpointError, TokenLimit};
pub use error::{Cause, ForecasterError, Retry};
pub use forecaster::{Asking, Forecaster, Prompt, Reply};
pub use key::ApiKey;
pub use research::{Finding, Research, ResearchError};
