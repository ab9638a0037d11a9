//! Collected answers, read as what they mean.

use std::path::Path;
use std::time::Duration;

use domain::{Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, Usd};
use ethers_core::types::Address;
use polymarket::clob::private::{
    AcceptedStatus, CancelOutcome, Mine, OrderStatus, OrderView, PlaceOutcome, RejectCode,
    TradeStatus, TradeView, ViewRefusal,
};
use polymarket::clob::private_wire::{OrderWire, PageWire, TradeWire};
use polymarket::wire::object;
use serde_json::Value;

use super::{body, id, scene};
use crate::support::{answer, samples};

const PLACED: &str = "0x23b457271bce9fa09b4f79125c9ec09e968235a462de82e318ef4eb6fe0ffeb0";

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
}

fn mine() -> Mine {
    Mine { api_key: "ffffffff-ffff-ffff-ffff-ffffffffffff".into(), maker: Address::zero() }
}

#[actix_rt::test]
async fn recorded_answers_to_orders_are_read() {
    let Some(folder) = samples() else { return };
    let order = OrderId::parse(PLACED).unwrap();
    for (name, want, trades_count, hashes_count) in [
        ("live", AcceptedStatus::Live, 0, 0),
        ("matched_async", AcceptedStatus::Matched, 1, 0),
        ("matched_with_hash", AcceptedStatus::Matched, 0, 1),
    ] {
        let sample = read(&folder, &format!("clob_post_order_response_{name}"));
        let (client, _requests) = scene(vec![answer("200 OK", "", &sample)]);
        let outcome = client.place(order, body()).await;
        let PlaceOutcome::Accepted { status, trades, transactions, .. } = outcome else {
            panic!("{name}: {outcome:?}")
        };
        assert_eq!((status, trades.len(), transactions.len()), (want, trades_count, hashes_count));
    }
    let sample = read(&folder, "clob_post_orders_response_batch");
    let (client, _requests) = scene(vec![answer("200 OK", "", &sample)]);
    let orders = [(id(0x11), body()), (id(0x33), body())];
    let outcomes = client.place_batch(&orders).await.unwrap();
    let accepted = outcomes.iter().filter(|o| matches!(o, PlaceOutcome::Accepted { .. }));
    assert_eq!(accepted.count(), 2, "{outcomes:?}");
}

#[actix_rt::test]
async fn recorded_refusals_have_their_code() {
    use RejectCode as Code;
    let Some(folder) = samples() else { return };
    let cases: Value = serde_json::from_str(&read(&folder, "clob_error_bodies")).unwrap();
    for (name, code) in [
        ("restart_425", Code::Restarting),
        ("post_only_503", Code::PostOnlyMode),
        ("trading_disabled_503_guide", Code::TradingDisabled),
        ("trading_disabled_503_openapi", Code::TradingDisabled),
        ("cancel_only_503_openapi", Code::TradingDisabled),
        ("order_version_mismatch", Code::VersionMismatch),
        ("deposit_wallet_required", Code::MakerNotAllowed),
        ("signer_not_api_key", Code::SignerNotApiKey),
        ("market_buy_precision", Code::Rounding),
        ("batch_item_rate_limited", Code::RateLimited),
        ("market_not_found", Code::NotFound),
    ] {
        let case = &cases[name];
        let (status, body_text) = match case["status"].as_u64() {
            Some(status) => (format!("{status} Oh"), case["body"].to_string()),
            None => ("200 OK".to_owned(), case.to_string()),
        };
        let (client, _requests) = scene(vec![answer(&status, "", &body_text)]);
        let outcome = client.place(id(1), body()).await;
        assert!(
            matches!(&outcome, PlaceOutcome::Rejected(r) if r.code == code),
            "{name}: {outcome:?}"
        );
    }
}

#[actix_rt::test]
async fn recorded_answers_to_cancellations_are_read() {
    let Some(folder) = samples() else { return };
    let mixed = read(&folder, "clob_cancel_orders_response_mixed");
    let none = read(&folder, "clob_cancel_response_not_canceled");
    let (client, _requests) =
        scene(vec![answer("200 OK", "", &mixed), answer("200 OK", "", &none)]);
    let outcomes = client.cancel_many(&[id(0x33), id(0x22), id(0x11)]).await;
    let [(_, kept), (_, second), (_, third)] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert!(matches!(kept, Ok(CancelOutcome::AlreadyDone { .. })), "{kept:?}");
    assert_eq!((second, third), (&Ok(CancelOutcome::Cancelled), &Ok(CancelOutcome::Cancelled)));
    let report = client.cancel_all().await.unwrap();
    assert_eq!((report.orders.len(), report.unreadable), (0, 1), "\"1\" is no order id");
}

