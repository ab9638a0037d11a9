//! Trades of others, whales and wallets.

use domain::{AccountAddress, FeeTerms, Shares, Side, TransactionHash, UnixMillis, Usd};
use store::testing::TestDatabase;
use store::{
    Direction, GradeRow, GradeState, Newness, StoreError, TapeSort, TradeFilter, TradeRow,
    WalletRow, WhaleFilter, WhaleRow, Word,
};

use crate::support::{NOON, condition, later, on_both_databases, token};

on_both_databases! {
    a_trade_comes_back_as_it_went_in_and_is_named_later
    trades_are_found_by_wallet_market_side_size_and_time
    a_whale_comes_back_with_its_grades_and_keeps_when_it_was_told
    whales_without_a_payout_are_found_for_grading
    a_wallet_is_replaced_by_what_is_known_now
    old_trades_and_whales_go_in_batches
}

fn wallet(number: u8) -> AccountAddress {
    AccountAddress::from_bytes([number; 20])
}

fn trade(number: u8, at: UnixMillis) -> TradeRow {
    TradeRow {
        id: format!("0x{}-{number:016x}", "ab".repeat(32)),
        at,
        condition: condition(u64::from(number)),
        token: token(u64::from(number)),
        side: if number.is_multiple_of(2) { Side::Buy } else { Side::Sell },
        price: Usd::from_micros(968_534),
        size: Shares::from_micros(30_974_624_038),
        value: Usd::from_whole(1_000 * i64::from(number)),
        wallet: Some(wallet(number)),
        transaction: Some(TransactionHash::from_bytes([number; 32])),
        source: Word::new("live").unwrap(),
        title: "Will “it” rain 🌧?".to_owned(),
        slug: "will-it-rain".to_owned(),
        event_slug: "rain".to_owned(),
        outcome: "Yes".to_owned(),
    }
}

fn whale(number: u8, told_at: UnixMillis) -> WhaleRow {
    let graded = GradeRow {
        state: GradeState::Graded,
        at: Some(later(1)),
        mark: Some(Usd::from_micros(500_000)),
        profit: Some(Usd::from_micros(-20_000)),
        return_ppm: Some(-39_216),
    };
    let missed = GradeRow { state: GradeState::Missed, at: Some(later(2)), ..Default::default() };
    WhaleRow {
        id: format!("sum-{number}"),
        kind: Word::new("accumulation").unwrap(),
        fresh: Some(number.is_multiple_of(2)),
        told_at,
        first_at: later(-5),
        last_at: later(-1),
        prints: 7,
        condition: condition(u64::from(number)),
        token: token(1),
        side: Side::Sell,
        entry_price: Usd::from_micros(420_001),
        size: Shares::from_whole(30_000),
        value: Usd::from_whole(10_000 * i64::from(number)),
        wallet: Some(wallet(number)),
        title: "t".to_owned(),
        slug: "s".to_owned(),
        event_slug: "e".to_owned(),
        outcome: "o".to_owned(),
        stake_token: Some(token(2)),
        stake_price: Usd::from_micros(579_999),
        fee: FeeTerms::parse("0.0725", "2").unwrap(),
        grades: [graded, missed, GradeRow::default()],
    }
}

async fn a_trade_comes_back_as_it_went_in_and_is_named_later(database: TestDatabase) {
    let trades = database.store.trades();
    let unnamed = TradeRow { wallet: None, transaction: None, ..trade(1, NOON) };
    trades.upsert_many(&[unnamed.clone(), unnamed.clone()]).await.unwrap();
    let all = TradeFilter::default();
    assert_eq!(trades.page(&all, None, 9).await.unwrap().rows, [unnamed]);
    trades.upsert_many(&[trade(1, NOON)]).await.unwrap();
    assert_eq!(trades.page(&all, None, 9).await.unwrap().rows, [trade(1, NOON)]);
    let bad = TradeRow { id: "two words".to_owned(), ..trade(2, NOON) };
    let error = trades.upsert_many(&[trade(3, NOON), bad]).await.unwrap_err();
    assert!(matches!(error, StoreError::BadKey { column: "id", .. }), "{error}");
    assert_eq!(trades.page(&all, None, 9).await.unwrap().rows.len(), 1);
}

async fn trades_are_found_by_wallet_market_side_size_and_time(database: TestDatabase) {
    let trades = database.store.trades();
    let rows: Vec<_> = (1..=6).map(|number| trade(number, later(i64::from(number)))).collect();
    trades.upsert_many(&rows).await.unwrap();
    let find = async |filter: TradeFilter| {
        let page = trades.page(&filter, None, 9).await.unwrap();
        page.rows.iter().map(|row| row.value.micros() / 1_000_000_000).collect::<Vec<_>>()
    };
    let any = TradeFilter::default;
    assert_eq!(find(any()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(find(TradeFilter { wallet: Some(wallet(3)), ..any() }).await, [3]);
    assert_eq!(find(TradeFilter { condition: Some(condition(2)), ..any() }).await, [2]);
    assert_eq!(find(TradeFilter { token: Some(token(4)), ..any() }).await, [4]);
    assert_eq!(find(TradeFilter { side: Some(Side::Buy), ..any() }).await, [6, 4, 2]);
    let large = Some(Usd::from_whole(5_000));
    assert_eq!(find(TradeFilter { value_usd_min: large, ..any() }).await, [6, 5]);
    let span = TradeFilter { from: Some(later(2)), to: Some(later(3)), ..any() };
    assert_eq!(find(span).await, [3, 2]);
    let first = trades.page(&any(), None, 4).await.unwrap();
    let rest = trades.page(&any(), first.next.as_ref(), 4).await.unwrap();
    assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (4, 2, None));
    for (sort, order, wanted) in [
        (TapeSort::Time, Direction::Rising, [1, 2, 3, 4, 5, 6]),
        (TapeSort::Value, Direction::Falling, [6, 5, 4, 3, 2, 1]),
        (TapeSort::Value, Direction::Rising, [1, 2, 3, 4, 5, 6]),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        for _ in 0..3 {
            let filter = TradeFilter { sort, order, ..any() };
            let page = trades.page(&filter, cursor.as_ref(), 2).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.value.micros() / 1_000_000_000));
            cursor = page.next;
        }
        assert_eq!((seen.as_slice(), cursor), (&wanted[..], None), "{sort:?} {order:?}");
    }
    assert_eq!(trades.newest_at().await.unwrap(), Some(later(6)));
}

