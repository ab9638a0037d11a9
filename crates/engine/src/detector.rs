//! Finds executable contradictions of prices: depth-walked, exact to the fee, sized for the largest
//! net profit, or refused with a reason.
//!
//! Two entries: [`examine_pair`] for the two books of one market, [`examine_group`] for the books of
//! a neg-risk group. Both look at the best prices first and allocate nothing where these do not
//! contradict each other.

mod assemble;
mod convert;
mod depth;
mod exact;
mod examiner;
mod joint;
mod neg_risk;
mod parity;
mod settings;
mod source;

use domain::{EventGroup, Market, UnixMillis};

use crate::books::{Distrust, TrustedBook};
use crate::opportunity::Examination;

pub use examiner::{Examiner, OPEN_MAX, UNCONFIRMED_MAX};
pub(crate) use joint::largest_that;
pub use settings::{ChainCosts, DetectorSettings, DeviationMin, ScoreSettings, ScoreWeights};

/// The two books of one market, as far as they may be believed.
#[derive(Clone, Copy, Debug)]
pub struct PairView<'a> {
    /// The market.
    pub market: &'a Market,
    /// The book of its first outcome, or why there is none.
    pub yes: Result<TrustedBook<'a>, Distrust>,
    /// The book of its second outcome, or why there is none.
    pub no: Result<TrustedBook<'a>, Distrust>,
}

/// The books of a group.
#[derive(Clone, Copy, Debug)]
pub struct GroupView<'a> {
    /// The group.
    pub group: &'a EventGroup,
    /// Its watched markets, in any order. A market that the group lists and that is not here makes
    /// the look end with `Incomplete`.
    pub members: &'a [PairView<'a>],
}

/// Looks for both parity trades in one market. Always ends both.
#[must_use]
pub fn examine_pair(
    pair: &PairView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Examination {
    parity::examine(pair, settings, now)
}

/// Looks for the three neg-risk trades in a group and ends all three. A group that is not neg-risk
/// has none of them: nothing is looked for, and the examination is empty.
#[must_use]
pub fn examine_group(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Examination {
    neg_risk::examine(group, settings, now)
}
