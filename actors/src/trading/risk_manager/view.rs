//! How the desk stands, for whoever looks.

use domain::{Price, TokenId, UnixMillis, Usd};
use engine::desk::{Dealer, Quotes};
use engine::ledger::UtcDay;
use engine::opportunity::OutcomeIndex;

use crate::trading::TouchQuotes;
use crate::trading::board::{HeldView, TradingView};

pub(super) fn of(dealer: &Dealer, quotes: &TouchQuotes, now: UnixMillis) -> TradingView {
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
        at: now,
        reconciled: dealer.reconciled(),
        halt: risk.halted().cloned(),
        limits: risk.limits().clone(),
        locks: risk.locks().map(|(id, lock)| (id, lock.clone())).collect(),
        strategies: desk.strategies().clone(),
        used: desk.strategies().keys().map(|name| (name.clone(), desk.used_by(name))).collect(),
        cash: ledger.cash(),
        equity: desk.equity(quotes),
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
