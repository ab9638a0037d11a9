//! The one toolbox of the project: `cargo xtask <command>`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for a person's terminal")]

mod api_check;
mod bench;
mod ci;
mod demo;
mod deploy_check;
mod dist;
mod page;
mod proof;
mod report;
mod rust_tests;
mod sdk_check;
mod service;
mod shell;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use workspace::Workspace;

/// The one toolbox of the project.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what is needed and run the service in demo mode; options go to `dutchbook demo`
    Demo(DemoArgs),
    /// Run every test; install or start what they need where that is allowed
    Test(TestArgs),
    /// What the project's CI runs: format, lints, dependencies, the page's checks, every test
    Ci,
    /// Try every operation of the API's description against a running service
    ApiCheck,
    /// Check image, compose file, proxy, unit, Prometheus, Grafana and archive, without containers
    DeployCheck,
    /// Pack the program with what belongs to it: an archive, a list of what is in it, checksums
    Dist(dist::DistArgs),
    /// Let the venue's official client trade with the simulated venue; fetches and builds it
    SdkCheck,
    /// Kill the process again and again while it trades, and compare the books
    Crash(proof::CrashArgs),
    /// Play a demo in a hurry with every fault on, and compare the books
    Chaos(proof::ChaosArgs),
    /// Run the benchmarks
    Bench(BenchArgs),
    /// Format everything
    Fmt,
    /// Build and check the web page
    Dashboard,
}

#[derive(Args)]
struct DemoArgs {
    /// Options of `dutchbook demo`, such as --port 8081
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

#[derive(Args)]
struct TestArgs {
    /// Whatever would be skipped is a failure
    #[arg(long)]
    require_all: bool,
}

#[derive(Args)]
struct BenchArgs {
    /// Options of the benchmarks, after --
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Demo(args) => demo::run(&workspace, &args.options),
        Command::Test(args) => {
            let skips =
                if args.require_all { test::Skips::Forbidden } else { test::Skips::Allowed };
            Ok(test::run(&workspace, skips).finish(skips))
        }
        Command::Ci => Ok(ci::run(&workspace)),
        Command::ApiCheck => api_check::run(&workspace),
        Command::DeployCheck => deploy_check::run(&workspace),
        Command::Dist(args) => dist::run(&workspace, args),
        Command::SdkCheck => sdk_check::run(&workspace),
        Command::Crash(args) => proof::crash(&workspace, args),
        Command::Chaos(args) => proof::chaos(&workspace, args),
        Command::Bench(args) => bench::run(&workspace, &args.options),
        Command::Fmt => ci::format(&workspace),
        Command::Dashboard => page::check(&workspace),
    }
}
