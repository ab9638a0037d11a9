//! The command line: what can be asked, and how failures are told.

mod alerts;
mod args;
mod backtest;
mod backup;
mod forecast;
mod health;
mod manuals;
mod replay;
mod token;
mod trading;

use std::io::{self, Write};

use clap::Parser;

pub use alerts::{AlertTestArgs, AlertsArgs, AlertsCommand};
pub use args::{
    ChangeArgs, CheckArgs, Cli, Command, ConfigCommand, DemoArgs, DoctorArgs, GlobalArgs,
    MigrateArgs, Output, RunArgs, ShowArgs,
};

pub use backtest::{BacktestArgs, FeesArg, PlayArgs, WhatIfArgs};
pub use backup::{BackupArgs, RestoreArgs};
pub use forecast::{AskArgs, EvaluateArgs, ForecastArgs, ForecastCommand};
pub use health::HealthArgs;
pub use manuals::{CompletionsArgs, ManPagesArgs};
pub use replay::{RecordArgs, ReplayArgs};
pub use token::{CreateTokenArgs, RevokeTokenArgs, RoleArg, TokenArgs, TokenCommand};
pub use trading::{
    CancelArgs, CommandsArgs, DecisionsArgs, ExecuteCommand, HaltArgs, LifetimeArg, LimitsArgs,
    LockArgs, OpportunityArgs, OrderArgs, OrdersArgs, PageArgs, PlaceArgs, ReadArgs, RedeemArgs,
    SetsArgs, SideArg, StrategyArgs, TradingCommand, TransferArgs, UnlockArgs, WhalesArgs,
};

use crate::{commands, exit::ExitCode, settings::SettingsError, web::tls::TlsError};

/// Reads the command line, does what it says, and tells a failure on standard error.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" that belong on standard output and end well.
            let code = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Ok };
            return error.print().map_or(ExitCode::Failure, |()| code);
        }
    };
    commands::dispatch(&cli, &mut io::stdout()).unwrap_or_else(|error| tell(&error))
}

fn tell(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::Ok;
    }
    // Standard error may be closed; there is nobody left to tell then.
    let _ = writeln!(io::stderr(), "dutchbook: {error:#}");
    if error.is::<SettingsError>() || error.is::<TlsError>() {
        ExitCode::Configuration
    } else {
        ExitCode::Failure
    }
}

/// A reader such as `head` that has seen enough is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
