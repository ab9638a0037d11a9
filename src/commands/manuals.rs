//! `dutchbook completions` and `dutchbook man-pages`: written from the command line's own description.

use std::io::Write;

use anyhow::Context;
use clap::CommandFactory;

use crate::{
    cli::{Cli, CompletionsArgs, ManPagesArgs},
    exit::ExitCode,
};

/// Prints a shell's completions.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    // Into memory first: the generator panics where its writer fails, as at the end of a pipe.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dutchbook", &mut text);
    out.write_all(&text)?;
    Ok(ExitCode::Ok)
}

/// Writes a manual page for every command.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn man_pages(args: &ManPagesArgs) -> anyhow::Result<ExitCode> {
    let written = clap_mangen::generate_to(Cli::command(), &args.folder);
    written.with_context(|| format!("no manual pages in {}", args.folder.display()))?;
    Ok(ExitCode::Ok)
}
