//! `cargo xtask bench`: every benchmark of every member, one after the other.

use std::process::ExitCode;

use anyhow::Result;

use crate::{shell, workspace::Workspace};

/// Runs them alone, so that they do not disturb each other.
pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<ExitCode> {
    let benches = workspace.benches();
    if benches.is_empty() {
        println!("There are no benchmarks.");
    }
    for bench in benches {
        let args = ["bench", "--package", &bench.package, "--bench", &bench.name, "--"];
        let mut command = shell::command(&workspace.root, "cargo", &args);
        command.args(options);
        shell::step(&format!("{}: {}", bench.package, bench.name), &mut command)?;
    }
    Ok(ExitCode::SUCCESS)
}
