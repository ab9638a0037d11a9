//! `cargo xtask test`: every test, and a table of what ran.

use crate::{
    demo,
    page::{self, Node},
    report::{Outcome, Report},
    rust_tests,
    service::Demo,
    shell,
    tools::{self, CHROMIUM, MARIADB, NGINX, PROMTOOL},
    workspace::Workspace,
};

/// Whether a test may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skips {
    Allowed,
    Forbidden,
}

/// Runs everything, and goes on after a failure: one run tells all.
pub(crate) fn run(workspace: &Workspace, skips: Skips) -> Report {
    let mut report = Report::default();
    let packages = [MARIADB, CHROMIUM, NGINX, PROMTOOL];
    if let Err(error) = tools::install_packages(&workspace.root, &packages) {
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
    let result = Demo::start(workspace, &[]).and_then(|demo| e2e(over_service, Some(&demo)));
    report.add_result(over_service, result);
}
