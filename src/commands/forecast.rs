//! `dutchbook forecast`.

pub mod evaluate;

use std::io::Write;

use crate::cli::ForecastCommand;
use crate::exit::ExitCode;

/// Does what was asked.
///
/// # Errors
/// What went wrong, for people to read.
pub fn run(command: &ForecastCommand, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match command {
        ForecastCommand::Evaluate(args) => evaluate::evaluate(args, out),
    }
}
