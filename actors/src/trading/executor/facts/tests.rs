use domain::{Price, TradeState};
use polymarket::clob::private::{Mine, Refusal, RejectCode};
use polymarket::clob::private_wire::{OrderWire, TradeWire};
use polymarket::http::Excerpt;
use serde_json::{Value, json};

use super::*;

const OURS: &str = "11111111-2222-4333-8444-555555555555";
const YES: &str = "1111111111111111111111111111111111111111111111111111111111111111111111111111";
const NO: &str = "2222222222222222222222222222222222222222222222222222222222222222222222222222";
const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

fn id(byte: u8) -> OrderId {
    OrderId::from_bytes([byte; 32])
}

fn order(status: &str, matched: &str) -> OrderView {
    let json = json!({
        "id": id(1).to_string(), "status": status, "asset_id": YES, "side": "BUY",
        "price": "0.4", "original_size": "10", "size_matched": matched,
    });
    let wire: OrderWire = serde_json::from_str(&json.to_string()).unwrap();
    OrderView::read(&wire).unwrap()
}

fn trade(json: &Value) -> TradeView {
    let mine = Mine { api_key: OURS.into(), maker: Default::default() };
    let wire: TradeWire = serde_json::from_str(&json.to_string()).unwrap();
    TradeView::read(&wire, &mine).unwrap()
}

fn taken(status: &str) -> TradeView {
    trade(&json!({
        "id": "t1", "taker_order_id": id(1).to_string(), "asset_id": YES, "side": "BUY",
        "size": "7", "price": "0.4", "status": status, "match_time": "1789999999",
        "owner": OURS, "trader_side": "TAKER",
        "maker_orders": [
            {"order_id": id(8).to_string(), "owner": "x", "matched_amount": "3", "price": "0.4",
             "asset_id": YES, "side": "SELL"},
            {"order_id": id(9).to_string(), "owner": "y", "matched_amount": "4", "price": "0.6",
             "asset_id": NO, "side": "BUY"},
        ],
    }))
}

fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

#[test]
fn what_we_took_is_charged_on_each_order_that_we_met_at_the_price_of_our_own_token() {
    let sights = trade_sights(&taken("CONFIRMED"), NOW);
    let [sight] = &sights[..] else { panic!("{sights:?}") };
    let fills = vec![(Shares::from_whole(3), price("0.4")), (Shares::from_whole(4), price("0.4"))];
    assert_eq!(sight.fee, Charge::ByTerms(fills));
    assert_eq!((sight.order, sight.side, sight.size), (id(1), Side::Buy, Shares::from_whole(7)));
    assert_eq!((sight.value, sight.state), (Usd::from_micros(2_800_000), TradeState::Confirmed));
    assert_eq!((sight.liquidity, sight.at), (Liquidity::Taker, UnixMillis(1_789_999_999_000)));
}

#[test]
fn as_makers_each_order_of_ours_has_its_own_part_and_pays_nothing() {
    let view = trade(&json!({
        "id": "t2", "taker_order_id": id(1).to_string(), "asset_id": YES, "side": "BUY",
        "size": "7", "price": "0.4", "status": "MATCHED", "owner": "x", "trader_side": "MAKER",
        "maker_orders": [
            {"order_id": id(2).to_string(), "owner": OURS, "matched_amount": "3", "price": "0.4",
             "asset_id": YES, "side": "SELL"},
            {"order_id": id(9).to_string(), "owner": "y", "matched_amount": "2", "price": "0.4",
             "asset_id": YES, "side": "SELL"},
            {"order_id": id(3).to_string(), "owner": OURS, "matched_amount": "2", "price": "0.6",
             "asset_id": NO, "side": "BUY"},
        ],
    }));
    let sights = trade_sights(&view, NOW);
    let parts: Vec<_> = sights.iter().map(|sight| (sight.order, sight.side, sight.value)).collect();
    let wanted = [
        (id(2), Side::Sell, Usd::from_micros(1_200_000)),
        (id(3), Side::Buy, Usd::from_micros(1_200_000)),
    ];
    assert_eq!(parts, wanted);
    for sight in sights {
        assert_eq!((sight.liquidity, sight.fee), (Liquidity::Maker, Charge::Stated(Usd::ZERO)));
        assert_eq!(sight.at, NOW, "without a time it is now");
    }
}

