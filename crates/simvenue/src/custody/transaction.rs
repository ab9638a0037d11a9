//! All or nothing: every change is written down, and taken back when something later fails.

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::types::U256;

use super::{Address, Asset, Condition, Custody, Revert, ShareContract, TREASURY};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Cash {
        wallet: Address,
        asset: Asset,
        by: Usd,
    },
    Shares {
        wallet: Address,
        token: TokenId,
        by: Shares,
    },
    Sets {
        condition: ConditionId,
        by: Shares,
    },
    Redeemed {
        condition: ConditionId,
        outcome: usize,
        by: Shares,
    },
    Paid {
        condition: ConditionId,
        by: Usd,
    },
    Allowance {
        asset: Asset,
        owner: Address,
        spender: Address,
        before: U256,
        after: U256,
    },
    Operator {
        contract: ShareContract,
        owner: Address,
        operator: Address,
        before: bool,
        after: bool,
    },
}

impl Change {
    const fn inverse(self) -> Self {
        match self {
            Self::Cash { wallet, asset, by } => {
                Self::Cash { wallet, asset, by: Usd::from_micros(-by.micros()) }
            }
            Self::Shares { wallet, token, by } => {
                Self::Shares { wallet, token, by: Shares::from_micros(-by.micros()) }
            }
            Self::Sets { condition, by } => {
                Self::Sets { condition, by: Shares::from_micros(-by.micros()) }
            }
            Self::Redeemed { condition, outcome, by } => {
                Self::Redeemed { condition, outcome, by: Shares::from_micros(-by.micros()) }
            }
            Self::Paid { condition, by } => {
                Self::Paid { condition, by: Usd::from_micros(-by.micros()) }
            }
            Self::Allowance { asset, owner, spender, before, after } => {
                Self::Allowance { asset, owner, spender, before: after, after: before }
            }
            Self::Operator { contract, owner, operator, before, after } => {
                Self::Operator { contract, owner, operator, before: after, after: before }
            }
        }
    }
}

/// Who made a transaction happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cause {
    /// An account, or whoever acts for it.
    #[default]
    Account,
    /// The exchange, to settle a trade.
    Trade,
}

/// What a transaction changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    all: Vec<Change>,
    cause: Cause,
}

/// A transaction under way.
#[derive(Debug)]
pub struct Transaction<'a> {
    pub(super) custody: &'a mut Custody,
    changes: Vec<Change>,
}

