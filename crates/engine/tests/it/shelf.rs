//! The shelf over recordings: no parity opportunity survives its rules, because the venue keeps
//! one book for both outcomes and what looks like one is skew or drift.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{
    BookStated, Change, ConditionId, Event, Frame, Level, Market, Price, Shares, Side, StatedBest,
    TokenId, TokenIndex, UnixMillis,
};
use engine::books::{Layout, MarketIndex, ScreenEffect, Shelf, Subject};
use engine::funnel::Reason;
use serde_json::Value;

use crate::{kit, recordings};

const PAIR: MarketIndex = MarketIndex(0);

/// What a run over one recording of one market showed.
#[derive(Default)]
struct Run {
    candidates: u64,
    /// Looks at two trusted books of one moment that showed no contradiction.
    compared: u64,
    suspicions: u64,
    /// Frames after which the last known touches contradict each other, whatever their moments
    /// and whether or not they are to be believed.
    naive: u64,
}

impl Run {
    fn over(frames: impl Iterator<Item = Frame>) -> Self {
        let mut shelf = Shelf::new(Layout::new(&[market()], &[]));
        let mut run = Self::default();
        let mut effects = Vec::new();
        for frame in frames {
            effects.clear();
            shelf.apply(&frame, UnixMillis(1), &mut effects);
            let candidate = ScreenEffect::Candidate(Subject::Pair(PAIR));
            run.candidates += effects.iter().filter(|effect| **effect == candidate).count() as u64;
            let [yes, no] =
                [PAIR.yes(), PAIR.no()].map(|token| shelf.book(token).unwrap().untrusted().touch());
            let sum = |a: Option<Price>, b: Option<Price>| {
                a.zip(b).map(|(a, b)| a.ten_thousandths() + b.ten_thousandths())
            };
            run.naive += u64::from(
                sum(yes.ask, no.ask).is_some_and(|sum| sum < 10_000)
                    || sum(yes.bid, no.bid).is_some_and(|sum| sum > 10_000),
            );
        }
        run.suspicions = shelf.stats().suspicions;
        run.compared = count(&shelf, Reason::NoEdge);
        run
    }
    fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.compared += other.compared;
        self.suspicions += other.suspicions;
        self.naive += other.naive;
    }
}

fn count(shelf: &Shelf, wanted: Reason) -> u64 {
    shelf.funnel().reasons().find(|(reason, _)| *reason == wanted).map_or(0, |(_, count)| count)
}

fn market() -> Market {
    Market {
        condition: ConditionId::from_bytes([1; 32]),
        outcomes: kit::market(1).outcomes.map(|outcome| domain::Outcome {
            token: TokenId::from_words([0, 0, 1, outcome.token.words()[3]]),
            ..outcome
        }),
        ..kit::market(1)
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn level(price: &Value, size: &Value) -> Level {
    // One recorder went through floats and left noise behind the sixth decimal.
    let size = Shares::parse_display(&text(size)).unwrap();
    Level { price: Price::parse(&text(price)).unwrap(), size }
}

fn book(token: TokenIndex, at: i64, bids: Vec<Level>, asks: Vec<Level>) -> Frame {
    let middle = bids.len() as u32;
    let end = middle + asks.len() as u32;
    let stated = BookStated {
        token,
        stated_at: UnixMillis(at),
        bids: 0..middle,
        asks: middle..end,
        hash: None,
        tick: None,
        last_trade: None,
    };
    let levels = bids.into_iter().chain(asks).collect();
    Frame { events: vec![Event::Book(stated)], levels, changes: Vec::new() }
}

fn best(value: &Value, empty: &str) -> StatedBest {
    match value.as_str() {
        None => StatedBest::Missing,
        Some(text) if text == empty || text == "0" || text.is_empty() => StatedBest::Empty,
        Some(text) => StatedBest::At(Price::parse(text).unwrap()),
    }
}

/// A frame of the market channel, in the schema of 2025 or the current one.
fn wire_frame(value: &Value, tokens: &mut BTreeMap<String, TokenIndex>) -> Frame {
    let at = value["timestamp"].as_str().unwrap().parse().unwrap();
    let mut token = |value: &Value| {
        let next = TokenIndex(tokens.len() as u32);
        *tokens.entry(value.as_str().unwrap().to_owned()).or_insert(next)
    };
    if value["event_type"] == "book" {
        let side = |name: &str| {
            let levels = value[name].as_array().unwrap().iter();
            levels.map(|l| level(&l["price"], &l["size"])).collect()
        };
        return book(token(&value["asset_id"]), at, side("bids"), side("asks"));
    }
    let mut changes = Vec::new();
    for name in ["changes", "price_changes"] {
        for change in value[name].as_array().into_iter().flatten() {
            let named = if change["asset_id"].is_string() { change } else { value };
            let Level { price, size } = level(&change["price"], &change["size"]);
            changes.push(Change {
                token: token(&named["asset_id"]),
                side: if change["side"] == "BUY" { Side::Buy } else { Side::Sell },
                price,
                size,
                best_bid: best(&change["best_bid"], "0"),
                best_ask: best(&change["best_ask"], "1"),
                hash: None,
            });
        }
    }
    let entries = 0..changes.len() as u32;
    let events = vec![Event::Changes { stated_at: UnixMillis(at), entries }];
    Frame { events, levels: Vec::new(), changes }
}

fn market_channel(path: &Path) -> Run {
    let mut tokens = BTreeMap::new();
    Run::over(recordings::lines(path).map(|line| wire_frame(&line, &mut tokens)))
}

#[test]
fn no_parity_candidate_survives_in_the_market_channel_recordings() {
    let Some(folder) = recordings::folder("ws_market_mlb_2025") else { return };
    for schema in [".legacy.jsonl.gz", ".upgraded.jsonl.gz"] {
        let mut total = Run::default();
        for path in recordings::files(&folder, schema) {
            let run = market_channel(&path);
            assert_eq!(run.candidates, 0, "{}", path.display());
            total.add(&run);
        }
        // The recordings do contain phantoms, and plenty of honest comparisons.
        assert!(total.naive > 100 && total.suspicions > 10, "{} {}", total.naive, total.suspicions);
        assert!(total.compared > 10_000, "{}", total.compared);
    }
}

#[test]
fn no_parity_candidate_survives_in_the_snapshot_recordings() {
    let Some(folder) = recordings::folder("l2_btc15m_2026_09") else { return };
    let mut total = Run::default();
    for path in recordings::files(&folder, ".jsonl.gz") {
        let run = Run::over(recordings::lines(&path).map(|line| {
            let side = |name: &str| {
                let levels = line[name].as_array().unwrap().iter();
                levels.map(|pair| level(&pair[0], &pair[1])).collect()
            };
            let token = TokenIndex(u32::from(line["side"] == "DOWN"));
            book(token, line["ts"].as_i64().unwrap(), side("bids"), side("asks"))
        }));
        assert_eq!(run.candidates, 0, "{}", path.display());
        total.add(&run);
    }
    assert!(total.naive > 10 && total.suspicions > 0, "{} {}", total.naive, total.suspicions);
    assert!(total.compared > 5_000, "{}", total.compared);
}
