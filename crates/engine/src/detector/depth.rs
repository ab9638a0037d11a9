//! A ladder priced for one taker: what any size costs or brings, to the last fee.

use domain::{FeeTerms, Price, Rounding, Shares, Side, Usd};

use super::exact::unit_value;
use super::source::{LegSource, against};

/// The step of an order's size: a hundredth of a share.
pub(super) const STEP: i64 = 10_000;
/// No trade is sized beyond a billion shares: sums of a whole group then stay far inside 64 bits.
const SIZE_MAX: i64 = 1_000_000_000_000_000;

/// What taking some size from a ladder comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) size: Shares,
    /// Before the fee; up for a purchase, down for a sale, level by level.
    pub(super) value: Usd,
    /// Up, level by level.
    pub(super) fee: Usd,
    pub(super) limit: Price,
    pub(super) levels: usize,
    /// What the fee was reckoned by.
    pub(super) terms: FeeTerms,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    price: Price,
    /// Everything before this level.
    size_before: i64,
    value_before: Usd,
    fee_before: Usd,
    /// Everything up to and with this level.
    size_after: i64,
    unit: i128,
}

/// The levels that one leg may take, best first.
#[derive(Clone, Debug)]
pub(super) struct Depth {
    side: Side,
    terms: FeeTerms,
    steps: Vec<Step>,
}

impl Depth {
    pub(super) fn new(source: &LegSource<'_>, terms: FeeTerms, levels_max: usize) -> Self {
        let ladder = source.book.book().side(against(source.side));
        let mut depth = Self {
            side: source.side,
            terms,
            steps: Vec::with_capacity(ladder.len().min(levels_max)),
        };
        let (mut size, mut value, mut fee) = (0i64, Usd::ZERO, Usd::ZERO);
        for level in ladder.best_first().take(levels_max) {
            let size_after = size.saturating_add(level.size.micros()).min(SIZE_MAX);
            depth.steps.push(Step {
                price: level.price,
                size_before: size,
                value_before: value,
                fee_before: fee,
                size_after,
                unit: unit_value(source.side, level.price, terms),
            });
            let taken = Shares::from_micros(size_after - size);
            value += taken.at(level.price, depth.rounding());
            fee += terms.fee(taken, level.price, Rounding::Up);
            size = size_after;
        }
        depth
    }
    /// Leaves out the levels where a sale brings nothing after its fee.
    pub(super) fn without_worthless(mut self) -> Self {
        self.steps.retain(|step| step.unit > 0);
        self
    }
    const fn rounding(&self) -> Rounding {
        match self.side {
            Side::Buy => Rounding::Up,
            Side::Sell => Rounding::Down,
        }
    }
    /// All there is, in micros.
    pub(super) fn size(&self) -> i64 {
        self.steps.last().map_or(0, |step| step.size_after)
    }
    /// Sizes at which a level ends, in micros, ascending.
    pub(super) fn ends(&self) -> impl Iterator<Item = i64> + '_ {
        self.steps.iter().map(|step| step.size_after)
    }
    /// What the share after `size` costs or brings after its fee; `None` beyond the depth.
    pub(super) fn unit_after(&self, size: i64) -> Option<i128> {
        let at = self.steps.partition_point(|step| step.size_after <= size);
        self.steps.get(at).map(|step| step.unit)
    }
    /// The end of the level that holds the share after `size`; `None` beyond the depth.
    pub(super) fn end_after(&self, size: i64) -> Option<i64> {
        let at = self.steps.partition_point(|step| step.size_after <= size);
        self.steps.get(at).map(|step| step.size_after)
    }
    /// What `size` micros come to; `None` beyond the depth, or for nothing.
    pub(super) fn take(&self, size: i64) -> Option<Fill> {
        let at = self.steps.partition_point(|step| step.size_after < size);
        let step = self.steps.get(at).filter(|_| size > 0)?;
        let rest = Shares::from_micros(size - step.size_before);
        Some(Fill {
            size: Shares::from_micros(size),
            value: step.value_before + rest.at(step.price, self.rounding()),
            fee: step.fee_before + self.terms.fee(rest, step.price, Rounding::Up),
            limit: step.price,
            levels: at + 1,
            terms: self.terms,
        })
    }
    /// The smallest size in whole steps that is no smaller than `size_min` and worth `value_min`
    /// before fees. `None` where the depth does not hold it.
    pub(super) fn order_min(&self, size_min: Shares, value_min: Usd) -> Option<i64> {
        // Counted in micro-dollars times ten thousand: without rounding.
        let wanted = i128::from(value_min.micros().max(0)) * 10_000;
        let mut worth = 0i128;
        let mut enough = (wanted == 0).then_some(0);
        for step in &self.steps {
            if enough.is_some() {
                break;
            }
            let price = i128::from(step.price.ten_thousandths());
            let here = i128::from(step.size_after - step.size_before) * price;
            if worth + here >= wanted && price > 0 {
                let rest = (wanted - worth + price - 1) / price;
                enough = i64::try_from(rest).ok().map(|rest| step.size_before + rest);
            }
            worth += here;
        }
        let size = ceil_to_step(enough?.max(size_min.micros()).max(1));
        (size <= self.size()).then_some(size)
    }
}

/// The largest whole number of steps that is not above `size`.
pub(super) fn floor_to_step(size: i64) -> i64 {
    Shares::from_micros(size).floor_to_order_size().micros()
}
/// The smallest whole number of steps that is not below `size`.
pub(super) fn ceil_to_step(size: i64) -> i64 {
    floor_to_step(size.saturating_add(STEP - 1))
}
