//! Running the tests of the workspace, and hearing what they left out.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use anyhow::{Context, Result, bail};

use crate::{
    report::{Outcome, Report},
    shell,
    test::Skips,
    tools,
    workspace::Workspace,
};

/// What the tests said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// Test programs that began, and did not end: they died.
    unended: u64,
    skipped: Vec<String>,
    /// The tests that failed, by name.
    names: Vec<String>,
}

/// Which lines of a test run a person wants to see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Shown,
    /// What passing tests printed: read for skips, not shown.
    OutputOfPassed,
}

/// More failures than this are no accident of a busy machine.
const TRIED_AGAIN_MAX: usize = 3;

/// Runs every test of the workspace. A few that fail are tried once more, by themselves, and the report
/// names them: the tests run whole processes against each other on a machine that others use too.
pub(crate) fn run(workspace: &Workspace, skips: Skips) -> Report {
    let mut report = Report::default();
    let mut heard = Heard::default();
    let threads = format!("--test-threads={}", threads());
    let end = listen(workspace, skips, &[&threads], &mut heard);
    let outcome = match end {
        Ok(()) => Outcome::Passed(heard.counts()),
        Err(error) => match try_again(workspace, skips, &heard) {
            Ok(names) => {
                let text = "failed once and passed when tried again";
                Outcome::Passed(format!("{}; {text}: {names}", heard.counts()))
            }
            Err(again) => {
                let names = shell::names(&heard.names);
                Outcome::Failed(format!("{}; {error:#}; {again:#}{names}", heard.counts()))
            }
        },
    };
    report.add("rust tests", outcome);
    if heard.ignored > 0 {
        let reason = format!("{} tests are switched off in the code", heard.ignored);
        report.add("rust tests", Outcome::Skipped(reason));
    }
    for reason in heard.skipped {
        report.add("rust tests", Outcome::Skipped(reason));
    }
    report
}

/// Runs what failed once more, one after the other; returns the names if all of it passes.
fn try_again(workspace: &Workspace, skips: Skips, first: &Heard) -> Result<String> {
    let names: Vec<&str> = first.names.iter().map(String::as_str).collect();
    let are_all_named = first.unended == 0 && names.len() as u64 == first.failed;
    // What failed without a name did not even build, or died.
    if names.is_empty() || !are_all_named || names.len() > TRIED_AGAIN_MAX {
        bail!("not tried again");
    }
    println!("\nTrying again, by themselves: {}", names.join(", "));
    let mut args = vec!["--test-threads=1", "--exact"];
    args.extend(&names);
    let mut again = Heard::default();
    listen(workspace, skips, &args, &mut again).context("tried again")?;
    if again.passed < first.failed {
        bail!("tried again: only {} of them ran", again.passed);
    }
    Ok(names.join(", "))
}

/// The slow tests wait for processes, servers and settlements, not for the machine.
fn threads() -> usize {
    const THREADS_MIN: usize = 3;
    std::thread::available_parallelism().map_or(1, usize::from).max(THREADS_MIN)
}

fn listen(workspace: &Workspace, skips: Skips, options: &[&str], heard: &mut Heard) -> Result<()> {
    // A passing test's words are shown only when asked for, and skips are among them.
    let mut args = vec!["test", "--workspace", "--no-fail-fast", "--", "--show-output"];
    args.extend(options);
    let mut command = shell::command(&workspace.root, "cargo", &args);
    command.stdout(Stdio::piped());
    if skips == Skips::Forbidden {
        command.env("DUTCHBOOK_REQUIRE_ALL", "1");
    }
    for variable in ["RECORDINGS_DIR", "SAMPLES_DIR", "VECTORS_DIR"] {
        if let Some(folder) = std::env::var_os(variable) {
            // Each test binary runs in its crate's folder, where a relative path means another one.
            let whole = std::path::absolute(&folder).context("cannot tell the present folder")?;
            command.env(variable, whole);
        }
    }
    for (variable, file) in tools::npm_files(workspace) {
        if std::env::var_os(variable).is_none() {
            command.env(variable, file);
        }
    }
    println!("» cargo {}", args.join(" "));
    let mut child = command.spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("no output of cargo")?;
    let mut section = Section::Shown;
    shell::alive("tests", || -> Result<()> {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            section = heard.hear(&line, section);
            if section == Section::Shown {
                println!("{line}");
            }
        }
        Ok(())
    })?;
    let status = child.wait()?;
    if !status.success() {
        bail!("cargo test: {status}");
    }
    Ok(())
}

impl Heard {
    fn counts(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
    fn hear(&mut self, line: &str, section: Section) -> Section {
        if let Some(reason) = line.trim_start().strip_prefix("SKIPPED:") {
            let reason = reason.trim().to_owned();
            if !self.skipped.contains(&reason) {
                self.skipped.push(reason);
            }
        }
        let failed = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        self.names.extend(failed.map(str::to_owned));
        if section == Section::Shown && line.starts_with("running ") {
            self.unended += 1;
        }
        if let Some(counts) = line.strip_prefix("test result:") {
            self.unended = self.unended.saturating_sub(1);
            for part in counts.split(['.', ';']) {
                let mut words = part.split_whitespace();
                let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
                let Ok(number) = number.parse::<u64>() else { continue };
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.ignored += number,
                    _ => {}
                }
            }
            return Section::Shown;
        }
        match line {
            "successes:" => Section::OutputOfPassed,
            "failures:" => Section::Shown,
            _ => section,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_and_counts_are_heard_and_the_words_of_passing_tests_are_not_shown() {
        let mut heard = Heard::default();
        let mut section = Section::Shown;
        let mut shown = Vec::new();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test b ... FAILED",
            "successes:",
            "---- a stdout ----",
            "SKIPPED: no recordings in ../data",
            "SKIPPED: no recordings in ../data",
            "failures:",
            "---- b stdout ----",
            "test result: FAILED. 2 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out; \
             finished in 0.25s",
        ] {
            section = heard.hear(line, section);
            if section == Section::Shown {
                shown.push(line);
            }
        }
        let skipped = vec!["no recordings in ../data".to_owned()];
        let names = vec!["b".to_owned()];
        let told = Heard { passed: 2, failed: 1, ignored: 4, unended: 0, skipped, names };
        assert_eq!(heard, told);
        assert_eq!(shown.len(), 6, "{shown:?}");
        heard.hear("running 9 tests", Section::Shown);
        assert_eq!(heard.unended, 1, "a program that dies tells no result");
    }
}
