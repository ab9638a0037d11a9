//! One event as one line: the same fields everywhere, and no secret in any of them.

use std::fmt::{self, Write};

use actors::supervision::current_actor;
use domain::UnixMillis;
use serde_json::{Map, Value};
use tracing::field::{Field as Named, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::redact::{Field, redact};
use crate::settings::LogFormat;

/// Writes events as lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines(pub(super) LogFormat);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut told = Told::default();
        event.record(&mut told);
        redact(&mut told.texts);
        let now = actors::clock::Clock::System.now();
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        match self.0 {
            LogFormat::Json => json(&mut writer, now, level, target, told),
            LogFormat::Text => text(&mut writer, now, level, target, &told),
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Told {
    texts: Vec<Field>,
    numbers: Vec<(&'static str, Value)>,
}

impl Told {
    fn message(&self) -> &str {
        let message = self.texts.iter().find(|field| field.name == "message");
        message.map_or("", |field| &field.text)
    }
    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.texts.iter().filter(|field| field.name != "message")
    }
    fn names_an_actor(&self) -> bool {
        self.texts.iter().any(|field| field.name == "actor")
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Named, value: &dyn fmt::Debug) {
        self.texts.push(Field { name: field.name(), text: format!("{value:?}") });
    }
    fn record_str(&mut self, field: &Named, value: &str) {
        self.texts.push(Field { name: field.name(), text: value.to_owned() });
    }
    fn record_i64(&mut self, field: &Named, value: i64) {
        self.numbers.push((field.name(), value.into()));
    }
    fn record_u64(&mut self, field: &Named, value: u64) {
        self.numbers.push((field.name(), value.into()));
    }
    fn record_f64(&mut self, field: &Named, value: f64) {
        self.numbers.push((field.name(), value.into()));
    }
    fn record_bool(&mut self, field: &Named, value: bool) {
        self.numbers.push((field.name(), value.into()));
    }
}

fn json(
    writer: &mut Writer<'_>,
    now: UnixMillis,
    level: Level,
    target: &str,
    told: Told,
) -> fmt::Result {
    let mut line = Map::new();
    line.insert("ts".to_owned(), now.to_rfc3339().into());
    line.insert("level".to_owned(), level.as_str().into());
    line.insert("target".to_owned(), target.into());
    line.insert("message".to_owned(), told.message().into());
    if let Some(actor) = current_actor().filter(|_| !told.names_an_actor()) {
        line.insert("actor".to_owned(), (*actor).into());
    }
    for Field { name, text } in told.fields() {
        line.insert((*name).to_owned(), text.as_str().into());
    }
    line.extend(told.numbers.into_iter().map(|(name, value)| (name.to_owned(), value)));
    writeln!(writer, "{}", Value::Object(line))
}

fn text(
    writer: &mut Writer<'_>,
    now: UnixMillis,
    level: Level,
    target: &str,
    told: &Told,
) -> fmt::Result {
    let (colour, plain) = match (writer.has_ansi_escapes(), level) {
        (false, _) => ("", ""),
        (true, Level::ERROR) => ("\u{1b}[31m", "\u{1b}[0m"),
        (true, Level::WARN) => ("\u{1b}[33m", "\u{1b}[0m"),
        (true, _) => ("\u{1b}[32m", "\u{1b}[0m"),
    };
    write!(writer, "{} {colour}{level:>5}{plain} {target}: ", now.to_rfc3339())?;
    write!(writer, "{}", visible(told.message()))?;
    if let Some(actor) = current_actor().filter(|_| !told.names_an_actor()) {
        write!(writer, " actor={actor}")?;
    }
    for Field { name, text } in told.fields() {
        write!(writer, " {name}={}", visible(text))?;
    }
    for (name, value) in &told.numbers {
        write!(writer, " {name}={value}")?;
    }
    writeln!(writer)
}

/// Words from outside cannot begin a line of their own, nor steer a terminal.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            // Writing to a text cannot fail.
            let _ = write!(shown, "{}", c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}
