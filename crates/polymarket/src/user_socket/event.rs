//! Frames of the user channel, read.

use domain::UnixMillis;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::clob::private::{Mine, OrderView, TradeView, ViewRefusal};
use crate::clob::private_wire::{OrderWire, TradeWire};
use crate::http::Excerpt;
use crate::socket::Oddity;
use crate::wire::{Scalar, moment, object};

/// What the user channel tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserEvent {
    /// A connection stands. What happened before it is not told: reconcile.
    Gap,
    /// One of our orders changed.
    Order(Box<OrderEvent>),
    /// One of our trades began or went on.
    Trade(Box<TradeView>),
    /// Something came that cannot be used, perhaps about our money: reconcile.
    Unreadable {
        /// What is wrong with it.
        why: ViewRefusal,
        /// Its id, or its beginning where it has none.
        what: Excerpt,
    },
    /// A frame that the venue never sends; worth counting.
    Odd(Oddity),
}

/// A change of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEvent {
    /// What happened.
    pub change: OrderChange,
    /// How the order stands after it.
    pub order: OrderView,
    /// When, where that is readable.
    pub at: Option<UnixMillis>,
}

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderChange {
    /// The venue took it.
    Placement,
    /// It met another, in part or wholly.
    Update,
    /// It left the book; its status says why.
    Cancellation,
    /// A word that we do not know.
    Other(Excerpt),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KindWire {
    event_type: Scalar,
    #[serde(rename = "type")]
    kind: Scalar,
    id: Scalar,
}

/// Reads one frame: a record, or a list of them. Never fails; what cannot be read is an event too.
#[must_use]
pub fn parse_frame(bytes: &[u8], mine: &Mine) -> Vec<UserEvent> {
    if let Ok(records) = serde_json::from_slice::<Vec<&RawValue>>(bytes) {
        return records.into_iter().map(|record| event(record.get(), mine)).collect();
    }
    vec![match std::str::from_utf8(bytes) {
        Ok(text) => event(text, mine),
        Err(_) => unreadable(ViewRefusal::NotARecord, bytes),
    }]
}

fn event(json: &str, mine: &Mine) -> UserEvent {
    let Ok(kind) = object::<KindWire>(json) else {
        return unreadable(ViewRefusal::NotARecord, json.as_bytes());
    };
    let what = kind.id.get().unwrap_or(json).as_bytes();
    let read = match (kind.event_type.as_str(), kind.kind.as_str()) {
        ("order", _) | ("", "PLACEMENT" | "UPDATE" | "CANCELLATION") => order(json),
        ("trade", _) | ("", "TRADE") => trade(json, mine),
        _ => Err(ViewRefusal::UnknownKind),
    };
    read.unwrap_or_else(|why| unreadable(why, what))
}

fn order(json: &str) -> Result<UserEvent, ViewRefusal> {
    let wire: OrderWire = object(json).map_err(|_| ViewRefusal::NotARecord)?;
    let change = match wire.kind.as_str() {
        "PLACEMENT" => OrderChange::Placement,
        "UPDATE" => OrderChange::Update,
        "CANCELLATION" => OrderChange::Cancellation,
        other => OrderChange::Other(Excerpt::of(other.as_bytes())),
    };
    let (order, at) = (OrderView::read(&wire)?, moment(&wire.timestamp));
    Ok(UserEvent::Order(Box::new(OrderEvent { change, order, at })))
}

fn trade(json: &str, mine: &Mine) -> Result<UserEvent, ViewRefusal> {
    let wire: TradeWire = object(json).map_err(|_| ViewRefusal::NotARecord)?;
    Ok(UserEvent::Trade(Box::new(TradeView::read(&wire, mine)?)))
}

fn unreadable(why: ViewRefusal, what: &[u8]) -> UserEvent {
    UserEvent::Unreadable { why, what: Excerpt::of(what) }
}
