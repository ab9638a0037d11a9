//! What the venue says about our own bucket of requests.

use awc::http::header::HeaderMap;

use crate::http::Excerpt;

/// The signer's bucket as the last answer stated it. The venue documents neither the unit of
/// `reset` nor whether the limits are enforced already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignerBudget {
    /// Tokens left; the bucket for cancels may go below nothing.
    pub remaining: Option<i64>,
    /// When the bucket is full again, in the venue's words.
    pub reset: Option<Excerpt>,
    /// The account's tier by its volume.
    pub tier: Option<Excerpt>,
    /// A warning, where limits are only announced.
    pub warning: Option<Excerpt>,
}

impl SignerBudget {
    /// Reads the headers; `None` where the answer has none of them.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| {
            let value = headers.get(name)?.as_bytes();
            (!value.is_empty()).then(|| Excerpt::of(value))
        };
        let remaining = text("poly-ratelimit-remaining");
        let budget = Self {
            remaining: remaining.and_then(|text| text.as_str().parse().ok()),
            reset: text("poly-ratelimit-reset"),
            tier: text("poly-ratelimit-tier"),
            warning: text("poly-ratelimit-warning"),
        };
        (budget != Self::default()).then_some(budget)
    }
}
