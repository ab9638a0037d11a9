//! Every gate of the risk manager, in the order of the rules.

use std::collections::BTreeSet;

use domain::{ConditionId, GroupId, Price, UnixMillis, Usd};

use super::book::RiskBook;
use super::gate::{Gate, GateValue, Review, refused_unless};
use super::halt::HaltCause;
use super::limits::Limits;
use super::reservation::{Reservation, loss};
use super::rule::Rule;
use super::standing::{Reconciled, Standing, StrategyActivity};
use super::sum::total;
use super::worst_case::WorstCase;
use crate::opportunity::Subject;
use crate::signal::Signal;

pub(super) fn review(book: &RiskBook, signal: &Signal, standing: &Standing<'_>) -> Review {
    let asked = Asked { book, signal, standing };
    let mut gates = Vec::with_capacity(27);
    asked.may_act(&mut gates);
    asked.is_sound(&mut gates);
    asked.is_within_the_market_limits(&mut gates);
    asked.has_room(&mut gates);
    asked.loses_little(&mut gates);
    asked.is_in_pace(&mut gates);
    gates.sort_by_key(|gate| gate.rule);
    Review { gates }
}

struct Asked<'a> {
    book: &'a RiskBook,
    signal: &'a Signal,
    standing: &'a Standing<'a>,
}

