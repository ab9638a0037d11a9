//! The ledger checks its own sums.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Shares, TokenId, Usd};

use super::Ledger;
use super::balances::Pending;
use super::entry::{Account, Asset};
use super::error::Imbalance;

impl Ledger {
    /// Whether all sums agree: the trial balance, what is on its way, positions and their cost,
    /// and that dollars and costs are capital and results. Walks everything that is remembered.
    ///
    /// # Errors
    /// The first sum that does not; a fault of the program.
    pub fn check(&self) -> Result<(), Imbalance> {
        self.check_trial()?;
        self.check_pending()?;
        self.check_positions()?;
        self.check_value()
    }

    fn check_trial(&self) -> Result<(), Imbalance> {
        let mut sums: BTreeMap<Asset, i128> = BTreeMap::new();
        for (_, asset, amount) in self.balances.iter() {
            *sums.entry(asset).or_default() += i128::from(amount);
        }
        let wrong = sums.into_iter().find(|(_, sum)| *sum != 0);
        wrong.map_or(Ok(()), |(asset, sum)| {
            Err(Imbalance::Trial { asset, sum: i64::try_from(sum).unwrap_or(i64::MAX) })
        })
    }
    fn check_pending(&self) -> Result<(), Imbalance> {
        let open = self.open_by_asset();
        let booked =
            self.balances.iter().filter(|(account, ..)| *account == Account::WalletPending);
        let booked: BTreeMap<Asset, i64> =
            booked.map(|(_, asset, amount)| (asset, amount)).collect();
        let noted: BTreeMap<Asset, Pending> = self.balances.on_the_way().collect();
        let assets: BTreeSet<Asset> =
            open.keys().chain(booked.keys()).chain(noted.keys()).copied().collect();
        for asset in assets {
            let open = open.get(&asset).copied().unwrap_or_default();
            let noted = noted.get(&asset).copied().unwrap_or_default();
            let booked = booked.get(&asset).copied().unwrap_or_default();
            let net = open.incoming.saturating_sub(open.outgoing);
            if booked != net || noted != open {
                return Err(Imbalance::Pending { asset, booked, open: net });
            }
        }
        Ok(())
    }
    fn check_positions(&self) -> Result<(), Imbalance> {
        let mut posted: BTreeMap<TokenId, i64> = BTreeMap::new();
        let mut post = |token: TokenId, amount: i64| {
            let sum = posted.entry(token).or_default();
            *sum = sum.saturating_add(amount);
        };
        for (account, asset, amount) in self.balances.iter() {
            if let (Account::WalletSettled, Asset::Shares(token)) = (account, asset) {
                post(token, amount);
            }
        }
        self.open_trades().for_each(|report| post(report.token, report.shares()));
        self.line.lots().keys().for_each(|token| post(*token, 0));
        for (token, posted) in posted {
            let lot = self.line.lots().get(&token).copied().unwrap_or_default();
            if lot.held.micros() != posted {
                return Err(Imbalance::Position { token, position: lot.held.micros(), posted });
            }
            if lot.held == Shares::ZERO && lot.cost != Usd::ZERO {
                return Err(Imbalance::Cost { token, cost: lot.cost });
            }
        }
        Ok(())
    }
    fn check_value(&self) -> Result<(), Imbalance> {
        let provisional: i64 = self.open_trades().map(|report| report.cash()).sum();
        let costs: Usd = self.line.lots().values().map(|lot| lot.cost).sum();
        let assets = self.cash().settled + Usd::from_micros(provisional) + costs;
        let total = self.results().total();
        let sources = self.line.contributed() + total.realised - total.fees + total.adjusted;
        if assets == sources { Ok(()) } else { Err(Imbalance::Value { assets, sources }) }
    }
    /// What the open trades bring and take, and what the open tasks take.
    fn open_by_asset(&self) -> BTreeMap<Asset, Pending> {
        let mut open: BTreeMap<Asset, Pending> = BTreeMap::new();
        let mut note = |asset: Asset, amount: i64| {
            if amount != 0 {
                let pending = open.entry(asset).or_default();
                pending.incoming = pending.incoming.saturating_add(amount.max(0));
                pending.outgoing = pending.outgoing.saturating_add((-amount).max(0));
            }
        };
        for report in self.open_trades() {
            note(Asset::Cash, report.cash());
            note(Asset::Shares(report.token), report.shares());
        }
        for (asset, amount) in self.open_tasks().flat_map(|report| report.leaving()) {
            note(asset, -amount);
        }
        open
    }
}
