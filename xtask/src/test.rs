//! `cargo xtask test`: every test, and a table of what ran.

use std::{
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    demo,
    page::{self, Node},
    report::{Outcome, Report},
    rust_tests, shell,
    tools::{self, CHROMIUM, MARIADB},
    workspace::Workspace,
};

/// Whether a test may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skips {
    Allowed,
    Forbidden,
}

/// The demo of the browser tests ends by itself after so long, whatever becomes of us.
const DEMO_SECONDS_MAX: &str = "900";

/// Runs everything, and goes on after a failure: one run tells all.
pub(crate) fn run(workspace: &Workspace, skips: Skips) -> Report {
    let mut report = Report::default();
    if let Err(error) = tools::install_packages(&workspace.root, &[MARIADB, CHROMIUM]) {
        report.add("packages", Outcome::Failed(format!("{error:#}")));
    }
    if let Err(error) = tools::install_npm_packages(workspace) {
        report.add("npm packages", Outcome::Failed(format!("{error:#}")));
    }
    // The page is embedded in the program, so it comes first.
    if let Err(error) = demo::build_page(workspace) {
        report.add("web page", Outcome::Failed(format!("{error:#}")));
        return report;
    }
    report.append(rust_tests::run(workspace, skips));
    report.append(page::run_scripts(workspace, &["check", "lint", "test"]));
    browser_tests(workspace, skips, &mut report);
    report
}

fn browser_tests(workspace: &Workspace, skips: Skips, report: &mut Report) {
    const NAME: &str = "browser tests";
    if let Node::Missing(reason) = page::node(workspace) {
        report.add(NAME, Outcome::Skipped(reason));
        return;
    }
    let Some(chromium) = shell::find(CHROMIUM.program) else {
        let reason = format!("there is no {}: apt-get install chromium", CHROMIUM.program);
        report.add(NAME, Outcome::Skipped(reason));
        return;
    };
    let e2e = |name: &str, demo: Option<&Demo>| {
        let dir = workspace.dashboard();
        let mut command = shell::command(&dir, "npm", &["run", "--silent", "e2e"]);
        command.env("CHROMIUM_PATH", &chromium);
        if skips == Skips::Forbidden {
            command.env("DUTCHBOOK_REQUIRE_ALL", "1");
        }
        if let Some(demo) = demo {
            command.env("BASE_URL", &demo.address).env("DUTCHBOOK_TOKEN", &demo.token);
            command.env("DUTCHBOOK_LINK", &demo.link);
        }
        shell::step_of_tests(name, &mut command)
    };
    let over_mock = "browser tests over a stand-in";
    report.add_result(over_mock, e2e(over_mock, None));
    let over_service = "browser tests over the service";
    let result = Demo::start(workspace).and_then(|demo| e2e(over_service, Some(&demo)));
    report.add_result(over_service, result);
}

/// The service in demo mode on a free port, ended when this value goes.
struct Demo {
    process: Child,
    address: String,
    /// Made up for this run; the tests sign in with it.
    token: String,
    /// Signs in whoever opens it first.
    link: String,
    /// Kept open: a program whose output nobody can take may end.
    stdout: BufReader<ChildStdout>,
}

impl Demo {
    fn start(workspace: &Workspace) -> Result<Self> {
        let mut command = Command::new(workspace.program());
        command.args(["demo", "--json", "--port", "0", "--seconds", DEMO_SECONDS_MAX]);
        command.args(["--set", "web.ws_port=0", "--log", "warn"]);
        let token = made_up_token();
        command.env("DUTCHBOOK_TOKEN", &token);
        command.current_dir(&workspace.root).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start the demo")?;
        let stdout = process.stdout.take().context("no output of the demo")?;
        let stdout = BufReader::new(stdout);
        let (address, link) = (String::new(), String::new());
        let mut demo = Self { process, address, token, link, stdout };
        let mut line = String::new();
        demo.stdout.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)
            .with_context(|| format!("the demo did not print its address: {line:?}"))?;
        match said["address"].as_str() {
            Some(address) => address.clone_into(&mut demo.address),
            None => bail!("the demo's first line has no address: {line}"),
        }
        said["link"].as_str().unwrap_or_default().clone_into(&mut demo.link);
        Ok(demo)
    }
}

/// 64 hexadecimal digits from the random keys of the standard library's hash maps.
fn made_up_token() -> String {
    (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n))).collect()
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already; there is nothing to do about a failure here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
