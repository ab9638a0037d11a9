//! The sessions that there are.

use std::io::Write;

use anyhow::Context;
use serde::Serialize;
use sessions::{Archive, Completeness};

use crate::exit::ExitCode;

/// A session, as programs read it.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    bytes: u64,
    written_at: String,
    whole: bool,
}

pub(super) fn print(
    archive: &Archive,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let sessions = archive.sessions().context("the folder of sessions cannot be read")?;
    if sessions.is_empty() && !json {
        writeln!(
            out,
            "Nothing is recorded yet. The service records while it runs (record.enabled); \
             `dutchbook demo` is enough for a first session."
        )?;
    }
    for session in &sessions {
        let written_at = session.written_at.to_rfc3339();
        let whole = session.completeness == Completeness::Whole;
        if json {
            let line = Line { name: &session.name, bytes: session.bytes, written_at, whole };
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
            continue;
        }
        let kilobytes = session.bytes.div_ceil(1_000);
        let note = if whole { "" } else { "  (its beginning was deleted: it cannot be verified)" };
        writeln!(out, "{:<28} {kilobytes:>10} kB  until {written_at}{note}", session.name)?;
    }
    Ok(ExitCode::Ok)
}
