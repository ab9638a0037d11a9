//! The market channel: live books of up to 200 assets a connection.
//!
//! [`connect`] gives a [`MarketSender`], with which assets are added and dropped, and a stream of
//! raw frames, which the caller drives. Every (re)subscription is answered by a snapshot of each
//! asset; there are no sequence numbers and no replay, so whoever keeps books discards them when
//! the stream ends.

mod subscriptions;

use domain::TokenId;
use tokio::sync::mpsc::{Sender, channel};

use crate::http::Settings;
use crate::socket::{EventStream, Outgoing, Rules, SendError, SocketError, enqueue, open};

pub use subscriptions::{ASSETS_PER_CONNECTION_MAX, Subscriptions};

/// Wishes that may wait to be sent.
const QUEUE_MAX: usize = 64;

/// Tells the connection what to watch. Dropping it leaves the stream as it is.
#[derive(Debug)]
pub struct MarketSender {
    subscriptions: Subscriptions,
    outgoing: Sender<Outgoing>,
}

/// Opens a connection and subscribes to `assets`; further ones can be added as long as there is
/// room. Until the first subscription the venue may drop the connection at any time.
///
/// # Errors
/// See [`SocketError`].
pub async fn connect(
    settings: &Settings,
    assets: &[TokenId],
) -> Result<(MarketSender, EventStream), SocketError> {
    connect_with(settings, assets, Rules::MARKET).await
}

/// As [`connect`], with other rules for keeping the connection.
///
/// # Errors
/// See [`SocketError`].
pub async fn connect_with(
    settings: &Settings,
    assets: &[TokenId],
    rules: Rules,
) -> Result<(MarketSender, EventStream), SocketError> {
    let mut subscriptions = Subscriptions::new();
    let first = subscriptions
        .add(assets)
        .map_err(|_| SocketError::TooManyAssets { limit: ASSETS_PER_CONNECTION_MAX })?;
    let (outgoing, wishes) = channel(QUEUE_MAX);
    let events = open(settings, &settings.hosts.market_socket, rules, first, wishes).await?;
    Ok((MarketSender { subscriptions, outgoing }, events))
}

impl MarketSender {
    /// What is subscribed to, or soon will be.
    #[must_use]
    pub const fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }
    /// Adds assets; known ones are skipped.
    ///
    /// # Errors
    /// No room for all of them (then none is added), or the socket cannot be told now.
    pub fn subscribe(&mut self, assets: &[TokenId]) -> Result<(), SendError> {
        let mut changed = self.subscriptions.clone();
        let text = changed.add(assets)?;
        self.send(text)?;
        self.subscriptions = changed;
        Ok(())
    }
    /// Asks for a new snapshot of assets that are already subscribed to; others are skipped.
    ///
    /// # Errors
    /// The socket cannot be told now.
    pub fn resubscribe(&mut self, assets: &[TokenId]) -> Result<(), SendError> {
        self.send(self.subscriptions.again(assets))
    }
    /// Drops assets; unknown ones are skipped.
    ///
    /// # Errors
    /// The socket cannot be told now.
    pub fn unsubscribe(&mut self, assets: &[TokenId]) -> Result<(), SendError> {
        let mut changed = self.subscriptions.clone();
        let text = changed.remove(assets);
        self.send(text)?;
        self.subscriptions = changed;
        Ok(())
    }
    /// Says good-bye; the stream ends with [`SocketError::Finished`].
    ///
    /// # Errors
    /// The socket cannot be told now.
    pub fn close(&mut self) -> Result<(), SendError> {
        enqueue(&self.outgoing, Outgoing::Close)
    }

    fn send(&self, text: Option<String>) -> Result<(), SendError> {
        text.map_or(Ok(()), |text| enqueue(&self.outgoing, Outgoing::Subscription(text)))
    }
}
