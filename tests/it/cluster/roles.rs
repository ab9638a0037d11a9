//! Whoever decides is killed while others feed it: the standby goes on with what they bring.

use std::time::Instant;

use serde_json::Value;
use store::Backend;
use store::testing::TestDatabase;

use super::{Cluster, SOON, trusts_all};
use crate::crash::process::Process;

fn member<'a>(cluster: &'a Value, name: &str) -> Option<&'a Value> {
    cluster["members"].as_array()?.iter().find(|member| member["name"] == name)
}

async fn is_shown(process: &Process<'_>, name: &str, state: &str) -> Value {
    let holds = |cluster: &Value| member(cluster, name).is_some_and(|it| it["state"] == state);
    process.until("/api/v1/cluster", SOON, holds).await
}

#[actix_rt::test]
async fn who_stands_by_goes_on_with_the_same_feeds_and_everybody_sees_who_does_what() {
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    let Some(cluster) = Cluster::set(13, Some(database)) else { return };
    let first = cluster.start("decide", "decide-1");
    first.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
    let second = cluster.start("decide", "decide-2");
    let feed = cluster.start("feed", "feed-1");
    trusts_all(&first).await;
    cluster.trades(&first).await;
    is_shown(&first, "decide-1", "deciding").await;
    is_shown(&first, "decide-2", "standing_by").await;
    let shown = is_shown(&first, "feed-1", "watching").await;
    assert_eq!(shown["lease"]["holder"], "decide-1", "{shown:#}");
    assert!(shown["shards"].as_array().unwrap().iter().all(|it| it["holder"] == "feed-1"));
    assert_eq!(shown["redis"]["state"], "up");

    first.kill();
    let begun = Instant::now();
    second.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
    trusts_all(&second).await;
    eprintln!("whoever decided was killed: taken over and all trusted after {:?}", begun.elapsed());
    cluster.trades(&second).await;
    let shown = is_shown(&second, "decide-2", "deciding").await;
    assert_eq!(shown["lease"]["holder"], "decide-2", "{shown:#}");

    feed.kill();
    is_shown(&second, "feed-1", "silent").await;
    let _next = cluster.start("feed", "feed-2");
    trusts_all(&second).await;
    second.let_settle(std::time::Duration::from_secs(240)).await;
    second.compare(&cluster.venue).await;
}

#[actix_rt::test]
async fn whoever_is_told_to_end_is_gone_and_not_silent() {
    let Some(cluster) = Cluster::set(15, None) else { return };
    let mut first = cluster.start("decide", "decide-1");
    first.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
    let mut second = cluster.start("decide", "decide-2");
    is_shown(&first, "decide-2", "standing_by").await;
    let relay = cluster.relay().await;
    for (process, name) in [(&mut second, "decide-2"), (&mut first, "decide-1")] {
        process.terminate();
        assert_eq!(process.ended(SOON).await, Some(0));
        let members = relay.members().await.unwrap();
        assert!(!members.iter().any(|seen| seen.member.name == name), "{members:?}");
    }
}
