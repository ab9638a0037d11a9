//! What the chain records: cash, shares, allowances, and the dollars behind every complete set.
//!
//! Nothing changes outside a transaction: [`Custody::transact`] keeps all of its effects or none,
//! and hands back what it changed, so that a settlement that fails later can be undone exactly.
//! The crowd is one treasury with unlimited credit; it mints what it owes and merges what pairs.

mod condition;
mod listings;
mod operations;
mod question_groups;
mod revert;
mod snapshot;
mod trade;
mod transaction;

use std::collections::{BTreeMap, HashMap};

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::types::{H160, U256};

pub use condition::{Condition, ConditionKind, Payouts};
pub use revert::Revert;
pub use snapshot::{Snapshot, WalletSnapshot};
pub use trade::TradeLeg;
pub use transaction::{Changes, Transaction};

/// A wallet or a contract: 20 bytes.
pub type Address = H160;

/// The crowd as a whole; its cash may be negative.
pub const TREASURY: Address = H160([0xC0; 20]);
/// Where taker fees go.
pub const FEE_COLLECTOR: Address = H160([0xFE; 20]);
/// Where NO shares given up in a conversion end.
pub const BURNED: Address = H160([0xB0; 20]);

/// A dollar token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// The collateral of the venue.
    Pusd,
    /// What it is wrapped from, one for one.
    UsdcE,
}

/// A contract that keeps outcome shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShareContract {
    /// Of Protocol V1.
    ConditionalTokens,
    /// Of Protocol V2.
    PositionManager,
}

#[derive(Clone, Debug, Default)]
struct Wallet {
    cash: BTreeMap<Asset, Usd>,
    shares: BTreeMap<TokenId, Shares>,
    allowances: BTreeMap<(Asset, Address), U256>,
    operators: BTreeMap<(ShareContract, Address), bool>,
}

/// What came into a wallet, or went, less what went back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Movement {
    /// Dollars of the venue.
    pub cash: Usd,
    /// Shares by token.
    pub shares: BTreeMap<TokenId, Shares>,
}

/// The whole record.
#[derive(Clone, Debug, Default)]
pub struct Custody {
    wallets: BTreeMap<Address, Wallet>,
    conditions: HashMap<ConditionId, Condition>,
    outcomes: HashMap<TokenId, (ConditionId, usize)>,
    groups: HashMap<[u8; 32], BTreeMap<u8, ConditionId>>,
    funded: Usd,
    apart: BTreeMap<Address, Movement>,
}

impl Custody {
    /// Makes a market known; a condition that is known already stays as it is.
    pub fn register(&mut self, id: ConditionId, tokens: [TokenId; 2], kind: ConditionKind) {
        if self.conditions.contains_key(&id) {
            return;
        }
        for (outcome, token) in tokens.into_iter().enumerate() {
            self.outcomes.insert(token, (id, outcome));
        }
        if let ConditionKind::NegRisk { market_id, index } = kind {
            self.groups.entry(market_id).or_default().insert(index, id);
        }
        self.conditions.insert(id, Condition::new(tokens, kind));
    }
    /// How many markets are known.
    #[must_use]
    pub fn conditions_count(&self) -> usize {
        self.conditions.len()
    }
    /// The market of a condition.
    #[must_use]
    pub fn condition(&self, id: ConditionId) -> Option<&Condition> {
        self.conditions.get(&id)
    }
    /// The condition of a token, and which outcome it is: 0 or 1.
    #[must_use]
    pub fn outcome(&self, token: TokenId) -> Option<(ConditionId, usize)> {
        self.outcomes.get(&token).copied()
    }
    /// The contract that keeps a token's shares.
    ///
    /// # Errors
    /// No such token.
    pub fn share_contract_of(&self, token: TokenId) -> Result<ShareContract, Revert> {
        let (id, _) = self.outcome(token).ok_or(Revert::UnknownToken(token))?;
        let condition = self.condition(id).ok_or(Revert::UnknownCondition(id))?;
        Ok(condition.share_contract())
    }
    /// Reports what a market pays; the first report stands.
    ///
    /// # Errors
    /// No such condition.
    pub fn resolve(&mut self, id: ConditionId, payouts: Payouts) -> Result<(), Revert> {
        let condition = self.conditions.get_mut(&id).ok_or(Revert::UnknownCondition(id))?;
        condition.payouts.get_or_insert(payouts);
        Ok(())
    }

    /// Gives a wallet dollars from nowhere, as a bridge would.
    pub fn fund(&mut self, wallet: Address, asset: Asset, amount: Usd) {
        *self.wallets.entry(wallet).or_default().cash.entry(asset).or_default() += amount;
        self.funded += amount;
        if asset == Asset::Pusd {
            self.apart.entry(wallet).or_default().cash += amount;
        }
    }
    /// Dollars of a wallet.
    #[must_use]
    pub fn cash(&self, wallet: Address, asset: Asset) -> Usd {
        let cash = self.wallets.get(&wallet).and_then(|it| it.cash.get(&asset));
        cash.copied().unwrap_or_default()
    }
    /// Shares of a token in a wallet.
    #[must_use]
    pub fn shares(&self, wallet: Address, token: TokenId) -> Shares {
        let shares = self.wallets.get(&wallet).and_then(|it| it.shares.get(&token));
        shares.copied().unwrap_or_default()
    }
    /// Every share in a wallet.
    pub fn held(&self, wallet: Address) -> impl Iterator<Item = (TokenId, Shares)> {
        let shares = self.wallets.get(&wallet).into_iter().flat_map(|it| &it.shares);
        shares.map(|(token, size)| (*token, *size))
    }
    /// What moved in a wallet by funding, splits, merges, transfers and the like: by everything
    /// but trades.
    #[must_use]
    pub fn moved_apart_from_trades(&self, wallet: Address) -> Movement {
        self.apart.get(&wallet).cloned().unwrap_or_default()
    }
    /// How many millionths of a dollar `spender` may take from `owner`.
    #[must_use]
    pub fn allowance(&self, asset: Asset, owner: Address, spender: Address) -> U256 {
        let found = self.wallets.get(&owner).and_then(|it| it.allowances.get(&(asset, spender)));
        found.copied().unwrap_or_default()
    }
    /// Whether `operator` may move every share that `owner` has in a contract.
    #[must_use]
    pub fn is_operator(&self, contract: ShareContract, owner: Address, operator: Address) -> bool {
        let wallet = self.wallets.get(&owner);
        wallet.and_then(|it| it.operators.get(&(contract, operator))).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
