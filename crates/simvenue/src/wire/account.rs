//! Orders, trades and answers as the owner of an account sees them.

use domain::{TradeState, UnixMillis};
use ethers_core::types::Address;
use serde_json::{Value, json};

use super::frames::side_text;
use super::unix_seconds;
use crate::exchange::{Answer, BalanceAllowance, Cancels, Order, Part, Refusal, Seen, Trade};
use crate::universe::Listing;

/// The cursor of the first page.
pub(crate) const FIRST: &str = "MA==";
/// The cursor after the last page.
pub(crate) const LAST: &str = "LTE=";

fn address_text(address: Address) -> String {
    format!("{address:?}")
}

/// An order of `/data/order`.
pub(crate) fn order(order: &Order, maker: Address, listing: &Listing) -> Value {
    json!({
        "id": order.id.to_string(),
        "status": order.state.text(),
        "owner": order.key,
        "maker_address": address_text(maker),
        "market": listing.condition,
        "asset_id": listing.token(order.outcome),
        "side": side_text(order.side),
        "original_size": order.size.to_string(),
        "size_matched": order.matched.to_string(),
        "price": order.price.to_string(),
        "associate_trades": order.trades,
        "outcome": listing.outcome_name(order.outcome),
        "created_at": unix_seconds(order.created),
        "expiration": order.expiration_s.to_string(),
        "order_type": order.order_type.text(),
    })
}

/// An order on the user socket.
pub(crate) fn order_event(
    order: &Order,
    maker: Address,
    listing: &Listing,
    kind: &str,
    status: &str,
    now: UnixMillis,
) -> String {
    let trades = if order.trades.is_empty() { Value::Null } else { json!(order.trades) };
    json!({
        "event_type": "order",
        "type": kind,
        "id": order.id.to_string(),
        "owner": order.key,
        "order_owner": order.key,
        "market": listing.condition,
        "asset_id": listing.token(order.outcome),
        "side": side_text(order.side),
        "original_size": order.size.to_string(),
        "size_matched": order.matched.to_string(),
        "price": order.price.to_string(),
        "outcome": listing.outcome_name(order.outcome),
        "associate_trades": trades,
        "order_type": order.order_type.text(),
        "maker_address": address_text(maker),
        "created_at": order.created.0.to_string(),
        "expiration": order.expiration_s.to_string(),
        "status": status,
        "timestamp": now.0.to_string(),
    })
    .to_string()
}

const fn state_text(state: TradeState) -> &'static str {
    match state {
        TradeState::Matched => "MATCHED",
        TradeState::Mined => "MINED",
        TradeState::Retrying => "RETRYING",
        TradeState::Confirmed => "CONFIRMED",
        TradeState::Failed => "FAILED",
    }
}

fn maker_order(part: &Part, listing: &Listing) -> Value {
    json!({
        "order_id": part.order_text,
        "owner": part.key,
        "maker_address": part.address,
        "matched_amount": part.size.to_string(),
        "price": part.price.to_string(),
        "fee_rate_bps": "0",
        "asset_id": listing.token(part.outcome),
        "outcome": listing.outcome_name(part.outcome),
        "side": side_text(part.side),
    })
}

/// A trade of `/data/trades`.
pub(crate) fn trade(trade: &Trade, seen: Seen<'_>, listing: &Listing) -> Value {
    let makers: Vec<Value> = trade.makers.iter().map(|it| maker_order(it, listing)).collect();
    let taker = &trade.taker;
    json!({
        "id": trade.id,
        "taker_order_id": taker.order_text,
        "market": listing.condition,
        "asset_id": listing.token(taker.outcome),
        "side": side_text(taker.side),
        "size": taker.size.to_string(),
        "fee_rate_bps": "0",
        "price": taker.price.to_string(),
        "status": state_text(trade.state),
        "match_time": unix_seconds(trade.matched_at).to_string(),
        "match_time_nano": format!("{}000000", trade.matched_at.0),
        "last_update": unix_seconds(trade.updated_at).to_string(),
        "outcome": listing.outcome_name(taker.outcome),
        "bucket_index": trade.bucket,
        "owner": seen.own.key,
        "maker_address": seen.own.address,
        "transaction_hash": trade.hash,
        "trader_side": if seen.takes { "TAKER" } else { "MAKER" },
        "maker_orders": makers,
    })
}

