//! The result in one plain sentence or two.

use backtest::report::text::{grouped, share};
use engine::funnel::Reason;

use super::report::{Report, Source};

/// What the counts say.
pub(super) fn of(report: &Report) -> String {
    let read = &report.read;
    let records = format!("{} {}", grouped(read.records), records_of(report.source));
    let found = report.found.opportunities.len() as u64 + report.found.opportunities_beyond_limit;
    if found > 0 {
        let best = report.found.opportunities.iter().max_by_key(|finding| finding.net);
        let best = best
            .map(|best| format!(" The best would have kept {} dollars: {}", best.net, best.text));
        let noun = if found == 1 { "opportunity" } else { "opportunities" };
        return format!("{} {noun} in {records}.{}", grouped(found), best.unwrap_or_default());
    }
    if report.looks == 0 {
        return nothing_to_look_at(report, &records);
    }
    format!("No executable opportunity in {records}. {}", why(report))
}

fn nothing_to_look_at(report: &Report, records: &str) -> String {
    let read = &report.read;
    if read.records == 0 {
        return "Nothing was read: there is nothing to look at.".to_owned();
    }
    if read.frames + read.books > 0 {
        return format!(
            "Nothing was looked at in {records}: no book of a two-outcome market could be used."
        );
    }
    if read.catalogue > 0 {
        return format!(
            "This is a catalogue: {} entries and no order books. Prices in a catalogue are cached \
             and prove nothing, so nothing was looked at.",
            grouped(read.catalogue)
        );
    }
    if read.unreadable.count == read.records {
        return format!("None of {records} could be read, so nothing was looked at.");
    }
    format!("There are no order books in {records}, so nothing was looked at.")
}

/// The reason that ended most looks, explained.
fn why(report: &Report) -> String {
    let Some(most) = report.reasons.iter().max_by_key(|reason| reason.count) else {
        return String::new();
    };
    let share = share(most.count, report.looks);
    let explained = if most.code == Reason::NoEdge.code() {
        "the best prices did not contradict each other: an order to buy YES is also one to sell NO, \
         so the books of one market are mirror images."
    } else if most.code == Reason::Skewed.code() {
        "the two books of a market were stated for different moments; a sum of such prices is no \
         offer, because the books of one market are mirror images once both are up to date."
    } else {
        return format!("Most looks ({share}) ended like this: {}", most.text);
    };
    format!("In {share} of {} looks {explained}", grouped(report.looks))
}

const fn records_of(source: Source) -> &'static str {
    match source {
        Source::Recording => "records",
        Source::Venue => "books",
    }
}
