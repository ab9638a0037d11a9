//! Which markets are watched live, and on which connection each of them is.

mod shards;
mod watched;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, UnixMillis, Usd};

use crate::catalogue::Catalogue;
use crate::filter::MarketFilter;

pub use shards::{Shards, assign};
pub use watched::Watched;

/// What is watched, most wanted first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Universe {
    /// Every watched market.
    pub markets: Vec<Arc<Market>>,
    /// The groups of which every market is watched.
    pub groups: Vec<GroupId>,
    /// Groups that are open and complete and found no room.
    pub groups_left_out: usize,
    /// Markets that are open and pass the filter and found no room.
    pub markets_left_out: usize,
}

impl Universe {
    /// The tokens of every market, first and second outcome.
    pub fn pairs(&self) -> impl Iterator<Item = [TokenId; 2]> + '_ {
        self.markets.iter().map(|market| [market.yes().token, market.no().token])
    }
}

/// Chooses the markets to watch with at most `tokens_max` tokens.
///
/// First the neg-risk groups in which a sum can prove something: not augmented, no placeholder,
/// every market listed and open; by the volume of all their markets, each wholly or not at all, and
/// whatever `filter` says, because half a group proves nothing. Then single open markets that pass
/// `filter`, by volume and liquidity. Equals are ordered by their ids.
#[must_use]
pub fn choose(
    catalogue: &Catalogue,
    filter: &MarketFilter,
    tokens_max: usize,
    now: UnixMillis,
) -> Universe {
    let markets_max = tokens_max / 2;
    let mut universe = Universe::default();
    let mut chosen: BTreeSet<ConditionId> = BTreeSet::new();
    for (group, members) in groups_by_volume(catalogue) {
        let new: Vec<_> =
            members.into_iter().filter(|member| !chosen.contains(&member.condition)).collect();
        if universe.markets.len() + new.len() > markets_max {
            universe.groups_left_out += 1;
            continue;
        }
        chosen.extend(new.iter().map(|member| member.condition));
        universe.markets.extend(new);
        universe.groups.push(group.id.clone());
    }
    let mut singles: Vec<&Arc<Market>> = catalogue
        .markets()
        .filter(|market| market.is_open() && !chosen.contains(&market.condition))
        .filter(|market| filter.check(market, now).is_ok())
        .collect();
    singles.sort_by_key(|market| {
        (Reverse(market.volume_24h), Reverse(market.liquidity), market.condition)
    });
    let room = markets_max - universe.markets.len();
    universe.markets_left_out = singles.len().saturating_sub(room);
    universe.markets.extend(singles.into_iter().take(room).cloned());
    universe
}

fn groups_by_volume(catalogue: &Catalogue) -> Vec<(&Arc<EventGroup>, Vec<Arc<Market>>)> {
    let mut groups: Vec<_> = catalogue
        .groups()
        .filter_map(|group| complete_members(catalogue, group).map(|members| (group, members)))
        .collect();
    groups.sort_by_cached_key(|(group, members)| {
        let volume: Usd = members.iter().map(|member| member.volume_24h).sum();
        (Reverse(volume), group.id.clone())
    });
    groups
}

fn complete_members(catalogue: &Catalogue, group: &EventGroup) -> Option<Vec<Arc<Market>>> {
    (group.neg_risk && !group.augmented && group.markets.len() >= 2).then_some(())?;
    let member = |condition: &ConditionId| {
        let market = catalogue.market(condition)?;
        (market.is_open() && !market.placeholder && market.neg_risk).then(|| market.clone())
    };
    group.markets.iter().map(member).collect()
}
