//! `dutchbook config`: what the settings are, and whether they are right.

use std::io::Write;

use crate::{
    cli::ShowArgs,
    exit::ExitCode,
    settings::{Settings, ShownSetting},
};

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
/// When `out` cannot be written.
pub fn check(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    writeln!(out, "{} settings for mode {} are valid.", settings.shown.len(), settings.mode)?;
    notes(settings, out)?;
    Ok(ExitCode::Ok)
}

fn notes(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<()> {
    for note in &settings.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}