async fn a_whale_comes_back_with_its_grades_and_keeps_when_it_was_told(database: TestDatabase) {
    let whales = database.store.whales();
    assert_eq!(whales.find("sum-1").await.unwrap(), None);
    whales.upsert_many(&[whale(1, NOON)]).await.unwrap();
    assert_eq!(whales.find("sum-1").await.unwrap(), Some(whale(1, NOON)));
    let grown = WhaleRow { prints: 9, fresh: None, stake_token: None, ..whale(1, later(9)) };
    whales.upsert_many(std::slice::from_ref(&grown)).await.unwrap();
    let kept = WhaleRow { told_at: NOON, ..grown };
    assert_eq!(whales.find("sum-1").await.unwrap(), Some(kept));
    whales.upsert_many(&[whale(2, later(1)), whale(3, later(2))]).await.unwrap();
    let find = async |filter: WhaleFilter| {
        let page = whales.page(&filter, None, 9).await.unwrap();
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let any = WhaleFilter::default;
    assert_eq!(find(any()).await, ["sum-3", "sum-2", "sum-1"]);
    let newness = |newness| WhaleFilter { newness: Some(newness), ..any() };
    assert_eq!(find(newness(Newness::New)).await, ["sum-2"]);
    assert_eq!(find(newness(Newness::NotKnownNew)).await, ["sum-3", "sum-1"]);
    assert_eq!(find(WhaleFilter { wallet: Some(wallet(3)), ..any() }).await, ["sum-3"]);
    let large = Some(Usd::from_whole(30_000));
    assert_eq!(find(WhaleFilter { value_usd_min: large, ..any() }).await, ["sum-3"]);
    let kind = Word::new("large_print").ok();
    assert_eq!(find(WhaleFilter { kind, ..any() }).await, [] as [String; 0]);
}

async fn whales_without_a_payout_are_found_for_grading(database: TestDatabase) {
    let whales = database.store.whales();
    let mut paid = whale(1, NOON);
    paid.grades[2] = paid.grades[0];
    whales.upsert_many(&[paid.clone(), whale(2, later(1))]).await.unwrap();
    assert_eq!(whales.ungraded(9).await.unwrap(), [whale(2, later(1))]);
    let outcomes = whales.outcomes(9).await.unwrap();
    assert_eq!(outcomes.len(), 2);
    assert_eq!((outcomes[0].fresh, outcomes[0].condition), (Some(true), condition(2)));
    let state = |at: usize| outcomes[at].grades.map(|(state, back)| (state.code(), back));
    let graded = ("graded", Some(-39_216));
    assert_eq!(state(0), [graded, ("missed", None), ("waiting", None)]);
    assert_eq!(state(1), [graded, ("missed", None), graded]);
}

async fn a_wallet_is_replaced_by_what_is_known_now(database: TestDatabase) {
    let wallets = database.store.wallets();
    let row = WalletRow {
        address: wallet(1),
        first_seen_at: Some(later(-9)),
        open: 1,
        settled: 40,
        wins: 22,
        volume: Usd::from_whole(9),
        settled_cost: Usd::from_whole(8),
        profit: Usd::from_whole(-7),
        partial: true,
        fetched_at: NOON,
    };
    wallets.upsert_many(std::slice::from_ref(&row)).await.unwrap();
    assert_eq!(wallets.find(wallet(1)).await.unwrap(), Some(row.clone()));
    let now = WalletRow { first_seen_at: None, settled: 41, fetched_at: later(1), ..row };
    wallets.upsert_many(std::slice::from_ref(&now)).await.unwrap();
    assert_eq!(wallets.find(wallet(1)).await.unwrap(), Some(now));
    assert_eq!(wallets.find(wallet(2)).await.unwrap(), None);
}

async fn old_trades_and_whales_go_in_batches(database: TestDatabase) {
    let (trades, whales) = (database.store.trades(), database.store.whales());
    let rows: Vec<_> = (1..=5).map(|number| trade(number, later(i64::from(number)))).collect();
    trades.upsert_many(&rows).await.unwrap();
    assert_eq!(trades.prune_before(later(4), 2).await.unwrap(), 2);
    assert_eq!(trades.prune_before(later(4), 2).await.unwrap(), 1);
    assert_eq!(trades.page(&TradeFilter::default(), None, 9).await.unwrap().rows.len(), 2);
    whales.upsert_many(&[whale(1, NOON), whale(2, later(5))]).await.unwrap();
    assert_eq!(whales.prune_before(later(5), 9).await.unwrap(), 1);
    assert!(whales.find("sum-2").await.unwrap().is_some());
}
