//! The best size of a conversion.
//!
//! For a fixed set, profit is concave and straight between the sizes where a level of a leg ends or
//! an order grows large enough to be accepted. The best of several concave functions is no longer
//! concave, but between two such sizes it is the largest of several straight lines, which is convex:
//! its maximum there is at one of the two ends. So looking at every end, and at the whole steps on
//! both sides of it, finds the maximum. Beyond the size where no set gains by growing, no larger
//! size can be better except where a sale begins to be accepted: those sizes are looked at too.
//!
//! Two things round: every level against us, by less than a fee step; and where the contracts keep a
//! fee, the YESes that come back are sold in whole hundredths, so less than a hundredth of a share
//! stays behind a leg. Within these bounds a neighbouring size may be better.
//!
//! Where the best set of a size needs more than the capital limit, its size is cut until it fits.
//! Which set is best under the limit would be a knapsack; the one reported is possible and its
//! profit exact, but a smaller set might bring more.

use domain::{Side, Usd};

use crate::funnel::Reason;

use super::super::PairView;
use super::super::depth::{Depth, Fill, STEP, ceil_to_step, floor_to_step};
use super::super::exact::{UNIT, after_bips};
use super::super::joint::{convert_fee, largest_that};
use super::super::settings::DetectorSettings;
use super::super::source::LegSource;
use super::legs;
use super::set::BestSet;

/// One order that may be placed.
#[derive(Debug)]
pub(super) struct Way<'a> {
    pub(super) source: LegSource<'a>,
    depth: Depth,
    /// The smallest size the venue takes, in micros; `None` where the depth does not hold it.
    least: Option<i64>,
}

impl<'a> Way<'a> {
    fn new(source: LegSource<'a>, settings: &DetectorSettings) -> Result<Self, Reason> {
        let depth = Depth::new(&source, source.terms()?, settings.levels_max);
        let depth = match source.side {
            Side::Buy => depth,
            Side::Sell => depth.without_worthless(),
        };
        let least = depth.order_min(source.market.order_size_min, settings.notional_usd_min);
        Ok(Self { source, depth, least })
    }
    fn take(&self, size: i64, minimums: Minimums) -> Option<Fill> {
        let accepted = match minimums {
            Minimums::Kept => self.least.is_some_and(|least| size >= least),
            Minimums::Ignored => true,
        };
        self.depth.take(size).filter(|_| accepted)
    }
}

/// A question's two ways.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// Its NO, bought and converted.
    pub(super) buy: Way<'a>,
    /// Its YES, sold after the conversion.
    pub(super) sell: Way<'a>,
}

impl<'a> Question<'a> {
    pub(super) fn new(member: &PairView<'a>, settings: &DetectorSettings) -> Result<Self, Reason> {
        let (buy, sell) = legs(member)?;
        Ok(Self { buy: Way::new(buy, settings)?, sell: Way::new(sell, settings)? })
    }
    fn sale(&self, received: i64, minimums: Minimums) -> Pick {
        let size = floor_to_step(received.min(self.sell.depth.size()));
        match self.sell.take(size, minimums) {
            Some(fill) if fill.value > fill.fee => Pick::Sell(fill),
            _ => Pick::Leave,
        }
    }
}

/// Whether orders below the venue's minimum count: they do only to name a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Minimums {
    Kept,
    Ignored,
}

/// What is done about one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// Its NO is bought and converted.
    Buy(Fill),
    /// Its YES is sold.
    Sell(Fill),
    /// Its YES comes back and is worth nothing to us.
    Leave,
}

impl Pick {
    /// What it is worth after fees, where a conversion leaves `kept` of each share's dollar.
    fn worth(self, kept: i64) -> i128 {
        match self {
            Self::Buy(fill) => i128::from(kept) - i128::from((fill.value + fill.fee).micros()),
            Self::Sell(fill) => i128::from((fill.value - fill.fee).micros()),
            Self::Leave => 0,
        }
    }
    fn outlay(self) -> Usd {
        match self {
            Self::Buy(fill) => fill.value + fill.fee,
            Self::Sell(_) | Self::Leave => Usd::ZERO,
        }
    }
}

/// A size with a set.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) size: i64,
    /// In the order of the questions.
    pub(super) picks: Vec<Pick>,
    /// What it brings after all fees and before the on-chain cost.
    pub(super) gain: Usd,
    /// What the NOs cost, fees included.
    pub(super) outlay: Usd,
}

/// The questions of a group and the limits of the search.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) questions: Vec<Question<'a>>,
    pub(super) fee_bips: u32,
    /// The most dollars the NOs may cost, fees included.
    pub(super) outlay_max: Usd,
}

