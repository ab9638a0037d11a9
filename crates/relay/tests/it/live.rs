//! What the leader's live socket says, on its way to those who serve people.

use std::time::Duration;

use relay::testing::TestRedis;
use relay::{LIVE_FRAMES_MAX, Leader, LiveEntry, LiveFrame, LiveFrom, Relay, RelayError};

const WAIT: Duration = Duration::from_millis(50);

fn leader(fence: u64) -> Leader {
    let address = "http://127.0.0.1:1".to_owned();
    Leader { name: "a".to_owned(), fence, run: 7, address, mode: "demo".to_owned(), last_fact: 0 }
}

fn frame(place: u64) -> LiveFrame {
    let text = format!("text {place}").into();
    LiveFrame { place, fact: place, kind: "order".to_owned(), key: None, text }
}

fn places(read: &[LiveEntry]) -> Vec<u64> {
    read.iter().map(|entry| entry.frame.place).collect()
}

#[tokio::test]
async fn who_listens_hears_all_that_is_kept_and_what_was_not_confirmed_again() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    relay.tell(&leader(1), &[frame(1), frame(2)]).await.unwrap();
    let settings = server.settings();
    let patient = || Relay::connect_patiently(&settings, WAIT);
    let mut reader = patient().await.unwrap().listen("b", LiveFrom::Oldest).await.unwrap();
    let heard = reader.next(WAIT).await.unwrap();
    assert_eq!(places(&heard), [1, 2]);
    assert_eq!(heard[0], LiveEntry { fence: 1, run: 7, frame: frame(1) });
    relay.tell(&leader(1), &[frame(3)]).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [3]);
    // The connection fails before the third is confirmed.
    let again = patient().await.unwrap().listen("b", LiveFrom::WhereItStopped).await;
    let mut reader = again.unwrap();
    relay.tell(&leader(1), &[frame(4)]).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [3]);
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [4]);
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [0_u64; 0]);
    let mut anew = patient().await.unwrap().listen("b", LiveFrom::Oldest).await.unwrap();
    assert_eq!(places(&anew.next(WAIT).await.unwrap()), [1, 2, 3, 4]);
}

#[tokio::test]
async fn frames_of_a_leader_that_was_followed_are_refused() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    relay.lead(&leader(2)).await.unwrap();
    let late = relay.tell(&leader(1), &[frame(1)]).await;
    assert!(matches!(late, Err(RelayError::Superseded)), "{late:?}");
    let mut reader = relay.listen("b", LiveFrom::Oldest).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [0_u64; 0]);
    relay.tell(&leader(2), &[frame(1)]).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [1]);
}

#[tokio::test]
async fn the_stream_is_bounded_and_who_slept_through_it_goes_on_with_what_is_left() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    relay.tell(&leader(1), &[frame(1)]).await.unwrap();
    let mut reader = relay.listen("b", LiveFrom::Oldest).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [1]);
    let many: Vec<LiveFrame> = (2..=LIVE_FRAMES_MAX as u64 + 10).map(frame).collect();
    for some in many.chunks(1_000) {
        relay.tell(&leader(1), some).await.unwrap();
    }
    // The first was given out, was not confirmed, and is gone.
    let mut reader = relay.listen("b", LiveFrom::WhereItStopped).await.unwrap();
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [0_u64; 0]);
    assert_eq!(places(&reader.next(WAIT).await.unwrap())[0], 11);
}

#[tokio::test]
async fn groups_that_nobody_reads_with_any_more_are_removed_and_the_others_stay() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    assert_eq!(relay.forget_listeners(Duration::ZERO).await.unwrap(), 0);
    let mut reader = relay.listen("b", LiveFrom::Oldest).await.unwrap();
    assert_eq!(relay.forget_listeners(Duration::from_secs(60)).await.unwrap(), 0);
    assert_eq!(places(&reader.next(WAIT).await.unwrap()), [0_u64; 0]);
    assert_eq!(relay.forget_listeners(Duration::ZERO).await.unwrap(), 1);
    assert!(reader.next(WAIT).await.is_err());
    assert!(relay.listen("b", LiveFrom::WhereItStopped).await.is_ok());
}
