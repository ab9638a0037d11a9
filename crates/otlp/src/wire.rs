//! The protocol's JSON: ids in hexadecimal, whole numbers and times as text.

use domain::{Span, SpanKind, SpanStatus, SpanText, SpanValue, SpanValues, UnixMillis};
use serde::Serialize;

/// Who tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `service.name`.
    pub service_name: String,
    /// `service.version`.
    pub service_version: String,
    /// `service.instance.id`.
    pub instance: String,
    /// `deployment.environment.name`.
    pub environment: String,
}

/// The body of one request.
#[must_use]
pub fn encode(resource: &Resource, spans: &[Span]) -> Vec<u8> {
    let about = [
        ("service.name", &resource.service_name),
        ("service.version", &resource.service_version),
        ("service.instance.id", &resource.instance),
        ("deployment.environment.name", &resource.environment),
    ];
    let attributes = about.map(|(key, text)| WireKeyValue { key, value: WireValue::String(text) });
    let scope = WireScope { name: SCOPE, version: &resource.service_version };
    let spans = spans.iter().map(WireSpan::of).collect();
    let request = WireRequest {
        resource_spans: [WireResourceSpans {
            resource: WireResource { attributes: attributes.into() },
            scope_spans: [WireScopeSpans { scope, spans }],
        }],
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_vec(&request).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest<'a> {
    resource_spans: [WireResourceSpans<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResourceSpans<'a> {
    resource: WireResource<'a>,
    scope_spans: [WireScopeSpans<'a>; 1],
}

#[derive(Serialize)]
struct WireResource<'a> {
    attributes: Vec<WireKeyValue<'a>>,
}

#[derive(Serialize)]
struct WireScopeSpans<'a> {
    scope: WireScope<'a>,
    spans: Vec<WireSpan<'a>>,
}

#[derive(Serialize)]
struct WireScope<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireSpan<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    name: &'static str,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<WireKeyValue<'a>>,
    events: Vec<WireEvent<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<WireStatus<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireEvent<'a> {
    time_unix_nano: String,
    name: &'static str,
    attributes: Vec<WireKeyValue<'a>>,
}

#[derive(Serialize)]
struct WireStatus<'a> {
    code: u8,
    message: &'a str,
}

#[derive(Serialize)]
struct WireKeyValue<'a> {
    key: &'static str,
    value: WireValue<'a>,
}

#[derive(Serialize)]
enum WireValue<'a> {
    #[serde(rename = "stringValue")]
    String(&'a str),
    #[serde(rename = "intValue")]
    Int(String),
    #[serde(rename = "boolValue")]
    Bool(bool),
    #[serde(rename = "arrayValue")]
    Array { values: Vec<WireValue<'a>> },
}

/// Who made the spans.
const SCOPE: &str = "dutchbook";
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

impl<'a> WireSpan<'a> {
    fn of(span: &'a Span) -> Self {
        let events = span.events.iter().map(|event| WireEvent {
            time_unix_nano: nanos(event.at),
            name: event.name,
            attributes: attributes(&event.values),
        });
        Self {
            trace_id: span.trace.to_string(),
            span_id: span.id.to_string(),
            parent_span_id: span.parent.map(|parent| parent.to_string()),
            name: span.name,
            kind: kind(span.kind),
            start_time_unix_nano: nanos(span.began_at),
            end_time_unix_nano: nanos(span.ended_at),
            attributes: attributes(&span.values),
            events: events.collect(),
            status: match &span.status {
                SpanStatus::Unset => None,
                SpanStatus::Error(why) => Some(WireStatus { code: ERROR, message: why.as_str() }),
            },
        }
    }
}

fn attributes(values: &SpanValues) -> Vec<WireKeyValue<'_>> {
    values.iter().map(|(key, value)| WireKeyValue { key, value: WireValue::of(value) }).collect()
}

impl<'a> WireValue<'a> {
    fn of(value: &'a SpanValue) -> Self {
        let text = |text: &'a SpanText| Self::String(text.as_str());
        match value {
            SpanValue::Text(one) => text(one),
            SpanValue::Whole(whole) => Self::Int(whole.to_string()),
            SpanValue::Flag(flag) => Self::Bool(*flag),
            SpanValue::Texts(texts) => Self::Array { values: texts.iter().map(text).collect() },
        }
    }
}

/// `SpanKind` of the protocol.
const fn kind(kind: SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Client => 3,
        SpanKind::Consumer => 5,
    }
}

/// Nanoseconds since 1970; a moment before has none and is the beginning.
fn nanos(at: UnixMillis) -> String {
    let millis = u128::try_from(at.0).unwrap_or(0);
    u64::try_from(millis * 1_000_000).unwrap_or(u64::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use domain::{SpanId, TraceId};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_span_is_written_as_the_protocol_wants_it() {
        let names = (TraceId([0xab; 16]), SpanId([1; 8]), Some(SpanId([2; 8])));
        let span = Span::new(
            names,
            "order",
            (UnixMillis(1_790_586_000_001), UnixMillis(1_790_586_000_250)),
        )
        .of_kind(SpanKind::Client)
        .with("dutchbook.net_microusd", -5_i64)
        .with("dutchbook.ambiguous", true)
        .with("dutchbook.markets", SpanValue::texts(["a", "b"]))
        .event_with("sent", UnixMillis(1_790_586_000_100), vec![("k", "v".into())])
        .failed("\"no\"");
        let resource = Resource {
            service_name: "dutchbook".to_owned(),
            service_version: "1".to_owned(),
            instance: "here".to_owned(),
            environment: "paper".to_owned(),
        };
        let sent: Value = serde_json::from_slice(&encode(&resource, &[span])).unwrap();
        let of = &sent["resourceSpans"][0];
        let name = json!({ "key": "service.name", "value": { "stringValue": "dutchbook" } });
        assert_eq!(of["resource"]["attributes"][0], name);
        let expected = json!({
            "traceId": "ab".repeat(16), "spanId": "01".repeat(8), "parentSpanId": "02".repeat(8),
            "name": "order", "kind": 3,
            "startTimeUnixNano": "1790586000001000000", "endTimeUnixNano": "1790586000250000000",
            "attributes": [
                { "key": "dutchbook.net_microusd", "value": { "intValue": "-5" } },
                { "key": "dutchbook.ambiguous", "value": { "boolValue": true } },
                { "key": "dutchbook.markets", "value": { "arrayValue": { "values": [
                    { "stringValue": "a" }, { "stringValue": "b" }] } } },
            ],
            "events": [{ "timeUnixNano": "1790586000100000000", "name": "sent",
                "attributes": [{ "key": "k", "value": { "stringValue": "v" } }] }],
            "status": { "code": 2, "message": "\"no\"" },
        });
        assert_eq!(of["scopeSpans"][0]["spans"], json!([expected]));
    }
}
