//! What came of it: counted while it happens, because the desk forgets what is over.

use std::collections::BTreeMap;

use domain::{ConditionId, TradeState, UnixMillis, Usd};
use engine::desk::{
    Dealer, DecisionMade, EndCause, Event, Notice, Outcome, PlanEnd, PlanNumber, Quotes,
    TradingView, Verdict,
};
use engine::ledger::{Figures, ResultKey};
use engine::risk::Rule;
use engine::signal::{SignalId, StrategyName};
use engine::strategy::Count;
use serde::Serialize;

/// Points of the equity's curve; beyond it every second one is dropped, and from then on only every
/// second one is taken.
const POINTS_MAX: usize = 2_000;
/// Halts whose words are kept.
const HALTS_KEPT: usize = 20;

/// What everything was worth at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CurvePoint {
    /// When.
    pub at: UnixMillis,
    /// Dollars, positions at the last bids.
    pub equity: Usd,
}

/// Wishes whose judgement is kept; what is judged later is only counted.
const JUDGED_MAX: usize = 200_000;

/// A wish that the risk manager judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// When.
    pub at: UnixMillis,
    /// Which.
    pub signal: SignalId,
    /// The first rule that refused; `None` where it was approved.
    pub refused: Option<Rule>,
}

impl Judged {
    /// `approved`, or the rule's stable name.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.refused.map_or("approved", Rule::code)
    }
}

/// How the plans of a strategy ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlanCounts {
    /// Looks at opportunities.
    pub analysed: u64,
    /// Signals raised.
    pub raised: u64,
    /// Signals approved: plans.
    pub approved: u64,
    /// Plans that traded nothing.
    pub nothing: u64,
    /// Plans that traded and left nothing behind that was not meant to be.
    pub done: u64,
    /// Plans that left shares behind that nobody took.
    pub unbalanced: u64,
    /// Plans that brought more dollars than they took.
    pub won: u64,
    /// Plans that traded and did not.
    pub lost: u64,
}

/// What was done at the venue and on the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DoneCounts {
    /// Orders decided.
    pub orders: u64,
    /// Orders of which something was matched.
    pub orders_matched: u64,
    /// Orders that the venue refused.
    pub orders_refused: u64,
    /// Matches.
    pub trades: u64,
    /// Matches that failed to settle.
    pub trades_failed: u64,
    /// Transactions decided.
    pub tasks: u64,
    /// Transactions that failed.
    pub tasks_failed: u64,
    /// Refusals because the matching engine restarted.
    pub restarts: u64,
}

/// The running account of one machine.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The equity over time.
    pub curve: Vec<CurvePoint>,
    stride: u64,
    marks: u64,
    peak: Option<Usd>,
    /// The most that equity was below its peak.
    pub drawdown_max: Usd,
    /// The most dollars that were in markets or reserved for them.
    pub exposure_max: Usd,
    /// By strategy.
    pub plans: BTreeMap<StrategyName, PlanCounts>,
    /// Of all.
    pub done: DoneCounts,
    /// Why the strategies did not raise, by strategy and first rule that refused.
    pub passed: BTreeMap<(StrategyName, Rule), u64>,
    /// Why the risk manager did not approve.
    pub refused: BTreeMap<(StrategyName, Rule), u64>,
    /// Why the venue refused orders, by its stable name of the reason.
    pub venue_refused: BTreeMap<String, u64>,
    /// Why trading stopped, the first times.
    pub halts: Vec<(UnixMillis, String)>,
    /// What was said to people, by code.
    pub notices: BTreeMap<&'static str, u64>,
    /// Results, with those that the ledger has added up since.
    pub results: BTreeMap<ResultKey, Figures>,
    /// Who traded last in a market.
    pub traders: BTreeMap<ConditionId, StrategyName>,
    /// Times at which too much followed at one moment; always 0 unless the program is wrong.
    pub runaways: u64,
    /// Wishes in the order in which they were judged.
    pub judged: Vec<Judged>,
    open: BTreeMap<PlanNumber, StrategyName>,
}

