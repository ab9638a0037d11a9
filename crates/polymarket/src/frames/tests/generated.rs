//! The scanner and the tolerant parser agree on whatever frame is generated.

use proptest::prelude::*;

use super::{NO, YES, table};
use crate::frames::{ParsedFrame, parse_frame, parse_tolerantly};

/// A member as text; `None` leaves it out.
type Member = (&'static str, String);

fn quoted(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    text.prop_map(|text| format!("\"{text}\""))
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => Just(YES.to_owned()),
        5 => Just(NO.to_owned()),
        1 => Just(format!("{YES}1")),
        1 => "[0-9]{1,78}",
    ]
}

fn price() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "0\\.[0-9]{1,4}",
        1 => "\\.[0-9]{1,3}",
        1 => "[01](\\.0{1,4})?",
        1 => "[0-9.eE+-]{0,7}",
        1 => "0\\.[0-9]{5,9}",
    ]
}

fn size() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9]{1,6}",
        4 => "[0-9]{1,6}\\.[0-9]{1,2}",
        2 => "[0-9]{1,12}\\.[0-9]{1,6}",
        1 => "[0-9]{1,20}(\\.[0-9]{0,9})?",
        1 => "[0-9.eE+-]{0,9}",
    ]
}

fn best() -> impl Strategy<Value = String> {
    prop_oneof![8 => "0\\.[0-9]{1,4}", 1 => "[01]?", 1 => "[0-9.]{0,6}"]
}

fn side() -> impl Strategy<Value = String> {
    prop_oneof![8 => Just("BUY".to_owned()), 8 => Just("SELL".to_owned()), 1 => "[A-Z]{0,5}"]
}

fn hash() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[0-9a-f]{40}", 1 => "[0-9a-zA-Z ]{0,44}"]
}

fn millis() -> impl Strategy<Value = String> {
    prop_oneof![8 => "17[0-9]{11}", 1 => "[0-9]{0,20}", 1 => "[0-9a-z-]{0,14}"]
}

/// How a frame is written: what stands after commas and colons.
fn spacing() -> impl Strategy<Value = (&'static str, &'static str)> {
    let blank = prop_oneof![3 => Just(""), 3 => Just(" "), 1 => Just("  "), 1 => Just("\n\t")];
    (blank.clone(), blank)
}

fn object(members: &[Member], comma: &str, colon: &str) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("\"{name}\":{colon}{value}")).collect();
    format!("{{{}}}", members.join(&format!(",{comma}")))
}

/// The venue's order mostly; sometimes shuffled, a member lost, a member more.
fn disturbed(members: Vec<Member>) -> impl Strategy<Value = Vec<Member>> {
    let shuffled = Just(members.clone()).prop_shuffle();
    let lost = (Just(members.clone()), any::<prop::sample::Index>()).prop_map(|(mut all, at)| {
        all.remove(at.index(all.len()));
        all
    });
    let more = Just(members.clone()).prop_map(|mut all| {
        all.push(("surprise", "{\"a\":[1,null,\"\\u00e9\"]}".to_owned()));
        all
    });
    prop_oneof![12 => Just(members), 1 => shuffled, 1 => lost, 1 => more]
}

fn change() -> impl Strategy<Value = Vec<Member>> {
    let members =
        (quoted(token()), quoted(price()), quoted(size()), quoted(side()), quoted(hash()));
    (members, quoted(best()), quoted(best())).prop_flat_map(|((t, p, s, d, h), bid, ask)| {
        disturbed(vec![
            ("asset_id", t),
            ("price", p),
            ("size", s),
            ("side", d),
            ("hash", h),
            ("best_bid", bid),
            ("best_ask", ask),
        ])
    })
}

fn market() -> impl Strategy<Value = String> {
    quoted(
        prop_oneof![4 => "0x[0-9a-f]{64}", 1 => "[0-9a-z\\\\]{0,8}"]
            .prop_map(|text: String| text.replace('\\', "\\\\")),
    )
}

fn price_change() -> impl Strategy<Value = String> {
    (market(), prop::collection::vec(change(), 0..4), quoted(millis()), spacing()).prop_flat_map(
        |(market, changes, at, (comma, colon))| {
            let changes: Vec<String> =
                changes.iter().map(|change| object(change, comma, colon)).collect();
            let changes = format!("[{}]", changes.join(&format!(",{comma}")));
            disturbed(vec![
                ("market", market),
                ("price_changes", changes),
                ("timestamp", at),
                ("event_type", "\"price_change\"".to_owned()),
            ])
            .prop_map(move |members| object(&members, comma, colon))
        },
    )
}

