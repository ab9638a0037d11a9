//! What a check read, found and did not find; a plain value for the printers.

use domain::Usd;
use engine::funnel::Reason;
use serde::Serialize;

use super::desk::Ends;
use super::findings::{Finding, Findings};

/// How many unreadable records are shown with their reasons; the rest is counted.
const UNREADABLE_SHOWN_MAX: usize = 5;
/// How many notes are kept.
const NOTES_MAX: usize = 20;

/// Where the books came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A file or a folder.
    Recording,
    /// The venue, just now.
    Venue,
}

/// How much was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Files, of a recording.
    pub files: u64,
    /// Records: lines of files, or single items where a line holds several; books of the venue.
    pub records: u64,
    /// Frames of the market channel among them.
    pub frames: u64,
    /// Whole books among them, besides those in frames.
    pub books: u64,
    /// Entries of the catalogue among them: markets and events.
    pub catalogue: u64,
    /// Trades of others among them.
    pub trades: Trades,
    /// Readable, but nothing of that.
    pub other: u64,
    /// Markets whose books were looked at.
    pub markets: u64,
    /// Neg-risk groups that were looked at.
    pub groups: u64,
    /// Markets among them whose fee nobody stated. A recording's are taken as free; the venue's
    /// contradict themselves at their best prices, and stay without a second look.
    pub markets_without_fee: u64,
    /// Statements about tokens that belong to no two-outcome market.
    pub strangers: u64,
    /// What cannot be read.
    pub unreadable: Unreadable,
}

/// Trades of others, of a list or a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trades {
    /// How many.
    pub count: u64,
    /// What they were worth together.
    pub usd: Usd,
    /// The largest.
    pub largest: Option<LargestTrade>,
}

/// The largest trade of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LargestTrade {
    /// What it was worth.
    pub usd: Usd,
    /// What is said of it; untrusted, empty where nothing is.
    pub text: String,
}

impl Trades {
    /// Takes one in.
    pub(super) fn take(&mut self, usd: Usd, text: impl FnOnce() -> String) {
        self.count += 1;
        self.usd += usd;
        if self.largest.as_ref().is_none_or(|largest| usd > largest.usd) {
            self.largest = Some(LargestTrade { usd, text: text() });
        }
    }
}

/// Records that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// How many.
    pub count: u64,
    /// The first of them, with place and reason.
    pub first: Vec<String>,
}

/// How many looks ended for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// A stable name for programs.
    pub code: &'static str,
    /// How many looks.
    pub count: u64,
    /// The reason in plain words.
    pub text: &'static str,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Every opportunity from its first sight to its end.
    pub opportunities: Vec<Finding>,
    /// More of them, which found no room in the list.
    pub opportunities_beyond_limit: u64,
}

/// The result of a check.
///
/// `looks == looks_that_found + the sum of all reasons`, always: a look is at one market or one
/// group after one frame, and ends in an opportunity or under the reason that stopped the trade
/// which came furthest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Where the books came from.
    pub source: Source,
    /// The path, or the venue's address.
    pub place: String,
    /// How much was read.
    pub read: Read,
    /// What was found.
    #[serde(flatten)]
    pub found: Found,
    /// How often a market or a group was looked at.
    pub looks: u64,
    /// How many looks found something; one opportunity is usually seen by several looks.
    pub looks_that_found: u64,
    /// Why the other looks found nothing; every reason, in the order of the checks.
    pub reasons: Vec<ReasonCount>,
    /// What each on-chain transaction was taken to cost.
    pub chain_cost_usd: Usd,
    /// What else should be known to judge the result.
    pub notes: Vec<String>,
    /// One plain sentence or two: the result.
    pub verdict: String,
}

impl Read {
    /// Counts what cannot be read.
    pub(super) fn refuse(&mut self, what: impl FnOnce() -> String) {
        self.unreadable.count += 1;
        if self.unreadable.first.len() < UNREADABLE_SHOWN_MAX {
            self.unreadable.first.push(what());
        }
    }
}

/// A report that is being added to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: Read,
    pub(super) findings: Findings,
    pub(super) ends: Ends,
    notes: Vec<String>,
}

impl Tally {
    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < NOTES_MAX && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The report, all things read.
    pub(super) fn report(mut self, source: Source, place: String, chain_cost_usd: Usd) -> Report {
        if self.read.markets_without_fee > 0 && source == Source::Recording {
            self.note(format!(
                "No fee is stated for {} of {} markets: there the fee was taken as zero, which is \
                 the most generous to finding something.",
                self.read.markets_without_fee, self.read.markets
            ));
        }
        let reasons = Reason::ALL.into_iter().map(|reason| ReasonCount {
            code: reason.code(),
            count: self.ends.missed.get(&reason).copied().unwrap_or(0),
            text: reason.text(),
        });
        let mut report = Report {
            source,
            place,
            looks: self.ends.looks(),
            looks_that_found: self.ends.found,
            reasons: reasons.collect(),
            found: self.findings.into_found(),
            read: self.read,
            chain_cost_usd,
            notes: self.notes,
            verdict: String::new(),
        };
        report.verdict = super::verdict::of(&report);
        report
    }
}
