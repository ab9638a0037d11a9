//! What the live socket promises to programs, heard from the running demo.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::BufReader;
use tokio::net::TcpStream;

use crate::live_socket::client;
use crate::service::Service;

const LONG: Duration = Duration::from_secs(60);

/// A program that listens.
struct Listener(BufReader<TcpStream>);

impl Listener {
    async fn open(service: &Service, path: &str) -> Self {
        let (head, stream) = client::upgrade_at(service.port(), path, None).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        Self(stream)
    }
    async fn next(&mut self) -> Value {
        loop {
            let frame = actix_rt::time::timeout(LONG, client::frame(&mut self.0)).await;
            let (kind, payload) = frame.unwrap().unwrap();
            if kind == client::TEXT {
                return serde_json::from_slice(&payload).unwrap();
            }
            assert_eq!(kind, client::PING);
            client::send(&mut self.0, client::PONG, b"").await;
        }
    }
    /// The next of a type; others are let go.
    async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }
    async fn say(&mut self, words: &Value) {
        client::send(&mut self.0, client::TEXT, words.to_string().as_bytes()).await;
    }
}

async fn ready(seed: u64) -> Service {
    let service = Service::start(seed);
    service.until("/health/ready", LONG, |view| view["ready"] == true).await;
    service
}

/// Facts from the number of the first to that of the last, in order: `(seq, data)`.
async fn facts_until(listener: &mut Listener, last: u64) -> Vec<(u64, Value)> {
    let mut facts = Vec::new();
    loop {
        let mut frame = listener.next().await;
        let seq = frame["seq"].as_u64().unwrap();
        if frame["type"] == "opportunity" {
            facts.push((seq, frame["data"].take()));
            if seq >= last {
                return facts;
            }
        }
    }
}

#[actix_rt::test]
async fn a_program_hears_what_it_chose_after_a_snapshot_and_may_choose_again() {
    let service = ready(31).await;
    let mut program = Listener::open(&service, "/ws?topics=opportunity,health,order").await;
    let hello = program.next().await;
    assert_eq!((&hello["type"], &hello["data"]["protocol"]), (&json!("hello"), &json!(1)));
    assert_eq!(hello["data"]["resumed"], false);
    let snapshot = program.next().await;
    assert_eq!(snapshot["type"], "snapshot", "{snapshot:#}");
    assert_eq!(snapshot["seq"], hello["data"]["last_fact"]);
    assert!(snapshot["data"]["opportunity"].is_array(), "{snapshot:#}");
    assert_eq!(snapshot["data"]["health"]["mode"], "demo");
    assert_eq!(snapshot["data"]["read"], json!({ "order": "/api/v1/orders" }));
    for _ in 0..20 {
        let kind = program.next().await["type"].take();
        assert!(["opportunity", "health", "order"].contains(&kind.as_str().unwrap()), "{kind}");
    }

    let (_, page) = service.get("/api/v1/markets?watched=true&limit=1").await;
    let market = page["data"][0]["condition_id"].as_str().unwrap();
    let topic = format!("market_update:{market}");
    program.say(&json!({ "type": "subscribe", "topics": [topic] })).await;
    let said = program.next_of("subscribed").await;
    assert_eq!(said["data"]["topics"], json!([topic]));
    assert_eq!(program.next_of("snapshot").await["data"]["topics"], json!([topic]));
    for _ in 0..3 {
        assert_eq!(program.next_of("market_update").await["data"]["condition_id"], *market);
    }
    program.say(&json!({ "type": "unsubscribe", "topics": ["health", topic] })).await;
    program.next_of("unsubscribed").await;
    for _ in 0..5 {
        let kind = program.next().await["type"].take();
        assert!(kind == "opportunity" || kind == "order", "{kind}");
    }

    program.say(&json!({ "type": "subscribe", "topics": ["orders"] })).await;
    let error = program.next_of("error").await;
    assert_eq!(error["data"]["code"], "not_understood");
    assert!(error["data"]["detail"].as_str().unwrap().contains("orders"), "{error:#}");
    program.say(&json!({ "type": "ping" })).await;
    program.next_of("pong").await;
    let (head, _) = client::upgrade_at(service.port(), "/ws?topics=orders", None).await;
    assert!(head.starts_with("HTTP/1.1 4"), "{head}");
}

#[actix_rt::test]
async fn a_program_that_was_away_gets_what_it_missed_even_over_a_restart_of_the_publisher() {
    let service = ready(32).await;
    let mut witness = Listener::open(&service, "/ws?topics=opportunity").await;
    let mut program = Listener::open(&service, "/ws?topics=opportunity").await;
    let hello = program.next().await;
    let run = hello["data"]["run"].as_str().unwrap();
    let begun = hello["data"]["last_fact"].as_u64().unwrap();
    let mut heard = facts_until(&mut program, begun + 1).await;
    let last = heard.last().unwrap().0;
    drop(program);
    assert_eq!(service.post_as_admin("/api/v1/system/actors/publisher/kill").await, 202);
    let seen = facts_until(&mut witness, last + 20).await;
    let end = seen.last().unwrap().0;

    let path = format!("/ws?topics=opportunity&resume={run}-{last}");
    let mut program = Listener::open(&service, &path).await;
    let hello = program.next().await;
    assert_eq!(hello["data"]["resumed"], true, "{hello:#}");
    heard.extend(facts_until(&mut program, end).await);
    assert!(heard.is_sorted_by(|one, next| one.0 < next.0), "in order, and none twice");
    let of_both = |facts: &[(u64, Value)]| {
        let both = facts.iter().filter(|it| it.0 > begun + 1 && it.0 <= end);
        both.cloned().collect::<Vec<_>>()
    };
    assert_eq!(of_both(&heard), of_both(&seen));

    let path = format!("/ws?topics=opportunity&resume=00000000000000aa-{last}");
    let mut stranger = Listener::open(&service, &path).await;
    let hello = stranger.next().await;
    assert_eq!(hello["data"]["resumed"], false, "numbers of another run mean nothing");
    assert_eq!(stranger.next().await["type"], "snapshot");
}
