//! What the models were asked, what they said, and what it may cost.

use std::sync::Arc;

use domain::{DurationMillis, GroupId, Probability, UnixMillis, Usd};
use serde_json::json;
use store::testing::TestDatabase;
use store::{
    ForecastFilter, ForecastRow, ForecastState, Label, ModelAnswerRow, Resolution, Store, Word,
};

use crate::support::{NOON, condition, later, on_both_databases};

on_both_databases! {
    forecasts_come_back_asked_last_first_in_pages_and_by_market_and_state
    a_forecast_written_again_keeps_how_its_market_ended
    every_forecast_of_a_market_learns_how_it_ended_once
    what_a_dead_process_left_unfinished_is_ended_with_a_reason
    answers_come_back_as_they_were_given_and_go_with_time
    a_hundred_calls_at_once_never_reserve_more_than_the_day_has
    a_call_is_settled_once_however_often_it_is_said
    a_call_reserved_again_holds_no_more_and_once_settled_is_not_made_again
    a_reservation_that_nobody_settled_counts_until_the_day_is_over
    a_call_that_was_dearer_than_reserved_leaves_less_for_the_others
}

fn probability(millionths: u32) -> Option<Probability> {
    Probability::from_millionths(millionths)
}

fn row(number: u64, asked_at: UnixMillis) -> ForecastRow {
    ForecastRow {
        id: format!("f{number}"),
        condition: condition(number),
        group: Some(GroupId("77".into())),
        slug: "will-it-rain".to_owned(),
        title: "Will it rain 🌧?".to_owned(),
        category: "weather".to_owned(),
        source: Word::new("schedule").unwrap(),
        state: ForecastState::Published,
        reason: None,
        asked_at,
        made_at: Some(later(9)),
        market: probability(440_000),
        blind: probability(1),
        blended: probability(1_000_000),
        cost: Usd::from_micros(1_234_567),
        body: Some(json!({"low": "0.1"})),
        resolved_at: None,
        outcome: None,
    }
}

fn asking(number: u64, asked_at: UnixMillis) -> ForecastRow {
    let state = ForecastState::Asking;
    let row = row(number, asked_at);
    ForecastRow { state, made_at: None, blind: None, blended: None, body: None, ..row }
}

async fn ids(store: &Store, filter: ForecastFilter) -> Vec<String> {
    let page = store.forecasts().page(filter, None, 9).await.unwrap();
    page.rows.into_iter().map(|row| row.id).collect()
}

async fn forecasts_come_back_asked_last_first_in_pages_and_by_market_and_state(
    database: TestDatabase,
) {
    let forecasts = database.store.forecasts();
    for row in [row(1, NOON), row(2, later(5)), asking(3, later(5)), row(4, later(9))] {
        forecasts.put(&row).await.unwrap();
    }
    let all = ForecastFilter::default();
    let first = forecasts.page(all, None, 2).await.unwrap();
    let second = forecasts.page(all, first.next.as_ref(), 2).await.unwrap();
    assert_eq!(second.next, None);
    assert_eq!(first.rows, [row(4, later(9)), asking(3, later(5))]);
    assert_eq!(second.rows, [row(2, later(5)), row(1, NOON)]);
    let of_two = ForecastFilter { condition: Some(condition(2)), ..all };
    assert_eq!(ids(&database.store, of_two).await, ["f2"]);
    let asked = ForecastFilter { state: Some(ForecastState::Asking), ..all };
    assert_eq!(ids(&database.store, asked).await, ["f3"]);
    assert_eq!(forecasts.find("f1").await.unwrap(), Some(row(1, NOON)));
    assert_eq!(forecasts.find("f9").await.unwrap(), None);
    let mut since = forecasts.asked_since(later(5)).await.unwrap();
    since.sort_unstable();
    let want = [(2, 5), (3, 5), (4, 9)].map(|(number, at)| (condition(number), later(at)));
    assert_eq!(since, want);
    assert_eq!(forecasts.prune_before(later(5), 9).await.unwrap(), 1);
}

async fn a_forecast_written_again_keeps_how_its_market_ended(database: TestDatabase) {
    let forecasts = database.store.forecasts();
    forecasts.put(&asking(1, NOON)).await.unwrap();
    forecasts.resolve(condition(1), Probability::ONE, later(3)).await.unwrap();
    forecasts.put(&row(1, NOON)).await.unwrap();
    let ended = ForecastRow {
        resolved_at: Some(later(3)),
        outcome: probability(1_000_000),
        ..row(1, NOON)
    };
    assert_eq!(forecasts.find("f1").await.unwrap(), Some(ended));
}

