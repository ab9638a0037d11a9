//! Trades of whole sets: every leg in the same size. Parity both ways, neg-risk long and short.

use domain::{DurationMillis, Shares, Side, UnixMillis, Usd};

use crate::funnel::Reason;
use crate::opportunity::{ChainAction, Opportunity, OpportunityKind, Subject};

use super::assemble::{Plan, assemble};
use super::depth::{Depth, Fill, STEP, ceil_to_step, floor_to_step};
use super::exact::{UNIT, after_bips, unit_value};
use super::settings::DetectorSettings;
use super::source::{LegSource, first_of};

/// What happens with the dollars that the sets stand for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Par {
    /// A set bought becomes one dollar: merged now, or paid at resolution.
    Receive,
    /// A set sold was split from one dollar.
    Split,
    /// A set of YESes sold was split from one dollar in each of `questions` markets. Their NOs
    /// convert back into all of these dollars but one, less the fee of the contracts.
    SplitAndConvert {
        /// How many markets.
        questions: i64,
        /// The fee, in ten-thousandths of what comes back.
        fee_bips: u32,
    },
}

impl Par {
    const fn side(self) -> Side {
        match self {
            Self::Receive => Side::Buy,
            Self::Split | Self::SplitAndConvert { .. } => Side::Sell,
        }
    }
    /// The dollars that one set brings in the end, exactly; negative where it costs them.
    const fn unit(self) -> i128 {
        match self {
            Self::Receive => UNIT,
            Self::Split => -UNIT,
            Self::SplitAndConvert { questions, fee_bips } => {
                (questions as i128 - 1) * after_bips(UNIT, fee_bips) - questions as i128 * UNIT
            }
        }
    }
    fn convert_fee(self, size: i64) -> Usd {
        match self {
            Self::Receive | Self::Split => Usd::ZERO,
            Self::SplitAndConvert { questions, fee_bips } => {
                convert_fee(size, questions - 1, fee_bips)
            }
        }
    }
}

/// What the contracts keep of `count` dollars for each of `size` converted shares. Sizes are whole
/// steps of 10,000 micros, so nothing is rounded.
pub(super) fn convert_fee(size: i64, count: i64, fee_bips: u32) -> Usd {
    let each = size / 10_000 * i64::from(fee_bips.min(10_000));
    Usd::from_micros(each.saturating_mul(count))
}

/// A trade of whole sets that is to be checked and sized.
#[derive(Debug)]
pub(super) struct JointTrade<L, A> {
    pub(super) kind: OpportunityKind,
    pub(super) par: Par,
    pub(super) deviation_min: Usd,
    /// Its legs, walked more than once, or why there is none.
    pub(super) legs: L,
    /// The transactions for a size.
    pub(super) actions: A,
    pub(super) lock_up: Option<DurationMillis>,
}

impl<'a, L, A> JointTrade<L, A>
where
    L: Iterator<Item = Result<LegSource<'a>, Reason>> + Clone,
    A: Fn(Shares) -> Vec<ChainAction>,
{
    /// Checks the trade in the order of the reasons, sizes it and certifies it.
    pub(super) fn examine(
        self,
        subject: impl FnOnce() -> Subject,
        settings: &DetectorSettings,
        now: UnixMillis,
    ) -> Result<Opportunity, Reason> {
        let deviation = self.deviation()?;
        if !deviation.is_positive() {
            return Err(Reason::NoEdge);
        }
        if deviation < self.deviation_min {
            return Err(Reason::BelowThreshold);
        }
        if self.unit_edge()? <= 0 {
            return Err(Reason::EatenByFees);
        }
        let actions = (self.actions)(Shares::ZERO);
        let chain_cost = actions.iter().map(|action| action.cost).sum();
        let (sized, sources) = self.size(settings, chain_cost)?;
        let size = Shares::from_micros(sized.size);
        let plan = Plan {
            kind: self.kind,
            subject: subject(),
            size,
            deviation,
            legs: sources.into_iter().zip(sized.fills).collect(),
            actions: (self.actions)(size),
            collateral: match self.par {
                Par::Receive => size.at_one(),
                Par::Split | Par::SplitAndConvert { .. } => -size.at_one(),
            },
            convert_fee: self.par.convert_fee(sized.size),
            capital: sized.capital,
            lock_up: self.lock_up,
        };
        Ok(assemble(plan, settings, now))
    }

    /// How far the best prices are off, in dollars a set before any cost.
    fn deviation(&self) -> Result<Usd, Reason> {
        let mut sum = 0i64;
        let mut reason = None;
        for leg in self.legs.clone() {
            match leg.and_then(|leg| leg.quote()) {
                Ok(quote) => sum += i64::from(quote.price.ten_thousandths()),
                Err(why) => reason = first_of(reason, Some(why)),
            }
        }
        let below = 10_000 - sum;
        let off = match self.par.side() {
            Side::Buy => below,
            Side::Sell => -below,
        };
        reason.map_or(Ok(Usd::from_micros(off * 100)), Err)
    }
    /// What the first sliver of a set brings after fees, exactly.
    fn unit_edge(&self) -> Result<i128, Reason> {
        let mut edge = self.par.unit();
        for leg in self.legs.clone() {
            let leg = leg?;
            let quote = leg.quote()?;
            edge += signed(leg.side, unit_value(leg.side, quote.price, quote.terms));
        }
        Ok(edge)
    }
    fn size(
        &self,
        settings: &DetectorSettings,
        chain_cost: Usd,
    ) -> Result<(Sized, Vec<LegSource<'a>>), Reason> {
        let sources: Vec<_> = self.legs.clone().collect::<Result<_, _>>()?;
        let mut legs = Vec::with_capacity(sources.len());
        let mut order_min = Some(STEP);
        for source in &sources {
            let depth = Depth::new(source, source.terms()?, settings.levels_max);
            let least = depth.order_min(source.market.order_size_min, settings.notional_usd_min);
            order_min = order_min.zip(least).map(|(a, b)| a.max(b));
            legs.push(depth);
        }
        let sizing = Sizing { par: self.par, side: self.par.side(), legs, chain_cost };
        Ok((sizing.best(order_min, settings)?, sources))
    }
}

