//! What is known of a wallet: how old it is, what it settled and what came of it.

use domain::{DurationMillis, UnixMillis, Usd};

use super::interval::{Interval, wilson};

/// Whether a wallet is new.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// A wallet first seen less than this ago is new.
    pub age_max: DurationMillis,
    /// A wallet with fewer positions than this is new, too.
    pub positions_min: u64,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { age_max: DurationMillis(7 * 86_400_000), positions_min: 5 }
    }
}

/// One position that a wallet is out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledPosition {
    /// What it cost.
    pub cost: Usd,
    /// What came of it.
    pub profit: Usd,
}

/// A wallet as its positions show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalletProfile {
    /// Its first trade; `None` where nobody knows.
    pub first_seen_at: Option<UnixMillis>,
    /// Positions it holds.
    pub open: u64,
    /// Positions it is out of.
    pub settled: u64,
    /// Of these with a profit.
    pub wins: u64,
    /// What its positions cost altogether, open ones included.
    pub volume: Usd,
    /// What came of the settled ones.
    pub profit: Usd,
    /// What the settled ones cost.
    pub settled_cost: Usd,
    /// There are more positions than were read: the figures are a part.
    pub partial: bool,
}

impl WalletProfile {
    /// Adds a position that it holds.
    pub fn add_open(&mut self, cost: Usd, first_at: Option<UnixMillis>) {
        self.open += 1;
        self.volume += cost;
        self.see(first_at);
    }
    /// Adds a position that it is out of.
    pub fn add_settled(&mut self, position: SettledPosition, first_at: Option<UnixMillis>) {
        self.settled += 1;
        self.wins += u64::from(position.profit.is_positive());
        self.volume += position.cost;
        self.settled_cost += position.cost;
        self.profit += position.profit;
        self.see(first_at);
    }
    fn see(&mut self, at: Option<UnixMillis>) {
        self.first_seen_at = match (self.first_seen_at, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
    }
    /// The share of settled positions with a profit.
    #[must_use]
    pub fn win_rate(&self) -> Option<Interval> {
        wilson(self.wins, self.settled)
    }
    /// Whether it was new at a moment; `None` where nobody knows. Having no history at all is new.
    #[must_use]
    pub fn is_fresh(&self, at: UnixMillis, rule: Freshness) -> Option<bool> {
        if self.partial {
            return Some(false);
        }
        if self.open + self.settled < rule.positions_min {
            return Some(true);
        }
        self.first_seen_at.map(|first| at.since(first).0 < rule.age_max.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(profit: i64) -> SettledPosition {
        SettledPosition { cost: Usd::from_whole(50), profit: Usd::from_whole(profit) }
    }

    #[test]
    fn a_wallet_without_a_history_or_with_a_short_one_is_new() {
        let (now, rule) = (UnixMillis(100 * 86_400_000), Freshness::default());
        let mut wallet = WalletProfile::default();
        assert_eq!(wallet.is_fresh(now, rule), Some(true));
        for day in [93, 99, 98, 97, 96] {
            wallet.add_settled(position(5), Some(UnixMillis(day * 86_400_000)));
        }
        assert_eq!(wallet.is_fresh(now, rule), Some(false), "a week old");
        let earlier = UnixMillis(now.0 - 1);
        assert_eq!(wallet.is_fresh(earlier, rule), Some(true));
    }

    #[test]
    fn a_profile_adds_up_and_says_how_sure_it_is() {
        let mut wallet = WalletProfile::default();
        wallet.add_open(Usd::from_whole(10), None);
        for profit in [50, -50, 50, 0] {
            wallet.add_settled(position(profit), None);
        }
        assert_eq!((wallet.settled, wallet.wins, wallet.open), (4, 2, 1));
        assert_eq!(wallet.volume, Usd::from_whole(210));
        assert_eq!(wallet.profit, Usd::from_whole(50));
        let rate = wallet.win_rate().unwrap();
        assert_eq!(rate.middle_ppm, 500_000);
        assert!(rate.low_ppm < 200_000 && rate.high_ppm > 800_000, "{rate:?}");
    }
}