async fn every_forecast_of_a_market_learns_how_it_ended_once(database: TestDatabase) {
    let forecasts = database.store.forecasts();
    let again = ForecastRow { id: "again".to_owned(), ..row(1, later(1)) };
    for row in [row(1, NOON), again, row(2, NOON), asking(3, NOON)] {
        forecasts.put(&row).await.unwrap();
    }
    let open = forecasts.unresolved_markets().await.unwrap();
    assert_eq!(open, [condition(1), condition(2)]);
    assert_eq!(forecasts.resolve(condition(1), Probability::HALF, later(9)).await.unwrap(), 2);
    assert_eq!(forecasts.resolve(condition(1), Probability::ONE, later(10)).await.unwrap(), 0);
    let known = forecasts.resolved(9).await.unwrap();
    let known: Vec<_> = known.iter().map(|row| (row.id.as_str(), row.outcome)).collect();
    assert_eq!(known, [("f1", Some(Probability::HALF)), ("again", Some(Probability::HALF))]);
    let resolution = Some(Resolution::Known);
    let known = ForecastFilter { resolution, ..ForecastFilter::default() };
    assert_eq!(ids(&database.store, known).await, ["again", "f1"]);
}

async fn what_a_dead_process_left_unfinished_is_ended_with_a_reason(database: TestDatabase) {
    let forecasts = database.store.forecasts();
    forecasts.put(&asking(1, NOON)).await.unwrap();
    forecasts.put(&row(2, NOON)).await.unwrap();
    assert_eq!(forecasts.fail_unfinished("the process ended").await.unwrap(), 1);
    let failed = forecasts.find("f1").await.unwrap().unwrap();
    assert_eq!(failed.state, ForecastState::Failed);
    assert_eq!(failed.reason.as_deref(), Some("the process ended"));
    assert_eq!(forecasts.fail_unfinished("again").await.unwrap(), 0);
}

fn answer(forecast: &str, member: &str, sample: u32) -> ModelAnswerRow {
    ModelAnswerRow {
        forecast: forecast.to_owned(),
        member: member.to_owned(),
        sample,
        model: "gpt".to_owned(),
        at: later(i64::from(sample)),
        state: Word::new("answered").unwrap(),
        failure: None,
        late: true,
        repaired: false,
        probability: probability(310_000),
        low: probability(0),
        high: probability(999_999),
        reasons: Some(json!({"for": ["clouds"]})),
        prompt_tokens: 812,
        completion_tokens: 90,
        cost: Usd::from_micros(17),
        latency: DurationMillis(1_250),
        error: None,
    }
}

async fn answers_come_back_as_they_were_given_and_go_with_time(database: TestDatabase) {
    let forecasts = database.store.forecasts();
    let failed = ModelAnswerRow {
        state: Word::new("failed").unwrap(),
        failure: Some(Label::new("malformed").unwrap()),
        probability: None,
        late: false,
        repaired: true,
        error: Some("no JSON".to_owned()),
        ..answer("f1", "babbler", 1)
    };
    for row in [&answer("f2", "oracle", 0), &answer("f1", "oracle", 2), &failed, &failed] {
        forecasts.put_answer(row).await.unwrap();
    }
    let read = forecasts.answers(&["f1".to_owned(), "f9".to_owned()]).await.unwrap();
    assert_eq!(read, [failed, answer("f1", "oracle", 2)]);
    assert_eq!(forecasts.prune_answers_before(later(2), 9).await.unwrap(), 2);
    assert_eq!(forecasts.answers(&["f1".to_owned()]).await.unwrap().len(), 1);
}

const CENT: Usd = Usd::from_micros(10_000);
const DOLLAR: Usd = Usd::from_micros(1_000_000);

