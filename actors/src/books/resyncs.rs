//! Which books to ask for again, and when.

use std::collections::BTreeMap;

use domain::{TokenIndex, UnixMillis};

/// A trade locks a book for a moment, and the venue's own snapshot heals it: wait that long first.
const PATIENCE_MS: i64 = 500;

/// Books that lost their trust; one entry a book.
#[derive(Debug, Default)]
pub(super) struct PendingResyncs(BTreeMap<TokenIndex, UnixMillis>);

impl PendingResyncs {
    /// This book lost its trust now.
    pub(super) fn want(&mut self, token: TokenIndex, now: UnixMillis) {
        self.0.entry(token).or_insert(now);
    }
    /// The indices mean other books now.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
    /// The books that waited long enough and still are not trusted. They stay until they are, and
    /// come up again after the same wait.
    pub(super) fn due(
        &mut self,
        now: UnixMillis,
        still_wanted: impl Fn(TokenIndex) -> bool,
    ) -> Vec<TokenIndex> {
        self.0.retain(|token, _| still_wanted(*token));
        let mut due = Vec::new();
        for (token, since) in &mut self.0 {
            if now.since(*since).0 >= PATIENCE_MS {
                *since = now;
                due.push(*token);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_that_heals_by_itself_is_not_asked_for() {
        let mut pending = PendingResyncs::default();
        pending.want(TokenIndex(1), UnixMillis(0));
        pending.want(TokenIndex(2), UnixMillis(0));
        assert_eq!(pending.due(UnixMillis(499), |_| true), []);
        assert_eq!(pending.due(UnixMillis(500), |t| t == TokenIndex(2)), [TokenIndex(2)]);
        assert_eq!(pending.due(UnixMillis(999), |_| true), [], "and not more often than that");
        assert_eq!(pending.due(UnixMillis(1_000), |_| true), [TokenIndex(2)]);
        assert_eq!(pending.due(UnixMillis(2_000), |_| false), []);
    }
}
