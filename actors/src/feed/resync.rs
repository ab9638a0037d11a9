//! Which books to ask for again, and not more often than makes sense.

use std::collections::BTreeMap;

use domain::{TokenId, UnixMillis};

/// The shortest time between two requests for one book.
const INTERVAL_MS: i64 = 2_000;
/// The most books of one request: the venue's frames have a size.
const BATCH_MAX: usize = 100;

/// Requests that wait, one a token; bounded by the tokens of the connection.
#[derive(Debug, Default)]
pub(super) struct Resyncs {
    wanted: BTreeMap<TokenId, ()>,
    asked_at: BTreeMap<TokenId, UnixMillis>,
}

impl Resyncs {
    /// Somebody needs these books again.
    pub(super) fn want(&mut self, tokens: impl IntoIterator<Item = TokenId>) {
        self.wanted.extend(tokens.into_iter().map(|token| (token, ())));
    }
    /// A new connection states every book anyway.
    pub(super) fn clear(&mut self) {
        self.wanted.clear();
        self.asked_at.clear();
    }
    /// The tokens to ask for now.
    pub(super) fn due(&mut self, now: UnixMillis) -> Vec<TokenId> {
        self.asked_at.retain(|_, at| now.since(*at).0 < INTERVAL_MS);
        let due: Vec<TokenId> = self
            .wanted
            .keys()
            .filter(|token| !self.asked_at.contains_key(token))
            .take(BATCH_MAX)
            .copied()
            .collect();
        for token in &due {
            self.wanted.remove(token);
            self.asked_at.insert(*token, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_asked_for_at_once_and_then_not_again_for_two_seconds() {
        let token = |n| TokenId::from_words([0, 0, 0, n]);
        let mut resyncs = Resyncs::default();
        resyncs.want([token(1), token(1), token(2)]);
        assert_eq!(resyncs.due(UnixMillis(0)), [token(1), token(2)]);
        resyncs.want([token(1)]);
        assert_eq!(resyncs.due(UnixMillis(1_999)), []);
        assert_eq!(resyncs.due(UnixMillis(2_000)), [token(1)], "the wish is kept, not dropped");
        assert_eq!(resyncs.due(UnixMillis(9_000)), []);
    }

    #[test]
    fn a_request_has_a_size() {
        let mut resyncs = Resyncs::default();
        resyncs.want((0..250).map(|n| TokenId::from_words([0, 0, 0, n])));
        let sizes: Vec<usize> = (0..4).map(|_| resyncs.due(UnixMillis(0)).len()).collect();
        assert_eq!(sizes, [100, 100, 50, 0]);
    }
}
