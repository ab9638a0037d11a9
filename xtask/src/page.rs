//! The web page: building it when it is out of date, and checking it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use crate::{
    report::{Outcome, Report},
    shell,
    test::Skips,
    workspace::Workspace,
};

/// The oldest Node that the page's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Whether the page can be built here.
pub(crate) enum Node {
    Usable,
    Missing(String),
}

/// What the page is built from, below its folder.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

/// Looks for Node, npm and the page's sources.
pub(crate) fn node(workspace: &Workspace) -> Node {
    if !workspace.dashboard().join("package.json").is_file() {
        return Node::Missing("there is no dashboard/package.json".to_owned());
    }
    let version = match shell::output(&workspace.root, "node", &["--version"]) {
        Ok(version) => version.trim().to_owned(),
        Err(_) => return Node::Missing("Node is not installed".to_owned()),
    };
    if shell::find("npm").is_none() {
        return Node::Missing("npm is not installed".to_owned());
    }
    match major(&version) {
        Some(major) if major >= NODE_MAJOR_MIN => Node::Usable,
        _ => Node::Missing(format!("Node {version} is older than {NODE_MAJOR_MIN}")),
    }
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Builds the page if it is older than its sources.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let dir = workspace.dashboard();
    install(&dir)?;
    let built = modified(&dir.join("dist/index.html"));
    let sources = SOURCES.iter().filter_map(|name| newest(&dir.join(name))).max();
    if built.is_some() && built >= sources {
        eprintln!("  the page is up to date");
        return Ok(());
    }
    npm(&dir, "build")?;
    Ok(())
}

/// Fetches the page's packages if they are older than the list of them.
pub(crate) fn install(dir: &Path) -> Result<()> {
    let wanted = modified(&dir.join("package-lock.json"));
    let present = modified(&dir.join("node_modules/.package-lock.json"));
    if present.is_some() && present >= wanted {
        return Ok(());
    }
    let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    shell::step("npm ci", shell::command(dir, "npm", &args).stdout(io::stderr()))?;
    Ok(())
}

/// Runs one of the page's scripts.
pub(crate) fn npm(dir: &Path, script: &str) -> Result<Duration> {
    let mut command = shell::command(dir, "npm", &["run", "--silent", script]);
    shell::step(&format!("dashboard: {script}"), command.stdout(io::stderr()))
}

/// Runs the page's own checks.
pub(crate) fn run_scripts(workspace: &Workspace, scripts: &[&str]) -> Report {
    let mut report = Report::default();
    if let Node::Missing(reason) = node(workspace) {
        report.add("dashboard", Outcome::Skipped(reason));
        return report;
    }
    let dir = workspace.dashboard();
    if let Err(error) = install(&dir) {
        report.add("dashboard: npm ci", Outcome::Failed(format!("{error:#}")));
        return report;
    }
    for script in scripts {
        report.add_result(&format!("dashboard: {script}"), npm(&dir, script));
    }
    report
}

/// `cargo xtask dashboard`.
pub(crate) fn check(workspace: &Workspace) -> Result<ExitCode> {
    let scripts = ["build", "format:check", "check", "lint", "test"];
    Ok(run_scripts(workspace, &scripts).finish(Skips::Forbidden))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

/// The newest change of a file, or of anything below a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = fs::read_dir(path).with_context(|| path.display().to_string()).ok()?;
    let inside = entries.flatten().map(|entry| entry.path()).collect::<Vec<PathBuf>>();
    // The folder's own time counts: it changes when a file is deleted.
    inside.iter().filter_map(|path| newest(path)).chain(modified(path)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("nonsense"), None);
    }

    #[test]
    fn the_newest_file_below_a_folder_counts() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = modified(&here.join("src/page.rs"));
        assert!(file.is_some() && newest(here) >= file);
        assert_eq!(newest(&here.join("no such file")), None);
    }
}
