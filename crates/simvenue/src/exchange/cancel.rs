//! Ending orders: because their owner asks, time is up, or the market has ended.

use domain::{OrderId, TokenId};

use super::accounts::OwnerId;
use super::orders::{Ending, OrderState};
use super::{Exchange, Floor};
use crate::universe::MarketIndex;
use crate::wire::unix_seconds;

/// An order that lives until a date ends this much earlier.
const EARLY_S: i64 = 60;

/// What a request to cancel did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cancels {
    pub(crate) canceled: Vec<OrderId>,
    pub(crate) not_canceled: Vec<(OrderId, &'static str)>,
}

impl Exchange {
    /// Cancels an owner's orders by their ids.
    pub(crate) fn cancel(
        &mut self,
        floor: &mut Floor<'_>,
        owner: OwnerId,
        ids: &[OrderId],
    ) -> Cancels {
        let mut done = Cancels::default();
        for id in ids {
            match self.cancel_one(floor, owner, *id) {
                None => done.canceled.push(*id),
                Some(reason) => done.not_canceled.push((*id, reason)),
            }
        }
        done
    }
    /// Cancels all of an owner's open orders, of one market or token where one is named.
    pub(crate) fn cancel_matching(
        &mut self,
        floor: &mut Floor<'_>,
        owner: OwnerId,
        market: Option<MarketIndex>,
        token: Option<TokenId>,
    ) -> Cancels {
        let concerned = self.orders.open().filter(|order| {
            order.owner == owner
                && market.is_none_or(|market| order.market == market)
                && token.is_none_or(|it| floor.token(order.market, order.outcome) == Some(it))
        });
        let ids: Vec<OrderId> = concerned.map(|order| order.id).collect();
        self.cancel(floor, owner, &ids)
    }

    /// Cancels one order; the reason where it cannot be.
    fn cancel_one(
        &mut self,
        floor: &mut Floor<'_>,
        owner: OwnerId,
        id: OrderId,
    ) -> Option<&'static str> {
        let of_owner = |exchange: &Self| {
            let order = exchange.orders.get(id).filter(|order| order.owner == owner)?;
            Some((order.state, order.market, order.seat))
        };
        let Some((state, market, seat)) = of_owner(self) else {
            return Some("Order not found or already canceled");
        };
        if let Some(seat) = seat
            && self.mischief.race_cancel()
        {
            floor.world.race(market, seat);
            self.meet(floor);
        }
        let state = of_owner(self).map_or(state, |(state, ..)| state);
        match state {
            OrderState::Live => {
                self.end(floor, id, Ending::Asked);
                None
            }
            OrderState::Delayed => Some("order is delayed and cannot be canceled yet"),
            OrderState::Matched => Some("Order already matched"),
            OrderState::Unmatched | OrderState::Canceled(_) => {
                Some("the order is already canceled")
            }
        }
    }

    /// Ends an open order and takes it out of the book.
    pub(super) fn end(&mut self, floor: &mut Floor<'_>, id: OrderId, ending: Ending) {
        let Some(order) = self.orders.get(id).filter(|order| order.state.is_open()) else { return };
        if let Some(seat) = order.seat {
            floor.world.withdraw(order.market, seat);
        }
        self.finish(id, OrderState::Canceled(ending));
        self.tell_order(floor, id, "CANCELLATION");
    }

    /// Ends what has expired, one minute early, and what rests in markets that have ended.
    pub(super) fn end_expired(&mut self, floor: &mut Floor<'_>) {
        let now_s = unix_seconds(floor.now);
        let over: Vec<(OrderId, Ending)> = self
            .orders
            .open()
            .filter_map(|order| {
                let expired = order.expiration_s > 0 && order.expiration_s - EARLY_S <= now_s;
                match floor.world.is_open(order.market) {
                    false => Some((order.id, Ending::Resolved)),
                    true => expired.then_some((order.id, Ending::Expired)),
                }
            })
            .collect();
        for (id, ending) in over {
            self.end(floor, id, ending);
        }
    }

    /// Ends the orders of every API key whose heartbeat has stopped.
    pub(super) fn cancel_for_dead(&mut self, floor: &mut Floor<'_>) {
        for key in self.heartbeats.dead(floor.now) {
            let open = self.orders.open().filter(|order| order.key == key);
            let ids: Vec<OrderId> = open.map(|order| order.id).collect();
            for id in ids {
                self.end(floor, id, Ending::Asked);
            }
        }
    }
}
