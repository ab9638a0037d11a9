//! Sessions on a real file system: written, cut off, damaged, read again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use domain::{UnixMicros, UnixMillis};
use proptest::prelude::*;
use sessions::{
    Appended, Archive, Completeness, Ending, Kind, PAYLOAD_BYTES_MAX, Record, SessionError,
    SessionLimits, SessionReader, SessionWriter,
};

/// Magic and the number of the first record.
const HEAD: u64 = 16;
const SMALL: SessionLimits = SessionLimits { segment_bytes: 2_000, buffer_bytes: 300 };

fn record(number: u32) -> Record {
    Record {
        kind: Kind::ALL[number as usize % Kind::ALL.len()],
        source: u16::try_from(number % 7).unwrap(),
        received_at: UnixMicros(1_760_000_000_000_000 + i64::from(number)),
        stated_at: number.is_multiple_of(2).then_some(UnixMicros(i64::from(number))),
        payload: format!("payload {number} ").repeat(number as usize % 9).into_bytes(),
    }
}

/// Writes and seals; returns the last segment, which is not sealed yet.
fn write(folder: &Path, count: u32) -> sessions::Sealable {
    let mut writer = SessionWriter::create(folder, SMALL).unwrap();
    for number in 0..count {
        if let Appended::Full(full) = writer.append(&record(number)).unwrap() {
            full.seal(&mut ()).unwrap();
        }
    }
    writer.close().unwrap()
}

fn read(folder: &Path) -> (Vec<Record>, Ending) {
    let mut reader = SessionReader::open(folder).unwrap();
    let records = reader.by_ref().collect::<Result<_, _>>().unwrap();
    (records, reader.ending())
}

fn error(folder: &Path) -> SessionError {
    SessionReader::open(folder).unwrap().find_map(Result::err).unwrap()
}

fn records(count: u32) -> Vec<Record> {
    (0..count).map(record).collect()
}

fn file(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(name)
}

#[test]
fn a_session_is_read_as_it_was_written_over_open_and_sealed_segments() {
    let folder = tempfile::tempdir().unwrap();
    let last = write(folder.path(), 500);
    assert_eq!(read(folder.path()), (records(500), Ending::Whole));
    let size = last.seal(&mut ()).unwrap();
    assert!(size.records > 0 && size.bytes_after < size.bytes_before, "{size:?}");
    assert_eq!(read(folder.path()), (records(500), Ending::Whole));
    assert!(SessionReader::unsealed(folder.path()).unwrap().is_empty());
}

#[test]
fn cut_off_at_any_byte_everything_up_to_the_last_whole_record_is_read_and_sealed() {
    let whole = tempfile::tempdir().unwrap();
    let mut writer = SessionWriter::create(whole.path(), SessionLimits::default()).unwrap();
    let mut ends = vec![HEAD];
    for number in 0..12 {
        let _ = writer.append(&record(number)).unwrap();
        writer.flush().unwrap();
        ends.push(fs::metadata(file(whole.path(), "00000001.open")).unwrap().len());
    }
    let bytes = fs::read(file(whole.path(), "00000001.open")).unwrap();
    for cut in 0..=bytes.len() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file(folder.path(), "00000001.open"), &bytes[..cut]).unwrap();
        let readable = ends.iter().filter(|end| **end <= cut as u64).count().saturating_sub(1);
        // Of a head that is cut off nothing is missed.
        let is_end = ends.contains(&(cut as u64)) || (cut as u64) < HEAD;
        let ending = if is_end { Ending::Whole } else { Ending::Torn };
        let wanted = records(u32::try_from(readable).unwrap());
        assert_eq!(read(folder.path()), (wanted.clone(), ending), "cut at {cut}");
        for left in SessionReader::unsealed(folder.path()).unwrap() {
            assert_eq!(left.seal(&mut ()).unwrap().records as usize, readable);
        }
        assert_eq!(read(folder.path()), (wanted, Ending::Whole), "sealed after a cut at {cut}");
    }
}

#[test]
fn a_sealed_segment_in_which_any_byte_differs_is_never_taken_for_good() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 40).seal(&mut ()).unwrap();
    let path = file(folder.path(), "00000001.seg");
    let bytes = fs::read(&path).unwrap();
    let wanted = records(40);
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 0x10;
        fs::write(&path, &other).unwrap();
        let all: Result<Vec<_>, _> = SessionReader::open(folder.path()).unwrap().collect();
        // A few bytes of the gzip header mean nothing (its time, its system): the records are right.
        assert!(all.is_err() || all.unwrap() == wanted, "byte {at}");
    }
}

#[test]
fn a_missing_segment_and_a_torn_one_in_the_middle_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let _ = write(folder.path(), 300);
    let second = file(folder.path(), "00000002.seg");
    fs::rename(&second, file(folder.path(), "away")).unwrap();
    let gap = SessionReader::open(folder.path()).unwrap_err();
    assert!(matches!(gap, SessionError::Gap { wanted: 2, found: 3, .. }), "{gap}");
    fs::write(file(folder.path(), "00000002.open"), b"DBOPEN\x00\x01torn").unwrap();
    assert!(matches!(error(folder.path()), SessionError::Damaged { .. }));
    fs::write(file(folder.path(), "00000002.open"), b"something else").unwrap();
    assert!(matches!(error(folder.path()), SessionError::NotASegment(_)));
}

