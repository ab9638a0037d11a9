//! Where market data comes from: the venue, its sockets, the collectors, the simulator.

use std::{path::PathBuf, time::Duration};

use domain::DurationMillis;
use polymarket::http::{Hosts, Proxy, ProxyError, Settings as ClientSettings};

use super::super::{
    reader::Reader,
    secret::{Secret, has_password},
};
use crate::telemetry;

/// `[venue]`: the venue's addresses, and how to reach them.
#[derive(Clone, Debug)]
pub struct Venue {
    /// Lists of markets and events.
    pub gamma_url: String,
    /// Books, prices, fees, the clock.
    pub clob_url: String,
    /// Trades and positions.
    pub data_url: String,
    /// Live books.
    pub market_socket_url: String,
    /// What happens to our own orders.
    pub user_socket_url: String,
    /// Live trades.
    pub rtds_url: String,
    /// Says whether orders are taken from here.
    pub web_url: String,
    /// `http://`, `socks5://` or `socks5h://`; may hold a password, so it cannot be printed.
    pub proxy_url: Option<Secret>,
    /// The longest wait for a whole answer, 100 ms to 2 minutes.
    pub request_timeout: Duration,
    /// The longest wait for a connection, 100 ms to 1 minute.
    pub connect_timeout: Duration,
}

impl Venue {
    /// How to make a client.
    ///
    /// # Errors
    /// A proxy that is none, which [`Settings::load`](crate::settings::Settings::load) refuses.
    pub fn client_settings(&self) -> Result<ClientSettings, ProxyError> {
        let hosts = Hosts {
            gamma: self.gamma_url.clone(),
            clob: self.clob_url.clone(),
            data: self.data_url.clone(),
            market_socket: self.market_socket_url.clone(),
            user_socket: self.user_socket_url.clone(),
            rtds: self.rtds_url.clone(),
            web: self.web_url.clone(),
        };
        Ok(ClientSettings {
            hosts,
            proxy: Proxy::parse(self.proxy_url.as_ref().map_or("", Secret::expose))?,
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            ..ClientSettings::default()
        })
    }

    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        const HTTP: [&str; 2] = ["https", "http"];
        const SOCKET: [&str; 2] = ["wss", "ws"];
        Self {
            gamma_url: reader.url("venue.gamma_url", &HTTP),
            clob_url: reader.url("venue.clob_url", &HTTP),
            data_url: reader.url("venue.data_url", &HTTP),
            market_socket_url: reader.url("venue.market_socket_url", &SOCKET),
            user_socket_url: reader.url("venue.user_socket_url", &SOCKET),
            rtds_url: reader.url("venue.rtds_url", &SOCKET),
            web_url: reader.url("venue.web_url", &HTTP),
            proxy_url: proxy(reader),
            request_timeout: reader.millis("venue.request_timeout_ms", 100..=120_000),
            connect_timeout: reader.millis("venue.connect_timeout_ms", 100..=60_000),
        }
    }
}

fn proxy(reader: &mut Reader<'_>) -> Option<Secret> {
    let text = reader.text("venue.proxy_url");
    if text.is_empty() {
        return None;
    }
    if let Err(error) = Proxy::parse(&text) {
        reader.refuse("venue.proxy_url", format!("{error}."));
    }
    if has_password(&text) {
        telemetry::learn(&text);
    }
    Some(Secret::new(&text))
}

/// `[feed]`: the live market sockets.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Outcome tokens watched live, 2 to 100,000.
    pub tokens_max: usize,
    /// Tokens a connection, 2 to 200.
    pub tokens_per_connection_max: usize,
    /// Without data for so long a connection is stale, 1 s to 10 minutes.
    pub silence_max: Duration,
    /// Between two pings, 1 s to 1 minute.
    pub ping_interval: Duration,
    /// The first wait before a reconnect, 10 ms to 1 minute.
    pub reconnect_backoff_min: Duration,
    /// The longest wait before a reconnect, up to 10 minutes.
    pub reconnect_backoff_max: Duration,
    /// The age at which a connection is renewed; `None` for never.
    pub planned_reconnect: Option<Duration>,
    /// Between two comparisons with REST, 1 s to 1 hour.
    pub cross_check_interval: Duration,
    /// Books compared each time, 0 to 500; 0 for none.
    pub cross_check_sample: usize,
}

