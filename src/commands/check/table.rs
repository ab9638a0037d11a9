//! The report for people.

use std::io::{self, Write};

use backtest::report::text::{grouped, share};

use super::findings::Finding;
use super::report::Report;

/// Rows of opportunities that are printed; JSON has them all.
const ROWS_MAX: usize = 100;
const TITLE_CHARS: usize = 44;

pub(super) fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    opportunities(report, out)?;
    funnel(report, out)?;
    reading(report, out)?;
    for note in &report.notes {
        writeln!(out, "Note: {note}")?;
    }
    writeln!(
        out,
        "Each on-chain transaction was taken to cost {} dollars.",
        report.chain_cost_usd
    )?;
    writeln!(out, "\n{}", report.verdict)
}

fn opportunities(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let found = &report.found.opportunities;
    if found.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{:16} {:TITLE_CHARS$} {:24} {:>10} {:>11} {:>11} {:>10} {:>9} {:>11}",
        "kind", "where", "since", "lasted ms", "size", "gross", "fees", "chain", "net"
    )?;
    for finding in found.iter().take(ROWS_MAX) {
        row(finding, out)?;
    }
    let unshown = found.len().saturating_sub(ROWS_MAX) as u64;
    let unshown = unshown + report.found.opportunities_beyond_limit;
    if unshown > 0 {
        writeln!(out, "and {} more; `-o json` lists up to 10,000", grouped(unshown))?;
    }
    writeln!(out)
}

fn row(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:16} {:TITLE_CHARS$} {:24} {:>10} {:>11} {:>11} {:>10} {:>9} {:>11}",
        finding.kind,
        plain(&finding.title),
        finding.since,
        finding.lasted_ms,
        finding.size,
        finding.gross,
        finding.fees,
        finding.chain_cost,
        finding.net
    )
}

/// Foreign text, cut, and without anything that would move a terminal's cursor.
fn plain(title: &str) -> String {
    let mut text: String = title.chars().filter(|c| !c.is_control()).take(TITLE_CHARS).collect();
    if title.chars().count() > TITLE_CHARS {
        text.pop();
        text.push('…');
    }
    text
}

fn funnel(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:>12}         looks", grouped(report.looks))?;
    let line = |out: &mut dyn Write, count: u64, text: &str| {
        writeln!(out, "{:>12} {:>7} {text}", grouped(count), share(count, report.looks))
    };
    line(out, report.looks_that_found, "An opportunity was there.")?;
    for reason in report.reasons.iter().filter(|reason| reason.count > 0) {
        line(out, reason.count, reason.text)?;
    }
    writeln!(out)
}

fn reading(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let read = &report.read;
    writeln!(out, "Read {}:", plain_place(&report.place))?;
    for (count, what) in [
        (read.files, "files"),
        (read.records, "records"),
        (read.frames, "frames"),
        (read.books, "whole books"),
        (read.catalogue, "entries of a catalogue"),
        (read.trades.count, "trades of others"),
        (read.other, "other records"),
        (read.markets, "markets looked at"),
        (read.groups, "neg-risk groups looked at"),
        (read.strangers, "statements about tokens that belong to no market here"),
        (read.unreadable.count, "that could not be read"),
    ] {
        if count > 0 {
            writeln!(out, "{:>12} {what}", grouped(count))?;
        }
    }
    if let Some(largest) = &read.trades.largest {
        let (all, most) = (read.trades.usd, largest.usd);
        let text = plain_place(&largest.text);
        writeln!(out, "             - worth {all} dollars; the largest {most} dollars {text}")?;
    }
    for refused in &read.unreadable.first {
        writeln!(out, "             - {}", plain_place(refused))?;
    }
    writeln!(out)
}

fn plain_place(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
