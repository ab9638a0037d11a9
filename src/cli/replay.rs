//! `dutchbook record` and `dutchbook replay ...`: what happens, written down and run again.

use std::path::PathBuf;

use clap::Args;

use super::args::parse_mode;
use crate::settings::Mode;

/// Options of `replay`.
#[derive(Clone, Debug, Args)]
pub struct ReplayArgs {
    /// A session: its name, its folder, or `latest`; without one the sessions are listed
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// Compare every decision with the recorded one; exit 4 where one differs
    #[arg(long, requires = "session")]
    pub verify: bool,
    /// Print every decision
    #[arg(long, requires = "session")]
    pub decisions: bool,
    /// Whose sessions: demo, paper or live [default: the mode of the settings]
    #[arg(long, value_parser = parse_mode)]
    pub mode: Option<Mode>,
    /// Print JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// Options of `record`.
#[derive(Clone, Debug, Args)]
pub struct RecordArgs {
    /// Where the recording and its own database are kept
    #[arg(long, value_name = "DIR", default_value = "data/record")]
    pub folder: PathBuf,
    /// End by itself after so many seconds
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: Option<u64>,
}
