//! Every HTTP endpoint, shape for shape.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simvenue::{SimOptions, SimVenue};

use crate::client::{all_markets, catalogue, get, post, same_shape, sample, tokens, venue};

#[actix_web::test]
async fn gamma_pages_by_cursor_and_a_wrong_cursor_name_repeats_the_first_page() {
    let venue = venue();
    let markets = all_markets(&venue).await;
    assert!(markets.len() > 100);
    let ids: BTreeSet<&str> = markets.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), markets.len(), "no market comes twice");
    let gamma = venue.endpoints().gamma;
    let (_, first) = get(format!("{gamma}/markets/keyset?limit=3")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, wrong) = get(format!("{gamma}/markets/keyset?limit=3&cursor={cursor}")).await;
    assert_eq!(first["markets"][0]["id"], wrong["markets"][0]["id"]);
    let (status, _) = get(format!("{gamma}/markets/keyset?after_cursor=zz")).await;
    assert_eq!(status, 422);
}

#[actix_web::test]
async fn gamma_objects_have_the_keys_and_types_of_real_ones() {
    let venue = venue();
    let gamma = venue.endpoints().gamma;
    let (_, events) = get(format!("{gamma}/events/keyset?limit=100")).await;
    let events = events["events"].as_array().unwrap();
    let groups = events.iter().filter(|it| it["negRisk"] == true);
    assert!(groups.clone().count() >= 8);
    assert_eq!(groups.clone().filter(|it| it["negRiskAugmented"] == true).count(), 1);
    let (Some(real_events), Some(recent)) = (
        sample("gamma_event_negrisk_2026-03.json"),
        sample("gamma_market_v1_btc15m_2026-10-05.json"),
    ) else {
        return;
    };
    let mut real = real_events[0]["markets"][0].clone();
    for (key, value) in recent.as_object().unwrap() {
        real[key] = value.clone();
    }
    for (key, value) in [
        ("closedTime", json!("")),
        ("umaResolutionStatus", json!("")),
        ("resolutionStatus", json!("")),
        ("positionIds", json!([])),
        ("events", json!([])),
        ("tags", json!([])),
        ("sportsMarketType", json!("")),
    ] {
        real[key] = value;
    }
    for market in all_markets(&venue).await {
        same_shape(&market, &real, "market");
    }
    let mut real_event = real_events[0].clone();
    for (key, value) in [
        ("tags", json!([])),
        ("cyom", json!(false)),
        ("enableNegRisk", json!(true)),
        ("negRiskAugmented", json!(false)),
    ] {
        real_event[key] = value;
    }
    for event in events {
        same_shape(event, &real_event, "event");
    }
    let (_, tags) = get(format!("{gamma}/tags?limit=100")).await;
    if let Some(real) = sample("gamma_tags_2026-03.json") {
        same_shape(&tags[0], &real[0], "tag");
    }
}

#[actix_web::test]
async fn gamma_filters_by_tag_version_condition_and_token() {
    let venue = venue();
    let gamma = venue.endpoints().gamma;
    let (_, crypto) = get(format!("{gamma}/tags/slug/crypto")).await;
    let id = crypto["id"].as_str().unwrap();
    let slugs = |page: &Value| -> Vec<String> {
        let tags = page["events"].as_array().unwrap().iter().flat_map(|it| it["tags"].as_array());
        tags.flatten().map(|tag| tag["slug"].as_str().unwrap().to_owned()).collect()
    };
    let (_, without) = get(format!("{gamma}/events/keyset?limit=100&exclude_tag_id={id}")).await;
    assert!(!slugs(&without).contains(&"crypto".to_owned()));
    let (_, with) = get(format!("{gamma}/events/keyset?limit=100&tag_id={id}")).await;
    assert!(!with["events"].as_array().unwrap().is_empty());
    let (_, second) = get(format!("{gamma}/markets/keyset?version=v2")).await;
    let market = &second["markets"][0];
    assert_eq!(market["version"], "v2");
    assert!(market["clobTokenIds"].is_null());
    assert_eq!(market["positionIds"].as_array().unwrap().len(), 2);
    assert_eq!(market["conditionId"].as_str().unwrap().len(), 64, "31 bytes on Gamma");
    let short = market["conditionId"].as_str().unwrap();
    let clob = venue.endpoints().clob;
    let (status, body) = get(format!("{clob}/clob-markets/{short}")).await;
    assert_eq!((status.as_u16(), &body["error"]), (404, &json!("market not found")));
    let (status, body) = get(format!("{clob}/clob-markets/{short}00")).await;
    assert_eq!((status.as_u16(), &body["v"]), (200, &json!("v2")));
    let (_, one) = get(format!("{gamma}/markets/keyset?condition_ids={short}")).await;
    assert_eq!(one["markets"].as_array().unwrap().len(), 1);
    let (status, _) = get(format!("{gamma}/markets/999")).await;
    assert_eq!(status, 404);
}

