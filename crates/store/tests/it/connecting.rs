//! Opening a database.

use std::time::Duration;

use store::testing::{MariaDb, TestDatabase};
use store::{Backend, DatabaseUrl, Store, StoreError, StoreSettings};

use crate::support::install_tls;

fn settings(address: &str) -> StoreSettings {
    let url: DatabaseUrl = address.parse().unwrap();
    StoreSettings { acquire_timeout: Duration::from_secs(1), ..StoreSettings::new(url) }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_folder_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::open(Backend::Sqlite).await.unwrap();
    let folder = database.folder().unwrap().join("data");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(files.len(), 3, "the database, its log and its index: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn a_file_that_must_be_there_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.db");
    let error = Store::connect(&settings(&format!("sqlite://{}?mode=rw", file.display())))
        .await
        .unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert!(!file.exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_a_typed_error() {
    let error = Store::connect(&settings("sqlite:///proc/none/x.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::File(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_worth_another_try() {
    install_tls();
    let error = Store::connect(&settings("mysql://u:p@127.0.0.1:1/d")).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_not_worth_another_try() {
    install_tls();
    let Some(database) = TestDatabase::open_empty(Backend::Mysql).await else { return };
    let address = database.address().replace("testerpassword", "hunter2");
    let error = Store::connect(&settings(&address)).await.unwrap_err();
    assert!(!error.is_transient(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

/// The tests' server speaks no TLS: whoever demands it must not get a connection without.
#[tokio::test]
async fn a_connection_without_tls_is_refused_where_tls_is_demanded() {
    install_tls();
    let Some(database) = TestDatabase::open_empty(Backend::Mysql).await else { return };
    for mode in ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"] {
        let address = format!("{}?ssl-mode={mode}", database.address());
        assert!(Store::connect(&settings(&address)).await.is_err(), "{mode}");
    }
    let address = format!("{}?ssl-mode=PREFERRED", database.address());
    Store::connect(&settings(&address)).await.unwrap();
}

#[test]
fn one_server_serves_the_whole_binary() {
    let (Some(one), Some(two)) = (MariaDb::shared(), MariaDb::shared()) else { return };
    assert!(std::ptr::eq(one, two));
}
