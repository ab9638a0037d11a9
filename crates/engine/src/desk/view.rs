//! How the desk stands, for whoever looks.

use std::collections::BTreeMap;

use domain::{ConditionId, GroupId, Price, Shares, TokenId, UnixMillis, Usd};

use super::{
    Breaches, Dealer, OrderNumber, OrderState, OrderTrack, Plan, Quotes, StrategyState, TaskTrack,
};
use crate::ledger::{Cash, Figures, Position, UtcDay};
use crate::opportunity::OutcomeIndex;
use crate::risk::{Halt, Limits, Lock, LockId, Reconciled, Reservation};
use crate::signal::{StrategyName, TradedMarket};

/// One thing held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldView {
    /// What.
    pub token: TokenId,
    /// In which market, where that is known.
    pub condition: Option<ConditionId>,
    /// What was known of that market when it was last traded in.
    pub market: Option<TradedMarket>,
    /// The market's group.
    pub group: Option<GroupId>,
    /// Which outcome of it.
    pub outcome: Option<OutcomeIndex>,
    /// How many, at which cost.
    pub position: Position,
    /// What it would bring at the best bid now, provisional trades included, less its cost; `None`
    /// where nobody bids or nothing is held.
    pub unrealised: Option<Usd>,
}

/// How trading stood at one moment.
#[derive(Clone, Debug)]
pub struct TradingView {
    /// Counts the views of one desk: no two that differ have the same.
    pub number: u64,
    /// When.
    pub at: UnixMillis,
    /// Whether our books were compared with the venue's and agree.
    pub reconciled: Reconciled,
    /// Why nothing is traded, if so.
    pub halt: Option<Halt>,
    /// The limits in force.
    pub limits: Limits,
    /// What is kept away from.
    pub locks: Vec<(LockId, Lock)>,
    /// How the strategies stand that were ever set.
    pub strategies: BTreeMap<StrategyName, StrategyState>,
    /// What each of them has in what its plans kept, without what is only reserved.
    pub used: BTreeMap<StrategyName, Usd>,
    /// Dollars.
    pub cash: Cash,
    /// Dollars and everything held, at the best bids.
    pub equity: Usd,
    /// The highest equity so far.
    pub equity_peak: Option<Usd>,
    /// Reserved for open plans.
    pub reserved: Usd,
    /// The same plan by plan.
    pub reservations: Vec<Reservation>,
    /// Trades begun within the last minute.
    pub trades_lately: u64,
    /// Errors since the last success.
    pub errors_in_a_row: u32,
    /// Earned and spent today (UTC).
    pub today: Figures,
    /// What counts against the day's limit of losses; `None` where it does not fit.
    pub day_loss: Option<Usd>,
    /// Earned and spent since the beginning.
    pub total: Figures,
    /// The same by strategy.
    pub by_strategy: BTreeMap<StrategyName, Figures>,
    /// What is held.
    pub held: Vec<HeldView>,
    /// Plans that are not over.
    pub plans: Vec<Plan>,
    /// Orders of these plans.
    pub orders: Vec<OrderTrack>,
    /// Transactions that are not over.
    pub tasks: Vec<TaskTrack>,
    /// Whether certificates were kept.
    pub breaches: Breaches,
}

impl TradingView {
    /// As the desk stands now.
    #[must_use]
    pub fn of(dealer: &Dealer, quotes: &dyn Quotes, now: UnixMillis, number: u64) -> Self {
        let desk = dealer.desk();
        let (ledger, risk) = (desk.ledger(), desk.risk());
        let bid = |token: TokenId| -> Option<Price> { quotes.touch(token).bid };
        let unrealised = ledger.unrealised(&bid);
        let held = ledger
            .positions()
            .into_iter()
            .map(|(token, position)| {
                let home = desk.home(token);
                let outcome = home.map(|home| match home.tokens {
                    [yes, _] if yes == token => OutcomeIndex::Yes,
                    _ => OutcomeIndex::No,
                });
                HeldView {
                    token,
                    condition: home.map(|home| home.condition),
                    market: home.cloned(),
                    group: home.and_then(|home| home.group.clone()),
                    outcome,
                    unrealised: unrealised.by_token.get(&token).copied(),
                    position,
                }
            })
            .collect();
        let results = ledger.results();
        TradingView {
            number,
            at: now,
            reconciled: dealer.reconciled(),
            halt: risk.halted().cloned(),
            limits: risk.limits().clone(),
            locks: risk.locks().map(|(id, lock)| (id, lock.clone())).collect(),
            strategies: desk.strategies().clone(),
            used: desk.strategies().keys().map(|name| (name.clone(), desk.used_by(name))).collect(),
            cash: ledger.cash(),
            equity: dealer.equity(quotes),
            equity_peak: risk.equity_peak(),
            reserved: risk.reservations().values().map(|plan| plan.capital_left()).sum::<Usd>(),
            reservations: risk.reservations().values().cloned().collect(),
            trades_lately: risk.trades_lately(now),
            errors_in_a_row: risk.errors(),
            today: results.of_day(UtcDay::of(now)),
            day_loss: dealer.day_loss(quotes, now),
            total: results.total(),
            by_strategy: results.by_strategy(),
            held,
            plans: desk.plans().values().cloned().collect(),
            orders: desk.orders().values().cloned().collect(),
            tasks: desk.tasks().values().cloned().collect(),
            breaches: desk.breaches(),
        }
    }
    /// Orders that may still be matched.
    pub fn open_orders(&self) -> impl Iterator<Item = &OrderTrack> {
        self.orders.iter().filter(|order| !matches!(order.state, OrderState::Ended { .. }))
    }
    /// An order by number.
    #[must_use]
    pub fn order(&self, number: OrderNumber) -> Option<&OrderTrack> {
        self.orders.iter().find(|order| order.number == number)
    }
    /// Settled shares of a token.
    #[must_use]
    pub fn settled(&self, token: TokenId) -> Shares {
        let held = self.held.iter().find(|held| held.token == token);
        held.map_or(Shares::ZERO, |held| held.position.settled)
    }
}
