//! Why, or why not.

use domain::{DurationMillis, UnixMillis};

use super::Strategy;
use super::draft::{Draft, Unfit};
use super::situation::Situation;
use super::sizing::{NoTrade, largest, room_of};
use crate::opportunity::Subject;
use crate::risk::{Gate, GateValue, Review, Rule, Verdict};
use crate::signal::{Exposure, NameError, Signal, SignalId};

/// A strategy's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// Every gate with its value and limit, in the order of the rules. Where no size is possible,
    /// the gates that judge a size are not asked.
    pub review: Review,
    /// What it would like to do, where no gate refused.
    pub signal: Option<Signal>,
}

pub(super) fn analyze<S: Strategy + ?Sized>(
    strategy: &mut S,
    situation: &Situation<'_>,
) -> Analysis {
    let kind = situation.opportunity.kind;
    if !strategy.kinds().contains(&kind) {
        let other = Gate::refused(Rule::Disabled, kind.code(), "a kind that it trades");
        return Analysis { review: Review { gates: vec![other] }, signal: None };
    }
    let mut gates = situation.forbidden.to_vec();
    gates.extend(opportunity_gates(strategy, situation));
    let draft = largest(strategy, situation);
    match &draft {
        Ok(draft) => gates.extend(draft_gates(strategy, situation, draft)),
        Err(NoTrade::Unfit(why)) => gates.push(unfit(*why)),
        Err(NoTrade::NoRoom(limits)) => gates.extend(limits.iter().cloned()),
    }
    let signal = draft.ok().map(|draft| signal(strategy, situation, draft));
    if let Some(Err(why)) = &signal {
        gates.push(Gate::refused(Rule::Malformed, why.to_string(), "a name"));
    }
    gates.sort_by_key(|gate| gate.rule);
    let review = Review { gates };
    let signal = signal.and_then(Result::ok).filter(|_| review.refusal().is_none());
    if let Some(signal) = &signal {
        strategy.routine_mut().memory.note(situation, &signal.id);
    }
    Analysis { review, signal }
}

/// What is judged of the opportunity as it is.
fn opportunity_gates<S: Strategy + ?Sized>(strategy: &S, situation: &Situation<'_>) -> Vec<Gate> {
    let settings = situation.settings(strategy.routine().settings());
    let now = situation.now;
    let on = if settings.enabled {
        Gate::passed(Rule::Disabled, "on", "on")
    } else {
        Gate::refused(Rule::Disabled, "off", "on")
    };
    let lasted = now.since(situation.id.since).0;
    let rested = strategy.routine().memory.rested(situation, settings.cool_down_ms);
    let score = u64::from(situation.opportunity.score.total);
    let score_min = u64::from(settings.score_min);
    let verdict = if score >= score_min { Verdict::Passed } else { Verdict::Refused };
    vec![
        on,
        Gate::millis_at_least(Rule::TooYoung, lasted, settings.lasted_ms_min.0),
        vouched(Rule::TooOld, situation.vouched_at, now, settings.vouched_ms_max),
        rested,
        Gate::new(Rule::ScoreMin, GateValue::Count(score), GateValue::Count(score_min), verdict),
    ]
}

/// Whether the feed vouched for the books lately.
pub(super) fn vouched(
    rule: Rule,
    at: Option<UnixMillis>,
    now: UnixMillis,
    age_max: DurationMillis,
) -> Gate {
    at.map_or_else(
        || Gate::refused(rule, "the feed is not live", "a live feed"),
        |at| Gate::millis_at_most(rule, now.since(at).0, age_max.0),
    )
}

/// What is judged of the trade at its size.
fn draft_gates<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
    draft: &Draft,
) -> Vec<Gate> {
    let settings = situation.settings(strategy.routine().settings());
    let room = room_of(strategy, situation);
    let size = format!("{} sets", draft.size);
    let mut gates = room.gates(draft);
    gates.extend([
        Gate::passed(Rule::UnknownMarket, "known and open", "known and open"),
        Gate::passed(Rule::SizeMin, size, "an allowed size"),
        Gate::usd_at_least(Rule::EdgeMin, Some(draft.certificate.best), settings.edge_usd_min),
    ]);
    gates
}

fn unfit(why: Unfit) -> Gate {
    let rule = match why {
        Unfit::Market(_) | Unfit::Group => Rule::UnknownMarket,
        Unfit::Depth | Unfit::OrderMin => Rule::SizeMin,
        Unfit::WorstCase(_) => Rule::Malformed,
    };
    let wanted = match rule {
        Rule::UnknownMarket => "known and open",
        Rule::SizeMin => "an allowed size",
        _ => "sound",
    };
    let about = match why {
        Unfit::Market(condition) => Some(Subject::Market(condition)),
        _ => None,
    };
    Gate::refused(rule, why.text(), wanted).about(about)
}

fn signal<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
    draft: Draft,
) -> Result<Signal, NameError> {
    let routine = strategy.routine();
    let id = situation.id;
    let round = routine.memory.round(id);
    let markets = draft.worst.markets.iter().map(|(condition, at_risk)| Exposure {
        condition: *condition,
        group: situation.market(condition).and_then(|market| market.group.clone()),
        at_risk: *at_risk,
    });
    let legs = situation.opportunity.legs.iter();
    let ends = legs.filter_map(|leg| situation.market(&leg.condition)?.ends_at);
    Ok(Signal {
        id: SignalId::new(&format!("{}:{id}:{round}", routine.name()))?,
        strategy: routine.name().clone(),
        opportunity: Some(id.clone()),
        subject: id.subject.clone(),
        raised_at: situation.now,
        expires_at: situation.now.plus(routine.settings().life_ms),
        size: draft.size,
        exposure: markets.collect(),
        capital: draft.capital,
        stages: draft.plan.stages,
        aim: draft.plan.aim,
        certificate: draft.certificate,
        ends_at: ends.min(),
        books_vouched_at: situation.vouched_at,
    })
}
