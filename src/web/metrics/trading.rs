//! Figures of trading: decisions, orders, risk and money.

use std::collections::BTreeMap;

use actors::trading::{OrderOutcome, TradingBoard};
use domain::{UnixMillis, Usd};
use engine::desk::{OrderState, TradingView};
use engine::opportunity::OpportunityKind;
use engine::reconcile::Severity;
use engine::risk::{Reconciled, Rule};

use super::catalogue as it;
use super::scrape::{Figure, Scrape, millis};
use super::since;
use crate::web::state::WebState;
use crate::web::trading::TradingState;
use crate::web::trading::shape::limit_views;

pub(super) fn put(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    let Ok(trading) = state.trading() else { return };
    strategies(scrape, trading);
    tally(scrape, &trading.board);
    venue(scrape, &trading.board, now);
    let Some(view) = trading.board.view() else { return };
    orders(scrape, &view, now);
    risk(scrape, &view, state.board.last_data_at().map(|at| now.since(at).0.max(0)));
    money(scrape, &view);
}

fn strategies(scrape: &mut Scrape, trading: &TradingState) {
    let mut passed: BTreeMap<(OpportunityKind, Rule), u64> = BTreeMap::new();
    for (name, strategy) in trading.strategies.all() {
        scrape.put(&it::SIGNALS, [name.as_str()], strategy.raised);
        scrape.put(&it::SIGNALS_LOST, [name.as_str()], strategy.raise_failed);
        for (of, count) in strategy.passed {
            *passed.entry(of).or_default() += count;
        }
    }
    for ((kind, rule), count) in passed {
        scrape.put(&it::OPPORTUNITIES_PASSED, [kind.code(), rule.code()], count);
    }
}

fn tally(scrape: &mut Scrape, board: &TradingBoard) {
    let (tally, counts) = (board.tally(), board.tally().counts());
    for (stage, latency) in [
        ("wish", &tally.wish),
        ("decide", &tally.decide),
        ("keep", &tally.keep),
        ("answer", &tally.answer),
        ("settle", &tally.settle),
    ] {
        scrape.put_latency(&it::STAGE, [stage], &latency.read());
    }
    scrape.put(&it::DECISIONS, ["approved", "none"], counts.approved);
    for (rule, count) in counts.refused {
        scrape.put(&it::DECISIONS, ["refused", rule.code()], count);
    }
    scrape.put(&it::ORDERS_INTENDED, [], counts.orders_intended);
    for outcome in OrderOutcome::ALL {
        let count = counts.orders.get(&outcome).copied().unwrap_or(0);
        scrape.put(&it::ORDERS, [outcome.code()], count);
    }
    scrape.put(&it::FILLS_CONFIRMED, [], counts.fills_confirmed);
    scrape.put(&it::FILLS_GHOST, [], counts.fills_failed);
    for (verdict, count) in [
        ("done", counts.plans_done),
        ("nothing", counts.plans_nothing),
        ("unbalanced", counts.plans_unbalanced),
    ] {
        scrape.put(&it::PLANS, [verdict], count);
    }
    scrape.put(&it::HALTS, [], counts.halts);
}

fn venue(scrape: &mut Scrape, board: &TradingBoard, now: UnixMillis) {
    let venue = board.venue();
    scrape.put(&it::VENUE_REFUSES, ["orders"], venue.orders_refused.is_some());
    scrape.put(&it::VENUE_REFUSES, ["transactions"], venue.chain_refused.is_some());
    scrape.put(&it::USER_SOCKET, [], venue.user_socket_up);
    if let Some(at) = venue.compared_at {
        scrape.put(&it::RECONCILE_AGE, [], since(at, now));
    }
    for (name, severity) in [("heals", Severity::Heals), ("halts", Severity::Halts)] {
        let count = venue.differences.iter().filter(|it| it.severity() == severity).count();
        scrape.put(&it::RECONCILE_DIFFERENCES, [name], count);
    }
}

fn orders(scrape: &mut Scrape, view: &TradingView, now: UnixMillis) {
    let (mut in_doubt, mut delayed, mut live) = (0_u64, 0_u64, 0_u64);
    let mut oldest: Option<UnixMillis> = None;
    for order in view.open_orders() {
        match order.state {
            OrderState::InDoubt => {
                in_doubt += 1;
                oldest = Some(oldest.map_or(order.created_at, |at| at.min(order.created_at)));
            }
            OrderState::Delayed => delayed += 1,
            OrderState::Live | OrderState::Ended { .. } => live += 1,
        }
    }
    for (state, count) in [("in_doubt", in_doubt), ("delayed", delayed), ("live", live)] {
        scrape.put(&it::ORDERS_OPEN, [state], count);
    }
    let age = oldest.map_or(millis(0), |at| since(at, now));
    scrape.put(&it::ORDER_DOUBT_AGE, [], age);
    scrape.put(&it::PLANS_OPEN, [], view.plans.len());
}

fn risk(scrape: &mut Scrape, view: &TradingView, feed_age_ms: Option<i64>) {
    scrape.put(&it::HALTED, [], view.halt.is_some());
    scrape.put(&it::RECONCILED, [], view.reconciled == Reconciled::Yes);
    for row in limit_views(view, feed_age_ms) {
        let number = |text: &str| text.parse::<f64>().ok();
        let used = row.used.as_deref().and_then(number);
        let (Some(used), Some(limit)) = (used, number(&row.limit)) else { continue };
        // Of a limit of nothing everything is too much.
        let ratio = if used <= 0.0 {
            0.0
        } else if limit <= 0.0 {
            1.0
        } else {
            used / limit
        };
        scrape.put(&it::RISK_USED, [row.name], ratio);
    }
    scrape.put(&it::CERTIFICATE_PLANS, [], view.breaches.plans);
    scrape.put(&it::CERTIFICATE_BREACHES, [], view.breaches.breached);
    scrape.put(&it::CERTIFICATE_BREACHED, [], view.breaches.amount);
}

fn money(scrape: &mut Scrape, view: &TradingView) {
    scrape.put(&it::EQUITY, [], view.equity);
    if let Some(peak) = view.equity_peak {
        scrape.put(&it::EQUITY_PEAK, [], peak);
    }
    for (phase, amount) in [
        ("settled", view.cash.settled),
        ("pending_in", view.cash.pending_in),
        ("pending_out", view.cash.pending_out),
        ("reserved", view.reserved),
    ] {
        scrape.put(&it::CASH, [phase], amount);
    }
    let unrealised: Usd = view.held.iter().filter_map(|held| held.unrealised).sum();
    let total = &view.total;
    for (phase, amount) in [
        ("realised", total.realised),
        ("unrealised", unrealised),
        ("fees", Usd::ZERO - total.fees),
        ("gas", Usd::ZERO - total.gas),
        ("adjusted", total.adjusted),
    ] {
        scrape.put(&it::PNL, [phase], amount);
    }
    scrape.put(&it::PNL_TODAY, [], view.today.net());
    if let Some(loss) = view.day_loss {
        scrape.put(&it::DAY_LOSS, [], Figure::from(loss));
    }
}
