//! Groups of questions of which exactly one pays: NO of several is worth YES of the others and
//! dollars.

use domain::{ConditionId, Shares, Usd};
use ethers_core::types::U256;

use super::{Address, Asset, BURNED, Custody, Revert, Transaction};

impl Custody {
    /// The conditions of a group, by the number of their question.
    #[must_use]
    pub fn group(&self, market_id: &[u8; 32]) -> Vec<(u8, ConditionId)> {
        let group = self.groups.get(market_id).into_iter().flatten();
        group.map(|(index, id)| (*index, *id)).collect()
    }
}

impl Transaction<'_> {
    /// Gives up NO of every question whose bit is set in `index_set`; returns YES of every other
    /// question, and a dollar a share for every NO after the first. One way only. No fee.
    ///
    /// # Errors
    /// Unknown group, fewer than two questions, no bit or one that names no question, too few
    /// shares, or a negative size.
    pub fn convert(
        &mut self,
        wallet: Address,
        market_id: [u8; 32],
        index_set: U256,
        size: Shares,
    ) -> Result<(), Revert> {
        let group = self.custody.group(&market_id);
        match group.len() {
            0 => return Err(Revert::UnknownGroup),
            1 => return Err(Revert::NothingToConvert),
            _ => {}
        }
        let named: U256 = group
            .iter()
            .fold(U256::zero(), |all, (index, _)| all | (U256::one() << usize::from(*index)));
        if index_set.is_zero() || index_set & named != index_set {
            return Err(Revert::InvalidIndexSet);
        }
        if size < Shares::ZERO {
            return Err(Revert::AmountOutOfRange);
        }
        let mut given_up: i64 = 0;
        for (index, id) in group {
            let [yes, no] = self.condition(id)?.tokens();
            if index_set.bit(usize::from(index)) {
                given_up += 1;
                self.change_shares(wallet, no, -size)?;
            } else {
                // The adapter makes a set of its own and keeps nothing of it.
                self.change_sets(id, size)?;
                self.change_shares(wallet, yes, size)?;
            }
            self.change_shares(BURNED, no, size)?;
        }
        let freed = size.micros().checked_mul(given_up - 1).ok_or(Revert::AmountOutOfRange)?;
        self.change_cash(wallet, Asset::Pusd, Usd::from_micros(freed))
    }
}
