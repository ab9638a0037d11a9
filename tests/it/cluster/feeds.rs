//! Feeds in processes of their own: one is killed, one stands still, Redis stands still, the way to
//! it is slow. Nothing is believed that is not heard in time, and nothing is traded on it.

use std::time::{Duration, Instant};

use store::Backend;
use store::testing::TestDatabase;

use super::strait::Strait;
use super::{Cluster, SOON, trusted, trusts_all, watched};
use crate::crash::journal::Witness;
use crate::crash::process::Process;

async fn nothing_is_trusted(process: &Process<'_>) {
    process.until("/api/v1/system", SOON, |system| trusted(system) == 0).await;
}

async fn two_feeds_and_whoever_decides(database: Option<TestDatabase>) {
    let Some(cluster) = Cluster::set(11, database) else { return };
    let decides = cluster.start("decide", "decide-1");
    let first = cluster.start("feed", "feed-1");
    let second = cluster.start("feed", "feed-2");
    cluster.held_by(&["feed-1", "feed-2"]).await;
    decides.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
    trusts_all(&decides).await;
    cluster.trades(&decides).await;

    first.kill();
    let (taken, trusted) = (cluster.held_by(&["feed-2"]).await, trusts_all(&decides).await);
    eprintln!(
        "a feed was killed: its shards are held after {taken:?}, all trusted {trusted:?} later"
    );
    cluster.trades(&decides).await;
    let first = cluster.start("feed", "feed-1");
    cluster.held_by(&["feed-1", "feed-2"]).await;
    trusts_all(&decides).await;

    second.freeze();
    let (taken, trusted) = (cluster.held_by(&["feed-1"]).await, trusts_all(&decides).await);
    eprintln!(
        "a feed stands still: its shards are held after {taken:?}, all trusted {trusted:?} later"
    );
    cluster.trades(&decides).await;
    second.thaw();
    cluster.held_by(&["feed-1", "feed-2"]).await;
    trusts_all(&decides).await;
    cluster.trades(&decides).await;

    cluster.redis.signal("-STOP").unwrap();
    nothing_is_trusted(&decides).await;
    cluster.redis.signal("-CONT").unwrap();
    let trusted = trusts_all(&decides).await;
    eprintln!("Redis stood still: all trusted {trusted:?} after it went on");
    cluster.trades(&decides).await;

    drop(first);
    drop(second);
    nothing_is_trusted(&decides).await;
    let _third = cluster.start("feed", "feed-3");
    trusts_all(&decides).await;
    decides.let_settle(Duration::from_secs(240)).await;
    decides.compare(&cluster.venue).await;
    decides.kill();
    let mut witness = Witness::default();
    witness.look(&cluster.stage, &cluster.venue).await;
    assert!(witness.orders > 0, "{witness}");
}

#[actix_rt::test]
async fn feeds_are_killed_and_stopped_and_their_shards_go_on_elsewhere_on_sqlite() {
    two_feeds_and_whoever_decides(None).await;
}

#[actix_rt::test]
async fn feeds_are_killed_and_stopped_and_their_shards_go_on_elsewhere_on_mariadb() {
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    two_feeds_and_whoever_decides(Some(database)).await;
}

/// Its leases go on, its frames come: only too late.
#[actix_rt::test]
async fn a_feed_whose_way_is_slow_is_not_believed_until_it_is_fast_again() {
    let Some(cluster) = Cluster::set(12, None) else { return };
    let strait = Strait::to(cluster.redis.port()).await;
    let decides = cluster.start("decide", "decide-1");
    let _near = cluster.start("feed", "feed-1");
    let _far = cluster.start_at(&format!("redis://127.0.0.1:{}", strait.port()), "feed", "feed-2");
    cluster.held_by(&["feed-1", "feed-2"]).await;
    let all = watched(&decides.get("/api/v1/system").await);
    trusts_all(&decides).await;

    strait.delay(Duration::from_millis(1_500));
    let some = decides.until("/api/v1/system", SOON, |system| trusted(system) < all).await;
    assert!(trusted(&some) > 0, "the other feed is believed: {some:#}");
    strait.delay(Duration::ZERO);
    trusts_all(&decides).await;
}

/// Its leases would go on for three seconds more: whoever has ended in order has given them back.
#[actix_rt::test]
async fn a_feed_that_is_stopped_in_order_leaves_nothing_that_others_must_wait_for() {
    let Some(cluster) = Cluster::set(14, None) else { return };
    let decides = cluster.start("decide", "decide-1");
    let mut first = cluster.start("feed", "feed-1");
    let _second = cluster.start("feed", "feed-2");
    cluster.held_by(&["feed-1", "feed-2"]).await;
    trusts_all(&decides).await;
    let relay = cluster.relay().await;

    let begun = Instant::now();
    first.terminate();
    assert_eq!(first.ended(SOON).await, Some(0));
    let holders = relay.shard_holders(super::SHARDS).await.unwrap();
    assert!(!holders.iter().flatten().any(|name| name == "feed-1"), "{holders:?}");
    let members = relay.members().await.unwrap();
    assert!(!members.iter().any(|seen| seen.member.name == "feed-1"), "{members:?}");
    cluster.held_by(&["feed-2"]).await;
    let (taken, trusted) = (begun.elapsed(), trusts_all(&decides).await);
    eprintln!(
        "a feed was stopped: its shards are held after {taken:?}, all trusted {trusted:?} later"
    );
}
