//! `dutchbook config`: what the settings are, whether they are right, and others while it runs.

use std::io::{self, Write};

use awc::http::Method;
use serde_json::{Value, json};

use crate::cli::{ChangeArgs, ShowArgs};
use crate::commands::access::WayIn;
use crate::commands::run;
use crate::commands::trading::client::Question;
use crate::commands::trading::{self, Request};
use crate::exit::ExitCode;
use crate::settings::{Settings, ShownSetting};

/// Prints every setting.
///
/// # Errors
/// When `out` cannot be written.
pub fn show(settings: &Settings, args: &ShowArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match (args.json, args.origin) {
        (true, true) => writeln!(out, "{}", serde_json::to_string_pretty(&settings.shown)?)?,
        (true, false) => {
            let values: serde_json::Map<_, _> =
                settings.shown.iter().map(|row| (row.key.clone(), row.value.clone())).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&values)?)?;
        }
        (false, _) => table(settings, args, out)?,
    }
    Ok(ExitCode::Ok)
}

fn table(settings: &Settings, args: &ShowArgs, out: &mut dyn Write) -> anyhow::Result<()> {
    let width = |text: fn(&ShownSetting) -> usize| settings.shown.iter().map(text).max();
    let key_width = width(|row| row.key.len()).unwrap_or(0);
    // Long lists would push the origins off the screen.
    let value_width = width(|row| row.value.to_string().len()).unwrap_or(0).min(56);
    for row in &settings.shown {
        let (key, value) = (&row.key, row.value.to_string());
        if args.origin {
            writeln!(out, "{key:key_width$}  {value:value_width$}  {}", row.origin)?;
        } else {
            writeln!(out, "{key:key_width$}  {value}")?;
        }
    }
    notes(settings, out)
}

/// Says that all is well; what is wrong was told before, when the settings were loaded.
///
/// # Errors
/// The certificate cannot be used, or `out` cannot be written.
pub fn check(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    run::certificate(settings)?;
    writeln!(out, "{} settings for mode {} are valid.", settings.shown.len(), settings.mode)?;
    notes(settings, out)?;
    Ok(ExitCode::Ok)
}

/// Has a running service read its settings again, or take the last change back.
///
/// # Errors
/// No key can be made up, or `out` cannot be written.
pub(super) fn change(
    settings: &Settings,
    way_in: &WayIn<'_>,
    path: &str,
    args: &ChangeArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let step = if args.preview { "preview" } else { "apply" };
    let question = Question {
        method: Method::POST,
        path: path.to_owned(),
        query: Vec::new(),
        body: Some(json!({ "step": step })),
    };
    let request = Request { read: &args.order.read, order: Some(&args.order), question };
    trading::converse(settings, way_in, request, print_changes, out)
}

fn print_changes(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    let changes = body.get("changes").and_then(Value::as_array);
    let changes = changes.map(Vec::as_slice).unwrap_or_default();
    if changes.is_empty() {
        return writeln!(out, "The settings are the same.");
    }
    let of = |change: &Value, name: &str| change.get(name).cloned().unwrap_or_default();
    for change in changes {
        let key = of(change, "key");
        let restart = if of(change, "takes") == "restart" { "  (needs a restart)" } else { "" };
        let (before, after) = (of(change, "before"), of(change, "after"));
        writeln!(out, "{}  {before} -> {after}{restart}", key.as_str().unwrap_or_default())?;
    }
    let is_preview = body.get("step").and_then(Value::as_str) == Some("preview");
    writeln!(out, "{}", if is_preview { "Nothing was changed." } else { "In force." })
}

fn notes(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<()> {
    for note in &settings.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}
