//! The report for people at a terminal.

use std::fmt::{self, Write};

use super::text::{dollars, grouped, plain, rate, share};
use super::{BoundReport, Report};

const TITLE_CHARS: usize = 40;
/// Rows of markets and of opportunities that are printed; the files have them all.
const ROWS_MAX: usize = 20;

/// The whole report.
///
/// # Errors
/// `out` takes no more.
pub fn write(report: &Report, out: &mut dyn Write) -> fmt::Result {
    reading(report, out)?;
    looks(report, out)?;
    bounds(report, out)?;
    strategies(report, out)?;
    markets(report, out)?;
    why_not(report, out)?;
    for note in &report.notes {
        writeln!(out, "Note: {}", plain(note, 1_000))?;
    }
    writeln!(out, "\n{}", report.verdict)
}

fn reading(report: &Report, out: &mut dyn Write) -> fmt::Result {
    let (read, tape) = (&report.read, &report.read.tape);
    writeln!(out, "Played from {} to {}:", read.first_at, read.last_at)?;
    for (count, what) in [
        (read.files as u64, "files"),
        (read.set_aside.len() as u64, "files left out, which tell the same again"),
        (tape.frames, "frames"),
        (tape.books, "whole books"),
        (tape.prints, "trades of lists of trades"),
        (tape.steps, "steps"),
        (tape.gaps, "gaps"),
        (tape.lost, "connections that the recorder lost"),
        (tape.out_of_order, "statements out of order"),
        (tape.strangers, "statements about nobody here"),
        (tape.unreadable, "records that cannot be read"),
        (read.markets as u64, "markets"),
        (read.markets_resolved as u64, "of them with a known end"),
        (read.groups as u64, "neg-risk groups"),
    ] {
        if count > 0 {
            writeln!(out, "{:>12} {what}", grouped(count))?;
        }
    }
    writeln!(out)
}

fn looks(report: &Report, out: &mut dyn Write) -> fmt::Result {
    let looks = &report.looks;
    writeln!(out, "{:>12}         looks", grouped(looks.looks))?;
    let line = |out: &mut dyn Write, count: u64, text: &str| {
        writeln!(out, "{:>12} {:>7} {text}", grouped(count), share(count, looks.looks))
    };
    line(out, looks.found, "An opportunity was there.")?;
    for reason in &looks.reasons {
        line(out, reason.count, reason.text)?;
    }
    writeln!(out, "{:>12}         opportunities", grouped(looks.opportunities))?;
    for row in looks.listed.iter().take(ROWS_MAX) {
        writeln!(
            out,
            "  {:16} {:TITLE_CHARS$} {:24} {:>9} ms {:>12} net {:>10}",
            row.kind,
            plain(&row.title, TITLE_CHARS),
            row.since,
            row.lasted_ms,
            row.size.to_string(),
            dollars(row.net)
        )?;
    }
    more(looks.listed.len(), out)?;
    writeln!(out)
}

fn more(listed: usize, out: &mut dyn Write) -> fmt::Result {
    match listed.checked_sub(ROWS_MAX) {
        Some(more @ 1..) => writeln!(out, "  and {} more in the files", grouped(more as u64)),
        _ => Ok(()),
    }
}

