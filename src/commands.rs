//! The subcommands, one file each.

mod access;
pub mod backtest;
pub mod backup;
pub mod check;
pub mod config;
pub mod doctor;
pub mod forecast;
mod health;
mod manuals;
pub mod migrate;
pub mod replay;
pub mod run;
mod status_line;
pub mod token;
pub mod trading;
pub mod whatif;

use std::io::Write;

use access::WayIn;

use crate::{
    cli::{Cli, Command, ConfigCommand},
    exit::ExitCode,
    settings::Settings,
};

/// Does what the command line says; results go to `out`.
///
/// # Errors
/// What went wrong, for people to read.
pub fn dispatch(cli: &Cli, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(&cli.sources())?;
    match &cli.command {
        Command::Run(_) => run::run(&settings, cli.sources(), out),
        Command::Demo(args) => run::demo(&settings, cli.sources(), args, out),
        Command::Check(args) => check::check(&settings, args, out),
        Command::Backtest(args) => backtest::run(&settings, args, out),
        Command::WhatIf(args) => {
            let before = Settings::load(&cli.sources_before_set())?;
            whatif::run(&before, &settings, &cli.global.set, args, out)
        }
        Command::Config(ConfigCommand::Show(args)) => config::show(&settings, args, out),
        Command::Config(ConfigCommand::Check { .. }) => config::check(&settings, out),
        Command::Config(ConfigCommand::Reload(args)) => {
            config::change(&settings, &WayIn::new(cli, &settings), "config/reload", args, out)
        }
        Command::Config(ConfigCommand::Rollback(args)) => {
            config::change(&settings, &WayIn::new(cli, &settings), "config/rollback", args, out)
        }
        Command::Migrate(args) => migrate::run(&settings, args, out),
        Command::Backup(args) => backup::backup(&settings, args, out),
        Command::Restore(args) => backup::restore(&settings, args, out),
        Command::Doctor(args) => doctor::run(&settings, args, out),
        Command::Health(args) => health::run(&settings, &WayIn::new(cli, &settings), args, out),
        Command::Forecast(args) => forecast::run(&settings, &WayIn::new(cli, &settings), args, out),
        Command::Record(args) => run::record(&settings, cli.sources(), args, out),
        Command::Replay(args) => replay::run(&settings, args, out),
        Command::Token(command) => token::run(&settings, command, out),
        Command::Trading(command) => {
            trading::run(&settings, &WayIn::new(cli, &settings), command, out)
        }
        Command::Completions(args) => manuals::completions(args, out),
        Command::ManPages(args) => manuals::man_pages(args),
    }
}
