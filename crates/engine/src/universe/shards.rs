//! Which connection carries which market.

use std::collections::{BTreeMap, BTreeSet};

use domain::TokenId;

/// Markets by connection. Both tokens of a market share one, because the venue states changes of
/// both in one frame; markets of a group may be on several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shards {
    /// The markets of each connection, by their first token.
    pub shards: Vec<Vec<[TokenId; 2]>>,
    /// Markets that found no room, in the order of wanting.
    pub left_out: Vec<[TokenId; 2]>,
}

impl Shards {
    /// How many tokens a connection carries.
    #[must_use]
    pub fn tokens(&self, shard: usize) -> usize {
        self.shards.get(shard).map_or(0, |pairs| pairs.len() * 2)
    }
}

/// Spreads `pairs` (most wanted first) over `shards` connections of at most `tokens_per_shard_max`
/// tokens each.
///
/// A market stays where it was, because moving it costs a new subscription and a moment of
/// blindness. New ones go where there is most room. Only a connection that carries more than an
/// eighth above the even share gives some up, the least wanted first. What does not fit at all is
/// left out, the least wanted first.
#[must_use]
pub fn assign(
    previous: &Shards,
    pairs: &[[TokenId; 2]],
    shards: usize,
    tokens_per_shard_max: usize,
) -> Shards {
    let room = tokens_per_shard_max / 2;
    let mut seen = BTreeSet::new();
    let mut wanted: Vec<[TokenId; 2]> =
        pairs.iter().filter(|p| seen.insert(**p)).copied().collect();
    let left_out = wanted.split_off(wanted.len().min(shards.saturating_mul(room)));
    let even = wanted.len().div_ceil(shards.max(1));
    let most = (even + even / 8).min(room);
    let before: BTreeMap<[TokenId; 2], usize> = previous
        .shards
        .iter()
        .enumerate()
        .flat_map(|(at, pairs)| pairs.iter().map(move |pair| (*pair, at)))
        .collect();
    let mut assigned: Vec<Vec<[TokenId; 2]>> = vec![Vec::new(); shards];
    let mut homeless = Vec::new();
    for pair in wanted {
        let home = before.get(&pair).and_then(|at| assigned.get_mut(*at));
        match home.filter(|home| home.len() < most) {
            Some(home) => home.push(pair),
            None => homeless.push(pair),
        }
    }
    for pair in homeless {
        if let Some(emptiest) = assigned.iter_mut().min_by_key(|pairs| pairs.len()) {
            emptiest.push(pair);
        }
    }
    for pairs in &mut assigned {
        pairs.sort_unstable();
    }
    Shards { shards: assigned, left_out }
}
