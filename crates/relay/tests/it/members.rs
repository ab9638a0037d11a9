//! Who is there, and who leads.

use domain::UnixMillis;
use relay::testing::TestRedis;
use relay::{Leader, Member, MemberState, Relay, RelayError, Role};

fn member(name: &str) -> Member {
    Member {
        name: name.to_owned(),
        role: Role::Feed,
        state: MemberState::Watching,
        host: "box".to_owned(),
        process: 7,
        version: "1".to_owned(),
        address: None,
        started_at: UnixMillis(1),
        shards: vec![0, 2],
        tokens: 3,
        clients: None,
        behind_facts: None,
        leader_heard_ms_ago: None,
    }
}

#[tokio::test]
async fn whoever_says_that_it_lives_is_seen_by_all_until_it_says_goodbye() {
    let Some(server) = TestRedis::start() else { return };
    let one = Relay::connect(&server.settings()).await.unwrap();
    let other = Relay::connect(&server.settings()).await.unwrap();
    one.say_alive(&member("b")).await.unwrap();
    other.say_alive(&member("a")).await.unwrap();
    let changed = Member { tokens: 9, ..member("b") };
    one.say_alive(&changed).await.unwrap();
    let seen = other.members().await.unwrap();
    let seen: Vec<_> = seen.into_iter().map(|it| it.member).collect();
    assert_eq!(seen, [member("a"), changed]);
    one.say_goodbye("b").await.unwrap();
    assert_eq!(other.members().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_leader_of_before_does_not_lead_anybody_astray() {
    let Some(server) = TestRedis::start() else { return };
    let relay = Relay::connect(&server.settings()).await.unwrap();
    assert_eq!(relay.leader().await.unwrap(), None);
    let leader = |fence| Leader {
        name: format!("p{fence}"),
        fence,
        run: 5,
        address: "http://127.0.0.1:1".to_owned(),
        mode: "demo".to_owned(),
        last_fact: 9,
    };
    relay.lead(&leader(2)).await.unwrap();
    relay.lead(&leader(2)).await.unwrap();
    assert!(matches!(relay.lead(&leader(1)).await, Err(RelayError::Superseded)));
    assert_eq!(relay.leader().await.unwrap(), Some(leader(2)));
    relay.lead(&leader(3)).await.unwrap();
    assert_eq!(relay.leader().await.unwrap().map(|it| it.fence), Some(3));
}
