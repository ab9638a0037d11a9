//! `dutchbook backup` and `dutchbook restore`: a checked copy of the database, and putting one in
//! place.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use actors::clock::Clock;
use actors::trading::read_desk;
use anyhow::{Context, bail};
use engine::risk::Limits;
use serde::Serialize;
use store::{DatabaseUrl, LoadFrom, Store, StoreSettings, backup as copies};

use crate::cli::{BackupArgs, RestoreArgs};
use crate::exit::ExitCode;
use crate::settings::Settings;

/// What a copy holds.
#[derive(Debug, Serialize)]
struct Said {
    file: PathBuf,
    bytes: u64,
    sha256: String,
    /// Records of the journal, every one of which was read and follows from those before it.
    records: u64,
    /// Where the database before it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<PathBuf>,
}

/// Copies the database while the service runs, and checks the copy.
///
/// # Errors
/// There is nothing to copy, the copy is not whole, or a file cannot be written.
pub fn backup(
    settings: &Settings,
    args: &BackupArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let to = &args.path;
    if to.exists() {
        bail!("{} is there already; nothing is written over", to.display());
    }
    let part = with_end(to, ".part");
    let from = settings.store.connection()?;
    let copied = actix_rt::System::new().block_on(async {
        copies::copy_database(&from, &part).await?;
        look(&part, &settings.risk, Schema::AsItIs).await
    });
    let records = copied.inspect_err(|_| remove(&part));
    let records = records.with_context(|| format!("{} is not copied", settings.store.url))?;
    let sha256 = copies::checksum(&part)?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    fs::write(with_end(to, ".sha256"), format!("{sha256}  {name}\n"))?;
    fs::rename(&part, to)?;
    let said =
        Said { file: to.clone(), bytes: fs::metadata(to)?.len(), sha256, records, before: None };
    tell(&said, args.json, "copied", out)
}

/// Puts a copy in the place of the database, which nobody may trade with.
///
/// # Errors
/// The copy is not what its checksum says, is damaged or of a newer version; or a service runs.
pub fn restore(
    settings: &Settings,
    args: &RestoreArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let from = &args.path;
    let sha256 =
        copies::checksum(from).with_context(|| format!("{} cannot be read", from.display()))?;
    let stated = with_end(from, ".sha256");
    let stated = fs::read_to_string(&stated).with_context(|| {
        format!("{}, which says what was copied, cannot be read", stated.display())
    })?;
    if stated.split_whitespace().next() != Some(sha256.as_str()) {
        bail!("{} is not what was copied: its checksum is another", from.display());
    }
    let to = settings.store.connection()?;
    // Before anything is made. It is taken again to put the copy in place.
    drop(copies::claim(&to)?);
    let file = copies::file_of(&to)?.to_owned();
    let part = with_end(&file, ".part");
    copies::copy_file(from, &part)?;
    let looked = look(&part, &settings.risk, Schema::ToThisVersion);
    let looked = actix_rt::System::new().block_on(looked).inspect_err(|_| remove(&part));
    let records = looked.with_context(|| format!("{} is not put in place", from.display()))?;
    let aside = format!(".before-{}", Clock::System.now().0);
    let before = copies::put_in_place(&to, &part, &aside)?;
    let bytes = fs::metadata(&file)?.len();
    tell(&Said { file, bytes, sha256, records, before }, args.json, "restored", out)
}

/// What is done about a schema of an earlier version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schema {
    AsItIs,
    ToThisVersion,
}

/// Reads every page and every record of a copy; how many records there are.
async fn look(file: &Path, limits: &Limits, schema: Schema) -> anyhow::Result<u64> {
    let store = Store::connect(&StoreSettings::new(DatabaseUrl::sqlite_file(file))).await?;
    copies::check_file(&store, file).await?;
    if schema == Schema::ToThisVersion {
        store.migrate().await?;
    }
    let read = read_desk(&store, LoadFrom::Beginning, limits).await;
    store.close().await?;
    Ok(read.context("its journal cannot be read")?.last_seq)
}

fn tell(said: &Said, json: bool, word: &str, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(said)?)?;
        return Ok(ExitCode::Ok);
    }
    let Said { file, bytes, sha256, records, before } = said;
    writeln!(out, "{word}: {} ({bytes} bytes, sha256 {sha256})", file.display())?;
    writeln!(
        out,
        "Every page is whole, and all {records} records of the journal follow from each other."
    )?;
    if let Some(before) = before {
        writeln!(out, "The database before it is {}.", before.display())?;
    }
    Ok(ExitCode::Ok)
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// What is left of a copy that failed.
fn remove(part: &Path) {
    for end in ["", "-wal", "-shm"] {
        // It may not be there.
        let _ = fs::remove_file(with_end(part, end));
    }
}
