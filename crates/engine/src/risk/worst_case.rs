//! What a signal can cost at its worst, reckoned from its stages and from nothing that it says of
//! itself: a strategy that reckons wrongly is found out here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::{ConditionId, Price, Side, Usd};

use crate::opportunity::ChainActionKind;
use crate::signal::{ChainTask, PlannedOrder, Signal, Stage};

/// Stages that a signal may have.
const STAGES_MAX: usize = 8;
/// Orders and tasks that a signal may have.
const STEPS_MAX: usize = 512;

/// Why a signal contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It does nothing at all.
    Empty,
    /// It has too many stages, orders or tasks.
    TooLarge,
    /// A size is not a positive number of whole hundredths.
    Size,
    /// A price is off the market's grid, or zero, or one.
    Price,
    /// An order's token is not one of its market's.
    Token,
    /// A market is named twice, with a negative amount, or in another group.
    Exposure,
    /// A market may cost more than it says, or is not named at all.
    ExposureUnderstated,
    /// All of it may cost more than it says.
    CapitalUnderstated,
    /// An amount does not fit.
    Overflow,
}

impl Flaw {
    /// One plain sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Empty => "it does nothing",
            Self::TooLarge => "it has too many steps",
            Self::Size => "a size is not a positive number of whole hundredths",
            Self::Price => "a price is not between 0 and 1 on the market's grid",
            Self::Token => "a token is not of its market",
            Self::Exposure => "a market is named twice, with a negative amount or in another group",
            Self::ExposureUnderstated => "a market may cost more than the signal says",
            Self::CapitalUnderstated => "all of it may cost more than the signal says",
            Self::Overflow => "an amount is too large",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

/// What the stages of a signal can cost at worst: every purchase at its limit, every split, and no
/// sale ever filled.
///
/// A leg that lags behind may be quoted again at a price that gives the expected profit away. So
/// every market with a purchase, and the capital once, hold twice that profit on top: once for the
/// price, and once for the fee on it, which never grows faster than the price does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorstCase {
    /// Dollars put into each market.
    pub markets: BTreeMap<ConditionId, Usd>,
    /// Dollars out of hand at the worst moment.
    pub capital: Usd,
}

impl WorstCase {
    /// Reckons it.
    ///
    /// # Errors
    /// The first flaw of the steps.
    pub fn of(signal: &Signal) -> Result<Self, Flaw> {
        Self::of_stages(&signal.stages, signal.certificate.best)
    }
    /// Reckons it for stages that are not in a signal yet, with the profit expected of them.
    ///
    /// # Errors
    /// The first flaw of the steps.
    pub fn of_stages(stages: &[Stage], best: Usd) -> Result<Self, Flaw> {
        let orders = || stages.iter().flat_map(Stage::orders);
        let steps = orders().count() + stages.iter().flat_map(Stage::tasks).count();
        if steps == 0 {
            return Err(Flaw::Empty);
        }
        if stages.len() > STAGES_MAX || steps > STEPS_MAX {
            return Err(Flaw::TooLarge);
        }
        let mut worst = Self::default();
        let purchases = orders().filter(|order| order.terms.side == Side::Buy);
        let bought: BTreeSet<_> = purchases.map(|order| order.market.condition).collect();
        let given_away = match bought.is_empty() {
            true => Usd::ZERO,
            false => requotes_max(best).ok_or(Flaw::Overflow)?,
        };
        let mut out = given_away;
        for stage in stages {
            for order in stage.orders() {
                check(order)?;
                let outlay = order.outlay_max().ok_or(Flaw::Overflow)?;
                worst.put(order.market.condition, outlay)?;
                out = out.checked_add(outlay).ok_or(Flaw::Overflow)?;
            }
            for task in stage.tasks() {
                out = worst.task(task, out)?;
            }
            worst.capital = worst.capital.max(out);
        }
        for condition in bought {
            worst.put(condition, given_away)?;
        }
        Ok(worst)
    }
    /// Whether the signal names all of it.
    ///
    /// # Errors
    /// What it leaves out.
    pub fn is_covered_by(&self, signal: &Signal) -> Result<(), Flaw> {
        let mut named = BTreeSet::new();
        for market in &signal.exposure {
            if market.at_risk < Usd::ZERO || !named.insert(market.condition) {
                return Err(Flaw::Exposure);
            }
        }
        let markets = signal.orders().map(|order| &order.market);
        for market in markets.chain(signal.tasks().flat_map(|task| &task.markets)) {
            let mut named = signal.exposure.iter();
            let named = named.find(|named| named.condition == market.condition);
            if named.is_some_and(|named| named.group != market.group) {
                return Err(Flaw::Exposure);
            }
        }
        let at_risk = |condition: &ConditionId| {
            let mut markets = signal.exposure.iter();
            markets.find(|market| market.condition == *condition).map(|market| market.at_risk)
        };
        for (condition, amount) in &self.markets {
            if at_risk(condition).is_none_or(|named| named < *amount) {
                return Err(Flaw::ExposureUnderstated);
            }
        }
        if signal.capital < self.capital { Err(Flaw::CapitalUnderstated) } else { Ok(()) }
    }
    fn put(&mut self, condition: ConditionId, amount: Usd) -> Result<(), Flaw> {
        let sum = self.markets.entry(condition).or_default();
        *sum = sum.checked_add(amount).ok_or(Flaw::Overflow)?;
        Ok(())
    }
    /// Dollars out of hand after the task, from those before it. A task that fails costs no less.
    fn task(&mut self, task: &ChainTask, out: Usd) -> Result<Usd, Flaw> {
        if !task.amount.is_positive() || task.cost < Usd::ZERO {
            return Err(Flaw::Size);
        }
        if task.kind == ChainActionKind::Split {
            for market in &task.markets {
                self.put(market.condition, task.amount.at_one())?;
            }
        }
        if task.kind == ChainActionKind::Convert {
            // The cost of the NOs that the dollars do not cover goes to the YESes that come back.
            let moved = out.checked_sub(task.effect.cash).ok_or(Flaw::Overflow)?.max(Usd::ZERO);
            for market in task.markets.iter().skip(task.given) {
                self.put(market.condition, moved)?;
            }
        }
        let after = out.checked_sub(task.effect.cash).and_then(|out| out.checked_add(task.cost));
        let before = out.checked_add(task.cost);
        let (after, before) = after.zip(before).ok_or(Flaw::Overflow)?;
        self.capital = self.capital.max(before).max(after);
        Ok(after)
    }
}

/// What new quotes for lagging purchases may cost on top.
fn requotes_max(best: Usd) -> Option<Usd> {
    let best = best.max(Usd::ZERO);
    best.checked_add(best)
}

fn check(order: &PlannedOrder) -> Result<(), Flaw> {
    let (terms, market) = (&order.terms, &order.market);
    if !terms.size.is_positive() || terms.size.floor_to_order_size() != terms.size {
        return Err(Flaw::Size);
    }
    let inside = terms.price > Price::ZERO && terms.price < Price::ONE;
    if !inside || !market.tick.allows(terms.price) {
        return Err(Flaw::Price);
    }
    let listed = market.tokens.get(order.outcome.get()) == Some(&terms.token);
    if listed { Ok(()) } else { Err(Flaw::Token) }
}
