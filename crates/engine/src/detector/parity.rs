//! One market's two books against one dollar.

use domain::{Shares, Side, UnixMillis};

use crate::books::Distrust;
use crate::funnel::Reason;
use crate::opportunity::{
    ChainAction, ChainActionKind, Examination, Opportunity, OpportunityKind, OutcomeIndex, Subject,
};

use super::PairView;
use super::joint::{JointTrade, Par};
use super::settings::DetectorSettings;
use super::source::{LegSource, first_of};

pub(super) fn examine(
    pair: &PairView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Examination {
    let mut examination = Examination::new();
    let usable = usable(pair);
    for kind in OpportunityKind::OF_MARKET {
        examination.record(kind, usable.and_then(|()| look(kind, pair, settings, now)));
    }
    examination
}

/// The conditions that both directions share.
fn usable(pair: &PairView<'_>) -> Result<(), Reason> {
    if !pair.market.is_open() {
        return Err(Reason::NotOpen);
    }
    match (pair.yes, pair.no) {
        // One token's state older than the other's looks like free money and is none.
        (Ok(yes), Ok(no)) if yes.stated_at() == no.stated_at() => Ok(()),
        (Ok(_), Ok(_)) => Err(Reason::Skewed),
        (yes, no) => {
            let reason = first_of(yes.err().map(Distrust::reason), no.err().map(Distrust::reason));
            Err(reason.unwrap_or(Reason::Waiting))
        }
    }
}

fn look(
    kind: OpportunityKind,
    pair: &PairView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Result<Opportunity, Reason> {
    let costs = &settings.chain_costs;
    let (par, side, action, cost, deviation_min) = match kind {
        OpportunityKind::ParityShort => {
            let deviation_min = settings.deviation_min.parity_short;
            (Par::Split, Side::Sell, ChainActionKind::Split, costs.split, deviation_min)
        }
        _ => {
            let deviation_min = settings.deviation_min.parity_long;
            (Par::Receive, Side::Buy, ChainActionKind::Merge, costs.merge, deviation_min)
        }
    };
    let outcomes = [OutcomeIndex::Yes, OutcomeIndex::No].into_iter();
    let trade = JointTrade {
        kind,
        par,
        deviation_min,
        legs: outcomes.map(|outcome| LegSource::new(pair, outcome, side)),
        actions: |amount: Shares| {
            let conditions = vec![pair.market.condition];
            vec![ChainAction { kind: action, conditions, amount, cost }]
        },
        lock_up: Some(settings.settlement),
    };
    trade.examine(|| Subject::Market(pair.market.condition), settings, now)
}
