//! What a signal may bring, and what it may cost.

use domain::Usd;
use serde::{Deserialize, Serialize};

/// The three results that a signal is judged by, in dollars after all costs. Negative is a loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Everything fills as planned.
    pub best: Usd,
    /// The worst single leg finds nobody, and what was bought for it is sold again into the depth
    /// that is left after the stress.
    pub leg_missing: Usd,
    /// Nothing of what was bought can be sold again.
    pub floor: Usd,
}
