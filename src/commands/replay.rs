//! `dutchbook replay`: a recorded session, run again under its own clock.

mod sessions_list;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use domain::UnixMillis;
use replay::{Decided, Difference, ReplayError, Rerun, Totals};
use serde::Serialize;
use sessions::{Archive, Ending, SessionReader};

use crate::cli::ReplayArgs;
use crate::commands::status_line::{StatusLine, seconds_left};
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Differences that are printed; all are counted.
const DIFFERENCES_MAX: u64 = 10;

/// What came of it.
#[derive(Debug, Serialize)]
struct Replayed<'a> {
    kind: &'static str,
    session: &'a Path,
    records: u64,
    frames: u64,
    steps: u64,
    decisions: u64,
    signals: u64,
    desk_decisions: u64,
    differences: u64,
    span_ms: i64,
    /// `whole`, or `torn` where the process died while it wrote.
    ending: &'static str,
    /// Why it ended before the end.
    stopped: Option<String>,
}

/// Lists sessions, or runs one again.
///
/// # Errors
/// A session that is none, or cannot be read.
pub fn run(
    settings: &Settings,
    args: &ReplayArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let archive = Archive::new(&settings.record.folder(&settings.store.data_dir));
    let Some(session) = &args.session else {
        return sessions_list::print(&archive, args.json, out);
    };
    let folder = find(&archive, session)?;
    let mut reader = SessionReader::open(&folder)
        .with_context(|| format!("{} is no session that can be read", folder.display()))?;
    let mut rerun = Rerun::default();
    let (mut line, bytes, began) = (StatusLine::new(), reader.bytes_left(), Instant::now());
    let mut stopped: Option<ReplayError> = None;
    let mut shown = 0;
    while let Some(record) = reader.next() {
        line.say(|| progress(bytes, reader.bytes_left(), began.elapsed(), rerun.totals()));
        match rerun.take(record.context("the session cannot be read any further")?) {
            Ok(taken) => {
                if let Some(decided) = taken.decided.filter(|_| args.decisions) {
                    print_decision(&decided, args.json, out)?;
                }
                if let Some(difference) = taken.difference.filter(|_| args.verify) {
                    shown += 1;
                    if shown <= DIFFERENCES_MAX {
                        print_difference(&difference, args.json, out)?;
                    }
                }
            }
            Err(error) => {
                stopped = Some(error);
                break;
            }
        }
    }
    drop(line);
    let totals = *rerun.totals();
    let ending = reader.ending();
    report(&folder, &totals, ending, stopped.as_ref(), args, out)?;
    let is_good = stopped.is_none() && (!args.verify || totals.differences == 0);
    Ok(if is_good { ExitCode::Ok } else { ExitCode::ProblemFound })
}

fn progress(bytes: u64, bytes_left: u64, took: Duration, totals: &Totals) -> String {
    let done = bytes.saturating_sub(bytes_left);
    let percent = done.saturating_mul(100).checked_div(bytes).unwrap_or(0);
    let left = seconds_left(done, bytes, took);
    let left = left.map_or_else(|| "?".to_owned(), |left| left.to_string());
    let Totals { records, decisions, .. } = totals;
    format!("{percent} %, {records} records, {decisions} decisions, about {left} s left")
}

/// A session by name or folder.
fn find(archive: &Archive, session: &str) -> anyhow::Result<PathBuf> {
    let listed = archive.sessions().context("the folder of sessions cannot be read")?;
    if session == "latest" {
        let newest = listed.into_iter().next_back();
        return newest.map(|it| it.folder).context("Nothing is recorded yet.");
    }
    if let Some(named) = listed.into_iter().find(|it| it.name == session) {
        return Ok(named.folder);
    }
    let path = PathBuf::from(session);
    anyhow::ensure!(
        path.is_dir(),
        "There is no session called {session}, and no such folder. `dutchbook replay` lists the \
         sessions that there are."
    );
    Ok(path)
}

fn report(
    folder: &Path,
    totals: &Totals,
    ending: Ending,
    stopped: Option<&ReplayError>,
    args: &ReplayArgs,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let span_ms = match (totals.from, totals.to) {
        (Some(from), Some(to)) => to.since(from).0,
        _ => 0,
    };
    let replayed = Replayed {
        kind: "replayed",
        session: folder,
        records: totals.records,
        frames: totals.frames,
        steps: totals.steps,
        decisions: totals.decisions,
        signals: totals.signals,
        desk_decisions: totals.desk,
        differences: totals.differences,
        span_ms,
        ending: match ending {
            Ending::Whole => "whole",
            Ending::Torn => "torn",
        },
        stopped: stopped.map(ToString::to_string),
    };
    if args.json {
        serde_json::to_writer(&mut *out, &replayed)?;
        writeln!(out)?;
        return Ok(());
    }
    let Replayed { records, frames, steps, decisions, signals, desk_decisions, .. } = replayed;
    writeln!(out, "Session   {}", folder.display())?;
    writeln!(out, "Span      {}.{:03} s", span_ms / 1_000, span_ms % 1_000)?;
    writeln!(out, "Read      {records} records with {frames} frames and {steps} steps")?;
    writeln!(
        out,
        "Decided   {decisions} times; {signals} signals, {desk_decisions} times by the desk"
    )?;
    if ending == Ending::Torn {
        writeln!(out, "Ending    the process died while it wrote; all whole records were read")?;
    }
    if let Some(why) = stopped {
        writeln!(out, "Stopped   {why}.")?;
    }
    if args.verify {
        let verdict = match (totals.differences, stopped) {
            (0, None) => "every decision is the recorded one".to_owned(),
            (0, Some(_)) => "every decision up to there is the recorded one".to_owned(),
            (count, _) => format!(
                "{count} decisions differ. The first one counts: what follows may differ because of \
                 it. A session is compared with the version of the program that recorded it."
            ),
        };
        writeln!(out, "Verified  {verdict}")?;
    }
    Ok(())
}

/// One decision, as it is printed.
#[derive(Serialize)]
struct DecisionLine<'a> {
    kind: &'static str,
    record: u64,
    at_ms: i64,
    who: &'a str,
    digest: String,
    text: &'a str,
}

fn print_decision(decided: &Decided, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let Decided { record, at, who, decision } = decided;
    if json {
        let digest = decision.digest.to_string();
        let (kind, text, record, at_ms) = ("decision", &decision.text, *record, at.0);
        serde_json::to_writer(&mut *out, &DecisionLine { kind, record, at_ms, who, digest, text })?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}  {:<16} {}", moment(*at), who, decision.text)?;
    }
    Ok(())
}

/// One difference, as it is printed.
#[derive(Serialize)]
struct DifferenceLine<'a> {
    kind: &'static str,
    record: u64,
    at_ms: i64,
    who: &'a str,
    then: Option<&'a str>,
    now: Option<&'a str>,
}

fn print_difference(
    difference: &Difference,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if json {
        let line = DifferenceLine {
            kind: "difference",
            record: difference.record,
            at_ms: difference.at.0,
            who: &difference.who,
            then: difference.then.as_ref().map(|it| it.text.as_str()),
            now: difference.now.as_ref().map(|it| it.text.as_str()),
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    } else {
        writeln!(out, "Differs   {difference}")?;
    }
    Ok(())
}

/// A moment as people read it, UTC.
fn moment(at: UnixMillis) -> String {
    at.to_rfc3339()
}
