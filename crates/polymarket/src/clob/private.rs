//! CLOB for its account's owner: orders, cancellations, what is open, what has traded.
//!
//! A request that changes something leaves exactly once. It is serialised once by whoever stores
//! it, signed over those bytes and sent as those bytes; nothing here repeats it. Every answer is
//! one of: taken, refused with its reason, or open, which says to look before doing anything else.
//! Questions are repeated as the settings say, each time signed anew.

mod balance;
mod budget;
mod cancel;
mod client;
mod clock;
mod heartbeat;
mod identity;
mod keys;
mod order_view;
mod outcome;
mod place;
mod queries;
mod refusal;
mod trade_view;

pub use balance::{Asset, Backing};
pub use budget::SignerBudget;
pub use cancel::{CANCELS_PER_REQUEST_MAX, CancelError, CancelOutcome, CancelReport, CancelScope};
pub use client::{ORDERS_PER_REQUEST_MAX, TooManyOrders, TradingClient};
pub use clock::VenueClock;
pub use heartbeat::{BEAT_EVERY, Beat, BeatAnswer, Heartbeat, Pulse, SILENCE_MAX};
pub use identity::{Identity, Mine};
pub use keys::{ApiKeyError, ApiKeys};
pub use order_view::{CancelReason, OrderStatus, OrderView, ViewRefusal};
pub use outcome::{AcceptedStatus, Doubt, PlaceOutcome};
pub use queries::{Listing, OrderLookup, RefusedRecord, Scope};
pub use refusal::{Refusal, RejectCode, Restriction};
pub use trade_view::{FillView, TradeStatus, TradeView};
