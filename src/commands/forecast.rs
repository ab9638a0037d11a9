//! `dutchbook forecast`.

pub mod ask;
pub mod evaluate;

use std::io::Write;

use crate::cli::{ForecastArgs, ForecastCommand};
use crate::commands::access::WayIn;
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Does what was asked.
///
/// # Errors
/// What went wrong, for people to read.
pub(super) fn run(
    settings: &Settings,
    way_in: &WayIn<'_>,
    args: &ForecastArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(ForecastCommand::Evaluate(args)) => evaluate::evaluate(args, out),
        None => ask::ask(settings, way_in, &args.ask, out),
    }
}
