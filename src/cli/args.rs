//! What can be typed after `dutchbook`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::backtest::{BacktestArgs, WhatIfArgs};
use super::backup::{BackupArgs, RestoreArgs};
use super::forecast::ForecastArgs;
use super::health::HealthArgs;
use super::manuals::{CompletionsArgs, ManPagesArgs};
use super::replay::{RecordArgs, ReplayArgs};
use super::token::TokenCommand;
use super::trading::{OrderArgs, TradingCommand};
use crate::settings::{Flag, LiveSwitch, Mode, Request, Sources};

/// A supervised actor system that trades and explains Polymarket.
#[derive(Debug, Parser)]
#[command(
    name = "dutchbook",
    version,
    about,
    after_help = "Start with `dutchbook demo`: it needs no key and no network."
)]
pub struct Cli {
    /// For every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct GlobalArgs {
    /// Folder with default.toml, <mode>.toml and local.toml [default: ./config where it is]
    #[arg(long, global = true, value_name = "DIR", env = "DUTCHBOOK_CONFIG_DIR")]
    pub config_dir: Option<PathBuf>,
    /// Set one value, as in --set feed.tokens_max=800; may be repeated, the last one wins
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = parse_assignment)]
    pub set: Vec<(String, String)>,
    /// How much to log: error, warn, info, debug, trace, or by module: info,polymarket=debug
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Trade the real market: invented money on its live books, or, in live mode, real orders
    Run(RunArgs),
    /// The same on a simulated venue in this process: no key, no network, no server
    Demo(DemoArgs),
    /// Look once at the live market or at a recording, and print what contradicts itself
    Check(CheckArgs),
    /// Play recorded markets to the strategies, under a virtual clock and between three bounds
    Backtest(BacktestArgs),
    /// Play a session twice, as the settings are and with what --set changes, and compare decision by
    /// decision
    #[command(name = "whatif")]
    WhatIf(WhatIfArgs),
    /// Show or check the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database to this version's schema
    Migrate(MigrateArgs),
    /// Copy the database into a file, also while the service runs, and check the copy
    Backup(BackupArgs),
    /// Put a copy in the place of the database; what was there is kept beside it
    Restore(RestoreArgs),
    /// Check network, clock, database and disk, with what to do where something is wrong
    Doctor(DoctorArgs),
    /// Ask the service that runs here whether it is well, for health checks
    Health(HealthArgs),
    /// What models believe about a market, and how far they may be believed
    Forecast(ForecastArgs),
    /// Record the live market without trading
    Record(RecordArgs),
    /// Run a recorded session again, and compare what is decided with what was
    Replay(ReplayArgs),
    /// Tokens for programs: what each may do, and taking one back
    #[command(subcommand)]
    Token(TokenCommand),
    /// Ask a running service.
    #[command(flatten)]
    Trading(TradingCommand),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Write a manual page for every command, as packages need them
    #[command(hide = true)]
    ManPages(ManPagesArgs),
}

/// Options of `run`.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// The second switch of live trading; the first is mode = "live" in config/local.toml
    #[arg(long)]
    pub live: bool,
}

/// Options of `demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Port of the page; 0 takes any free one
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// End by itself after so many seconds
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: Option<u64>,
    /// The same seed gives the same market
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print the address as one JSON line on standard output
    #[arg(long)]
    pub json: bool,
    /// Trade at a simulated venue that runs already, with the account of [account], and keep the
    /// database of the last time
    #[arg(long, value_name = "IP:PORT")]
    pub venue: Option<SocketAddr>,
    /// As several processes: two feeds, one that decides and one that stands by, two for people. Needs
    /// redis-server on this machine, or REDIS_URL
    #[arg(long, conflicts_with = "venue")]
    pub cluster: bool,
}

/// Options of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// How to print what was found
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,
    /// Look at a recorded file or folder instead of the live market
    #[arg(long, value_name = "PATH")]
    pub recording: Option<PathBuf>,
}

/// How to print results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting and its value
    Show(ShowArgs),
    /// Check all settings and list everything that is wrong; exit code 3 if anything is
    Check {
        /// As this mode would see them [default: the mode of the files]
        #[arg(long, value_parser = parse_mode)]
        mode: Option<Mode>,
    },
    /// Have a running service read its settings again; all of a change is in force at once, or
    /// nothing of it
    Reload(ChangeArgs),
    /// Put in force again what was before the last change; the files stay as they are
    Rollback(ChangeArgs),
}

/// Options of `config reload` and `config rollback`.
#[derive(Clone, Debug, Args)]
pub struct ChangeArgs {
    /// Only say what would change
    #[arg(long)]
    pub preview: bool,
    /// Where the service is, and the key.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `config show`.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Say where each value came from
    #[arg(long)]
    pub origin: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// As this mode would see them [default: the mode of the files]
    #[arg(long, value_parser = parse_mode)]
    pub mode: Option<Mode>,
}

