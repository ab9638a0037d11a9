//! Whole words of any script, whatever their case.
//!
//! A word is a run of letters and digits; everything else divides. So "nba-finals" holds "nba",
//! and "solution" does not hold "sol". Scripts that write no spaces have long words: a keyword of
//! theirs matches where it stands alone.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The text without case: upper and then lower, so that `ß` meets `SS` and `ς` meets `Σ`.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Phrases of one or more words, by their first word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phrases {
    by_first: BTreeMap<String, Vec<Phrase>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Phrase {
    keyword: Arc<str>,
    rest: Vec<String>,
}

impl Phrases {
    pub(crate) fn new(keywords: &[String]) -> Self {
        let mut phrases = Self::default();
        for keyword in keywords {
            let folded = fold(keyword);
            let mut parts = words(&folded).map(str::to_owned);
            if let Some(first) = parts.next() {
                let phrase = Phrase { keyword: keyword.as_str().into(), rest: parts.collect() };
                phrases.by_first.entry(first).or_default().push(phrase);
            }
        }
        phrases
    }
    /// The keyword that stands first in the text.
    pub(crate) fn first_in(&self, text: &str) -> Option<Arc<str>> {
        let folded = fold(text);
        let words: Vec<&str> = words(&folded).collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let after = words.get(at + 1..).unwrap_or_default();
            let phrases = self.by_first.get(*word)?;
            let here = |phrase: &&Phrase| {
                after.len() >= phrase.rest.len()
                    && phrase.rest.iter().zip(after).all(|(wanted, word)| wanted == word)
            };
            phrases.iter().find(here).map(|phrase| phrase.keyword.clone())
        })
    }
}
