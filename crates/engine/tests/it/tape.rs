//! Every print once, whatever the sources say, in whatever order.

mod recorded;
mod sources;

use std::sync::Arc;

use domain::{
    AccountAddress, ConditionId, Price, Rounding, Shares, Side, TokenId, TransactionHash,
    UnixMillis, Usd,
};
use engine::filter::{FilterSettings, MarketFilter};
use engine::tape::{About, Left, Print, Sieve, SieveSettings, Source, Weight};

pub(crate) fn print(number: u8, source: Source) -> Print {
    let price = Usd::from_micros(500_000);
    let size = Shares::from_whole(1_000 + i64::from(number));
    Print {
        transaction: Some(TransactionHash::from_bytes([number; 32])),
        wallet: Some(AccountAddress::from_bytes([number; 20])),
        token: TokenId::from_words([0, 0, 0, 7]),
        condition: ConditionId::from_bytes([7; 32]),
        side: Side::Buy,
        price,
        size,
        value: size.at(Price::from_cents(50).unwrap(), Rounding::Down),
        at: UnixMillis(1_000_000 + i64::from(number) * 1_000),
        source,
        about: Arc::default(),
    }
}

fn sieve() -> Sieve {
    let settings = SieveSettings {
        trade_usd_min: Usd::from_whole(1_000),
        whale_usd_min: Usd::from_whole(10_000),
        ignore_price: Price::from_cents(5).unwrap(),
    };
    Sieve::new(settings, MarketFilter::new(FilterSettings::insight()))
}

#[test]
fn the_sieve_keeps_what_people_asked_for_to_the_cent() {
    let sieve = sieve();
    let weigh = |price: i64, usd: i64| {
        let (price, value) = (Usd::from_micros(price), Usd::from_micros(usd));
        sieve.weigh(&Print { price, value, ..print(1, Source::Live) })
    };
    assert_eq!(weigh(500_000, 10_000_000_000), Ok(Weight::Whale));
    assert_eq!(weigh(500_000, 9_999_999_999), Ok(Weight::Trade));
    assert_eq!(weigh(500_000, 1_000_000_000), Ok(Weight::Trade));
    assert_eq!(weigh(500_000, 999_999_999), Ok(Weight::Part));
    assert_eq!(weigh(500_000, 99_999_999), Err(Left::Small));
    assert_eq!(weigh(50_000, 10_000_000_000), Err(Left::Decided));
    assert_eq!(weigh(50_001, 10_000_000_000), Ok(Weight::Whale));
    assert_eq!(weigh(950_000, 10_000_000_000), Err(Left::Decided));
    assert_eq!(weigh(949_999, 10_000_000_000), Ok(Weight::Whale));
}

#[test]
fn keywords_hide_a_market_by_whole_words_of_title_and_slugs() {
    let mut sieve = sieve();
    let mut read = |number: u8, title: &str, slug: &str| {
        let about = About { title: title.into(), slug: slug.into(), ..About::default() };
        let condition = ConditionId::from_bytes([number; 32]);
        let print = Print { condition, about: Arc::new(about), ..print(1, Source::Live) };
        sieve.read(&print, None)
    };
    assert!(matches!(read(1, "Will BTC rise?", "x"), Err(Left::Hidden(_))));
    assert!(matches!(
        read(2, "Texans or Chargers", "nfl-hou-lac-2025-01-12"),
        Err(Left::Hidden(_))
    ));
    assert_eq!(read(3, "Will they find a solution?", "who-resolves-it"), Ok(()));
    assert_eq!(read(3, "Will BTC rise?", "x"), Ok(()), "a market is read once");
}
