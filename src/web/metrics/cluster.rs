//! Figures of the processes that share the work.

use std::collections::BTreeMap;

use actors::roll_call::RedisState;
use domain::UnixMillis;

use super::catalogue as it;
use super::scrape::{Scrape, millis};
use crate::web::api::cluster;
use crate::web::state::WebState;

pub(super) fn put(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    let roll = state.cluster.roll.get();
    let is_up = match roll.redis {
        RedisState::Unused => return,
        RedisState::Up => true,
        RedisState::Down(_) => false,
    };
    scrape.put(&it::CLUSTER_REDIS_UP, [], is_up);
    let mut members: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for member in cluster::members(state, &roll, now) {
        *members.entry((member.role, member.state)).or_default() += 1;
    }
    for ((role, doing), count) in members {
        scrape.put(&it::CLUSTER_MEMBERS, [role, doing], count);
    }
    let feeds = state.board.feeds();
    let unheld =
        feeds.iter().filter(|(at, feed)| feed.tokens > 0 && !roll.holders.contains_key(at)).count();
    scrape.put(&it::CLUSTER_UNHELD, [], unheld);
    for (shard, feed) in feeds {
        if let Some(delay_ms) = feed.delay_ms {
            scrape.put(&it::FEED_DELAY, [&format!("feed-{shard}")], millis(delay_ms));
        }
    }
}
