//! What a model may know of a market. There is no price here, and no field that could hold one.

use domain::UnixMillis;
use serde::{Deserialize, Serialize};

use super::text::CleanText;

/// Tags that a question keeps.
pub const TAGS_MAX: usize = 10;
/// Research notes that a question keeps.
pub const NOTES_MAX: usize = 8;
const TITLE_CHARS_MAX: usize = 300;
const OUTCOME_CHARS_MAX: usize = 80;
const RULES_CHARS_MAX: usize = 6_000;
const TAG_CHARS_MAX: usize = 40;
const SOURCE_CHARS_MAX: usize = 80;
const NOTE_CHARS_MAX: usize = 1_500;

/// One market as a prompt may show it. Every text in it is clean; none of it is to be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub title: CleanText,
    /// The first outcome, whose probability is wanted: `Yes`, a team, a direction.
    pub outcome: CleanText,
    /// How it resolves; empty where that is not known.
    pub rules: CleanText,
    /// When it is scheduled to end.
    pub closes_at: Option<UnixMillis>,
    /// What it is about, such as `politics`; empty where that is not known.
    pub category: CleanText,
    /// Its tags, at most [`TAGS_MAX`].
    pub tags: Vec<CleanText>,
    /// What was found about it, at most [`NOTES_MAX`].
    pub notes: Vec<ResearchNote>,
}

/// One finding, dated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResearchNote {
    /// Who says so.
    pub source: CleanText,
    /// When it was said.
    pub published_at: Option<UnixMillis>,
    /// What was said.
    pub text: CleanText,
}

impl ResearchNote {
    /// Cleans what a source sent: 80 characters of its name, 1,500 of its words.
    #[must_use]
    pub fn new(source: &str, published_at: Option<UnixMillis>, text: &str) -> Self {
        Self {
            source: CleanText::line(source, SOURCE_CHARS_MAX),
            published_at,
            text: CleanText::paragraphs(text, NOTE_CHARS_MAX),
        }
    }
}

impl Question {
    /// A question of a title and the outcome whose probability is wanted; the rest is added.
    #[must_use]
    pub fn new(title: &str, outcome: &str) -> Self {
        Self {
            title: CleanText::line(title, TITLE_CHARS_MAX),
            outcome: CleanText::line(outcome, OUTCOME_CHARS_MAX),
            rules: CleanText::default(),
            closes_at: None,
            category: CleanText::default(),
            tags: Vec::new(),
            notes: Vec::new(),
        }
    }
    /// With how it resolves, 6,000 characters of it.
    #[must_use]
    pub fn with_rules(self, rules: &str) -> Self {
        Self { rules: CleanText::paragraphs(rules, RULES_CHARS_MAX), ..self }
    }
    /// With its scheduled end.
    #[must_use]
    pub fn with_end(self, closes_at: Option<UnixMillis>) -> Self {
        Self { closes_at, ..self }
    }
    /// With what it is about.
    #[must_use]
    pub fn with_category(self, category: &str) -> Self {
        Self { category: CleanText::line(category, TAG_CHARS_MAX), ..self }
    }
    /// With the first [`TAGS_MAX`] of these tags that say anything.
    #[must_use]
    pub fn with_tags<'a>(self, tags: impl IntoIterator<Item = &'a str>) -> Self {
        let tags = tags.into_iter().map(|tag| CleanText::line(tag, TAG_CHARS_MAX));
        Self { tags: tags.filter(|tag| !tag.is_empty()).take(TAGS_MAX).collect(), ..self }
    }
    /// With the first [`NOTES_MAX`] of these notes that say anything.
    #[must_use]
    pub fn with_notes(self, notes: impl IntoIterator<Item = ResearchNote>) -> Self {
        let notes = notes.into_iter().filter(|note| !note.text.is_empty());
        Self { notes: notes.take(NOTES_MAX).collect(), ..self }
    }
}
