//! `dutchbook alerts ...`: what people were told, and whether a channel works.

use clap::{Args, Subcommand};

use super::trading::{OrderArgs, ReadArgs};

/// Which alerts, or what else is asked of them.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AlertsArgs {
    /// What else is asked.
    #[command(subcommand)]
    pub command: Option<AlertsCommand>,
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Only of this kind: whale, opportunity, forecast, trade, risk, reconciliation, feed, service
    /// or test
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Only info, warning or critical ones
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<String>,
    /// Only those with a message that is waiting, sent or dead
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// What else is asked of alerts.
#[derive(Clone, Debug, Subcommand)]
pub enum AlertsCommand {
    /// Which channels are set up, what waits in each, and how many messages were given up
    Channels(ReadArgs),
    /// Send a message through a channel, to see whether it arrives
    Test(AlertTestArgs),
}

/// Which channel is tried.
#[derive(Clone, Debug, Args)]
pub struct AlertTestArgs {
    /// telegram, discord, slack, webhook or email
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Where the service is, and the key.
    #[command(flatten)]
    pub order: OrderArgs,
}
