//! What the handlers of trading share.

use std::ops::Deref;
use std::sync::Arc;

use actors::strategies::{Execute, StrategiesBoard};
use actors::supervision::Handle;
use actors::trading::{Command, News, PreviewSignal, RaiseSignal, TradingBoard};
use store::{Store, StoreSettings};
use tokio::sync::OnceCell;

use super::idempotency::KeysInHand;
use super::refusal::Refusal;
use crate::web::problem::Problem;

/// What the handlers of trading lead to. All of it outlives the roles behind it.
#[derive(Clone)]
pub struct TradingParts {
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// Takes what a person orders.
    pub command: Handle<Command>,
    /// Takes facts, such as what a market pays.
    pub news: Handle<News>,
    /// Takes what a person wishes to trade.
    pub raise: Handle<RaiseSignal>,
    /// Says what the gates would say of a wish.
    pub preview: Handle<PreviewSignal>,
    /// Takes an opportunity that a person wants traded.
    pub execute: Handle<Execute>,
    /// What each strategy did.
    pub strategies: Arc<StrategiesBoard>,
    /// Where everything is written down.
    pub store: StoreSettings,
}

/// What the handlers of trading share.
pub struct TradingState {
    /// Where they lead to.
    pub parts: TradingParts,
    /// Keys of requests that are being carried out in this process.
    pub keys: KeysInHand,
}

impl TradingState {
    /// No key is in hand yet.
    #[must_use]
    pub fn new(parts: TradingParts) -> Self {
        Self { parts, keys: KeysInHand::default() }
    }
}

impl Deref for TradingState {
    type Target = TradingParts;
    fn deref(&self) -> &TradingParts {
        &self.parts
    }
}

/// The database as one thread of the server sees it, opened with the first request that needs it.
///
/// A connection over TCP belongs to the runtime that opened it, and each thread of the server has
/// one of its own that ends with the server; so no connection is shared between them.
#[derive(Debug, Default)]
pub struct WorkerStore(OnceCell<Store>);

impl WorkerStore {
    /// The database.
    ///
    /// # Errors
    /// It cannot be opened now.
    pub async fn get(&self, settings: &StoreSettings) -> Result<&Store, Problem> {
        let opened = self.0.get_or_try_init(|| Store::connect(settings)).await;
        opened.map_err(|error| Refusal::store_down(&error).into())
    }
}
