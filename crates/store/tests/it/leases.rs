//! Leases: one holder at a time, by the database's clock.

use std::time::Duration;

use store::testing::TestDatabase;
use store::{Lease, LeaseName, Renewed, Taken};

use crate::support::on_both_databases;

on_both_databases! {
    a_lease_has_one_holder_until_it_ends_or_is_given_back
    of_many_that_want_a_lease_at_once_one_gets_it
    whoever_was_away_too_long_learns_that_another_has_it
    a_lease_that_ended_is_kept_by_renewing_while_nobody_took_it
}

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(200);

const NAME: LeaseName = LeaseName::Decide;

fn ours(taken: Taken) -> Lease {
    match taken {
        Taken::Ours(lease) => lease,
        Taken::Theirs(other) => panic!("held by {other:?}"),
    }
}

async fn a_lease_has_one_holder_until_it_ends_or_is_given_back(database: TestDatabase) {
    let leases = database.store.leases();
    assert_eq!(leases.holder(NAME).await.unwrap(), None);
    let first = ours(leases.take(NAME, "a", LONG).await.unwrap());
    let Taken::Theirs(holder) = leases.take(NAME, "b", LONG).await.unwrap() else {
        panic!("two have it")
    };
    assert_eq!((holder.holder.as_str(), holder.fence), ("a", first.fence()));
    assert!(holder.left > LONG / 2 && holder.left <= LONG, "{holder:?}");
    assert_eq!(leases.holder(NAME).await.unwrap().unwrap().taken_at, holder.taken_at);

    leases.give_back(&first).await.unwrap();
    assert_eq!(leases.holder(NAME).await.unwrap(), None);
    let second = ours(leases.take(NAME, "b", LONG).await.unwrap());
    assert!(second.fence() > first.fence());
}

async fn of_many_that_want_a_lease_at_once_one_gets_it(database: TestDatabase) {
    let wishes = (0..16).map(|number| {
        let store = database.store.clone();
        tokio::spawn(async move {
            let taken = store.leases().take(NAME, &format!("p{number}"), LONG).await;
            matches!(taken, Ok(Taken::Ours(_)))
        })
    });
    let mut holders = 0;
    for wish in wishes.collect::<Vec<_>>() {
        holders += u32::from(wish.await.unwrap());
    }
    assert_eq!(holders, 1);
}

async fn whoever_was_away_too_long_learns_that_another_has_it(database: TestDatabase) {
    let leases = database.store.leases();
    let first = ours(leases.take(NAME, "a", SHORT).await.unwrap());
    tokio::time::sleep(SHORT * 2).await;
    let second = ours(leases.take(NAME, "b", LONG).await.unwrap());
    assert_eq!(leases.renew(&first, LONG).await.unwrap(), Renewed::Lost);
    leases.give_back(&first).await.unwrap();
    assert_eq!(leases.holder(NAME).await.unwrap().unwrap().holder, "b");
    assert_eq!(leases.renew(&second, LONG).await.unwrap(), Renewed::Kept);
}

async fn a_lease_that_ended_is_kept_by_renewing_while_nobody_took_it(database: TestDatabase) {
    let leases = database.store.leases();
    let lease = ours(leases.take(NAME, "a", SHORT).await.unwrap());
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(leases.holder(NAME).await.unwrap(), None);
    assert_eq!(leases.renew(&lease, LONG).await.unwrap(), Renewed::Kept);
    assert!(matches!(leases.take(NAME, "b", LONG).await.unwrap(), Taken::Theirs(_)));
}
