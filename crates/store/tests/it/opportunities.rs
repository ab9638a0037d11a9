//! What the detector found.

use domain::{DurationMillis, Shares, UnixMillis, Usd};
use serde_json::json;
use store::testing::TestDatabase;
use store::{Label, OpportunityCursor, OpportunityRow, OpportunityState, StoreError, Word};

use crate::support::{NOON, later, on_both_databases};

on_both_databases! {
    an_opportunity_comes_back_as_it_went_in
    when_it_was_found_stays_and_the_last_sight_counts
    a_late_write_does_not_open_a_closed_one_again
    pages_walk_over_all_of_them_once_newest_first
    closed_ones_go_after_their_time_and_open_ones_stay
    what_a_crash_left_open_is_closed
    a_key_that_does_not_fit_is_refused_before_anything_is_written
}

pub(crate) fn row(number: i64, found_at: UnixMillis) -> OpportunityRow {
    OpportunityRow {
        id: format!("neg_risk_long:{number}:{}", found_at.0),
        kind: Word::new("neg_risk_long").unwrap(),
        subject: number.to_string(),
        found_at,
        seen_at: found_at,
        closed_at: None,
        closed_reason: None,
        size: Shares::from_micros(i64::MAX),
        gross: Usd::from_micros(i64::MIN),
        fees: Usd::from_micros(12_345_678_901_123_457),
        chain_cost: Usd::from_micros(-1),
        net: Usd::from_micros(1),
        capital: Usd::from_micros(0),
        lock_up: Some(DurationMillis(86_400_001)),
        annualised_bips: Some(i64::MAX),
        score: 87,
        legs: json!([{"price": "0.48", "title": "🦀", "big": u64::MAX}]),
    }
}

fn closed(row: &OpportunityRow, at: UnixMillis) -> OpportunityRow {
    let reason = Some(Label::new("price_moved_away").unwrap());
    OpportunityRow { seen_at: at, closed_at: Some(at), closed_reason: reason, ..row.clone() }
}

async fn all(database: &TestDatabase, state: OpportunityState) -> Vec<OpportunityRow> {
    database.store.opportunities().page(state, None, None, 500).await.unwrap().rows
}

async fn an_opportunity_comes_back_as_it_went_in(database: TestDatabase) {
    let known = row(1, NOON);
    let unknown = OpportunityRow { lock_up: None, annualised_bips: None, ..row(2, later(1)) };
    let rows = [unknown, closed(&known, later(2))];
    let report = database.store.opportunities().upsert_many(&rows).await.unwrap();
    assert_eq!(report.added, 2);
    assert_eq!(all(&database, OpportunityState::Any).await, rows);
}

async fn when_it_was_found_stays_and_the_last_sight_counts(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    let first = row(1, NOON);
    let again = OpportunityRow {
        found_at: later(50),
        seen_at: later(60),
        net: Usd::from_micros(77),
        ..first.clone()
    };
    opportunities.upsert_many(std::slice::from_ref(&first)).await.unwrap();
    let report = opportunities.upsert_many(std::slice::from_ref(&again)).await.unwrap();
    assert_eq!((report.added, report.changed), (0, 1));
    let want = OpportunityRow { found_at: NOON, ..again.clone() };
    assert_eq!(all(&database, OpportunityState::Open).await, [want]);
    let report = opportunities.upsert_many(&[again]).await.unwrap();
    assert_eq!((report.changed, report.unchanged), (0, 1));
}

async fn a_late_write_does_not_open_a_closed_one_again(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    let seen = OpportunityRow { seen_at: later(5), ..row(1, NOON) };
    let gone = closed(&seen, later(5));
    opportunities.upsert_many(std::slice::from_ref(&gone)).await.unwrap();
    let report = opportunities.upsert_many(&[row(1, NOON)]).await.unwrap();
    assert_eq!(report.outdated, 1, "seen earlier");
    let report = opportunities.upsert_many(&[seen]).await.unwrap();
    assert_eq!(report.outdated, 1, "seen at the same moment, and closed then");
    assert_eq!(all(&database, OpportunityState::Closed).await, [gone]);
}

async fn pages_walk_over_all_of_them_once_newest_first(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    // Three at every moment, so that pages end between rows of one moment.
    let mut rows: Vec<OpportunityRow> =
        (0..20).map(|number| row(number, later(number / 3))).collect();
    rows[7].kind = Word::new("parity_long").unwrap();
    opportunities.upsert_many(&rows).await.unwrap();
    let kind = Word::new("neg_risk_long").unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None::<OpportunityCursor>);
    loop {
        let page = opportunities
            .page(OpportunityState::Any, Some(&kind), cursor.as_ref(), 4)
            .await
            .unwrap();
        seen.extend(page.rows);
        cursor = page.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            break;
        }
    }
    rows.remove(7);
    rows.sort_by(|a, b| (b.found_at, &b.id).cmp(&(a.found_at, &a.id)));
    assert_eq!(seen, rows);
}

async fn closed_ones_go_after_their_time_and_open_ones_stay(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    let old: Vec<_> = (0..5).map(|number| closed(&row(number, NOON), later(1))).collect();
    opportunities.upsert_many(&old).await.unwrap();
    let young = closed(&row(6, NOON), later(9));
    opportunities.upsert_many(&[row(5, NOON), young.clone()]).await.unwrap();
    assert_eq!(opportunities.prune_before(later(9), 3).await.unwrap(), 3);
    assert_eq!(opportunities.prune_before(later(9), 3).await.unwrap(), 2);
    assert_eq!(opportunities.prune_before(later(9), 3).await.unwrap(), 0);
    assert_eq!(all(&database, OpportunityState::Any).await, [young, row(5, NOON)]);
}

async fn what_a_crash_left_open_is_closed(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    let before = closed(&row(2, NOON), later(1));
    opportunities.upsert_many(&[row(1, NOON), before.clone()]).await.unwrap();
    let reason = Label::new("service_restarted").unwrap();
    assert_eq!(opportunities.close_open(later(7), &reason).await.unwrap(), 1);
    assert_eq!(opportunities.close_open(later(8), &reason).await.unwrap(), 0);
    let rows = all(&database, OpportunityState::Closed).await;
    assert_eq!(rows[0], before, "closed before, and as it was");
    assert_eq!(
        (rows[1].closed_at, rows[1].closed_reason.as_ref()),
        (Some(later(7)), Some(&reason))
    );
}

async fn a_key_that_does_not_fit_is_refused_before_anything_is_written(database: TestDatabase) {
    let opportunities = database.store.opportunities();
    let bad = OpportunityRow { subject: "two words".to_owned(), ..row(2, NOON) };
    let error = opportunities.upsert_many(&[row(1, NOON), bad]).await.unwrap_err();
    assert!(matches!(error, StoreError::BadKey { column: "subject", .. }), "{error}");
    assert!(!error.is_transient());
    assert_eq!(all(&database, OpportunityState::Any).await, []);
}
