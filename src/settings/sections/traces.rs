//! The stories of opportunities, told to a collector of OpenTelemetry.

use std::time::Duration;

use otlp::{Endpoint, Headers};

use super::super::people::Secrets;
use super::super::reader::Reader;
use crate::telemetry;

/// The variable with the headers.
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const SERVICE_NAME_CHARS_MAX: usize = 100;

/// `[traces]`: whether, where and how much.
#[derive(Clone, Debug)]
pub struct Traces {
    /// Tell them at all.
    pub enabled: bool,
    /// The collector; `None` only where the settings are refused.
    pub endpoint: Option<Endpoint>,
    /// What the collector wants to be told with every request; read only where traces are told.
    pub headers: Headers,
    /// What the service is called there, 1 to 100 characters.
    pub service_name: String,
    /// Of the opportunities that are never traded so many are told, in ten-thousandths, 0 to 10,000.
    pub untraded_bips: u16,
    /// Opportunities that are followed at one time, 10 to 100,000.
    pub open_max: usize,
    /// Spans that wait to be sent, 100 to 1,000,000.
    pub queue_max: usize,
    /// Spans of one request, 1 to 2,048.
    pub batch_max: usize,
    /// Between two requests, 100 ms to 60 s.
    pub interval: Duration,
    /// For one request, 100 ms to 60 s.
    pub timeout: Duration,
}

impl Traces {
    pub(in super::super) fn read(reader: &mut Reader<'_>, secrets: &Secrets) -> Self {
        let enabled = reader.switch("traces.enabled");
        let traces = Self {
            enabled,
            endpoint: endpoint(reader),
            headers: if enabled { headers(reader, secrets) } else { Headers::default() },
            service_name: reader.text("traces.service_name"),
            untraded_bips: reader.whole("traces.untraded_bips", 0..=10_000),
            open_max: reader.whole("traces.open_max", 10..=100_000),
            queue_max: reader.whole("traces.queue_max", 100..=1_000_000),
            batch_max: reader.whole("traces.batch_max", 1..=2_048),
            interval: reader.millis("traces.interval_ms", 100..=60_000),
            timeout: reader.millis("traces.timeout_ms", 100..=60_000),
        };
        traces.check(reader);
        traces
    }

    fn check(&self, reader: &mut Reader<'_>) {
        if self.batch_max > self.queue_max {
            reader.refuse("traces.queue_max", "must hold at least one batch (traces.batch_max).");
        }
        let length = self.service_name.chars().count();
        let is_plain = !self.service_name.chars().any(char::is_control);
        if !(1..=SERVICE_NAME_CHARS_MAX).contains(&length) || !is_plain {
            reader.refuse("traces.service_name", "must be 1 to 100 printable characters.");
        }
        let is_in_the_clear = self.endpoint.as_ref().is_some_and(Endpoint::is_in_the_clear);
        if is_in_the_clear && !self.headers.is_empty() {
            let text = format!(
                "begins with http:// and leads to another machine, and {HEADERS} is set: others could \
                 read it on the way. Use https://, or a collector on this machine."
            );
            reader.refuse("traces.endpoint", text);
        }
    }
}

fn endpoint(reader: &mut Reader<'_>) -> Option<Endpoint> {
    const KEY: &str = "traces.endpoint";
    let text = reader.text(KEY);
    Endpoint::parse(&text).map_err(|error| reader.refuse(KEY, error.to_string())).ok()
}

fn headers(reader: &mut Reader<'_>, secrets: &Secrets) -> Headers {
    let Some(text) = &secrets.otlp_headers else { return Headers::default() };
    match Headers::parse(text.expose()) {
        Ok(headers) => {
            headers.expose().for_each(telemetry::learn);
            headers
        }
        Err(error) => {
            reader.refuse(HEADERS, format!("{error}."));
            Headers::default()
        }
    }
}