#[test]
fn a_state_that_nobody_knows_says_nothing() {
    assert_eq!(trade_sights(&taken("TELEPORTED"), NOW), []);
    assert_eq!(order_sight(&order("TELEPORTED", "3")), None);
}

#[test]
fn an_orders_state_is_open_or_over_with_a_cause() {
    let standing = |status, matched| order_sight(&order(status, matched)).unwrap().standing;
    let over = |cause| OrderStanding::Ended { cause };
    assert_eq!(standing("LIVE", "3"), OrderStanding::Live);
    assert_eq!(standing("DELAYED", "0"), OrderStanding::Delayed);
    assert_eq!(standing("MATCHED", "9.995"), over(EndCause::Filled));
    assert_eq!(standing("MATCHED", "3"), over(EndCause::Cancelled));
    assert_eq!(standing("CANCELED", "3"), over(EndCause::Cancelled));
    assert_eq!(standing("CANCELED_MARKET_RESOLVED", "0"), over(EndCause::Cancelled));
    assert_eq!(standing("UNMATCHED", "0"), over(EndCause::Unmatched));
    assert!(matches!(standing("INVALID", "0"), OrderStanding::Ended { .. }));
    assert_eq!(order_sight(&order("LIVE", "3")).unwrap().matched, Shares::from_whole(3));
}

fn accepted(status: AcceptedStatus) -> PlaceOutcome {
    PlaceOutcome::Accepted {
        order: id(1),
        status,
        making_micros: Some(4_000_000),
        taking_micros: Some(10_000_000),
        trades: vec![],
        transactions: vec![],
    }
}

fn body(side: &str) -> String {
    let text = || json!("0");
    json!({
        "order": {
            "salt": 1, "maker": text(), "signer": text(), "tokenId": text(), "makerAmount": text(),
            "takerAmount": text(), "side": side, "expiration": text(), "signatureType": 3,
            "timestamp": text(), "metadata": text(), "builder": text(), "signature": text(),
        },
        "owner": OURS, "orderType": "FAK",
    })
    .to_string()
}

#[test]
fn a_match_counts_shares_whichever_way_it_goes_and_none_where_nobody_can_tell() {
    let shares = |body: &str| match post_answer(body, accepted(AcceptedStatus::Matched)) {
        PostAnswer::Matched { shares } => shares,
        other => panic!("{other:?}"),
    };
    assert_eq!(shares(&body("BUY")), Some(Shares::from_whole(10)));
    assert_eq!(shares(&body("SELL")), Some(Shares::from_whole(4)));
    assert_eq!(shares("{}"), None);
}

#[test]
fn only_a_plain_answer_is_an_answer() {
    let answer = |outcome| post_answer(&body("BUY"), outcome);
    assert_eq!(answer(accepted(AcceptedStatus::Live)), PostAnswer::Live);
    assert_eq!(answer(accepted(AcceptedStatus::Delayed)), PostAnswer::Delayed);
    assert_eq!(answer(PlaceOutcome::Duplicated { order: id(1) }), PostAnswer::Duplicated);
    let text = Excerpt::of(b"not enough balance / allowance");
    let refusal = Refusal { code: RejectCode::NotEnoughBalance, text, retry_after: None };
    let PostAnswer::Rejected { code, text } = answer(PlaceOutcome::Rejected(refusal)) else {
        panic!("it is refused")
    };
    assert_eq!((&*code, &*text), ("not_enough_balance", "not enough balance / allowance"));
    let why = polymarket::clob::private::Doubt::NoOrderId;
    assert!(matches!(answer(PlaceOutcome::Ambiguous { why }), PostAnswer::Ambiguous { .. }));
    let cancelled = |outcome| cancel_answer(&Ok(outcome));
    assert_eq!(cancelled(CancelOutcome::Cancelled), CancelAnswer::Cancelled);
    let text = Excerpt::default();
    assert_eq!(cancelled(CancelOutcome::Unknown { text }), CancelAnswer::Ambiguous);
}
