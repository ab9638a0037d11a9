//! Does the database take what it is given, and how fast.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
    time::{Duration, Instant},
};

use actors::clock::Clock;
use domain::DurationMillis;
use store::{CollectorRunRow, Label};

use super::{Finding, Occasion};
use crate::disk::Place;
use crate::settings::Store;

/// A slower disk makes the queue of rows grow.
const FLUSH_MS_MAX: u128 = 100;
/// How often a write is measured; the median counts.
const WRITES: usize = 5;
/// A page of the database.
const WRITE_BYTES: usize = 4_096;
const CHECK: &str = "database";
const ALONE: &str = "only one trades";

pub(super) async fn check(store: &Store, occasion: Occasion) -> Vec<Finding> {
    let Some(file) = store.url.sqlite_path() else {
        return vec![connect(store).await, alone(store, occasion).await];
    };
    let folder = Place::new(file.parent().unwrap_or(file)).existing();
    let write = flush(&folder);
    // Connecting would make the file, and a check changes nothing.
    if !file.is_file() {
        let made = format!("{} will be made at the first start", file.display());
        return vec![
            write,
            Finding::good(CHECK, made),
            Finding::good(ALONE, "the journal is free: nothing was written yet"),
        ];
    }
    vec![write, connect(store).await, alone(store, occasion).await]
}

fn flush(folder: &Path) -> Finding {
    const CHECK: &str = "write and flush";
    let shown = folder.display();
    match median_flush(folder) {
        Ok(took) if took.as_millis() <= FLUSH_MS_MAX => {
            Finding::good(CHECK, format!("{:.1} ms at {shown}", took.as_secs_f64() * 1e3))
        }
        Ok(took) => Finding::bad(
            CHECK,
            format!("{} ms at {shown}", took.as_millis()),
            format!("Each batch of rows waits for the disk; up to {FLUSH_MS_MAX} ms is good."),
            "Put store.data_dir on a faster disk, or raise store.batch_ms so that fewer, larger \
             batches are written.",
        ),
        Err(error) => Finding::bad(
            CHECK,
            "",
            format!("Nothing can be written at {shown}: {error}."),
            match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Make room there.",
                ErrorKind::ReadOnlyFilesystem => {
                    "Set store.data_dir to a folder that can be written."
                }
                _ => {
                    "Give this user the right to write there, or set store.data_dir to another \
                     folder."
                }
            },
        ),
    }
}

fn median_flush(folder: &Path) -> std::io::Result<Duration> {
    let path = folder.join(format!(".dutchbook-doctor-{}", std::process::id()));
    let times = times_of_flushes(&path);
    let removed = fs::remove_file(&path);
    let mut times = times?;
    removed?;
    times.sort();
    Ok(times.get(WRITES / 2).copied().unwrap_or_default())
}

fn times_of_flushes(path: &Path) -> std::io::Result<Vec<Duration>> {
    let mut file = fs::File::create_new(path)?;
    let page = vec![0; WRITE_BYTES];
    let mut times = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let began = Instant::now();
        file.write_all(&page)?;
        file.sync_all()?;
        times.push(began.elapsed());
    }
    Ok(times)
}

async fn connect(store: &Store) -> Finding {
    let shown = store.url.to_string();
    match round_trip(store).await {
        Ok(Trip { took, wrote: Some(wrote), .. }) => {
            let measured = format!("{took:.1?} a round trip, {wrote:.1?} a write, {shown}");
            if wrote.as_millis() <= FLUSH_MS_MAX {
                return Finding::good(CHECK, measured);
            }
            let problem = format!("A write that is durable takes long; {FLUSH_MS_MAX} ms is good.");
            Finding::bad(CHECK, measured, problem, "Give the database a faster disk.")
        }
        Ok(Trip { took, pending, .. }) => Finding::bad(
            CHECK,
            format!("{took:.1?} a round trip, {shown}"),
            format!("Its schema lacks {pending} changes that this version makes."),
            "Run `dutchbook migrate`, or start the service, which does the same.",
        ),
        Err(error) => {
            let error = error.to_string();
            Finding::bad(CHECK, "", format!("{shown} cannot be used: {error}."), fix_of(&error))
        }
    }
}

