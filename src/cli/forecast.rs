//! `dutchbook forecast ...`: what the models believe, and how far they may be believed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with forecasts.
#[derive(Clone, Debug, Subcommand)]
pub enum ForecastCommand {
    /// Score recorded forecasts against their outcomes and the market, on a time split
    Evaluate(EvaluateArgs),
}

/// Options of `forecast evaluate`.
#[derive(Clone, Debug, Args)]
pub struct EvaluateArgs {
    /// Files of JSON lines, plain or .gz: one question at one moment a line
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The same seed draws the same intervals
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}
