//! Web processes: they serve people, and the process that decides answers. Processes and Redis are
//! killed, stopped and cut off; whoever listens misses no fact, or is told to start again.

mod stand_in;
mod web;

use std::time::{Duration, Instant};

use relay::testing::TestRedis;
use relay::{Leader, LiveFrame, Relay};
use serde_json::{Value, json};
use simvenue::RunningVenue;

use crate::crash::process::{Process, Stage};
use crate::crash::{Dice, upset, venue};
use stand_in::StandIn;
use web::{Listener, SOON, Web};

/// What a story takes place on.
struct Scene {
    venue: RunningVenue,
    redis: TestRedis,
    stage: Stage,
}

impl Scene {
    fn set(seed: u64) -> Option<Self> {
        let redis = TestRedis::start()?;
        let venue = venue(seed);
        let stage = Stage::set(&venue);
        Some(Self { venue, redis, stage })
    }
    /// A process that decides, or stands by.
    fn decider(&self) -> Process<'_> {
        self.process(&["cluster.role=decide", "cluster.lease_ms=3000"])
    }
    /// A process that watches the market for whoever decides.
    fn feed(&self) -> Process<'_> {
        self.process(&["cluster.role=feed"])
    }
    fn process(&self, settings: &[&str]) -> Process<'_> {
        let redis = format!("cluster.redis_url={}", self.redis.url());
        let settings: Vec<&str> = settings.iter().copied().chain([redis.as_str()]).collect();
        Process::start_with(&self.stage, None, &settings)
    }
    fn web(&self, name: &str) -> Web {
        Web::start(&self.redis, name)
    }
    /// Something happens all the time while `story` is told.
    async fn with_trades<T>(&self, story: impl Future<Output = T>) -> T {
        let trades = async {
            let mut dice = Dice(7);
            loop {
                upset(&self.venue, &mut dice);
                actix_rt::time::sleep(Duration::from_millis(300)).await;
            }
        };
        tokio::select! {
            told = story => told,
            () = trades => unreachable!("they never end"),
        }
    }
}

async fn decides(process: &Process<'_>) {
    process.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
}

fn resting(market: &Value) -> Value {
    json!({
        "condition_id": market["condition_id"], "token_id": market["outcomes"][0]["token_id"],
        "side": "buy", "price": "0.05", "size_shares": "20", "lifetime": "GTC",
    })
}

#[actix_rt::test]
async fn the_page_and_the_api_are_the_same_at_every_web_process_and_an_order_is_given_once() {
    let Some(scene) = Scene::set(21) else { return };
    let (_feed, decider) = (scene.feed(), scene.decider());
    decides(&decider).await;
    let (one, other) = (scene.web("one"), scene.web("other"));
    for web in [&one, &other] {
        web.is_ready().await;
        let mut page = awc::Client::default().get(&web.address).send().await.unwrap();
        let page = String::from_utf8(page.body().await.unwrap().to_vec()).unwrap();
        assert!(page.contains("<html"), "{page}");
        assert_eq!(web.get("/api/v1/system").await.1["mode"], "demo");
        let unknown = awc::Client::default().get(format!("{}/api/v1/system", web.address));
        assert_eq!(unknown.send().await.unwrap().status(), 401);
        let elsewhere = awc::Client::default().get(format!("{}/api/v1/system", web.address));
        let elsewhere = elsewhere.insert_header(("Host", "evil.example"));
        assert_eq!(elsewhere.send().await.unwrap().status(), 403);
        let nothing = web.get("/api/v1/nothing").await;
        assert_eq!((nothing.0, &nothing.1["code"]), (404, &json!("not_found")));
    }
    let client = crate::service::admin(crate::service::TOKEN);
    let url = format!("{}/api/v1/strategies", one.address);
    let first = client.get(&url).send().await.unwrap();
    let tag = first.headers().get("ETag").unwrap().clone();
    assert!(tag.to_str().unwrap().starts_with("W/"));
    let mut figures = client.get(format!("{}/metrics", one.address)).send().await.unwrap();
    let figures = String::from_utf8(figures.body().await.unwrap().to_vec()).unwrap();
    assert!(figures.contains("dutchbook_ready 1"), "{figures}");

    let keeps_up = |_, cluster: &Value| {
        let members = cluster["members"].as_array().into_iter().flatten();
        let heard = |it: &Value| it["behind_facts"] == 0 && it["leader_heard_ms_ago"].is_u64();
        members.filter(|it| it["role"] == "web" && heard(it)).count() == 2
    };
    one.until("/api/v1/cluster", keeps_up).await;

    let markets = one.until("/api/v1/markets?limit=1", |_, it| it["data"][0].is_object()).await;
    let order = resting(&markets["data"][0]);
    let (status, given) = one.post("/api/v1/execute/order", "through-one", &order).await;
    assert!((200..300).contains(&status), "{status} {given:#}");
    let again = other.post("/api/v1/execute/order", "through-one", &order).await;
    assert_eq!((status, given), again, "what was done is told, and not done twice");
}

