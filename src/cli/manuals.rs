//! `dutchbook completions` and `dutchbook man-pages`: what a shell and a reader of manuals want.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Options of `completions`.
#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Options of `man-pages`.
#[derive(Clone, Debug, Args)]
pub struct ManPagesArgs {
    /// The folder to write them into; it must be there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
