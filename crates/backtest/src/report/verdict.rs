//! The result in plain sentences.

use super::Report;
use super::text::{dollars, grouped, share};

/// What the figures say.
pub(super) fn of(report: &Report) -> String {
    let mut said = vec![found(report)];
    said.extend(parity(report));
    said.extend(traded(report));
    said.join(" ")
}

fn found(report: &Report) -> String {
    let (looks, frames) = (&report.looks, report.read.tape.frames + report.read.tape.books);
    let where_ = format!(
        "in {} frames and books of {} markets",
        grouped(frames),
        grouped(report.read.markets as u64)
    );
    if looks.looks == 0 {
        return format!(
            "Nothing was looked at {where_}: there is no book of a two-outcome market."
        );
    }
    if looks.opportunities == 0 {
        return format!("Nothing that could be traded was found {where_}.");
    }
    let noun = if looks.opportunities == 1 { "opportunity" } else { "opportunities" };
    format!("{} {noun} {where_}.", grouped(looks.opportunities))
}

/// Why single markets do not contradict themselves.
fn parity(report: &Report) -> Option<String> {
    let looks = &report.looks;
    let is_parity = |kind: &str| kind.starts_with("parity");
    if looks.looks == 0 {
        return None;
    }
    let found = looks.listed.iter().filter(|row| is_parity(row.kind)).count();
    let naive = looks.naive;
    let begin = if found == 0 {
        "Single-market parity found nothing, and could not: YES and NO of a market are one book, for \
         an order to buy YES at p is the order to sell NO at 1 - p, so two prices of one moment never \
         contradict each other."
            .to_owned()
    } else {
        format!(
            "Single-market parity showed {} times in books of one moment that could be believed; YES \
             and NO of a market are one book, so look at each of them with suspicion.",
            grouped(found as u64)
        )
    };
    let reported = format!(
        "A program that believes every book at every moment would have reported {} of them: {} times \
         one book was merely older than the other (skew), {} times a book had lost a removal and \
         contradicted itself until its next snapshot (drift), {} times neither.",
        grouped(naive.reports),
        grouped(naive.skew),
        grouped(naive.drift),
        grouped(naive.standing)
    );
    let no_edge = looks.reasons.iter().find(|row| row.code == "no_edge");
    let most = no_edge.map(|row| {
        format!(
            " Of {} looks {} ended because the best prices did not contradict each other.",
            grouped(looks.looks),
            share(row.count, looks.looks)
        )
    });
    Some(format!("{begin} {reported}{}", most.unwrap_or_default()))
}

fn traded(report: &Report) -> Option<String> {
    let plans: u64 = report.bounds.iter().map(|bound| bound.certified).sum();
    if plans == 0 {
        return Some("Nothing was traded under any bound, so nothing was won or lost.".to_owned());
    }
    let nets: Vec<_> = report
        .bounds
        .iter()
        .map(|bound| format!("{} dollars ({})", dollars(bound.net), bound.bound.code()))
        .collect();
    Some(format!("Left after fees and gas: {}.", nets.join(", ")))
}

/// What to keep in mind.
pub(super) fn notes(report: &Report) -> Vec<String> {
    let (read, tape) = (&report.read, &report.read.tape);
    let mut notes = vec![report.asked.fees_text.to_owned()];
    let mut note = |is_so: bool, text: String| {
        if is_so {
            notes.push(text);
        }
    };
    note(
        read.markets_without_fee > 0,
        format!(
            "The recording states no fee for {} of {} markets.",
            grouped(read.markets_without_fee as u64),
            grouped(read.markets as u64)
        ),
    );
    note(
        !read.set_aside.is_empty(),
        format!(
            "{} files tell again what others tell at the same time and were left out.",
            read.set_aside.len()
        ),
    );
    note(
        tape.gaps > 0,
        format!(
            "{} gaps: a file said nothing for more than {} s, and nothing of it was believed until \
             it stated a book anew. Orders that arrive in a gap find no book and are refused.",
            grouped(tape.gaps),
            report.asked.gap_ms_max / 1_000
        ),
    );
    note(
        tape.out_of_order > 0,
        format!("{} statements were older than the one before them.", grouped(tape.out_of_order)),
    );
    note(
        tape.unreadable > 0,
        format!("{} records or files cannot be read.", grouped(tape.unreadable)),
    );
    note(
        report.asked.strategies.contains(&"forecast_edge"),
        "forecast_edge trades on forecasts; a recording of a market holds none, so it did nothing."
            .to_owned(),
    );
    let held: u64 = report.bounds.iter().map(|bound| bound.still_held).max().unwrap_or(0);
    note(
        held > 0,
        "What is still held at the end is marked at the last bid that was seen, at nothing where \
         nobody bid."
            .to_owned(),
    );
    note(
        !report.ordered,
        "The bounds are not in order here: a kinder market was worth less than a harder one. That \
         happens where trades are few, for an order that arrives earlier may meet the worse price."
            .to_owned(),
    );
    notes
}
