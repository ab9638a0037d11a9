//! Live trades of the whole venue.
//!
//! `orders_matched` is the type that works; `trades` was seen dead for weeks. The socket is known
//! to stall while it stays open, so whoever listens watches for data and fills gaps elsewhere.

mod trade;

use tokio::sync::mpsc::channel;

use crate::http::Settings;
use crate::socket::{EventStream, Rules, SocketError, open};

pub use trade::{
    MatchedTrade, ReferencePrice, RtdsMessage, TradeRefusal, parse_message, parse_trade,
};

/// Which trades to hear about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TradeFilter {
    /// All of them.
    #[default]
    All,
    /// Those of one event, by its slug.
    Event(String),
}

/// The words for subscribing. One topic a frame: an unknown one would spoil its neighbours.
#[must_use]
pub fn subscription(filter: &TradeFilter) -> String {
    let mut entry = serde_json::json!({ "topic": "activity", "type": "orders_matched" });
    if let TradeFilter::Event(slug) = filter {
        // A text that holds JSON, without blanks.
        let filters = serde_json::json!({ "event_slug": slug }).to_string();
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("filters".to_owned(), filters.into());
        }
    }
    serde_json::json!({ "action": "subscribe", "subscriptions": [entry] }).to_string()
}

/// Opens the socket and subscribes to trades. Read its frames with [`parse_message`].
///
/// # Errors
/// See [`SocketError`].
pub async fn connect(
    settings: &Settings,
    filter: &TradeFilter,
) -> Result<EventStream, SocketError> {
    connect_with(settings, filter, Rules::RTDS).await
}

/// As [`connect`], with other rules for keeping the connection.
///
/// # Errors
/// See [`SocketError`].
pub async fn connect_with(
    settings: &Settings,
    filter: &TradeFilter,
    rules: Rules,
) -> Result<EventStream, SocketError> {
    // Nothing is ever added to this subscription.
    let (_, wishes) = channel(1);
    open(settings, &settings.hosts.rtds, rules, Some(subscription(filter)), wishes).await
}
