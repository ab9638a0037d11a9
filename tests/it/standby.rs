//! Two processes share a database: one decides, the other stands by, and takes over when the first
//! is killed or stands still. Nothing is ordered twice, and whoever wakes up too late ends.

use std::time::{Duration, Instant};

use domain::UnixMillis;
use serde_json::Value;
use simvenue::RunningVenue;
use store::testing::TestDatabase;
use store::{Backend, Store};

use crate::cluster::strait::Strait;
use crate::crash::journal::Witness;
use crate::crash::process::{Process, Stage};
use crate::crash::{Dice, upset, venue};

const SHARED: [&str; 2] = ["cluster.role=decide", "cluster.lease_ms=3000"];
const SOON: Duration = Duration::from_secs(60);
const DEPOSED: i32 = 76;

fn start(stage: &Stage) -> Process<'_> {
    Process::start_with(stage, None, &SHARED)
}

async fn decides(process: &Process<'_>) {
    process.until("/api/v1/risk", SOON, |risk| risk["reconciled"] == true).await;
}

async fn stands_by(process: &Process<'_>) {
    process.until("/api/v1/risk", SOON, |said| said["code"] == "standing_by").await;
}

/// Trades until the venue has taken more orders than before.
async fn trades(process: &Process<'_>, venue: &RunningVenue, funder: &str) {
    let taken = || {
        let audit = venue.audit();
        audit.accounts.iter().find(|it| it.maker == funder).map_or(0, |it| it.orders.len())
    };
    let (before, begun, mut dice) = (taken(), Instant::now(), Dice(7));
    while taken() == before {
        assert!(begun.elapsed() < SOON, "nothing was traded");
        upset(venue, &mut dice);
        let answer: Value = process.get("/api/v1/risk").await;
        assert_eq!(answer["halt"], Value::Null, "{answer:#}");
        actix_rt::time::sleep(Duration::from_millis(500)).await;
    }
}

/// A process that stands still in the middle of a write keeps a SQLite file for itself; a server
/// undoes what it had begun.
async fn freeze_between_writes(process: &Process<'_>, stage: &Stage) {
    let mut settings = stage.store();
    settings.busy_timeout = Duration::from_millis(200);
    let store = Store::connect(&settings).await.unwrap();
    for _ in 0..100 {
        process.freeze();
        if store.backend() != Backend::Sqlite {
            return;
        }
        let touched = store.commands().prune_before(UnixMillis(0), 1).await;
        if touched.is_ok() {
            return;
        }
        process.thaw();
        actix_rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it writes all the time");
}

async fn one_after_the_other(database: Option<TestDatabase>) {
    let venue = venue(11);
    let stage = Stage::set_on(&venue, database);
    let mut first = start(&stage);
    decides(&first).await;
    let second = start(&stage);
    stands_by(&second).await;
    trades(&first, &venue, &stage.funder).await;

    freeze_between_writes(&first, &stage).await;
    let begun = Instant::now();
    decides(&second).await;
    eprintln!("taken over from a process that stands still after {:?}", begun.elapsed());
    trades(&second, &venue, &stage.funder).await;
    first.thaw();
    assert_eq!(first.ended(SOON).await, Some(DEPOSED));

    let third = start(&stage);
    stands_by(&third).await;
    trades(&second, &venue, &stage.funder).await;
    second.kill();
    let begun = Instant::now();
    decides(&third).await;
    eprintln!("taken over from a process that was killed after {:?}", begun.elapsed());
    trades(&third, &venue, &stage.funder).await;
    third.let_settle(Duration::from_secs(240)).await;
    third.compare(&venue).await;
    third.kill();
    let mut witness = Witness::default();
    witness.look(&stage, &venue).await;
    assert!(witness.orders > 0, "{witness}");
}

#[actix_rt::test]
async fn whoever_stands_by_takes_over_and_nothing_is_ordered_twice_on_sqlite() {
    one_after_the_other(None).await;
}

#[actix_rt::test]
async fn whoever_stands_by_takes_over_and_nothing_is_ordered_twice_on_mariadb() {
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    one_after_the_other(Some(database)).await;
}

/// A way that carries nothing and says nothing: neither end learns that the other is gone.
#[actix_rt::test]
async fn whoever_is_cut_off_from_the_database_sends_nothing_once_another_decides() {
    let Some(database) = TestDatabase::open(Backend::Mysql).await else { return };
    let venue = venue(11);
    let stage = Stage::set_on(&venue, Some(database));
    let address = stage.database_address().unwrap();
    let port = address.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap();
    let strait = Strait::to(port.parse().unwrap()).await;
    let far = address.replace(&format!(":{port}/"), &format!(":{}/", strait.port()));
    let mut first = Process::start_on(&stage, None, &SHARED, Some(&far));
    decides(&first).await;
    let second = start(&stage);
    stands_by(&second).await;
    trades(&first, &venue, &stage.funder).await;

    strait.hold();
    let begun = Instant::now();
    decides(&second).await;
    eprintln!("taken over from a process that is cut off after {:?}", begun.elapsed());
    trades(&second, &venue, &stage.funder).await;
    strait.let_go();
    assert_eq!(first.ended(SOON).await, Some(DEPOSED));
    trades(&second, &venue, &stage.funder).await;
    second.let_settle(Duration::from_secs(240)).await;
    second.compare(&venue).await;
    second.kill();
    let mut witness = Witness::default();
    witness.look(&stage, &venue).await;
    assert!(witness.orders > 0, "{witness}");
}
