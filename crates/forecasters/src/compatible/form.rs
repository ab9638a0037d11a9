//! In which form an answer is asked for, from the strictest that an endpoint takes.

use std::sync::atomic::{AtomicU8, Ordering};

use async_openai::types::chat::{ResponseFormat, ResponseFormatJsonSchema};

use crate::error::Cause;
use crate::forecaster::Prompt;

/// In which form an answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// By a JSON schema.
    Schema,
    /// As any JSON object.
    Object,
    /// As text; the prompt alone asks for JSON.
    Text,
}

const LADDER: [Form; 3] = [Form::Schema, Form::Object, Form::Text];

impl Form {
    /// The next one, which asks for less.
    pub(super) fn next(self) -> Option<Self> {
        let mut below = LADDER.into_iter().skip_while(|form| *form != self);
        below.nth(1)
    }

    /// As the protocol writes it; nothing for text, which is what everybody does unasked.
    pub(super) fn wire(self, prompt: &Prompt) -> Option<ResponseFormat> {
        match self {
            Self::Schema => Some(ResponseFormat::JsonSchema {
                json_schema: ResponseFormatJsonSchema {
                    name: prompt.form_name.to_owned(),
                    schema: prompt.form.as_ref().clone(),
                    strict: Some(true),
                    ..ResponseFormatJsonSchema::default()
                },
            }),
            Self::Object => Some(ResponseFormat::JsonObject),
            Self::Text => None,
        }
    }

    /// Whether that refusal is about the form. Providers have no code for it, but name the field.
    pub(super) fn is_refused_by(self, cause: &Cause) -> bool {
        const WORDS: [&str; 4] = ["response_format", "json_schema", "json_object", "structured"];
        let Cause::Rejected { status: 400 | 404 | 422, said } = cause else { return false };
        let said = said.to_ascii_lowercase();
        self != Self::Text && WORDS.iter().any(|word| said.contains(word))
    }
}

/// What the endpoint takes, as far as is known.
#[derive(Debug, Default)]
pub(super) struct FormCell(AtomicU8);

impl FormCell {
    pub(super) fn get(&self) -> Form {
        let step = usize::from(self.0.load(Ordering::Relaxed));
        LADDER.get(step).copied().unwrap_or(Form::Text)
    }

    /// Goes one step down, once for all calls that found out at the same time.
    pub(super) fn fall_back(&self, from: Form, to: Form) {
        let step = |form| LADDER.iter().position(|it| *it == form).unwrap_or_default();
        let step = |form| u8::try_from(step(form)).unwrap_or_default();
        let (from, to) = (step(from), step(to));
        let (set, read) = (Ordering::Relaxed, Ordering::Relaxed);
        // Where somebody else was faster, the next turn asks in the form that is known by then.
        let _ = self.0.compare_exchange(from, to, set, read);
    }
}
