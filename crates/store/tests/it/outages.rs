//! The server goes away and comes back.

use std::time::Duration;

use store::testing::MariaDb;
use store::{Store, StoreError, StoreSettings};
use tokio::time::{Instant, sleep};

use crate::support::{NOON, install_tls, later, market};

const RECOVERS_WITHIN: Duration = Duration::from_secs(20);

async fn own_server() -> Option<(MariaDb, Store)> {
    install_tls();
    let Some(server) = MariaDb::start() else {
        // Says that it is skipped, or fails where that is demanded.
        let _ = MariaDb::shared();
        return None;
    };
    let settings = StoreSettings {
        acquire_timeout: Duration::from_secs(1),
        call_timeout: Duration::from_secs(2),
        ..StoreSettings::new(server.create_database("outage"))
    };
    let store = Store::connect(&settings).await.unwrap();
    store.migrate().await.unwrap();
    Some((server, store))
}

async fn until_it_answers(store: &Store) {
    let deadline = Instant::now() + RECOVERS_WITHIN;
    while let Err(error) = store.markets().upsert_many(&[&market(2)], later(1)).await {
        assert!(error.is_transient(), "{error:?}");
        assert!(Instant::now() < deadline, "still: {error}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn after_a_power_cut_of_the_server_callers_recover_by_themselves() {
    let Some((server, store)) = own_server().await else { return };
    store.markets().upsert_many(&[&market(1)], NOON).await.unwrap();
    server.kill();
    let error = store.markets().upsert_many(&[&market(2)], NOON).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(store.ping().await.unwrap_err().is_transient());
    server.restart();
    until_it_answers(&store).await;
    assert_eq!(store.markets().load_open().await.unwrap().markets, [market(1), market(2)]);
}

#[tokio::test]
async fn a_server_that_keeps_silent_is_given_up_after_the_limit() {
    let Some((server, store)) = own_server().await else { return };
    store.ping().await.unwrap();
    server.freeze();
    let before = Instant::now();
    let error = store.markets().upsert_many(&[&market(1)], NOON).await.unwrap_err();
    server.thaw();
    assert!(error.is_transient(), "{error:?}");
    let is_limit = matches!(error, StoreError::Timeout { after_ms: 2_000 });
    assert!(is_limit || matches!(error, StoreError::Database(_)), "{error:?}");
    assert!(before.elapsed() < Duration::from_secs(10), "{:?}", before.elapsed());
    until_it_answers(&store).await;
}
