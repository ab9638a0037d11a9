//! The catalogue.

use domain::{
    ConditionId, FeeSchedule, GroupId, IdError, Market, MarketState, Outcome, ProtocolVersion,
    TickSize, UnixMillis, Usd,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::testing::TestDatabase;
use store::{ReadError, StoreError};

use crate::support::{
    NOON, condition, later, market, on_both_databases, price, question, raw, token,
};

on_both_databases! {
    a_market_comes_back_as_it_went_in
    any_market_comes_back_as_it_went_in
    writing_the_same_again_changes_nothing
    a_question_once_known_is_not_forgotten
    a_changed_market_counts_its_version_up
    an_older_list_does_not_overwrite_a_newer_one
    closing_keeps_the_market_and_takes_it_off_the_open_ones
    a_resolved_market_keeps_its_payouts_when_a_later_list_has_none
    more_markets_than_one_batch_and_one_page_hold_all_come_back
    a_long_text_is_cut_between_characters_and_emoji_survive
    a_key_that_does_not_fit_is_refused_and_the_others_are_written
    of_one_market_given_twice_the_last_counts
    a_row_that_makes_no_sense_is_named_and_the_others_are_loaded
    ids_are_stored_in_lower_case
}

async fn a_market_comes_back_as_it_went_in(database: TestDatabase) {
    let markets = database.store.markets();
    let wanted = market(1);
    let report = markets.upsert_many(&[&wanted], NOON).await.unwrap();
    assert_eq!((report.added, report.changed, report.refused.len()), (1, 0, 0));
    assert_eq!(markets.find(wanted.condition).await.unwrap(), Some(wanted.clone()));
    assert_eq!(markets.find(condition(2)).await.unwrap(), None);
    assert_eq!(markets.load_open().await.unwrap().markets, [wanted]);
}

async fn any_market_comes_back_as_it_went_in(database: TestDatabase) {
    let mut runner = TestRunner::deterministic();
    let wanted: Vec<Market> = (0..200)
        .map(|number| any_market(number).new_tree(&mut runner).unwrap().current())
        .collect();
    let all: Vec<&Market> = wanted.iter().collect();
    let report = database.store.markets().upsert_many(&all, NOON).await.unwrap();
    assert_eq!((report.added, report.refused.len()), (200, 0));
    for market in &wanted {
        let found = database.store.markets().find(market.condition).await.unwrap();
        assert_eq!(found.as_ref(), Some(market));
    }
}

fn any_market(number: u64) -> impl Strategy<Value = Market> {
    let texts =
        ("\\PC{0,40}", "\\PC{0,40}", "\\PC{0,40}", proptest::collection::vec("\\PC{0,9}", 0..4));
    let state = prop_oneof![
        Just(MarketState::Open),
        Just(MarketState::Paused),
        Just(MarketState::Closed { payouts: None }),
        (0u16..=10_000).prop_map(|yes| {
            MarketState::Closed { payouts: Some([price(yes), price(yes).complement()]) }
        }),
    ];
    let micros = prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>()];
    let choices = (any::<[bool; 4]>(), 0usize..6, proptest::option::of(0u16..=10_000));
    (texts, state, [micros.clone(), micros.clone(), micros], choices, any::<[u64; 4]>()).prop_map(
        move |(texts, state, money, (flags, tick, hint), words)| Market {
            slug: texts.0.as_str().into(),
            title: texts.1.as_str().into(),
            group_item: texts.2.as_str().into(),
            tags: texts.3.iter().map(|tag| tag.as_str().into()).collect(),
            version: if flags[0] { ProtocolVersion::V1 } else { ProtocolVersion::V2 },
            neg_risk: flags[1],
            placeholder: flags[2],
            group: flags[3].then(|| GroupId("g-1".into())),
            question: flags[2].then(|| question(number)),
            fee: if flags[3] { FeeSchedule::Unknown } else { market(number).fee },
            state,
            tick: TickSize::ALL[tick],
            volume_24h: Usd::from_micros(money[0]),
            liquidity: Usd::from_micros(money[1]),
            ends_at: flags[0].then_some(UnixMillis(money[2] / 1_000)),
            price_hint: hint.map(price),
            outcomes: [
                Outcome {
                    token: domain::TokenId::from_words(words),
                    name: texts.2.as_str().into(),
                },
                Outcome { token: token(number), name: "No".into() },
            ],
            ..market(number)
        },
    )
}

