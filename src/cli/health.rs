//! `dutchbook health`: is the service that runs here well?

use clap::Args;

use super::trading::ReadArgs;

/// Options of `health`.
#[derive(Clone, Debug, Args)]
pub struct HealthArgs {
    /// Ask only whether the process answers, not whether it is of use now
    #[arg(long)]
    pub live: bool,
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
}