impl Asked<'_> {
    fn may_act(&self, gates: &mut Vec<Gate>) {
        let halt = self
            .book
            .halt
            .as_ref()
            .map(|halt| format!("halted ({}): {}", halt.cause.code(), halt.text));
        gates.push(state(Rule::Halted, halt, "not halted"));
        let differs = self.standing.reconciled == Reconciled::No;
        let differs = differs.then(|| "not reconciled".to_owned());
        gates.push(state(Rule::NotReconciled, differs, "reconciled"));
        let (signal, now) = (self.signal, self.standing.now);
        let hold = self.standing.venue.filter(|hold| hold.covers_signal(signal, now));
        let hold = hold.map(|hold| hold.why.clone());
        gates.push(state(Rule::VenueRefuses, hold, "orders are taken"));
        gates.push(locked(self.book, signal, now));
        let activity = self.standing.strategy.activity;
        let paused = (activity == StrategyActivity::Paused).then(|| "paused".to_owned());
        gates.push(state(Rule::StrategyPaused, paused, "not paused"));
        let failed = activity == StrategyActivity::Quarantined;
        let failed = failed.then(|| "in quarantine".to_owned());
        gates.push(state(Rule::Quarantined, failed, "not in quarantine"));
        let known = self.book.recent.contains(&self.signal.id);
        let known = known.then(|| self.signal.id.as_str().to_owned());
        gates.push(state(Rule::Duplicate, known, "a new signal"));
        let left = self.signal.expires_at.since(self.standing.now).0;
        gates.push(Gate::millis_at_least(Rule::Expired, left, 1));
    }

    fn is_sound(&self, gates: &mut Vec<Gate>) {
        let flaw = WorstCase::of(self.signal).and_then(|worst| worst.is_covered_by(self.signal));
        gates.push(match flaw {
            Ok(()) => Gate::passed(Rule::Malformed, "sound", "sound"),
            Err(flaw) => Gate::refused(Rule::Malformed, flaw.text(), "sound"),
        });
    }

    fn is_within_the_market_limits(&self, gates: &mut Vec<Gate>) {
        let limits = &self.book.limits;
        let now = self.standing.now;
        let age = self.signal.books_vouched_at.map(|at| now.since(at).0);
        gates.push(age.map_or_else(
            || Gate::passed(Rule::FeedAge, "rests on no book", "confirmed lately"),
            |age| Gate::millis_at_most(Rule::FeedAge, age, limits.feed_age_ms_max.0),
        ));
        gates.extend(price_band(limits, self.signal.orders().map(|order| order.terms.price)));
        gates.push(ends_soon(limits, self.signal, now));
        let (best, sets) = (self.signal.certificate.best, self.signal.size);
        let worths = self.signal.orders().map(|order| {
            let worth = order.worth_requoted_max(best, sets);
            (worth, Some(Subject::Market(order.market.condition)))
        });
        gates.push(worst_usd(Rule::OrderUsd, worths, limits.order_usd_max));
    }

    fn has_room(&self, gates: &mut Vec<Gate>) {
        let limits = &self.book.limits;
        let (signal, strategy) = (self.signal, &self.standing.strategy);
        let markets = signal.exposure.iter().map(|market| {
            let condition = market.condition;
            let sum = self.in_market(&condition).and_then(|sum| sum.checked_add(market.at_risk));
            (sum, Some(Subject::Market(condition)))
        });
        gates.push(worst_usd(Rule::MarketUsd, markets, limits.market_usd_max));
        let groups: BTreeSet<_> =
            signal.exposure.iter().filter_map(|market| market.group.as_ref()).collect();
        let groups = groups.into_iter().map(|group| {
            let sum = self.in_group(group).zip(self.wanted_in(group));
            let sum = sum.and_then(|(there, wanted)| there.checked_add(wanted));
            (sum, Some(Subject::Group(group.clone())))
        });
        gates.push(worst_usd(Rule::GroupUsd, groups, limits.group_usd_max));
        let held = self.standing.committed.values().map(|held| held.cost.max(Usd::ZERO));
        let reserved = self.reserved(|_| true);
        let with_capital = |sum: Option<Usd>| sum.and_then(|sum| sum.checked_add(signal.capital));
        let sum = total(held).zip(reserved).and_then(|(a, b)| a.checked_add(b));
        gates.push(Gate::usd_at_most(Rule::TotalUsd, with_capital(sum), limits.total_usd_max));
        let own = self.reserved(|reservation| reservation.strategy == signal.strategy);
        let own = own.and_then(|own| own.checked_add(strategy.used_usd.max(Usd::ZERO)));
        let budget = strategy.budget_usd;
        gates.push(Gate::usd_at_most(Rule::StrategyBudget, with_capital(own), budget));
        let cash = self.standing.cash_settled;
        gates.push(Gate::usd_at_most(Rule::NotEnoughCash, with_capital(reserved), cash));
    }

    fn loses_little(&self, gates: &mut Vec<Gate>) {
        let limits = &self.book.limits;
        let certificate = &self.signal.certificate;
        let missing = loss(certificate.leg_missing);
        let limit = limits.leg_missing_loss_usd_max;
        gates.push(Gate::usd_at_most(Rule::LegMissingLoss, Some(missing), limit));
        let floor = Some(loss(certificate.floor));
        gates.push(Gate::usd_at_most(Rule::FloorLoss, floor, limits.floor_loss_usd_max));
        // What was lost, and what would be if every open plan missed a leg.
        let open = self.book.reservations.values().map(|reservation| reservation.leg_missing_loss);
        let open = total(open).and_then(|open| open.checked_add(missing));
        let sum = day_loss(self.book, self.standing).zip(open);
        let sum = sum.and_then(|(lost, open)| lost.checked_add(open));
        gates.push(Gate::usd_at_most(Rule::DayLoss, sum, limits.day_loss_usd_max));
        gates.push(drawdown(self.book, self.standing));
    }

    fn is_in_pace(&self, gates: &mut Vec<Gate>) {
        let limits = &self.book.limits;
        let plans = self.book.reservations.len() as u64 + 1;
        let limit = u64::from(limits.open_plans_max);
        gates.push(Gate::count_at_most(Rule::OpenPlans, plans, limit));
        // An approved plan may not have sent its orders yet, and an order may outlive its plan.
        let planned: u64 = self.book.reservations.values().map(|plan| plan.orders).sum();
        let orders = planned.max(self.standing.open_orders as u64);
        let orders = orders.saturating_add(self.signal.orders_at_once());
        let limit = u64::from(limits.open_orders_max);
        gates.push(Gate::count_at_most(Rule::OpenOrders, orders, limit));
        let trades = self.book.pace.count(self.standing.now) + 1;
        let limit = u64::from(limits.trades_per_minute_max);
        gates.push(Gate::count_at_most(Rule::TradesPerMinute, trades, limit));
        gates.push(errors(self.book));
    }

    /// The cost of what is held in a market and what is reserved there.
    fn in_market(&self, condition: &ConditionId) -> Option<Usd> {
        let held = self.standing.committed.get(condition);
        let held = held.map_or(Usd::ZERO, |held| held.cost.max(Usd::ZERO));
        let reserved = self.book.reservations.values().map(|plan| plan.left_in(condition));
        total(reserved)?.checked_add(held)
    }
    fn in_group(&self, group: &GroupId) -> Option<Usd> {
        let held = self.standing.committed.values();
        let held = held.filter(|held| held.group.as_ref() == Some(group));
        let held = total(held.map(|held| held.cost.max(Usd::ZERO)))?;
        let reserved = self.book.reservations.values().map(|plan| plan.left_in_group(group));
        total(reserved.collect::<Option<Vec<_>>>()?)?.checked_add(held)
    }
    /// What the signal may put into a group: its markets there, and no more than all its dollars.
    fn wanted_in(&self, group: &GroupId) -> Option<Usd> {
        let inside = self.signal.exposure.iter();
        let inside = inside.filter(|market| market.group.as_ref() == Some(group));
        Some(total(inside.map(|market| market.at_risk))?.min(self.signal.capital))
    }
    /// Dollars that open plans may still spend.
    fn reserved(&self, of: impl Fn(&Reservation) -> bool) -> Option<Usd> {
        let plans = self.book.reservations.values().filter(|plan| of(plan));
        total(plans.map(Reservation::capital_left))
    }
}