#[actix_rt::test]
async fn recorded_balances_and_states_are_read() {
    let Some(folder) = samples() else { return };
    let told = |name: &str| answer("200 OK", "", &read(&folder, name));
    let (client, requests) = scene(vec![
        told("clob_balance_allowance_response"),
        told("clob_closed_only_response"),
        told("clob_version_response"),
    ]);
    let cash = client.collateral().await.unwrap();
    assert_eq!((cash.balance, cash.allowances.len()), (Usd::ZERO, 1));
    assert_eq!(client.closed_only().await, Ok(true));
    assert_eq!(client.public().version().await, Ok(2));
    assert!(requests.recv_timeout(Duration::from_secs(10)).is_ok());
}

/// The samples shorten ids, which real answers do not: with whole ids in their place the rest of
/// each record is read as it is.
#[test]
fn recorded_orders_are_read_once_their_shortened_ids_are_whole() {
    let Some(folder) = samples() else { return };
    let sample = read(&folder, "clob_data_order");
    let wire: OrderWire = object(&sample).unwrap();
    assert_eq!(OrderView::read(&wire), Err(ViewRefusal::OrderId));
    let whole = sample.replace(r#""id": "1""#, &format!(r#""id": "{PLACED}""#));
    let order = OrderView::read(&object(&whole).unwrap()).unwrap();
    assert_eq!((order.side, order.status), (Side::Buy, OrderStatus::Live));
    assert_eq!(order.matched, Shares::from_micros(2_500_000));
    assert_eq!(order.trades.len(), 2);
}

#[test]
fn recorded_trades_are_read_as_a_taker() {
    let Some(folder) = samples() else { return };
    for (name, state) in [
        ("failed", TradeState::Failed),
        ("mined", TradeState::Mined),
        ("pending_no_hash", TradeState::Matched),
        ("with_makers", TradeState::Matched),
    ] {
        let sample =
            read(&folder, &format!("clob_data_trades_{name}")).replace("taker_123", PLACED);
        // The sample names one owner on both sides; ours is the taker alone.
        let sample = sample.replacen(r#""owner": "ffff"#, r#""owner": "taker-ffff"#, 1);
        let page: PageWire<TradeWire> = object(&sample).unwrap();
        let mine = Mine { api_key: "another".into(), ..mine() };
        let trade = TradeView::read(&page.data[0], &mine).unwrap();
        assert_eq!(trade.state, TradeStatus::Known(state));
        let [fill] = trade.fills[..] else { panic!("{name}: {:?}", trade.fills) };
        assert_eq!(fill.order, OrderId::parse(PLACED).unwrap());
        assert_eq!((fill.side, fill.liquidity), (Side::Buy, Liquidity::Taker));
        assert_eq!(fill.shares, Shares::from_micros(12_500_000));
        assert_eq!(fill.cash, Usd::from_micros(5_250_000));
        assert_eq!(trade.transaction.is_some(), name == "mined" || name == "with_makers");
    }
}

fn trade(side: &str, token: u8, trader_side: &str, makers: &str) -> TradeWire {
    let json = format!(
        r#"{{"id":"t","status":"MATCHED","taker_order_id":"{PLACED}","asset_id":"{token}",
            "side":"{side}","size":"10","price":"0.6","trader_side":"{trader_side}",
            "owner":"{}","maker_orders":[{makers}]}}"#,
        mine().api_key
    );
    object(&json).unwrap()
}

fn maker(byte: u8, owner: &str, token: u8, side: &str) -> String {
    format!(
        r#"{{"order_id":"{}","owner":"{owner}","matched_amount":"3.000001","price":"0.333",
            "asset_id":"{token}","side":"{side}"}}"#,
        id(byte)
    )
}

#[test]
fn a_makers_part_is_its_own_order_token_side_and_price() {
    let me = mine().api_key;
    for (taker_side, maker_token, side) in [
        ("BUY", 1, Side::Sell),
        ("SELL", 1, Side::Buy),
        // Two purchases mint a set, two sales merge one.
        ("BUY", 2, Side::Buy),
        ("SELL", 2, Side::Sell),
    ] {
        let stated = if side == Side::Buy { "buy" } else { "SELL" };
        for stated in ["", stated] {
            let makers =
                [maker(7, "somebody", 2, ""), maker(8, &me, maker_token, stated)].join(",");
            let view = TradeView::read(&trade(taker_side, 1, "MAKER", &makers), &mine()).unwrap();
            let [fill] = view.fills[..] else { panic!("{:?}", view.fills) };
            assert_eq!((fill.order, fill.side, fill.liquidity), (id(8), side, Liquidity::Maker));
            assert_eq!(fill.token, TokenId::from_words([0, 0, 0, maker_token.into()]));
            assert_eq!(fill.shares, Shares::from_micros(3_000_001));
            assert_eq!(fill.price, Price::from_ten_thousandths(3_330).unwrap());
            // 3.000001 x 0.333 = 0.999000333: we pay the rest of a millionth and do not get it.
            let cash = if side == Side::Buy { 999_001 } else { 999_000 };
            assert_eq!(fill.cash, Usd::from_micros(cash));
        }
    }
}

