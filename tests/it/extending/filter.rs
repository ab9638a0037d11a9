//! A filter: questions that are too long to be read by anybody are hidden.

use domain::{Market, UnixMillis};
use engine::filter::MarketCheck;

/// Hides markets whose title has more letters than this.
#[derive(Debug)]
pub(super) struct ShortTitles {
    pub(super) chars_max: usize,
}

impl MarketCheck for ShortTitles {
    fn name(&self) -> &'static str {
        "title_too_long"
    }
    fn hides(&self, market: &Market, _now: UnixMillis) -> Option<String> {
        let chars = market.title.chars().count();
        (chars > self.chars_max).then(|| format!("Its title has {chars} letters."))
    }
}
