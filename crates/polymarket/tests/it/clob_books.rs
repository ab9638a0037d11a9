//! Order books and market information over HTTP.

use std::time::Duration;

use domain::{FeeSchedule, FeeTerms, TokenId, UnixMillis};
use polymarket::clob::{
    BookRefusal, ClobClient, ClobMarketInfo, Interval, LegacyMarket, Span, parse_book,
};
use polymarket::http::{ProtocolBreach, VenueError};

use crate::support::{answer, raw_server, samples, settings_once, vectors};

fn token(number: u64) -> TokenId {
    TokenId::from_words([0, 0, 0, number])
}

fn book(token: u64, bids: &str) -> String {
    let market = format!("0x{}", "ab".repeat(32));
    format!(
        r#"{{"market":"{market}","asset_id":"{token}","timestamp":"1791241810525","hash":"h","bids":{bids},"asks":[{{"price":"0.9","size":"1"}},{{"price":"0.8","size":"2.5"}}],"min_order_size":"5","tick_size":"0.01","neg_risk":true,"last_trade_price":""}}"#
    )
}

async fn clob(bodies: &[&str]) -> (ClobClient, std::sync::mpsc::Receiver<String>) {
    let script = bodies.iter().map(|b| answer("200 OK", "Connection: close\r\n", b)).collect();
    let (address, requests) = raw_server(script);
    (ClobClient::new(settings_once(address).connect().unwrap()), requests)
}

