//! What the owners of accounts hear on the user socket.

use std::collections::BTreeSet;

use domain::OrderId;

use super::orders::Order;
use super::refusal::Refusal;
use super::trades::TradeNumber;
use super::{Exchange, Floor};
use crate::wire::account;

impl Exchange {
    /// Tells of an order: `PLACEMENT`, `UPDATE` or `CANCELLATION`.
    pub(super) fn tell_order(&self, floor: &mut Floor<'_>, id: OrderId, kind: &str) {
        let Some(order) = self.orders.get(id) else { return };
        self.tell_about(floor, order, kind, order.state.text());
    }
    /// Tells of an order that was killed before it lived.
    pub(super) fn tell_killed(&self, floor: &mut Floor<'_>, order: &Order, why: &Refusal) {
        self.tell_about(floor, order, "CANCELLATION", &format!("CANCELED_{why}"));
    }
    fn tell_about(&self, floor: &mut Floor<'_>, order: &Order, kind: &str, status: &str) {
        let Some(wallet) = self.accounts.wallet(order.wallet) else { return };
        let Some(listing) = floor.world.listing(order.market) else { return };
        let text = account::order_event(order, wallet.address, listing, kind, status, floor.now);
        floor.world.tell(order.owner, order.market, text);
    }
    /// Tells every owner who took part of a trade's state.
    pub(super) fn tell_trade(&self, floor: &mut Floor<'_>, number: TradeNumber) {
        let Some(trade) = self.trades.get(number) else { return };
        let wallets = trade.parts().filter_map(|part| self.accounts.wallet(part.wallet()?));
        let owners: BTreeSet<_> = wallets.map(|wallet| wallet.owner).collect();
        for owner in owners {
            let Some(seen) = self.seen_by(trade, owner) else { continue };
            let Some(listing) = floor.world.listing(trade.market) else { continue };
            let text = account::trade_event(trade, seen, listing, floor.now);
            floor.world.tell(owner, trade.market, text);
        }
    }
}
