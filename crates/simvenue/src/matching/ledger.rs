//! Who holds what: cash, shares of both outcomes, and what the venue keeps as collateral.

use std::collections::BTreeMap;

use domain::{Shares, Usd};

use super::{Outcome, TraderId};

/// Who stands in where a trade fails to settle; may owe anything.
const HOUSE: TraderId = TraderId(u32::MAX);

/// One trader's holdings in one market. Cash may be negative: the crowd trades on credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Dollars won or spent.
    pub cash: Usd,
    held: [Shares; 2],
    reserved: [Shares; 2],
    brought: [Shares; 2],
}

impl Account {
    /// Shares of `outcome`, those offered in resting orders included.
    #[must_use]
    pub const fn held(&self, outcome: Outcome) -> Shares {
        self.held[outcome.index()]
    }
    /// Shares of `outcome` brought from the chain less those taken back; the rest was traded.
    #[must_use]
    pub const fn brought(&self, outcome: Outcome) -> Shares {
        self.brought[outcome.index()]
    }
    /// Shares of `outcome` that no resting order offers.
    #[must_use]
    pub fn free(&self, outcome: Outcome) -> Shares {
        self.held[outcome.index()] - self.reserved[outcome.index()]
    }
}

/// The holdings of all traders of one market.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    accounts: BTreeMap<TraderId, Account>,
    sets: Shares,
    fees: Usd,
}

impl Ledger {
    /// One trader's holdings; nothing where it never traded.
    #[must_use]
    pub fn account(&self, trader: TraderId) -> Account {
        self.accounts.get(&trader).copied().unwrap_or_default()
    }
    /// Complete sets outstanding: as many YES as NO shares exist, and as many dollars back them.
    #[must_use]
    pub const fn sets(&self) -> Shares {
        self.sets
    }
    /// What takers paid in fees.
    #[must_use]
    pub const fn fees(&self) -> Usd {
        self.fees
    }
    /// Cash of everybody, fees and collateral together; zero for ever, or money was lost.
    #[must_use]
    pub fn money_total(&self) -> Usd {
        self.accounts.values().map(|account| account.cash).sum::<Usd>()
            + self.fees
            + self.sets.at_one()
    }
    /// Shares of `outcome` over all accounts, less those brought from the chain; equal to
    /// [`Ledger::sets`] for ever.
    #[must_use]
    pub fn shares_total(&self, outcome: Outcome) -> Shares {
        self.accounts.values().map(|it| it.held(outcome) - it.brought(outcome)).sum()
    }
    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    pub(super) fn reserve(&mut self, trader: TraderId, outcome: Outcome, size: Shares) {
        self.entry(trader).reserved[outcome.index()] += size;
    }
    pub(super) fn release(&mut self, trader: TraderId, outcome: Outcome, size: Shares) {
        self.entry(trader).reserved[outcome.index()] -= size;
    }
    pub(super) fn receive(&mut self, trader: TraderId, outcome: Outcome, size: Shares, cost: Usd) {
        let account = self.entry(trader);
        account.held[outcome.index()] += size;
        account.cash -= cost;
    }
    pub(super) fn deliver(
        &mut self,
        trader: TraderId,
        outcome: Outcome,
        size: Shares,
        proceeds: Usd,
    ) {
        let account = self.entry(trader);
        account.held[outcome.index()] -= size;
        account.cash += proceeds;
    }
    pub(super) fn bring(&mut self, trader: TraderId, outcome: Outcome, size: Shares) {
        let account = self.entry(trader);
        let missing = size - account.free(outcome);
        account.held[outcome.index()] += missing;
        account.brought[outcome.index()] += missing;
    }
    pub(super) fn take_over(
        &mut self,
        trader: TraderId,
        outcome: Outcome,
        shares: Shares,
        cash: Usd,
    ) {
        self.receive(trader, outcome, shares, -cash);
        self.deliver(HOUSE, outcome, shares, -cash);
    }
    pub(super) fn change_sets(&mut self, change: Shares) {
        self.sets += change;
    }
    pub(super) fn charge(&mut self, trader: TraderId, fee: Usd) {
        self.entry(trader).cash -= fee;
        self.fees += fee;
    }
    fn entry(&mut self, trader: TraderId) -> &mut Account {
        self.accounts.entry(trader).or_default()
    }
}
