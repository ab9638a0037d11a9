//! Several processes of the real program, a real Redis between them, and whatever befalls them.

mod feeds;
mod roles;
pub(crate) mod strait;
mod together;

use std::time::{Duration, Instant};

use relay::testing::TestRedis;
use relay::{Relay, RelaySettings};
use serde_json::Value;
use simvenue::RunningVenue;
use store::testing::TestDatabase;

use crate::crash::process::{Process, Stage};
use crate::crash::{Dice, upset, venue};

const SOON: Duration = Duration::from_secs(60);
/// The shards of these tests.
const SHARDS: u16 = 4;

/// A venue, a database and a Redis, and processes between them.
struct Cluster {
    venue: RunningVenue,
    redis: TestRedis,
    stage: Stage,
}

impl Cluster {
    fn set(seed: u64, database: Option<TestDatabase>) -> Option<Self> {
        let redis = TestRedis::start()?;
        let venue = venue(seed);
        let stage = Stage::set_on(&venue, database);
        Some(Self { venue, redis, stage })
    }
    /// A process that hears of the others at `redis`.
    fn start_at(&self, redis: &str, role: &str, name: &str) -> Process<'_> {
        let settings = [
            format!("cluster.role={role}"),
            format!("cluster.name={name}"),
            format!("cluster.redis_url={redis}"),
            "cluster.lease_ms=3000".to_owned(),
            // The demo's 60 markets on four connections.
            "feed.tokens_max=120".to_owned(),
            "feed.tokens_per_connection_max=30".to_owned(),
        ];
        Process::start_with(&self.stage, None, &settings.each_ref().map(String::as_str))
    }
    fn start(&self, role: &str, name: &str) -> Process<'_> {
        self.start_at(&self.redis.url(), role, name)
    }
    async fn relay(&self) -> Relay {
        let settings = RelaySettings { namespace: "main".to_owned(), ..self.redis.settings() };
        Relay::connect(&settings).await.unwrap()
    }
    /// Until each shard is held by one of `names`, and each of them holds one; how long that took.
    async fn held_by(&self, names: &[&str]) -> Duration {
        let (begun, relay) = (Instant::now(), self.relay().await);
        loop {
            let holders = relay.shard_holders(SHARDS).await.unwrap();
            let all = holders.iter().all(|it| it.as_deref().is_some_and(|it| names.contains(&it)));
            let each = names.iter().all(|name| holders.iter().flatten().any(|it| it == name));
            if all && each {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < SOON, "{holders:?} instead of {names:?}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    /// Trades until the venue has taken more orders than before.
    async fn trades(&self, process: &Process<'_>) {
        let (before, begun, mut dice) = (self.orders(), Instant::now(), Dice(7));
        while self.orders() == before {
            assert!(begun.elapsed() < SOON, "nothing was traded");
            upset(&self.venue, &mut dice);
            let answer: Value = process.get("/api/v1/risk").await;
            assert_eq!(answer["halt"], Value::Null, "{answer:#}");
            actix_rt::time::sleep(Duration::from_millis(500)).await;
        }
    }
    fn orders(&self) -> usize {
        let audit = self.venue.audit();
        audit
            .accounts
            .iter()
            .find(|it| it.maker == self.stage.funder)
            .map_or(0, |it| it.orders.len())
    }
}

/// Until the books of all watched tokens are trusted; how long that took.
async fn trusts_all(process: &Process<'_>) -> Duration {
    let begun = Instant::now();
    process.until("/api/v1/system", SOON, |system| trusted(system) == watched(system)).await;
    begun.elapsed()
}

fn trusted(system: &Value) -> u64 {
    system["books"]["trusted"].as_u64().unwrap_or(0)
}

/// Tokens on all connections, as the process counts them; never none.
fn watched(system: &Value) -> u64 {
    let connections = system["feed"]["connections"].as_array();
    let tokens = connections.into_iter().flatten().filter_map(|it| it["tokens"].as_u64());
    tokens.sum::<u64>().max(1)
}
