//! Looking back into a session of a few minutes in several segments.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use domain::{Price, Shares, Side, TokenId, UnixMillis};
use engine::books::TrackedBook;
use engine::opportunity::Subject;
use engine::universe::Watched;
use replay::{Beginning, Filter, Note, Past, PastError, RestatedBook, Scribe, Shelf, Stepped};
use sessions::{Appended, SessionLimits, SessionWriter};

use super::{AT, market, setup};

const SECONDS: i64 = 200;
const FRAMES_A_SECOND: i64 = 40;
/// Frames are long, so that a few minutes have several blocks and segments.
const PADDING: usize = 900;
const SMALL: SessionLimits = SessionLimits { segment_bytes: 3 << 20, buffer_bytes: 64 << 10 };

/// The bids of a book at some moments.
type Seen = Vec<(UnixMillis, BTreeMap<u16, i64>)>;

fn moment(second: i64, frame: i64) -> UnixMillis {
    UnixMillis(AT.0 + second * 1_000 + frame * (1_000 / FRAMES_A_SECOND))
}

fn change(token: TokenId, at: UnixMillis, price: u16, size: i64) -> Bytes {
    let text = format!(
        r#"{{"event_type":"price_change","market":"0x{:064x}","timestamp":"{}","price_changes":[{{"asset_id":"{token}","price":"{}","size":"{size}","side":"BUY","hash":"{}","best_bid":"","best_ask":""}}],"x":"{}"}}"#,
        7,
        at.0,
        Price::from_ten_thousandths(price).unwrap(),
        "0".repeat(40),
        "p".repeat(PADDING),
    );
    Bytes::from(text)
}

/// Writes a session in which a book changes all the time, and is stated twice a minute.
fn write(folder: &Path) -> Seen {
    let market = market();
    let token = market.outcomes[0].token;
    let shards = vec![market.outcomes.iter().map(|it| it.token).collect()];
    let plan = Arc::new(Watched::new([Arc::new(market)], [], shards));
    let mut scribe = Scribe::default();
    let mut writer = SessionWriter::create(folder, SMALL).unwrap();
    let mut say = |at, note| {
        let mut records = Vec::new();
        scribe.write(Stepped { at, note }, &mut records).unwrap();
        for record in records {
            if let Appended::Full(full) = writer.append(&record).unwrap() {
                replay::seal(full).unwrap();
            }
        }
    };
    say(AT, setup(Beginning::WithTheProgram));
    say(AT, Note::Watches(plan));
    let mut book = TrackedBook::new(token);
    book.snapshot(AT, [], []);
    let mut seen = Vec::new();
    for second in 0..SECONDS {
        if second % 30 == 0 {
            say(moment(second, 0), Note::Restated(vec![RestatedBook::of(&book)]));
        }
        for frame in 0..FRAMES_A_SECOND {
            let (at, number) = (moment(second, frame), second * FRAMES_A_SECOND + frame);
            let (price, size) = (4_000 + u16::try_from(number % 7).unwrap() * 100, number % 5 * 10);
            let shares = Shares::from_micros(size * 1_000_000);
            let price_of = Price::from_ten_thousandths(price).unwrap();
            book.change(at, Side::Buy, price_of, shares, None);
            let frames = vec![change(token, at, price, size)];
            say(at, Note::Frames { shard: 0, missing: 0, frames, stated_at: Some(at) });
            let bids = book.untrusted().side(Side::Buy).best_first();
            let bids = bids.map(|it| (it.price.ten_thousandths(), it.size.micros()));
            seen.push((at, bids.collect()));
        }
    }
    let _open = writer.close().unwrap();
    seen
}

fn names(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    paths.sort();
    paths
}

