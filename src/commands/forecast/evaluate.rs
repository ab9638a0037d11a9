//! `dutchbook forecast evaluate`: recorded forecasts against outcomes and the market.

mod reading;
mod record;
mod table;

use std::io::Write;
use std::path::Path;

use engine::forecast::{Evaluation, Seed};
use serde::Serialize;

use crate::cli::EvaluateArgs;
use crate::exit::ExitCode;

/// What was found in one file.
#[derive(Debug, Serialize)]
struct Evaluated<'a> {
    file: &'a Path,
    read: &'a reading::Counts,
    #[serde(flatten)]
    evaluation: &'a Evaluation,
}

/// Scores each file by itself.
///
/// # Errors
/// A file cannot be read, holds no forecast with an outcome, or `out` cannot be written.
pub fn evaluate(args: &EvaluateArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    for file in &args.files {
        let (records, read) = reading::read(file)?;
        anyhow::ensure!(
            !records.is_empty(),
            "{} holds no forecast with an outcome: {}",
            file.display(),
            read.text()
        );
        let evaluation = Evaluation::of(records, &Seed::new(args.seed));
        if args.json {
            let found = Evaluated { file, read: &read, evaluation: &evaluation };
            serde_json::to_writer(&mut *out, &found)?;
            writeln!(out)?;
        } else {
            table::print(file, &read, &evaluation, out)?;
        }
    }
    Ok(ExitCode::Ok)
}
