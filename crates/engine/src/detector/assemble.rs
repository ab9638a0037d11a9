//! From fills to a certified opportunity: totals, return and score.

use domain::money::{MICROS, divide};
use domain::{DurationMillis, Level, Rounding, Shares, Side, UnixMillis, Usd};

use crate::opportunity::{
    ChainAction, Leg, Opportunity, OpportunityKind, Score, ScoreParts, Subject, cut, unwind,
};

use super::depth::Fill;
use super::settings::{DetectorSettings, ScoreSettings};
use super::source::{LegSource, against};

const YEAR_MILLIS: i128 = 365 * 86_400_000;

/// A trade with its size, before the totals.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) kind: OpportunityKind,
    pub(super) subject: Subject,
    pub(super) size: Shares,
    pub(super) deviation: Usd,
    pub(super) legs: Vec<(LegSource<'a>, Fill)>,
    pub(super) actions: Vec<ChainAction>,
    /// Dollars that merging, payout or conversion brings, less those that splitting takes.
    pub(super) collateral: Usd,
    pub(super) convert_fee: Usd,
    pub(super) capital: Usd,
    pub(super) lock_up: Option<DurationMillis>,
}

/// Adds up and grades.
pub(super) fn assemble(
    plan: Plan<'_>,
    settings: &DetectorSettings,
    now: UnixMillis,
) -> Opportunity {
    let legs = plan.legs.iter().map(|(source, fill)| leg(source, fill, settings.levels_max));
    let legs: Vec<Leg> = legs.collect();
    let traded: Usd = legs.iter().map(|leg| signed(leg.side, leg.value)).sum();
    let gross = traded + plan.collateral;
    let trading_fees = legs.iter().map(|leg| leg.fee).sum();
    let chain_cost = plan.actions.iter().map(|action| action.cost).sum();
    let net = gross - trading_fees - plan.convert_fee - chain_cost;
    let mut opportunity = Opportunity {
        kind: plan.kind,
        subject: plan.subject,
        examined_at: now,
        size: plan.size,
        legs,
        actions: plan.actions,
        deviation: plan.deviation,
        gross,
        trading_fees,
        convert_fee: plan.convert_fee,
        chain_cost,
        net,
        capital: plan.capital,
        lock_up: plan.lock_up,
        annual_return_bips: plan.lock_up.and_then(|span| annual_bips(net, plan.capital, span)),
        score: Score::default(),
    };
    opportunity.score = grade(&opportunity, &settings.score);
    opportunity
}

const fn signed(side: Side, value: Usd) -> Usd {
    match side {
        Side::Buy => Usd::from_micros(-value.micros()),
        Side::Sell => value,
    }
}

fn leg(source: &LegSource<'_>, fill: &Fill, levels_max: usize) -> Leg {
    let book = source.book.book();
    let all: Vec<Level> = book.side(against(source.side)).best_first().take(fill.levels).collect();
    let halves = book.side(Side::Buy).best_first().take(levels_max).map(halved);
    let stressed_bids = cut(&halves.collect::<Vec<_>>(), fill.size);
    let mut leg = Leg {
        token: source.book.token(),
        condition: source.market.condition,
        outcome: source.outcome,
        side: source.side,
        size: fill.size,
        limit: fill.limit,
        average: Usd::ZERO,
        levels: fill.levels,
        value: fill.value,
        fee: fill.fee,
        fee_terms: fill.terms,
        taken: cut(&all, fill.size),
        unwind: unwind(&stressed_bids, fill.terms),
        stressed_bids,
        epoch: source.book.epoch(),
        stated_at: source.book.stated_at(),
    };
    leg.average = leg.average_of();
    leg
}

/// Under stress half of what rests is gone when we get there.
fn halved(level: Level) -> Level {
    Level { size: Shares::from_micros(level.size.micros() / 2), ..level }
}

/// `None` where there is no span or no capital to relate to.
fn annual_bips(net: Usd, capital: Usd, lock_up: DurationMillis) -> Option<i64> {
    let bound = i128::from(capital.micros()) * i128::from(lock_up.0);
    let yearly = i128::from(net.micros()) * 10_000 * YEAR_MILLIS;
    (bound > 0).then(|| divide(yearly, bound, Rounding::Down))
}

fn grade(opportunity: &Opportunity, settings: &ScoreSettings) -> Score {
    let micros = |amount: Usd| i128::from(amount.micros());
    let horizon = i128::from(settings.horizon.0);
    let perfect = i128::from(opportunity.size.micros()) * micros(opportunity.deviation);
    let parts = ScoreParts {
        deviation: percent(micros(opportunity.deviation), micros(settings.deviation_full)),
        liquidity: percent(micros(opportunity.capital), micros(settings.liquidity_full)),
        fees: percent(micros(opportunity.net), micros(opportunity.gross)),
        slippage: percent(micros(opportunity.gross) * i128::from(MICROS), perfect),
        resolution: opportunity
            .lock_up
            .map_or(0, |span| percent(horizon - i128::from(span.0), horizon)),
    };
    let weights = &settings.weights;
    let weighted = [
        (parts.deviation, weights.deviation),
        (parts.liquidity, weights.liquidity),
        (parts.fees, weights.fees),
        (parts.slippage, weights.slippage),
        (parts.resolution, weights.resolution),
    ];
    let sum: u32 =
        weighted.iter().map(|(part, weight)| u32::from(*part) * u32::from(*weight)).sum();
    let whole: u32 = weighted.iter().map(|(_, weight)| u32::from(*weight)).sum();
    let total = sum.checked_div(whole).and_then(|total| u8::try_from(total).ok()).unwrap_or(0);
    Score { total, parts }
}

/// `100 x part / whole`, cut and held between 0 and 100; 0 where there is no whole.
fn percent(part: i128, whole: i128) -> u8 {
    if whole <= 0 {
        return 0;
    }
    let share = part.clamp(0, whole).saturating_mul(100) / whole;
    u8::try_from(share).unwrap_or(100)
}
