//! What a browser is told of trading, over a socket of its own.

use std::time::{Duration, Instant};

use domain::Shares;
use serde_json::{Value, json};
use simvenue::WalletKind;
use tokio::io::BufReader;
use tokio::net::TcpStream;

use super::program::{CASH, LONG, Owner, Plan, Start, venue};
use crate::live_socket::client;

/// What has a number of its own; the rest carries the number of the last of these.
const FACTS: [&str; 10] = [
    "alert",
    "opportunity",
    "decision",
    "notice",
    "order",
    "fill",
    "trade",
    "whale_trade",
    "forecast",
    "alert",
];

/// A connection, and every fact that came over it.
struct Browser {
    stream: BufReader<TcpStream>,
    facts: Vec<(String, Value)>,
    last: u64,
}

impl Browser {
    async fn open(port: u16) -> Self {
        let (head, stream) = client::upgrade(port, None).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        let mut browser = Self { stream, facts: Vec::new(), last: 0 };
        let hello = browser.next().await;
        assert_eq!((&hello["type"], &hello["data"]["mode"]), (&json!("hello"), &json!("live")));
        browser
    }
    async fn next(&mut self) -> Value {
        loop {
            let frame = client::frame(&mut self.stream);
            let (kind, payload) = tokio::time::timeout(LONG, frame).await.unwrap().unwrap();
            if kind == client::TEXT {
                return serde_json::from_slice(&payload).unwrap();
            }
            assert_eq!(kind, client::PING, "the server ended the session");
            client::send(&mut self.stream, client::PONG, &payload).await;
        }
    }
    /// Reads until a frame of this kind has such data. Facts on the way are kept; each has the next
    /// number.
    async fn until(&mut self, kind: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let mut frame = self.next().await;
            let of = frame["type"].as_str().unwrap().to_owned();
            assert!(frame["ts"].is_string(), "{frame:#}");
            if FACTS.contains(&of.as_str()) {
                let seq = frame["seq"].as_u64().unwrap();
                assert!(self.last == 0 || seq == self.last + 1, "{} then {seq}", self.last);
                self.last = seq;
                self.facts.push((of.clone(), frame["data"].clone()));
            }
            if of == kind && holds(&frame["data"]) {
                return frame["data"].take();
            }
            assert!(start.elapsed() < LONG, "no such {kind}; {:#?}", self.facts);
        }
    }
    fn of(&self, kind: &str, id: &str) -> Vec<&Value> {
        let is_it = |data: &Value| data["id"] == *id || data["order_id"] == *id;
        let all = self.facts.iter().filter(|(of, data)| of == kind && is_it(data));
        all.map(|(_, data)| data).collect()
    }
}

#[actix_rt::test]
async fn an_order_by_hand_is_told_from_the_decision_to_the_position_and_so_is_a_halt() {
    let venue = venue(61);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).by_hand().run();
    program.until_reconciled().await;
    let is_quoted = |page: &Value| page["data"][0]["outcomes"][0]["best_ask"].is_string();
    let page = program.until("/api/v1/markets?q=Ethereum&limit=1", is_quoted).await;
    let (row, yes) = (&page["data"][0], &page["data"][0]["outcomes"][0]);
    let mut browser = Browser::open(program.port()).await;
    let state = browser.until("trading", |_| true).await;
    assert_eq!(
        (&state["reconciled"], &state["positions"]),
        (&json!(true), &json!([])),
        "{state:#}"
    );
    let order = json!({
        "condition_id": row["condition_id"], "token_id": yes["token_id"], "side": "buy",
        "price": "0.95", "size_shares": "10", "lifetime": "FAK",
    });
    let (status, said) = program.post("/api/v1/execute/order", "o", &order).await;
    assert_eq!(status, 202, "{said:#}");
    let id = said["orders"][0]["id"].as_str().unwrap().to_owned();
    // An order of this kind spends its dollars: at a better price it gets more shares than it named.
    let is_held = |state: &Value| {
        let shares = |row: &Value| Shares::parse(row["settled_shares"].as_str()?).ok();
        let is_it = |row: &&Value| row["token_id"] == yes["token_id"];
        let row = state["positions"].as_array().and_then(|rows| rows.iter().find(is_it));
        row.and_then(shares).is_some_and(|held| held >= Shares::from_whole(10))
    };
    // State and facts wait in lines of their own: a fact may come after the state that it led to.
    browser.until("fill", |fill| fill["order_id"] == *id && fill["settled"] == true).await;
    let state = browser.until("trading", is_held).await;
    assert_ne!(state["cash"]["settled_usd"], "5000", "{state:#}");

    let decisions = browser.facts.iter().filter(|(kind, _)| kind == "decision");
    let decisions: Vec<&Value> = decisions.map(|(_, data)| data).collect();
    assert_eq!(decisions, [&said["decision"]], "as it was answered");
    let orders = browser.of("order", &id);
    let states: Vec<&str> = orders.iter().filter_map(|it| it["state"].as_str()).collect();
    assert_eq!(states.first(), Some(&"in_doubt"), "{orders:#?}");
    assert_eq!(orders.last().unwrap()["open"], false, "{orders:#?}");
    let fills = browser.of("fill", &id);
    let states: Vec<&str> = fills.iter().filter_map(|it| it["state"].as_str()).collect();
    assert!(states.contains(&"CONFIRMED") || states.contains(&"confirmed"), "{fills:#?}");
    assert_eq!(fills.last().unwrap()["settled"], true, "{fills:#?}");
    // The last word of the socket is what the resources say.
    let shown = program.get(&format!("/api/v1/orders/{id}")).await;
    assert_eq!(shown["state"], orders.last().unwrap()["state"], "{shown:#}");

    let (status, _) = program.post("/api/v1/halt", "h", &json!({ "reason": "a look" })).await;
    assert_eq!(status, 200);
    let is_proven = |state: &Value| state["halt"]["proven_at"].is_string();
    let state = browser.until("trading", is_proven).await;
    assert_eq!(state["halt"]["cause"], "operator", "{state:#}");
    let is_told = |data: &Value| data["code"] == "halted";
    if !browser.facts.iter().any(|(kind, data)| kind == "notice" && is_told(data)) {
        browser.until("notice", is_told).await;
    }
    let (status, said) = program.post("/api/v1/execute/order", "o2", &order).await;
    assert_eq!((status, &said["code"]), (409, &json!("halted")), "{said:#}");
    assert_eq!(program.post("/api/v1/resume", "r", &json!({})).await.0, 200);
    browser.until("trading", |state| state["halt"].is_null()).await;
    // A second browser is told how it stands at once, and nothing of what was before.
    let mut late = Browser::open(program.port()).await;
    late.until("trading", is_held).await;
    actix_rt::time::sleep(Duration::from_millis(300)).await;
    let is_ours = |(kind, _): &&(String, Value)| ["decision", "order", "fill"].contains(&&**kind);
    assert_eq!(late.facts.iter().find(is_ours), None);
}