impl Custody {
    /// Keeps everything `act` does, or nothing where it fails.
    ///
    /// # Errors
    /// Whatever `act` says, or that a wallet would owe something.
    pub fn transact<T>(
        &mut self,
        act: impl FnOnce(&mut Transaction<'_>) -> Result<T, Revert>,
    ) -> Result<(T, Changes), Revert> {
        self.transact_for(Cause::Account, act)
    }
    pub(super) fn transact_for<T>(
        &mut self,
        cause: Cause,
        act: impl FnOnce(&mut Transaction<'_>) -> Result<T, Revert>,
    ) -> Result<(T, Changes), Revert> {
        let mut transaction = Transaction { custody: self, changes: Vec::new() };
        match act(&mut transaction) {
            Ok(value) => {
                let changes = Changes { all: transaction.changes, cause };
                self.note_apart(&changes);
                Ok((value, changes))
            }
            Err(revert) => {
                transaction.take_back();
                Err(revert)
            }
        }
    }
    /// What `act` would answer; changes nothing.
    ///
    /// # Errors
    /// As [`Custody::transact`].
    pub fn rehearse<T>(
        &mut self,
        act: impl FnOnce(&mut Transaction<'_>) -> Result<T, Revert>,
    ) -> Result<T, Revert> {
        let mut transaction = Transaction { custody: self, changes: Vec::new() };
        let answer = act(&mut transaction);
        transaction.take_back();
        answer
    }
    /// Takes a transaction back, as if it had not happened.
    ///
    /// # Errors
    /// Somebody spent what would have to be returned; then nothing is changed.
    pub fn undo(&mut self, changes: &Changes) -> Result<(), Revert> {
        let undone = self.transact_for(changes.cause, |transaction| {
            // What comes back is credited first, so that order alone never looks like a debt.
            let inverse = || changes.all.iter().rev().map(|change| change.inverse());
            let gives = |change: &Change| match change {
                Change::Cash { by, .. } => *by >= Usd::ZERO,
                Change::Shares { by, .. } => *by >= Shares::ZERO,
                _ => true,
            };
            for change in inverse().filter(gives) {
                transaction.make(change)?;
            }
            for change in inverse().filter(|change| !gives(change)) {
                transaction.make(change)?;
            }
            let traded = changes.all.iter().filter_map(|change| match change {
                Change::Shares { wallet, token, .. } if *wallet == TREASURY => Some(*token),
                _ => None,
            });
            for token in traded {
                transaction.balance_treasury(token)?;
            }
            Ok(())
        });
        undone.map(|_| ())
    }

    /// Keeps count of what moved in wallets apart from trades.
    fn note_apart(&mut self, changes: &Changes) {
        if changes.cause == Cause::Trade {
            return;
        }
        for change in &changes.all {
            match *change {
                Change::Cash { wallet, asset: Asset::Pusd, by } => {
                    self.apart.entry(wallet).or_default().cash += by;
                }
                Change::Shares { wallet, token, by } => {
                    let shares = &mut self.apart.entry(wallet).or_default().shares;
                    *shares.entry(token).or_default() += by;
                }
                _ => {}
            }
        }
    }
    fn apply(&mut self, change: Change) {
        match change {
            Change::Cash { wallet, asset, by } => {
                *self.wallets.entry(wallet).or_default().cash.entry(asset).or_default() += by;
            }
            Change::Shares { wallet, token, by } => {
                let shares = &mut self.wallets.entry(wallet).or_default().shares;
                let held = shares.entry(token).or_default();
                *held += by;
                if *held == Shares::ZERO {
                    shares.remove(&token);
                }
            }
            Change::Sets { condition, by } => self.with(condition, |it| it.sets += by),
            Change::Redeemed { condition, outcome, by } => self.with(condition, |it| {
                if let Some(redeemed) = it.redeemed.get_mut(outcome) {
                    *redeemed += by;
                }
            }),
            Change::Paid { condition, by } => self.with(condition, |it| it.paid += by),
            Change::Allowance { asset, owner, spender, after, .. } => {
                let wallet = self.wallets.entry(owner).or_default();
                wallet.allowances.insert((asset, spender), after);
            }
            Change::Operator { contract, owner, operator, after, .. } => {
                let wallet = self.wallets.entry(owner).or_default();
                wallet.operators.insert((contract, operator), after);
            }
        }
    }
    fn with(&mut self, id: ConditionId, change: impl FnOnce(&mut Condition)) {
        if let Some(condition) = self.conditions.get_mut(&id) {
            change(condition);
        }
    }
}

impl Transaction<'_> {
    fn take_back(self) {
        for change in self.changes.into_iter().rev() {
            self.custody.apply(change.inverse());
        }
    }
    /// Applies a change and refuses it where somebody other than the crowd would owe something.
    fn make(&mut self, change: Change) -> Result<(), Revert> {
        self.custody.apply(change);
        self.changes.push(change);
        match change {
            Change::Cash { wallet, asset, by } if wallet != TREASURY && by < Usd::ZERO => {
                let left = self.custody.cash(wallet, asset);
                let (held, missing) = (left - by, -left);
                let enough = left >= Usd::ZERO;
                let refusal = Revert::NotEnoughCash { asset, wallet, held, missing };
                if enough { Ok(()) } else { Err(refusal) }
            }
            Change::Shares { wallet, token, by } if wallet != TREASURY && by < Shares::ZERO => {
                let left = self.custody.shares(wallet, token);
                let refusal = Revert::NotEnoughShares { token, wallet, missing: -left };
                if left >= Shares::ZERO { Ok(()) } else { Err(refusal) }
            }
            _ => Ok(()),
        }
    }

    pub(super) fn change_cash(
        &mut self,
        wallet: Address,
        asset: Asset,
        by: Usd,
    ) -> Result<(), Revert> {
        self.make(Change::Cash { wallet, asset, by })
    }
    pub(super) fn change_shares(
        &mut self,
        wallet: Address,
        token: TokenId,
        by: Shares,
    ) -> Result<(), Revert> {
        self.make(Change::Shares { wallet, token, by })
    }
    pub(super) fn change_sets(&mut self, condition: ConditionId, by: Shares) -> Result<(), Revert> {
        self.make(Change::Sets { condition, by })
    }
    pub(super) fn note_redeemed(
        &mut self,
        condition: ConditionId,
        outcome: usize,
        by: Shares,
    ) -> Result<(), Revert> {
        self.make(Change::Redeemed { condition, outcome, by })
    }
    pub(super) fn note_paid(&mut self, condition: ConditionId, by: Usd) -> Result<(), Revert> {
        self.make(Change::Paid { condition, by })
    }
    pub(super) fn set_allowance(
        &mut self,
        asset: Asset,
        owner: Address,
        spender: Address,
        after: U256,
    ) -> Result<(), Revert> {
        let before = self.custody.allowance(asset, owner, spender);
        self.make(Change::Allowance { asset, owner, spender, before, after })
    }
    pub(super) fn set_operator(
        &mut self,
        contract: ShareContract,
        owner: Address,
        operator: Address,
        after: bool,
    ) -> Result<(), Revert> {
        let before = self.custody.is_operator(contract, owner, operator);
        self.make(Change::Operator { contract, owner, operator, before, after })
    }
}
