//! Frames as the venue writes them.

use actors::clock::Clock;
use domain::{Market, TokenId};

fn levels(text: &str) -> String {
    let level = |part: &str| {
        let (price, size) = part.split_once('x').unwrap();
        format!("{{\"price\":\"{price}\",\"size\":\"{size}\"}}")
    };
    text.split_whitespace().map(level).collect::<Vec<_>>().join(",")
}

/// A whole book of one token, as the market socket states it.
pub(super) fn book(market: &Market, token: TokenId, bids: &str, asks: &str) -> String {
    let (condition, now) = (market.condition, Clock::System.now().0);
    let (bids, asks) = (levels(bids), levels(asks));
    format!(
        "{{\"market\":\"{condition}\",\"asset_id\":\"{token}\",\"timestamp\":\"{now}\",\
         \"hash\":\"0123456789abcdef0123456789abcdef01234567\",\"bids\":[{bids}],\
         \"asks\":[{asks}],\"tick_size\":\"0.01\",\"event_type\":\"book\",\
         \"last_trade_price\":\"0.50\"}}"
    )
}