#[actix_rt::test]
async fn who_listens_goes_on_at_another_web_process_and_misses_nothing() {
    let Some(scene) = Scene::set(22) else { return };
    let (_feed, decider) = (scene.feed(), scene.decider());
    decides(&decider).await;
    let (one, other) = (scene.web("one"), scene.web("other"));
    one.is_ready().await;
    other.is_ready().await;
    scene
        .with_trades(async {
            let mut listener = Listener::connect(&one, None).await;
            assert_eq!(listener.hello["mode"], "demo");
            listener.facts(10).await;
            listener.subscribe(&["opportunity", "health"]).await;
            let snapshot = listener.state("snapshot").await;
            assert!(snapshot["data"]["opportunity"].is_array(), "{snapshot}");
            one.kill();
            assert_eq!(listener.end().await, None, "cut off");
            let mut again = Listener::connect(&other, Some(&listener)).await;
            assert_eq!(again.hello["resumed"], true, "{}", again.hello);
            assert_eq!(again.last_fact, listener.last_fact);
            again.facts(10).await;
            // One that has just started knows what was said before.
            let third = scene.web("third");
            third.is_ready().await;
            let mut late = Listener::connect(&third, Some(&again)).await;
            assert_eq!(late.hello["resumed"], true, "{}", late.hello);
            late.facts(5).await;
        })
        .await;
}

