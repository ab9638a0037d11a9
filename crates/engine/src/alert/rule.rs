//! What one channel wants to hear.

use std::collections::BTreeSet;

use domain::{DurationMillis, Usd};

use super::fact::{Alert, AlertKind, AlertMarket, Severity};
use super::quiet::QuietHours;
use crate::filter::words::Phrases;

/// Whole words of titles and slugs; none means every market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    phrases: Phrases,
    any: Any,
}

/// Whether words were given at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Any {
    #[default]
    Market,
    Named,
}

impl Words {
    /// Takes phrases of one or more words, whatever their case.
    #[must_use]
    pub fn new(phrases: &[String]) -> Self {
        let any = if phrases.is_empty() { Any::Market } else { Any::Named };
        Self { phrases: Phrases::new(phrases), any }
    }
    fn hold(&self, market: &AlertMarket) -> bool {
        let named = |text: &str| self.phrases.first_in(text).is_some();
        self.any == Any::Market || named(&market.title) || named(&market.slug)
    }
}

/// What a channel is told, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRule {
    /// About what.
    pub kinds: BTreeSet<AlertKind>,
    /// From this severity on.
    pub severity_min: Severity,
    /// From this size on, dollars; alerts about no money are not held to it.
    pub size_usd_min: Usd,
    /// About markets with one of these words; alerts about no market are told whatever the words.
    pub words: Words,
    /// Messages a minute; what is more is counted, and told in one message afterwards.
    pub per_minute_max: u32,
    /// The same topic is told again after this long.
    pub repeat_after: DurationMillis,
    /// When only what is critical is told.
    pub quiet: Option<QuietHours>,
}

impl ChannelRule {
    /// Why the rule leaves it out; `None` where it does not.
    pub(super) fn refuses(&self, alert: &Alert) -> Option<super::Held> {
        use super::Held;
        if !self.kinds.contains(&alert.kind) {
            return Some(Held::Kind);
        }
        if alert.severity < self.severity_min {
            return Some(Held::Severity);
        }
        if alert.size.is_some_and(|size| size < self.size_usd_min) {
            return Some(Held::Size);
        }
        let elsewhere = alert.market.as_ref().is_some_and(|market| !self.words.hold(market));
        elsewhere.then_some(Held::Market)
    }
}
