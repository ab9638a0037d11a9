//! Looks wallets up, one at a time.

use std::collections::{BTreeSet, VecDeque};

use domain::{AccountAddress, UnixMillis};
use engine::whales::{SettledPosition, WalletProfile};
use polymarket::data::{DataClient, PositionState};
use polymarket::http::{Settings as VenueSettings, VenueError};
use polymarket::ids::Address;
use store::WalletRow;

/// Pages of each kind of position: three thousand tell enough of a wallet.
const PAGES_MAX: usize = 3;
/// Wallets that wait; more are looked up when they trade again.
const WAITING_MAX: usize = 500;
/// A wallet is looked up again after so long.
const FRESH_FOR_MS: i64 = 6 * 3_600_000;
/// Wallets whose last look is remembered.
const KNOWN_MAX: usize = 10_000;

/// Wallets to look up.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    waiting: VecDeque<AccountAddress>,
    waits: BTreeSet<AccountAddress>,
    known: VecDeque<WalletRow>,
}

impl Profiles {
    /// What is known of a wallet and not too old; else the wallet is put on the list.
    pub(super) fn ask(&mut self, wallet: AccountAddress, now: UnixMillis) -> Option<&WalletRow> {
        let is_known =
            |row: &&WalletRow| row.address == wallet && now.since(row.fetched_at).0 < FRESH_FOR_MS;
        if self.known.iter().any(|row| is_known(&row)) {
            return self.known.iter().find(is_known);
        }
        if self.waiting.len() < WAITING_MAX && self.waits.insert(wallet) {
            self.waiting.push_back(wallet);
        }
        None
    }
    /// The next wallet to look up.
    pub(super) fn next(&mut self) -> Option<AccountAddress> {
        let next = self.waiting.pop_front()?;
        self.waits.remove(&next);
        Some(next)
    }
    /// A wallet was looked up.
    pub(super) fn learn(&mut self, row: WalletRow) {
        self.known.retain(|known| known.address != row.address);
        self.known.push_front(row);
        self.known.truncate(KNOWN_MAX);
    }
}

/// Everything that the venue says of a wallet's positions. Shares that are worth nothing and were
/// never cleared away are losses like others: who leaves them out finds winners everywhere.
pub(super) async fn look_up(
    venue: &VenueSettings,
    wallet: AccountAddress,
    now: UnixMillis,
) -> Result<WalletRow, VenueError> {
    let client = DataClient::new(venue.connect()?);
    let mut profile = WalletProfile::default();
    for state in PositionState::ALL {
        let mut pages = client.positions(Address::from_bytes(*wallet.bytes()), state);
        for _ in 0..PAGES_MAX {
            let Some(page) = pages.next_page().await? else { break };
            for position in page.positions {
                let (cost, profit, first) = (position.cost, position.profit, position.first_at);
                match state {
                    PositionState::Open => profile.add_open(cost, first),
                    PositionState::Closed
                    | PositionState::Redeemable
                    | PositionState::RedeemableLost => {
                        profile.add_settled(SettledPosition { cost, profit }, first);
                    }
                }
            }
        }
        profile.partial |= !pages.is_finished();
    }
    Ok(row(wallet, &profile, now))
}

fn row(address: AccountAddress, profile: &WalletProfile, fetched_at: UnixMillis) -> WalletRow {
    WalletRow {
        address,
        first_seen_at: profile.first_seen_at,
        open: profile.open,
        settled: profile.settled,
        wins: profile.wins,
        volume: profile.volume,
        settled_cost: profile.settled_cost,
        profit: profile.profit,
        partial: profile.partial,
        fetched_at,
    }
}

/// The profile of a row.
pub(super) const fn profile(row: &WalletRow) -> WalletProfile {
    WalletProfile {
        first_seen_at: row.first_seen_at,
        open: row.open,
        settled: row.settled,
        wins: row.wins,
        volume: row.volume,
        profit: row.profit,
        settled_cost: row.settled_cost,
        partial: row.partial,
    }
}

#[cfg(test)]
mod tests {
    use domain::Usd;

    use super::*;

    #[test]
    fn a_wallet_is_asked_for_once_and_again_when_its_figures_are_old() {
        let wallet = AccountAddress::from_bytes([1; 20]);
        let mut profiles = Profiles::default();
        let now = UnixMillis(1_000);
        assert_eq!(profiles.ask(wallet, now), None);
        assert_eq!(profiles.ask(wallet, now), None);
        assert_eq!((profiles.next(), profiles.next()), (Some(wallet), None));
        let known = row(wallet, &WalletProfile { volume: Usd::MAX, ..Default::default() }, now);
        profiles.learn(known.clone());
        assert_eq!(profiles.ask(wallet, now), Some(&known));
        assert_eq!(profiles.next(), None);
        assert_eq!(profiles.ask(wallet, UnixMillis(now.0 + FRESH_FOR_MS)), None);
        assert_eq!(profiles.next(), Some(wallet));
    }
}
