//! Figures of one moment, written in the text form that Prometheus reads.
//!
//! The form is three lines of rules; everything is taken from boards at the moment of the scrape, so
//! a library that keeps figures of its own would keep them twice.

use std::collections::BTreeMap;
use std::fmt::Write;

use actors::latency::{BOUNDS_MS, LatencyCounts};

use super::catalogue::SECTIONS;

/// A figure by name, with as many labels as it has.
#[derive(Debug)]
pub(super) struct Metric<const L: usize> {
    pub(super) name: &'static str,
    pub(super) labels: [&'static str; L],
}

/// The figures of one moment.
#[derive(Debug, Default)]
pub(super) struct Scrape(BTreeMap<&'static str, BTreeMap<String, Vec<Line>>>);

/// One line: what follows the name, the labels, and the value.
#[derive(Debug)]
struct Line {
    suffix: &'static str,
    labels: String,
    value: f64,
}

impl Scrape {
    /// Puts a figure in its place. What is no number is left out; of two with the same labels the
    /// later one stays.
    pub(super) fn put<const L: usize>(
        &mut self,
        metric: &Metric<L>,
        labels: [&str; L],
        value: impl Into<Figure>,
    ) {
        let Figure(value) = value.into();
        if value.is_finite() {
            let labels = pairs(metric, labels);
            let line = Line { suffix: "", labels: labels.clone(), value };
            self.family(metric.name).insert(labels, vec![line]);
        }
    }
    /// Durations in their buckets.
    pub(super) fn put_latency<const L: usize>(
        &mut self,
        metric: &Metric<L>,
        labels: [&str; L],
        counts: &LatencyCounts,
    ) {
        let labels = pairs(metric, labels);
        let mut lines = Vec::with_capacity(BOUNDS_MS.len() + 3);
        for (bound_ms, count) in BOUNDS_MS.into_iter().zip(counts.at_most) {
            let Figure(bound) = millis(bound_ms);
            lines.push(bucket(&labels, &bound.to_string(), count));
        }
        lines.push(bucket(&labels, "+Inf", counts.count));
        let Figure(sum) = millis(counts.sum_ms);
        lines.push(Line { suffix: "_sum", labels: labels.clone(), value: sum });
        let Figure(count) = counts.count.into();
        lines.push(Line { suffix: "_count", labels: labels.clone(), value: count });
        self.family(metric.name).insert(labels, lines);
    }
    /// The text: every figure of the catalogue is named and explained, whether it has a value or not.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for metric in SECTIONS.iter().flat_map(|section| section.metrics) {
            let (name, kind) = (metric.name, metric.kind.code());
            // Writing to a text cannot fail.
            let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {kind}", metric.help);
            for line in self.0.get(name).into_iter().flat_map(BTreeMap::values).flatten() {
                let Line { suffix, labels, value } = line;
                let _ = match labels.is_empty() {
                    true => writeln!(text, "{name}{suffix} {value}"),
                    false => writeln!(text, "{name}{suffix}{{{labels}}} {value}"),
                };
            }
        }
        text
    }
    fn family(&mut self, name: &'static str) -> &mut BTreeMap<String, Vec<Line>> {
        self.0.entry(name).or_default()
    }
}

/// A number for display; Prometheus knows only floats, and nothing decides by them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure(pub(super) f64);

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl From<bool> for Figure {
    fn from(value: bool) -> Self {
        Self(f64::from(u8::from(value)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for display; Prometheus knows only floats")]
impl From<u64> for Figure {
    fn from(value: u64) -> Self {
        Self(value as f64)
    }
}

impl From<usize> for Figure {
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for display; Prometheus knows only floats")]
impl From<domain::Usd> for Figure {
    fn from(value: domain::Usd) -> Self {
        Self(value.micros() as f64 / 1e6)
    }
}

/// Seconds of so many milliseconds.
pub(super) fn millis(millis: u64) -> Figure {
    let Figure(whole) = millis.into();
    Figure(whole / 1e3)
}

fn bucket(labels: &str, bound: &str, count: u64) -> Line {
    let comma = if labels.is_empty() { "" } else { "," };
    let Figure(value) = count.into();
    Line { suffix: "_bucket", labels: format!("{labels}{comma}le=\"{bound}\""), value }
}

fn pairs<const L: usize>(metric: &Metric<L>, values: [&str; L]) -> String {
    let mut text = String::new();
    for (name, value) in metric.labels.into_iter().zip(values) {
        let comma = if text.is_empty() { "" } else { "," };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{comma}{name}=\"{value}\"");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{BUILD_INFO, FEED_AGE, READY, STAGE};
    use super::*;

    #[test]
    fn a_label_cannot_break_out_of_its_line() {
        let mut scrape = Scrape::default();
        scrape.put(&BUILD_INFO, ["1\"}\n# 2", "de\\mo"], true);
        let line = "dutchbook_build_info{version=\"1\\\"}\\n# 2\",mode=\"de\\\\mo\"} 1\n";
        assert!(scrape.text().contains(line), "{}", scrape.text());
    }

    #[test]
    fn what_is_no_number_is_left_out_and_still_explained() {
        let mut scrape = Scrape::default();
        scrape.put(&FEED_AGE, [], f64::NAN);
        scrape.put(&READY, [], true);
        let text = scrape.text();
        assert!(text.contains("# TYPE dutchbook_feed_age_seconds gauge\n# HELP"), "{text}");
        assert!(text.contains("\ndutchbook_ready 1\n"), "{text}");
    }

    #[test]
    fn durations_are_in_seconds_and_the_last_bucket_holds_all() {
        let latency = actors::latency::Latency::default();
        latency.record(domain::UnixMillis(0), domain::UnixMillis(40));
        latency.record(domain::UnixMillis(0), domain::UnixMillis(900_000));
        let mut scrape = Scrape::default();
        scrape.put_latency(&STAGE, ["keep"], &latency.read());
        let text = scrape.text();
        for line in [
            "_bucket{stage=\"keep\",le=\"0.025\"} 0",
            "_bucket{stage=\"keep\",le=\"0.05\"} 1",
            "_bucket{stage=\"keep\",le=\"300\"} 1",
            "_bucket{stage=\"keep\",le=\"+Inf\"} 2",
            "_sum{stage=\"keep\"} 900.04",
            "_count{stage=\"keep\"} 2",
        ] {
            assert!(text.contains(&format!("dutchbook_stage_duration_seconds{line}\n")), "{text}");
        }
    }
}
