//! `dutchbook forecast ...`: what the models believe, and how far they may be believed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::trading::OrderArgs;

/// A market to ask about, or something else to do with forecasts.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ForecastArgs {
    /// Something else than asking.
    #[command(subcommand)]
    pub command: Option<ForecastCommand>,
    /// Whom to ask about what.
    #[command(flatten)]
    pub ask: AskArgs,
}

/// What else to do with forecasts.
#[derive(Clone, Debug, Subcommand)]
pub enum ForecastCommand {
    /// Score recorded forecasts against their outcomes and the market, on a time split
    Evaluate(EvaluateArgs),
}

/// Options of `forecast SLUG`.
#[derive(Clone, Debug, Args)]
pub struct AskArgs {
    /// Have the models of a running service asked about this market, by its slug or condition id
    #[arg(required = true, value_name = "SLUG")]
    pub market: Option<String>,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
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