impl Feed {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let minutes = reader.whole::<u64>("feed.planned_reconnect_minutes", 0..=10_080);
        let feed = Self {
            tokens_max: reader.whole("feed.tokens_max", 2..=100_000),
            tokens_per_connection_max: reader.whole("feed.tokens_per_connection_max", 2..=200),
            silence_max: reader.millis("feed.silence_ms_max", 1_000..=600_000),
            ping_interval: reader.millis("feed.ping_interval_ms", 1_000..=60_000),
            reconnect_backoff_min: reader.millis("feed.reconnect_backoff_ms_min", 10..=60_000),
            reconnect_backoff_max: reader.millis("feed.reconnect_backoff_ms_max", 10..=600_000),
            planned_reconnect: (minutes > 0).then(|| Duration::from_secs(minutes * 60)),
            cross_check_interval: reader.millis("feed.cross_check_interval_ms", 1_000..=3_600_000),
            cross_check_sample: reader.whole("feed.cross_check_sample", 0..=500),
        };
        if feed.reconnect_backoff_min > feed.reconnect_backoff_max {
            let text = "must not be more than feed.reconnect_backoff_ms_max.";
            reader.refuse("feed.reconnect_backoff_ms_min", text);
        }
        feed
    }
}

/// `[collectors]`: what is fetched over REST, again and again.
#[derive(Clone, Debug)]
pub struct Collectors {
    /// Between two rounds of the market list, 1 s to 1 day.
    pub markets_interval: Duration,
    /// Between two rounds of prices, 1 s to 1 day.
    pub prices_interval: Duration,
    /// Entries a page, 1 to 100: the venue cuts more without a word.
    pub page_limit: u32,
    /// Pages of one round, 1 to 10,000.
    pub pages_max: u32,
}

impl Collectors {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            markets_interval: reader.seconds("collectors.markets_interval_s", 1..=86_400),
            prices_interval: reader.seconds("collectors.prices_interval_s", 1..=86_400),
            page_limit: reader.whole("collectors.page_limit", 1..=100),
            pages_max: reader.whole("collectors.pages_max", 1..=10_000),
        }
    }
}

/// `[sim]`: the simulated venue of the demo.
#[derive(Clone, Debug)]
pub struct Sim {
    /// The same seed gives the same market.
    pub seed: u64,
    /// Markets to make up, 1 to 100,000.
    pub markets: usize,
    /// Of the recording's own speed, 1 to 100,000.
    pub speed_percent: u32,
    /// After so long one group and one question end and others are listed, up to 1 day; `None`:
    /// nothing ends.
    pub turnover: Option<DurationMillis>,
    /// A market list to serve, in the form of Gamma's answers; `None` for a generated one.
    pub catalogue_file: Option<PathBuf>,
    /// What goes wrong by chance.
    pub faults: SimFaults,
}

/// What goes wrong at the simulated venue by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimFaults {
    /// Nothing.
    None,
    /// Everything that can, now and then.
    Rough,
}

impl Sim {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        const FAULTS: [(&str, SimFaults); 2] =
            [("none", SimFaults::None), ("rough", SimFaults::Rough)];
        let file = reader.text("sim.catalogue_file");
        let turnover_s: i64 = reader.whole("sim.turnover_s", 0..=86_400);
        Self {
            turnover: (turnover_s > 0).then(|| DurationMillis::from_seconds(turnover_s)),
            seed: reader.whole("sim.seed", 0..=u64::MAX),
            markets: reader.whole("sim.markets", 1..=100_000),
            speed_percent: reader.whole("sim.speed_percent", 1..=100_000),
            catalogue_file: (!file.is_empty()).then(|| PathBuf::from(file)),
            faults: reader.choice("sim.faults", &FAULTS, SimFaults::None),
        }
    }
}
