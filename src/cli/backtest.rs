//! `dutchbook backtest ...` and `dutchbook whatif ...`: what strategies would have made of recorded
//! markets, and what other settings would have changed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::{UnixMillis, Usd};
use engine::fill_model::Restart;

/// What is played, and with what.
#[derive(Clone, Debug, Args)]
pub struct PlayArgs {
    /// Recorded files, folders, or sessions by folder or name [default: $RECORDINGS_DIR, or all sessions of the data folder]
    #[arg(value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
    /// Who trades, by name and a comma between names [default: all that are enabled]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub strategies: Vec<String>,
    /// Play nothing before this moment, as 2025-06-19T18:00:00Z
    #[arg(long, value_name = "MOMENT", value_parser = parse_moment)]
    pub from: Option<UnixMillis>,
    /// Play nothing at this moment or later
    #[arg(long, value_name = "MOMENT", value_parser = parse_moment)]
    pub to: Option<UnixMillis>,
    /// Dollars to begin with
    #[arg(long, value_name = "USD", default_value = "10000", value_parser = parse_cash)]
    pub cash: Usd,
    /// Which fees are charged
    #[arg(long, value_enum, default_value_t = FeesArg::Recorded)]
    pub fees: FeesArg,
    /// The same seed, the same report
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A file that says nothing for so many seconds has a gap: its books are not believed any more
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub gap: u32,
    /// The venue restarts at this moment for so many seconds and refuses orders, as
    /// 2026-09-28T10:00:00Z/90; may be repeated
    #[arg(long, value_name = "MOMENT/S", value_parser = parse_restart)]
    pub restart: Vec<Restart>,
}

/// Options of `backtest`.
#[derive(Clone, Debug, Args)]
pub struct BacktestArgs {
    /// What is played.
    #[command(flatten)]
    pub play: PlayArgs,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write tables for spreadsheets into this folder
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// Write one page with charts into this file
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Options of `whatif`. What is to be another is said with `--set`.
#[derive(Clone, Debug, Args)]
pub struct WhatIfArgs {
    /// What is played.
    #[command(flatten)]
    pub play: PlayArgs,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Which fees are charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FeesArg {
    /// Those that the recording states; none where it states none.
    Recorded,
    /// The venue's rates of autumn 2026, whatever the recording's date.
    Current,
    /// None.
    None,
}

fn parse_moment(text: &str) -> Result<UnixMillis, String> {
    UnixMillis::parse(text).ok_or_else(|| "write it as 2025-06-19T18:00:00Z".to_owned())
}

fn parse_cash(text: &str) -> Result<Usd, String> {
    let cash: Usd = text.parse().map_err(|error| format!("{error}"))?;
    if cash.is_positive() { Ok(cash) } else { Err("it must be above zero".to_owned()) }
}

fn parse_restart(text: &str) -> Result<Restart, String> {
    let (from, seconds) = text.split_once('/').ok_or("write it as 2026-09-28T10:00:00Z/90")?;
    let from = parse_moment(from)?;
    let seconds: u32 = seconds.parse().map_err(|_| "seconds are a whole number".to_owned())?;
    let span = domain::DurationMillis::from_seconds(seconds.into());
    Ok(Restart { from, until: from.plus(span) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_is_a_moment_and_seconds() {
        let restart = parse_restart("2026-09-28T10:00:00Z/90").unwrap();
        assert_eq!(restart.until.since(restart.from).0, 90_000);
        for text in ["2026-09-28T10:00:00Z", "noon/90", "2026-09-28T10:00:00Z/-1"] {
            assert!(parse_restart(text).is_err(), "{text}");
        }
        assert!(parse_cash("0").is_err() && parse_cash("-5").is_err());
    }
}
