//! What an account may read about itself.

use domain::{OrderId, Shares, TokenId, Usd};
use ethers_core::types::{Address, U256};

use super::accounts::{OwnerId, Wallet, WalletId, WalletKind};
use super::backing::known_shares;
use super::orders::Order;
use super::trades::{Part, Trade};
use super::typed_data::Contract;
use super::{Exchange, Floor};
use crate::custody::{Asset, ShareContract};

/// Whose eyes a trade is seen with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The viewer's own part.
    pub(crate) own: &'a Part,
    /// Whether that is the taker's.
    pub(crate) takes: bool,
}

/// A balance with what may be taken of it, by spender.
#[derive(Clone, Debug)]
pub(crate) struct BalanceAllowance {
    /// Millionths.
    pub(crate) balance: i64,
    pub(crate) allowances: Vec<(Address, U256)>,
}

impl Exchange {
    /// An order of an owner, in any state.
    pub(crate) fn order(&self, owner: OwnerId, id: OrderId) -> Option<&Order> {
        self.orders.get(id).filter(|order| order.owner == owner)
    }
    /// The open orders of an owner, oldest first.
    pub(crate) fn open_orders(&self, owner: OwnerId) -> impl Iterator<Item = &Order> {
        self.orders.open().filter(move |order| order.owner == owner)
    }
    /// The open orders of a wallet.
    pub(crate) fn open_of(&self, wallet: WalletId) -> Vec<&Order> {
        self.orders.open().filter(|order| order.wallet == wallet).collect()
    }
    /// The address of the wallet that an order is for.
    pub(crate) fn maker(&self, order: &Order) -> Address {
        self.accounts.wallet(order.wallet).map(|it| it.address).unwrap_or_default()
    }
    /// The trades of an owner, newest first.
    pub(crate) fn trades_of(&self, owner: OwnerId) -> impl Iterator<Item = (&Trade, Seen<'_>)> {
        let all = self.trades.newest_first();
        all.filter_map(move |trade| Some((trade, self.seen_by(trade, owner)?)))
    }
    /// A trade as an owner sees it; `None` where it took no part.
    pub(super) fn seen_by<'a>(&self, trade: &'a Trade, owner: OwnerId) -> Option<Seen<'a>> {
        let is_own = |part: &&Part| {
            let wallet = part.wallet().and_then(|id| self.accounts.wallet(id));
            wallet.is_some_and(|wallet| wallet.owner == owner)
        };
        let own = trade.parts().find(is_own)?;
        Some(Seen { own, takes: std::ptr::eq(own, &trade.taker) })
    }

    /// Dollars of an owner's wallet.
    pub(crate) fn collateral(
        &self,
        floor: &Floor<'_>,
        owner: OwnerId,
        kind: WalletKind,
    ) -> BalanceAllowance {
        let wallet = self.wallet_of(owner, kind);
        let address = wallet.map(|(_, wallet)| wallet.address);
        let cash = address.map_or(Usd::ZERO, |it| floor.custody.cash(it, Asset::Pusd));
        let allowances = Contract::ALL.map(Contract::address).map(|spender| {
            let allowed = address.map(|it| floor.custody.allowance(Asset::Pusd, it, spender));
            (spender, allowed.unwrap_or_default())
        });
        BalanceAllowance { balance: cash.micros(), allowances: allowances.to_vec() }
    }
    /// Shares of a token in an owner's wallet, as far as the venue has looked them up.
    pub(crate) fn conditional(
        &self,
        floor: &Floor<'_>,
        owner: OwnerId,
        kind: WalletKind,
        token: TokenId,
    ) -> BalanceAllowance {
        let wallet = self.wallet_of(owner, kind).map(|(_, wallet)| wallet);
        let held = wallet.map_or(Shares::ZERO, |it| known_shares(floor, it, token));
        let found = floor.world.universe().find_token(&token.to_string());
        let keeper = found.and_then(|(market, _)| floor.share_contract(market));
        let keeper = keeper.unwrap_or(ShareContract::ConditionalTokens);
        let allowances = Contract::ALL.map(Contract::address).map(|operator| {
            let address = wallet.map(|it| it.address).unwrap_or_default();
            let approved = floor.custody.is_operator(keeper, address, operator);
            (operator, if approved { U256::MAX } else { U256::zero() })
        });
        BalanceAllowance { balance: held.micros(), allowances: allowances.to_vec() }
    }
    /// Looks a token's balance up for an owner's wallet, and follows it from now on.
    pub(crate) fn look_up(&mut self, owner: OwnerId, kind: WalletKind, token: TokenId) {
        if let Some(id) = self.accounts.wallet_of(owner, kind) {
            self.accounts.learn_token(id, token);
        }
    }
    fn wallet_of(&self, owner: OwnerId, kind: WalletKind) -> Option<(WalletId, &Wallet)> {
        let id = self.accounts.wallet_of(owner, kind)?;
        Some((id, self.accounts.wallet(id)?))
    }
}
