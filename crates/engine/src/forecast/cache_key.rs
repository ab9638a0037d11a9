//! When two calls would be the same call.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::prompt::PROMPT_VERSION;
use super::question::Question;

/// Names what a model was asked: question, research notes, prompt and model version. 64 hexadecimal
/// digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CacheKey(String);

impl CacheKey {
    /// The key of a question asked of a model. `model_version` is whatever changes when the same
    /// question may be answered otherwise: the provider's name of the model and its settings.
    #[must_use]
    pub fn of(question: &Question, model_version: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(PROMPT_VERSION.to_be_bytes());
        part(&mut hash, model_version);
        part(&mut hash, question.title.as_str());
        part(&mut hash, question.outcome.as_str());
        part(&mut hash, question.rules.as_str());
        part(&mut hash, question.category.as_str());
        moment(&mut hash, question.closes_at);
        for tag in &question.tags {
            part(&mut hash, tag.as_str());
        }
        for note in &question.notes {
            part(&mut hash, "note");
            part(&mut hash, note.source.as_str());
            moment(&mut hash, note.published_at);
            part(&mut hash, note.text.as_str());
        }
        Self(hex::encode(hash.finalize()))
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// With its length in front, so that no two lists of parts run into the same bytes.
fn part(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn moment(hash: &mut Sha256, moment: Option<domain::UnixMillis>) {
    let text = moment.map_or_else(String::new, |moment| moment.0.to_string());
    part(hash, &text);
}
