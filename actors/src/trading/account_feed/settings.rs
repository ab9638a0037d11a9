//! How the account is followed.

use std::time::Duration;

use domain::DurationMillis;
use engine::reconcile::Tolerance;
use polymarket::http::{Backoff, Settings as VenueSettings};

/// Whether the venue is to cancel everything when it does not hear from us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VenueHeartbeat {
    /// It is not: orders rest while this process is away.
    #[default]
    Off,
    /// A beat every five seconds; ten seconds of silence cancel every order of these API keys, and
    /// nothing disarms that while this process lives.
    On,
}

/// How the account is followed.
#[derive(Clone, Debug)]
pub struct AccountFeedSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// A node of the chain, for what the wallet holds; `None`: what the venue believes, which is
    /// only a cache of the chain.
    pub rpc_url: Option<String>,
    /// Which of the key's API credentials. Default 0.
    pub credentials_number: u64,
    /// Between attempts to sign in. Default from 500 ms up to 60 s, without an end.
    pub sign_in_pauses: Backoff,
    /// Between attempts to open the user socket. Default from 250 ms up to 15 s, without an end.
    pub socket_pauses: Backoff,
    /// The age at which the user socket is replaced; `None` for never. Default 30 min.
    pub planned_reconnect: Option<Duration>,
    /// Between two comparisons. Default 30 s.
    pub compare_interval: Duration,
    /// A difference that halts must still be there so long after it was first seen. Default 5 s.
    pub confirm_after: DurationMillis,
    /// How much both sides may differ.
    pub tolerance: Tolerance,
    /// Between two comparisons of the clocks. Default 10 min.
    pub skew_interval: Duration,
    /// Whether the venue is to cancel everything when it does not hear from us. Default off.
    pub heartbeat: VenueHeartbeat,
}

impl AccountFeedSettings {
    /// The defaults, at this venue.
    #[must_use]
    pub fn new(venue: VenueSettings) -> Self {
        Self {
            venue,
            rpc_url: None,
            credentials_number: 0,
            sign_in_pauses: Backoff::endless(Duration::from_millis(500), Duration::from_secs(60)),
            socket_pauses: Backoff::reconnect(),
            planned_reconnect: Some(Duration::from_secs(1_800)),
            compare_interval: Duration::from_secs(30),
            confirm_after: DurationMillis(5_000),
            tolerance: Tolerance::default(),
            skew_interval: Duration::from_secs(600),
            heartbeat: VenueHeartbeat::Off,
        }
    }
}
