//! What feeds tell whoever decides.

use std::time::Duration;

use bytes::Bytes;
use domain::TokenId;
use relay::testing::TestRedis;
use relay::{Appended, FeedEntry, FeedNews, LossCause, Plan, Relay, RelayError, Wish};

const TERM: Duration = Duration::from_millis(400);
const LONG: Duration = Duration::from_secs(60);
const WAIT: Duration = Duration::from_millis(50);

fn frames(epoch: u64, number: u64, text: &'static str) -> FeedEntry {
    let frames = vec![Bytes::from_static(text.as_bytes())];
    let news = FeedNews::Frames { connection: 1, missing: 0, age_ms: 2, frames };
    FeedEntry { epoch, first: number, number, news }
}

fn token(number: u64) -> TokenId {
    number.to_string().parse().unwrap()
}

#[tokio::test]
async fn a_shard_has_one_holder_and_what_one_of_before_says_is_refused() {
    let Some(server) = TestRedis::start() else { return };
    let one = Relay::connect(&server.settings()).await.unwrap();
    let other = Relay::connect(&server.settings()).await.unwrap();
    let first = one.take_shard(3, "a", TERM).await.unwrap().unwrap();
    assert_eq!(other.take_shard(3, "b", TERM).await.unwrap(), None);
    assert_eq!(other.shard_holders(4).await.unwrap()[3], Some("a".to_owned()));
    let there = one.append(&first, &[frames(first.epoch(), 1, "x")]).await.unwrap();
    assert_eq!(there, Appended::There);

    tokio::time::sleep(TERM * 2).await;
    let second = other.take_shard(3, "b", LONG).await.unwrap().unwrap();
    assert!(second.epoch() > first.epoch());
    let late = one.append(&first, &[frames(first.epoch(), 2, "late")]).await.unwrap();
    assert_eq!(late, Appended::NotHeld);
    assert!(!one.renew_shard(&first, LONG).await.unwrap());
    one.give_back_shard(&first).await.unwrap();
    assert!(other.renew_shard(&second, LONG).await.unwrap());
    other.give_back_shard(&second).await.unwrap();
    assert!(one.take_shard(3, "a", TERM).await.unwrap().is_some());
}

#[tokio::test]
async fn who_decides_hears_in_order_what_comes_from_now_on_and_how_long_it_lay() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    let reading = Relay::connect_patiently(&server.settings(), LONG).await.unwrap();
    let held = relay.take_shard(0, "a", LONG).await.unwrap().unwrap();
    let epoch = held.epoch();
    relay.append(&held, &[frames(epoch, 1, "before")]).await.unwrap();
    let reader = reading.attend(0, 5).await.unwrap();
    assert_eq!(reader.next(WAIT).await.unwrap(), []);

    let lost = FeedNews::Lost { connection: 1, cause: LossCause::Silent };
    let said = [frames(epoch, 2, "a"), FeedEntry { epoch, first: 3, number: 3, news: lost }];
    relay.append(&held, &said).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let heard = reader.next(WAIT).await.unwrap();
    assert!(heard.iter().all(|it| (90..5_000).contains(&it.lay_ms)), "{heard:?}");
    assert_eq!(heard.into_iter().map(|it| it.entry).collect::<Vec<_>>(), said);

    // Whoever decides next reads what comes from then on, and the one before it nothing any more.
    let next = reading.attend(0, 6).await.unwrap();
    relay.append(&held, &[frames(epoch, 4, "b")]).await.unwrap();
    assert_eq!(next.next(WAIT).await.unwrap().len(), 1);
    assert!(reader.next(WAIT).await.is_err());
}

#[tokio::test]
async fn the_plan_is_that_of_the_newest_leader() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    assert_eq!(relay.plan_after("").await.unwrap(), None);
    let plan = Plan::new(vec![vec![token(1), token(2)], vec![], vec![token(3)]]);
    relay.publish_plan(&plan, 2).await.unwrap();
    relay.publish_plan(&plan, 2).await.unwrap();
    assert_eq!(relay.plan_after("").await.unwrap(), Some(plan.clone()));
    assert_eq!(relay.plan_after(plan.version()).await.unwrap(), None);
    let stale = relay.publish_plan(&Plan::new(vec![]), 1).await;
    assert!(matches!(stale, Err(RelayError::Superseded)));
    assert_eq!(relay.plan_after(plan.version()).await.unwrap(), None);
}

#[tokio::test]
async fn wishes_are_heard_from_now_on_and_by_whoever_goes_on_none_is_missed() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    let wish = |number| Wish { shard: 1, tokens: vec![token(number)] };
    relay.wish(&wish(1)).await.unwrap();
    let mut hearing = relay.hear_wishes(None).await.unwrap();
    assert_eq!(hearing.next(WAIT).await.unwrap(), []);
    relay.wish(&wish(2)).await.unwrap();
    assert_eq!(hearing.next(WAIT).await.unwrap(), [wish(2)]);
    assert_eq!(hearing.next(WAIT).await.unwrap(), []);
    let heard = hearing.heard();
    relay.wish(&wish(3)).await.unwrap();
    let mut next = relay.hear_wishes(Some(heard)).await.unwrap();
    assert_eq!(next.next(WAIT).await.unwrap(), [wish(3)]);
}

/// The server's memory holds the last seconds, however long the feeds go on.
#[tokio::test]
async fn what_nobody_would_believe_any_more_is_not_kept() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    let held = relay.take_shard(0, "a", LONG).await.unwrap().unwrap();
    // More than fits into one node of the stream, which is dropped as a whole.
    let said = |from: u64| (from..from + 300).map(|at| frames(held.epoch(), at, "x")).collect();
    let before: Vec<_> = said(1);
    relay.append(&held, &before).await.unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    let after: Vec<_> = said(301);
    relay.append(&held, &after).await.unwrap();
    let kept = server.stream_length("{dutchbook:test}:frames:0");
    assert!((300..=400).contains(&kept), "{kept} entries are kept");
}