async fn a_hundred_calls_at_once_never_reserve_more_than_the_day_has(database: TestDatabase) {
    let store = Arc::new(database.store.clone());
    let each = Usd::from_micros(30_000);
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let (store, call) = (Arc::clone(&store), format!("c{number}"));
            tokio::spawn(async move {
                let budget = store.model_budget();
                let reserved = budget.reserve(&call, NOON, each, DOLLAR).await.unwrap();
                if reserved {
                    assert!(budget.settle(&call, later(9), CENT + CENT).await.unwrap());
                }
                reserved
            })
        })
        .collect();
    let mut granted = 0;
    for call in calls {
        granted += i64::from(call.await.unwrap());
    }
    let day = store.model_budget().day(NOON).await.unwrap();
    assert_eq!(day.reserved, Usd::ZERO);
    assert_eq!(day.spent, Usd::from_micros(granted * 20_000));
    assert!(day.spent <= DOLLAR, "{day:?}");
    assert!(granted >= 33, "{granted} of the 33 to 49 that have room");
    assert_eq!((day.calls, day.refused), (granted as u64, 100 - granted as u64));
    let old = store.model_budget().prune_calls_before(later(1), 200).await.unwrap();
    assert_eq!(old, granted as u64, "a refused call leaves no row");
    assert_eq!(store.model_budget().day(NOON).await.unwrap(), day, "its cost is kept");
}

async fn a_call_is_settled_once_however_often_it_is_said(database: TestDatabase) {
    let budget = database.store.model_budget();
    for call in ["a", "b"] {
        assert!(budget.reserve(call, NOON, CENT, DOLLAR).await.unwrap());
    }
    let settle = |_| {
        let store = database.store.clone();
        let paid = Usd::from_micros(4_000);
        tokio::spawn(async move { store.model_budget().settle("a", later(1), paid).await.unwrap() })
    };
    let mut settled = 0;
    for said in (0..20).map(settle).collect::<Vec<_>>() {
        settled += u32::from(said.await.unwrap());
    }
    assert_eq!(settled, 1);
    // Tomorrow, with another figure, and one that nobody reserved.
    assert!(!budget.settle("a", later(86_400_000), DOLLAR).await.unwrap());
    assert!(!budget.settle("nobody's", later(2), DOLLAR).await.unwrap());
    let day = budget.day(NOON).await.unwrap();
    assert_eq!((day.reserved, day.spent, day.calls), (CENT, Usd::from_micros(4_000), 1));
    let tomorrow = budget.day(later(86_400_000)).await.unwrap();
    assert_eq!(tomorrow.used(), Usd::ZERO);
}

async fn a_call_reserved_again_holds_no_more_and_once_settled_is_not_made_again(
    database: TestDatabase,
) {
    let budget = database.store.model_budget();
    for _ in 0..3 {
        assert!(budget.reserve("a", NOON, CENT, DOLLAR).await.unwrap());
    }
    assert_eq!(budget.day(NOON).await.unwrap().reserved, CENT);
    assert!(budget.settle("a", later(1), CENT).await.unwrap());
    assert!(!budget.reserve("a", later(2), CENT, DOLLAR).await.unwrap());
    assert_eq!(budget.day(NOON).await.unwrap().used(), CENT);
}

async fn a_reservation_that_nobody_settled_counts_until_the_day_is_over(database: TestDatabase) {
    let most = Usd::from_micros(900_000);
    assert!(database.store.model_budget().reserve("a", NOON, most, DOLLAR).await.unwrap());
    // The process dies here; another one opens the same database.
    let settings = database.settings.clone();
    let store = Store::connect(&settings).await.unwrap();
    let budget = store.model_budget();
    assert!(!budget.reserve("b", later(1), Usd::from_micros(100_001), DOLLAR).await.unwrap());
    assert!(budget.reserve("c", later(1), Usd::from_micros(100_000), DOLLAR).await.unwrap());
    assert_eq!(budget.day(later(1)).await.unwrap().used(), DOLLAR);
    let tomorrow = later(86_400_000);
    assert!(budget.reserve("d", tomorrow, DOLLAR, DOLLAR).await.unwrap());
    assert_eq!(budget.day(tomorrow).await.unwrap().used(), DOLLAR);
}

async fn a_call_that_was_dearer_than_reserved_leaves_less_for_the_others(database: TestDatabase) {
    let budget = database.store.model_budget();
    assert!(budget.reserve("a", NOON, CENT, DOLLAR).await.unwrap());
    budget.settle("a", NOON, DOLLAR + CENT).await.unwrap();
    assert!(!budget.reserve("b", NOON, Usd::from_micros(1), DOLLAR).await.unwrap());
    let day = budget.day(NOON).await.unwrap();
    assert_eq!((day.spent, day.calls, day.refused), (DOLLAR + CENT, 1, 1));
}
