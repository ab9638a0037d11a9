//! Whether the collector of traces takes spans. It is asked only where it is wanted.

use std::time::Instant;

use otlp::{Collector, ExportError, encode};

use super::Finding;
use crate::compose;
use crate::settings::Settings;

const CHECK: &str = "traces";

pub(super) async fn check(settings: &Settings) -> Finding {
    let Some(collector) = compose::traces_collector(settings) else {
        return Finding::good(CHECK, "switched off (traces.enabled = false)");
    };
    let endpoint = collector.endpoint.clone();
    // A request without spans is one all the same.
    let body = encode(&compose::traces_resource(settings), &[]);
    let began = Instant::now();
    let sent = match Collector::new(collector) {
        Ok(client) => client.send(body).await,
        Err(error) => Err(error),
    };
    let took_ms = began.elapsed().as_millis();
    match sent {
        Ok(_) => Finding::good(CHECK, format!("{endpoint} takes spans, {took_ms} ms")),
        Err(error) => {
            let problem = format!("No traces arrive; nothing else suffers. {error}.");
            let measured = format!("{endpoint}, {took_ms} ms");
            Finding::bad(CHECK, measured, problem, fix(&error))
        }
    }
}

const fn fix(error: &ExportError) -> &'static str {
    match error {
        ExportError::Refused { status: 401 | 403, .. } => {
            "Look at OTEL_EXPORTER_OTLP_HEADERS: the collector wants another token."
        }
        ExportError::Refused { .. } => {
            "Look whether traces.endpoint is an address for OTLP over HTTP (port 4318, not 4317) that \
             takes JSON."
        }
        ExportError::Busy { .. } => "Look at the collector's own log.",
        ExportError::TimedOut | ExportError::Unreachable(_) => {
            "Look whether the collector runs and traces.endpoint is its address, or set \
             traces.enabled = false."
        }
    }
}
