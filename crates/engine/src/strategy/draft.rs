//! An opportunity at one size, as orders and tasks with what they may bring and cost.

use domain::{
    ConditionId, Crossing, DurationMillis, Lifetime, OrderTerms, Rounding, Shares, Side,
    UnixMillis, Usd,
};

use super::Strategy;
use super::certificate::reckon;
use super::parts::{Parts, Plan};
use super::situation::Situation;
use crate::opportunity::{ChainAction, ChainActionKind, Leg, OpportunityKind};
use crate::risk::{Flaw, WorstCase};
use crate::signal::{Certificate, ChainTask, Holdings, PlannedOrder, TradedMarket};

/// The venue refuses an order that takes less than one dollar.
pub(super) const ORDER_USD_MIN: Usd = Usd::from_whole(1);
/// The venue refuses a shorter life. What does not fill within seconds is cancelled by us; this ends
/// the order if nobody is left to cancel it.
const ORDER_LIFE: DurationMillis = DurationMillis(180_000);

/// Why there is no trade at a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A market of it is not known, takes no orders, or has no known fee.
    Market(ConditionId),
    /// Its group is not known.
    Group,
    /// No levels are known at that size.
    Depth,
    /// An order would be smaller than the venue takes.
    OrderMin,
    /// Its worst case does not add up.
    WorstCase(Flaw),
}

impl Unfit {
    /// One plain phrase for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Market(_) => "a market is not known, not open or without a known fee",
            Self::Group => "the group is not known",
            Self::Depth => "the depth does not hold it",
            Self::OrderMin => "an order would be smaller than the venue takes",
            Self::WorstCase(flaw) => flaw.text(),
        }
    }
}

/// A trade at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) size: Shares,
    pub(super) plan: Plan,
    pub(super) certificate: Certificate,
    pub(super) worst: WorstCase,
    /// Dollars needed at the worst moment, with the cost of the redemption that may follow.
    pub(super) capital: Usd,
}

impl Draft {
    /// Every order of every stage.
    pub(super) fn orders(&self) -> Vec<&PlannedOrder> {
        self.plan.stages.iter().flat_map(crate::signal::Stage::orders).collect()
    }
}

/// Builds the trade of `size` sets.
///
/// Nothing is scaled: every leg walks its levels again, so a smaller size has the price, value, fee
/// and unwinding of that size.
pub(super) fn draft<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
    size: Shares,
) -> Result<Draft, Unfit> {
    let opportunity = situation.opportunity;
    let mut tasks = Vec::with_capacity(opportunity.actions.len());
    let (mut cost, mut cost_later) = (Usd::ZERO, Usd::ZERO);
    for action in &opportunity.actions {
        cost += action.cost;
        if action.kind == ChainActionKind::Redeem {
            // It follows the resolution, whoever holds the shares then.
            cost_later += action.cost;
        } else {
            tasks.push(task(situation, action, size)?);
        }
    }
    let legs = legs(situation, &tasks, size)?;
    let reckoned = reckon(opportunity.kind, size, &legs, &tasks, cost);
    let reckoned = reckoned.ok_or(Unfit::WorstCase(Flaw::Overflow))?;
    // The leg whose absence costs most goes first.
    let mut orders: Vec<_> = reckoned.without.into_iter().zip(legs).collect();
    orders.sort_by_key(|(without, (leg, _))| (*without, leg.token));
    let (purchases, sales): (Vec<_>, Vec<_>) = orders
        .into_iter()
        .map(|(_, (_, order))| order)
        .partition(|order| order.terms.side == Side::Buy);
    let plan = strategy.plan(opportunity.kind, Parts { purchases, sales, tasks });
    let certificate = reckoned.certificate;
    let worst = WorstCase::of_stages(&plan.stages, certificate.best).map_err(Unfit::WorstCase)?;
    let capital = worst.capital + cost_later;
    Ok(Draft { size, plan, certificate, worst, capital })
}

/// The legs at that size, with their orders. What a conversion brings is sold as far as the
/// opportunity found somebody for it.
fn legs(
    situation: &Situation<'_>,
    tasks: &[ChainTask],
    size: Shares,
) -> Result<Vec<(Leg, PlannedOrder)>, Unfit> {
    let is_convert = situation.opportunity.kind == OpportunityKind::NegRiskConvert;
    let back = tasks.iter().filter(|_| is_convert).flat_map(|task| &task.effect.shares);
    let back = back.map(|(_, shares)| *shares).filter(|shares| shares.is_positive()).min();
    let one = |leg: &Leg| {
        let wanted = match (leg.side, back) {
            (Side::Sell, Some(back)) => back.min(leg.size),
            _ => size,
        };
        let leg = leg.resized(wanted.floor_to_order_size()).ok_or(Unfit::Depth)?;
        let order = order(situation, &leg)?;
        Ok((leg, order))
    };
    situation.opportunity.legs.iter().map(one).collect()
}

fn order(situation: &Situation<'_>, leg: &Leg) -> Result<PlannedOrder, Unfit> {
    let market = traded(situation, &leg.condition)?;
    // Counted at the fills and at the limit, so that it holds however the venue counts.
    let notional = leg.value.min(leg.size.at(leg.limit, Rounding::Down));
    if leg.size < market.order_size_min || notional < ORDER_USD_MIN {
        return Err(Unfit::OrderMin);
    }
    let lifetime = match leg.side {
        // Exactly the shares wanted: one that must fill at once is stated in dollars and may bring
        // more.
        Side::Buy => Lifetime::GoodTilDate { expires_at: end_of_life(situation.now) },
        Side::Sell => Lifetime::FillAndKill,
    };
    let terms = OrderTerms {
        token: leg.token,
        side: leg.side,
        price: leg.limit,
        size: leg.size,
        lifetime,
        crossing: Crossing::Allowed,
    };
    Ok(PlannedOrder { terms, market, outcome: leg.outcome, value: leg.value, fee: leg.fee })
}

/// At least [`ORDER_LIFE`] from now, in whole seconds.
pub(super) fn end_of_life(now: UnixMillis) -> UnixMillis {
    let end = now.plus(ORDER_LIFE).0;
    UnixMillis(end.saturating_add(999).div_euclid(1_000).saturating_mul(1_000))
}

/// The task for an action of the opportunity. A conversion names the markets of the group whose YES
/// comes back after those whose NO is given.
fn task(situation: &Situation<'_>, action: &ChainAction, size: Shares) -> Result<ChainTask, Unfit> {
    let mut conditions = action.conditions.clone();
    let mut fee_bips = 0;
    if action.kind == ChainActionKind::Convert {
        let group = situation.group.ok_or(Unfit::Group)?;
        let others = group.markets.iter().filter(|market| !action.conditions.contains(market));
        conditions.extend(others);
        fee_bips = group.convert_fee_bips;
    }
    let markets = conditions.iter().map(|condition| traded(situation, condition));
    let task = ChainTask {
        kind: action.kind,
        markets: markets.collect::<Result<_, _>>()?,
        given: action.conditions.len(),
        amount: size,
        fee_bips,
        effect: Holdings::default(),
        cost: action.cost,
        receiver: None,
    };
    Ok(task.with_effect())
}

fn traded(situation: &Situation<'_>, condition: &ConditionId) -> Result<TradedMarket, Unfit> {
    let unknown = Unfit::Market(*condition);
    let market = situation.market(condition).filter(|market| market.is_open()).ok_or(unknown)?;
    TradedMarket::of(market).ok_or(unknown)
}
