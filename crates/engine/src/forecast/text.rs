//! Text from outside, made harmless for a prompt: visible characters only, no links, a limit, and no
//! mark that could end the frame around it.

mod characters;
mod links;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The most characters of any clean text.
const CHARS_MAX: usize = 8_000;
/// What was cut off is marked so.
const CUT: char = '…';

/// Text that is safe to quote in a prompt, which does not make it true or worth obeying.
///
/// It holds no control, zero-width, direction-changing or otherwise invisible character, no address,
/// and none of `< > [ ] { } \` | \`: the marks that frames, roles and markup are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CleanText(String);

impl CleanText {
    /// One line of at most `chars_max` characters.
    #[must_use]
    pub fn line(raw: &str, chars_max: usize) -> Self {
        let text = links::without(&characters::visible(bounded(raw, chars_max)));
        let words: Vec<&str> = text.split_whitespace().collect();
        Self(cut(&words.join(" "), chars_max))
    }
    /// Several lines of at most `chars_max` characters together; empty lines are left out.
    #[must_use]
    pub fn paragraphs(raw: &str, chars_max: usize) -> Self {
        let text = links::without(&characters::visible(bounded(raw, chars_max)));
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        Self(cut(&lines.join("\n"), chars_max))
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Looks at no more of the raw text than could matter, so that a huge one costs little. Most of what
/// is dropped is invisible, hence the room.
fn bounded(raw: &str, chars_max: usize) -> &str {
    let most = chars_max.min(CHARS_MAX).saturating_mul(16);
    let mut end = raw.len().min(most);
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    raw.get(..end).unwrap_or("")
}

/// No more than `chars_max` characters, the mark of the cut included.
fn cut(text: &str, chars_max: usize) -> String {
    let most = chars_max.min(CHARS_MAX);
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    if most > 0 {
        kept.push(CUT);
    }
    kept
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
/// Cleans whatever it reads, so that no store or wire can bring unclean text in.
impl<'de> Deserialize<'de> for CleanText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self::paragraphs(&text, CHARS_MAX))
    }
}