fn levels() -> impl Strategy<Value = String> {
    prop::collection::vec((quoted(price()), quoted(size())), 0..5).prop_map(|levels| {
        let levels: Vec<String> = levels
            .iter()
            .map(|(p, s)| object(&[("price", p.clone()), ("size", s.clone())], "", ""))
            .collect();
        format!("[{}]", levels.join(","))
    })
}

fn book() -> impl Strategy<Value = String> {
    let head = (market(), quoted(token()), quoted(millis()), quoted(hash()));
    let tail = (quoted(price()), quoted(best()), any::<bool>(), spacing());
    (head, levels(), levels(), tail).prop_flat_map(
        |((market, token, at, hash), bids, asks, (tick, last, versioned, (comma, colon)))| {
            let mut members = vec![
                ("market", market),
                ("asset_id", token),
                ("timestamp", at),
                ("hash", hash),
                ("bids", bids),
                ("asks", asks),
                ("tick_size", tick),
                ("event_type", "\"book\"".to_owned()),
                ("last_trade_price", last),
            ];
            if versioned {
                members.push(("version", "\"v2\"".to_owned()));
            }
            disturbed(members).prop_map(move |members| object(&members, comma, colon))
        },
    )
}

fn trade_or_touch() -> impl Strategy<Value = String> {
    let head = (market(), quoted(token()), quoted(millis()), any::<bool>(), spacing());
    let rest = (quoted(price()), quoted(size()), quoted(side()), quoted(best()), quoted(best()));
    (head, rest).prop_flat_map(
        |((market, token, at, trade, (comma, colon)), (price, size, side, bid, ask))| {
            let members = if trade {
                vec![
                    ("market", market),
                    ("asset_id", token),
                    ("price", price),
                    ("size", size),
                    ("fee_rate_bps", "\"0\"".to_owned()),
                    ("side", side),
                    ("timestamp", at),
                    ("event_type", "\"last_trade_price\"".to_owned()),
                    ("transaction_hash", "\"0x8a\"".to_owned()),
                ]
            } else {
                vec![
                    ("market", market),
                    ("asset_id", token),
                    ("best_bid", bid),
                    ("best_ask", ask),
                    ("spread", "\"0.01\"".to_owned()),
                    ("timestamp", at),
                    ("event_type", "\"best_bid_ask\"".to_owned()),
                ]
            };
            disturbed(members).prop_map(move |members| object(&members, comma, colon))
        },
    )
}

fn frame() -> impl Strategy<Value = String> {
    let event = prop_oneof![4 => price_change(), 2 => book(), 1 => trade_or_touch()].boxed();
    let array = prop::collection::vec(event.clone(), 0..4)
        .prop_map(|events| format!("[{}]", events.join(", ")));
    let end = prop_oneof![Just(""), Just("\n"), Just("]"), Just(",")];
    (prop_oneof![3 => event, 1 => array], end).prop_map(|(text, end)| format!("{text}{end}"))
}

fn assert_agreement(bytes: &[u8]) {
    let (mut fast, mut slow) = (ParsedFrame::new(), ParsedFrame::new());
    let outcome = parse_frame(bytes, &table(), &mut fast);
    let expected = parse_tolerantly(bytes, &table(), &mut slow);
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(outcome, expected, "{text}");
    assert_eq!(fast.frame(), slow.frame(), "{text}");
    assert_eq!(fast.named(), slow.named(), "{text}");
    assert_eq!(fast.unknown_tokens(), slow.unknown_tokens(), "{text}");
    assert_eq!(fast.unknown_events(), slow.unknown_events(), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn scanner_and_tolerant_parser_agree_on_generated_frames(text in frame()) {
        assert_agreement(text.as_bytes());
    }

    #[test]
    fn they_agree_on_frames_with_a_byte_changed(
        text in frame(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        assert_agreement(&bytes);
    }

    #[test]
    fn they_agree_on_frames_that_are_cut(text in frame(), at in any::<prop::sample::Index>()) {
        let bytes = text.into_bytes();
        assert_agreement(&bytes[..at.index(bytes.len())]);
    }
}
