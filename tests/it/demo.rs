//! The demo, told as a newcomer would live it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::service::{Service, TOKEN, names, node};

const SOON: Duration = Duration::from_secs(40);

fn open_neg_risk(page: &Value) -> bool {
    page["data"].as_array().is_some_and(|rows| {
        rows.iter().any(|row| row["kind"].as_str().is_some_and(|k| k.starts_with("neg_risk")))
    })
}

#[actix_rt::test]
async fn a_newcomer_sees_opportunities_and_everything_that_explains_them() {
    let service = Service::start(7);
    service.until("/health/ready", SOON, |view| view["ready"] == true).await;
    let page = service.until("/api/v1/opportunities", SOON, open_neg_risk).await;
    let row = &page["data"][0];
    for key in ["size", "gross", "fees", "net", "capital", "edge"] {
        assert!(row[key].is_string(), "{key} is a decimal string: {row:#}");
    }
    assert!(row["legs"].as_array().is_some_and(|legs| legs.len() >= 2), "{row:#}");

    let (status, markets) = service.get("/api/v1/markets?watched=true&limit=5").await;
    assert_eq!(status, 200);
    assert_eq!(markets["data"][0]["outcomes"].as_array().map(Vec::len), Some(2), "{markets:#}");

    let watched = service.get("/api/v1/markets?watched=true&limit=1").await.1;
    let id = watched["data"][0]["condition_id"].as_str().unwrap();
    let trusted = |book: &Value| book["outcomes"][0]["trust"] == "trusted";
    let book = service.until(&format!("/api/v1/markets/{id}/book"), SOON, trusted).await;
    let ladder = |side: &str| book["outcomes"][0][side].as_array().map_or(0, Vec::len);
    assert!(ladder("bids") + ladder("asks") > 0, "{book:#}");

    let (_, system) = service.get("/api/v1/system").await;
    let detector = &system["detector"];
    let counted: u64 =
        detector["reasons"].as_array().unwrap().iter().map(|r| r["count"].as_u64().unwrap()).sum();
    let (looks, found) = (detector["looks"].as_u64(), detector["found"].as_u64());
    assert_eq!(looks, Some(counted + found.unwrap()), "every look is counted once: {detector:#}");

    let (status, metrics) = service.text("/metrics").await;
    assert_eq!(status, 200);
    assert!(metrics.contains("dutchbook_books{trust=\"trusted\"}"), "{metrics}");
    let (status, description) = service.get("/openapi.json").await;
    assert_eq!(status, 200);
    assert!(description["paths"]["/api/v1/opportunities"]["get"].is_object());
    let (status, page) = service.text("/api/docs").await;
    assert_eq!(status, 200);
    for file in ["/api/docs/page.js", "/api/docs/page.css"] {
        assert!(page.contains(&format!("\"{file}\"")), "the page is made of {file}: {page}");
        assert_eq!(service.text(file).await.0, 200, "{file}");
    }
}

#[actix_rt::test]
async fn what_was_not_taken_adds_up_to_everything_that_was_decided() {
    let service = Service::start(12);
    let path = "/api/v1/decisions/summary";
    let traded = |view: &Value| view["stages"][3]["count"].as_u64() > Some(0);
    let all = service.until(path, SOON, traded).await;
    let (from, to) = (all["from"].as_str().unwrap(), all["to"].as_str().unwrap());
    let stages = all["stages"].as_array().unwrap();
    let count = |value: &Value| value["count"].as_u64().unwrap();
    for (at, stage) in stages.iter().enumerate() {
        let left: u64 = stage["left"].as_array().unwrap().iter().map(count).sum();
        assert_eq!(Some(count(stage) - left), stage["on"].as_u64(), "{all:#}");
        let next = stages.get(at + 1).map_or(stage["on"].as_u64(), |next| Some(count(next)));
        assert_eq!(stage["on"].as_u64(), next, "{all:#}");
    }
    // What is decided reaches the tables in batches, so both are asked until nothing comes any more.
    let path = format!("{path}?from={from}&to={to}");
    let mut listed = 0;
    for _ in 0..20 {
        let counted = service.get(&path).await.1["stages"][0]["count"].as_u64();
        listed = list_decisions(&service, from, to).await;
        if counted == Some(listed) {
            break;
        }
    }
    assert!(listed >= count(&stages[0]), "{listed} listed, counted before {all:#}");
    service.until(&path, SOON, |view| view["stages"][0]["count"].as_u64() == Some(listed)).await;
}

