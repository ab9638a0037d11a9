//! Gamma, the venue's catalogue: which markets and event groups there are.
//!
//! What is on the wire is in [`wire`], what it means in [`parse_market`] and [`parse_event`], how
//! lists are walked in [`GammaClient`]. A record that cannot be understood is refused alone, with
//! its reason; it never spoils its page.

mod client;
mod event;
mod filter;
mod market;
mod refusal;
mod rules;
mod walk;
pub mod wire;

use domain::{EventGroup, Market};

pub use client::{GammaClient, Pages, Tag};
pub use event::parse_event;
pub use filter::{ListFilter, ListState};
pub use market::parse_market;
pub use refusal::{Refusal, Refused};
pub use walk::Walk;

/// What to make of a market that states no protocol version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AbsentVersion {
    /// Refuse it: today every market states its version, and it decides what would be traded.
    #[default]
    Refuse,
    /// It is version 1: right for recordings from before the field existed.
    MeansV1,
}

/// What one or more pages held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Markets that were understood.
    pub markets: Vec<Market>,
    /// Event groups with all their members. Lists of markets have none: they do not say which
    /// other markets a group has.
    pub groups: Vec<EventGroup>,
    /// Records that were not understood, each with its reason.
    pub refused: Vec<Refused>,
}

impl Listing {
    /// Takes in what another page held.
    pub fn append(&mut self, mut other: Self) {
        self.markets.append(&mut other.markets);
        self.groups.append(&mut other.groups);
        self.refused.append(&mut other.refused);
    }
}
