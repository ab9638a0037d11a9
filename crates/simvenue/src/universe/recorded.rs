//! Recorded books that some markets replay. Attribution: `fixtures/btc15m_2026_09/ATTRIBUTION.md`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, OnceLock};

use domain::{DurationMillis, Level, Price, Shares, TickSize, UnixMillis};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Event, Fee, Listing, Source, Universe, Version, ids};
use crate::rng::Rng;

/// Compressed JSON lines, and the question's window.
const FILES: [(&[u8], &str); 4] = [
    (
        include_bytes!("../../fixtures/btc15m_2026_09/btc-updown-15m-1790586000.jsonl.gz"),
        "5:00AM-5:15AM ET",
    ),
    (
        include_bytes!("../../fixtures/btc15m_2026_09/btc-updown-15m-1790586900.jsonl.gz"),
        "5:15AM-5:30AM ET",
    ),
    (
        include_bytes!("../../fixtures/btc15m_2026_09/btc-updown-15m-1790587800.jsonl.gz"),
        "5:30AM-5:45AM ET",
    ),
    (
        include_bytes!("../../fixtures/btc15m_2026_09/btc-updown-15m-1790589600.jsonl.gz"),
        "6:00AM-6:15AM ET",
    ),
];

/// Both sides of one token, worst level first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides {
    /// Ascending.
    pub bids: Vec<Level>,
    /// Descending.
    pub asks: Vec<Level>,
}

/// Both tokens at one millisecond.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Since the recording's first snapshot.
    pub at: DurationMillis,
    /// The first and the second outcome.
    pub sides: [Sides; 2],
}

/// A market's books over half an hour, in order of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recording {
    /// At least one, or the recording is not used.
    pub snapshots: Vec<Snapshot>,
}

impl Recording {
    /// How long one round takes.
    #[must_use]
    pub(crate) fn length(&self) -> DurationMillis {
        self.snapshots.last().map_or(DurationMillis(1), |last| DurationMillis(last.at.0 + 1_000))
    }
    /// The snapshot in force `elapsed` after a round began.
    #[must_use]
    pub(crate) fn position(&self, elapsed: DurationMillis) -> usize {
        let into = elapsed.0.rem_euclid(self.length().0.max(1));
        self.snapshots.partition_point(|snapshot| snapshot.at.0 <= into).saturating_sub(1)
    }
}

/// Numbers stay text, so that no float comes in between.
#[derive(Deserialize)]
struct Line<'a> {
    ts: i64,
    side: RecordedSide,
    #[serde(borrow)]
    bids: Vec<(&'a RawValue, &'a RawValue)>,
    #[serde(borrow)]
    asks: Vec<(&'a RawValue, &'a RawValue)>,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum RecordedSide {
    Up,
    Down,
}

/// Reads a recording. Only pairs are kept: both tokens stated for the same millisecond.
fn read(compressed: &[u8]) -> Recording {
    let mut pairs: BTreeMap<i64, [Option<Sides>; 2]> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(compressed)).lines().map_while(Result::ok) {
        let Ok(line) = serde_json::from_str::<Line<'_>>(&line) else { continue };
        let sides = Sides { bids: levels(&line.bids), asks: levels(&line.asks) };
        let [up, down] = pairs.entry(line.ts).or_default();
        *(if line.side == RecordedSide::Up { up } else { down }) = Some(sides);
    }
    let begins = pairs.keys().next().copied().unwrap_or(0);
    let snapshots = pairs.into_iter().filter_map(|(ts, [up, down])| {
        Some(Snapshot { at: DurationMillis(ts - begins), sides: [up?, down?] })
    });
    Recording { snapshots: snapshots.collect() }
}

/// Every recording, read once for all venues of the process.
fn all() -> &'static [Arc<Recording>] {
    static ALL: OnceLock<Vec<Arc<Recording>>> = OnceLock::new();
    ALL.get_or_init(|| FILES.iter().map(|(compressed, _)| Arc::new(read(compressed))).collect())
}

/// Best first in the file, worst first on the wire.
fn levels(recorded: &[(&RawValue, &RawValue)]) -> Vec<Level> {
    let parsed = recorded.iter().rev().filter_map(|(price, size)| {
        Some(Level {
            price: Price::parse(price.get()).ok()?,
            size: Shares::parse(size.get()).ok()?,
        })
    });
    parsed.collect()
}

pub(super) fn fill(universe: &mut Universe, seed: u64, now: UnixMillis) {
    let mut rng = Rng::new(seed, "recorded");
    let tags = ["Crypto", "Bitcoin", "Up or Down"].map(|label| universe.tag(label)).to_vec();
    for ((_, window), recording) in FILES.iter().zip(all()) {
        if recording.snapshots.is_empty() {
            continue;
        }
        universe.recordings.push(Arc::clone(recording));
        let number = universe.recordings.len() - 1;
        let question = format!("Bitcoin Up or Down - September 28, {window}");
        // A round of the replay never ends the market: it stays open for a day.
        let end = now.plus(DurationMillis(86_400_000));
        let event = universe.add_event(Event {
            id: 930_001 + universe.events.len() as u64,
            slug: format!("btc-updown-15m-replay-{}", number + 1),
            title: question.clone(),
            tags: tags.clone(),
            neg_risk: None,
            augmented: false,
            markets: Vec::new(),
            end,
            edition: None,
        });
        let listing = Listing {
            id: 5_400_001 + universe.listings.len() as u64,
            condition: ids::hex32(&ids::bytes(&mut rng)),
            question_id: ids::hex32(&ids::bytes(&mut rng)),
            slug: format!("btc-updown-15m-replay-{}", number + 1),
            question,
            group_item: String::new(),
            outcomes: ["Up".to_owned(), "Down".to_owned()],
            tokens: [ids::token(&mut rng), ids::token(&mut rng)],
            version: Version::V1,
            tick: TickSize::Hundredth,
            order_size_min: Shares::from_whole(5),
            fee: Fee {
                rate_ppm: 70_000,
                rebate_percent: 20,
                family: Some("crypto_fees_v2".to_owned()),
            },
            start: UnixMillis(now.0 - 86_400_000),
            end,
            event,
            other: false,
            sports_type: None,
            crypto_asset: Some("btc"),
            fair: Price::from_cents(50).unwrap_or(Price::ONE),
            volume_24h_usd: 18_000,
            source: Source::Recording(number),
        };
        universe.add_listing(listing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_recording_holds_pairs_in_order_of_time() {
        for (compressed, window) in FILES {
            let recording = read(compressed);
            assert!(recording.snapshots.len() > 900, "{window}: {}", recording.snapshots.len());
            assert!(recording.snapshots.is_sorted_by_key(|snapshot| snapshot.at));
            let [up, down] = &recording.snapshots[0].sides;
            assert_eq!(up.bids.last().unwrap().price, down.asks.last().unwrap().price.complement());
        }
    }

    #[test]
    fn a_replay_begins_again_after_its_last_snapshot() {
        let recording = read(FILES[0].0);
        assert_eq!(recording.position(DurationMillis(0)), 0);
        assert_eq!(recording.position(recording.length()), 0);
        let last = recording.snapshots.len() - 1;
        assert_eq!(recording.position(DurationMillis(recording.length().0 - 1)), last);
    }
}
