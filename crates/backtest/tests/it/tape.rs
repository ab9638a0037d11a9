//! What the tape makes of recordings.

use backtest::tape::{Step, Tape, TapeSettings};
use domain::UnixMillis;

use crate::support::{book, choose, folder, recordings};

/// Moment, file and kind of each step.
fn played(tape: &mut Tape) -> Vec<(i64, usize, &'static str)> {
    let mut steps = Vec::new();
    while let Some(told) = tape.next_step() {
        let kind = match told.step {
            Step::Frame(_) => "frame",
            Step::Unread(_) => "unread",
            Step::Gap(_) => "gap",
            Step::End(_) => "end",
            Step::Resolved { .. } => "resolved",
        };
        steps.push((told.at.0, told.file, kind));
    }
    steps
}

const T: i64 = 1_750_000_000_000;

fn line(token: &str, at: i64) -> String {
    book("m", token, T + at, "0.4", "0.6", 10)
}

#[test]
fn files_that_speak_at_one_time_are_one_stream_and_time_never_runs_backwards() {
    let a = [line("11", 0), line("11", 40), line("11", 20), line("11", 100)];
    let b = [line("21", 10), line("21", 40), line("21", 110)];
    let folder = folder(&[("a.jsonl", &a), ("b.jsonl", &b)]);
    let (choice, cast) = choose(&[folder.path().to_owned()]);
    let mut tape = Tape::new(&choice, cast, TapeSettings::default());
    let steps = played(&mut tape);
    let moments: Vec<_> = steps.iter().map(|(at, file, kind)| (at - T, *file, *kind)).collect();
    assert_eq!(
        moments,
        [
            (0, 0, "frame"),
            (10, 1, "frame"),
            (40, 0, "frame"),
            // Older than the one before it: it comes at that moment.
            (40, 0, "frame"),
            (40, 1, "frame"),
            (100, 0, "frame"),
            (100, 0, "end"),
            (110, 1, "frame"),
            (110, 1, "end"),
        ]
    );
    let counts = tape.counts();
    assert_eq!((counts.frames, counts.out_of_order, counts.gaps), (7, 1, 0));
}

#[test]
fn a_hole_is_told_when_the_silence_is_too_long_and_not_when_it_ends() {
    let a = [line("11", 0), line("11", 60_000), line("11", 200_000)];
    let folder = folder(&[("a.jsonl", &a)]);
    let (choice, cast) = choose(&[folder.path().to_owned()]);
    let mut tape = Tape::new(&choice, cast, TapeSettings::default());
    let steps: Vec<_> = played(&mut tape).into_iter().map(|(at, _, kind)| (at - T, kind)).collect();
    assert_eq!(
        steps,
        [(0, "frame"), (60_000, "frame"), (120_000, "gap"), (200_000, "frame"), (200_000, "end")]
    );
    assert_eq!((tape.counts().gaps, tape.counts().gaps_ms), (1, 80_000));
}

#[test]
fn a_record_that_cannot_be_read_costs_the_books_of_its_file_and_not_the_rest() {
    let a = [line("11", 0), "{ broken".to_owned(), line("11", 5)];
    let folder = folder(&[("a.jsonl", &a)]);
    let (choice, cast) = choose(&[folder.path().to_owned()]);
    let mut tape = Tape::new(&choice, cast, TapeSettings::default());
    let kinds: Vec<_> = played(&mut tape).into_iter().map(|(_, _, kind)| kind).collect();
    assert_eq!(kinds, ["frame", "unread", "frame", "end"]);
    assert_eq!(tape.counts().unreadable, 1);
}

#[test]
fn only_the_asked_time_is_played() {
    let a: Vec<_> = (0..10).map(|at| line("11", at * 1_000)).collect();
    let folder = folder(&[("a.jsonl", &a)]);
    let (choice, cast) = choose(&[folder.path().to_owned()]);
    let settings = TapeSettings {
        from: Some(UnixMillis(T + 3_000)),
        to: Some(UnixMillis(T + 6_000)),
        ..TapeSettings::default()
    };
    let mut tape = Tape::new(&choice, cast, settings);
    let moments: Vec<_> = played(&mut tape).into_iter().map(|(at, ..)| at - T).collect();
    assert_eq!(moments, [3_000, 4_000, 5_000, 5_000]);
}

#[test]
fn a_recording_that_is_there_twice_is_played_once_and_the_other_is_named() {
    let Some(path) = recordings("ws_market_mlb_2025") else { return };
    let (choice, cast) = choose(&[path]);
    assert_eq!((choice.files().len(), choice.set_aside().len()), (18, 18));
    for aside in choice.set_aside() {
        assert_eq!(aside.file, aside.same_as.replace("legacy", "upgraded"));
    }
    let mut tape = Tape::new(&choice, cast, TapeSettings::default());
    let steps = played(&mut tape);
    assert!(steps.windows(2).all(|pair| pair[0].0 <= pair[1].0), "time ran backwards");
    let counts = tape.counts();
    assert_eq!((counts.frames, counts.strangers, counts.unreadable), (56_884, 0, 0));
    assert!(counts.gaps > 100, "{counts:?}");
}

#[test]
fn markets_that_settled_are_resolved_after_the_last_word_about_them() {
    let Some(path) = recordings("l2_btc15m_2026_09") else { return };
    let (choice, cast) = choose(&[path]);
    let mut tape = Tape::new(&choice, cast, TapeSettings::default());
    let steps = played(&mut tape);
    let of = |kind: &'static str| {
        steps.iter().filter(move |(_, _, it)| *it == kind).map(|(_, file, _)| *file)
    };
    assert_eq!(of("resolved").count(), 12);
    assert_eq!(of("end").collect::<Vec<_>>(), of("resolved").collect::<Vec<_>>());
    assert_eq!((tape.counts().books, tape.counts().unreadable), (25_256, 0));
}
