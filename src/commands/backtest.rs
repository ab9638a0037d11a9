//! `dutchbook backtest`: recorded markets under a virtual clock, between three bounds.

pub(super) mod progress;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use backtest::fees::Fees;
use backtest::machine::Terms;
use backtest::report::{Report, csv, html, table};
use backtest::run::{Plan, Run};
use backtest::tape::TapeSettings;
use domain::DurationMillis;
use engine::signal::StrategyName;
use engine::strategy::{CATALOGUE, Registration, StrategiesSettings, StrategySettings};

use crate::cli::{BacktestArgs, FeesArg, PlayArgs};
use crate::compose::detector_settings;
use crate::exit::ExitCode;
use crate::settings::Settings;
use progress::Bar;
use sessions::Archive;

/// Plays the recordings and prints what came of it. [`ExitCode::ProblemFound`] where there is
/// nothing in them that can be played.
///
/// # Errors
/// A recording cannot be opened, no such strategy, or a file cannot be written.
pub fn run(
    settings: &Settings,
    args: &BacktestArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let plan = plan(settings, &args.play)?;
    let mut bar = Bar::new();
    let run = Run::new(plan, &mut |progress| bar.at(progress))?;
    let report = run.play(&mut |progress| bar.at(progress));
    drop(bar);
    if let Some(folder) = &args.csv {
        write_csv(&report, folder)?;
    }
    if let Some(file) = &args.html {
        let page = html::page(&report);
        fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    } else {
        let mut text = String::new();
        table::write(&report, &mut text)?;
        out.write_all(text.as_bytes())?;
    }
    let is_empty = report.read.tape.steps == 0;
    Ok(if is_empty { ExitCode::ProblemFound } else { ExitCode::Ok })
}

fn write_csv(report: &Report, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in csv::files(report) {
        let path = folder.join(file.name);
        fs::write(&path, file.text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// What is to be played, as the settings and the command line say.
///
/// # Errors
/// No such recording, or no such strategy.
pub(super) fn plan(settings: &Settings, args: &PlayArgs) -> anyhow::Result<Plan> {
    let (strategies, told) = strategies(settings, &args.strategies)?;
    let gap_max = DurationMillis::from_seconds(args.gap.into());
    Ok(Plan {
        paths: recordings(settings, &args.recordings)?,
        tape: TapeSettings { gap_max, from: args.from, to: args.to },
        fees: match args.fees {
            FeesArg::Recorded => Fees::Recorded,
            FeesArg::Current => Fees::Current,
            FeesArg::None => Fees::None,
        },
        detector: detector_settings(&settings.detector),
        terms: Terms {
            cash: args.cash,
            limits: settings.risk.clone(),
            dealing: settings.execution.dealer.clone(),
            strategies,
            settings: told,
            seed: args.seed,
            restarts: args.restart.clone(),
        },
    })
}

fn recordings(settings: &Settings, named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if !named.is_empty() {
        let archive = Archive::new(&settings.record.folder(&settings.store.data_dir));
        let listed = archive.sessions().unwrap_or_default();
        // What is there is meant as a path; else it may be the name of a session.
        let path = |named: &PathBuf| {
            let session = listed.iter().find(|it| named.as_os_str() == it.name.as_str());
            let session = session.filter(|_| !named.exists());
            session.map_or_else(|| named.clone(), |session| session.folder.clone())
        };
        return Ok(named.iter().map(path).collect());
    }
    let own = || settings.record.folder(&settings.store.data_dir);
    let folder = std::env::var_os("RECORDINGS_DIR").map_or_else(own, PathBuf::from);
    if !folder.exists() {
        bail!(
            "nothing was recorded yet at {}: name a recording or a folder of them, or set \
             RECORDINGS_DIR",
            folder.display()
        );
    }
    Ok(vec![folder])
}

/// Whoever is named is enabled; else those that are.
fn strategies(
    settings: &Settings,
    named: &[String],
) -> anyhow::Result<(Vec<&'static Registration>, StrategiesSettings)> {
    let mut told = settings.strategies.clone();
    if named.is_empty() {
        let enabled = CATALOGUE.iter().filter(|entry| told.of(entry.name).enabled);
        return Ok((enabled.collect(), told));
    }
    let mut chosen: Vec<&'static Registration> = Vec::new();
    for name in named {
        let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == name) else {
            let all: Vec<_> = CATALOGUE.iter().map(|entry| entry.name).collect();
            bail!("there is no strategy called {name}; there are {}", all.join(", "));
        };
        let enabled = StrategySettings { enabled: true, ..told.of(entry.name) };
        told.0.insert(StrategyName::new(entry.name)?, enabled);
        if !chosen.iter().any(|known| known.name == entry.name) {
            chosen.push(entry);
        }
    }
    Ok((chosen, told))
}
