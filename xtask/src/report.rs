//! What ran, what was left out and why.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;

use crate::test::Skips;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed(String),
    Failed(String),
    Skipped(String),
}

/// Every step with its end, in order.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<(String, Outcome)>);

impl Report {
    /// Notes how a step ended.
    pub(crate) fn add(&mut self, name: &str, outcome: Outcome) {
        self.0.push((name.to_owned(), outcome));
    }

    /// Notes a step that passed or failed, and goes on either way: one run tells everything.
    pub(crate) fn add_result(&mut self, name: &str, result: Result<Duration>) {
        let outcome = match result {
            Ok(took) => Outcome::Passed(format!("{} s", took.as_secs())),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        self.add(name, outcome);
    }

    /// Puts another report's steps behind this one's.
    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Prints the table and says how it ended.
    pub(crate) fn finish(self, skips: Skips) -> ExitCode {
        println!("\n{}", self.table());
        match self.verdict(skips) {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(text) => {
                println!("{text}");
                ExitCode::FAILURE
            }
        }
    }

    fn table(&self) -> String {
        let width = self.0.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let lines = self.0.iter().map(|(name, outcome)| {
            let (word, detail) = match outcome {
                Outcome::Passed(detail) => ("passed ", detail),
                Outcome::Failed(detail) => ("FAILED ", detail),
                Outcome::Skipped(reason) => ("SKIPPED", reason),
            };
            format!("{word}  {name:width$}  {detail}\n")
        });
        lines.collect()
    }

    fn verdict(&self, skips: Skips) -> Result<String, String> {
        let count = |is: fn(&Outcome) -> bool| self.0.iter().filter(|(_, end)| is(end)).count();
        let failed = count(|end| matches!(end, Outcome::Failed(_)));
        let skipped = count(|end| matches!(end, Outcome::Skipped(_)));
        match (failed, skipped, skips) {
            (0, 0, _) => Ok("Everything ran and passed.".to_owned()),
            (0, _, Skips::Allowed) => {
                Ok(format!("What ran passed; {skipped} SKIPPED, see the reasons above."))
            }
            (0, _, Skips::Forbidden) => {
                Err(format!("{skipped} skipped, and here a skip is a failure."))
            }
            (_, _, _) => Err(format!("{failed} failed, {skipped} skipped.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: &[Outcome]) -> Report {
        Report(outcomes.iter().map(|end| ("step".to_owned(), end.clone())).collect())
    }

    #[test]
    fn a_skip_fails_only_where_it_is_forbidden_and_a_failure_always() {
        let passed = Outcome::Passed("1 s".to_owned());
        let skipped = Outcome::Skipped("no server".to_owned());
        let failed = Outcome::Failed("red".to_owned());
        for (outcomes, allowed, forbidden) in [
            (vec![passed.clone()], true, true),
            (vec![passed.clone(), skipped.clone()], true, false),
            (vec![passed, skipped, failed], false, false),
        ] {
            let report = report(&outcomes);
            assert_eq!(report.verdict(Skips::Allowed).is_ok(), allowed, "{report:?}");
            assert_eq!(report.verdict(Skips::Forbidden).is_ok(), forbidden, "{report:?}");
        }
    }

    #[test]
    fn the_reason_of_a_skip_stands_in_the_table() {
        let table = report(&[Outcome::Skipped("no server".to_owned())]).table();
        assert!(table.starts_with("SKIPPED") && table.contains("no server"), "{table}");
    }
}
