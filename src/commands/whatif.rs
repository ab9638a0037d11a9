//! `dutchbook whatif`: a session played twice, as the settings are and with what is changed.

use std::io::Write;

use anyhow::ensure;
use backtest::run::Run;
use backtest::whatif::{Change, WhatIf};
use serde::Serialize;

use super::backtest::plan;
use super::backtest::progress::Bar;
use crate::cli::WhatIfArgs;
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Decisions of a bound that are printed; JSON has more.
const PRINTED_MAX: usize = 20;

#[derive(Serialize)]
struct Answer<'a> {
    changed: Vec<String>,
    #[serde(flatten)]
    difference: &'a WhatIf,
}

/// Plays twice and prints what is decided otherwise.
///
/// # Errors
/// Nothing is changed, a recording cannot be opened, or `out` cannot be written.
pub fn run(
    before: &Settings,
    after: &Settings,
    set: &[(String, String)],
    args: &WhatIfArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    ensure!(
        !set.is_empty(),
        "say with --set what is to be another, as in --set risk.market_usd_max=200"
    );
    let mut bar = Bar::new();
    let played = [before, after].map(|settings| {
        let run = Run::new(plan(settings, &args.play)?, &mut |progress| bar.at(progress))?;
        anyhow::Ok(run.play(&mut |progress| bar.at(progress)))
    });
    drop(bar);
    let [then, now] = played;
    let (then, now) = (then?, now?);
    let difference = WhatIf::of(&then, &now);
    let changed: Vec<_> = set.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if args.json {
        serde_json::to_writer(&mut *out, &Answer { changed, difference: &difference })?;
        writeln!(out)?;
    } else {
        print(&changed, &difference, out)?;
    }
    let is_empty = then.read.tape.steps == 0;
    Ok(if is_empty { ExitCode::ProblemFound } else { ExitCode::Ok })
}

fn print(changed: &[String], difference: &WhatIf, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "What if {}?\n", changed.join(", "))?;
    writeln!(
        out,
        "{:<12} {:>14} {:>14} {:>14} {:>14} {:>8} {:>8} {:>8}",
        "bound", "net before", "net after", "drawdown", "then", "added", "removed", "turned"
    )?;
    for it in &difference.bounds {
        writeln!(
            out,
            "{:<12} {:>14} {:>14} {:>14} {:>14} {:>8} {:>8} {:>8}",
            it.bound.code(),
            it.net.before.to_string(),
            it.net.after.to_string(),
            it.drawdown_max.before.to_string(),
            it.drawdown_max.after.to_string(),
            it.added,
            it.removed,
            it.turned
        )?;
    }
    for it in difference.bounds.iter().filter(|it| !it.decisions.is_empty()) {
        writeln!(out, "\n{}", it.bound.code())?;
        for change in it.decisions.iter().take(PRINTED_MAX) {
            writeln!(out, "  {}  {}", change.at.to_rfc3339(), sentence(change))?;
        }
        let more = (it.added + it.removed + it.turned).saturating_sub(PRINTED_MAX as u64);
        if more > 0 {
            writeln!(out, "  and {more} more")?;
        }
    }
    if difference.is_empty() {
        writeln!(out, "\nNothing is decided otherwise, and nothing else is left over.")?;
    }
    Ok(())
}

fn sentence(Change { signal, before, after, .. }: &Change) -> String {
    match (before, after) {
        (None, Some(now)) => format!("added    {signal}: {now}"),
        (Some(then), None) => format!("removed  {signal}: was {then}"),
        (then, now) => {
            let word = |it: &Option<&'static str>| it.unwrap_or("not raised");
            format!("turned   {signal}: was {}, is {}", word(then), word(now))
        }
    }
}
