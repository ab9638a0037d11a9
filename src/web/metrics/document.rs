//! docs/metrics.md, made of the catalogue.

use std::fmt::Write;

use super::catalogue::{Described, SECTIONS, There};

const BEGINNING: &str = "# Metrics

`GET /metrics` answers in the form that Prometheus reads: on this machine to everybody, elsewhere to whoever has a token. The figures
are taken from boards at the moment of the scrape, so it answers while parts are stuck. Counters begin at zero with the program.
No label holds a market, an order or a wallet. The alert rules over them are in `deploy/prometheus/alerts.yml`, and
[runbook.md](runbook.md) says what to do about each.

Made from the program's own catalogue: `RENEW_METRICS=1 cargo test -p dutchbook --test it metrics`. Figures marked with * have no value
before there is something to tell.
";

/// The document.
#[must_use]
pub fn document() -> String {
    let mut text = BEGINNING.to_owned();
    for section in SECTIONS {
        // Writing to a text cannot fail.
        let _ = write!(text, "\n## {}\n\n| name | kind | labels | what it says |\n", section.title);
        text.push_str("| --- | --- | --- | --- |\n");
        section.metrics.iter().for_each(|metric| row(&mut text, metric));
    }
    text
}

fn row(text: &mut String, metric: &Described) {
    let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
    let mark = if metric.there == There::Sometimes { " *" } else { "" };
    let (name, kind, labels) = (metric.name, metric.kind.code(), labels.join(", "));
    let _ = writeln!(text, "| `{name}`{mark} | {kind} | {labels} | {} |", metric.help);
}
