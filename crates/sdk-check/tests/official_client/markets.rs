//! What anybody may read.

use polymarket_client_sdk_v2::clob::types::request::{
    MidpointRequest, OrderBookSummaryRequest, PriceHistoryRequest, PriceRequest, SpreadRequest,
};
use polymarket_client_sdk_v2::clob::types::{Interval, Side, SignatureType, TimeRange};
use polymarket_client_sdk_v2::types::Decimal;

use crate::desk::{open, plain, token};

#[tokio::test]
async fn the_official_client_reads_books_prices_and_terms() {
    let desk = open(SignatureType::Eoa).await;
    let market = desk.market(plain).await;
    let (token, client) = (token(market), &desk.client);
    let mut failed = Vec::new();
    macro_rules! read {
        ($name:literal, $call:expr) => {
            match $call.await {
                Ok(answer) => Some(answer),
                Err(error) => {
                    failed.push(format!("{}: {error}", $name));
                    None
                }
            }
        };
    }
    assert_eq!(read!("ok", client.ok()).as_deref(), Some("OK"));
    read!("time", client.server_time());
    assert_eq!(read!("version", client.version()), Some(2));
    let tick = read!("tick-size", client.tick_size(token)).map(|it| it.minimum_tick_size);
    assert_eq!(tick.map(Decimal::from).map(|it| it.to_string()), Some("0.01".to_owned()));
    assert_eq!(read!("neg-risk", client.neg_risk(token)).map(|it| it.neg_risk), Some(false));
    read!("fee-rate", client.fee_rate_bps(token));
    let (bid, ask) = desk.touch(token).await;
    let mid =
        read!("midpoint", client.midpoint(&MidpointRequest::builder().token_id(token).build()));
    assert_eq!(mid.map(|it| it.mid), Some((bid + ask) / Decimal::TWO));
    // Which side BUY names is not agreed on among the documents; the simulator follows one of them.
    let wanted = PriceRequest::builder().token_id(token).side(Side::Buy).build();
    assert_eq!(read!("price", client.price(&wanted)).map(|it| it.price), Some(ask));
    let prices = read!("prices", client.prices(&[wanted])).and_then(|it| it.prices);
    assert_eq!(prices.map(|it| it[&token][&Side::Buy]), Some(ask));
    let wanted = SpreadRequest::builder().token_id(token).build();
    assert_eq!(read!("spread", client.spread(&wanted)).map(|it| it.spread), Some(ask - bid));
    let wanted = OrderBookSummaryRequest::builder().token_id(token).build();
    let books = read!("books", client.order_books(&[wanted]));
    assert_eq!(books.map(|it| it.len()), Some(1));
    let range = TimeRange::from_interval(Interval::OneHour);
    let wanted = PriceHistoryRequest::builder().market(token).time_range(range).build();
    read!("prices-history", client.price_history(&wanted));

    let condition = market["conditionId"].as_str().unwrap();
    let info = read!("clob-markets", client.clob_market_info(condition)).unwrap();
    assert_eq!(info.condition_id.to_string(), condition);
    assert!(info.tokens.iter().flatten().any(|it| it.token_id == token));
    assert!(info.fee_details.is_some());
    read!("markets", client.market(condition));
    let of = read!("markets-by-token", client.market_by_token(token));
    assert_eq!(of.map(|it| it.condition_id.to_string()).as_deref(), Some(condition));
    assert!(failed.is_empty(), "{failed:#?}");
}
