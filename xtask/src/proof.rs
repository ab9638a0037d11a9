//! Long proofs of exactly-once trading: `cargo xtask crash` and `cargo xtask chaos`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{shell, workspace::Workspace};

/// How often the process is killed.
#[derive(Args)]
pub(crate) struct CrashArgs {
    /// Kills in all
    #[arg(long, default_value_t = 10_000)]
    kills: u32,
    /// Where chance begins
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// How long and how fast everything goes wrong.
#[derive(Args)]
pub(crate) struct ChaosArgs {
    /// How long
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// How fast; 100 is the pace of life
    #[arg(long, default_value_t = 2_000)]
    speed_percent: u32,
    /// Where chance begins
    #[arg(long, default_value_t = 11)]
    seed: u64,
}

/// A test of the whole program, optimised and with assertions: the places at which it can be killed
/// are left out of other optimised builds.
fn proof(workspace: &Workspace, name: &str) -> std::process::Command {
    let test = ["test", "--profile", "proof", "-p", "dutchbook", "--test", "it", name];
    let mut command = shell::command(&workspace.root, "cargo", &test);
    command.args(["--", "--nocapture"]);
    command
}

/// Kills the process at every place and at random, with lost replies, and compares the books.
pub(crate) fn crash(workspace: &Workspace, args: &CrashArgs) -> Result<ExitCode> {
    let mut command = proof(workspace, "crash::");
    command.env("DUTCHBOOK_TEST_KILLS", args.kills.to_string());
    command.env("DUTCHBOOK_TEST_SEED", args.seed.to_string());
    shell::step("crash test", &mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// A demo with every fault on, optimised, in a hurry.
pub(crate) fn chaos(workspace: &Workspace, args: &ChaosArgs) -> Result<ExitCode> {
    let mut command = proof(workspace, "chaos::");
    command.env("DUTCHBOOK_TEST_CHAOS_SECONDS", args.seconds.to_string());
    command.env("DUTCHBOOK_TEST_SPEED_PERCENT", args.speed_percent.to_string());
    command.env("DUTCHBOOK_TEST_SEED", args.seed.to_string());
    shell::step("chaos test", &mut command)?;
    Ok(ExitCode::SUCCESS)
}