fn assert_every_moment_is_as_it_was(folder: &Path, seen: &Seen) {
    let shelf = Shelf::default();
    let past = Past::open(folder, &shelf).unwrap();
    let place = Subject::Market(market().condition);
    for (at, bids) in seen.iter().step_by(397).chain(seen.last()) {
        let then = past.moment(*at, Some(&place)).unwrap();
        let [yes, no] = then.ladders.as_slice() else { panic!("{:?}", then.ladders) };
        let book = yes.book.as_ref().unwrap();
        let shown: BTreeMap<_, _> =
            book.bids.iter().map(|it| (it.price.ten_thousandths(), it.size.micros())).collect();
        assert_eq!((&shown, book.stated_at), (bids, *at));
        assert_eq!(yes.frame.map(|frame| frame.at), Some(*at));
        assert_eq!((&no.book, then.feeds.get(&0)), (&None, Some(at)));
    }
}

#[test]
fn any_moment_shows_the_book_as_it_was_from_a_stretch_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let seen = write(folder.path());
    let indexes = names(folder.path(), "index");
    assert_eq!((indexes.len(), names(folder.path(), "seg").len()), (3, 3));
    assert_every_moment_is_as_it_was(folder.path(), &seen);

    // An index that is missing or damaged is made again, and is the same.
    let made: Vec<_> = indexes.iter().map(|path| fs::read(path).unwrap()).collect();
    fs::remove_file(&indexes[0]).unwrap();
    let mut damaged = made[1].clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&indexes[1], damaged).unwrap();
    assert_every_moment_is_as_it_was(folder.path(), &seen);
    let again: Vec<_> = indexes.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(again, made);
}

#[test]
fn a_timeline_counts_every_frame_once_in_so_many_buckets_as_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let shelf = Shelf::default();
    let past = Past::open(folder.path(), &shelf).unwrap();
    let summary = past.summary();
    assert_eq!((summary.from, summary.setup.unwrap().mode.as_str()), (AT, "demo"));
    for buckets in [1, 7, 60, 2_000] {
        let timeline = past.timeline(summary.from, summary.to, buckets);
        assert!(timeline.buckets.len() <= buckets, "{buckets}");
        let frames: u64 = timeline.buckets.iter().map(|counts| counts[0]).sum();
        assert_eq!(frames, u64::try_from(SECONDS * FRAMES_A_SECOND).unwrap(), "{buckets}");
    }
    assert_eq!(past.decisions(&Filter::default(), 10).rows, []);
    assert!(matches!(past.decision(3), Err(PastError::NoDecision(3))));
}

#[test]
fn what_is_being_written_is_readable_up_to_its_last_whole_record_and_goes_on_growing() {
    let folder = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::default();
    let mut writer = SessionWriter::create(folder.path(), SessionLimits::default()).unwrap();
    let shelf = Shelf::default();
    for second in 0..5 {
        let at = moment(second, 0);
        let note = match second {
            0 => setup(Beginning::WithTheProgram),
            _ => Note::Frames { shard: 1, missing: 0, frames: Vec::new(), stated_at: None },
        };
        let mut records = Vec::new();
        scribe.write(Stepped { at, note }, &mut records).unwrap();
        records.iter().for_each(|record| drop(writer.append(record).unwrap()));
        writer.flush().unwrap();
        let past = Past::open(folder.path(), &shelf).unwrap();
        assert_eq!((past.summary().to, past.summary().records), (at, second as u64 + 1));
    }
    let open = names(folder.path(), "open").remove(0);
    let bytes = fs::read(&open).unwrap();
    fs::write(&open, &bytes[..bytes.len() - 1]).unwrap();
    let shelf = Shelf::default();
    assert_eq!(Past::open(folder.path(), &shelf).unwrap().summary().records, 4);
}

#[test]
fn a_session_of_the_version_before_and_an_empty_one_are_refused_with_a_sentence() {
    let shelf = Shelf::default();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("00000001.open"), b"DBOPEN\x00\x01").unwrap();
    let old = Past::open(folder.path(), &shelf).unwrap_err();
    assert!(matches!(old, PastError::TooOld) && old.to_string().contains("older"), "{old}");
    let folder = tempfile::tempdir().unwrap();
    let _ = SessionWriter::create(folder.path(), SMALL).unwrap().close().unwrap();
    assert!(matches!(Past::open(folder.path(), &shelf), Err(PastError::Empty)));
}
