//! `dutchbook check`: one look at the live market or at a recording.
//!
//! Books come in, from REST or from a file; the same shelf and the same detector as in the service
//! look at them ([`desk`]); a [`Report`] comes out, and is printed for people or for programs.

mod desk;
mod findings;
mod live;
mod recording;
mod report;
mod table;
mod verdict;

use std::io::Write;

use crate::cli::{CheckArgs, Output};
use crate::compose::detector_settings;
use crate::exit::ExitCode;
use crate::settings::Settings;

pub use findings::{Finding, FoundLeg};
pub use report::{Found, Read, ReasonCount, Report, Source, Unreadable};

/// Looks once and prints what was found, and why the rest was not. [`ExitCode::ProblemFound`] where a
/// recording holds nothing that can be read.
///
/// # Errors
/// The venue cannot be reached, the recording cannot be opened, or `out` cannot be written.
pub fn check(
    settings: &Settings,
    args: &CheckArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let report = match &args.recording {
        Some(path) => recording::check(path, &detector_settings(&settings.detector))?,
        None => actix_rt::System::new().block_on(live::check(settings))?,
    };
    match args.output {
        Output::Table => table::print(&report, out)?,
        Output::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)?;
        }
    }
    let is_unreadable = report.read.unreadable.count == report.read.records;
    Ok(if args.recording.is_some() && is_unreadable {
        ExitCode::ProblemFound
    } else {
        ExitCode::Ok
    })
}
