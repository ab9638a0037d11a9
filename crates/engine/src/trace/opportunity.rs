//! What was found, and what was decided about it.

use domain::{Span, SpanKind, SpanValues, TraceId, UnixMillis, Usd};

use super::{FrameTimes, SpanName};
use crate::desk::DecisionMade;
use crate::opportunity::{Leg, Opportunity, OpportunityRecord, Subject};
use crate::risk::Gate;
use crate::strategy::Passed;

/// Legs that a span tells one by one; a group may have hundreds.
const LEGS_MAX: usize = 16;

/// The frame on its way from the socket into the book.
pub(super) fn frame(trace: TraceId, record: &OpportunityRecord, frame: &FrameTimes) -> Span {
    let names = child(trace, SpanName::Frame(record.revision), SpanName::Opportunity);
    let span = Span::new(names, "frame", (frame.received_at, frame.in_book_at));
    let span = span.of_kind(SpanKind::Consumer);
    span.with_some("dutchbook.frame.stated_at_ms", frame.stated_at)
        .event("received", frame.received_at)
        .event("in_book", frame.in_book_at)
}

/// The look into the depth.
pub(super) fn examine(
    trace: TraceId,
    record: &OpportunityRecord,
    frame: Option<&FrameTimes>,
) -> Span {
    let found = &*record.opportunity;
    let names = child(trace, SpanName::Examine(record.revision), SpanName::Opportunity);
    let since = frame.map_or(found.examined_at, |frame| frame.in_book_at.min(found.examined_at));
    let span = Span::new(names, "examine", (since, found.examined_at));
    let span = figures(span, found).with("dutchbook.legs", found.legs.len());
    let legs = found.legs.iter().take(LEGS_MAX);
    legs.fold(span, |span, leg| span.event_with("leg", found.examined_at, values_of(leg)))
}

/// What it is worth. Every figure in millionths of a dollar or of a share.
pub(super) fn figures(span: Span, found: &Opportunity) -> Span {
    span.with("dutchbook.size_microshares", found.size)
        .with("dutchbook.deviation_microusd", found.deviation)
        .with("dutchbook.gross_microusd", found.gross)
        .with("dutchbook.slippage_microusd", slippage(found))
        .with("dutchbook.trading_fees_microusd", found.trading_fees)
        .with("dutchbook.convert_fee_microusd", found.convert_fee)
        .with("dutchbook.chain_cost_microusd", found.chain_cost)
        .with("dutchbook.net_microusd", found.net)
        .with("dutchbook.capital_microusd", found.capital)
        .with("dutchbook.score", u32::from(found.score.total))
}

/// Where it is.
pub(super) fn place(span: Span, subject: &Subject) -> Span {
    match subject {
        Subject::Market(condition) => {
            span.with("dutchbook.market.condition_id", &condition.to_string())
        }
        Subject::Group(group) => span.with("dutchbook.group.id", &*group.0),
    }
}

/// What the depth costs: what the sets would bring at the best prices less what they bring.
fn slippage(found: &Opportunity) -> Usd {
    let sets = i128::from(found.size.micros());
    let best = i128::from(found.deviation.micros()) * sets / 1_000_000;
    let best = i64::try_from(best).map_or(Usd::MAX, Usd::from_micros);
    best.checked_sub(found.gross).unwrap_or(Usd::ZERO)
}

fn values_of(leg: &Leg) -> SpanValues {
    vec![
        ("dutchbook.market.condition_id", (&leg.condition.to_string()).into()),
        ("dutchbook.token_id", (&leg.token.to_string()).into()),
        ("dutchbook.side", side(leg.side).into()),
        ("dutchbook.size_microshares", leg.size.into()),
        ("dutchbook.limit_price_ten_thousandths", leg.limit.into()),
        ("dutchbook.value_microusd", leg.value.into()),
        ("dutchbook.fee_microusd", leg.fee.into()),
        ("dutchbook.book.stated_at_ms", leg.stated_at.into()),
    ]
}

/// Why a strategy wished nothing.
pub(super) fn pass(trace: TraceId, passed: &Passed) -> Span {
    let name = SpanName::Pass(&passed.strategy, passed.at);
    let names = child(trace, name, SpanName::Opportunity);
    let span = Span::new(names, "pass", (passed.at, passed.at))
        .with("dutchbook.strategy", passed.strategy.as_str());
    gates(span, &passed.gates, passed.at)
}

/// What the risk manager said to a wish, from the moment it was raised where that is known.
pub(super) fn decide(trace: TraceId, made: &DecisionMade, raised_at: Option<UnixMillis>) -> Span {
    let names = child(trace, SpanName::Decide(&made.signal), SpanName::Opportunity);
    let verdict = if made.gates.iter().any(Gate::is_refused) { "refused" } else { "approved" };
    let span = Span::new(names, "decide", (raised_at.unwrap_or(made.at), made.at));
    let span = span
        .with("dutchbook.signal.id", made.signal.as_str())
        .with("dutchbook.strategy", made.strategy.as_str())
        .with("dutchbook.verdict", verdict)
        .with_some("dutchbook.plan", made.plan.map(|plan| plan.0));
    gates(span, &made.gates, made.at)
}

/// How many were asked, and what those said that refused.
fn gates(span: Span, gates: &[Gate], at: UnixMillis) -> Span {
    let refused = || gates.iter().filter(|gate| gate.is_refused());
    let span = span
        .with("dutchbook.gates", gates.len())
        .with_some("dutchbook.refused_by", refused().next().map(|gate| gate.rule.code()));
    refused().fold(span, |span, gate| span.event_with("refused", at, said(gate)))
}

fn said(gate: &Gate) -> SpanValues {
    vec![
        ("dutchbook.rule", gate.rule.code().into()),
        ("dutchbook.value", (&gate.value.to_string()).into()),
        ("dutchbook.limit", (&gate.limit.to_string()).into()),
    ]
}

pub(super) const fn side(side: domain::Side) -> &'static str {
    match side {
        domain::Side::Buy => "buy",
        domain::Side::Sell => "sell",
    }
}

/// The names of a step that is part of another.
pub(super) fn child(
    trace: TraceId,
    own: SpanName<'_>,
    parent: SpanName<'_>,
) -> (TraceId, domain::SpanId, Option<domain::SpanId>) {
    (trace, own.within(trace), Some(parent.within(trace)))
}
