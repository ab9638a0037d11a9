//! The people of the crowd: stable wallets with names, so that a reader can follow the large ones.

use crate::matching::TraderId;
use crate::rng::mix;

const NAMES: [&str; 30] = [
    "tidewatcher",
    "oddlot",
    "penny-farthing",
    "northstar7",
    "calmharbor",
    "lastcall",
    "fogbank",
    "quietmoney",
    "paperlantern",
    "gradient",
    "secondmouse",
    "kettlepot",
    "sundayhedge",
    "ravenfork",
    "slowclap",
    "bluebottle",
    "coppertop",
    "drybulk",
    "elmstreet",
    "fivesigma",
    "gullwing",
    "halfpint",
    "inkwell",
    "juniperus",
    "GrandBanks",
    "TheMillwright",
    "deepkeel",
    "Leviathan-9",
    "ironledger",
    "OldCartographer",
];
/// The first of those who trade large; everybody from here on does.
const LARGE_FROM: u32 = 25;
const COUNT: u32 = NAMES.len() as u32;
const ADJECTIVES: [&str; 8] =
    ["Rowdy", "Mealy", "Gentle", "Distant", "Amber", "Stout", "Hollow", "Brisk"];
const NOUNS: [&str; 8] =
    ["Tenement", "Oar", "Lantern", "Meadow", "Anchor", "Quarry", "Thicket", "Ferry"];

/// Traders from this number on come once, for one fortune.
const NEWCOMERS_FROM: u32 = 100_000;

/// What a wallet did before the venue was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Past {
    /// Positions it won.
    pub won: u64,
    /// Positions it lost.
    pub lost: u64,
    /// Days since the first.
    pub days: i64,
}

/// Who a trader is in public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wallet {
    /// `0x` and 40 hexadecimal digits.
    pub address: String,
    /// The chosen name.
    pub name: &'static str,
    /// The given name.
    pub pseudonym: String,
}

/// The wallet of a trader; the same in every run.
#[must_use]
pub(crate) fn wallet(trader: TraderId) -> Wallet {
    let number = u64::from(trader.0);
    let (a, b, c) = (mix(number), mix(number ^ 0xA11C), mix(number ^ 0xB0B0));
    let unknown = if trader.0 >= NEWCOMERS_FROM { "newcomer" } else { "desk" };
    let word = |words: &[&'static str; 8], drawn: u64| words[(drawn % 8) as usize];
    Wallet {
        address: format!("0x{a:016x}{b:016x}{:08x}", c >> 32),
        name: NAMES.get(trader.0.saturating_sub(1) as usize).copied().unwrap_or(unknown),
        pseudonym: format!("{}-{}", word(&ADJECTIVES, a >> 7), word(&NOUNS, b >> 7)),
    }
}

/// One of the many.
pub(super) const fn small(drawn: u64) -> TraderId {
    TraderId(1 + (drawn % (LARGE_FROM as u64 - 1)) as u32)
}

/// One of the few who trade large.
pub(super) const fn large(drawn: u64) -> TraderId {
    TraderId(LARGE_FROM + (drawn % (COUNT - LARGE_FROM + 1) as u64) as u32)
}

/// Somebody whom nobody has seen before.
pub(super) const fn newcomer(number: u32) -> TraderId {
    TraderId(NEWCOMERS_FROM + number)
}

/// The past of a wallet of the crowd; `None` for newcomers, accounts and strangers.
#[must_use]
pub(crate) fn past(address: &str) -> Option<Past> {
    let known = (1..=COUNT)
        .find(|number| wallet(TraderId(*number)).address.eq_ignore_ascii_case(address))?;
    let drawn = mix(u64::from(known) ^ 0xF00D);
    let settled = 10 + drawn % 140;
    let won = settled * (35 + (drawn >> 16) % 35) / 100;
    let days = 30 + i64::try_from((drawn >> 32) % 700).unwrap_or(0);
    Some(Past { won, lost: settled - won, days })
}
