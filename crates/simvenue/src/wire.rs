//! What goes over the wire, byte for byte as the venue writes it. Pure functions.

pub(crate) mod account;
pub(crate) mod book;
pub(crate) mod clob;
pub(crate) mod data;
pub(crate) mod frames;
pub(crate) mod gamma;
pub(crate) mod malformed;

use domain::decimal::format_scaled;
use domain::{Price, UnixMillis, Usd};

/// Text as a JSON string, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list of texts as a JSON array without spaces.
pub(crate) fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", quoted.join(","))
}

/// A list of texts as the market socket writes arrays: a blank after each comma.
pub(crate) fn spaced_list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A number from millionths, as JSON has it.
pub(crate) fn micros(value: i64) -> String {
    format_scaled(value, 6)
}

/// The price of the last trade as books state it: three decimals at least; empty before any trade.
pub(crate) fn last_trade(price: Option<Price>) -> String {
    let Some(price) = price else { return String::new() };
    let ten_thousandths = price.ten_thousandths();
    if ten_thousandths.is_multiple_of(10) {
        format!("{}.{:03}", ten_thousandths / 10_000, ten_thousandths % 10_000 / 10)
    } else {
        format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
    }
}

/// Dollars as a JSON number.
pub(crate) fn dollars(usd: Usd) -> String {
    micros(usd.micros())
}

/// Whole seconds since 1970, cut.
pub(crate) const fn unix_seconds(at: UnixMillis) -> i64 {
    at.0.div_euclid(1_000)
}
