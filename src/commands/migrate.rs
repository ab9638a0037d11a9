//! `dutchbook migrate`: the database's schema, brought to this version or looked at.

use std::io::Write;

use anyhow::Context;
use store::{SchemaState, Store};

use crate::{cli::MigrateArgs, exit::ExitCode, settings::Settings};

/// Brings the schema up to date, or only says where it stands.
///
/// # Errors
/// The database cannot be reached or refuses; or `out` cannot be written.
pub fn run(
    settings: &Settings,
    args: &MigrateArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let url = &settings.store.url;
    if args.status && url.sqlite_path().is_some_and(|file| !file.is_file()) {
        writeln!(out, "{url} is not there yet; it is made at the first start.")?;
        return Ok(ExitCode::ProblemFound);
    }
    let work = async {
        let store = Store::connect(&settings.store.connection()?).await?;
        if !args.status {
            store.migrate().await?;
        }
        let state = store.schema_state().await?;
        store.close().await?;
        anyhow::Ok(state)
    };
    let state = actix_rt::System::new()
        .block_on(work)
        .with_context(|| format!("the database {url} cannot be brought or read up to date"))?;
    print(&state, out)?;
    Ok(if state.pending() == 0 { ExitCode::Ok } else { ExitCode::ProblemFound })
}

fn print(state: &SchemaState, out: &mut dyn Write) -> anyhow::Result<()> {
    for migration in &state.migrations {
        let word = if migration.applied { "done   " } else { "waiting" };
        writeln!(out, "{word}  {}", migration.name)?;
    }
    match state.pending() {
        0 => writeln!(out, "The schema is that of this version.")?,
        pending => writeln!(out, "{pending} changes wait: `dutchbook migrate` makes them.")?,
    }
    Ok(())
}
