//! A group's books against the one dollar that exactly one of its YESes pays.

use domain::{DurationMillis, ProtocolVersion, Shares, Side, UnixMillis};

use crate::funnel::Reason;
use crate::opportunity::{
    ChainAction, ChainActionKind, Examination, Opportunity, OpportunityKind, OutcomeIndex, Subject,
};

use super::joint::{JointTrade, Par};
use super::settings::DetectorSettings;
use super::source::LegSource;
use super::{GroupView, PairView, convert};

pub(super) fn examine(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Examination {
    let mut examination = Examination::new();
    if !group.group.neg_risk {
        return examination;
    }
    let complete = complete(group);
    let convertible = complete.and_then(|()| convertible(group));
    let long = complete.and_then(|()| long(group, settings, now));
    examination.record(OpportunityKind::NegRiskLong, long);
    let short = convertible.and_then(|()| short(group, settings, now));
    examination.record(OpportunityKind::NegRiskShort, short);
    let convert = convertible.and_then(|()| convert::examine(group, settings, now));
    examination.record(OpportunityKind::NegRiskConvert, convert);
    examination
}

/// Whether the watched markets are all there is: only then does exactly one of them pay.
///
/// A placeholder (a name not yet given out, or the "Other") makes a group augmented even where the
/// group itself is not marked so: what it stands for may still change.
fn complete(group: &GroupView<'_>) -> Result<(), Reason> {
    let GroupView { group, members } = group;
    if members.iter().any(|member| !member.market.is_open()) {
        return Err(Reason::NotOpen);
    }
    if group.augmented || members.iter().any(|member| member.market.placeholder) {
        return Err(Reason::Augmented);
    }
    let same_count = members.len() == group.markets.len() && members.len() >= 2;
    // Neighbours first: callers keep the group's order, and a large group is then not searched.
    let watched = group.markets.iter().enumerate().all(|(at, condition)| {
        members.get(at).is_some_and(|member| member.market.condition == *condition)
            || members.iter().any(|member| member.market.condition == *condition)
    });
    let through_adapter = members.iter().all(|member| member.market.neg_risk);
    if same_count && watched && through_adapter { Ok(()) } else { Err(Reason::Incomplete) }
}

/// Only the contracts of the first protocol version are known to convert NOs.
fn convertible(group: &GroupView<'_>) -> Result<(), Reason> {
    let first = |member: &PairView<'_>| member.market.version == ProtocolVersion::V1;
    if group.members.iter().all(first) { Ok(()) } else { Err(Reason::NotConvertible) }
}

/// Buys every YES; one of them is redeemed for a dollar once the last market is resolved.
fn long(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Result<Opportunity, Reason> {
    let trade = JointTrade {
        kind: OpportunityKind::NegRiskLong,
        par: Par::Receive,
        deviation_min: settings.deviation_min.neg_risk_long,
        legs: group.members.iter().map(|m| LegSource::new(m, OutcomeIndex::Yes, Side::Buy)),
        actions: |amount: Shares| {
            let kind = ChainActionKind::Redeem;
            let conditions = conditions(group);
            vec![ChainAction { kind, conditions, amount, cost: settings.chain_costs.redeem }]
        },
        lock_up: until_resolved(group, settings, now),
    };
    trade.examine(|| Subject::Group(group.group.id.clone()), settings, now)
}

/// Splits in every market, sells every YES, converts every NO.
///
/// With `n` markets and `s` sets: splitting takes `n x s` dollars, selling brings the sum of bids
/// times `s`, converting all `n` NOs brings `(n - 1) x s` dollars less the fee of the contracts on
/// each of them. What remains is `s x (sum of bids - 1)` less that fee. The `n x s` dollars are
/// needed before the first sale: that is the capital.
fn short(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Result<Opportunity, Reason> {
    let questions = i64::try_from(group.members.len()).unwrap_or(i64::MAX);
    let costs = &settings.chain_costs;
    let trade = JointTrade {
        kind: OpportunityKind::NegRiskShort,
        par: Par::SplitAndConvert { questions, fee_bips: group.group.convert_fee_bips },
        deviation_min: settings.deviation_min.neg_risk_short,
        legs: group.members.iter().map(|m| LegSource::new(m, OutcomeIndex::Yes, Side::Sell)),
        actions: |amount: Shares| {
            let split = |member: &PairView<'_>| ChainAction {
                kind: ChainActionKind::Split,
                conditions: vec![member.market.condition],
                amount,
                cost: costs.split,
            };
            let mut actions: Vec<_> = group.members.iter().map(split).collect();
            let kind = ChainActionKind::Convert;
            let conditions = conditions(group);
            actions.push(ChainAction { kind, conditions, amount, cost: costs.convert });
            actions
        },
        lock_up: Some(settings.settlement),
    };
    trade.examine(|| Subject::Group(group.group.id.clone()), settings, now)
}

fn conditions(group: &GroupView<'_>) -> Vec<domain::ConditionId> {
    group.members.iter().map(|member| member.market.condition).collect()
}

/// From now to the payout, by the latest scheduled end; `None` where one has none. An end in the
/// past is an end that is still awaited.
fn until_resolved(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Option<DurationMillis> {
    let ends: Option<Vec<_>> = group.members.iter().map(|member| member.market.ends_at).collect();
    let last = ends?.into_iter().max()?.max(now);
    Some(last.plus(settings.resolution_delay).since(now))
}