#[test]
fn a_taker_pays_the_prices_that_it_met() {
    let piece = |amount: &str, price: &str, token: u8| {
        let maker = maker(7, "somebody", token, "");
        maker.replace("3.000001", amount).replace("0.333", price)
    };
    let cash = |makers: [String; 2]| {
        let view = TradeView::read(&trade("BUY", 1, "TAKER", &makers.join(",")), &mine()).unwrap();
        view.fills[0].cash
    };
    // Ten shares; the record says 0.6.
    let met = [piece("4", "0.59", 1), piece("6", "0.62", 1)];
    assert_eq!(cash(met), Usd::from_micros(6_080_000));
    let minted = [piece("4", "0.59", 1), piece("6", "0.37", 2)];
    assert_eq!(cash(minted), Usd::from_micros(6_140_000));
    let too_few = [piece("4", "0.59", 1), piece("5", "0.62", 1)];
    assert_eq!(cash(too_few), Usd::from_micros(6_000_000), "then the record's own price counts");
}

#[test]
fn a_maker_whose_stated_side_cannot_be_is_refused() {
    let makers = maker(8, &mine().api_key, 1, "BUY");
    let read = TradeView::read(&trade("BUY", 1, "MAKER", &makers), &mine());
    assert_eq!(read, Err(ViewRefusal::SidesContradict));
}

#[test]
fn several_orders_of_ours_in_one_trade_are_all_told() {
    let me = mine().api_key;
    let makers = [maker(7, &me, 1, ""), maker(8, &me, 2, "")].join(",");
    let view = TradeView::read(&trade("BUY", 1, "MAKER", &makers), &mine()).unwrap();
    assert_eq!(view.fills.len(), 2);
    let with_taker = TradeView::read(&trade("BUY", 1, "TAKER", &makers), &mine()).unwrap();
    assert_eq!(with_taker.fills.len(), 3, "we met ourselves");
    let unsaid = TradeView::read(&trade("BUY", 1, "", &makers), &mine()).unwrap();
    assert_eq!(unsaid.fills.len(), 2, "an entry of ours makes us the maker");
    let alone = TradeView::read(&trade("BUY", 1, "", ""), &mine()).unwrap();
    assert_eq!(alone.fills[0].liquidity, Liquidity::Taker);
}

#[test]
fn a_trade_without_any_part_of_ours_or_with_an_unreadable_one_is_refused() {
    let stranger = maker(8, "somebody", 1, "");
    let read = |wire: &TradeWire| TradeView::read(wire, &mine());
    assert_eq!(read(&trade("BUY", 1, "MAKER", &stranger)), Err(ViewRefusal::NotOurs));
    let ours = maker(8, &mine().api_key, 1, "");
    for (from, to, why) in [
        ("3.000001", "0.0000001", ViewRefusal::Size),
        ("3.000001", "0", ViewRefusal::Size),
        ("0.333", "1.2", ViewRefusal::Price),
        ("0.333", "", ViewRefusal::Price),
        (&*id(8).to_string(), "0x8", ViewRefusal::OrderId),
    ] {
        let spoilt = ours.replace(from, to);
        assert_eq!(read(&trade("BUY", 1, "MAKER", &spoilt)), Err(why), "{to:?}");
    }
    assert_eq!(read(&trade("HOLD", 1, "TAKER", "")), Err(ViewRefusal::Side));
}

#[test]
fn a_wallet_decides_where_no_owner_is_named() {
    let entry = |owner: &str, byte: &str| {
        maker(8, owner, 1, "").replacen('{', &format!(r#"{{"maker_address":"0x{byte}","#), 1)
    };
    let mine = Mine { maker: Address::repeat_byte(0xab), ..mine() };
    let read = |entry: &str| TradeView::read(&trade("BUY", 1, "MAKER", entry), &mine);
    assert!(read(&entry("", &"ab".repeat(20))).is_ok());
    assert_eq!(read(&entry("", &"cd".repeat(20))), Err(ViewRefusal::NotOurs));
    let other_key = read(&entry("another-key", &"ab".repeat(20)));
    assert_eq!(other_key, Err(ViewRefusal::NotOurs), "another key of the same wallet");
}

#[test]
fn an_unknown_state_of_a_trade_is_kept_as_it_was_written() {
    let known = |text: &str| TradeStatus::read(text);
    assert_eq!(known("TRADE_STATUS_RETRYING"), TradeStatus::Known(TradeState::Retrying));
    assert_eq!(known("MATCHED_NOT_BROADCASTED"), TradeStatus::Known(TradeState::Matched));
    assert!(matches!(known("SUSPENDED"), TradeStatus::Other(text) if text.as_str() == "SUSPENDED"));
    assert_eq!(
        TradeView::read(&trade("BUY", 1, "TAKER", ""), &mine()).unwrap().id,
        TradeId("t".into())
    );
}
