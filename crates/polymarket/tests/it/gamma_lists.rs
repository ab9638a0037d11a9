//! The catalogue, against a server that pages as Gamma does and against recorded records.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use domain::{FeeSchedule, FeeTerms, MarketState, ProtocolVersion};
use polymarket::gamma::{
    AbsentVersion, GammaClient, ListFilter, Listing, Refusal, parse_event, parse_market,
};
use polymarket::http::{ProtocolBreach, VenueError};

use crate::support::{answer, raw_server, recordings, samples, settings, settings_once};

fn market(id: usize) -> serde_json::Value {
    serde_json::json!({
        "id": id.to_string(), "version": "v1", "slug": format!("m{id}"), "question": "Q?",
        "conditionId": format!("0x{id:064x}"), "outcomes": "[\"Yes\", \"No\"]",
        "clobTokenIds": format!("[\"{}\", \"{}\"]", id * 2, id * 2 + 1),
        "active": true, "closed": false, "acceptingOrders": true, "enableOrderBook": true,
        "orderPriceMinTickSize": 0.001, "orderMinSize": "5", "feesEnabled": true,
        "feeSchedule": { "rate": 0.04, "exponent": 1, "takerOnly": true },
        "volume24hr": 12.3456789, "liquidity": "7.5", "outcomePrices": "[\"0.0105\", \"0.9895\"]",
    })
}

fn with(id: usize, change: serde_json::Value) -> String {
    let mut record = market(id);
    record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    record.to_string()
}

fn refusal(change: serde_json::Value) -> Refusal {
    parse_market(&with(7, change), AbsentVersion::Refuse).unwrap_err()
}

/// Every third market is broken. The page size is cut to 100 without a word, as at the venue, and
/// a parameter called `cursor` is ignored, as at the venue.
async fn list(
    query: web::Query<Vec<(String, String)>>,
    asked: web::Data<Mutex<Vec<String>>>,
) -> HttpResponse {
    let value = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    asked.lock().unwrap().push(format!("{:?}", query.0));
    let from: usize = value("after_cursor").map_or(0, |text| text.parse().unwrap());
    let limit: usize = value("limit").map_or(20, |text| text.parse().unwrap());
    let to = (from + limit.min(100)).min(250);
    let records: Vec<_> = (from..to)
        .map(|id| {
            if id % 3 == 0 { serde_json::json!({ "id": id, "version": "v9" }) } else { market(id) }
        })
        .collect();
    let mut page = serde_json::json!({ "markets": records, "unknown": { "field": 1 } });
    if to < 250 {
        page["next_cursor"] = to.to_string().into();
    }
    HttpResponse::Ok().json(page)
}

#[actix_web::test]
async fn a_list_is_walked_to_its_end_and_broken_records_are_refused_alone() {
    let asked = web::Data::new(Mutex::new(Vec::<String>::new()));
    let data = asked.clone();
    let app =
        move || App::new().app_data(data.clone()).route("/markets/keyset", web::get().to(list));
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let handle = actix_rt::spawn(server.run());
    let gamma = GammaClient::new(settings(address).connect().unwrap());
    let mut pages = gamma.markets(&ListFilter::default());
    let mut whole = Listing::default();
    while let Some(page) = pages.next_page().await.unwrap() {
        assert!(page.markets.len() + page.refused.len() <= 100);
        whole.append(page);
    }
    assert_eq!((pages.pages_read(), pages.records_read()), (3, 250));
    assert_eq!((whole.markets.len(), whole.refused.len()), (166, 84));
    assert!(whole.refused.iter().all(|r| matches!(&r.why, Refusal::UnknownVersion(_))));
    assert_eq!(whole.refused[1].id.as_str(), "3");
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|query| query.contains("closed") && query.contains("include_tag")));
    handle.abort();
}