impl Account {
    pub(super) fn mark(
        &mut self,
        dealer: &Dealer,
        marks: &dyn Quotes,
        view: &TradingView,
        now: UnixMillis,
    ) {
        let equity = dealer.equity(marks);
        let peak = self.peak.map_or(equity, |peak| peak.max(equity));
        self.peak = Some(peak);
        self.drawdown_max = self.drawdown_max.max(peak - equity);
        let held: Usd = view.held.iter().map(|held| held.position.cost.max(Usd::ZERO)).sum();
        self.exposure_max = self.exposure_max.max(held + view.reserved);
        self.point(now, equity);
        self.keep_results(dealer);
    }
    fn point(&mut self, at: UnixMillis, equity: Usd) {
        self.stride = self.stride.max(1);
        self.marks += 1;
        let is_same = self.curve.last().is_some_and(|last| last.equity == equity);
        if is_same || !self.marks.is_multiple_of(self.stride) {
            return;
        }
        if self.curve.len() >= POINTS_MAX {
            let mut at = 0;
            self.curve.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.stride *= 2;
        }
        self.curve.push(CurvePoint { at, equity });
    }
    /// The ledger adds results of days long past up; here they stay apart.
    pub(crate) fn keep_results(&mut self, dealer: &Dealer) {
        for (key, figures) in dealer.desk().ledger().results().iter() {
            if self.results.get(key) != Some(figures) {
                self.results.insert(key.clone(), *figures);
            }
        }
    }

    pub(super) fn note(&mut self, outcome: &Outcome, now: UnixMillis) {
        for recorded in &outcome.events {
            self.event(&recorded.event, now);
        }
    }
    fn event(&mut self, event: &Event, now: UnixMillis) {
        let done = &mut self.done;
        match event {
            Event::PlanOpened { plan, signal } => {
                self.open.insert(*plan, signal.strategy.clone());
                for order in signal.orders() {
                    self.traders.insert(order.market.condition, signal.strategy.clone());
                }
            }
            Event::PlanClosed { plan, end } => self.closed(*plan, end),
            Event::OrderIntended { .. } => done.orders += 1,
            Event::OrderEnded { cause, matched, .. } => {
                done.orders_matched += u64::from(matched.is_positive());
                if let EndCause::Rejected { code, .. } = cause {
                    done.orders_refused += 1;
                    *self.venue_refused.entry(code.clone()).or_default() += 1;
                }
            }
            Event::TradeSeen { state: TradeState::Matched, .. } => done.trades += 1,
            Event::TradeSeen { state: TradeState::Failed, .. } => done.trades_failed += 1,
            Event::TaskIntended { .. } => done.tasks += 1,
            Event::TaskFailed { .. } => done.tasks_failed += 1,
            Event::Halted { halt, .. } if self.halts.len() < HALTS_KEPT => {
                self.halts.push((now, halt.text.clone()));
            }
            _ => {}
        }
    }
    fn closed(&mut self, plan: PlanNumber, end: &PlanEnd) {
        let Some(strategy) = self.open.remove(&plan) else { return };
        let counts = self.plans.entry(strategy).or_default();
        match end.verdict {
            Verdict::Nothing => counts.nothing += 1,
            Verdict::Done => counts.done += 1,
            Verdict::Unbalanced => counts.unbalanced += 1,
        }
        if end.verdict != Verdict::Nothing && end.kept.is_empty() {
            if end.cash > Usd::ZERO {
                counts.won += 1;
            } else {
                counts.lost += 1;
            }
        }
    }

    pub(super) fn decided(&mut self, decision: &DecisionMade, refused: Option<Rule>) {
        if self.judged.len() < JUDGED_MAX {
            let (at, signal) = (decision.at, decision.signal.clone());
            self.judged.push(Judged { at, signal, refused });
        }
        let counts = self.plans.entry(decision.strategy.clone()).or_default();
        match refused {
            None => counts.approved += 1,
            Some(rule) => {
                *self.refused.entry((decision.strategy.clone(), rule)).or_default() += 1;
            }
        }
    }
    pub(super) fn count(&mut self, strategy: &StrategyName, count: Count) {
        match count {
            Count::Analysed => self.plans.entry(strategy.clone()).or_default().analysed += 1,
            Count::Raised(_) => self.plans.entry(strategy.clone()).or_default().raised += 1,
            Count::Refusal(rule) => {
                *self.passed.entry((strategy.clone(), rule)).or_default() += 1;
            }
            Count::RefusedFull | Count::RaiseFailed | Count::ForecastUntraded | Count::Approved => {
            }
        }
    }
    pub(super) fn notice(&mut self, notice: &Notice) {
        *self.notices.entry(notice.code).or_default() += 1;
    }
    pub(super) const fn restarted(&mut self) {
        self.done.restarts += 1;
    }
    pub(super) const fn runaway(&mut self) {
        self.runaways += 1;
    }
}
