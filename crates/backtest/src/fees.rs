//! Which fees are charged.

use domain::{FeeSchedule, FeeTerms, Market};
use serde::Serialize;

/// Which fees are charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fees {
    /// Those that the recording states with its markets; where it states none, none.
    #[default]
    Recorded,
    /// The venue's rates of autumn 2026, whatever the recording's date.
    Current,
    /// None.
    None,
}

/// The rates that the venue published in autumn 2026, by what a market is about: 7 % of `p (1 - p)`
/// for crypto, 5 % for sports.
const CRYPTO: (&str, [&str; 8]) =
    ("0.07", ["btc-", "eth-", "sol-", "xrp-", "bitcoin-", "ethereum-", "solana-", "crypto"]);
const SPORTS: (&str, [&str; 8]) =
    ("0.05", ["mlb-", "nba-", "nfl-", "nhl-", "epl-", "ufc-", "fifwc-", "sports"]);

impl Fees {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Current => "current",
            Self::None => "none",
        }
    }
    /// One plain sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Recorded => {
                "Fees are those that the recording states; a market without any is taken as free, \
                 which is the most generous to finding something."
            }
            Self::Current => {
                "Fees are the venue's of autumn 2026, whatever the recording's date: 5 % of p(1-p) \
                 for sports, 7 % for crypto and for whatever cannot be told."
            }
            Self::None => "No fees are charged.",
        }
    }
    /// Charges them in this market.
    pub fn apply(self, market: &mut Market) {
        match self {
            Self::Recorded => {}
            Self::Current => market.fee = current(market),
            Self::None => market.fee = FeeSchedule::Known(FeeTerms::FREE),
        }
    }
}

/// The dearest rate where nothing tells what the market is about.
fn current(market: &Market) -> FeeSchedule {
    let (rate, words) = SPORTS;
    let is_sports = words.iter().any(|word| is_about(market, word));
    let rate = if is_sports && !CRYPTO.1.iter().any(|word| is_about(market, word)) {
        rate
    } else {
        CRYPTO.0
    };
    FeeTerms::parse(rate, "1").map_or(FeeSchedule::Unknown, FeeSchedule::Known)
}

/// The beginning of its address, or a tag.
fn is_about(market: &Market, word: &str) -> bool {
    market.slug.starts_with(word) || market.tags.iter().any(|tag| tag.eq_ignore_ascii_case(word))
}