#[actix_web::test]
async fn the_clob_answers_in_the_shapes_of_the_samples() {
    let venue = venue();
    let clob = venue.endpoints().clob;
    let markets = all_markets(&venue).await;
    let crypto = markets.iter().find(|it| !it["cryptoMarketConfig"].is_null()).unwrap();
    let token = &tokens(crypto)[0];
    let condition = crypto["conditionId"].as_str().unwrap();
    // The official client asks the root of the host whether all is well.
    assert_eq!(get(format!("{clob}/")).await.1, "OK");
    let (_, of_token) = get(format!("{clob}/markets-by-token/{token}")).await;
    assert_eq!(
        (&of_token["condition_id"], &of_token["primary_token_id"]),
        (&json!(condition), &json!(token))
    );
    assert_eq!(get(format!("{clob}/markets-by-token/1")).await.0, 404);
    for (path, name) in [
        (format!("book?token_id={token}"), "clob_book_v1_2026-10-05.json"),
        (format!("price?token_id={token}&side=BUY"), "clob_price_response.json"),
        (format!("midpoint?token_id={token}"), "clob_midpoint_response.json"),
        (format!("spread?token_id={token}"), "clob_spread_response.json"),
        (format!("fee-rate?token_id={token}"), "clob_fee_rate_response.json"),
        (format!("clob-markets/{condition}"), "clob_markets_info_v1_2026-10-05.json"),
        (format!("markets/{condition}"), "clob_market_closed_2026-03.json"),
        ("version".to_owned(), "clob_version_response.json"),
    ] {
        let (status, ours) = get(format!("{clob}/{path}")).await;
        assert_eq!(status, 200, "{path}");
        if let Some(real) = sample(name) {
            same_shape(&ours, &real, &path);
        }
    }
    assert_eq!(get(format!("{clob}/ok")).await.1, "OK");
    assert!(get(format!("{clob}/time")).await.1.as_i64().unwrap() > 1_700_000_000);
    let (_, tick) = get(format!("{clob}/tick-size?token_id={token}")).await;
    assert!(tick["minimum_tick_size"].is_number());
    let (_, neg_risk) = get(format!("{clob}/neg-risk?token_id={token}")).await;
    assert_eq!(neg_risk["neg_risk"], false);
    let (_, history) = get(format!("{clob}/prices-history?market={token}&interval=1d")).await;
    assert!(history["history"].as_array().unwrap().len() > 100);
    let (status, body) = get(format!("{clob}/book?token_id=1")).await;
    assert_eq!(status, 404);
    assert_eq!(body["error"], "No orderbook exists for the requested token id");
}

