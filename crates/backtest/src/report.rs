//! What came of a backtest, as a plain value, and as text for people and programs.

mod bound;
mod chart;
pub mod csv;
mod findings;
pub mod html;
pub mod table;
pub mod text;
mod verdict;

use domain::{UnixMillis, Usd};
use engine::funnel::{Funnel, Reason};
use serde::Serialize;

pub use bound::{BoundReport, MarketRow, RuleRow, StrategyRow};
pub use findings::{Finding, Findings};

use crate::fees::Fees;
use crate::machine::Machine;
use crate::run::Plan;
use crate::scene::{NaiveCounts, Scene};
use crate::tape::{Cast, Choice, SetAside, TapeCounts};

/// What the report is made of.
pub(crate) struct Sources<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) choice: &'a Choice,
    pub(crate) cast: &'a Cast,
    pub(crate) counts: TapeCounts,
    pub(crate) scene: &'a Scene,
    pub(crate) machines: &'a [Machine],
    pub(crate) findings: &'a Findings,
    pub(crate) last_at: UnixMillis,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Files and folders.
    pub recordings: Vec<String>,
    /// Who traded.
    pub strategies: Vec<&'static str>,
    /// Dollars to begin with.
    pub cash: Usd,
    /// Which fees were charged.
    pub fees: Fees,
    /// The same in plain words.
    pub fees_text: &'static str,
    /// What chance was drawn from.
    pub seed: u64,
    /// The longest silence of a file in which its books were believed, in milliseconds.
    pub gap_ms_max: i64,
    /// How many times the venue was taken to restart.
    pub restarts: usize,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Records of all files.
    pub records: u64,
    /// Files that were played.
    pub files: usize,
    /// Files that tell again what another one tells.
    pub set_aside: Vec<SetAside>,
    /// Markets whose books were watched.
    pub markets: usize,
    /// Neg-risk groups of theirs.
    pub groups: usize,
    /// Markets among them for which the recording states no fee.
    pub markets_without_fee: usize,
    /// Markets of which the recording says how they ended.
    pub markets_resolved: usize,
    /// The first moment.
    pub first_at: String,
    /// The last one.
    pub last_at: String,
    /// What the tape made of it.
    pub tape: TapeCounts,
}

/// How many looks ended for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonRow {
    /// A stable name for programs.
    pub code: &'static str,
    /// How many.
    pub count: u64,
    /// In plain words.
    pub text: &'static str,
}

/// One opportunity that the detector saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpportunityRow {
    /// Which trade, as a stable name.
    pub kind: &'static str,
    /// The market or the group; foreign text.
    pub title: String,
    /// When it was first seen.
    pub since: String,
    /// For how long, in milliseconds.
    pub lasted_ms: i64,
    /// Complete sets at its best moment.
    pub size: domain::Shares,
    /// Before any cost.
    pub gross: Usd,
    /// Fees and transactions.
    pub costs: Usd,
    /// What would have been left.
    pub net: Usd,
}

/// The market side, the same for every bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// Looks at a market or a group, one after each frame that touched it.
    pub looks: u64,
    /// Looks that found something.
    pub found: u64,
    /// Why the others did not.
    pub reasons: Vec<ReasonRow>,
    /// Opportunities, from their first sight to their end.
    pub opportunities: u64,
    /// The first of them.
    pub listed: Vec<OpportunityRow>,
    /// What a program would have reported that believes every book at every moment.
    pub naive: NaiveCounts,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was asked for.
    pub asked: Asked,
    /// What was read.
    pub read: Read,
    /// What the books and the detector saw.
    pub looks: Looks,
    /// What came of it under each bound, from the worst to the best.
    pub bounds: Vec<BoundReport>,
    /// Whether a kinder bound was never worse than a harder one.
    pub ordered: bool,
    /// What to keep in mind.
    pub notes: Vec<String>,
    /// The result in a few plain sentences.
    pub verdict: String,
}

impl Report {
    pub(crate) fn of(sources: &Sources<'_>) -> Self {
        let bounds: Vec<BoundReport> =
            sources.machines.iter().map(|machine| BoundReport::of(machine, sources)).collect();
        let ordered = bounds.is_sorted_by(|worse, better| worse.net <= better.net);
        let mut report = Self {
            asked: asked(sources.plan),
            read: read(sources),
            looks: looks(sources),
            bounds,
            ordered,
            notes: Vec::new(),
            verdict: String::new(),
        };
        report.notes = verdict::notes(&report);
        report.verdict = verdict::of(&report);
        report
    }
}

fn asked(plan: &Plan) -> Asked {
    Asked {
        recordings: plan.paths.iter().map(|path| path.display().to_string()).collect(),
        strategies: plan.terms.strategies.iter().map(|entry| entry.name).collect(),
        cash: plan.terms.cash,
        fees: plan.fees,
        fees_text: plan.fees.text(),
        seed: plan.terms.seed,
        gap_ms_max: plan.tape.gap_max.0,
        restarts: plan.terms.restarts.len(),
    }
}

fn read(sources: &Sources<'_>) -> Read {
    let Sources { choice, cast, counts, findings, last_at, .. } = *sources;
    let seating = &cast.seating;
    Read {
        records: choice.records(),
        files: choice.files().len(),
        set_aside: choice.set_aside().to_vec(),
        markets: seating.markets.len(),
        groups: seating.groups.len(),
        markets_without_fee: seating.without_fee.len(),
        markets_resolved: seating.payouts.len(),
        first_at: findings.begins_at.to_rfc3339(),
        last_at: last_at.to_rfc3339(),
        tape: counts,
    }
}

fn looks(sources: &Sources<'_>) -> Looks {
    let Sources { scene, findings, cast, .. } = *sources;
    let (touch, depth) = scene.ends();
    let count = |reason: Reason| {
        let of = |funnel: &Funnel| {
            funnel.reasons().filter(|(it, _)| *it == reason).map(|(_, count)| count).sum::<u64>()
        };
        of(touch) + of(depth)
    };
    let reasons: Vec<ReasonRow> = Reason::ALL
        .into_iter()
        .map(|it| ReasonRow { code: it.code(), count: count(it), text: it.text() })
        .filter(|row| row.count > 0)
        .collect();
    let found = depth.passed();
    let listed = findings.listed.iter().map(|finding| OpportunityRow {
        kind: finding.kind.code(),
        title: cast.seating.names(&finding.subject).0,
        since: finding.since.to_rfc3339(),
        lasted_ms: finding.lasted.0,
        size: finding.size,
        gross: finding.gross,
        costs: finding.costs,
        net: finding.net,
    });
    Looks {
        looks: found + reasons.iter().map(|row| row.count).sum::<u64>(),
        found,
        reasons,
        opportunities: findings.count(),
        listed: listed.collect(),
        naive: scene.naive(),
    }
}
