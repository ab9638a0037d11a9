//! The chain of a venue that runs, by hand.

use domain::Usd;

use super::{AccountKind, RelayerAccount};
use crate::custody::{Address, Asset, Snapshot};
use crate::venue::RunningVenue;

impl RunningVenue {
    /// Makes an account known to the chain and the relayer. Opening it again changes nothing but
    /// that a wallet that was missing is deployed.
    #[must_use]
    pub fn open_chain_account(
        &self,
        owner: impl Into<[u8; 20]>,
        kind: AccountKind,
    ) -> RelayerAccount {
        let owner = Address::from(owner.into());
        self.shared.state.lock().chain.open_account(owner, kind)
    }
    /// Gives a wallet dollars from outside, as a bridge would.
    pub fn fund_chain(&self, wallet: impl Into<[u8; 20]>, asset: Asset, amount: Usd) {
        let wallet = Address::from(wallet.into());
        self.shared.state.lock().custody.fund(wallet, asset, amount);
    }
    /// What the chain records, and whether it adds up.
    #[must_use]
    pub fn custody(&self) -> Snapshot {
        self.shared.state.lock().custody.snapshot()
    }
}
