//! Who is there among the processes of the cluster, looked up again and again for whoever shows it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::UnixMillis;
use relay::{Members, RelayError, RelaySettings};
use store::{LeaseHolder, LeaseName, Store, StoreError, StoreSettings};

use crate::clock::Clock;
use crate::cluster::Line;
use crate::shared::Shared;

/// Between two looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// How Redis answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RedisState {
    /// There is none.
    #[default]
    Unused,
    /// It answered the last time.
    Up,
    /// It did not, and why.
    Down(String),
}

/// Who holds a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// When it was first seen with it.
    pub since: UnixMillis,
}

/// What the last look showed.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    /// How Redis answers.
    pub redis: RedisState,
    /// Who was heard of lately; what was seen last where Redis does not answer.
    pub members: Members,
    /// When that was seen.
    pub seen_at: Option<UnixMillis>,
    /// Who holds each shard that is held.
    pub holders: BTreeMap<u16, Holder>,
    /// Who has the lease to decide.
    pub lease: Option<LeaseHolder>,
}

/// Where to look.
#[derive(Clone, Debug)]
pub struct RollCallSettings {
    /// The Redis of the cluster, where there is one.
    pub redis: Option<RelaySettings>,
    /// Where the lease is.
    pub store: StoreSettings,
    /// How many shards there are.
    pub shards: u16,
}

/// Looks.
pub struct RollCall {
    settings: RollCallSettings,
    clock: Clock,
    roll: Shared<Roll>,
    /// `None` while a look is under way.
    links: Option<Links>,
}

struct Links {
    line: Option<Line>,
    store: Option<Store>,
}

struct Seen {
    members: Members,
    holders: Vec<Option<String>>,
}

impl RollCall {
    /// Shows what it sees in `roll`.
    #[must_use]
    pub fn new(settings: RollCallSettings, clock: Clock, roll: Shared<Roll>) -> Self {
        let links = Links { line: settings.redis.clone().map(Line::new), store: None };
        Self { settings, clock, roll, links: Some(links) }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        let Some(mut links) = self.links.take() else { return };
        let settings = self.settings.clone();
        let looking = async move {
            let seen = match &mut links.line {
                Some(line) => Some(look_at_redis(line, settings.shards).await),
                None => None,
            };
            let lease = look_at_lease(&mut links.store, &settings.store).await;
            (links, seen, lease)
        };
        ctx.spawn(looking.into_actor(self).map(|(links, seen, lease), actor, _| {
            actor.links = Some(links);
            actor.show(seen, lease);
        }));
    }

    fn show(
        &self,
        seen: Option<Result<Seen, RelayError>>,
        lease: Result<Option<LeaseHolder>, StoreError>,
    ) {
        let (now, mut roll) = (self.clock.now(), (*self.roll.get()).clone());
        match seen {
            None => roll.redis = RedisState::Unused,
            Some(Ok(Seen { members, holders })) => {
                roll.redis = RedisState::Up;
                (roll.members, roll.seen_at) = (members, Some(now));
                roll.holders = followed(&roll.holders, holders, now);
            }
            Some(Err(error)) => roll.redis = RedisState::Down(error.to_string()),
        }
        match lease {
            Ok(lease) => roll.lease = lease,
            Err(error) => tracing::debug!(%error, "it is not known who has the lease"),
        }
        self.roll.set(Arc::new(roll));
    }
}

/// Who holds what now, and since when.
fn followed(
    before: &BTreeMap<u16, Holder>,
    now_held: Vec<Option<String>>,
    now: UnixMillis,
) -> BTreeMap<u16, Holder> {
    let held = (0u16..).zip(now_held).filter_map(|(shard, name)| Some((shard, name?)));
    held.map(|(shard, name)| match before.get(&shard) {
        Some(known) if known.name == name => (shard, known.clone()),
        _ => (shard, Holder { name, since: now }),
    })
    .collect()
}

async fn look_at_redis(line: &mut Line, shards: u16) -> Result<Seen, RelayError> {
    let look = async {
        let relay = line.get().await?;
        let (members, holders) = (relay.members().await?, relay.shard_holders(shards).await?);
        Ok(Seen { members, holders })
    };
    look.await.inspect_err(|_| line.drop_it())
}

async fn look_at_lease(
    store: &mut Option<Store>,
    settings: &StoreSettings,
) -> Result<Option<LeaseHolder>, StoreError> {
    let link = match store.take() {
        Some(link) => link,
        None => Store::connect(settings).await?,
    };
    let lease = link.leases().holder(LeaseName::Decide).await?;
    *store = Some(link);
    Ok(lease)
}

impl Actor for RollCall {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.look(ctx);
        ctx.run_interval(INTERVAL, Self::look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_held_since_its_holder_was_first_seen_with_it() {
        let name = |text: &str| Some(text.to_owned());
        let first = followed(&BTreeMap::new(), vec![name("a"), None, name("b")], UnixMillis(1));
        let then = followed(&first, vec![name("a"), name("a"), name("c")], UnixMillis(2));
        let since = then.values().map(|it| (it.name.as_str(), it.since.0)).collect::<Vec<_>>();
        assert_eq!(since, [("a", 1), ("a", 2), ("c", 2)]);
    }
}
