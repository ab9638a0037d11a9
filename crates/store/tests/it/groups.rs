//! Groups of markets.

use domain::{EventGroup, GroupId};
use store::testing::TestDatabase;

use crate::support::{NOON, condition, later, on_both_databases};

on_both_databases! {
    groups_come_back_as_they_went_in
    a_group_follows_the_rules_of_markets
}

fn group(id: &str) -> EventGroup {
    EventGroup {
        id: GroupId(id.into()),
        slug: "who-wins".into(),
        title: "Who wins? 🏆".into(),
        neg_risk: true,
        augmented: true,
        convert_fee_bips: u32::MAX,
        // In the venue's order, which is not that of the ids.
        markets: [9, 1, 5].map(condition).into(),
    }
}

async fn groups_come_back_as_they_went_in(database: TestDatabase) {
    let groups = database.store.groups();
    let empty = EventGroup { markets: Vec::new(), convert_fee_bips: 0, ..group("b") };
    let report = groups.upsert_many(&[&empty, &group("a")], NOON).await.unwrap();
    assert_eq!(report.added, 2);
    let loaded = groups.load_all().await.unwrap();
    assert_eq!(loaded.groups, [group("a"), empty]);
    assert!(loaded.unreadable.is_empty());
}

async fn a_group_follows_the_rules_of_markets(database: TestDatabase) {
    let groups = database.store.groups();
    groups.upsert_many(&[&group("a")], NOON).await.unwrap();
    let grown = EventGroup { markets: [9, 1, 5, 7].map(condition).into(), ..group("a") };
    let report = groups.upsert_many(&[&group("a")], later(1)).await.unwrap();
    assert_eq!(report.unchanged, 1);
    let report = groups.upsert_many(&[&grown, &group("a b")], later(1)).await.unwrap();
    assert_eq!((report.changed, report.refused.len()), (1, 1));
    let report = groups.upsert_many(&[&group("a")], NOON).await.unwrap();
    assert_eq!(report.outdated, 1);
    assert_eq!(groups.load_all().await.unwrap().groups, [grown]);
    assert_eq!(groups.count().await.unwrap(), 1);
}