#[test]
fn a_death_between_sealing_and_removing_leaves_each_record_once() {
    let folder = tempfile::tempdir().unwrap();
    let last = write(folder.path(), 12);
    let open = file(folder.path(), "00000001.open");
    let kept = fs::read(&open).unwrap();
    last.seal(&mut ()).unwrap();
    fs::write(&open, kept).unwrap();
    fs::write(file(folder.path(), "00000002.unfinished"), b"half").unwrap();
    assert_eq!(read(folder.path()), (records(12), Ending::Whole));
}

const HOUR_MS: i64 = 3_600_000;

fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixMillis(since.as_millis() as i64)
}

/// A session of about 60 kB in segments of 2 kB.
fn fill(archive: &Archive, begins_at: UnixMillis) -> std::path::PathBuf {
    let folder = archive.begin(begins_at, "demo").unwrap();
    let mut writer = SessionWriter::create(&folder, SMALL).unwrap();
    for number in 0..300 {
        let payload = (0..200).map(|at| (number * 31 + at * at * 7) as u8).collect();
        let noise = Record { payload, ..record(number) };
        if let Appended::Full(full) = writer.append(&noise).unwrap() {
            full.seal(&mut ()).unwrap();
        }
    }
    writer.flush().unwrap();
    folder
}

#[test]
fn the_oldest_session_goes_first_and_one_that_is_written_keeps_its_newest_segments() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    assert_eq!(archive.sessions().unwrap(), [], "no folder, no sessions");
    let old = fill(&archive, UnixMillis(1_000_000));
    let new = fill(&archive, UnixMillis(2_000_000));
    let [first, second] = archive.sessions().unwrap().try_into().unwrap();
    assert_eq!((&first.folder, &second.folder), (&old, &new));
    assert_eq!(first.completeness, Completeness::Whole);
    let all = first.bytes + second.bytes;
    assert_eq!(archive.prune(all, now()).unwrap(), 0, "what fits stays");

    assert!(archive.prune(all - 1, now()).unwrap() > 0);
    assert_eq!(archive.sessions().unwrap()[0].completeness, Completeness::Beheaded);
    archive.prune(0, now()).unwrap();
    let (left, _) = read(&new);
    assert_eq!(left.last().unwrap().received_at, record(299).received_at);

    let later = UnixMillis(now().0 + HOUR_MS);
    archive.prune(second.bytes, later).unwrap();
    assert!(old.exists() || new.exists(), "what fits stays");
    archive.prune(0, later).unwrap();
    assert_eq!(archive.sessions().unwrap(), [], "and nobody writes to these any more");
}

#[test]
fn what_a_dead_process_left_is_sealed_and_what_a_living_one_writes_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    let session = fill(&archive, now());
    assert_eq!(archive.abandoned(now()).unwrap().len(), 0);
    for torn in archive.abandoned(UnixMillis(now().0 + HOUR_MS)).unwrap() {
        torn.seal(&mut ()).unwrap();
    }
    assert_eq!(read(&session).0.len(), 300);
    assert_eq!(archive.abandoned(UnixMillis(now().0 + HOUR_MS)).unwrap().len(), 0);
}

#[test]
fn a_folder_with_a_session_and_a_record_beyond_the_bound_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = SessionWriter::create(folder.path(), SMALL).unwrap();
    let _ = writer.append(&record(3)).unwrap();
    let long = Record { payload: vec![0; PAYLOAD_BYTES_MAX + 1], ..record(1) };
    assert!(matches!(writer.append(&long), Err(SessionError::TooLong(_))));
    let _ = writer.append(&record(4)).unwrap();
    let _ = writer.close().unwrap();
    assert_eq!(read(folder.path()).0, [record(3), record(4)]);
    let again = SessionWriter::create(folder.path(), SMALL).unwrap_err();
    assert!(matches!(again, SessionError::NotEmpty(_)), "{again}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_bytes_come_back_and_no_bytes_make_the_reader_panic(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40),
        rubbish in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SessionWriter::create(folder.path(), SMALL).unwrap();
        for payload in &payloads {
            let record = Record { payload: payload.clone(), ..record(2) };
            if let Appended::Full(full) = writer.append(&record).unwrap() {
                full.seal(&mut ()).unwrap();
            }
        }
        let _ = writer.close().unwrap();
        let read = read(folder.path()).0;
        prop_assert!(read.iter().map(|it| &it.payload).eq(&payloads));

        let folder = tempfile::tempdir().unwrap();
        for (name, magic) in [("00000001.open", b"DBOPEN\x00\x01"), ("00000002.seg", b"DBSEAL\x00\x01")] {
            let bytes = [&magic[..], &rubbish].concat();
            fs::write(file(folder.path(), name), bytes).unwrap();
        }
        let _ = SessionReader::open(folder.path()).unwrap().count();
    }
}

#[test]
fn a_segment_of_the_version_before_is_read_and_sealed_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let _ = write(folder.path(), 12);
    let path = file(folder.path(), "00000001.open");
    let bytes = fs::read(&path).unwrap();
    let old = [&b"DBOPEN\x00\x01"[..], &bytes[HEAD as usize..]].concat();
    fs::write(&path, old).unwrap();
    assert_eq!(read(folder.path()), (records(12), Ending::Whole));
    for left in SessionReader::unsealed(folder.path()).unwrap() {
        left.seal(&mut ()).unwrap();
    }
    let sealed = fs::read(file(folder.path(), "00000001.seg")).unwrap();
    assert!(sealed.starts_with(b"DBSEAL\x00\x01"));
    assert_eq!(read(folder.path()), (records(12), Ending::Whole));
}
