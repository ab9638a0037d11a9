//! What is watched live, and by which connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Usd};

/// The watched markets with their groups, and the tokens of each feed.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    markets: BTreeMap<ConditionId, Arc<Market>>,
    groups: BTreeMap<GroupId, Arc<EventGroup>>,
    /// The tokens of each feed, by shard.
    pub shards: Vec<Vec<TokenId>>,
    shard_by_token: BTreeMap<TokenId, usize>,
}

impl Watched {
    /// From a choice of markets, their groups, and the assignment of their tokens.
    #[must_use]
    pub fn new(
        markets: impl IntoIterator<Item = Arc<Market>>,
        groups: impl IntoIterator<Item = Arc<EventGroup>>,
        shards: Vec<Vec<TokenId>>,
    ) -> Self {
        let shard_by_token = shards
            .iter()
            .enumerate()
            .flat_map(|(shard, tokens)| tokens.iter().map(move |token| (*token, shard)))
            .collect();
        Self {
            markets: markets.into_iter().map(|market| (market.condition, market)).collect(),
            groups: groups.into_iter().map(|group| (group.id.clone(), group)).collect(),
            shards,
            shard_by_token,
        }
    }
    /// Every watched market.
    #[must_use]
    pub fn markets(&self) -> Vec<Market> {
        self.markets.values().map(|market| (**market).clone()).collect()
    }
    /// Every group of a watched market.
    #[must_use]
    pub fn groups(&self) -> Vec<EventGroup> {
        self.groups.values().map(|group| (**group).clone()).collect()
    }
    /// One watched market.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<Arc<Market>> {
        self.markets.get(condition).cloned()
    }
    /// One group of a watched market.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<Arc<EventGroup>> {
        self.groups.get(id).cloned()
    }
    /// Which feed watches a token.
    #[must_use]
    pub fn shard_of(&self, token: &TokenId) -> Option<usize> {
        self.shard_by_token.get(token).copied()
    }
    /// Every watched token, by number.
    pub fn tokens(&self) -> impl ExactSizeIterator<Item = TokenId> + '_ {
        self.shard_by_token.keys().copied()
    }
    /// Whether other markets, groups or connections are watched than in `other`. Figures that are
    /// only shown (volume, liquidity, a cached price) do not count.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let plain = |market: &Market| Market {
            volume_24h: Usd::ZERO,
            liquidity: Usd::ZERO,
            price_hint: None,
            ..market.clone()
        };
        self.shards != other.shards
            || self.groups != other.groups
            || self.markets.len() != other.markets.len()
            || self
                .markets
                .iter()
                .zip(&other.markets)
                .any(|((_, a), (_, b))| !Arc::ptr_eq(a, b) && plain(a) != plain(b))
    }
}
