//! `dutchbook forecast`.

pub mod ask;
pub mod evaluate;

use std::io::Write;

use crate::cli::{ForecastArgs, ForecastCommand};
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Does what was asked.
///
/// # Errors
/// What went wrong, for people to read.
pub fn run(
    settings: &Settings,
    args: &ForecastArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(ForecastCommand::Evaluate(args)) => evaluate::evaluate(args, out),
        None => ask::ask(settings, &args.ask, out),
    }
}
