//! How the executor works.

use polymarket::http::Settings as VenueSettings;

use super::breaker::BreakerSettings;
use super::restraint::RestraintSettings;
use super::sweep::SweepSettings;

/// How the executor works.
#[derive(Clone, Debug)]
pub struct ExecutorSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Requests with orders on their way at one time. Default 8.
    pub posts_out_max: usize,
    /// Requests with orders that may wait for their turn; more are said to be unsent. Default 256.
    pub posts_waiting_max: usize,
    /// Requests that cancel on their way at one time. Default 8.
    pub cancels_out_max: usize,
    /// Questions on their way at one time. Default 6.
    pub questions_out_max: usize,
    /// Questions and cancellations that may wait, each; more are left to be asked again. Default
    /// 1,024.
    pub waiting_max: usize,
    /// When nothing is sent because too much failed.
    pub breaker: BreakerSettings,
    /// How long the venue's restrictions are believed.
    pub restraint: RestraintSettings,
    /// How everything is cancelled.
    pub sweep: SweepSettings,
}

impl ExecutorSettings {
    /// The defaults, at this venue.
    #[must_use]
    pub fn new(venue: VenueSettings) -> Self {
        Self {
            venue,
            posts_out_max: 8,
            posts_waiting_max: 256,
            cancels_out_max: 8,
            questions_out_max: 6,
            waiting_max: 1_024,
            breaker: BreakerSettings::default(),
            restraint: RestraintSettings::default(),
            sweep: SweepSettings::default(),
        }
    }
}
