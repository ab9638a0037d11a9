//! `cargo xtask sdk-check`: the venue's official client against the simulated venue.

use std::process::ExitCode;

use anyhow::Result;

use crate::{shell, workspace::Workspace};

/// Builds the simulated venue here and the check in a folder and a workspace of its own: the
/// official client brings hundreds of packages that no other build pays for.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let build = ["build", "--package", "simvenue"];
    shell::step("simulated venue", &mut shell::command(&workspace.root, "cargo", &build))?;
    let dir = workspace.root.join("crates/sdk-check");
    let mut check = shell::command(&dir, "cargo", &["test", "--locked"]);
    check.env("CARGO_TARGET_DIR", workspace.sdk_check_target());
    check.env("SIMVENUE_BIN", workspace.simulated_venue());
    shell::step("official client", &mut check)?;
    Ok(ExitCode::SUCCESS)
}
