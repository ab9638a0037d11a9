//! What every account holds of every asset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{Account, Asset, Posting};
use super::listed;

/// What is on its way, both amounts positive; millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) incoming: i64,
    pub(super) outgoing: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Balances {
    #[serde(with = "listed")]
    accounts: BTreeMap<(Account, Asset), i64>,
    #[serde(with = "listed")]
    pending: BTreeMap<Asset, Pending>,
}

/// A sum would leave the range of the integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

impl Balances {
    pub(super) fn of(&self, account: Account, asset: Asset) -> i64 {
        self.accounts.get(&(account, asset)).copied().unwrap_or(0)
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = (Account, Asset, i64)> {
        self.accounts.iter().map(|((account, asset), amount)| (*account, *asset, *amount))
    }
    pub(super) fn pending(&self, asset: Asset) -> Pending {
        self.pending.get(&asset).copied().unwrap_or_default()
    }
    /// Every asset with something on its way.
    pub(super) fn on_the_way(&self) -> impl Iterator<Item = (Asset, Pending)> {
        self.pending.iter().map(|(asset, pending)| (*asset, *pending))
    }
    /// Posts all lines, or none.
    pub(super) fn post(&mut self, lines: &[Posting]) -> Result<(), TooLarge> {
        let sum = |line: &Posting| {
            self.of(line.account, line.asset).checked_add(line.amount).ok_or(TooLarge)
        };
        let sums = lines.iter().map(sum).collect::<Result<Vec<i64>, TooLarge>>()?;
        for (line, sum) in lines.iter().zip(sums) {
            if sum == 0 {
                self.accounts.remove(&(line.account, line.asset));
            } else {
                self.accounts.insert((line.account, line.asset), sum);
            }
        }
        Ok(())
    }
    /// What will come (positive) or go (negative).
    pub(super) fn expect(&mut self, asset: Asset, amount: i64) {
        self.change(asset, amount.max(0), (-amount).max(0));
    }
    /// What was expected has come to its end.
    pub(super) fn expect_no_more(&mut self, asset: Asset, amount: i64) {
        self.change(asset, -amount.max(0), -(-amount).max(0));
    }
    fn change(&mut self, asset: Asset, incoming: i64, outgoing: i64) {
        let pending = self.pending.entry(asset).or_default();
        pending.incoming = pending.incoming.saturating_add(incoming);
        pending.outgoing = pending.outgoing.saturating_add(outgoing);
        if *pending == Pending::default() {
            self.pending.remove(&asset);
        }
    }
}
