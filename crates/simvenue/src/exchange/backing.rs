//! Whether a wallet has what its orders offer, as the venue sees it.

use std::collections::BTreeMap;

use domain::{Rounding, Shares, Side, TokenId, Usd};
use ethers_core::types::U256;

use super::accounts::{Wallet, WalletId};
use super::orders::{Ending, Order, OrderState};
use super::refusal::Refusal;
use super::{Exchange, Floor};
use crate::custody::Asset;
use crate::matching::Outcome;
use crate::universe::MarketIndex;

/// Orders ended in one look for want of backing; the rest waits for the next.
const UNBACKED_MAX: usize = 100;

impl Exchange {
    /// Whether the wallet has, and lets the contract take, what `order` offers on top of what it
    /// offers already.
    ///
    /// # Errors
    /// Too little of it, or no approval.
    pub(super) fn check_backing(&self, floor: &Floor<'_>, order: &Order) -> Result<(), Refusal> {
        let wallet = self.accounts.wallet(order.wallet).ok_or(Refusal::Maker)?;
        match order.side {
            Side::Buy => self.check_cash(floor, order, wallet),
            Side::Sell => self.check_shares(floor, order, wallet),
        }
    }

    fn check_cash(&self, floor: &Floor<'_>, order: &Order, wallet: &Wallet) -> Result<(), Refusal> {
        let needed = floor.cost_max(order);
        let balance = floor.custody.cash(wallet.address, Asset::Pusd);
        let reserved = self.cash_reserved(floor, order.wallet);
        if balance - reserved < needed {
            return Err(Refusal::Balance {
                balance: balance.micros(),
                reserved: reserved.micros(),
                amount: needed.micros(),
            });
        }
        let spender = floor.contract(order.market).ok_or(Refusal::NotReady)?.address();
        let allowed = floor.custody.allowance(Asset::Pusd, wallet.address, spender);
        let wanted = u64::try_from((reserved + needed).micros()).unwrap_or(u64::MAX);
        if allowed < U256::from(wanted) {
            return Err(Refusal::Allowance(spender));
        }
        Ok(())
    }

    fn check_shares(
        &self,
        floor: &Floor<'_>,
        order: &Order,
        wallet: &Wallet,
    ) -> Result<(), Refusal> {
        let token = floor.token(order.market, order.outcome).ok_or(Refusal::NotReady)?;
        let held = known_shares(floor, wallet, token);
        let reserved = self.shares_reserved(order.wallet, order.market, order.outcome);
        if held - reserved < order.size {
            return Err(Refusal::Balance {
                balance: held.micros(),
                reserved: reserved.micros(),
                amount: order.size.micros(),
            });
        }
        let operator = floor.contract(order.market).ok_or(Refusal::NotReady)?.address();
        let keeper = floor.share_contract(order.market).ok_or(Refusal::NotReady)?;
        if !floor.custody.is_operator(keeper, wallet.address, operator) {
            return Err(Refusal::Allowance(operator));
        }
        Ok(())
    }

    /// Dollars promised: to open purchases, and to trades that are not in a block yet.
    pub(super) fn cash_reserved(&self, floor: &Floor<'_>, wallet: WalletId) -> Usd {
        let purchases = self.orders.open().filter(|it| it.wallet == wallet && it.side == Side::Buy);
        let promised: Usd = purchases
            .map(|order| match order.state {
                OrderState::Delayed => floor.cost_max(order),
                _ => order.left().at(order.price, Rounding::Up),
            })
            .sum();
        promised + self.trades.cash_due(wallet)
    }
    /// Shares promised in the same way.
    pub(super) fn shares_reserved(
        &self,
        wallet: WalletId,
        market: MarketIndex,
        outcome: Outcome,
    ) -> Shares {
        let sales = self.orders.open().filter(|order| {
            (order.wallet, order.market, order.outcome, order.side)
                == (wallet, market, outcome, Side::Sell)
        });
        let promised: Shares = sales.map(Order::left).sum();
        promised + self.trades.shares_due(wallet, market, outcome)
    }

    /// Ends the youngest orders of every wallet that no longer has what they offer.
    pub(super) fn cancel_unbacked(&mut self, floor: &mut Floor<'_>) {
        for _ in 0..UNBACKED_MAX {
            let mut judged = BTreeMap::new();
            let unbacked = self.orders.open().rev().find(|order| {
                let outcome =
                    (order.side == Side::Sell).then_some((order.market, order.outcome.index()));
                let backed = judged
                    .entry((order.wallet, outcome))
                    .or_insert_with(|| self.is_backed(floor, order));
                order.state == OrderState::Live && !*backed
            });
            let Some(id) = unbacked.map(|order| order.id) else { return };
            // One at a time: what one frees may back the next.
            self.end(floor, id, Ending::Unbacked);
        }
    }
    fn is_backed(&self, floor: &Floor<'_>, order: &Order) -> bool {
        let Some(wallet) = self.accounts.wallet(order.wallet) else { return false };
        match order.side {
            Side::Buy => {
                floor.custody.cash(wallet.address, Asset::Pusd)
                    >= self.cash_reserved(floor, order.wallet)
            }
            Side::Sell => {
                let token = floor.token(order.market, order.outcome);
                let held = token.map(|token| floor.custody.shares(wallet.address, token));
                let reserved = self.shares_reserved(order.wallet, order.market, order.outcome);
                held.is_some_and(|held| held >= reserved)
            }
        }
    }
}

/// Shares that the venue knows of: a token's balance is looked up when asked to, or when a trade
/// brings it, and followed from then on.
pub(super) fn known_shares(floor: &Floor<'_>, wallet: &Wallet, token: TokenId) -> Shares {
    match wallet.known_tokens.contains(&token) {
        true => floor.custody.shares(wallet.address, token),
        false => Shares::ZERO,
    }
}