#[actix_rt::test]
async fn a_web_process_that_is_told_to_end_is_gone_and_not_silent() {
    let Some(redis) = TestRedis::start() else { return };
    let relay = Relay::connect(&redis.settings_in("main")).await.unwrap();
    let web = Web::start(&redis, "one");
    let begun = Instant::now();
    while relay.members().await.unwrap().is_empty() {
        assert!(begun.elapsed() < SOON, "it does not say that it lives");
        actix_rt::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(web.terminated().await, Some(0));
    let members = relay.members().await.unwrap();
    assert!(members.is_empty(), "{members:?}");
}

#[actix_rt::test]
async fn a_web_process_tells_how_far_it_is_behind_who_leads() {
    let Some(redis) = TestRedis::start() else { return };
    let relay = Relay::connect(&redis.settings_in("main")).await.unwrap();
    let web = Web::start(&redis, "one");
    assert_eq!(web.figure("dutchbook_cluster_behind_facts").await, None, "nobody leads");
    let leader = Leader {
        name: "ahead".to_owned(),
        fence: 1,
        run: 7,
        address: "http://127.0.0.1:1".to_owned(),
        mode: "demo".to_owned(),
        last_fact: 12,
    };
    relay.lead(&leader).await.unwrap();
    web.until_figure("dutchbook_cluster_behind_facts", |facts| facts == Some(12.0)).await;
    assert_eq!(web.figure("dutchbook_cluster_leader_heard_age_seconds").await, None);
    let fact = |fact: u64| LiveFrame {
        place: fact,
        fact,
        kind: "order".to_owned(),
        key: None,
        text: format!("{{\"seq\":{fact}}}").into(),
    };
    relay.tell(&leader, &[fact(8), fact(9)]).await.unwrap();
    web.until_figure("dutchbook_cluster_behind_facts", |facts| facts == Some(3.0)).await;
    relay.tell(&leader, &[fact(10), fact(11), fact(12)]).await.unwrap();
    web.until_figure("dutchbook_cluster_behind_facts", |facts| facts == Some(0.0)).await;
    // Nothing more is said: the age grows.
    web.until_figure("dutchbook_cluster_leader_heard_age_seconds", |age| age > Some(1.0)).await;
}

#[actix_rt::test]
async fn another_leader_is_followed_and_who_listens_is_told_to_start_again() {
    let Some(scene) = Scene::set(23) else { return };
    let (_feed, first) = (scene.feed(), scene.decider());
    decides(&first).await;
    let second = scene.decider();
    let web = scene.web("one");
    web.is_ready().await;
    scene
        .with_trades(async {
            let cookie = web.sign_in().await;
            assert_eq!(web.whoami(&cookie).await, 200);
            let mut listener = Listener::connect(&web, None).await;
            listener.facts(5).await;
            first.kill();
            let begun = Instant::now();
            assert_eq!(listener.end().await, Some(1012));
            eprintln!("listeners were told of another leader after {:?}", begun.elapsed());
            let mut again = Listener::connect(&web, Some(&listener)).await;
            assert_eq!(again.hello["resumed"], false, "{}", again.hello);
            assert_ne!(again.hello["run"], listener.hello["run"]);
            let risk = web.until("/api/v1/risk", |_, risk| risk["reconciled"] == true).await;
            eprintln!("the same web process serves the new leader after {:?}", begun.elapsed());
            assert_eq!(risk["halt"], Value::Null);
            assert_eq!(web.whoami(&cookie).await, 200, "a sign-in outlives who let it in");
            again.facts(5).await;
        })
        .await;
    drop(second);
}

#[actix_rt::test]
async fn a_redis_that_stands_still_for_a_while_costs_no_fact() {
    let Some(scene) = Scene::set(24) else { return };
    let (_feed, decider) = (scene.feed(), scene.decider());
    decides(&decider).await;
    let web = scene.web("one");
    web.is_ready().await;
    scene
        .with_trades(async {
            let mut listener = Listener::connect(&web, None).await;
            for _ in 0..2 {
                listener.facts(5).await;
                scene.redis.signal("-STOP").unwrap();
                actix_rt::time::sleep(Duration::from_secs(4)).await;
                let risk = decider.get("/api/v1/risk").await;
                assert_eq!(risk["halt"], Value::Null, "who decides goes on: {risk:#}");
                scene.redis.signal("-CONT").unwrap();
                let begun = Instant::now();
                listener.facts(20).await;
                eprintln!("twenty facts after Redis went on: {:?}", begun.elapsed());
            }
        })
        .await;
}

#[actix_rt::test]
async fn a_redis_that_forgets_everything_is_no_secret_to_who_listens() {
    let Some(scene) = Scene::set(27) else { return };
    let (_feed, decider) = (scene.feed(), scene.decider());
    decides(&decider).await;
    let web = scene.web("one");
    web.is_ready().await;
    scene
        .with_trades(async {
            let mut listener = Listener::connect(&web, None).await;
            listener.facts(5).await;
            let forgetting = async {
                loop {
                    forget_everything(scene.redis.port()).await;
                    actix_rt::time::sleep(Duration::from_millis(5)).await;
                }
            };
            let notice = tokio::select! {
                notice = listener.state("lagged") => notice,
                () = forgetting => unreachable!("it never ends"),
            };
            assert!(notice["data"]["lost"].as_u64().unwrap() > 0, "{notice}");
            listener.chooses().facts(5).await;
            web.is_ready().await;
        })
        .await;
}

async fn forget_everything(port: u16) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(b"FLUSHALL\r\n").await.unwrap();
    let _ = stream.read(&mut [0; 16]).await;
}

