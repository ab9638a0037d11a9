//! Every market that is known, for readers.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market};

/// Every market and group that is known, with the order in which people want to see them.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// By the venue's key.
    pub markets: BTreeMap<ConditionId, Arc<Market>>,
    /// By the venue's key.
    pub groups: BTreeMap<GroupId, Arc<EventGroup>>,
    /// The most traded first.
    pub by_volume: Vec<ConditionId>,
}

impl Listing {
    /// From what a collector found.
    #[must_use]
    pub fn new(markets: Vec<Arc<Market>>, groups: Vec<Arc<EventGroup>>) -> Self {
        let mut by_volume: Vec<_> = markets
            .iter()
            .map(|market| (std::cmp::Reverse(market.volume_24h.micros().max(0)), market.condition))
            .collect();
        by_volume.sort_unstable();
        Self {
            markets: markets.into_iter().map(|market| (market.condition, market)).collect(),
            groups: groups.into_iter().map(|group| (group.id.clone(), group)).collect(),
            by_volume: by_volume.into_iter().map(|(_, condition)| condition).collect(),
        }
    }
}
