//! `backup` and `restore` on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::settings::Mode;

use super::args::parse_mode;

/// Options of `backup`.
#[derive(Clone, Debug, Args)]
pub struct BackupArgs {
    /// The copy, which must not be there yet; PATH.sha256 is written beside it
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The database of this mode [default: the mode of the files]
    #[arg(long, value_parser = parse_mode)]
    pub mode: Option<Mode>,
}

/// Options of `restore`.
#[derive(Clone, Debug, Args)]
pub struct RestoreArgs {
    /// A copy that `backup` made, with PATH.sha256 beside it
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The database of this mode [default: the mode of the files]
    #[arg(long, value_parser = parse_mode)]
    pub mode: Option<Mode>,
}
