//! The alert rules and the runbook: each alert is tried, explained, and made of documented figures.

use std::collections::BTreeSet;
use std::fs;

use clap::CommandFactory;
use dutchbook::cli::Cli;
use dutchbook::web::metrics::catalogue::Kind;

use super::{catalogue, promtool, root};

/// What every part of the runbook answers.
const QUESTIONS: [&str; 3] = ["**Means:**", "**Look at:**", "**Do:**"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Each alert with the text of its rule.
fn alerts(rules: &str) -> Vec<(&str, &str)> {
    let each = rules.split("- alert: ").skip(1);
    each.map(|rule| rule.split_once('\n').unwrap()).collect()
}

#[test]
fn every_alert_fires_when_it_should_and_alone() {
    for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]] {
        let (good, said) = promtool(&arguments, "");
        assert!(good, "promtool {arguments:?}: {said}");
    }
    let tried = read("deploy/prometheus/alerts.test.yml");
    let rules = read("deploy/prometheus/alerts.yml");
    let alerts = alerts(&rules);
    let untried: Vec<_> = alerts
        .iter()
        .filter(|(name, _)| !tried.contains(&format!("{{alertname=\"{name}\"}}")))
        .map(|(name, _)| name)
        .collect();
    assert!(alerts.len() > 30 && untried.is_empty(), "nothing tries {untried:?}");
}

#[test]
fn every_alert_is_in_the_runbook_and_every_part_of_the_runbook_has_an_alert() {
    let (rules, runbook) = (read("deploy/prometheus/alerts.yml"), read("docs/runbook.md"));
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for (name, rule) in alerts(&rules) {
        names.insert(name);
        let link = format!("runbook_url: docs/runbook.md#{}\n", name.to_lowercase());
        for part in [link.as_str(), "severity: ", "summary: ", "description: "] {
            if !rule.contains(part) {
                wrong.push(format!("{name} lacks {part:?}"));
            }
        }
        let heading = format!("\n### {name}\n");
        let text = runbook.split_once(&heading).map_or("", |(_, rest)| rest);
        let text = text.split("\n#").next().unwrap_or_default();
        let unanswered = QUESTIONS.iter().filter(|question| !text.contains(**question));
        wrong.extend(unanswered.map(|question| format!("{name}: the runbook lacks {question}")));
    }
    let headings: BTreeSet<_> =
        runbook.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    wrong.extend(headings.difference(&names).map(|name| format!("{name} is no alert")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn alerts_and_runbook_name_only_figures_that_are_documented() {
    let mut known = BTreeSet::new();
    for metric in catalogue() {
        known.insert(metric.name.to_owned());
        if metric.kind == Kind::Histogram {
            known.extend(["bucket", "sum", "count"].map(|end| format!("{}_{end}", metric.name)));
        }
    }
    for file in [
        "deploy/prometheus/alerts.yml",
        "deploy/prometheus/alerts.test.yml",
        "docs/runbook.md",
        "docs/operating.md",
    ] {
        let text = read(file);
        let words =
            text.split(|c: char| !(c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()));
        let named: BTreeSet<_> = words.filter(|word| word.starts_with("dutchbook_")).collect();
        let unknown: Vec<_> = named.into_iter().filter(|name| !known.contains(*name)).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[test]
fn the_runbook_names_only_commands_that_there_are() {
    let runbook = read("docs/runbook.md");
    let program = Cli::command();
    let named = runbook
        .split("`dutchbook ")
        .skip(1)
        .filter_map(|rest| rest.split([' ', '`']).next().filter(|word| !word.is_empty()));
    let unknown: Vec<_> = named.filter(|word| program.find_subcommand(word).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