async fn writing_the_same_again_changes_nothing(database: TestDatabase) {
    let markets = database.store.markets();
    markets.upsert_many(&[&market(1)], NOON).await.unwrap();
    let report = markets.upsert_many(&[&market(1)], later(1)).await.unwrap();
    assert_eq!((report.added, report.changed, report.unchanged), (0, 0, 1));
    assert_eq!(markets.version(condition(1)).await.unwrap(), Some(1));
}

async fn a_question_once_known_is_not_forgotten(database: TestDatabase) {
    let markets = database.store.markets();
    markets.upsert_many(&[&market(1)], NOON).await.unwrap();
    let without = Market { question: None, ..market(1) };
    let report = markets.upsert_many(&[&without], later(1)).await.unwrap();
    assert_eq!((report.changed, report.unchanged), (0, 1));
    assert_eq!(markets.find(condition(1)).await.unwrap(), Some(market(1)));
}

async fn a_changed_market_counts_its_version_up(database: TestDatabase) {
    let markets = database.store.markets();
    markets.upsert_many(&[&market(1)], NOON).await.unwrap();
    let changed = Market { tick: TickSize::Thousandth, ..market(1) };
    let report = markets.upsert_many(&[&changed], later(1)).await.unwrap();
    assert_eq!((report.added, report.changed), (0, 1));
    assert_eq!(markets.find(condition(1)).await.unwrap(), Some(changed));
    assert_eq!(markets.version(condition(1)).await.unwrap(), Some(2));
}

async fn an_older_list_does_not_overwrite_a_newer_one(database: TestDatabase) {
    let markets = database.store.markets();
    let newer = Market { title: "newer".into(), ..market(1) };
    let older = Market { title: "older".into(), ..market(1) };
    markets.upsert_many(&[&newer], later(1)).await.unwrap();
    let report = markets.upsert_many(&[&older], NOON).await.unwrap();
    assert_eq!((report.changed, report.outdated), (0, 1));
    assert_eq!(markets.close_many(&[condition(1)], NOON).await.unwrap(), 0);
    assert_eq!(markets.find(condition(1)).await.unwrap(), Some(newer));
}

async fn closing_keeps_the_market_and_takes_it_off_the_open_ones(database: TestDatabase) {
    let markets = database.store.markets();
    markets.upsert_many(&[&market(1), &market(2)], NOON).await.unwrap();
    let both = [condition(1), condition(7)];
    assert_eq!(markets.close_many(&both, later(1)).await.unwrap(), 1);
    assert_eq!(markets.close_many(&both, later(2)).await.unwrap(), 0, "once is enough");
    assert_eq!(markets.load_open().await.unwrap().markets, [market(2)]);
    assert_eq!(markets.count().await.unwrap(), 2);
    let closed = markets.find(condition(1)).await.unwrap().unwrap();
    assert_eq!(closed.state, MarketState::Closed { payouts: None });
    markets.upsert_many(&[&market(1)], later(3)).await.unwrap();
    assert_eq!(markets.load_open().await.unwrap().markets.len(), 2, "it may open again");
}

async fn a_resolved_market_keeps_its_payouts_when_a_later_list_has_none(database: TestDatabase) {
    let markets = database.store.markets();
    let payouts = Some([price(10_000), price(0)]);
    let resolved = Market { state: MarketState::Closed { payouts }, ..market(1) };
    let ended = Market { state: MarketState::Closed { payouts: None }, ..market(1) };
    markets.upsert_many(&[&resolved], NOON).await.unwrap();
    markets.upsert_many(&[&ended], later(1)).await.unwrap();
    assert_eq!(markets.find(condition(1)).await.unwrap(), Some(resolved));
}

async fn more_markets_than_one_batch_and_one_page_hold_all_come_back(database: TestDatabase) {
    let wanted: Vec<Market> = (0..2_501).map(market).collect();
    let all: Vec<&Market> = wanted.iter().rev().collect();
    let report = database.store.markets().upsert_many(&all, NOON).await.unwrap();
    assert_eq!(report.added, 2_501);
    assert_eq!(database.store.markets().load_open().await.unwrap().markets, wanted);
    let conditions: Vec<ConditionId> = wanted.iter().map(|market| market.condition).collect();
    let closed = database.store.markets().close_many(&conditions, later(1)).await.unwrap();
    assert_eq!(closed, 2_501);
}

