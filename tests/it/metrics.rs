//! What is measured is documented, is served, and is what the alert rules are made of.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use dutchbook::web::metrics::catalogue::{Described, Kind, SECTIONS, There};
use dutchbook::web::metrics::document;

use crate::service::Service;

const SOON: Duration = Duration::from_secs(60);
/// More values than this, and a label is no label but a list of things.
const VALUES_MAX: usize = 100;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn catalogue() -> impl Iterator<Item = &'static Described> {
    SECTIONS.iter().flat_map(|section| section.metrics)
}

/// A tool of Prometheus; it comes with the package of that name.
fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .current_dir(root().join("deploy/prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    (output.status.success(), said.concat())
}

/// One line of the figures: its name, its labels, its value.
struct Sample<'a> {
    name: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
}

fn samples(text: &str) -> Vec<Sample<'_>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, rest) = line.split_at(line.find(['{', ' ']).unwrap());
            let inside = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let pairs =
                inside.map_or("", |(pairs, _)| pairs).split("\",").filter(|it| !it.is_empty());
            let labels = pairs.filter_map(|pair| pair.split_once("=\""));
            let labels = labels.map(|(key, value)| (key, value.trim_end_matches('"')));
            Sample { name, labels: labels.collect() }
        })
        .collect()
}

fn samples_of<'a>(all: &'a [Sample<'a>], metric: &Described) -> Vec<&'a Sample<'a>> {
    let suffixes: &[&str] = match metric.kind {
        Kind::Histogram => &["_bucket", "_sum", "_count"],
        Kind::Counter | Kind::Gauge => &[""],
    };
    let names: Vec<_> = suffixes.iter().map(|end| format!("{}{end}", metric.name)).collect();
    all.iter().filter(|sample| names.iter().any(|name| *name == sample.name)).collect()
}

#[actix_rt::test]
async fn every_documented_figure_is_served_with_few_values_a_label_and_nothing_else_is() {
    let service = Service::start(41);
    let settled = |line: &str| {
        line.strip_prefix("dutchbook_fills_confirmed_total ").is_some_and(|count| count != "0")
    };
    let text = until(&service, |text| text.lines().any(settled)).await;
    let all = samples(&text);
    let mut wrong = Vec::new();
    for metric in catalogue() {
        let Described { name, kind, labels, there, help } = metric;
        for line in [format!("# HELP {name} {help}\n"), format!("# TYPE {name} {}\n", kind.code())]
        {
            if text.matches(&line).count() != 1 {
                wrong.push(format!("{line:?} is not there once"));
            }
        }
        let found = samples_of(&all, metric);
        if found.is_empty() && *there == There::Always {
            wrong.push(format!("{name} has no value"));
        }
        let wanted: BTreeSet<&str> = labels.iter().copied().collect();
        for sample in &found {
            let mut has: BTreeSet<&str> = sample.labels.keys().copied().collect();
            has.remove("le");
            if has != wanted {
                wrong.push(format!("{name} has the labels {has:?}"));
            }
            let long = sample.labels.values().find(|value| value.len() > 40);
            wrong.extend(long.map(|value| format!("{name} has the label {value:?}")));
        }
        for label in &wanted {
            let values: BTreeSet<_> = found.iter().map(|sample| sample.labels.get(label)).collect();
            if values.len() > VALUES_MAX {
                wrong.push(format!("{name} has {} values of {label}", values.len()));
            }
        }
    }
    let known: usize = catalogue().map(|metric| samples_of(&all, metric).len()).sum();
    assert_eq!(known, all.len(), "figures that no document knows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (clean, said) = promtool(&["check", "metrics"], &text);
    assert!(clean, "promtool: {said}");
}

async fn until(service: &Service, holds: impl Fn(&str) -> bool) -> String {
    let start = std::time::Instant::now();
    loop {
        let (_, text) = service.text("/metrics").await;
        if holds(&text) {
            return text;
        }
        assert!(start.elapsed() < SOON, "did not come to hold: {text}");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
}

#[test]
fn the_document_is_made_of_the_catalogue() {
    let path = root().join("docs/metrics.md");
    if std::env::var("RENEW_METRICS").is_ok_and(|it| it == "1") {
        std::fs::write(&path, document()).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let renew = "RENEW_METRICS=1 cargo test -p dutchbook --test it metrics";
    assert!(kept == document(), "docs/metrics.md is not what is measured. To renew it: {renew}");
}

#[test]
fn every_name_is_there_once_and_keeps_to_the_rules_of_prometheus() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for Described { name, kind, help, .. } in catalogue() {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
        if !names.insert(*name) || !name.starts_with("dutchbook_") || !name.chars().all(plain) {
            wrong.push(format!("{name} is twice, or no name"));
        }
        if name.ends_with("_total") != (*kind == Kind::Counter) {
            wrong.push(format!("{name}: a counter, and nothing else, ends in _total"));
        }
        if ["_ms", "_millis", "_percent", "_mb", "_kb"].iter().any(|unit| name.contains(unit)) {
            wrong.push(format!("{name}: seconds, bytes and ratios"));
        }
        if help.len() < 10 || !help.ends_with('.') {
            wrong.push(format!("{name} is not explained: {help}"));
        }
    }
    assert!(names.len() > 60 && wrong.is_empty(), "{}", wrong.join("\n"));
}
