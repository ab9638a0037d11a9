//! Every single payload that was ever collected has a reader.

use polymarket::access::{Geoblock, RelayRequestWire, RelayedWire};
use polymarket::clob::private_wire::{
    ApiCredentialsWire, BalanceWire, CancelAnswerWire, ClosedOnlyWire, ErrorWire, NotificationWire,
    OrderAnswerWire, OrderWire, PageWire, SentOrderWire, TradeWire,
};
use polymarket::clob::{
    ClobMarketInfo, HistoryPoint, LegacyMarket, parse_book, parse_quote, parse_quotes,
};
use polymarket::data::{parse_resolutions, parse_trades};
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};
use polymarket::gamma::wire::TagWire;
use polymarket::gamma::{AbsentVersion, Listing, Refusal, parse_event, parse_market};
use polymarket::rtds::{RtdsMessage, parse_message};
use polymarket::wire::{Scalar, moment, object, side};

use crate::support::samples;

/// Reads `json` as what the file's name says and checks something that would be lost in a wrong
/// reading. `None` for a name that has no reader.
fn read(name: &str, json: &str) -> Option<()> {
    match name {
        "clob_balance_allowance_response" => {
            assert!(object::<BalanceWire>(json).unwrap().balance.as_str().parse::<u64>().is_ok());
        }
        "clob_cancel_orders_response_mixed" | "clob_cancel_response_not_canceled" => {
            assert!(object::<CancelAnswerWire>(json).unwrap().not_canceled().count() > 0);
        }
        "clob_closed_only_response" => {
            assert!(object::<ClosedOnlyWire>(json).unwrap().closed_only.get().is_some());
        }
        "clob_data_order" => order(&object(json).unwrap()),
        "clob_data_orders_page" => {
            object::<PageWire<OrderWire>>(json).unwrap().data.iter().for_each(order);
        }
        "clob_derive_api_key_response" => {
            assert!(object::<ApiCredentialsWire>(json).unwrap().secret.get().is_some());
        }
        "clob_error_bodies" => errors(json),
        "clob_fee_rate_response" | "clob_version_response" => {
            let fields: std::collections::BTreeMap<String, Scalar> = object(json).unwrap();
            assert!(fields.values().all(|value| value.as_str().parse::<u32>().is_ok()));
        }
        "clob_midpoint_response" | "clob_price_response" | "clob_spread_response" => {
            assert!(parse_quote(json).unwrap().is_some());
        }
        "clob_prices_response" => {
            assert!(!parse_quotes(json).unwrap().is_empty());
        }
        "clob_prices_history_response" => {
            assert!(!HistoryPoint::parse_all(json).unwrap().is_empty());
        }
        "clob_notifications_response" => {
            let notices: Vec<NotificationWire> = serde_json::from_str(json).unwrap();
            assert!(notices.iter().all(|notice| notice.kind.get().is_some()));
        }
        "clob_post_order_request" => {
            let sent: SentOrderWire = object(json).unwrap();
            assert_eq!((sent.order.side.get(), sent.order_type.get()), (Some("BUY"), Some("FOK")));
        }
        "clob_post_orders_response_batch" => {
            let answers: Vec<OrderAnswerWire> = serde_json::from_str(json).unwrap();
            assert!(answers.iter().all(|answer| answer.accepted().is_some()));
        }
        "geoblock_response" => assert!(!Geoblock::parse(json).unwrap().country.is_empty()),
        "relayer_submit_response" => {
            assert_eq!(object::<RelayedWire>(json).unwrap().state.get(), Some("STATE_NEW"));
        }
        "relayer_submit_safe_request" => {
            assert_eq!(object::<RelayRequestWire>(json).unwrap().kind.get(), Some("SAFE"));
        }
        // Vectors for signing, which this part of the adapter does not do.
        "crypto_test_vectors" => {}
        // What we send ourselves; its words are checked where they are made.
        "ws_market_subscribe_initial" => {}
        _ => return read_family(name, json),
    }
    Some(())
}

