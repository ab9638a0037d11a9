//! Buying NOs of a group for less than what their conversion returns.
//!
//! Converting `size` NOs of each question of a set S returns `(|S| - 1) x size` dollars and `size`
//! YESes of every question outside S; the contracts keep a fee of both. So each question, at a given
//! size, is worth either what its NO saves (a dollar after the conversion's fee, less the NO's
//! price) or what its YES sells for (nothing, where nobody bids), and one dollar after the fee is
//! paid once. The legs do not touch each other, so the best set takes the better of the two for
//! every question; only the rule that a set has at least two NOs can force a worse choice.

mod search;
mod set;

use domain::{Shares, Side, UnixMillis, Usd};

use crate::funnel::Reason;
use crate::opportunity::{
    ChainAction, ChainActionKind, Opportunity, OpportunityKind, OutcomeIndex, Subject,
};

use super::assemble::{Plan, assemble};
use super::exact::{UNIT, after_bips, unit_value};
use super::joint::convert_fee;
use super::settings::DetectorSettings;
use super::source::{LegSource, first_of};
use super::{GroupView, PairView};

use search::{Choice, Minimums, Pick, Question, Search};
use set::BestSet;

pub(super) fn examine(
    group: &GroupView<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Result<Opportunity, Reason> {
    let deviation = deviation(group)?;
    if !deviation.is_positive() {
        return Err(Reason::NoEdge);
    }
    if deviation < settings.deviation_min.neg_risk_convert {
        return Err(Reason::BelowThreshold);
    }
    if unit_edge(group)? <= 0 {
        return Err(Reason::EatenByFees);
    }
    let questions = group.members.iter().map(|member| Question::new(member, settings));
    let search = Search {
        questions: questions.collect::<Result<Vec<_>, _>>()?,
        fee_bips: group.group.convert_fee_bips,
        outlay_max: settings.capital_usd_max - settings.chain_costs.convert,
    };
    let choice = decide(&search, settings)?;
    Ok(assemble(plan(group, settings, &search, deviation, choice), settings, now))
}

/// The best choice, or the first reason that stands in its way.
fn decide(search: &Search<'_>, settings: &DetectorSettings) -> Result<Choice, Reason> {
    let chain_cost = settings.chain_costs.convert;
    let best = search.best(Minimums::Kept);
    let net = best.as_ref().map(|choice| choice.gain - chain_cost).filter(|net| net.is_positive());
    match (best, net) {
        (Some(choice), Some(net)) if net >= settings.net_usd_min => return Ok(choice),
        _ => {}
    }
    let free = search.best(Minimums::Ignored).ok_or(Reason::BelowOrderMin)?;
    if !free.gain.is_positive() {
        return Err(Reason::EatenByFees);
    }
    if free.gain <= chain_cost {
        return Err(Reason::EatenByChainCost);
    }
    Err(if net.is_some() { Reason::BelowProfitMin } else { Reason::BelowOrderMin })
}

fn legs<'a>(member: &PairView<'a>) -> Result<(LegSource<'a>, LegSource<'a>), Reason> {
    let buy = LegSource::new(member, OutcomeIndex::No, Side::Buy);
    let sell = LegSource::new(member, OutcomeIndex::Yes, Side::Sell);
    match (buy, sell) {
        (Ok(buy), Ok(sell)) => Ok((buy, sell)),
        (buy, sell) => Err(first_of(buy.err(), sell.err()).unwrap_or(Reason::Waiting)),
    }
}

/// How far the best prices are off, in dollars a set before any cost.
fn deviation(group: &GroupView<'_>) -> Result<Usd, Reason> {
    let mut set = BestSet::default();
    let mut reason = None;
    for (at, member) in group.members.iter().enumerate() {
        match legs(member) {
            Err(why) => reason = first_of(reason, Some(why)),
            Ok((buy, sell)) => {
                reason = first_of(reason, buy.terms().err());
                let saved = buy.best().map(|ask| i128::from(ask.complement().ten_thousandths()));
                let sold = sell.best().map_or(0, |bid| i128::from(bid.ten_thousandths()));
                set.add(at, saved, sold);
            }
        }
    }
    let best = set.best();
    if best.is_none() {
        reason = first_of(reason, Some(Reason::OneSided));
    }
    match (best, reason) {
        (Some(best), None) => {
            let off = i64::try_from(best.worth - 10_000).unwrap_or(i64::MIN);
            Ok(Usd::from_micros(off.saturating_mul(100)))
        }
        (_, reason) => Err(reason.unwrap_or(Reason::OneSided)),
    }
}

/// What the first sliver of the best set brings after all fees, exactly.
fn unit_edge(group: &GroupView<'_>) -> Result<i128, Reason> {
    let bips = group.group.convert_fee_bips;
    let kept = after_bips(UNIT, bips);
    let mut set = BestSet::default();
    for (at, member) in group.members.iter().enumerate() {
        let (buy, sell) = legs(member)?;
        let terms = buy.terms()?;
        let saved = buy.best().map(|ask| kept - unit_value(Side::Buy, ask, terms));
        let sold = sell.best().map_or(0, |bid| unit_value(Side::Sell, bid, terms));
        set.add(at, saved, after_bips(sold.max(0), bips));
    }
    Ok(set.best().ok_or(Reason::OneSided)?.worth - kept)
}

fn plan<'a>(
    group: &GroupView<'a>,
    settings: &DetectorSettings,
    search: &Search<'a>,
    deviation: Usd,
    choice: Choice,
) -> Plan<'a> {
    let size = Shares::from_micros(choice.size);
    let mut legs = Vec::with_capacity(choice.picks.len());
    let mut conditions = Vec::new();
    for (question, pick) in search.questions.iter().zip(choice.picks) {
        match pick {
            Pick::Buy(fill) => {
                conditions.push(question.buy.source.market.condition);
                legs.push((question.buy.source, fill));
            }
            Pick::Sell(fill) => legs.push((question.sell.source, fill)),
            Pick::Leave => {}
        }
    }
    let returned = i64::try_from(conditions.len()).unwrap_or(i64::MAX).saturating_sub(1);
    let cost = settings.chain_costs.convert;
    let kind = ChainActionKind::Convert;
    Plan {
        kind: OpportunityKind::NegRiskConvert,
        subject: Subject::Group(group.group.id.clone()),
        size,
        deviation,
        legs,
        actions: vec![ChainAction { kind, conditions, amount: size, cost }],
        collateral: Usd::from_micros(choice.size.saturating_mul(returned)),
        convert_fee: convert_fee(choice.size, returned, group.group.convert_fee_bips),
        capital: choice.outlay + cost,
        lock_up: Some(settings.settlement),
    }
}