impl Search<'_> {
    /// The best size with its best set; `None` where no size is possible.
    pub(super) fn best(&self, minimums: Minimums) -> Option<Choice> {
        let mut best: Option<Choice> = None;
        for size in self.sizes(minimums) {
            let Some(choice) = self.best_set(size, minimums) else { continue };
            let Some(choice) = self.within_capital(choice, minimums) else { continue };
            if best.as_ref().is_none_or(|best| choice.gain > best.gain) {
                best = Some(choice);
            }
        }
        best
    }

    /// The sizes that may be the best, ascending.
    fn sizes(&self, minimums: Minimums) -> Vec<i64> {
        let most = self.most();
        let mut ends: Vec<i64> = Vec::new();
        for question in &self.questions {
            ends.extend(question.buy.depth.ends());
            ends.extend(question.sell.depth.ends().map(|end| self.before_fee(end)));
        }
        ends.sort_unstable();
        ends.dedup();
        let mut sizes = vec![STEP, most];
        for end in ends.into_iter().take_while(|end| *end <= most) {
            sizes.extend([floor_to_step(end), ceil_to_step(end)]);
            if self.unit_edge_after(end).is_none_or(|edge| edge <= 0) {
                break;
            }
        }
        if minimums == Minimums::Kept {
            for question in &self.questions {
                sizes.extend(question.buy.least);
                sizes.extend(question.sell.least.map(|least| ceil_to_step(self.before_fee(least))));
            }
        }
        sizes.retain(|size| (STEP..=most).contains(size));
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }
    /// Two NOs must be there to buy: the second largest depth, in whole steps.
    fn most(&self) -> i64 {
        let mut depths: Vec<i64> = self.questions.iter().map(|q| q.buy.depth.size()).collect();
        depths.sort_unstable();
        floor_to_step(depths.iter().rev().nth(1).copied().unwrap_or(0))
    }
    /// How many shares to convert so that `received` YESes of another question come back.
    fn before_fee(&self, received: i64) -> i64 {
        let kept = i128::from(10_000u32.saturating_sub(self.fee_bips).max(1));
        let whole = (i128::from(received) * 10_000 + kept - 1) / kept;
        i64::try_from(whole).unwrap_or(i64::MAX)
    }
    fn after_fee(&self, size: i64) -> i64 {
        size - convert_fee(size, 1, self.fee_bips).micros()
    }
    /// What one more share of the best set brings after fees, whatever the smallest orders are.
    fn unit_edge_after(&self, size: i64) -> Option<i128> {
        let kept = after_bips(UNIT, self.fee_bips);
        let received = self.after_fee(size);
        let mut set = BestSet::default();
        for (at, question) in self.questions.iter().enumerate() {
            let bought = question.buy.depth.unit_after(size).map(|unit| kept - unit);
            let sold = question.sell.depth.unit_after(received).unwrap_or(0);
            set.add(at, bought, after_bips(sold, self.fee_bips));
        }
        set.best().map(|best| best.worth - kept)
    }

    /// The best set at one size.
    fn best_set(&self, size: i64, minimums: Minimums) -> Option<Choice> {
        let (kept, mut set) = (self.after_fee(size), BestSet::default());
        let mut picks = Vec::with_capacity(self.questions.len());
        for (at, question) in self.questions.iter().enumerate() {
            let sale = question.sale(kept, minimums);
            let purchase = question.buy.take(size, minimums).map(Pick::Buy);
            let (bought, sold) = (purchase.map(|pick| pick.worth(kept)), sale.worth(kept));
            set.add(at, bought, sold);
            let pick = purchase.filter(|_| BestSet::prefers_buying(bought, sold));
            picks.push(pick.unwrap_or(sale));
        }
        for at in set.best()?.forced.into_iter().flatten() {
            let purchase = self.questions.get(at)?.buy.take(size, minimums)?;
            *picks.get_mut(at)? = Pick::Buy(purchase);
        }
        Some(self.choice(size, picks))
    }
    /// The same set at a size at which it can be paid.
    fn within_capital(&self, choice: Choice, minimums: Minimums) -> Option<Choice> {
        if choice.outlay <= self.outlay_max {
            return Some(choice);
        }
        let affordable = |size: i64| {
            self.same_set(&choice, size, Minimums::Ignored)
                .is_some_and(|choice| choice.outlay <= self.outlay_max)
        };
        let size = largest_that(choice.size, affordable);
        self.same_set(&choice, size, minimums)
    }
    fn same_set(&self, choice: &Choice, size: i64, minimums: Minimums) -> Option<Choice> {
        let kept = self.after_fee(size);
        let picks = self.questions.iter().zip(&choice.picks).map(|(question, pick)| match pick {
            Pick::Buy(_) => question.buy.take(size, minimums).map(Pick::Buy),
            Pick::Sell(_) | Pick::Leave => Some(question.sale(kept, minimums)),
        });
        Some(self.choice(size, picks.collect::<Option<Vec<_>>>()?))
    }
    fn choice(&self, size: i64, picks: Vec<Pick>) -> Choice {
        let kept = self.after_fee(size);
        let worth: i128 = picks.iter().map(|pick| pick.worth(kept)).sum();
        let gain = i64::try_from(worth - i128::from(kept)).unwrap_or(i64::MIN);
        let outlay = picks.iter().map(|pick| pick.outlay()).sum();
        Choice { size, picks, gain: Usd::from_micros(gain), outlay }
    }
}