/// Options of `migrate`.
#[derive(Clone, Debug, Args)]
pub struct MigrateArgs {
    /// Only say which steps are done and which wait; exit code 4 if any wait
    #[arg(long)]
    pub status: bool,
}

/// Options of `doctor`.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// For how many seconds the venue's socket is watched; 0 leaves it out
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u64).range(..=600))]
    pub canary_secs: u64,
}

impl Cli {
    /// Where this command's settings come from.
    #[must_use]
    pub fn sources(&self) -> Sources {
        self.sources_with(&self.global.set)
    }
    /// The same without what `--set` says.
    #[must_use]
    pub fn sources_before_set(&self) -> Sources {
        self.sources_with(&[])
    }
    fn sources_with(&self, set: &[(String, String)]) -> Sources {
        let assigned = set.iter().map(|(key, value)| flag("--set", key, value));
        let log = self.global.log.iter().map(|level| flag("--log", "log.level", level));
        let flags = assigned.chain(log).chain(self.command.flags()).collect();
        Sources::of_process(self.command.request(), self.global.config_dir.clone(), flags)
    }
}

impl Command {
    fn request(&self) -> Request {
        match self {
            Self::Run(args) => {
                Request::Run(if args.live { LiveSwitch::Given } else { LiveSwitch::Absent })
            }
            Self::Demo(_) => Request::Demo,
            Self::Check(_) | Self::Backtest(_) | Self::WhatIf(_) | Self::Record(_) => {
                Request::Inspect(Some(Mode::Paper))
            }
            Self::Forecast(args) if args.command.is_some() => Request::Inspect(Some(Mode::Paper)),
            Self::Config(ConfigCommand::Show(args)) => Request::Inspect(args.mode),
            Self::Config(ConfigCommand::Check { mode }) => Request::Inspect(*mode),
            Self::Config(ConfigCommand::Reload(_) | ConfigCommand::Rollback(_)) => {
                Request::Inspect(None)
            }
            Self::Backup(args) => Request::Inspect(args.mode),
            Self::Restore(args) => Request::Inspect(args.mode),
            Self::Replay(args) => Request::Inspect(args.mode),
            Self::Token(command) => Request::Inspect(command.common().mode),
            Self::Migrate(_) | Self::Doctor(_) | Self::Forecast(_) | Self::Trading(_) => {
                Request::Inspect(None)
            }
            Self::Health(_) | Self::Completions(_) | Self::ManPages(_) => Request::Inspect(None),
        }
    }

    fn flags(&self) -> Vec<Flag> {
        match self {
            Self::Demo(args) => args.flags(),
            Self::Record(args) => args.flags(),
            Self::Run(_) | Self::Check(_) | Self::Forecast(_) | Self::Token(_) => Vec::new(),
            Self::Backtest(_) | Self::WhatIf(_) | Self::Replay(_) => Vec::new(),
            Self::Backup(_) | Self::Restore(_) => Vec::new(),
            Self::Config(_) | Self::Migrate(_) | Self::Doctor(_) | Self::Trading(_) => Vec::new(),
            Self::Health(_) | Self::Completions(_) | Self::ManPages(_) => Vec::new(),
        }
    }
}

impl DemoArgs {
    /// The options that are settings.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let port = self.port.map(|port| flag("--port", "web.port", &port.to_string()));
        let seed = self.seed.map(|seed| flag("--seed", "sim.seed", &seed.to_string()));
        port.into_iter().chain(seed).collect()
    }
}

impl RecordArgs {
    /// A place of its own, so that it meets no database of trades, and nobody who costs anything.
    fn flags(&self) -> Vec<Flag> {
        let folder = self.folder.display().to_string();
        let set = [
            ("store.data_dir", folder.as_str()),
            ("store.url", ""),
            ("record.enabled", "true"),
            ("swarm.interval_s", "0"),
        ];
        set.map(|(key, value)| flag("record", key, value)).into()
    }
}

fn flag(name: &str, key: &str, value: &str) -> Flag {
    Flag { name: name.to_owned(), key: key.to_owned(), value: value.to_owned() }
}

fn parse_assignment(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

pub(super) fn parse_mode(text: &str) -> Result<Mode, String> {
    Mode::parse(text).ok_or_else(|| "demo, paper or live".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_assignment_keeps_equal_signs_in_its_value() {
        let parsed = parse_assignment("store.url=sqlite://x?mode=rwc");
        assert_eq!(parsed, Ok(("store.url".to_owned(), "sqlite://x?mode=rwc".to_owned())));
        assert!(parse_assignment("store.url").is_err());
    }
}