/// A trade on the user socket.
pub(crate) fn trade_event(
    of: &Trade,
    seen: Seen<'_>,
    listing: &Listing,
    now: UnixMillis,
) -> String {
    let mut event = trade(of, seen, listing);
    if let Some(fields) = event.as_object_mut() {
        fields.remove("match_time_nano");
        fields.insert("event_type".to_owned(), json!("trade"));
        fields.insert("type".to_owned(), json!("TRADE"));
        fields.insert("trade_owner".to_owned(), json!(seen.own.key));
        fields.insert("timestamp".to_owned(), json!(now.0.to_string()));
    }
    event.to_string()
}

/// The answer to a posted order.
pub(crate) fn answer(answer: &Answer) -> Value {
    let (id, status, making, taking, trades) = match answer {
        Answer::Live { id } => (id, "live", String::new(), String::new(), None),
        Answer::Delayed { id, .. } => (id, "delayed", String::new(), String::new(), None),
        Answer::Matched { id, side, value, size, trades } => {
            let (making, taking) = match side {
                domain::Side::Buy => (value.to_string(), size.to_string()),
                domain::Side::Sell => (size.to_string(), value.to_string()),
            };
            (id, "matched", making, taking, Some(trades))
        }
    };
    let mut body = json!({
        "success": true,
        "errorMsg": "",
        "orderID": id.to_string(),
        "status": status,
        "makingAmount": making,
        "takingAmount": taking,
    });
    if let (Some(trades), Some(fields)) = (trades, body.as_object_mut()) {
        fields.insert("tradeIDs".to_owned(), json!(trades));
    }
    body
}

/// A refusal as one item of a batch, or as a 200 that did not succeed.
pub(crate) fn refused_item(refusal: &Refusal) -> Value {
    // In the post-only window the venue calls an item it did not take a success, without an id.
    let success = matches!(refusal, Refusal::PostOnlyMode { .. });
    let status = if matches!(refusal, Refusal::RateLimited { .. }) { "delayed" } else { "" };
    json!({
        "success": success,
        "errorMsg": refusal.to_string(),
        "orderID": "",
        "status": status,
        "makingAmount": "",
        "takingAmount": "",
    })
}

/// A refusal of a whole request.
pub(crate) fn refused(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::PostOnlyMode { retry_after_s } => json!({
            "error": refusal.to_string(),
            "code": "post_only_mode",
            "retry_after_seconds": retry_after_s,
        }),
        Refusal::Crosses => refused_item(refusal),
        _ => json!({ "error": refusal.to_string() }),
    }
}

/// What a request to cancel did.
pub(crate) fn cancels(done: &Cancels) -> Value {
    let canceled: Vec<String> = done.canceled.iter().map(ToString::to_string).collect();
    let not: serde_json::Map<String, Value> =
        done.not_canceled.iter().map(|(id, why)| (id.to_string(), json!(why))).collect();
    json!({ "canceled": canceled, "not_canceled": not })
}

/// A balance with its allowances.
pub(crate) fn balance(of: &BalanceAllowance) -> Value {
    let allowances: serde_json::Map<String, Value> = of
        .allowances
        .iter()
        .map(|(spender, allowed)| (address_text(*spender), json!(allowed.to_string())))
        .collect();
    json!({ "balance": of.balance.to_string(), "allowances": allowances })
}

/// One page of rows.
pub(crate) fn page(rows: Vec<Value>, limit: usize, next_cursor: &str) -> Value {
    json!({ "limit": limit, "count": rows.len(), "next_cursor": next_cursor, "data": rows })
}
