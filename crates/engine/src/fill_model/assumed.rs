//! What is assumed of everybody else where a recording, or a live feed, does not say.

use domain::money::divide;
use domain::{DurationMillis, Rounding, Shares};
use serde::{Deserialize, Serialize};

/// The whole, in millionths.
pub const WHOLE_PPM: u32 = 1_000_000;

/// How a resting order is filled at its own price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtOurPrice {
    /// In its turn: a print, or somebody who would take, serves the queue from the front.
    #[default]
    InTurn,
    /// Never: only a trade at a worse price for the taker proves that everybody here was served.
    Never,
}

/// What becomes of depth that we took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// It stays taken for as long as the level is displayed: what is displayed does not know of us.
    #[default]
    Stays,
    /// Somebody offers the same again with the next statement of the book.
    Returns,
}

/// What is assumed of everybody else. `Default` is what paper trading assumes, against us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assumed {
    /// An order or a cancellation arrives up to so much later than the latency says, drawn from its
    /// name. Default 0.
    pub jitter_ms: DurationMillis,
    /// How many of a million displayed shares are there when our order arrives. Default all.
    pub depth_ppm: u32,
    /// How many of a million shares that rest at our price stand before us. Default all.
    pub ahead_ppm: u32,
    /// How a resting order is filled at its own price.
    pub at_our_price: AtOurPrice,
    /// What becomes of depth that we took.
    pub taken: Taken,
}

impl Default for Assumed {
    fn default() -> Self {
        Self {
            jitter_ms: DurationMillis(0),
            depth_ppm: WHOLE_PPM,
            ahead_ppm: WHOLE_PPM,
            at_our_price: AtOurPrice::InTurn,
            taken: Taken::Stays,
        }
    }
}

/// A share of a size, cut.
pub(super) fn share(size: Shares, ppm: u32) -> Shares {
    if ppm >= WHOLE_PPM {
        return size;
    }
    let scaled = i128::from(size.micros()) * i128::from(ppm);
    Shares::from_micros(divide(scaled, WHOLE_PPM.into(), Rounding::Down))
}
