//! Telling what a JSON text of a recording is, by the members it has.

use bytes::Bytes;
use domain::{Price, Shares, Side, TokenId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::item::{LineError, RecordedBook, RecordedItem, RecordedLabel, RecordedPrint};
use crate::clob::{BookAnswer, BookRefusal, parse_book, parse_level, sort_best_first};
use crate::gamma::{AbsentVersion, Listing, parse_event, parse_market};
use crate::http::Excerpt;
use crate::wire::{Scalar, moment, object, side, texts};

/// The venue wrote no version before autumn 2026, when there was only one.
const VERSION: AbsentVersion = AbsentVersion::MeansV1;

/// Lists inside lists, at most: a page of events inside a document is the deepest there is.
const DEPTH_MAX: usize = 3;

pub(super) type Emit<'a> = dyn FnMut(Result<RecordedItem, LineError>) + 'a;

/// Hands over everything that `json` holds.
pub(super) fn classify(json: &str, emit: &mut Emit<'_>) {
    value(json.trim(), DEPTH_MAX, emit);
}

fn value(json: &str, depth_left: usize, emit: &mut Emit<'_>) {
    match json.as_bytes().first() {
        Some(b'{') => match serde_json::from_str::<Probe<'_>>(json) {
            Ok(probe) => record(json, &probe, depth_left, emit),
            Err(error) => emit(Err(not_json(&error))),
        },
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(json) {
            // One frame may hold several events, and stays one frame.
            Ok(list) if list.first().is_some_and(|first| is_event(first)) => {
                emit(Ok(frame(json)));
            }
            Ok(list) => all(&list, depth_left, emit),
            Err(error) => emit(Err(not_json(&error))),
        },
        _ => match serde_json::from_str::<&RawValue>(json) {
            Ok(_) => emit(Ok(RecordedItem::Other)),
            Err(error) => emit(Err(not_json(&error))),
        },
    }
}

/// The members that tell formats apart; no more than whether they are there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Probe<'a> {
    #[serde(borrow)]
    event_type: Option<&'a RawValue>,
    dir: Scalar,
    text: Scalar,
    books: Option<&'a RawValue>,
    bids: Option<&'a RawValue>,
    asset_id: Option<&'a RawValue>,
    asset: Option<&'a RawValue>,
    size: Option<&'a RawValue>,
    market_id: Option<&'a RawValue>,
    side: Option<&'a RawValue>,
    slug: Option<&'a RawValue>,
    assets: Option<&'a RawValue>,
    #[serde(rename = "conditionId")]
    condition_id: Option<&'a RawValue>,
    outcomes: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    markets: Option<&'a RawValue>,
    events: Option<&'a RawValue>,
    raw: Option<&'a RawValue>,
}

fn record(json: &str, probe: &Probe<'_>, depth_left: usize, emit: &mut Emit<'_>) {
    if probe.event_type.is_some() {
        emit(Ok(frame(json)));
    } else if probe.dir.get().is_some() {
        emit(Ok(tapped(probe)));
    } else if probe.market_id.is_some() && probe.bids.is_some() && probe.side.is_some() {
        emit(snapshot(json).map(book).map_err(LineError::Book));
    } else if probe.asset_id.is_some() && probe.bids.is_some() {
        emit(parse_book(json).map(answered).map_err(LineError::Book));
    } else if probe.slug.is_some() && (probe.market_id.is_some() || probe.assets.is_some()) {
        emit(label(json));
    } else if let Some(books) = probe.books {
        list(books, depth_left, emit);
    } else if probe.condition_id.is_some() && probe.outcomes.is_some() {
        let market = parse_market(json, VERSION).map(|market| RecordedItem::Market(market.into()));
        emit(market.map_err(LineError::Market));
    } else if probe.asset.is_some() && probe.size.is_some() && probe.side.is_some() {
        emit(Ok(print(json).map_or(RecordedItem::Other, RecordedItem::Print)));
    } else if probe.id.is_some() && probe.markets.is_some() {
        event(json, emit);
    } else if let Some(page) = probe.markets.or(probe.events) {
        list(page, depth_left, emit);
    } else if let Some(raw) = probe.raw.filter(|_| depth_left > 0) {
        value(raw.get(), depth_left - 1, emit);
    } else {
        emit(Ok(RecordedItem::Other));
    }
}

