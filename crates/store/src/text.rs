//! Texts that fit their columns.
//!
//! Text from outside is cut, because a long title is no reason to lose a market. A key is never
//! cut, because two cut keys may be the same: a key that does not fit is refused.

use std::fmt;

use thiserror::Error;

/// Characters of a short text from outside.
pub(crate) const NAME_CHARS_MAX: usize = 255;
/// Characters of a long text from outside.
pub(crate) const TITLE_CHARS_MAX: usize = 1_000;
/// Characters of the name of a signal, a plan, an order's intent, a venue's trade.
pub(crate) const REFERENCE_CHARS_MAX: usize = 200;
/// Characters of a token id.
pub(crate) const TOKEN_CHARS_MAX: usize = 80;
/// Characters of the id of an opportunity.
pub(crate) const LONG_KEY_CHARS_MAX: usize = 120;
/// Characters of the id of a command or of what an opportunity is about.
pub(crate) const KEY_CHARS_MAX: usize = 66;
/// Characters of a number of the venue and of the name of a thing of ours.
pub(crate) const LABEL_CHARS_MAX: usize = 64;

/// Why a text is not a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a word is 1 to {chars_max} lower-case letters, digits and underscores")]
pub struct WordError {
    /// How many characters it may have.
    pub chars_max: usize,
}

/// A word of our own, such as the name of an enum's value: at most `CHARS_MAX` lower-case ASCII
/// letters, digits and underscores.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BoundedWord<const CHARS_MAX: usize>(Box<str>);

/// A word of up to 16 characters: kinds, sources, states.
pub type Word = BoundedWord<16>;
/// A word of up to 64 characters: reasons, names of collectors.
pub type Label = BoundedWord<LABEL_CHARS_MAX>;

impl<const CHARS_MAX: usize> BoundedWord<CHARS_MAX> {
    /// Checks `text`.
    ///
    /// # Errors
    /// Empty, too long, or another character than `a-z`, `0-9` and `_`.
    pub fn new(text: &str) -> Result<Self, WordError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if text.is_empty() || text.len() > CHARS_MAX || !text.bytes().all(allowed) {
            return Err(WordError { chars_max: CHARS_MAX });
        }
        Ok(Self(text.into()))
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const CHARS_MAX: usize> fmt::Display for BoundedWord<CHARS_MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl<const CHARS_MAX: usize> fmt::Debug for BoundedWord<CHARS_MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The first `chars_max` characters of `text`. Both databases count characters, not bytes, so no
/// character is ever split.
pub(crate) fn cut(text: &str, chars_max: usize) -> &str {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Whether `text` may be a key of at most `chars_max` characters: printable ASCII without spaces.
///
/// MySQL ignores spaces at the end when it compares, so a key with one would meet its neighbour.
pub(crate) fn is_key(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && text.len() <= chars_max && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_never_inside_one() {
        assert_eq!(cut("🦀🦀🦀", 2), "🦀🦀");
        assert_eq!(cut("🦀🦀", 2), "🦀🦀");
        assert_eq!(cut("", 2), "");
        assert_eq!(cut("ab", 0), "");
    }

    #[test]
    fn a_word_is_short_lower_case_and_plain() {
        assert_eq!(Word::new("neg_risk_convert").unwrap().as_str(), "neg_risk_convert");
        for bad in ["", "Parity", "a b", "a-b", "é", "seventeen_letters"] {
            assert_eq!(Word::new(bad), Err(WordError { chars_max: 16 }), "{bad}");
        }
    }

    #[test]
    fn a_key_has_no_spaces_because_mysql_does_not_see_them_at_the_end() {
        assert!(is_key("0xab-1:2", 8));
        for bad in ["", "a ", "a\n", "é", "123456789"] {
            assert!(!is_key(bad, 8), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_text_begins_like_the_whole_and_has_no_more_than_the_limit(
            text in ".{0,40}", chars_max in 0usize..50,
        ) {
            let short = cut(&text, chars_max);
            prop_assert!(text.starts_with(short));
            prop_assert_eq!(short.chars().count(), text.chars().count().min(chars_max));
        }
    }
}
