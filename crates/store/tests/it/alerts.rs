//! What people were told, and how each message fared.

use domain::{UnixMillis, Usd};
use store::testing::TestDatabase;
use store::{AlertFilter, AlertRow, DeliveryRow, DeliveryState, Word};

use crate::support::{NOON, condition, later, on_both_databases};

on_both_databases! {
    an_alert_comes_back_as_it_went_in_and_the_same_again_changes_nothing
    messages_that_wait_come_back_by_channel_and_the_one_that_is_due_first_first
    how_a_message_fared_is_kept_and_counted
    alerts_are_found_by_kind_severity_and_the_state_of_their_messages
    what_was_told_lately_is_known_after_a_restart
    old_alerts_go_with_their_messages
}

fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

fn alert(id: &str, at: UnixMillis) -> AlertRow {
    AlertRow {
        id: id.to_owned(),
        at,
        kind: word("whale"),
        severity: word("warning"),
        topic: format!("whale:{id}"),
        condition: Some(condition(1)),
        market: Some("Will “it” rain 🌧?".to_owned()),
        size: Some(Usd::from_micros(12_345_678_901)),
        title: "A whale".to_owned(),
        text: "Why, and what to do.".to_owned(),
    }
}

fn to(channel: &str, alert: &AlertRow, due_at: UnixMillis) -> DeliveryRow {
    DeliveryRow {
        alert_id: alert.id.clone(),
        channel: word(channel),
        at: alert.at,
        state: DeliveryState::Waiting,
        tries: 0,
        due_at,
        sent_at: None,
        problem: None,
    }
}

async fn an_alert_comes_back_as_it_went_in_and_the_same_again_changes_nothing(
    database: TestDatabase,
) {
    let alerts = database.store.alerts();
    let one = alert("a@1", NOON);
    let messages = [to("telegram", &one, NOON), to("email", &one, later(5))];
    assert!(alerts.raise(&one, &messages).await.unwrap());
    let another = AlertRow { title: "Another".to_owned(), ..one.clone() };
    assert!(!alerts.raise(&another, &[to("slack", &one, NOON)]).await.unwrap());
    assert_eq!(alerts.find("a@1").await.unwrap(), Some(one.clone()));
    assert_eq!(alerts.find("a@2").await.unwrap(), None);
    let found = alerts.messages_of(&["a@1"]).await.unwrap();
    assert_eq!(found, [to("email", &one, later(5)), to("telegram", &one, NOON)]);
    let bare = AlertRow { condition: None, market: None, size: None, ..alert("b@1", later(1)) };
    assert!(alerts.raise(&bare, &[]).await.unwrap());
    let page = alerts.page(&AlertFilter::default(), None, 9).await.unwrap();
    assert_eq!(page.rows, [bare, one]);
}

async fn messages_that_wait_come_back_by_channel_and_the_one_that_is_due_first_first(
    database: TestDatabase,
) {
    let alerts = database.store.alerts();
    let (one, two) = (alert("a@1", NOON), alert("b@1", later(1)));
    let late = [to("telegram", &one, later(9)), to("email", &one, NOON)];
    alerts.raise(&one, &late).await.unwrap();
    alerts.raise(&two, &[to("telegram", &two, later(2))]).await.unwrap();
    let waiting = alerts.waiting(&[word("telegram"), word("slack")], 9).await.unwrap();
    let waiting: Vec<_> = waiting.iter().map(|(row, it)| (&*row.id, it.due_at)).collect();
    assert_eq!(waiting, [("b@1", later(2)), ("a@1", later(9))]);
    assert_eq!(alerts.waiting(&[word("telegram")], 1).await.unwrap().len(), 1);
    assert_eq!(alerts.waiting(&[], 9).await.unwrap(), []);
}

