//! How everything stands, for the gates of the risk manager.

use std::collections::BTreeMap;

use domain::{ConditionId, Usd};

use super::{Dealer, Turn};
use crate::desk::Desk;
use crate::desk::plan::Quotes;
use crate::ledger::{Figures, UtcDay};
use crate::risk::{Committed, Reconciled, Review, Standing, StrategyStanding, VenueHold};
use crate::signal::{Signal, StrategyName};

/// What a [`Standing`] borrows from.
pub(super) struct StandingOf<'a> {
    desk: &'a Desk,
    reconciled: Reconciled,
    venue: Option<&'a VenueHold>,
    now: domain::UnixMillis,
    committed: BTreeMap<ConditionId, Committed>,
    equity: Usd,
}

impl StandingOf<'_> {
    /// For a signal of one strategy.
    pub(super) fn of(&self, strategy: &StrategyName) -> Standing<'_> {
        let state = self.desk.strategy(strategy);
        let results = self.desk.ledger.results();
        let today: Figures = results.of_day(UtcDay::of(self.now));
        Standing {
            now: self.now,
            reconciled: self.reconciled,
            venue: self.venue,
            cash_settled: self.desk.ledger.cash().free(),
            committed: &self.committed,
            day_realised: today.net(),
            equity: self.equity,
            open_orders: self.desk.open_orders().count(),
            strategy: StrategyStanding {
                activity: state.activity,
                budget_usd: state.budget.unwrap_or(Usd::MAX),
                used_usd: self.desk.used_by(strategy),
            },
        }
    }
}

impl Turn<'_> {
    pub(super) fn standing(&self) -> StandingOf<'_> {
        self.dealer.standing(self.env.quotes, self.env.now)
    }
}

impl Dealer {
    fn standing(&self, quotes: &dyn Quotes, now: domain::UnixMillis) -> StandingOf<'_> {
        let desk = &self.desk;
        StandingOf {
            desk,
            reconciled: self.reconciled,
            venue: self.venue.as_ref(),
            now,
            committed: committed(desk),
            equity: self.equity(quotes),
        }
    }
    /// Dollars, and everything held: at what a decided market pays, else at the best bid, else at
    /// what was last known, else at its cost.
    #[must_use]
    pub fn equity(&self, quotes: &dyn Quotes) -> Usd {
        self.marks.equity(&self.desk, quotes)
    }
    /// What every gate would say of a wish now. Nothing is begun, reserved or remembered.
    #[must_use]
    pub fn review(&self, signal: &Signal, quotes: &dyn Quotes, now: domain::UnixMillis) -> Review {
        let standing = self.standing(quotes, now);
        self.desk.risk.review(signal, &standing.of(&signal.strategy))
    }
    /// What counts against the day's limit of losses; `None` where it does not fit.
    #[must_use]
    pub fn day_loss(&self, quotes: &dyn Quotes, now: domain::UnixMillis) -> Option<Usd> {
        let standing = self.standing(quotes, now);
        self.desk.risk.day_loss(&standing.of(&StrategyName::manual()))
    }
}

fn committed(desk: &Desk) -> BTreeMap<ConditionId, Committed> {
    let mut committed: BTreeMap<ConditionId, Committed> = BTreeMap::new();
    for (token, position) in desk.ledger.positions() {
        let Some(market) = desk.home(token) else { continue };
        let group = market.group.clone();
        let here = Committed { cost: Usd::ZERO, group };
        committed.entry(market.condition).or_insert(here).cost += position.cost;
    }
    committed
}
