//! The record as an auditor reads it, and whether it adds up.

use std::collections::{BTreeMap, HashMap};

use domain::{Shares, TokenId, Usd};
use serde::Serialize;

use super::{Address, Asset, BURNED, Condition, Custody};

/// One wallet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WalletSnapshot {
    /// Dollars of the venue.
    pub pusd: Usd,
    /// Dollars not yet wrapped.
    pub usdc_e: Usd,
    /// Shares; tokens of which there are none are absent.
    pub shares: BTreeMap<TokenId, Shares>,
}

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Every wallet that holds something, the crowd's treasury and the fees among them.
    pub wallets: BTreeMap<Address, WalletSnapshot>,
    /// Dollars that came from outside.
    pub funded: Usd,
    /// What does not add up; `None` where all does.
    pub imbalance: Option<String>,
}

impl Custody {
    /// Everything at this moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let wallets = self.wallets.iter().map(|(address, wallet)| {
            let shown = WalletSnapshot {
                pusd: self.cash(*address, Asset::Pusd),
                usdc_e: self.cash(*address, Asset::UsdcE),
                shares: wallet.shares.clone(),
            };
            (*address, shown)
        });
        let wallets = wallets.filter(|(_, shown)| *shown != WalletSnapshot::default());
        Snapshot { wallets: wallets.collect(), funded: self.funded, imbalance: self.imbalance() }
    }

    /// What does not add up, in words; `None` where all does: every share is backed by its part of
    /// a set, and all dollars together are those that came from outside.
    #[must_use]
    pub fn imbalance(&self) -> Option<String> {
        self.shares_imbalance()
            .or_else(|| self.burned_imbalance())
            .or_else(|| self.cash_imbalance())
    }

    fn shares_imbalance(&self) -> Option<String> {
        let mut held: HashMap<TokenId, Shares> = HashMap::new();
        for (token, size) in self.wallets.values().flat_map(|wallet| &wallet.shares) {
            *held.entry(*token).or_default() += *size;
        }
        self.conditions.iter().find_map(|(id, condition)| {
            let owed = condition.payouts().map_or(Usd::ZERO, |it| it.value(condition.redeemed));
            if condition.paid > owed {
                return Some(format!("{id}: paid {} for shares worth {owed}", condition.paid));
            }
            let outcomes = condition.tokens().into_iter().zip(condition.redeemed);
            outcomes.into_iter().find_map(|(token, redeemed)| {
                let exist = held.get(&token).copied().unwrap_or_default() + redeemed;
                let sets = condition.sets;
                (exist != sets).then(|| {
                    format!("{id}: {exist} shares of {token} held or redeemed, {sets} sets made")
                })
            })
        })
    }

    /// Conversions burn NO of every question of a group alike, or sets are no longer whole.
    fn burned_imbalance(&self) -> Option<String> {
        self.groups.iter().find_map(|(market_id, group)| {
            let conditions = group.values().filter_map(|id| self.conditions.get(id));
            let burned: Vec<Shares> = conditions.map(|it| self.burned(it)).collect();
            let uneven = burned.windows(2).any(|pair| pair.first() != pair.last());
            uneven.then(|| format!("group 0x{}: burned {burned:?}", hex::encode(market_id)))
        })
    }
    fn burned(&self, condition: &Condition) -> Shares {
        let [_, no] = condition.tokens();
        self.shares(BURNED, no)
    }

    fn cash_imbalance(&self) -> Option<String> {
        let cash: Usd =
            self.wallets.values().flat_map(|wallet| wallet.cash.values()).copied().sum();
        let backing: Usd = self.conditions.values().map(Condition::collateral).sum();
        // Of the NO burned in a group all but one would have paid, so nobody backs them.
        let unbacked: Usd = self.groups.values().map(|group| self.burned_value(group)).sum();
        let all = cash + backing - unbacked;
        (all != self.funded).then(|| {
            format!(
                "{cash} in cash and {backing} behind shares, less {unbacked} burned, make {all}; \
                 {} came from outside",
                self.funded
            )
        })
    }
    fn burned_value(&self, group: &BTreeMap<u8, domain::ConditionId>) -> Usd {
        let conditions = group.values().filter_map(|id| self.conditions.get(id));
        let mut burned: Vec<Shares> = conditions.map(|it| self.burned(it)).collect();
        burned.pop();
        burned.into_iter().sum::<Shares>().at_one()
    }
}
