//! The venue as a process of its own, as tests that kill its clients use it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use awc::Client;
use awc::http::Method;
use serde_json::{Value, json};
use simvenue::WalletKind;

use crate::client::{Socket, get, post};
use crate::orders::still_venue;
use crate::settlement::{event, listen};
use crate::trader::{Trader, limit};

struct Process {
    child: Child,
    endpoints: Value,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = Command::new(env!("CARGO_BIN_EXE_simvenue"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, endpoints: serde_json::from_str(&line).unwrap() }
    }
    fn at(&self, endpoint: &str) -> String {
        self.endpoints[endpoint].as_str().unwrap().to_owned()
    }
    async fn trader(&self, number: u8) -> Trader {
        let mut trader = Trader::of(self.at("clob"), number, WalletKind::Deposit);
        let owner = format!("{:?}", ethers_signers::Signer::address(&trader.key));
        let wanted = json!({ "owner": owner, "kind": "deposit", "cash": "100" });
        let (status, made) = post(format!("{}/provision", self.at("control")), &wanted).await;
        assert_eq!(status, 200, "{made}");
        assert!(made["relayer_api_key"].is_string());
        trader.maker = made["maker"].as_str().unwrap().parse().unwrap();
        trader.sign_in().await;
        trader
    }
    /// The token of some open market on a grid of cents.
    async fn token(&self) -> String {
        let (_, page) = get(format!("{}/markets/keyset?limit=100", self.at("gamma"))).await;
        let plain = |market: &&Value| {
            market["version"] == "v1"
                && market["negRisk"] == false
                && market["orderPriceMinTickSize"] == 0.01
                && market["acceptingOrders"] == true
        };
        let market = page["markets"].as_array().unwrap().iter().find(plain).unwrap();
        crate::client::tokens(market)[0].clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[actix_web::test]
async fn a_process_of_its_own_says_where_it_is_provisions_and_counts_what_it_is_asked() {
    let venue = Process::start(&["--no-limits", "--activity", "0", "--block-ms", "50"]);
    for endpoint in ["gamma", "clob", "data", "market_socket", "user_socket", "relayer", "rpc"] {
        assert!(venue.at(endpoint).contains("//127.0.0.1:"), "{endpoint}");
    }
    let mut trader = venue.trader(1).await;
    let token = venue.token().await;
    let control = venue.at("control");
    let chances = json!({ "seed": 5, "plan": { "lose_reply_ppm": 1_000_000 } });
    let (status, plan) = post(format!("{control}/faults"), &chances).await;
    assert_eq!((status.as_u16(), &plan["lose_reply_ppm"]), (200, &json!(1_000_000)));
    assert_eq!(get(format!("{control}/faults")).await.1, plan);
    for _ in 0..4 {
        let (_, body) = trader.sign(&limit(&token, "BUY", 2, 500));
        let answered = trader.post(&body).await;
        assert!(answered.is_none_or(|(status, _)| status == 500), "the answer is lost");
    }
    let (status, _) = post(format!("{control}/faults"), &json!({ "plan": {} })).await;
    assert_eq!(status, 200);
    let (_, status, answer) = trader.place(&limit(&token, "BUY", 2, 500)).await;
    assert_eq!((status.as_u16(), &answer["status"]), (200, &json!("live")), "{answer}");

    let (_, counts) = get(format!("{control}/requests")).await;
    assert_eq!(counts["POST /clob/order"], json!({ "200": 1, "500": 4 }));
    assert_eq!(counts["POST /clob/auth/api-key"], json!({ "200": 1 }));
    let (_, audit) = get(format!("{control}/audit")).await;
    assert_eq!((&audit["ok"], &audit["accounts"][0]["orders_accepted"]), (&json!(true), &json!(5)));
}

#[actix_web::test]
async fn a_plan_the_venue_does_not_know_changes_nothing_and_says_so() {
    let venue = still_venue();
    let control = venue.endpoints().control;
    let wrong = json!({ "plan": { "lose_replies": 3 } });
    let (status, refused) = post(format!("{control}/faults"), &wrong).await;
    assert_eq!(status, 400);
    assert!(refused["error"].as_str().unwrap().contains("lose_replies"), "{refused}");
    let mut response = Client::default().get(format!("{control}/nothing")).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().await.unwrap().len()), (404, 0));
    assert_eq!(venue.requests().of("POST /sim/faults"), 1);
    assert_eq!(venue.requests().of("unknown"), 1);
}

#[actix_web::test]
async fn an_engine_that_restarts_answers_425_and_user_sockets_are_cut() {
    let venue = still_venue();
    let token = crate::orders::plain_market(&venue).await[0].clone();
    let mut trader = Trader::new(&venue, 1, WalletKind::Deposit, 100).await;
    let plan = |plan: Value| json!({ "plan": plan, "seed": 1 });
    let faults = format!("{}/faults", venue.endpoints().control);
    post(faults.clone(), &plan(json!({ "too_early_ppm": 1_000_000 }))).await;
    let (_, status, answer) = trader.place(&limit(&token, "BUY", 2, 500)).await;
    assert_eq!((status.as_u16(), &answer["error"]), (425, &json!("service not ready")));
    let cancel = trader.ask(Method::DELETE, "/cancel-all", "").await.unwrap();
    assert_eq!(cancel.0, 200, "cancels go through");

    let mut market = Socket::open(&venue.endpoints().market_socket).await;
    let chances = json!({ "duplicate_user_event_ppm": 1_000_000 });
    post(faults.clone(), &plan(chances)).await;
    let mut user = listen(&venue, &trader).await;
    trader.place(&limit(&token, "BUY", 2, 500)).await;
    let first = event(&mut user, "order").await;
    assert_eq!(event(&mut user, "order").await, first, "it comes twice");
    post(faults, &plan(json!({ "disconnect_user_ppm": 1_000_000 }))).await;
    while user.text().await.is_some() {}
    market.send("PING").await;
    market.find(|text| text == "PONG").await;
    assert!(venue.audit().ok);
}
