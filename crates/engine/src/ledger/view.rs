//! Looking at the ledger.

use std::collections::{BTreeMap, BTreeSet};

use domain::{OrderId, Price, Rounding, Shares, TokenId, TradeId, TradeState, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::entry::{Account, Asset};
use super::report::{ChainReport, ChainState, TradeReport};
use super::results::Results;

/// Dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cash {
    /// In the wallet for good, as the chain has it; what is promised is still in it.
    pub settled: Usd,
    /// What provisional trades will bring.
    pub pending_in: Usd,
    /// What provisional trades and submitted tasks will take; a positive amount.
    pub pending_out: Usd,
}

impl Cash {
    /// Settled and promised to nobody.
    #[must_use]
    pub fn free(&self) -> Usd {
        self.settled - self.pending_out
    }
}

/// Shares of one outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// In the wallet for good, as the chain has it; what is promised is still in it.
    pub settled: Shares,
    /// What provisional trades will bring.
    pub pending_in: Shares,
    /// What provisional trades and submitted tasks will take; a positive amount.
    pub pending_out: Shares,
    /// What the settled shares and those of provisional trades cost together, without fees.
    /// Shares that a submitted task will take still count.
    pub cost: Usd,
    /// What was earned with them since they were last given up wholly, before fees.
    pub realised: Usd,
    /// Taker's fees paid meanwhile.
    pub fees: Usd,
}

/// What positions would bring more than they cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unrealised {
    /// Over all positions with a mark.
    pub total: Usd,
    /// By position with a mark; negative is a loss on paper.
    pub by_token: BTreeMap<TokenId, Usd>,
    /// Positions without a mark: nothing is said about them.
    pub unmarked: Vec<TokenId>,
}

impl Ledger {
    /// The number of the last entry; 0 before the first.
    #[must_use]
    pub const fn last_entry(&self) -> u64 {
        self.last_entry
    }
    /// Trades matched and tasks made before this moment are remembered only while they are open.
    #[must_use]
    pub const fn horizon(&self) -> UnixMillis {
        self.memory.horizon()
    }
    /// Dollars.
    #[must_use]
    pub fn cash(&self) -> Cash {
        let pending = self.balances.pending(Asset::Cash);
        Cash {
            settled: Usd::from_micros(self.balance(Account::WalletSettled, Asset::Cash)),
            pending_in: Usd::from_micros(pending.incoming),
            pending_out: Usd::from_micros(pending.outgoing),
        }
    }
    /// What an account holds, in millionths.
    #[must_use]
    pub fn balance(&self, account: Account, asset: Asset) -> i64 {
        self.balances.of(account, asset)
    }
    /// Shares of one outcome; of one never held, nothing.
    #[must_use]
    pub fn position(&self, token: TokenId) -> Position {
        let asset = Asset::Shares(token);
        let pending = self.balances.pending(asset);
        let lot = self.line.lots().get(&token).copied().unwrap_or_default();
        Position {
            settled: Shares::from_micros(self.balance(Account::WalletSettled, asset)),
            pending_in: Shares::from_micros(pending.incoming),
            pending_out: Shares::from_micros(pending.outgoing),
            cost: lot.cost,
            realised: lot.realised,
            fees: lot.fees,
        }
    }
    /// Every position; those that were given up stay listed until the end of the day.
    #[must_use]
    pub fn positions(&self) -> BTreeMap<TokenId, Position> {
        let tokens: BTreeSet<TokenId> = self.tokens().collect();
        tokens.into_iter().map(|token| (token, self.position(token))).collect()
    }
    /// Whether shares of anything are held, those of provisional trades included.
    #[must_use]
    pub fn holds_shares(&self) -> bool {
        self.line.lots().values().any(|lot| lot.held != Shares::ZERO)
    }
    /// Shares that may be sold, merged, converted or redeemed: settled and promised to nobody.
    #[must_use]
    pub fn sellable(&self, token: TokenId) -> Shares {
        let position = self.position(token);
        (position.settled - position.pending_out).max(Shares::ZERO)
    }
    /// What was earned and spent.
    #[must_use]
    pub const fn results(&self) -> &Results {
        self.line.results()
    }
    /// What positions would bring at these prices, each rounded down, more than they cost.
    pub fn unrealised(&self, mark: &dyn Fn(TokenId) -> Option<Price>) -> Unrealised {
        let mut unrealised = Unrealised::default();
        for (token, lot) in self.line.lots().iter().filter(|(_, lot)| lot.held != Shares::ZERO) {
            match mark(*token) {
                Some(price) => {
                    let gain = lot.held.at(price, Rounding::Down) - lot.cost;
                    unrealised.total += gain;
                    unrealised.by_token.insert(*token, gain);
                }
                None => unrealised.unmarked.push(*token),
            }
        }
        unrealised
    }
    /// How far a trade of an order has come, where that is remembered.
    #[must_use]
    pub fn trade_state(&self, trade: &TradeId, order: &OrderId) -> Option<TradeState> {
        self.memory.trade(trade, order).map(|seen| seen.report.state)
    }
    /// Trades that may still fail.
    pub fn open_trades(&self) -> impl Iterator<Item = &TradeReport> {
        self.trades().filter(|report| !report.state.is_final())
    }
    /// Every trade that is remembered, with its last state.
    pub fn trades(&self) -> impl Iterator<Item = &TradeReport> {
        self.memory.trades().map(|seen| &seen.report)
    }
    /// How far a task has come, where that is remembered.
    #[must_use]
    pub fn chain_state(&self, task: &str) -> Option<ChainState> {
        self.memory.task(task).map(|report| report.state)
    }
    /// Tasks that may still fail.
    pub fn open_tasks(&self) -> impl Iterator<Item = &ChainReport> {
        self.tasks().filter(|report| !report.state.is_final())
    }
    /// Every task that is remembered, with its last state.
    pub fn tasks(&self) -> impl Iterator<Item = &ChainReport> {
        self.memory.tasks()
    }

    fn tokens(&self) -> impl Iterator<Item = TokenId> + '_ {
        let settled = self.balances.iter().filter_map(|(account, asset, _)| match asset {
            Asset::Shares(token) if account == Account::WalletSettled => Some(token),
            _ => None,
        });
        let pending = self.balances.on_the_way().filter_map(|(asset, _)| match asset {
            Asset::Shares(token) => Some(token),
            Asset::Cash => None,
        });
        self.line.lots().keys().copied().chain(settled).chain(pending)
    }
}
