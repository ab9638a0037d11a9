//! What one connection is subscribed to, and the words for changing it. Pure.

use std::collections::BTreeSet;

use domain::TokenId;

use crate::socket::SendError;

/// Assets a connection carries: above 500 the venue silently sends no snapshots, and well below
/// that is where its own clients stay.
pub const ASSETS_PER_CONNECTION_MAX: usize = 200;

/// The assets of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    assets: BTreeSet<TokenId>,
    /// The first frame of a connection is worded differently from all later ones.
    begun: bool,
}

impl Subscriptions {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { assets: BTreeSet::new(), begun: false }
    }
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.assets.len()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }
    /// How many more fit.
    #[must_use]
    pub fn room(&self) -> usize {
        ASSETS_PER_CONNECTION_MAX.saturating_sub(self.len())
    }
    /// The assets, in the order of their numbers.
    pub fn assets(&self) -> impl Iterator<Item = TokenId> + '_ {
        self.assets.iter().copied()
    }
    /// Adds assets and words the wish; nothing where all are known.
    ///
    /// # Errors
    /// They do not all fit; then none is added.
    pub fn add(&mut self, assets: &[TokenId]) -> Result<Option<String>, SendError> {
        let new: BTreeSet<_> =
            assets.iter().copied().filter(|asset| !self.assets.contains(asset)).collect();
        if new.len() > self.room() {
            return Err(SendError::TooManyAssets { limit: ASSETS_PER_CONNECTION_MAX });
        }
        if new.is_empty() {
            return Ok(None);
        }
        let list = list(new.iter().copied());
        self.assets.extend(new);
        let first = !std::mem::replace(&mut self.begun, true);
        Ok(Some(if first {
            format!(r#"{{"type":"market","assets_ids":{list},"custom_feature_enabled":true}}"#)
        } else {
            subscribe(&list)
        }))
    }
    /// Words the wish for new snapshots of those that are subscribed to.
    #[must_use]
    pub fn again(&self, assets: &[TokenId]) -> Option<String> {
        let known: BTreeSet<_> =
            assets.iter().copied().filter(|asset| self.assets.contains(asset)).collect();
        (!known.is_empty()).then(|| subscribe(&list(known.into_iter())))
    }
    /// Drops assets and words the wish; nothing where none is known.
    pub fn remove(&mut self, assets: &[TokenId]) -> Option<String> {
        let gone: BTreeSet<_> =
            assets.iter().copied().filter(|asset| self.assets.remove(asset)).collect();
        let list = (!gone.is_empty()).then(|| list(gone.into_iter()))?;
        Some(format!(r#"{{"operation":"unsubscribe","assets_ids":{list}}}"#))
    }
}

fn subscribe(list: &str) -> String {
    format!(r#"{{"operation":"subscribe","assets_ids":{list},"custom_feature_enabled":true}}"#)
}

fn list(assets: impl Iterator<Item = TokenId>) -> String {
    let texts: Vec<_> = assets.map(|asset| format!("\"{asset}\"")).collect();
    format!("[{}]", texts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(number: u64) -> TokenId {
        TokenId::from_words([0, 0, 0, number])
    }

    #[test]
    fn the_first_wish_is_worded_as_the_venue_wants_and_later_ones_by_operation() {
        let mut subscriptions = Subscriptions::new();
        let first = subscriptions.add(&[asset(1), asset(2), asset(1)]).unwrap();
        let want = r#"{"type":"market","assets_ids":["1","2"],"custom_feature_enabled":true}"#;
        assert_eq!(first.as_deref(), Some(want));
        let later = subscriptions.add(&[asset(2), asset(3)]).unwrap();
        let want = r#"{"operation":"subscribe","assets_ids":["3"],"custom_feature_enabled":true}"#;
        assert_eq!(later.as_deref(), Some(want));
        let gone = subscriptions.remove(&[asset(9), asset(1)]);
        assert_eq!(gone.as_deref(), Some(r#"{"operation":"unsubscribe","assets_ids":["1"]}"#));
        assert_eq!(subscriptions.remove(&[asset(9)]), None);
        assert_eq!(subscriptions.add(&[asset(2)]), Ok(None));
        assert!(subscriptions.again(&[asset(2), asset(1)]).unwrap().contains(r#"["2"]"#));
        assert_eq!(subscriptions.assets().collect::<Vec<_>>(), [asset(2), asset(3)]);
    }

    #[test]
    fn assets_that_do_not_all_fit_are_not_added_at_all() {
        let mut subscriptions = Subscriptions::new();
        let most: Vec<_> = (0..199).map(asset).collect();
        subscriptions.add(&most).unwrap();
        let refused = subscriptions.add(&[asset(1_000), asset(1_001)]);
        assert_eq!(refused, Err(SendError::TooManyAssets { limit: 200 }));
        assert_eq!((subscriptions.len(), subscriptions.room()), (199, 1));
        assert!(subscriptions.add(&[asset(1_000), asset(5)]).unwrap().is_some());
    }
}
