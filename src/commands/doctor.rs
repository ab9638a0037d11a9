//! `dutchbook doctor`: is what the service leans on well, and what to do where it is not.

mod access;
mod account;
mod alerts;
mod clock;
mod database;
mod disk;
mod market;
mod models;
mod network;
mod redis;
mod traces;

use std::{io::Write, time::Duration};

use polymarket::http::{Backoff, Settings as ClientSettings};
use serde::Serialize;

use crate::{
    cli::DoctorArgs,
    exit::ExitCode,
    settings::{Role, Settings},
};

/// What one check measured and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    /// The measured value with its unit; empty if nothing could be measured.
    pub measured: String,
    /// What it means.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// All is well.
    Good,
    /// Nothing is wrong, and it is worth knowing: what was not looked at, and what is not there.
    Noted {
        /// What it means.
        note: String,
    },
    /// Something is wrong.
    Bad {
        /// What is wrong, and why it matters.
        problem: String,
        /// What to do about it.
        fix: String,
    },
}

impl Finding {
    fn good(check: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { check: check.into(), measured: measured.into(), verdict: Verdict::Good }
    }

    fn noted(
        check: impl Into<String>,
        measured: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        let verdict = Verdict::Noted { note: note.into() };
        Self { check: check.into(), measured: measured.into(), verdict }
    }

    fn bad(
        check: impl Into<String>,
        measured: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let verdict = Verdict::Bad { problem: problem.into(), fix: fix.into() };
        Self { check: check.into(), measured: measured.into(), verdict }
    }

    /// Whether something is wrong.
    pub(super) const fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Bad { .. })
    }
}

/// Runs every check and prints what it found.
///
/// # Errors
/// When `out` cannot be written, or no client can be made.
pub fn run(
    settings: &Settings,
    args: &DoctorArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let canary = Duration::from_secs(args.canary_secs);
    let canary = (!canary.is_zero()).then_some(canary);
    if canary.is_some() && !args.json {
        writeln!(out, "Watching the venue's socket for {} s …\n", args.canary_secs)?;
        out.flush()?;
    }
    let findings = findings(settings, Occasion::Asked { canary })?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    } else {
        print(&findings, out)?;
    }
    let bad = findings.iter().any(Finding::is_bad);
    Ok(if bad { ExitCode::ProblemFound } else { ExitCode::Ok })
}

/// Why it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody asked; a service may be running.
    Asked {
        /// How long the venue's socket is watched.
        canary: Option<Duration>,
    },
    /// This process is about to trade, and must be the only one.
    BeforeTrading,
}

/// Everything that was looked at.
///
/// # Errors
/// No client can be made.
pub fn findings(settings: &Settings, occasion: Occasion) -> anyhow::Result<Vec<Finding>> {
    let mut client = settings.venue.client_settings()?;
    // Once is enough to see, and a person is waiting.
    client.retries = Backoff::bounded(Duration::ZERO, Duration::ZERO, 0);
    actix_rt::System::new().block_on(examine(settings, &client, occasion))
}

async fn examine(
    settings: &Settings,
    client: &ClientSettings,
    occasion: Occasion,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = vec![disk::check(&settings.store.data_dir)];
    findings.extend(access::check(settings));
    if let Some(redis) = settings.cluster.relay()? {
        findings.push(redis::check(&redis).await);
    }
    let role = settings.cluster.role;
    if role == Role::Web {
        return Ok(findings);
    }
    if role != Role::Feed {
        findings.extend(database::check(&settings.store, occasion).await);
    }
    findings.extend(network::reach_all(settings));
    let http = client.connect()?;
    findings.extend(network::ask_all(&http).await);
    findings.push(clock::check(&http).await);
    let canary = match occasion {
        Occasion::Asked { canary } => canary,
        Occasion::BeforeTrading => None,
    };
    let silence_max = settings.feed.silence_max;
    findings.extend(market::check(&http, client, canary, silence_max).await);
    if role == Role::Feed {
        return Ok(findings);
    }
    findings.extend(account::check(settings, client, &http).await);
    findings.push(models::check(settings));
    findings.extend(alerts::check(settings));
    // Nobody needs traces to trade.
    if occasion != Occasion::BeforeTrading {
        findings.push(traces::check(settings).await);
    }
    Ok(findings)
}

/// For people.
///
/// # Errors
/// `out` cannot be written.
pub fn print(findings: &[Finding], out: &mut dyn Write) -> anyhow::Result<()> {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    for Finding { check, measured, verdict } in findings {
        match verdict {
            Verdict::Good => writeln!(out, "good  {check:width$}  {measured}")?,
            Verdict::Noted { note } => {
                let between = if measured.is_empty() { "" } else { ". " };
                writeln!(out, "note  {check:width$}  {measured}{between}{note}")?;
            }
            Verdict::Bad { problem, fix } => {
                writeln!(out, "BAD   {check:width$}  {measured}")?;
                writeln!(out, "      {:width$}  {problem}", "")?;
                writeln!(out, "      {:width$}  → {fix}", "")?;
            }
        }
    }
    Ok(())
}
