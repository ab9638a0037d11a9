//! `cargo xtask api-check`: every operation of the API's description, tried against the running
//! service by schemathesis with values that fit it and values that do not. `schemathesis.toml` says
//! what each may be answered with.

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{report::Report, service::Demo, shell, test::Skips, tools, workspace::Workspace};

/// The name of the step.
pub(crate) const NAME: &str = "the API as described";
/// Raised by hand: another version tries other values, and may find something.
const VERSION: &str = "4.32.5";
/// All of this happens to a demo that nobody else uses: it is halted, paused and traded with. Asking
/// too often is not what is tried here.
const SETTINGS: [&str; 2] = ["web.requests_per_second_max=100000", "alerts.enabled=true"];
/// The same values in every run. Chained requests are left to the tests in `tests/it`.
const OPTIONS: [&str; 11] = [
    "--checks",
    "all",
    "--phases",
    "examples,coverage,fuzzing",
    "--max-examples",
    "10",
    "--workers",
    "2",
    "--generation-deterministic",
    "--no-color",
    "--warnings=off",
];
const HOW_TO_GET_IT: &str = "schemathesis cannot be had. It needs Python 3.10 or newer with venv and \
                             pip (apt-get install python3-venv), and the network once; then run \
                             this again, or set SCHEMATHESIS to a program that is there already";

/// `cargo xtask api-check`: builds the program first.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut build = shell::command(&workspace.root, "cargo", &["build", "--package", "dutchbook"]);
    shell::step("cargo build", &mut build)?;
    let mut report = Report::default();
    report.add_result(NAME, check(workspace));
    Ok(report.finish(Skips::Forbidden))
}

/// Tries everything against the program as it was built last.
pub(crate) fn check(workspace: &Workspace) -> Result<Duration> {
    let started = Instant::now();
    let program = program(workspace).context(HOW_TO_GET_IT)?;
    let demo = Demo::start(workspace, &SETTINGS)?;
    demo.wait_until_ready()?;
    let description = format!("{}/openapi.json", demo.address);
    let header = format!("Authorization: Bearer {}", demo.token);
    let args = ["run", description.as_str()];
    let mut command = shell::command(&workspace.root, &program.to_string_lossy(), &args);
    command.args(OPTIONS).args(["--header", header.as_str()]);
    shell::step(NAME, &mut command)?;
    Ok(started.elapsed())
}

/// Where schemathesis is; fetched into the target folder the first time.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("SCHEMATHESIS") {
        return Ok(given.into());
    }
    let bin = tools::python(workspace, "schemathesis", &[&format!("schemathesis=={VERSION}")])?;
    Ok(bin.join("st"))
}