fn list(raw: &RawValue, depth_left: usize, emit: &mut Emit<'_>) {
    match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        Ok(list) => all(&list, depth_left, emit),
        Err(_) => emit(Ok(RecordedItem::Other)),
    }
}

fn all(list: &[&RawValue], depth_left: usize, emit: &mut Emit<'_>) {
    match depth_left.checked_sub(1) {
        Some(depth_left) => list.iter().for_each(|item| value(item.get(), depth_left, emit)),
        None => emit(Ok(RecordedItem::Other)),
    }
}

fn is_event(raw: &RawValue) -> bool {
    object::<Probe<'_>>(raw.get()).is_ok_and(|probe| probe.event_type.is_some())
}

fn frame(json: &str) -> RecordedItem {
    RecordedItem::Frame(Bytes::copy_from_slice(json.as_bytes()))
}

/// What a tap saw: only what came in, and of that no keep-alive.
fn tapped(probe: &Probe<'_>) -> RecordedItem {
    let text = probe.text.as_str().trim();
    if probe.dir.as_str() == "in" && text.starts_with(['{', '[']) {
        frame(text)
    } else {
        RecordedItem::Other
    }
}

fn answered(answer: BookAnswer) -> RecordedItem {
    let hash_fits = (!answer.hash.is_empty()).then(|| answer.hash_fits());
    book(RecordedBook {
        condition: answer.condition.to_string().into(),
        token: answer.token.to_string().into(),
        at: answer.at,
        bids: answer.bids,
        asks: answer.asks,
        hash_fits,
    })
}

fn book(book: RecordedBook) -> RecordedItem {
    RecordedItem::Book(Box::new(book))
}

/// A level-2 snapshot: prices and sizes as pairs of numbers.
#[derive(Deserialize)]
struct SnapshotWire {
    market_id: Scalar,
    ts: Scalar,
    side: Scalar,
    bids: Vec<(Scalar, Scalar)>,
    asks: Vec<(Scalar, Scalar)>,
}

fn snapshot(json: &str) -> Result<RecordedBook, BookRefusal> {
    let wire: SnapshotWire = serde_json::from_str(json)
        .map_err(|error| BookRefusal::Json(Excerpt::of(error.to_string().as_bytes())))?;
    let levels = |pairs: &[(Scalar, Scalar)], side| -> Result<Vec<_>, BookRefusal> {
        let mut levels = Vec::with_capacity(pairs.len());
        for (price, size) in pairs {
            // Passed through doubles by its recorder: digits beyond the sixth are their dust.
            let size = Shares::parse_display(size.as_str()).map_err(BookRefusal::Size)?;
            let level = parse_level(price.as_str(), &size.to_string())?;
            if level.size.is_positive() {
                levels.push(level);
            }
        }
        sort_best_first(&mut levels, side);
        Ok(levels)
    };
    Ok(RecordedBook {
        condition: wire.market_id.as_str().into(),
        token: wire.side.as_str().into(),
        at: moment(&wire.ts).ok_or(BookRefusal::Time)?,
        bids: levels(&wire.bids, Side::Buy)?,
        asks: levels(&wire.asks, Side::Sell)?,
        hash_fits: None,
    })
}

/// A trade as the Data API lists it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PrintWire {
    asset: Scalar,
    side: Scalar,
    size: Scalar,
    price: Scalar,
    timestamp: Scalar,
}

/// `None` of a position, an activity without a trade, or anything else of that kind.
fn print(json: &str) -> Option<RecordedPrint> {
    let wire: PrintWire = serde_json::from_str(json).ok()?;
    Some(RecordedPrint {
        token: TokenId::parse(wire.asset.as_str()).ok()?,
        at: moment(&wire.timestamp)?,
        price: Price::parse_display(wire.price.as_str()).ok()?,
        size: Shares::parse_display(wire.size.as_str()).ok()?,
        side: side(&wire.side)?,
    })
}