fn state(rule: Rule, wrong: Option<String>, wanted: &str) -> Gate {
    match wrong {
        Some(found) => Gate::refused(rule, found, wanted),
        None => Gate::passed(rule, wanted, wanted),
    }
}

pub(super) fn locked(book: &RiskBook, signal: &Signal, now: UnixMillis) -> Gate {
    let lock = book.locks.covering(signal, now);
    state(Rule::Locked, lock.map(|lock| format!("locked: {}", lock.reason)), "not locked")
}

/// Whether all prices lie within the band.
pub(super) fn price_band(limits: &Limits, prices: impl Iterator<Item = Price>) -> [Gate; 2] {
    let gate = |rule, worst: Option<Price>, limit, fits: fn(Price, Price) -> bool| {
        worst.map_or_else(
            || Gate::passed(rule, "no order", "within the band"),
            |worst| {
                let verdict = refused_unless(fits(worst, limit));
                Gate::new(rule, GateValue::Price(worst), GateValue::Price(limit), verdict)
            },
        )
    };
    let prices: Vec<Price> = prices.collect();
    let (least, most) = (prices.iter().min().copied(), prices.iter().max().copied());
    [
        gate(Rule::PriceMin, least, limits.price_min, |a, b| a >= b),
        gate(Rule::PriceMax, most, limits.price_max, |a, b| a <= b),
    ]
}

pub(super) fn ends_soon(limits: &Limits, signal: &Signal, now: UnixMillis) -> Gate {
    let left = signal.ends_at.map(|end| end.since(now).0);
    left.map_or_else(
        || Gate::passed(Rule::EndsSoon, "no end is known", "not soon"),
        |left| Gate::millis_at_least(Rule::EndsSoon, left, limits.ends_within_ms_min.0),
    )
}

/// A gate for the largest of several amounts; a sum that does not fit is the largest.
pub(super) fn worst_usd(
    rule: Rule,
    amounts: impl Iterator<Item = (Option<Usd>, Option<Subject>)>,
    limit: Usd,
) -> Gate {
    let worst = amounts.max_by_key(|(amount, _)| amount.unwrap_or(Usd::MAX));
    let (amount, about) = worst.unwrap_or((Some(Usd::ZERO), None));
    Gate::usd_at_most(rule, amount, limit).about(about)
}

pub(super) fn day_loss(book: &RiskBook, standing: &Standing<'_>) -> Option<Usd> {
    let fallen = book.equity.day_loss(standing.now, standing.equity)?;
    Some(fallen.max(loss(standing.day_realised)))
}

fn drawdown(book: &RiskBook, standing: &Standing<'_>) -> Gate {
    let below = book.equity.drawdown(standing.equity);
    Gate::usd_at_most(Rule::Drawdown, below, book.limits.drawdown_usd_max)
}

/// Fewer than the limit; a limit of nothing lets nothing through.
fn errors(book: &RiskBook) -> Gate {
    let limit = book.limits.consecutive_errors_max;
    let (value, limit_value) =
        (GateValue::Count(u64::from(book.errors)), GateValue::Count(u64::from(limit)));
    let verdict = refused_unless(book.errors < limit);
    Gate::new(Rule::ConsecutiveErrors, value, limit_value, verdict)
}

pub(super) fn must_halt(book: &RiskBook, standing: &Standing<'_>) -> Option<(HaltCause, Gate)> {
    let lost = day_loss(book, standing);
    let lost = Gate::usd_at_most(Rule::DayLoss, lost, book.limits.day_loss_usd_max);
    [
        (HaltCause::DayLoss, lost),
        (HaltCause::Drawdown, drawdown(book, standing)),
        (HaltCause::ConsecutiveErrors, errors(book)),
    ]
    .into_iter()
    .find(|(_, gate)| gate.is_refused())
}
