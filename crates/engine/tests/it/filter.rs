//! Words are whole, whatever their case and script.

use std::sync::Arc;

use domain::{DurationMillis, Market, Price, UnixMillis, Usd};
use engine::filter::{FilterReason, FilterSettings, MarketFilter};

use crate::kit::{NOW, market, price, usd};
use crate::recordings;

fn titled(title: &str, slug: &str, tags: &[&str]) -> Market {
    let tags = tags.iter().map(|tag| Arc::from(*tag)).collect();
    Market { title: title.into(), slug: slug.into(), tags, ..market(1) }
}

fn hidden_by(keywords: &[&str], market: &Market) -> Option<String> {
    let keywords_excluded = keywords.iter().map(|keyword| (*keyword).to_owned()).collect();
    let settings = FilterSettings { keywords_excluded, ..FilterSettings::default() };
    match MarketFilter::new(settings).check(market, NOW) {
        Err(FilterReason::Keyword(keyword)) => Some(keyword.to_string()),
        Err(other) => panic!("{other:?}"),
        Ok(()) => None,
    }
}

#[test]
fn a_keyword_hides_whole_words_alone() {
    let about = |title: &str| hidden_by(&["sol", "NBA", "world cup"], &titled(title, "x", &[]));
    assert_eq!(about("Will a two-state solution be signed?"), None);
    assert_eq!(about("Consolidated debt above 40%?"), None);
    assert_eq!(about("Will SOL reach $500?").as_deref(), Some("sol"));
    assert_eq!(about("Sol's price?").as_deref(), Some("sol"));
    assert_eq!(about("(sol)").as_deref(), Some("sol"));
    assert_eq!(about("A cup of the world").as_deref(), None);
    assert_eq!(about("The World-Cup final").as_deref(), Some("world cup"));
    assert_eq!(about("A world").as_deref(), None);
}

#[test]
fn slugs_and_tags_are_searched_too() {
    let plain = titled("Who wins tonight?", "nba-finals-2026", &[]);
    assert_eq!(hidden_by(&["NBA"], &plain).as_deref(), Some("NBA"));
    let tagged = titled("Who wins tonight?", "x", &["nba-finals"]);
    assert_eq!(hidden_by(&["nba"], &tagged).as_deref(), Some("nba"));
}

#[test]
fn case_is_folded_in_every_script_and_signs_are_no_words() {
    let about = |keyword: &str, title: &str| hidden_by(&[keyword], &titled(title, "x", &[]));
    assert!(about("биткойн", "БИТКОЙН выше 100?").is_some());
    assert!(about("straße", "Kommt die STRASSE?").is_some());
    assert!(about("ΟΔΟΣ", "η οδος").is_some());
    assert!(about("café", "Le CAFÉ ferme").is_some());
    assert!(about("caf", "Le café ferme").is_none());
    assert!(about("!?", "What?! really").is_none(), "a keyword of signs hides nothing");
    assert!(about("", "anything").is_none());
}

#[test]
fn every_other_reason_is_given_where_it_is_the_first() {
    let full = || FilterSettings {
        tags_excluded: vec!["Sports".to_owned()],
        price_min: price("0.05"),
        price_max: price("0.95"),
        liquidity_usd_min: usd("1000"),
        ends_in_min: Some(DurationMillis::from_seconds(3_600)),
        ends_in_max: Some(DurationMillis::from_seconds(86_400)),
        ..FilterSettings::default()
    };
    let filter = MarketFilter::new(full());
    let in_hours = |hours: i64| Some(UnixMillis(NOW.0 + hours * 3_600_000));
    let good = || Market {
        price_hint: Some(price("0.5")),
        liquidity: usd("1000"),
        ends_at: in_hours(5),
        ..market(1)
    };
    let why = |market: Market| filter.check(&market, NOW).err();
    assert_eq!(why(good()), None);
    let sports = Market { tags: vec!["sports".into()], ..good() };
    assert_eq!(why(sports), Some(FilterReason::Tag("sports".into())));
    assert_eq!(why(Market { price_hint: None, ..good() }), Some(FilterReason::PriceUnknown));
    let outside = |at: Price| why(Market { price_hint: Some(at), ..good() });
    assert_eq!(outside(price("0.0499")), Some(FilterReason::PriceOutside));
    assert_eq!(outside(price("0.9501")), Some(FilterReason::PriceOutside));
    assert_eq!(outside(price("0.95")), None);
    let poor = Market { liquidity: Usd::from_micros(999_999_999), ..good() };
    assert_eq!(why(poor), Some(FilterReason::Illiquid));
    assert_eq!(why(Market { ends_at: None, ..good() }), Some(FilterReason::EndUnknown));
    assert_eq!(why(Market { ends_at: in_hours(0), ..good() }), Some(FilterReason::EndsTooSoon));
    assert_eq!(why(Market { ends_at: in_hours(25), ..good() }), Some(FilterReason::EndsTooLate));
    let unknown = Market { price_hint: None, ends_at: None, ..market(1) };
    assert_eq!(MarketFilter::new(FilterSettings::default()).check(&unknown, NOW), Ok(()));
}

#[test]
fn the_insight_filter_hides_recorded_crypto_and_sports_and_keeps_the_rest() {
    let Some(folder) = recordings::folder("gamma_active_2026_03") else { return };
    let filter = MarketFilter::new(FilterSettings::insight());
    let [mut crypto, mut sports, mut other] = [[0u32; 2]; 3];
    for path in recordings::files(&folder, ".jsonl.gz") {
        for line in recordings::lines(&path) {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let listed = titled(&text("question"), &text("slug"), &[]);
            let hidden = filter.check(&listed, NOW).is_err();
            let counts = match line["feeType"].as_str() {
                Some("crypto_fees") => &mut crypto,
                Some("sports_fees") => &mut sports,
                _ => &mut other,
            };
            counts[usize::from(hidden)] += 1;
        }
    }
    println!("[kept, hidden] by words alone: crypto {crypto:?} sports {sports:?} other {other:?}");
    assert!(crypto[1] > 9 * crypto[0], "nine tenths of what is charged as crypto");
    assert!(other[0] > other[1], "most of the rest stays");
}