/// What to do about what a database says: by words that SQLite, MySQL and MariaDB have used for years.
fn fix_of(error: &str) -> &'static str {
    let fixes = [
        (
            "not a database",
            "The file is something else or broken: `dutchbook restore` puts a copy back, \
                            or name another with DATABASE_URL (store.url).",
        ),
        ("malformed", "The file is broken: `dutchbook restore` puts a copy back."),
        ("disk is full", "Make room on the disk of the database."),
        ("locked", "Another process writes it, or its disk is full: see the lines above."),
        ("readonly", "Give this user the right to write the file and its folder."),
        (
            "command denied",
            "Give the user all rights there: GRANT ALL PRIVILEGES ON NAME.* TO USER.",
        ),
        (
            "Access denied",
            "Correct the user, the password or the name in DATABASE_URL (store.url).",
        ),
        ("Unknown database", "Make the database, or correct its name in DATABASE_URL (store.url)."),
    ];
    let known = fixes.iter().find(|(word, _)| error.contains(word));
    known.map_or("Start the database, or correct DATABASE_URL (store.url).", |(_, fix)| *fix)
}

/// Two processes that trade with one journal would trade twice; the second does not get it.
async fn alone(settings: &Store, occasion: Occasion) -> Finding {
    const CHECK: &str = ALONE;
    let holder = async {
        let store = store::Store::connect(&settings.connection()?).await?;
        let holder = store.money().journal_holder().await?;
        store.close().await?;
        anyhow::Ok(holder)
    };
    match (holder.await, occasion) {
        (Ok(None), _) => Finding::good(CHECK, "the journal is free"),
        (Ok(Some(holder)), Occasion::Asked { .. }) => {
            Finding::good(CHECK, format!("the journal is held by {holder}"))
        }
        (Ok(Some(holder)), Occasion::BeforeTrading) => Finding::bad(
            CHECK,
            format!("the journal is held by {holder}"),
            "Another process trades with this database.",
            "Stop it first, or give this one another database.",
        ),
        (Err(error), _) => {
            let fix = "See the line about the database.";
            Finding::bad(CHECK, "", format!("Who holds the journal is not known: {error}."), fix)
        }
    }
}

/// What a connection came to.
struct Trip {
    took: Duration,
    /// Nothing is written into a schema of another version.
    wrote: Option<Duration>,
    pending: usize,
}

async fn round_trip(settings: &Store) -> anyhow::Result<Trip> {
    let store = store::Store::connect(&settings.connection()?).await?;
    let began = Instant::now();
    store.ping().await?;
    let took = began.elapsed();
    let pending = store.schema_state().await?.pending();
    let wrote = if pending == 0 { Some(write(&store).await?) } else { None };
    store.close().await?;
    Ok(Trip { took, wrote, pending })
}

/// One row in the list of runs, where it says what it is and is deleted with the old ones.
async fn write(store: &store::Store) -> anyhow::Result<Duration> {
    let run = CollectorRunRow {
        name: Label::new("doctor")?,
        started_at: Clock::System.now(),
        took: DurationMillis(0),
        added: 0,
        changed: 0,
        closed: 0,
        failed: 0,
        error: None,
    };
    let began = Instant::now();
    store.collector_runs().record(&run).await?;
    Ok(began.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn a_flush_is_measured_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let finding = flush(folder.path());
        assert!(finding.measured.contains(" ms at "), "{finding:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_to_do_depends_on_what_the_database_says() {
        let said = [
            ("(code: 26) file is not a database", "restore"),
            ("1045 (28000): Access denied for user 'a'@'h' (using password: YES)", "password"),
            ("1142 (42000): INSERT command denied to user 'a'@'h' for table 'x'", "GRANT"),
            ("(code: 13) database or disk is full", "room"),
            ("Connection refused (os error 111)", "Start the database"),
        ];
        for (error, fix) in said {
            assert!(fix_of(error).contains(fix), "{error}: {}", fix_of(error));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let finding = flush(Path::new("/proc"));
        assert!(matches!(finding.verdict, Verdict::Bad { .. }), "{finding:?}");
    }
}
