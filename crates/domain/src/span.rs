//! A step of something that happened, as tracing systems know it: who it belongs to, when it began
//! and ended, and what is to be known of it.
//!
//! Plain values. What a span is about and how it is sent are other people's business.

use std::fmt;

use crate::money::{Shares, Usd};
use crate::price::Price;
use crate::time::UnixMillis;

/// The most characters of a text in a span; the rest is cut.
pub const SPAN_TEXT_CHARS_MAX: usize = 200;
/// The most texts of a list in a span; the rest is left out.
pub const SPAN_LIST_MAX: usize = 64;

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        /// Lower-case hexadecimal digits.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&hex::encode(self.0))
            }
        }
    };
}
hex_id!(
    /// Names everything that belongs to one story.
    TraceId,
    16
);
hex_id!(
    /// Names one step of a story.
    SpanId,
    8
);

/// On which side of a boundary a step happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// Within the program.
    Internal,
    /// Something was asked of somebody else.
    Client,
    /// Something came from somebody else.
    Consumer,
}

/// How a step ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SpanStatus {
    /// As it should, or nobody can say.
    #[default]
    Unset,
    /// A person may want to look.
    Error(SpanText),
}

/// A text of bounded length without control characters, wherever it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanText(String);

impl SpanText {
    /// Cuts after [`SPAN_TEXT_CHARS_MAX`] characters; control characters become blanks.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let plain = |c: char| if c.is_control() || is_directing(c) { ' ' } else { c };
        Self(text.chars().take(SPAN_TEXT_CHARS_MAX).map(plain).collect())
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that turn the direction of what follows, so that it reads as something else.
const fn is_directing(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is known of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanValue {
    /// Words.
    Text(SpanText),
    /// A whole number; its unit stands in the key.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// Several words, at most [`SPAN_LIST_MAX`].
    Texts(Vec<SpanText>),
}

impl SpanValue {
    /// Several words; those beyond the bound are left out.
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let texts = texts.into_iter().take(SPAN_LIST_MAX);
        Self::Texts(texts.map(|text| SpanText::new(text.as_ref())).collect())
    }
}

impl From<&str> for SpanValue {
    fn from(text: &str) -> Self {
        Self::Text(SpanText::new(text))
    }
}
impl From<&String> for SpanValue {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}
impl From<SpanText> for SpanValue {
    fn from(text: SpanText) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for SpanValue {
    fn from(whole: i64) -> Self {
        Self::Whole(whole)
    }
}
impl From<u64> for SpanValue {
    fn from(whole: u64) -> Self {
        Self::Whole(i64::try_from(whole).unwrap_or(i64::MAX))
    }
}
impl From<u32> for SpanValue {
    fn from(whole: u32) -> Self {
        Self::Whole(whole.into())
    }
}
impl From<usize> for SpanValue {
    fn from(whole: usize) -> Self {
        Self::Whole(i64::try_from(whole).unwrap_or(i64::MAX))
    }
}
impl From<bool> for SpanValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
/// Millionths of a dollar.
impl From<Usd> for SpanValue {
    fn from(dollars: Usd) -> Self {
        Self::Whole(dollars.micros())
    }
}
/// Millionths of a share.
impl From<Shares> for SpanValue {
    fn from(shares: Shares) -> Self {
        Self::Whole(shares.micros())
    }
}
/// Ten-thousandths of a dollar.
impl From<Price> for SpanValue {
    fn from(price: Price) -> Self {
        Self::Whole(price.ten_thousandths().into())
    }
}
/// Milliseconds since 1970.
impl From<UnixMillis> for SpanValue {
    fn from(at: UnixMillis) -> Self {
        Self::Whole(at.0)
    }
}

/// Keys with their values, in the order they were added.
pub type SpanValues = Vec<(&'static str, SpanValue)>;

/// A moment within a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanEvent {
    /// What happened.
    pub name: &'static str,
    /// When.
    pub at: UnixMillis,
    /// What is to be known of it.
    pub values: SpanValues,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The story that it belongs to.
    pub trace: TraceId,
    /// Its own name. The same step has the same name, however often it is told.
    pub id: SpanId,
    /// The step that it is a part of; `None` for the story itself.
    pub parent: Option<SpanId>,
    /// What happened, in one of few words.
    pub name: &'static str,
    /// On which side of a boundary.
    pub kind: SpanKind,
    /// When it began.
    pub began_at: UnixMillis,
    /// When it was over; never before it began.
    pub ended_at: UnixMillis,
    /// What is to be known of it.
    pub values: SpanValues,
    /// Moments within it.
    pub events: Vec<SpanEvent>,
    /// How it ended.
    pub status: SpanStatus,
}

impl Span {
    /// A step from one moment to another; clocks of two machines may disagree, so one that would end
    /// before it began ends when it began.
    #[must_use]
    pub fn new(
        (trace, id, parent): (TraceId, SpanId, Option<SpanId>),
        name: &'static str,
        (began_at, ended_at): (UnixMillis, UnixMillis),
    ) -> Self {
        Self {
            trace,
            id,
            parent,
            name,
            kind: SpanKind::Internal,
            began_at,
            ended_at: ended_at.max(began_at),
            values: Vec::new(),
            events: Vec::new(),
            status: SpanStatus::Unset,
        }
    }
    /// On which side of a boundary it happened.
    #[must_use]
    pub const fn of_kind(mut self, kind: SpanKind) -> Self {
        self.kind = kind;
        self
    }
    /// One more thing that is known of it.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<SpanValue>) -> Self {
        self.values.push((key, value.into()));
        self
    }
    /// The same, where there is a value.
    #[must_use]
    pub fn with_some(self, key: &'static str, value: Option<impl Into<SpanValue>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
    /// A moment within it.
    #[must_use]
    pub fn event(self, name: &'static str, at: UnixMillis) -> Self {
        self.event_with(name, at, Vec::new())
    }
    /// A moment within it, with what is to be known of it.
    #[must_use]
    pub fn event_with(mut self, name: &'static str, at: UnixMillis, values: SpanValues) -> Self {
        self.events.push(SpanEvent { name, at, values });
        self
    }
    /// A person may want to look.
    #[must_use]
    pub fn failed(mut self, why: &str) -> Self {
        self.status = SpanStatus::Error(SpanText::new(why));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_is_cut_and_neither_controls_a_terminal_nor_turns_its_direction() {
        let hostile = format!("\u{1b}[2J\n\u{202e}evil{}", "x".repeat(10_000));
        let text = SpanText::new(&hostile);
        assert_eq!(text.as_str().chars().count(), SPAN_TEXT_CHARS_MAX);
        assert!(text.as_str().starts_with(" [2J  evilxx"), "{text:?}");
        let SpanValue::Texts(list) = SpanValue::texts(vec!["a"; 1_000]) else { panic!("no list") };
        assert_eq!(list.len(), SPAN_LIST_MAX);
    }

    #[test]
    fn a_step_never_ends_before_it_began() {
        let names = (TraceId([1; 16]), SpanId([2; 8]), None);
        let span = Span::new(names, "step", (UnixMillis(9), UnixMillis(5)));
        assert_eq!((span.began_at, span.ended_at), (UnixMillis(9), UnixMillis(9)));
        assert_eq!(span.trace.to_string(), "01".repeat(16));
    }
}
