//! Everything a client needs to know, as a value that can be sent to any arbiter.

use std::sync::Arc;
use std::time::Duration;

use super::backoff::Backoff;
use super::client::Http;
use super::error::VenueError;
use super::limits::Limits;
use super::proxy::Proxy;

/// Base addresses of the venue's services, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// Market discovery.
    pub gamma: String,
    /// Books and orders.
    pub clob: String,
    /// Trades, positions, resolutions (version 2).
    pub data: String,
    /// The market channel, the whole address.
    pub market_socket: String,
    /// The user channel, the whole address.
    pub user_socket: String,
    /// Live trades, the whole address.
    pub rtds: String,
    /// The web host, for the geoblock check.
    pub web: String,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            gamma: "https://gamma-api.polymarket.com".to_owned(),
            clob: "https://clob.polymarket.com".to_owned(),
            data: "https://data-api.polymarket.com".to_owned(),
            market_socket: "wss://ws-subscriptions-clob.polymarket.com/ws/market".to_owned(),
            user_socket: "wss://ws-subscriptions-clob.polymarket.com/ws/user".to_owned(),
            rtds: "wss://ws-live-data.polymarket.com".to_owned(),
            web: "https://polymarket.com".to_owned(),
        }
    }
}

/// How to reach the venue. Cheap to clone; clones share their rate limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where.
    pub hosts: Hosts,
    /// Which way out.
    pub proxy: Proxy,
    /// For name, TCP, proxy and, separately, TLS.
    pub connect_timeout: Duration,
    /// For one attempt, from the first byte sent to the last byte read.
    pub request_timeout: Duration,
    /// The longest wait that a rate limit or a `Retry-After` may impose on one call; beyond it
    /// the call fails with the wait in its error.
    pub wait_max: Duration,
    /// The largest body read, after decompression.
    pub body_bytes_max: usize,
    /// Pauses between attempts of one call, and how many.
    pub retries: Backoff,
    /// The venue's limits, shared by all clients.
    pub limits: Arc<Limits>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hosts: Hosts::default(),
            proxy: Proxy::Direct,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(20),
            wait_max: Duration::from_secs(10),
            body_bytes_max: 32 * 1024 * 1024,
            retries: Backoff::bounded(Duration::from_millis(200), Duration::from_secs(5), 3),
            limits: Arc::new(Limits::documented()),
        }
    }
}

impl Settings {
    /// Makes a client for this arbiter. Nothing is opened yet.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn connect(&self) -> Result<Http, VenueError> {
        Http::new(self.clone())
    }
}