fn event(json: &str, emit: &mut Emit<'_>) {
    let mut listing = Listing::default();
    parse_event(json, VERSION, &mut listing);
    for market in listing.markets {
        emit(Ok(RecordedItem::Market(market.into())));
    }
    for group in listing.groups {
        emit(Ok(RecordedItem::Group(group.into())));
    }
    for refused in listing.refused {
        emit(Err(LineError::Market(refused.why)));
    }
}

/// An entry of an index.
#[derive(Default, Deserialize)]
#[serde(default)]
struct LabelWire {
    market_id: Scalar,
    slug: Scalar,
    question: Scalar,
    assets: Scalar,
    outcome_up: Scalar,
    outcome_down: Scalar,
    end_ts: Scalar,
    payout_up: Scalar,
    payout_down: Scalar,
}

fn label(json: &str) -> Result<RecordedItem, LineError> {
    let wire: LabelWire = serde_json::from_str(json).map_err(|error| not_json(&error))?;
    let text = |scalar: &Scalar| -> Box<str> { scalar.as_str().into() };
    let outcomes: Vec<_> = [&wire.outcome_up, &wire.outcome_down]
        .into_iter()
        .filter(|name| name.get().is_some())
        .map(text)
        .collect();
    // Snapshots that name outcomes by direction do so in capitals.
    let tokens = match texts(&wire.assets) {
        Some(tokens) => tokens.into_iter().map(Into::into).collect(),
        None => outcomes.iter().map(|name| name.to_uppercase().into()).collect(),
    };
    let paid = |text: &Scalar| Price::parse_display(text.get()?).ok();
    let payouts = paid(&wire.payout_up).zip(paid(&wire.payout_down));
    Ok(RecordedItem::Label(Box::new(RecordedLabel {
        condition: text(&wire.market_id),
        slug: text(&wire.slug),
        title: text(&wire.question),
        tokens,
        outcomes,
        ends_at: moment(&wire.end_ts),
        payouts: payouts.map(|(up, down)| [up, down]),
    })))
}

fn not_json(error: &serde_json::Error) -> LineError {
    LineError::NotJson(Excerpt::of(error.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn items(json: &str) -> Vec<Result<RecordedItem, LineError>> {
        let mut items = vec![];
        classify(json, &mut |item| items.push(item));
        items
    }

    #[test]
    fn what_we_sent_and_keep_alive_are_no_frames() {
        for json in [
            r#"{"dir":"out","text":"{\"type\":\"market\"}","ts_local_ms":1}"#,
            r#"{"dir":"in","text":"PONG","ts_local_ms":1}"#,
            r#"{"topic":"activity","type":"trades","payload":{}}"#,
            "7",
        ] {
            assert_eq!(items(json), [Ok(RecordedItem::Other)], "{json}");
        }
        let tapped = r#"{"dir":"in","text":"[{\"event_type\":\"book\"}]\n","ts_local_ms":1}"#;
        assert_eq!(items(tapped), [Ok(frame(r#"[{"event_type":"book"}]"#))]);
    }

    #[test]
    fn a_snapshot_with_an_impossible_level_is_refused_with_its_reason() {
        let json = |price: &str, size: &str| {
            format!(r#"{{"market_id":"m","ts":1,"side":"UP","bids":[[{price},{size}]],"asks":[]}}"#)
        };
        assert!(matches!(items(&json("0.5", "10.0"))[..], [Ok(RecordedItem::Book(_))]));
        for (price, size) in [("1.5", "1"), ("0.5", "-1"), ("null", "1"), ("0.12345", "1")] {
            let items = items(&json(price, size));
            assert!(matches!(items[..], [Err(LineError::Book(_))]), "{price} {size}: {items:?}");
        }
    }

    #[test]
    fn lists_nested_without_end_are_given_up() {
        let json = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(items(&json), [Ok(RecordedItem::Other)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(
            text in "[\\[\\]{}\":,a-z0-9. ]{0,60}",
            key in "(event_type|dir|books|bids|market_id|side|raw|markets|events|slug|assets)",
        ) {
            items(&text);
            items(&format!("{{\"{key}\":{text}}}"));
            items(&format!("{{\"{key}\":1,\"asset_id\":1,\"bids\":{text},\"id\":0}}"));
        }
    }
}
