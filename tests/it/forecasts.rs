//! Forecasts of the demo, asked over HTTP.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};

use crate::service::{Service, TOKEN};

const SOON: Duration = Duration::from_secs(100);

fn rows(page: &Value) -> &[Value] {
    page["data"].as_array().map_or(&[], Vec::as_slice)
}

#[actix_rt::test]
async fn the_demo_shows_forecasts_by_itself_and_needs_no_key() {
    let service = Service::start(11);
    let published = "/api/v1/forecasts?state=published";
    let page = service.until(published, SOON, |page| !rows(page).is_empty()).await;
    let row = &rows(&page)[0];
    for name in ["market", "blind", "blended", "low", "high", "market_weight", "cost"] {
        assert!(row[name].is_string(), "{name} is a decimal string: {row:#}");
    }
    assert!(row["consensus"]["agreeing"].is_u64(), "{row:#}");
    assert!(row["ballots"].as_array().is_some_and(|ballots| ballots.len() >= 2), "{row:#}");
    let path = format!("/api/v1/forecasts/{}", row["id"].as_str().unwrap());
    let whole = service
        .until(&path, SOON, |it| it["answers"].as_array().is_some_and(|all| !all.is_empty()))
        .await;
    assert_eq!(whole["id"], row["id"]);
    let (_, swarm) = service.get("/api/v1/swarm").await;
    assert_eq!((&swarm["state"], &swarm["mode"]), (&json!("on"), &json!("swarm")), "{swarm:#}");
    assert_eq!(swarm["members"].as_array().map(Vec::len), Some(5), "{swarm:#}");
    assert!(swarm["budget"]["calls"].as_u64() > Some(0), "{swarm:#}");
    let (_, system) = service.get("/api/v1/system").await;
    assert_eq!(system["swarm"]["state"], "on");
}

#[actix_rt::test]
async fn a_person_asks_about_a_market_once_for_each_key() {
    let service = Service::start(12);
    let markets = "/api/v1/markets?watched=true&limit=50";
    let page = service.until(markets, SOON, |page| rows(page).len() > 10).await;
    let slug = rows(&page).last().unwrap()["slug"].as_str().unwrap().to_owned();
    service.until("/api/v1/swarm", SOON, |swarm| swarm["state"] == "on").await;
    let body = json!({ "market": slug });
    let (mut status, mut asked) = (0, Value::Null);
    for attempt in 0..200 {
        (status, asked) =
            service.post_keyed("/api/v1/forecasts", &format!("k{attempt}"), &body).await;
        if status == 202 {
            // The same request with the same key is the same forecast, and is paid once.
            let key = format!("k{attempt}");
            let (status, again) = service.post_keyed("/api/v1/forecasts", &key, &body).await;
            assert_eq!((status, &again), (202, &asked));
            let other = json!({ "market": "another" });
            let (status, refused) = service.post_keyed("/api/v1/forecasts", &key, &other).await;
            assert_eq!((status, &refused["code"]), (409, &json!("idempotency_key_reused")));
            break;
        }
        assert!([409, 503].contains(&status), "{status} {asked:#}");
        actix_rt::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(status, 202, "{asked:#}");
    let path = format!("/api/v1/forecasts/{}", asked["id"].as_str().unwrap());
    let forecast = service.until(&path, SOON, |it| it["state"] != "asking").await;
    assert_eq!((&forecast["slug"], &forecast["source"]), (&json!(slug), &json!("person")));
    let nobody = json!({ "market": "no-such-market" });
    let (status, problem) = service.post_keyed("/api/v1/forecasts", "n", &nobody).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    assert_eq!(service.post("/api/v1/forecasts").await, 401, "asking costs money");
    let (status, _) = service.get("/api/v1/forecasts/nobody").await;
    assert_eq!(status, 404);
}

/// The program asks a service about a market.
fn forecast(url: &str, arguments: &[&str], token: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
    command.env_remove("DUTCHBOOK_TOKEN").envs(token.map(|token| ("DUTCHBOOK_TOKEN", token)));
    command.arg("forecast").args(arguments).args(["--url", url]).output().unwrap()
}

#[actix_rt::test]
async fn the_command_line_asks_about_a_market_waits_for_the_models_and_pays_once_for_a_key() {
    let service = Service::start_with(13, &["swarm.interval_s=0", "swarm.deadline_ms=6000"]);
    let markets = "/api/v1/markets?watched=true&limit=50";
    let page = service.until(markets, SOON, |page| rows(page).len() > 10).await;
    let market = rows(&page).last().unwrap();
    let slug = market["slug"].as_str().unwrap();
    service.until("/api/v1/swarm", SOON, |swarm| swarm["state"] == "on").await;
    let ask = |arguments: &[&str]| forecast(&service.address, arguments, Some(TOKEN));

    let said = ask(&[slug, "--key", "first"]);
    let (out, err) =
        (String::from_utf8(said.stdout).unwrap(), String::from_utf8_lossy(&said.stderr));
    assert_eq!(said.status.code(), Some(0), "{out}{err}");
    assert_eq!(out.lines().next(), market["title"].as_str(), "{out}");
    assert!(out.contains("models and market  0.") && out.contains("  cost 0."), "{out}");
    assert!(err.matches("  oracle: ").count() >= 1, "it tells how far it is: {err}");

    let list = "/api/v1/forecasts";
    let page = service.until(list, SOON, |page| !rows(page).is_empty()).await;
    let again = ask(&[slug, "--key", "first", "--json"]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&again["id"], &again["state"]), (&rows(&page)[0]["id"], &json!("published")));
    let page = service.until(list, SOON, |page| !rows(page).is_empty()).await;
    assert_eq!(rows(&page).len(), 1, "the same key asks nobody anew: {page:#}");

    let unknown = ask(&["no-such-market"]);
    let err = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(5), "{err}");
    assert!(err.starts_with("key: ") && err.contains("404"), "{err}");
    assert_eq!(forecast(&service.address, &[slug], None).status.code(), Some(3));
    assert_eq!(forecast("http://127.0.0.1:9", &[slug], Some(TOKEN)).status.code(), Some(6));
    assert_eq!(ask(&[]).status.code(), Some(2));
}
