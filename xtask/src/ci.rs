//! `cargo xtask ci`: what must be true of every commit on the main branch.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;

use crate::{
    api_check, deploy_check, page,
    report::{Outcome, Report},
    shell,
    test::{self, Skips},
    tools,
    workspace::Workspace,
};

const DENY_VERSION: &str = "0.20.2";
const AUDIT_VERSION: &str = "0.22.2";

/// Runs everything, the quick checks first, and goes on after a failure: one run tells all.
pub(crate) fn run(workspace: &Workspace) -> ExitCode {
    let mut report = Report::default();
    let root = &workspace.root;
    let cargo =
        |name: &str, args: &[&str]| shell::step(name, &mut shell::command(root, "cargo", args));
    report.add_result("format", cargo("cargo fmt", &["fmt", "--all", "--check"]));
    report.append(page::run_scripts(workspace, &["build", "format:check"]));
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    report.add_result("clippy", cargo("cargo clippy", &clippy));
    let deny =
        ["deny", "--workspace", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    let denied = tools::install_subcommand(root, "deny", DENY_VERSION)
        .and_then(|()| cargo("cargo deny", &deny));
    report.add_result("licences, sources and bans", denied);
    audit(workspace, &mut report);
    report.append(test::run(workspace, Skips::Forbidden));
    report.add_result(api_check::NAME, api_check::check(workspace));
    report.append(deploy_check::check(workspace));
    report.finish(Skips::Forbidden)
}

/// Looks for known holes in a copy of the advisory database, if there is one: nothing is fetched.
fn audit(workspace: &Workspace, report: &mut Report) {
    const NAME: &str = "advisories";
    let root = &workspace.root;
    let Some(database) = advisory_database(workspace) else {
        let reason = "no copy of the advisory database: put one into advisory-db/, or name its \
                      folder in ADVISORY_DB_DIR";
        report.add(NAME, Outcome::Skipped(reason.to_owned()));
        return;
    };
    let run = || {
        tools::install_subcommand(root, "audit", AUDIT_VERSION)?;
        let args = ["audit", "--no-fetch", "--deny", "warnings", "--db"];
        shell::step("cargo audit", shell::command(root, "cargo", &args).arg(&database))
    };
    report.add_result(NAME, run());
}

fn advisory_database(workspace: &Workspace) -> Option<PathBuf> {
    let named = std::env::var_os("ADVISORY_DB_DIR").map(PathBuf::from);
    let usual = ["advisory-db", "../shared/advisory-db"].map(|name| workspace.root.join(name));
    named.into_iter().chain(usual).find(|dir| dir.join("crates").is_dir())
}

/// `cargo xtask fmt`.
pub(crate) fn format(workspace: &Workspace) -> Result<ExitCode> {
    let mut command = shell::command(&workspace.root, "cargo", &["fmt", "--all"]);
    shell::step("cargo fmt", &mut command)?;
    Ok(page::run_scripts(workspace, &["format"]).finish(Skips::Allowed))
}
