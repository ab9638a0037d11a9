//! Which markets the swarm asks about by itself.

use domain::{ConditionId, DurationMillis, Market, MarketState, Price, UnixMillis};
use engine::filter::{FilterReason, FilterSettings, MarketFilter};
use engine::forecast::{Candidate, Selection, SelectionSettings, Unasked};

use crate::kit::{NOW, market, price, usd};

const HOUR: i64 = 3_600_000;

fn in_hours(hours: i64) -> Option<UnixMillis> {
    Some(NOW.plus(DurationMillis(hours * HOUR)))
}

fn good(number: u8) -> Market {
    Market { liquidity: usd("5000"), ends_at: in_hours(48), ..market(number) }
}

fn candidate(market: &Market) -> Candidate<'_> {
    Candidate { market, bid: Some(price("0.4")), ask: Some(price("0.44")), asked_at: None }
}

fn selection() -> Selection {
    Selection::new(SelectionSettings::default(), MarketFilter::new(FilterSettings::insight()))
}

fn why(candidate: &Candidate<'_>) -> Option<Unasked> {
    selection().check(candidate, NOW).err()
}

#[test]
fn every_reason_not_to_ask_is_given_where_it_is_the_first() {
    let fine = good(1);
    assert_eq!(why(&candidate(&fine)), None);
    let of = |market: Market| why(&candidate(&market));
    assert_eq!(of(Market { state: MarketState::Paused, ..good(1) }), Some(Unasked::NotOpen));
    assert_eq!(of(Market { placeholder: true, ..good(1) }), Some(Unasked::NotOpen));
    let crypto = of(Market { tags: vec!["crypto".into()], ..good(1) });
    assert_eq!(crypto, Some(Unasked::Hidden(FilterReason::Tag("crypto".into()))));
    assert_eq!(of(Market { liquidity: usd("4999"), ..good(1) }), Some(Unasked::Illiquid));
    assert_eq!(of(Market { ends_at: None, ..good(1) }), Some(Unasked::EndUnknown));
    assert_eq!(of(Market { ends_at: in_hours(5), ..good(1) }), Some(Unasked::EndsTooSoon));
    assert_eq!(of(Market { ends_at: in_hours(91 * 24), ..good(1) }), Some(Unasked::EndsTooLate));
    let at =
        |bid: Option<Price>, ask: Option<Price>| why(&Candidate { bid, ask, ..candidate(&fine) });
    assert_eq!(at(None, Some(price("0.4"))), Some(Unasked::NoPrice));
    assert_eq!(at(Some(price("0.5")), Some(price("0.4"))), Some(Unasked::NoPrice));
    assert_eq!(at(Some(price("0.4")), Some(price("0.4501"))), Some(Unasked::Wide));
    assert_eq!(at(Some(price("0.02")), Some(price("0.06"))), Some(Unasked::PriceOutside));
    assert_eq!(at(Some(price("0.96")), Some(price("0.97"))), Some(Unasked::PriceOutside));
    let asked = |hours| why(&Candidate { asked_at: in_hours(hours), ..candidate(&fine) });
    assert_eq!(asked(-11), Some(Unasked::AskedRecently));
    assert_eq!(asked(-12), None);
    assert_eq!(Unasked::AskedRecently.to_string(), "The swarm was asked about it not long ago.");
}

#[test]
fn the_most_traded_markets_are_asked_about_first() {
    let markets = [
        Market { volume_24h: usd("10"), ..good(1) },
        Market { volume_24h: usd("30"), ..good(2) },
        Market { volume_24h: usd("90"), liquidity: usd("1"), ..good(3) },
        Market { volume_24h: usd("10"), liquidity: usd("9000"), ..good(4) },
    ];
    let candidates = markets.iter().map(candidate);
    let chosen: Vec<ConditionId> = selection()
        .choose(candidates, 2, NOW)
        .iter()
        .map(|chosen| chosen.market.condition)
        .collect();
    assert_eq!(chosen, [markets[1].condition, markets[3].condition]);
    assert_eq!(candidate(&markets[0]).middle(), Some(price("0.42")));
}