#[actix_rt::test]
async fn a_list_that_repeats_its_first_page_is_left() {
    let page = serde_json::json!({ "markets": [market(1)], "next_cursor": "x" }).to_string();
    let other = serde_json::json!({ "markets": [market(1)], "next_cursor": "y" }).to_string();
    let (address, _requests) = raw_server(vec![
        answer("200 OK", "Connection: close\r\n", &page),
        answer("200 OK", "", &other),
    ]);
    let gamma = GammaClient::new(settings_once(address).connect().unwrap());
    let error = gamma.markets(&ListFilter::default()).all().await.unwrap_err();
    assert_eq!(error, VenueError::Protocol(ProtocolBreach::PageRepeated));
}

#[actix_rt::test]
async fn a_page_that_is_no_list_is_an_error_and_not_an_empty_one() {
    let (address, _requests) = raw_server(vec![answer("200 OK", "", r#"{"error":"x"}"#)]);
    let gamma = GammaClient::new(settings_once(address).connect().unwrap());
    let error = gamma.events(&ListFilter::default()).all().await.unwrap_err();
    assert!(matches!(error, VenueError::Decode { .. }), "{error:?}");
}

#[actix_rt::test]
async fn a_tag_is_found_by_its_slug_or_is_not_there() {
    let tag = r#"{"id":"21","label":"Crypto","slug":"crypto"}"#;
    let (address, requests) = raw_server(vec![
        answer("200 OK", "Connection: close\r\n", tag),
        answer("404 Not Found", "", "{}"),
    ]);
    let gamma = GammaClient::new(settings_once(address).connect().unwrap());
    assert_eq!(gamma.tag("crypto").await.unwrap().unwrap().id, "21");
    assert!(
        requests
            .recv_timeout(Duration::from_secs(10))
            .unwrap()
            .starts_with("GET /tags/slug/crypto HTTP/1.1")
    );
    assert_eq!(gamma.tag("nothing").await, Ok(None));
}

#[test]
fn a_market_is_read_exactly() {
    let market = parse_market(&market(7).to_string(), AbsentVersion::Refuse).unwrap();
    assert_eq!(market.version, ProtocolVersion::V1);
    assert_eq!(market.yes().token.to_string(), "14");
    assert_eq!(&*market.no().name, "No");
    assert_eq!(market.state, MarketState::Open);
    assert_eq!(market.tick.to_string(), "0.001");
    assert_eq!(market.order_size_min.to_string(), "5");
    assert_eq!(market.fee, FeeSchedule::Known(FeeTerms::parse("0.04", "1").unwrap()));
    assert_eq!(market.volume_24h.micros(), 12_345_678);
    assert_eq!(market.liquidity.micros(), 7_500_000);
    assert_eq!(market.price_hint.unwrap().ten_thousandths(), 105);
}

#[test]
fn the_version_decides_which_ids_are_traded_and_not_which_are_there() {
    let both = |version: &str| {
        with(7, serde_json::json!({ "version": version, "positionIds": ["1001", "1002"] }))
    };
    let token =
        |json: &str| parse_market(json, AbsentVersion::Refuse).unwrap().yes().token.to_string();
    assert_eq!(token(&both("v1")), "14");
    assert_eq!(token(&both("v2")), "1001");
    assert!(matches!(refusal(serde_json::json!({ "version": "v3" })), Refusal::UnknownVersion(_)));
    let absent = with(7, serde_json::json!({ "version": null }));
    assert_eq!(parse_market(&absent, AbsentVersion::Refuse), Err(Refusal::NoVersion));
    assert!(parse_market(&absent, AbsentVersion::MeansV1).is_ok());
}

#[test]
fn a_market_that_cannot_be_traded_says_why() {
    use serde_json::json;
    let three = json!({ "outcomes": "[\"A\", \"B\", \"C\"]" });
    assert_eq!(refusal(three), Refusal::OutcomeCount(3));
    assert_eq!(refusal(json!({ "outcomes": "Yes" })), Refusal::OutcomesUnreadable);
    assert_eq!(refusal(json!({ "clobTokenIds": null })), Refusal::TokensUnreadable);
    assert_eq!(refusal(json!({ "clobTokenIds": "[]" })), Refusal::TokenCount(0));
    assert_eq!(refusal(json!({ "clobTokenIds": "[\"5\",\"5\"]" })), Refusal::TokensEqual);
    assert!(matches!(refusal(json!({ "clobTokenIds": "[\"-5\",\"5\"]" })), Refusal::Token(_)));
    assert!(matches!(refusal(json!({ "conditionId": "0x12" })), Refusal::Condition(_)));
    assert_eq!(refusal(json!({ "orderPriceMinTickSize": null })), Refusal::NoTick);
    assert!(matches!(refusal(json!({ "orderPriceMinTickSize": 0.02 })), Refusal::Tick(_)));
    assert_eq!(refusal(json!({ "orderMinSize": "" })), Refusal::NoOrderSize);
    assert!(matches!(refusal(json!({ "orderMinSize": -5 })), Refusal::OrderSize(_)));
    assert!(matches!(refusal(json!({ "orderMinSize": "NaN" })), Refusal::OrderSize(_)));
    assert_eq!(refusal(json!({ "id": null })), Refusal::NoId);
    for json in ["7", "[]", r#"["1", "v1"]"#] {
        assert!(matches!(parse_market(json, AbsentVersion::Refuse), Err(Refusal::Json(_))));
    }
}

#[test]
fn a_fee_is_free_known_or_unknown_and_never_guessed() {
    use serde_json::json;
    let fee = |change| parse_market(&with(7, change), AbsentVersion::Refuse).unwrap().fee;
    let free = FeeSchedule::Known(FeeTerms::FREE);
    assert_eq!(fee(json!({ "feesEnabled": false, "feeSchedule": null })), free);
    assert_eq!(fee(json!({ "feeSchedule": null })), FeeSchedule::Unknown);
    assert_eq!(fee(json!({ "feesEnabled": null, "feeSchedule": null })), FeeSchedule::Unknown);
    assert_eq!(fee(json!({ "feeSchedule": { "rate": 2, "exponent": 1 } })), FeeSchedule::Unknown);
    assert_eq!(fee(json!({ "feeSchedule": { "rate": 0.04 } })), FeeSchedule::Unknown);
    assert_eq!(fee(json!({ "feeSchedule": 7, "takerBaseFee": 1000 })), FeeSchedule::Unknown);
}

#[test]
fn the_life_of_a_market_is_told_by_its_flags_and_its_payouts_by_its_resolution() {
    use serde_json::json;
    let state = |change| parse_market(&with(7, change), AbsentVersion::Refuse).unwrap().state;
    assert_eq!(state(json!({ "acceptingOrders": null })), MarketState::Paused);
    assert_eq!(state(json!({ "active": false })), MarketState::Paused);
    let closed = json!({ "closed": true, "outcomePrices": "[\"0\", \"1\"]" });
    assert_eq!(state(closed), MarketState::Closed { payouts: None });
    let resolved = |prices: &str| {
        state(json!({ "closed": true, "umaResolutionStatus": "resolved", "outcomePrices": prices }))
    };
    let payouts = |state| match state {
        MarketState::Closed { payouts } => payouts.map(|p| p.map(|p| p.ten_thousandths())),
        other => panic!("{other:?}"),
    };
    assert_eq!(payouts(resolved("[\"0\", \"1\"]")), Some([0, 10_000]));
    assert_eq!(payouts(resolved("[\"0.5\", \"0.5\"]")), Some([5_000, 5_000]));
    assert_eq!(payouts(resolved("[\"0\", \"0\"]")), None, "they do not add up");
}

#[test]
fn kinds_of_markets_are_tagged_from_whatever_betrays_them() {
    use serde_json::json;
    let tags = |change| {
        let market = parse_market(&with(7, change), AbsentVersion::Refuse).unwrap();
        market.tags.iter().map(|tag| tag.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(tags(json!({ "cryptoMarketConfig": { "asset": "btc" } })), ["crypto"]);
    assert_eq!(tags(json!({ "feeType": "crypto_fees_v2" })), ["crypto"]);
    assert_eq!(tags(json!({ "sportsMarketType": "moneyline" })), ["sports"]);
    assert_eq!(tags(json!({ "gameId": 5 })), ["sports"]);
    let both =
        json!({ "feeType": "sports_fees", "tags": [{ "slug": "Sports" }, { "label": "NBA" }] });
    assert_eq!(tags(both), ["sports", "nba"]);
    assert!(tags(json!({ "tags": "none", "feeType": "politics_fees" })).is_empty());
}

#[test]
fn a_group_keeps_members_that_cannot_be_traded_and_falls_with_one_that_cannot_be_named() {
    let read = |members: Vec<serde_json::Value>| {
        let event = serde_json::json!({
            "id": 900, "slug": "e", "title": "E", "negRisk": true, "negRiskAugmented": true,
            "negRiskFeeBips": 25, "markets": members, "tags": [{ "slug": "politics" }],
        });
        let mut listing = Listing::default();
        parse_event(&event.to_string(), AbsentVersion::Refuse, &mut listing);
        listing
    };
    let mut untraded = market(2);
    untraded["clobTokenIds"] = serde_json::Value::Null;
    let mut unnamed = market(3);
    unnamed["active"] = false.into();
    let listing = read(vec![market(1), untraded, unnamed]);
    let [group] = listing.groups.as_slice() else { panic!("{listing:?}") };
    assert_eq!((group.markets.len(), group.convert_fee_bips), (3, 25));
    assert!(group.neg_risk && group.augmented);
    assert_eq!((listing.markets.len(), listing.refused.len()), (2, 1));
    assert_eq!(listing.markets[0].group.as_ref().unwrap().to_string(), "900");
    assert_eq!(&*listing.markets[0].tags[0], "politics");
    assert!(!listing.markets[0].placeholder && listing.markets[1].placeholder);

    let listing = read(vec![market(1), serde_json::json!({ "id": "2" })]);
    assert!(listing.groups.is_empty());
    assert!(listing.refused.iter().any(|r| r.why == Refusal::MemberUnreadable));
    assert_eq!(listing.markets.len(), 1);
}

#[test]
fn the_neg_risk_event_of_the_samples_is_read_whole() {
    let Some(folder) = samples() else { return };
    let text = std::fs::read_to_string(folder.join("gamma_event_negrisk_2026-03.json")).unwrap();
    let events: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(&text).unwrap();
    let mut listing = Listing::default();
    for event in &events {
        parse_event(event.get(), AbsentVersion::MeansV1, &mut listing);
    }
    let [group] = listing.groups.as_slice() else { panic!("{:?}", listing.refused) };
    assert!(group.neg_risk && group.augmented);
    assert_eq!(group.markets.len(), listing.markets.len());
    assert!(listing.markets.iter().all(|m| m.neg_risk && m.fee.terms() == Some(FeeTerms::FREE)));
}

proptest::proptest! {
    #[test]
    fn no_record_makes_the_readers_panic(
        text in "\\PC{0,60}",
        key in "(id|version|outcomes|clobTokenIds|events|tags|markets|feeSchedule|closed)",
        value in "[\\[\\]{}\":,a-z0-9.\\-]{0,24}",
    ) {
        let mut listing = Listing::default();
        for json in [text, format!("{{\"{key}\":{value}}}"), with(7, serde_json::json!({ key: value }))] {
            let _ = parse_market(&json, AbsentVersion::MeansV1);
            parse_event(&json, AbsentVersion::MeansV1, &mut listing);
        }
    }
}

#[test]
fn settings_can_be_sent_to_any_arbiter() {
    fn sendable<T: Send + Sync + Clone>(_: &T) {}
    let settings = polymarket::http::Settings::default();
    sendable(&settings);
    assert!(Arc::ptr_eq(&settings.limits, &settings.clone().limits), "clones share their limits");
}

#[test]
fn ten_thousand_recorded_markets_are_read_and_the_rest_has_reasons() {
    use std::io::BufRead as _;
    let Some(folder) = recordings() else { return };
    let file = std::fs::File::open(folder.join("gamma_active_2026_03/markets.jsonl.gz")).unwrap();
    let lines = std::io::BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    let (mut read, mut refused) = (0, vec![]);
    for line in lines {
        match parse_market(&line.unwrap(), AbsentVersion::MeansV1) {
            Ok(_) => read += 1,
            Err(why) => refused.push(why),
        }
    }
    assert_eq!((read, refused), (10_171, vec![]));
}