/// How many decisions the pages list.
async fn list_decisions(service: &Service, from: &str, to: &str) -> u64 {
    let (mut listed, mut cursor) = (0, String::new());
    loop {
        let path = format!("/api/v1/decisions?limit=500&from={from}&to={to}{cursor}");
        let (_, page) = service.get(&path).await;
        listed += page["data"].as_array().unwrap().len() as u64;
        let Some(next) = page["next_cursor"].as_str() else { return listed };
        cursor = format!("&cursor={next}");
    }
}

#[actix_rt::test]
async fn what_everything_was_worth_is_told_from_the_first_mark_on() {
    let service = Service::start(14);
    let marked = |view: &Value| view["data"].as_array().is_some_and(|data| !data.is_empty());
    let view = service.until("/api/v1/equity?points=10", SOON, marked).await;
    let point = &view["data"][0];
    for key in ["at", "equity_usd", "net_usd", "drawdown_usd"] {
        assert!(point[key].is_string(), "{view:#}");
    }
    assert!(view["since"].as_str() <= point["at"].as_str(), "{view:#}");
    assert!(!point["drawdown_usd"].as_str().unwrap().starts_with('-'), "{view:#}");
    let (_, later) = service.get("/api/v1/equity?from=2999-01-01&to=2999-01-02").await;
    assert_eq!(later["data"], json!([]), "nothing is made up");
    let watched = service.get("/api/v1/markets?watched=true&limit=1").await.1;
    let id = watched["data"][0]["condition_id"].as_str().unwrap();
    let (status, prices) = service.get(&format!("/api/v1/markets/{id}/prices")).await;
    assert_eq!((status, &prices["condition_id"]), (200, &json!(id)), "{prices:#}");
    assert!(prices["data"].is_array(), "{prices:#}");
    for path in ["equity?points=0", "equity?points=501", &format!("markets/{id}/prices?to=x")] {
        let (status, problem) = service.get(&format!("/api/v1/{path}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_parameter")), "{path}");
    }
}

#[actix_rt::test]
async fn an_answer_that_has_not_changed_is_not_sent_again() {
    let service = Service::start(15);
    let path = "/api/v1/decisions?to=2020-01-01T00:00:00Z";
    service.until(path, SOON, |view| view["data"].is_array()).await;
    let ask = |known: &str| {
        let request = awc::Client::default().get(format!("{}{path}", service.address));
        request.bearer_auth(TOKEN).insert_header(("If-None-Match", known)).send()
    };
    let first = ask("\"another\"").await.unwrap();
    assert_eq!(first.status(), 200);
    let tag = first.headers().get("ETag").unwrap().to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/"), "{tag}");
    let mut again = ask(&tag).await.unwrap();
    assert_eq!((again.status().as_u16(), again.body().await.unwrap().len()), (304, 0));
    let policy = again.headers().get("Content-Security-Policy");
    assert!(policy.is_some(), "a short answer keeps the headers of all");
}

#[actix_rt::test]
async fn killing_any_actor_shows_a_restart_and_breaks_nothing_else() {
    let service = Service::start(8);
    service.until("/health/ready", SOON, |view| view["ready"] == true).await;
    let (_, system) = service.get("/api/v1/system").await;
    let all = names(&system["tree"]);
    assert!(all.iter().any(|name| name == "books") && all.iter().any(|n| n == "feed-0"), "{all:?}");
    assert_eq!(service.post("/api/v1/system/actors/books/kill").await, 401, "needs the token");
    assert_eq!(service.post_as_admin("/api/v1/system/actors/nobody/kill").await, 404);
    for name in all {
        let before =
            service.until("/api/v1/system", SOON, |s| node(&s["tree"], &name).is_some()).await;
        let incarnation = node(&before["tree"], &name).unwrap()["incarnation"].as_u64().unwrap();
        let path = format!("/api/v1/system/actors/{name}/kill");
        assert_eq!(service.post_as_admin(&path).await, 202, "{name}");
        if let Some(strategy) = name.strip_suffix("-desk") {
            come_back_from_quarantine(&service, strategy).await;
        }
        service
            .until("/api/v1/system", SOON, |s| {
                node(&s["tree"], &name).is_some_and(|n| {
                    n["status"] == "up" && n["incarnation"].as_u64() > Some(incarnation)
                })
            })
            .await;
    }
    service.until("/health/ready", SOON, |view| view["ready"] == true).await;
    service.until("/api/v1/opportunities", SOON, open_neg_risk).await;
}