#[actix_rt::test]
async fn what_changes_something_is_sent_once_and_a_lost_answer_is_said_to_be_lost() {
    let Some(redis) = TestRedis::start() else { return };
    let web = Web::start(&redis, "one");
    let (status, said) = web.get("/api/v1/risk").await;
    assert_eq!((status, &said["code"]), (503, &json!("no_leader")), "{said:#}");

    let silent = StandIn::hang_up().await;
    silent.lead(&redis, 1).await;
    web.until("/api/v1/risk", |_, said| said["code"] == "no_leader" && silent.asked() > 0).await;
    let asked = silent.asked();
    let (status, said) = web.post("/api/v1/execute/order", "lost", &json!({})).await;
    assert_eq!((status, &said["code"]), (502, &json!("outcome_unknown")), "{said:#}");
    assert_eq!(silent.asked(), asked + 1, "once and not again");
    let (status, _) = web.post("/api/v1/execute/order", "long", &json!("x".repeat(2 << 20))).await;
    assert_eq!(status, 413);
    assert_eq!(silent.asked(), asked + 1);
}

#[actix_rt::test]
async fn a_way_to_the_leader_that_takes_its_time_changes_nothing_but_the_time() {
    let Some(scene) = Scene::set(25) else { return };
    let way = StandIn::delay(Duration::from_millis(200)).await;
    let address = format!("cluster.address={}", way.address());
    let decider = scene.process(&["cluster.role=decide", "cluster.lease_ms=3000", &address]);
    let _feed = scene.feed();
    way.lead_to(decider.address());
    decides(&decider).await;
    let web = scene.web("one");
    web.is_ready().await;
    scene
        .with_trades(async {
            let mut listener = Listener::connect(&web, None).await;
            listener.subscribe(&["market_update", "opportunity"]).await;
            listener.state("snapshot").await;
            listener.facts(5).await;
            assert_eq!(web.get("/api/v1/risk").await.0, 200);
        })
        .await;
    assert!(way.asked() > 0);
}

#[actix_rt::test]
async fn who_is_no_longer_known_is_cut_off_at_the_web_process_too() {
    let Some(scene) = Scene::set(26) else { return };
    let (_feed, decider) = (scene.feed(), scene.decider());
    decides(&decider).await;
    let web = scene.web("one");
    web.is_ready().await;
    let token = scene.stage.dutchbook(&["token", "create", "reader", "--role", "viewer"]);
    let begun = Instant::now();
    let mut stream = loop {
        let (head, stream) = crate::live_socket::client::upgrade_as(web.port(), &token).await;
        if head.starts_with("HTTP/1.1 101") {
            break stream;
        }
        assert!(head.starts_with("HTTP/1.1 401") && begun.elapsed() < SOON, "{head}");
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    };
    scene.stage.dutchbook(&["token", "revoke", "reader"]);
    let revoked = Instant::now();
    let end = actix_rt::time::timeout(SOON, async {
        loop {
            match crate::live_socket::client::frame(&mut stream).await {
                Ok((crate::live_socket::client::CLOSE, payload)) => break payload,
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    let end = end.await.unwrap();
    eprintln!("cut off {:?} after the token was taken back", revoked.elapsed());
    assert_eq!(end.first_chunk(), Some(&1008_u16.to_be_bytes()));
    let (head, _) = crate::live_socket::client::upgrade_as(web.port(), &token).await;
    assert!(head.starts_with("HTTP/1.1 401"), "{head}");
}