async fn a_long_text_is_cut_between_characters_and_emoji_survive(database: TestDatabase) {
    let markets = database.store.markets();
    let long =
        Market { title: "🦀".repeat(5_000).into(), slug: "é".repeat(300).into(), ..market(1) };
    let report = markets.upsert_many(&[&long], NOON).await.unwrap();
    assert_eq!((report.added, report.refused.len()), (1, 0));
    let found = markets.find(condition(1)).await.unwrap().unwrap();
    assert_eq!(&*found.title, "🦀".repeat(1_000));
    assert_eq!(&*found.slug, "é".repeat(255));
}

async fn a_key_that_does_not_fit_is_refused_and_the_others_are_written(database: TestDatabase) {
    let markets = database.store.markets();
    let long = Market { gamma_id: "7".repeat(65).into(), ..market(1) };
    let odd = Market { group: Some(GroupId("spaces ".into())), ..market(2) };
    let report = markets.upsert_many(&[&long, &odd, &market(3)], NOON).await.unwrap();
    assert_eq!((report.added, report.refused.len()), (1, 2));
    assert!(matches!(report.refused[0].error, StoreError::BadKey { column: "gamma_id", .. }));
    assert_eq!(report.refused[1].key, condition(2).to_string());
    assert_eq!(markets.load_open().await.unwrap().markets, [market(3)]);
}

async fn of_one_market_given_twice_the_last_counts(database: TestDatabase) {
    let markets = database.store.markets();
    let last = Market { title: "last".into(), ..market(1) };
    let report = markets.upsert_many(&[&market(1), &last], NOON).await.unwrap();
    assert_eq!(report.added, 1);
    assert_eq!(markets.find(condition(1)).await.unwrap(), Some(last));
}

async fn a_row_that_makes_no_sense_is_named_and_the_others_are_loaded(database: TestDatabase) {
    use sea_orm::ConnectionTrait;
    let markets = database.store.markets();
    let all: Vec<Market> = (1..=5).map(market).collect();
    markets.upsert_many(&all.iter().collect::<Vec<_>>(), NOON).await.unwrap();
    let raw = raw(&database).await;
    for (number, change) in [
        (1, "tick = 123"),
        (2, "state = 'asleep'"),
        (3, "fee_exponent = NULL"),
        (5, "question_id = '0x1'"),
    ] {
        let sql =
            format!("UPDATE markets SET {change} WHERE condition_id = '{}'", condition(number));
        raw.execute_unprepared(&sql).await.unwrap();
    }
    let loaded = markets.load_open().await.unwrap();
    assert_eq!(loaded.markets, [market(4)]);
    let complaints: Vec<(&str, ReadError)> = loaded
        .unreadable
        .iter()
        .map(|error| match error {
            StoreError::Unreadable { table: "markets", column, source, .. } => {
                (*column, source.clone())
            }
            other => panic!("{other}"),
        })
        .collect();
    let wanted = [
        ("tick", ReadError::OutOfRange(123)),
        ("state", ReadError::UnknownWord),
        ("fee_rate_ppm", ReadError::Incomplete),
        ("question_id", ReadError::Id(IdError::Question)),
    ];
    assert_eq!(complaints, wanted);
    let error = markets.find(condition(1)).await.unwrap_err();
    assert!(error.to_string().contains(&condition(1).to_string()), "{error}");
}

async fn ids_are_stored_in_lower_case(database: TestDatabase) {
    use sea_orm::{ConnectionTrait, Statement};
    let upper = format!("0x{}", "AB".repeat(32));
    let shouting = Market { condition: ConditionId::parse(&upper).unwrap(), ..market(1) };
    database.store.markets().upsert_many(&[&shouting], NOON).await.unwrap();
    let raw = raw(&database).await;
    let sql = "SELECT condition_id FROM markets";
    let query = Statement::from_string(raw.get_database_backend(), sql);
    let row = raw.query_one_raw(query).await.unwrap().unwrap();
    assert_eq!(row.try_get::<String>("", "condition_id").unwrap(), upper.to_lowercase());
}