/// A strategy whose supervisor ends is kept away until a person lets it go on.
async fn come_back_from_quarantine(service: &Service, strategy: &str) {
    let activity = |view: &Value, wanted: &str| {
        let rows = view["data"].as_array().cloned().unwrap_or_default();
        rows.iter().any(|row| row["name"] == strategy && row["activity"] == wanted)
    };
    let path = "/api/v1/strategies";
    service.until(path, SOON, |view| activity(view, "quarantined")).await;
    let resume = format!("/api/v1/strategies/{strategy}/resume");
    assert_eq!(service.post_as_admin(&resume).await, 200, "{strategy}");
    service.until(path, SOON, |view| activity(view, "running")).await;
}

#[actix_rt::test]
async fn a_venue_that_goes_away_makes_the_service_stale_and_its_return_heals_it() {
    let service = Service::start(9);
    service.until("/api/v1/opportunities", SOON, open_neg_risk).await;
    service.fault(json!({ "fault": "outage", "for_ms": 15_000 })).await;
    service
        .until("/api/v1/system", SOON, |s| {
            s["books"]["trusted"] == 0 && s["ready"] == false && s["feed"]["stale"] == true
        })
        .await;
    let (_, page) = service.get("/api/v1/opportunities").await;
    assert_eq!(page["data"], json!([]), "nothing is claimed from books that nobody vouches for");
    service.until("/health/ready", SOON, |view| view["ready"] == true).await;
    service.until("/api/v1/opportunities", SOON, open_neg_risk).await;
}

#[actix_rt::test]
async fn sigterm_ends_the_service_in_order_and_in_time() {
    let mut service = Service::start(10);
    service.until("/health/ready", SOON, |view| view["ready"] == true).await;
    let (status, took) = service.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[actix_rt::test]
async fn bad_requests_are_answered_with_a_problem_that_says_what_to_do() {
    let service = Service::start(11);
    service.until("/health/live", SOON, |view| view["alive"] == true).await;
    for (path, status, code) in [
        ("/api/v1/markets?limit=0", 400, "bad_parameter"),
        ("/api/v1/markets?limit=x", 400, "bad_parameter"),
        ("/api/v1/markets?colour=red", 400, "bad_parameter"),
        ("/api/v1/markets/0x12", 400, "bad_parameter"),
        ("/api/v1/opportunities?state=maybe", 400, "bad_parameter"),
        ("/api/v1/opportunities?kind=free_lunch", 400, "bad_parameter"),
        ("/api/v1/opportunities/none", 404, "not_found"),
        ("/api/v1/nothing", 404, "not_found"),
        ("/api/v1/halt", 405, "wrong_method"),
    ] {
        let (got, problem) = service.get(path).await;
        assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{path}: {problem:#}");
        assert!(problem["hint"].is_string() && problem["detail"].is_string(), "{problem:#}");
    }
}

#[actix_rt::test]
async fn a_market_tells_its_rules_and_lists_are_sorted_both_ways_and_found_by_market() {
    let service = Service::start(31);
    let found = service.until("/api/v1/opportunities?state=all", SOON, |page| {
        page["data"].as_array().is_some_and(|rows| rows.len() > 1)
    });
    let found = found.await;
    let market = found["data"][0]["legs"][0]["condition_id"].as_str().unwrap().to_owned();
    let (_, one) = service.get(&format!("/api/v1/markets/{market}")).await;
    assert_eq!(one["rules"], "A question of the simulated venue.", "{one:#}");
    let has_slug = one["event_slug"].as_str().is_some_and(|slug| !slug.is_empty());
    assert_eq!(has_slug, one["group"].is_object(), "{one:#}");

    let path = format!("/api/v1/opportunities?state=all&market={market}");
    let (_, about) = service.get(&path).await;
    let rows = about["data"].as_array().unwrap();
    let in_it = |row: &Value| {
        row["legs"].as_array().unwrap().iter().any(|leg| leg["condition_id"] == market.as_str())
    };
    assert!(!rows.is_empty() && rows.iter().all(in_it), "{about:#}");

    let numbers = async |order: &str| {
        let path = format!("/api/v1/markets?sort=liquidity&order={order}&limit=500");
        let (status, page) = service.get(&path).await;
        assert_eq!(status, 200, "{page:#}");
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["liquidity"].as_str().unwrap().parse().unwrap()).collect::<Vec<f64>>()
    };
    let (rising, falling) = (numbers("asc").await, numbers("desc").await);
    assert!(rising.len() > 10 && falling.len() > 10);
    assert!(rising.is_sorted() && falling.iter().rev().is_sorted());
}