#[actix_web::test]
async fn a_batch_holds_up_to_five_hundred_books_worst_level_first_and_no_more() {
    let venue = venue();
    let clob = venue.endpoints().clob;
    let markets = all_markets(&venue).await;
    let ids: Vec<String> =
        markets.iter().filter(|it| it["version"] == "v1").flat_map(tokens).collect();
    let wanted: Vec<Value> = ids.iter().map(|id| json!({"token_id": id})).collect();
    let (status, books) = post(format!("{clob}/books"), &Value::from(wanted)).await;
    assert_eq!((status.as_u16(), books.as_array().unwrap().len()), (200, ids.len()));
    let price = |level: &Value| level["price"].as_str().unwrap().parse::<f64>().unwrap();
    for book in books.as_array().unwrap() {
        assert!(book["bids"].as_array().unwrap().is_sorted_by_key(price));
        assert!(book["asks"].as_array().unwrap().iter().rev().is_sorted_by_key(price));
    }
    let (_, prices) =
        post(format!("{clob}/prices"), &json!([{"token_id": ids[0], "side": "SELL"}])).await;
    assert!(prices[&ids[0]]["SELL"].is_number());
    let many: Vec<Value> = (0..501).map(|_| json!({"token_id": ids[0]})).collect();
    let (status, body) = post(format!("{clob}/books"), &Value::from(many)).await;
    assert_eq!((status.as_u16(), &body["error"]), (400, &json!("Payload exceeds the limit")));
}

#[actix_web::test]
async fn the_data_api_walks_its_trades_by_cursor() {
    let venue = venue();
    let data = venue.endpoints().data;
    let patience = Instant::now() + Duration::from_secs(30);
    let page = loop {
        let (_, page) = get(format!("{data}/v2/trades?limit=2")).await;
        if page["pagination"]["has_more"] == true {
            break page;
        }
        assert!(Instant::now() < patience, "the crowd trades");
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
    };
    if let Some(real) = sample("data_v2_trades_2026-10-05.json") {
        same_shape(&page["data"][0], &real["data"][0], "trade");
        same_shape(&page["pagination"], &real["pagination"], "pagination");
    }
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    let (_, next) = get(format!("{data}/v2/trades?limit=2&cursor={cursor}")).await;
    let id = |row: &Value| row["transaction_hash"].as_str().unwrap().to_owned();
    assert_ne!(id(&next["data"][0]), id(&page["data"][1]));
    let (status, body) = get(format!("{data}/v2/resolutions?condition=0x12")).await;
    assert_eq!((status.as_u16(), &body["parameter"]), (400, &json!("condition")));
}

#[actix_web::test]
async fn requests_over_the_limit_get_429_and_the_time_to_wait() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let venue = SimVenue::start(SimOptions::default()).unwrap();
    let clob = venue.endpoints().clob;
    let client = awc::Client::default();
    let mut refused = None;
    for _ in 0..101 {
        let response = client.get(format!("{clob}/ok")).send().await.unwrap();
        if response.status() == 429 {
            refused = Some(response);
            break;
        }
    }
    // A machine slower than ten requests a second never reaches the limit.
    if let Some(response) = refused {
        let wait = response.headers().get("retry-after").unwrap().to_str().unwrap();
        assert!((1..=10).contains(&wait.parse::<u32>().unwrap()));
    }
}

#[actix_web::test]
async fn a_catalogue_fills_the_venue_with_thirty_thousand_distinct_markets() {
    let Some(catalogue) = catalogue() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = SimOptions { catalogue: Some(catalogue), ..SimOptions::default() };
    let venue = SimVenue::start(options).unwrap();
    let (_, state) = get(format!("{}/state", venue.endpoints().control)).await;
    assert_eq!(state["markets"], 30_000);
    let gamma = venue.endpoints().gamma;
    let after: String = "after:5429000".bytes().map(|byte| format!("{byte:02x}")).collect();
    let (_, page) = get(format!("{gamma}/markets/keyset?limit=100&after_cursor={after}")).await;
    let market = &page["markets"][0];
    let clob = venue.endpoints().clob;
    let (_, book) = get(format!("{clob}/book?token_id={}", tokens(market)[1])).await;
    assert_eq!(book["market"], market["conditionId"]);
    assert!(!book["asks"].as_array().unwrap().is_empty());
}