/// The three, side by side.
fn bounds(report: &Report, out: &mut dyn Write) -> fmt::Result {
    let line = |out: &mut dyn Write, what: &str, of: &dyn Fn(&BoundReport) -> String| {
        write!(out, "{what:28}")?;
        for bound in &report.bounds {
            write!(out, " {:>14}", of(bound))?;
        }
        writeln!(out)
    };
    line(out, "", &|bound| bound.bound.code().to_owned())?;
    line(out, "left after fees and gas", &|bound| dollars(bound.net))?;
    line(out, "  realised", &|bound| dollars(bound.realised))?;
    line(out, "  fees", &|bound| dollars(bound.fees))?;
    line(out, "  gas", &|bound| dollars(bound.gas))?;
    line(out, "  still held, at the bid", &|bound| dollars(bound.unrealised))?;
    line(out, "drawdown, the most", &|bound| dollars(bound.drawdown_max))?;
    line(out, "exposure, the most", &|bound| dollars(bound.exposure_max))?;
    line(out, "hit rate of plans", &|bound| rate(bound.hit_rate_bips))?;
    line(out, "plans that traded", &|bound| grouped(bound.certified))?;
    line(out, "certificates not kept", &|bound| grouped(bound.breaches))?;
    line(out, "orders", &|bound| grouped(bound.done.orders))?;
    line(out, "  refused by the venue", &|bound| grouped(bound.done.orders_refused))?;
    line(out, "matches", &|bound| grouped(bound.done.trades))?;
    line(out, "  failed to settle", &|bound| grouped(bound.done.trades_failed))?;
    line(out, "transactions", &|bound| grouped(bound.done.tasks))?;
    line(out, "  failed", &|bound| grouped(bound.done.tasks_failed))?;
    writeln!(out)?;
    for bound in &report.bounds {
        writeln!(out, "{}: {}", bound.bound.code(), bound.text)?;
        for halt in &bound.halts {
            writeln!(out, "  trading stopped at {}", plain(halt, 400))?;
        }
    }
    writeln!(out)
}

fn strategies(report: &Report, out: &mut dyn Write) -> fmt::Result {
    writeln!(
        out,
        "{:12} {:16} {:>10} {:>8} {:>8} {:>7} {:>6} {:>6} {:>12}",
        "bound", "strategy", "looks", "raised", "plans", "traded", "won", "lost", "net"
    )?;
    for bound in &report.bounds {
        for row in &bound.by_strategy {
            writeln!(
                out,
                "{:12} {:16} {:>10} {:>8} {:>8} {:>7} {:>6} {:>6} {:>12}",
                bound.bound.code(),
                row.strategy,
                grouped(row.plans.analysed),
                grouped(row.plans.raised),
                grouped(row.plans.approved),
                grouped(row.plans.done + row.plans.unbalanced),
                grouped(row.plans.won),
                grouped(row.plans.lost),
                dollars(row.net)
            )?;
        }
    }
    writeln!(out)
}

fn markets(report: &Report, out: &mut dyn Write) -> fmt::Result {
    if report.bounds.iter().all(|bound| bound.by_market.is_empty()) {
        return Ok(());
    }
    writeln!(
        out,
        "{:12} {:16} {:TITLE_CHARS$} {:>10} {:>9} {:>10} {:>10}  ended",
        "bound", "strategy", "market", "realised", "fees", "held", "net"
    )?;
    for bound in &report.bounds {
        for row in bound.by_market.iter().take(ROWS_MAX) {
            writeln!(
                out,
                "{:12} {:16} {:TITLE_CHARS$} {:>10} {:>9} {:>10} {:>10}  {}",
                bound.bound.code(),
                row.strategy,
                plain(&row.title, TITLE_CHARS),
                dollars(row.realised),
                dollars(row.fees),
                dollars(row.unrealised),
                dollars(row.net),
                row.ended
            )?;
        }
        more(bound.by_market.len(), out)?;
    }
    writeln!(out)
}

fn why_not(report: &Report, out: &mut dyn Write) -> fmt::Result {
    if report.bounds.iter().all(|bound| bound.why_not.is_empty()) {
        return Ok(());
    }
    writeln!(out, "Why not traded, by the first rule that refused:")?;
    for bound in &report.bounds {
        for row in bound.why_not.iter().take(ROWS_MAX) {
            writeln!(
                out,
                "{:>12} {:12} {:16} {:13} {}",
                grouped(row.count),
                bound.bound.code(),
                row.strategy,
                row.by,
                row.text
            )?;
        }
        for (code, count) in &bound.venue_refused {
            writeln!(
                out,
                "{:>12} {:12} {:16} {:13} {}",
                grouped(*count),
                bound.bound.code(),
                "-",
                "the venue",
                plain(code, TITLE_CHARS)
            )?;
        }
    }
    writeln!(out)
}