const fn signed(side: Side, value: i128) -> i128 {
    match side {
        Side::Buy => -value,
        Side::Sell => value,
    }
}

/// A size with its fills.
#[derive(Debug)]
struct Sized {
    size: i64,
    fills: Vec<Fill>,
    gross_after_fees: Usd,
    capital: Usd,
}

#[derive(Debug)]
struct Sizing {
    par: Par,
    side: Side,
    legs: Vec<Depth>,
    chain_cost: Usd,
}

impl Sizing {
    /// The size with the largest net profit, or why there is none.
    ///
    /// Along each ladder the price of one more share, fee included, only gets worse, so profit is a
    /// concave function of the size, straight between the ends of levels. Its largest value is at
    /// the level's end where one more set stops paying, or, where limits forbid that size, at the
    /// allowed size next to it. The end of a level need not be a whole number of steps: then the
    /// best whole number is the one below or the one above it. Rounding every level against us can
    /// shift this by less than one fee step a level.
    fn best(&self, order_min: Option<i64>, settings: &DetectorSettings) -> Result<Sized, Reason> {
        let most = self.most(settings);
        let peak = self.peak();
        let free = self.better_of_neighbours(peak, STEP, most).ok_or(Reason::BelowOrderMin)?;
        if !free.gross_after_fees.is_positive() {
            return Err(Reason::EatenByFees);
        }
        if free.gross_after_fees <= self.chain_cost {
            return Err(Reason::EatenByChainCost);
        }
        let least = order_min.ok_or(Reason::BelowOrderMin)?;
        let best = self.better_of_neighbours(peak, least, most).ok_or(Reason::BelowOrderMin)?;
        let net = best.gross_after_fees - self.chain_cost;
        if !net.is_positive() {
            return Err(Reason::BelowOrderMin);
        }
        if net < settings.net_usd_min {
            return Err(Reason::BelowProfitMin);
        }
        Ok(best)
    }
    /// Where one more set stops paying, in micros, before any limit.
    fn peak(&self) -> i64 {
        let mut size = 0;
        loop {
            let mut edge = self.par.unit();
            let mut next = i64::MAX;
            for leg in &self.legs {
                let (Some(unit), Some(end)) = (leg.unit_after(size), leg.end_after(size)) else {
                    return size;
                };
                edge += signed(self.side, unit);
                next = next.min(end);
            }
            if edge <= 0 || self.legs.is_empty() {
                return size;
            }
            size = next;
        }
    }
    /// The largest size in whole steps that depth and capital allow.
    fn most(&self, settings: &DetectorSettings) -> i64 {
        let depth = self.legs.iter().map(Depth::size).min().unwrap_or(0);
        let fits = |size: i64| {
            self.at(size).is_some_and(|sized| sized.capital <= settings.capital_usd_max)
        };
        largest_that(depth, fits)
    }
    fn better_of_neighbours(&self, peak: i64, least: i64, most: i64) -> Option<Sized> {
        if least > most {
            return None;
        }
        let below = self.at(floor_to_step(peak).clamp(least, most))?;
        let above = self.at(ceil_to_step(peak).clamp(least, most))?;
        Some(if above.gross_after_fees > below.gross_after_fees { above } else { below })
    }
    /// Everything about one size; `None` beyond the depth.
    fn at(&self, size: i64) -> Option<Sized> {
        let fills = self.legs.iter().map(|leg| leg.take(size)).collect::<Option<Vec<_>>>()?;
        let value: Usd = fills.iter().map(|fill| fill.value).sum();
        let fee: Usd = fills.iter().map(|fill| fill.fee).sum();
        let dollars = Usd::from_micros(size);
        let (gross, capital) = match self.par {
            Par::Receive => (dollars - value, value + fee),
            Par::Split => (value - dollars, dollars),
            Par::SplitAndConvert { questions, .. } => {
                (value - dollars, Usd::from_micros(size.saturating_mul(questions)))
            }
        };
        Some(Sized {
            size,
            fills,
            gross_after_fees: gross - fee - self.par.convert_fee(size),
            capital: capital + self.chain_cost,
        })
    }
}

/// The largest whole number of steps up to `limit` for which `fits` holds, where it holds for all
/// below any for which it holds; 0 where it holds for none.
pub(crate) fn largest_that(limit: i64, fits: impl Fn(i64) -> bool) -> i64 {
    let (mut good, mut bad) = (0, floor_to_step(limit) / STEP + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if fits(middle * STEP) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good * STEP
}
