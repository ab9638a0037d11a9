//! A copy is taken while the service trades, is put in place elsewhere, and its journal leads to the
//! same books.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use actors::trading::read_desk;
use engine::desk::Desk;
use engine::risk::Limits;
use serde_json::Value;
use store::{DatabaseUrl, JournalEntry, LoadFrom, Store, StoreSettings};

use crate::service::Service;

const SOON: Duration = Duration::from_secs(60);

fn dutchbook(folder: &Path, verb: &str, path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
    command
        .args([verb, path.to_str().unwrap(), "--json", "--mode", "demo"])
        .args(["--set", &format!("store.data_dir={}", folder.display())])
        .env_remove("DATABASE_URL");
    command.output().unwrap()
}

fn said(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {text}{error}", output.status);
    serde_json::from_str(&text).unwrap()
}

/// The first records of a database, and the desk that all of them lead to.
async fn books(folder: &Path, records: usize) -> (Vec<JournalEntry>, Option<Box<Desk>>) {
    let url = DatabaseUrl::sqlite_file(&folder.join("dutchbook.sqlite"));
    let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
    let mut pages = store.money().load(LoadFrom::Beginning).await.unwrap().pages;
    let mut entries = Vec::new();
    loop {
        let page = pages.next_page().await.unwrap();
        if page.is_empty() || entries.len() >= records {
            break;
        }
        entries.extend(page);
    }
    entries.truncate(records);
    let desk = read_desk(&store, LoadFrom::Beginning, &Limits::default()).await.unwrap().desk;
    store.close().await.unwrap();
    (entries, desk)
}

#[actix_rt::test]
async fn a_copy_taken_while_it_trades_leads_to_the_same_books_elsewhere() {
    let mut service = Service::start(91);
    let some = |view: &Value| view["data"].as_array().is_some_and(|rows| rows.len() > 3);
    service.until("/api/v1/fills", SOON, some).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.sqlite");
    let copied = said(&dutchbook(service.folder(), "backup", &copy));
    let records = usize::try_from(copied["records"].as_u64().unwrap()).unwrap();
    assert!(records > 10, "{copied:#}");
    let again = dutchbook(service.folder(), "backup", &copy);
    assert!(!again.status.success(), "nothing is written over");

    let running = dutchbook(service.folder(), "restore", &copy);
    let why = String::from_utf8_lossy(&running.stderr).into_owned();
    assert!(!running.status.success() && why.contains("stop it first"), "{why}");

    let target = elsewhere.path().join("data");
    let restored = said(&dutchbook(&target, "restore", &copy));
    assert_eq!(restored["records"], copied["records"]);
    assert_eq!(restored["before"], Value::Null);
    service.terminate();
    let (theirs, _) = books(service.folder(), records).await;
    let (ours, desk) = books(&target, usize::MAX).await;
    assert_eq!((ours.len(), ours == theirs), (records, true), "the same records");
    let original = elsewhere.path().join("original");
    std::fs::create_dir(&original).unwrap();
    std::fs::copy(&copy, original.join("dutchbook.sqlite")).unwrap();
    assert_eq!(
        books(&original, 0).await.1.map(|it| it.ledger().cash()),
        desk.map(|it| it.ledger().cash())
    );

    let second = said(&dutchbook(&target, "restore", &copy));
    let before = second["before"].as_str().unwrap();
    assert!(Path::new(before).is_file(), "the database before it is kept: {before}");
}

#[actix_rt::test]
async fn a_copy_that_was_changed_is_not_put_in_place() {
    let mut service = Service::start(92);
    let traded = |view: &Value| view["data"].as_array().is_some_and(|rows| !rows.is_empty());
    service.until("/api/v1/decisions", SOON, traded).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.sqlite");
    said(&dutchbook(service.folder(), "backup", &copy));
    service.terminate();
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&copy, bytes).unwrap();
    let target = elsewhere.path().join("data");
    let refused = dutchbook(&target, "restore", &copy);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("its checksum is another"), "{why}");
    assert!(!target.join("dutchbook.sqlite").exists(), "nothing is put in place");
}
