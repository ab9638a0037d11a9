//! What the roles of the tape say to each other and to others.

use std::sync::Arc;

use actix::Message;
use domain::{Price, Shares, Side, TokenId, UnixMillis};
use engine::tape::{ToldPrint, Weight};
use store::{WalletRow, WhaleRow};

use crate::supervision::{Class, Msg};

macro_rules! message {
    ($name:ty, $class:expr) => {
        impl Message for $name {
            type Result = ();
        }
        impl Msg for $name {
            const CLASS: Class = $class;
        }
    };
}

/// A trade as the market socket tells it: nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookPrint {
    /// What was traded.
    pub token: TokenId,
    /// In which market.
    pub condition: domain::ConditionId,
    /// For how much a share.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// The taker's side.
    pub taker: Side,
    /// When, by the exchange's clock.
    pub at: UnixMillis,
}

/// Trades of watched markets, as the market sockets told them. At the limit: dropped; two other
/// sources tell of them too.
#[derive(Clone, Debug)]
pub struct BookPrints(pub Vec<BookPrint>);
message!(BookPrints, Class::Normal);

/// How a print is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// For the first time.
    First,
    /// It was told before without a wallet, which is known now.
    Named,
    /// It is older than the tape's memory: perhaps it was told before.
    Late,
}

/// A print that passed the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The print.
    pub told: ToldPrint,
    /// How much it weighs.
    pub weight: Weight,
    /// Whether it is told for the first time.
    pub hearing: Hearing,
}

/// Prints of the tape, in the order they were heard. Never dropped silently: a full queue is
/// logged.
#[derive(Clone, Debug)]
pub struct TradesPrinted(pub Arc<Vec<Printed>>);
message!(TradesPrinted, Class::Critical);

/// There is a whale; told once. Never dropped silently: a full queue is logged.
#[derive(Clone, Debug)]
pub struct WhaleSeen(pub Arc<WhaleRow>);
message!(WhaleSeen, Class::Critical);

/// Whales to keep, new or changed. Never dropped silently: a full queue is logged.
#[derive(Clone, Debug)]
pub struct StoreWhales(pub Vec<WhaleRow>);
message!(StoreWhales, Class::Critical);

/// Wallets to keep. At the limit: dropped; they are looked up again when they trade again.
#[derive(Clone, Debug)]
pub struct StoreWallets(pub Vec<WalletRow>);
message!(StoreWallets, Class::Normal);
