//! Trading on the live socket: how it stands, and what happened.

mod orders;

use engine::desk::TradingView;
use std::sync::Arc;

use actix_web::web;
use actors::publisher::Fact;
use engine::desk::{DecisionMade, Notice, Recorded};
use engine::risk::Reconciled;
use parking_lot::Mutex;
use serde::Serialize;

use super::reads::live::strategy_views;
use super::shape::{
    CashView, ChainTaskView, DecisionView, FiguresView, HaltView, LockView, Names, NoticeView,
    OrderView, PositionView, PositionsView, StrategyView, VenueView, halt_view, lock_views,
    unrealised, venue_view,
};
use super::state::TradingState;
use crate::web::state::WebState;
use orders::Orders;

/// Rows of each list that one frame holds; the resources have all.
const ROWS_MAX: usize = 200;

/// Builds the texts, and remembers what was told.
#[derive(Default)]
pub struct TradingTexts {
    told: Mutex<Told>,
    orders: Mutex<Orders>,
}

#[derive(Default)]
struct Told {
    decision: Last<DecisionMade>,
    notice: Last<Notice>,
}

/// The newest that was told, if any was there; `None` before the first look.
type Last<T> = Option<Option<Arc<T>>>;

/// How trading stands.
#[derive(Serialize)]
struct TradingFrame {
    reconciled: bool,
    halt: Option<HaltView>,
    locks: Vec<LockView>,
    cash: CashView,
    equity_usd: String,
    equity_peak_usd: Option<String>,
    reserved_usd: String,
    unrealised_usd: String,
    day_loss_usd: Option<String>,
    today: FiguresView,
    total: FiguresView,
    positions: Vec<PositionView>,
    open_orders: Vec<OrderView>,
    open_plans: usize,
    tasks: Vec<ChainTaskView>,
    strategies: Vec<StrategyView>,
    venue: VenueView,
}

impl TradingTexts {
    /// How trading stands, without the moment: the same text means the same state.
    #[must_use]
    pub fn state(&self, state: &web::Data<WebState>) -> Option<String> {
        let trading = state.trading.as_ref()?;
        let view = trading.board.view()?;
        let names = Names(state.listing.get());
        serde_json::to_string(&frame(trading, &view, &names)).ok()
    }

    /// Decisions and notices since the last call. The first call tells nothing: what was before is
    /// read from the resources.
    #[must_use]
    pub fn news(&self, state: &web::Data<WebState>) -> Vec<Fact> {
        let Some(trading) = &state.trading else { return Vec::new() };
        let mut told = self.told.lock();
        let decisions = since(&mut told.decision, trading.board.decisions());
        let notices = since(&mut told.notice, trading.board.notices());
        let decisions =
            decisions.iter().map(|made| ("decision", json(&DecisionView::of_made(made))));
        let notices = notices.iter().map(|notice| ("notice", json(&NoticeView::from(&**notice))));
        decisions.chain(notices).map(|(kind, data)| Fact { kind, data }).collect()
    }

    /// Orders and matches of what became durable.
    #[must_use]
    pub fn kept(&self, state: &web::Data<WebState>, events: &[Recorded]) -> Vec<Fact> {
        let Some(trading) = &state.trading else { return Vec::new() };
        let names = Names(state.listing.get());
        let view = trading.board.view();
        let mut orders = self.orders.lock();
        let of = |recorded| orders.facts(recorded, view.as_deref(), &names);
        events.iter().flat_map(of).collect()
    }
}

/// What is newer than `last`, oldest first; `last` becomes the newest.
fn since<T>(last: &mut Last<T>, newest_first: Vec<Arc<T>>) -> Vec<Arc<T>> {
    let Some(before) = last.replace(newest_first.first().cloned()) else { return Vec::new() };
    let is_new = |it: &Arc<T>| before.as_ref().is_none_or(|before| !Arc::ptr_eq(it, before));
    let mut news: Vec<Arc<T>> = newest_first.into_iter().take_while(is_new).collect();
    news.reverse();
    news
}

fn frame(trading: &TradingState, view: &TradingView, names: &Names) -> TradingFrame {
    let strategy = |plan| {
        let plan = view.plans.iter().find(|it| it.number == plan);
        plan.map_or("manual", |plan| plan.signal.strategy.as_str())
    };
    let changed = |order: &engine::desk::OrderTrack| {
        order.ended_at.or(order.cancel_asked_at).unwrap_or(order.posted_at)
    };
    let orders = view.open_orders().take(ROWS_MAX);
    let tasks = view.tasks.iter().filter(|task| !task.is_ended()).take(ROWS_MAX);
    TradingFrame {
        reconciled: view.reconciled == Reconciled::Yes,
        halt: halt_view(view, &trading.board),
        locks: lock_views(view),
        cash: view.cash.into(),
        equity_usd: view.equity.to_string(),
        equity_peak_usd: view.equity_peak.map(|peak| peak.to_string()),
        reserved_usd: view.reserved.to_string(),
        unrealised_usd: unrealised(view).to_string(),
        day_loss_usd: view.day_loss.map(|loss| loss.to_string()),
        today: view.today.into(),
        total: view.total.into(),
        positions: PositionsView::new(view, names, ROWS_MAX).data,
        open_orders: orders
            .map(|order| OrderView::of_track(order, strategy(order.plan), changed(order), names))
            .collect(),
        open_plans: view.plans.len(),
        tasks: tasks.map(ChainTaskView::from).collect(),
        strategies: strategy_views(view, &trading.strategies),
        venue: venue_view(trading.board.venue()),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_told_once_and_in_order() {
        let all: Vec<Arc<u32>> = [1, 2, 3, 4].map(Arc::new).to_vec();
        let newest_first = |upto: usize| all.iter().take(upto).rev().cloned().collect::<Vec<_>>();
        let mut last = None;
        assert!(since(&mut last, newest_first(2)).is_empty(), "what was before is not news");
        let news = since(&mut last, newest_first(4));
        assert_eq!(news.iter().map(|it| **it).collect::<Vec<_>>(), [3, 4]);
        assert!(since(&mut last, newest_first(4)).is_empty());
        let mut last = None;
        assert!(since(&mut last, newest_first(0)).is_empty());
        assert_eq!(since(&mut last, newest_first(1)).len(), 1, "the very first is news");
    }
}
