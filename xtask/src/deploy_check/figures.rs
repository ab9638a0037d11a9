//! Grafana's dashboards: whether each can be read, and draws only figures that the service has.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{tools::PROMTOOL, workspace::Workspace};

use super::{empty_folder, found, step};

/// How the names of our figures begin.
const PREFIX: &str = "dutchbook_";

/// Reads every dashboard, and compares it with docs/metrics.md.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let documented = names(&fs::read_to_string(workspace.root.join("docs/metrics.md"))?);
    let mut rules = Vec::new();
    for entry in fs::read_dir(workspace.root.join("deploy/grafana/dashboards"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let dashboard: Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let mut expressions = Vec::new();
        collect(&dashboard, "expr", &mut expressions);
        let rule = |expression| json!({ "record": "drawn", "expr": expression });
        rules.extend(expressions.iter().map(rule));
        let unknown: Vec<_> = expressions
            .iter()
            .flat_map(|expression| names(expression))
            .filter(|name| !is_known(name, &documented))
            .collect();
        ensure!(unknown.is_empty(), "{}: no such figures: {unknown:?}", path.display());
        let mut ids = Vec::new();
        let panels = dashboard["panels"].as_array().context("a dashboard without panels")?;
        ids.extend(panels.iter().filter_map(|panel| panel["id"].as_u64()));
        let distinct: BTreeSet<_> = ids.iter().collect();
        ensure!(distinct.len() == panels.len(), "{}: panels share an id", path.display());
    }
    ensure!(!rules.is_empty(), "no dashboard draws anything");
    // What is drawn is read as rules, which is the form in which Prometheus reads without running. Rules
    // of one name are told apart by nothing, and that is no matter here.
    let folder = empty_folder(workspace, "grafana")?;
    let rules = json!({ "groups": [{ "name": "drawn", "rules": rules }] });
    fs::write(folder.join("drawn.json"), rules.to_string())?;
    step(&folder, &found(PROMTOOL.program)?, &["check", "rules", "--lint=none", "drawn.json"])
}

/// Whether a name is documented, or is one of the series that a histogram consists of.
fn is_known(name: &str, documented: &BTreeSet<String>) -> bool {
    let parts = ["_bucket", "_sum", "_count"];
    let whole = parts.iter().find_map(|part| name.strip_suffix(part));
    documented.contains(name) || whole.is_some_and(|whole| documented.contains(whole))
}

/// The names of our figures in a text.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_part(c));
    words.filter(|word| word.starts_with(PREFIX)).map(str::to_owned).collect()
}

/// Every text under `key`, however deep.
fn collect(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                match inner {
                    Value::String(text) if name == key => found.push(text.clone()),
                    _ => collect(inner, key, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| collect(inner, key, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_not_documented_is_found_in_an_expression() {
        let documented = names("| `dutchbook_ready` | … | `dutchbook_decision_seconds` |");
        let drawn = names("rate(dutchbook_decision_seconds_bucket[5m]) + dutchbook_gone");
        let unknown: Vec<_> = drawn.iter().filter(|name| !is_known(name, &documented)).collect();
        assert_eq!(unknown, ["dutchbook_gone"]);
    }
}