async fn how_a_message_fared_is_kept_and_counted(database: TestDatabase) {
    let alerts = database.store.alerts();
    let one = alert("a@1", NOON);
    let messages = [to("telegram", &one, NOON), to("email", &one, NOON)];
    alerts.raise(&one, &messages).await.unwrap();
    let sent = DeliveryRow {
        state: DeliveryState::Sent,
        tries: 2,
        sent_at: Some(later(3)),
        ..to("telegram", &one, NOON)
    };
    alerts.note(&sent).await.unwrap();
    let dead = DeliveryRow {
        state: DeliveryState::Dead,
        tries: 7,
        problem: Some("é".repeat(300)),
        ..to("email", &one, later(60))
    };
    alerts.note(&dead).await.unwrap();
    let found = alerts.messages_of(&["a@1"]).await.unwrap();
    assert_eq!(found, [DeliveryRow { problem: Some("é".repeat(255)), ..dead }, sent]);
    let counts = alerts.counts().await.unwrap();
    let counts: Vec<_> =
        counts.iter().map(|it| (it.channel.as_str(), it.state, it.count)).collect();
    let want = [("email", DeliveryState::Dead, 1), ("telegram", DeliveryState::Sent, 1)];
    assert_eq!(counts, want);
    assert_eq!(alerts.waiting(&[word("telegram"), word("email")], 9).await.unwrap(), []);
}

async fn alerts_are_found_by_kind_severity_and_the_state_of_their_messages(database: TestDatabase) {
    let alerts = database.store.alerts();
    let rows = [
        alert("a@1", NOON),
        AlertRow { kind: word("feed"), ..alert("b@1", later(1)) },
        AlertRow { severity: word("critical"), ..alert("c@1", later(2)) },
    ];
    for row in &rows {
        let messages = [to("telegram", row, NOON), to("email", row, NOON)];
        alerts.raise(row, &messages).await.unwrap();
    }
    let dead = DeliveryRow { state: DeliveryState::Dead, ..to("email", &rows[1], NOON) };
    alerts.note(&dead).await.unwrap();
    let ids = async |filter: AlertFilter| {
        let page = alerts.page(&filter, None, 9).await.unwrap();
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let any = AlertFilter::default;
    assert_eq!(ids(any()).await, ["c@1", "b@1", "a@1"]);
    assert_eq!(ids(AlertFilter { kind: Some(word("feed")), ..any() }).await, ["b@1"]);
    assert_eq!(ids(AlertFilter { severity: Some(word("critical")), ..any() }).await, ["c@1"]);
    let state = |state| AlertFilter { state: Some(state), ..any() };
    assert_eq!(ids(state(DeliveryState::Dead)).await, ["b@1"]);
    assert_eq!(ids(state(DeliveryState::Sent)).await, [""; 0]);
    assert_eq!(ids(state(DeliveryState::Waiting)).await, ["c@1", "b@1", "a@1"]);
    let first = alerts.page(&any(), None, 2).await.unwrap();
    let rest = alerts.page(&any(), first.next.as_ref(), 2).await.unwrap();
    assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (2, 1, None));
}

async fn what_was_told_lately_is_known_after_a_restart(database: TestDatabase) {
    let alerts = database.store.alerts();
    for (id, at) in [("a@1", NOON), ("b@1", later(5)), ("c@1", later(9))] {
        let row = alert(id, at);
        alerts.raise(&row, &[to("telegram", &row, at)]).await.unwrap();
    }
    let told = alerts.told_since(later(5), 9).await.unwrap();
    let told: Vec<_> = told.iter().map(|(row, it)| (&*row.topic, it.at)).collect();
    assert_eq!(told, [("whale:c@1", later(9)), ("whale:b@1", later(5))]);
}

async fn old_alerts_go_with_their_messages(database: TestDatabase) {
    let alerts = database.store.alerts();
    for (id, at) in [("a@1", NOON), ("b@1", later(5))] {
        let row = alert(id, at);
        alerts.raise(&row, &[to("telegram", &row, at), to("email", &row, at)]).await.unwrap();
    }
    assert_eq!(alerts.prune_before(later(5), 9).await.unwrap(), 3);
    assert_eq!(alerts.find("a@1").await.unwrap(), None);
    assert_eq!(alerts.messages_of(&["a@1", "b@1"]).await.unwrap().len(), 2);
}