fn read_family(name: &str, json: &str) -> Option<()> {
    let begins = |prefix: &str| name.starts_with(prefix);
    if begins("clob_book_") {
        assert!(parse_book(json).unwrap().hash_fits());
    } else if begins("clob_markets_info_") {
        assert_eq!(ClobMarketInfo::parse(json).unwrap().unwrap().tokens.len(), 2);
    } else if begins("clob_market_") {
        assert_eq!(LegacyMarket::parse(json).unwrap().unwrap().tokens.len(), 2);
    } else if begins("clob_data_trades_") {
        object::<PageWire<TradeWire>>(json).unwrap().data.iter().for_each(trade);
    } else if begins("clob_post_order_response_") {
        assert!(object::<OrderAnswerWire>(json).unwrap().accepted().is_some());
    } else if begins("data_v2_trades_") {
        let page = parse_trades(json).unwrap();
        assert!(page.refused.is_empty() && page.trades.len() > 1 && page.next_cursor.is_some());
    } else if begins("data_v2_resolutions_") {
        let resolutions = parse_resolutions(json).unwrap();
        assert!(resolutions.iter().all(|r| r.as_ref().unwrap().payouts.is_some()));
    } else if begins("gamma_event_") {
        let events: Vec<&serde_json::value::RawValue> = serde_json::from_str(json).unwrap();
        let mut listing = Listing::default();
        events.iter().for_each(|e| parse_event(e.get(), AbsentVersion::MeansV1, &mut listing));
        assert!(listing.refused.is_empty() && !listing.groups.is_empty());
    } else if begins("gamma_market_") {
        market(name, json);
    } else if begins("gamma_tags_") {
        let tags: Vec<TagWire> = serde_json::from_str(json).unwrap();
        assert!(tags.iter().all(|tag| tag.id.get().is_some() && tag.slug.get().is_some()));
    } else if begins("rtds_") {
        let message = parse_message(json.as_bytes()).unwrap();
        assert!(matches!(message, RtdsMessage::Prices(prices) if !prices.is_empty()));
    } else if begins("ws_user_order_") {
        order(&object(json).unwrap());
    } else if begins("ws_user_trade_") {
        trade(&object(json).unwrap());
    } else if begins("ws_market_") {
        let table = TokenTable::new(&[]).unwrap();
        parse_frame(json.as_bytes(), &table, &mut ParsedFrame::new()).unwrap();
    } else {
        return None;
    }
    Some(())
}

/// Two records are only fragments or of a kind that nobody trades; the rest is read.
fn market(name: &str, json: &str) {
    let market = parse_market(json, AbsentVersion::MeansV1);
    match name {
        "gamma_market_v2_docs_example" => assert_eq!(market, Err(Refusal::NoId)),
        "gamma_market_closed_scalar_legacy" => assert_eq!(market, Err(Refusal::NoTick)),
        _ => assert!(!market.unwrap().outcomes[0].name.is_empty()),
    }
}

fn order(order: &OrderWire) {
    assert!(order.id.get().is_some() && side(&order.side).is_some() && !order.status().is_empty());
    assert!(order.price.get().is_some() && order.original_size.get().is_some());
}

fn trade(trade: &TradeWire) {
    assert!(trade.id.get().is_some() && !trade.status().is_empty());
    assert!(moment(&trade.match_time).is_some(), "{:?}", trade.match_time);
    assert!(trade.maker_orders.iter().all(|maker| maker.order_id.get().is_some()));
}

fn errors(json: &str) {
    let cases: std::collections::BTreeMap<String, Scalar> = object(json).unwrap();
    for (name, case) in cases {
        let Ok(case) = object::<serde_json::Value>(case.as_str()) else { continue };
        if case.get("success").is_some() {
            let answer: OrderAnswerWire = object(&case.to_string()).unwrap();
            assert!(answer.accepted().is_none() && answer.error().is_some(), "{name}");
        } else if case["body"].is_object() {
            let body = case["body"].to_string();
            assert!(object::<ErrorWire>(&body).unwrap().message().is_some(), "{name}");
        }
    }
}

#[test]
fn every_sample_has_a_reader_that_understands_it() {
    let Some(folder) = samples() else { return };
    let mut read_count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let json = std::fs::read_to_string(&path).unwrap();
        assert!(read(name, &json).is_some(), "{name} has no reader");
        read_count += 1;
    }
    assert!(read_count > 50, "only {read_count} samples were there");
}
