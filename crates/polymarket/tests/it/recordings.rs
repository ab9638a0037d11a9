//! Every recorded file that holds frames, books or markets.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{MarketState, Usd};
use polymarket::recordings::{LineError, RecordedItem, RecordedLine, Recording};

use crate::support;

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    frames: usize,
    books: usize,
    hashes_fit: usize,
    markets: usize,
    groups: usize,
    labels: usize,
    prints: usize,
    trades: usize,
    traded: Usd,
    other: usize,
    errors: BTreeMap<String, usize>,
}

fn count(path: &Path) -> Count {
    let mut count = Count::default();
    for RecordedLine { item, .. } in Recording::open(path).unwrap() {
        match item {
            Ok(RecordedItem::Frame(bytes)) => {
                assert!(!bytes.is_empty());
                count.frames += 1;
            }
            Ok(RecordedItem::Book(book)) => {
                assert!(book.bids.is_sorted_by(|a, b| a.price > b.price));
                assert!(book.asks.is_sorted_by(|a, b| a.price < b.price));
                count.hashes_fit += usize::from(book.hash_fits == Some(true));
                count.books += 1;
            }
            Ok(RecordedItem::Market(_)) => count.markets += 1,
            Ok(RecordedItem::Group(_)) => count.groups += 1,
            Ok(RecordedItem::Label(_)) => count.labels += 1,
            Ok(RecordedItem::Print(_)) => count.prints += 1,
            Ok(RecordedItem::Trade(trade)) => {
                assert!(trade.size.is_positive() && trade.wallet.is_some(), "{trade:?}");
                count.trades += 1;
                count.traded += trade.value;
            }
            Ok(RecordedItem::Other | RecordedItem::Lost(_)) => count.other += 1,
            Err(error) => *count.errors.entry(error.to_string()).or_default() += 1,
        }
    }
    count
}

fn recorded(folder: &str) -> Option<Count> {
    support::recordings().map(|recordings| count(&recordings.join(folder)))
}

#[test]
fn tables_of_trades_are_read_to_the_last_line() {
    let Some(found) = recorded("trades_tape_2025") else { return };
    assert!(found.errors.is_empty() && found.other == 0, "{found:?}");
    assert_eq!(found.trades, 2_000);
    assert!(found.traded > Usd::from_whole(200_000), "{found:?}");
}

#[test]
fn the_long_socket_recordings_are_read_in_both_schemas_with_their_index() {
    let Some(found) = recorded("ws_market_mlb_2025") else { return };
    assert!(found.errors.is_empty(), "{found:?}");
    assert!(found.frames > 50_000 && found.labels > 10 && found.other == 0, "{found:?}");
}

#[test]
fn tapped_sessions_and_plain_frames_are_read() {
    let Some(found) = recorded("ws_frames_current") else { return };
    // Ten frames of the session (what we sent left out) and five events; the rest is other.
    assert!(found.errors.is_empty(), "{found:?}");
    assert!((13..=15).contains(&found.frames), "{found:?}");
}

#[test]
fn batches_of_books_are_read_and_every_hash_fits() {
    let Some(found) = recorded("clob_books_2026_03") else { return };
    assert_eq!((found.books, found.hashes_fit, found.errors.len()), (60, 60, 0), "{found:?}");
}

#[test]
fn level_2_snapshots_are_read_with_their_index() {
    let Some(found) = recorded("l2_btc15m_2026_09") else { return };
    assert!(found.errors.is_empty(), "{found:?}");
    assert!(found.books > 20_000 && found.labels >= 12 && found.other == 0, "{found:?}");
}

#[test]
fn catalogues_are_read_and_what_is_left_out_has_a_reason() {
    let Some(found) = recorded("gamma_active_2026_03") else { return };
    assert_eq!((found.markets, found.errors.len()), (10_171, 0), "{found:?}");
    let Some(found) = recorded("gamma_worldcup_2026_06") else { return };
    assert!(found.markets > 3_500 && found.groups == 110, "{found:?}");
    let known =
        ["it states no tick size", "it states no smallest order", "it has no list of token ids"];
    let reasons: Vec<_> = found.errors.keys().collect();
    assert!(reasons.iter().all(|r| known.iter().any(|k| r.contains(k))), "{reasons:?}");
    let Some(found) = recorded("gamma_btc5m_resolved/BTC-5m-markets-2026-07-24.jsonl.gz") else {
        return;
    };
    assert_eq!((found.markets, found.errors.len()), (292, 0), "{found:?}");
}

#[test]
fn resolved_markets_pay_what_their_recorder_says() {
    let Some(folder) = support::recordings() else { return };
    let path = folder.join("gamma_btc5m_resolved/BTC-5m-markets-2026-07-24.jsonl.gz");
    let paid = Recording::open(&path).unwrap().filter(|line| {
        let Ok(RecordedItem::Market(market)) = &line.item else { return false };
        matches!(market.state, MarketState::Closed { payouts: Some(_) })
    });
    assert!(paid.count() > 280);
}

#[test]
fn lists_of_trades_are_read_trade_by_trade() {
    let Some(found) = recorded("trades_btc15m_2026_01") else { return };
    assert_eq!((found.prints, found.other), (89, 0), "{found:?}");
}

/// The folders that no other test here reads: trades, forecasts, price series.
#[test]
fn files_of_any_other_kind_are_read_through_without_a_panic() {
    let Some(folder) = support::recordings() else { return };
    let others = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        ["ws_", "l2_", "clob_", "gamma_"].iter().any(|known| name.starts_with(known))
    };
    let found: Vec<_> = others.filter(|path| !read(path)).map(|path| count(&path)).collect();
    assert!(found.iter().any(|count| count.other > 100), "{found:?}");
    assert!(found.iter().any(|count| count.frames > 5), "single payloads: {found:?}");
}

#[test]
fn a_bad_line_is_counted_and_the_next_one_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a recording by any name");
    let lines = "{\"event_type\":\"book\"}\n\n{\"event_type\":\n\u{0}\n[1\n{\"event_type\":\"x\"}";
    std::fs::write(&path, lines).unwrap();
    let read: Vec<_> = Recording::open(&path).unwrap().map(|l| (l.line, l.item.is_ok())).collect();
    assert_eq!(read, [(1, true), (3, false), (4, false), (5, false), (6, true)]);
}

#[test]
fn a_file_that_is_no_recording_or_breaks_off_says_so_once() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "time,price\n1,2\n3,4\n").unwrap();
    std::fs::write(folder.path().join("README.md"), "for people").unwrap();
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packed.write_all("{\"event_type\":\"book\"}\n".repeat(1_000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(folder.path().join("b"), &packed[..packed.len() - 10]).unwrap();
    let errors: Vec<_> =
        Recording::open(folder.path()).unwrap().filter_map(|line| line.item.err()).collect();
    let broken = LineError::Io(std::io::ErrorKind::UnexpectedEof);
    assert_eq!(errors, [LineError::NotARecording, broken]);
    assert!(Recording::open(&folder.path().join("missing")).is_err());
}
