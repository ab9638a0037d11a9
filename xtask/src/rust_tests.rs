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

/// Runs every test of the workspace.
pub(crate) fn run(workspace: &Workspace, skips: Skips) -> Report {
    let mut report = Report::default();
    let mut heard = Heard::default();
    let end = listen(workspace, skips, &mut heard);
    let counts = format!("{} passed, {} failed", heard.passed, heard.failed);
    report.add(
        "rust tests",
        match end {
            Ok(()) => Outcome::Passed(counts),
            Err(error) => {
                Outcome::Failed(format!("{counts}; {error:#}{}", shell::names(&heard.names)))
            }
        },
    );
    if heard.ignored > 0 {
        let reason = format!("{} tests are switched off in the code", heard.ignored);
        report.add("rust tests", Outcome::Skipped(reason));
    }
    for reason in heard.skipped {
        report.add("rust tests", Outcome::Skipped(reason));
    }
    report
}

fn listen(workspace: &Workspace, skips: Skips, heard: &mut Heard) -> Result<()> {
    // A passing test's words are shown only when asked for, and skips are among them.
    let args = ["test", "--workspace", "--no-fail-fast", "--", "--show-output"];
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
    fn hear(&mut self, line: &str, section: Section) -> Section {
        if let Some(reason) = line.trim_start().strip_prefix("SKIPPED:") {
            let reason = reason.trim().to_owned();
            if !self.skipped.contains(&reason) {
                self.skipped.push(reason);
            }
        }
        let failed = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        self.names.extend(failed.map(str::to_owned));
        if let Some(counts) = line.strip_prefix("test result:") {
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
        assert_eq!(heard, Heard { passed: 2, failed: 1, ignored: 4, skipped, names });
        assert_eq!(shown.len(), 6, "{shown:?}");
    }
}
