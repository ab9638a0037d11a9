//! Signals and standings for tests.

use std::collections::BTreeMap;

use domain::{
    ConditionId, Crossing, DurationMillis, GroupId, Lifetime, OrderTerms, Shares, Side, UnixMillis,
    Usd,
};
use engine::opportunity::{OutcomeIndex, Subject};
use engine::risk::{Committed, Reconciled, Standing, StrategyActivity, StrategyStanding};
use engine::signal::{
    Aim, Certificate, Exposure, PlannedOrder, Signal, SignalId, Stage, StrategyName, TradedMarket,
};

use crate::kit::{NOW, market, price};

pub(crate) fn strategy(number: u8) -> StrategyName {
    StrategyName::new(&format!("strategy_{number}")).unwrap()
}

pub(crate) fn traded(number: u8, group: Option<&str>) -> TradedMarket {
    let market = market(number);
    TradedMarket {
        condition: market.condition,
        question: market.question,
        group: group.map(|group| GroupId(group.into())),
        tokens: [market.yes().token, market.no().token],
        tick: market.tick,
        order_size_min: market.order_size_min,
        fee: market.fee.terms().unwrap(),
        version: market.version,
        neg_risk: group.is_some(),
    }
}

pub(crate) fn order(market: TradedMarket, side: Side, size: Shares, limit: &str) -> PlannedOrder {
    let terms = OrderTerms {
        token: market.tokens[0],
        side,
        price: price(limit),
        size,
        lifetime: match side {
            Side::Buy => Lifetime::GoodTilDate { expires_at: NOW.plus(DurationMillis(180_000)) },
            Side::Sell => Lifetime::FillAndKill,
        },
        crossing: Crossing::Allowed,
    };
    let (outcome, value) = (OutcomeIndex::Yes, Usd::ZERO);
    PlannedOrder { terms, market, outcome, value, fee: Usd::ZERO }
}

/// Purchases of YES, all at once.
pub(crate) fn purchases(id: &str, of: StrategyName, orders: Vec<PlannedOrder>) -> Signal {
    let mut at_risk: BTreeMap<ConditionId, Exposure> = BTreeMap::new();
    let mut capital = Usd::ZERO;
    for order in &orders {
        let (condition, group) = (order.market.condition, order.market.group.clone());
        let new = Exposure { condition, group, at_risk: Usd::ZERO };
        let outlay = order.outlay_max().unwrap();
        at_risk.entry(condition).or_insert(new).at_risk += outlay;
        capital += outlay;
    }
    Signal {
        id: SignalId::new(id).unwrap(),
        strategy: of,
        opportunity: None,
        subject: Subject::Market(orders[0].market.condition),
        raised_at: NOW,
        expires_at: NOW.plus(DurationMillis(2_000)),
        size: orders[0].terms.size,
        stages: vec![Stage::Orders(orders)],
        aim: Aim::Hold,
        certificate: Certificate::default(),
        exposure: at_risk.into_values().collect(),
        capital,
        ends_at: None,
        books_vouched_at: Some(NOW),
    }
}

/// One purchase in market `number` of `shares` YESes at 0.50.
pub(crate) fn purchase(id: &str, number: u8, shares: i64) -> Signal {
    let order = order(traded(number, None), Side::Buy, Shares::from_whole(shares), "0.5");
    purchases(id, strategy(1), vec![order])
}

pub(crate) type Held = BTreeMap<ConditionId, Committed>;

/// Rich, reconciled, and nothing held but `held`.
pub(crate) fn standing(held: &Held) -> Standing<'_> {
    Standing {
        now: NOW,
        reconciled: Reconciled::Yes,
        venue: None,
        cash_settled: Usd::from_whole(1_000_000),
        committed: held,
        day_realised: Usd::ZERO,
        equity: Usd::from_whole(1_000_000),
        open_orders: 0,
        strategy: StrategyStanding {
            activity: StrategyActivity::Running,
            budget_usd: Usd::from_whole(1_000_000),
            used_usd: Usd::ZERO,
        },
    }
}

pub(crate) fn at(now: UnixMillis, held: &Held) -> Standing<'_> {
    Standing { now, ..standing(held) }
}