#[actix_rt::test]
async fn books_are_matched_by_token_and_never_by_their_place() {
    let broken = book(3, r#"[{"price":"2","size":"1"}]"#);
    let body = format!("[{},{},{},{}]", book(2, "[]"), book(9, "[]"), broken, book(1, "[]"));
    let (clob, requests) = clob(&[&body]).await;
    let asked = [token(1), token(2), token(3), token(4)];
    let books = clob.books(&asked).await.unwrap();
    let tokens: Vec<_> = books.books.iter().map(|book| book.token).collect();
    assert_eq!(tokens, [token(2), token(1)]);
    let best = books.books[0].asks[0];
    assert_eq!((best.price.ten_thousandths(), best.size.micros()), (8_000, 2_500_000));
    assert_eq!(books.refused.len(), 2);
    assert_eq!(books.refused[0].why, BookRefusal::NotAskedFor);
    assert_eq!(books.refused[1].token, Some(token(3)));
    assert_eq!(books.missing, [token(4)]);
    let request = requests.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(request.starts_with("POST /books HTTP/1.1\r\n"), "{request}");
    assert!(
        request
            .ends_with(r#"[{"token_id":"1"},{"token_id":"2"},{"token_id":"3"},{"token_id":"4"}]"#)
    );
}

#[actix_rt::test]
async fn more_tokens_than_one_request_may_hold_are_asked_for_in_several() {
    let (clob, requests) = clob(&["[]", "[]", "[]"]).await;
    let asked: Vec<_> = (0..1_001).map(token).collect();
    let books = clob.books(&asked).await.unwrap();
    assert_eq!(books.missing.len(), 1_001);
    let sizes: Vec<_> =
        requests.try_iter().map(|request| request.matches("token_id").count()).collect();
    assert_eq!(sizes, [500, 500, 1]);
}

#[actix_rt::test]
async fn a_single_book_of_another_token_is_not_taken() {
    let (client, _requests) = clob(&[&book(2, "[]")]).await;
    assert!(matches!(client.book(token(1)).await, Err(VenueError::Decode { .. })));
    let (client, _requests) = clob(&[&book(1, "[]")]).await;
    assert_eq!(client.book(token(1)).await.unwrap().unwrap().neg_risk, Some(true));
}

#[actix_rt::test]
async fn a_book_that_the_venue_does_not_have_is_nothing_and_no_error() {
    let body = r#"{"error":"No orderbook exists for the requested token id"}"#;
    let (address, _requests) = raw_server(vec![answer("404 Not Found", "", body)]);
    let clob = ClobClient::new(settings_once(address).connect().unwrap());
    assert_eq!(clob.book(token(1)).await, Ok(None));
}

#[actix_rt::test]
async fn the_venues_clock_is_read_in_seconds_and_nonsense_is_refused() {
    let (client, _requests) = clob(&["1791241810", "179124181"]).await;
    assert_eq!(client.time().await, Ok(UnixMillis(1_791_241_810_000)));
    assert!(matches!(client.time().await, Err(VenueError::Decode { .. })));
}

#[actix_rt::test]
async fn past_prices_come_oldest_first_without_the_unreadable_ones() {
    let body = r#"{"history":[{"t":2000,"p":"0.6"},{"t":1000,"p":0.51239},{"t":1500,"p":"x"}]}"#;
    let (client, requests) = clob(&[body]).await;
    let points = client.prices_history(token(1), Span::Last(Interval::Day), 60).await.unwrap();
    let flat: Vec<_> = points.iter().map(|p| (p.at.0, p.price.ten_thousandths())).collect();
    assert_eq!(flat, [(1_000_000, 5_123), (2_000_000, 6_000)]);
    let request = requests.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(request.starts_with("GET /prices-history?market=1&fidelity=60&interval=1d "));
}

#[actix_rt::test]
async fn information_about_another_market_is_a_broken_protocol() {
    let info = format!(r#"{{"c":"0x{}","t":[],"mos":5,"mts":0.01}}"#, "11".repeat(32));
    let (client, _requests) = clob(&[&info, &info]).await;
    let condition =
        |byte: &str| domain::ConditionId::parse(&format!("0x{}", byte.repeat(32))).unwrap();
    let other = client.market_info(condition("22")).await;
    assert_eq!(other, Err(VenueError::Protocol(ProtocolBreach::NotAskedFor)));
    let found = client.market_info(condition("11")).await.unwrap().unwrap();
    assert_eq!(found.fee, FeeSchedule::Known(FeeTerms::FREE), "no fee details means no fee");
}

fn sample(name: &str) -> Option<String> {
    samples().map(|folder| std::fs::read_to_string(folder.join(name)).unwrap())
}

#[test]
fn recorded_books_reproduce_their_hashes() {
    for name in ["clob_book_v1_2026-10-05.json", "clob_book_v2_canary_2026-10-05.json"] {
        let Some(text) = sample(name) else { return };
        let book = parse_book(&text).unwrap();
        assert!(book.hash_fits(), "{name}: {}", book.canonical_text());
        let tampered = text.replacen("0.01", "0.02", 1);
        assert!(!parse_book(&tampered).unwrap().hash_fits(), "{name}");
    }
}

#[test]
fn the_golden_books_have_the_hashes_of_the_official_clients() {
    let Some(folder) = vectors() else { return };
    let text = std::fs::read_to_string(folder.join("order_books.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut checked = 0;
    for vector in file["vectors"].as_array().unwrap() {
        let mut book = vector["book"].clone();
        let Some(hash) = vector["hash"].as_str().or_else(|| vector["out"]["hash"].as_str()) else {
            continue;
        };
        book["hash"] = hash.into();
        let read = parse_book(&book.to_string());
        assert!(read.as_ref().is_ok_and(|book| book.hash_fits()), "{}: {read:?}", vector["id"]);
        checked += 1;
    }
    assert!(checked > 10, "only {checked} books were checked");
}

#[test]
fn market_information_of_the_samples_is_read() {
    let Some(text) = sample("clob_markets_info_v1_2026-10-05.json") else { return };
    let info = ClobMarketInfo::parse(&text).unwrap().unwrap();
    assert_eq!(info.fee, FeeSchedule::Known(FeeTerms::parse("0.07", "1").unwrap()));
    assert!(info.taker_delay_short && !info.neg_risk && info.accepting_orders == Some(true));
    assert_eq!(info.tokens.len(), 2);
    let Some(text) = sample("clob_markets_info_esports_2026-04.json") else { return };
    let info = ClobMarketInfo::parse(&text).unwrap().unwrap();
    assert_eq!((info.taker_delay_seconds, info.accepting_orders), (3, None));
    let Some(text) = sample("clob_market_closed_2026-03.json") else { return };
    let market = LegacyMarket::parse(&text).unwrap().unwrap();
    assert!(market.closed && market.tokens.iter().any(|token| token.winner));
}
