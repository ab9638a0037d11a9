//! Orders and matches as facts, from what became durable.

use engine::desk::TradingView;
use std::collections::BTreeMap;

use actors::publisher::Fact;
use domain::{Shares, TradeState, UnixMillis};
use engine::desk::{Event, OrderNumber, OrderState, OrderTrack, PlanNumber, Recorded};

use super::json;
use crate::web::trading::shape::{FillView, Names, OrderView, liquidity_code};

/// Orders that are remembered; the oldest are forgotten first, and looked up on the board.
const ORDERS_MAX: usize = 2_000;

/// The orders that were told of lately, as they became durable.
#[derive(Default)]
pub(super) struct Orders {
    known: BTreeMap<OrderNumber, Known>,
    strategies: BTreeMap<PlanNumber, String>,
}

struct Known {
    track: OrderTrack,
    strategy: String,
}

impl Orders {
    /// What an event tells of orders and matches.
    pub(super) fn facts(
        &mut self,
        recorded: &Recorded,
        view: Option<&TradingView>,
        names: &Names,
    ) -> Vec<Fact> {
        let at = recorded.at;
        match &recorded.event {
            Event::PlanOpened { plan, signal } => {
                self.strategies.insert(*plan, signal.strategy.to_string());
                while self.strategies.len() > ORDERS_MAX {
                    self.strategies.pop_first();
                }
                Vec::new()
            }
            Event::OrderIntended { order, .. } => {
                self.begin(*order, recorded, view);
                self.order_fact(*order, at, names)
            }
            Event::OrderStands { order, delayed, matched } => {
                self.change(*order, view, |track| {
                    track.state = if *delayed { OrderState::Delayed } else { OrderState::Live };
                    track.matched = track.matched.max(*matched);
                });
                self.order_fact(*order, at, names)
            }
            Event::OrderEnded { order, cause, matched } => {
                self.change(*order, view, |track| {
                    track.state = OrderState::Ended { cause: cause.clone() };
                    track.matched = track.matched.max(*matched);
                });
                self.order_fact(*order, at, names)
            }
            Event::TradeSeen { order, .. } => {
                self.change(*order, view, |_| {});
                self.fill_fact(*order, recorded, names)
            }
            _ => Vec::new(),
        }
    }

    fn begin(&mut self, number: OrderNumber, recorded: &Recorded, view: Option<&TradingView>) {
        let Event::OrderIntended { plan, leg, wish, id, .. } = &recorded.event else { return };
        let track = OrderTrack {
            number,
            id: *id,
            plan: *plan,
            leg: *leg,
            order: (**wish).clone(),
            // What is signed is nobody's business here.
            body: String::new(),
            state: OrderState::InDoubt,
            matched: Shares::ZERO,
            trades: BTreeMap::new(),
            created_at: recorded.at,
            cancel_asked_at: None,
            ended_at: None,
            posts: 1,
            posted_at: recorded.at,
        };
        let strategy = self.strategy_of(*plan, view);
        self.keep(Known { track, strategy });
    }

    /// Changes what is known of an order; one that is not remembered is taken from the board.
    fn change(
        &mut self,
        number: OrderNumber,
        view: Option<&TradingView>,
        change: impl FnOnce(&mut OrderTrack),
    ) {
        if !self.known.contains_key(&number)
            && let Some(track) = view.and_then(|view| view.order(number)).cloned()
        {
            let strategy = self.strategy_of(track.plan, view);
            self.keep(Known { track, strategy });
        }
        if let Some(known) = self.known.get_mut(&number) {
            change(&mut known.track);
        }
    }

    fn keep(&mut self, known: Known) {
        self.known.insert(known.track.number, known);
        while self.known.len() > ORDERS_MAX {
            self.known.pop_first();
        }
    }

    fn strategy_of(&self, plan: PlanNumber, view: Option<&TradingView>) -> String {
        let open = || {
            let plan = view?.plans.iter().find(|it| it.number == plan)?;
            Some(plan.signal.strategy.to_string())
        };
        self.strategies.get(&plan).cloned().or_else(open).unwrap_or_else(|| "manual".to_owned())
    }

    fn order_fact(&self, number: OrderNumber, at: UnixMillis, names: &Names) -> Vec<Fact> {
        let Some(known) = self.known.get(&number) else { return Vec::new() };
        let view = OrderView::of_track(&known.track, &known.strategy, at, names);
        vec![Fact { kind: "order", data: json(&view) }]
    }

    fn fill_fact(&self, number: OrderNumber, recorded: &Recorded, names: &Names) -> Vec<Fact> {
        let Event::TradeSeen {
            trade, size, price, value, fee, liquidity, state, matched_at, ..
        } = &recorded.event
        else {
            return Vec::new();
        };
        let Some(Known { track, strategy }) = self.known.get(&number) else { return Vec::new() };
        let (terms, condition) = (&track.order.terms, &track.order.market.condition);
        let view = FillView {
            trade_id: trade.to_string(),
            order_id: track.id.to_string(),
            strategy: strategy.clone(),
            condition_id: condition.to_string(),
            title: names.title(condition),
            token_id: terms.token.to_string(),
            outcome: names.outcome(condition, terms.token),
            side: match terms.side {
                domain::Side::Buy => "buy",
                domain::Side::Sell => "sell",
            },
            size_shares: size.to_string(),
            price: price.to_string(),
            value_usd: value.to_string(),
            fee_usd: fee.to_string(),
            liquidity: liquidity_code(*liquidity),
            state: state.code(),
            settled: *state == TradeState::Confirmed,
            at: matched_at.to_rfc3339(),
            updated_at: recorded.at.to_rfc3339(),
        };
        vec![Fact { kind: "fill", data: json(&view) }]
    }
}
