//! What the collectors did, and who did what.

use domain::{DurationMillis, UnixMillis};
use store::testing::TestDatabase;
use store::{CollectorRunRow, CommandRow, Label, StoreError};

use crate::support::{NOON, later, on_both_databases};

on_both_databases! {
    runs_come_back_newest_first_and_a_run_written_again_counts_once
    old_runs_go_in_batches
    commands_come_back_newest_first_in_pages
    a_command_written_again_changes_its_outcome_alone
    what_somebody_typed_is_cut_and_a_bad_id_is_refused
}

fn run(started_at: UnixMillis) -> CollectorRunRow {
    CollectorRunRow {
        name: Label::new("market_collector").unwrap(),
        started_at,
        took: DurationMillis(1_234),
        added: 1,
        changed: 2,
        closed: 3,
        failed: 4,
        error: None,
    }
}

fn command(id: &str, at: UnixMillis) -> CommandRow {
    CommandRow {
        id: id.to_owned(),
        at,
        actor: "admin@127.0.0.1".to_owned(),
        action: Label::new("restart_actor").unwrap(),
        target: "detector".to_owned(),
        outcome: "accepted".to_owned(),
        value_before: None,
        value_after: None,
    }
}

async fn runs_come_back_newest_first_and_a_run_written_again_counts_once(database: TestDatabase) {
    let runs = database.store.collector_runs();
    let failed = CollectorRunRow { error: Some("é".repeat(2_000)), ..run(later(1)) };
    for row in [&run(NOON), &run(later(1)), &failed] {
        runs.record(row).await.unwrap();
    }
    let name = Label::new("market_collector").unwrap();
    let cut = CollectorRunRow { error: Some("é".repeat(1_000)), ..failed };
    assert_eq!(runs.newest(&name, 10).await.unwrap(), [cut.clone(), run(NOON)]);
    assert_eq!(runs.newest(&name, 1).await.unwrap(), [cut]);
    assert_eq!(runs.newest(&Label::new("nobody").unwrap(), 1).await.unwrap(), []);
}

async fn old_runs_go_in_batches(database: TestDatabase) {
    let runs = database.store.collector_runs();
    for step in 0..5 {
        runs.record(&run(later(step))).await.unwrap();
    }
    assert_eq!(runs.prune_before(later(4), 3).await.unwrap(), 3);
    assert_eq!(runs.prune_before(later(4), 3).await.unwrap(), 1);
    let name = Label::new("market_collector").unwrap();
    assert_eq!(runs.newest(&name, 9).await.unwrap(), [run(later(4))]);
}

async fn commands_come_back_newest_first_in_pages(database: TestDatabase) {
    let commands = database.store.commands();
    for (id, step) in [("a", 0), ("b", 1), ("c", 1), ("d", 2)] {
        commands.record(&command(id, later(step))).await.unwrap();
    }
    let first = commands.page(None, 2).await.unwrap();
    let second = commands.page(first.next.as_ref(), 2).await.unwrap();
    assert_eq!(second.next, None);
    let ids: Vec<String> = first.rows.into_iter().chain(second.rows).map(|row| row.id).collect();
    assert_eq!(ids, ["d", "c", "b", "a"]);
}

async fn a_command_written_again_changes_its_outcome_alone(database: TestDatabase) {
    let commands = database.store.commands();
    commands.record(&command("a", NOON)).await.unwrap();
    let forged = CommandRow {
        actor: "somebody else".to_owned(),
        outcome: "done".to_owned(),
        ..command("a", later(9))
    };
    commands.record(&forged).await.unwrap();
    let want = CommandRow { outcome: "done".to_owned(), ..command("a", NOON) };
    assert_eq!(commands.page(None, 9).await.unwrap().rows, [want]);
}

async fn what_somebody_typed_is_cut_and_a_bad_id_is_refused(database: TestDatabase) {
    let commands = database.store.commands();
    let long = CommandRow { target: "🦀".repeat(300), ..command("a", NOON) };
    commands.record(&long).await.unwrap();
    assert_eq!(commands.page(None, 1).await.unwrap().rows[0].target, "🦀".repeat(255));
    let error = commands.record(&command("two words", NOON)).await.unwrap_err();
    assert!(matches!(error, StoreError::BadKey { column: "id", .. }), "{error}");
}
