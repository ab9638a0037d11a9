//! The tables for reading.

use domain::{Lifetime, Shares, TradeState, UnixMillis, Usd};
use serde_json::json;
use store::testing::TestDatabase;
use store::{
    About, ChainActionFilter, ChainActionRow, CommandRow, DailyResultRow, DecisionFilter,
    DecisionRow, Direction, FillFilter, FillRow, Journal, LedgerEntryRow, LedgerFilter,
    LedgerPhase, MoneyBatch, OrderFilter, OrderRow, PlanFilter, PlanRow, PositionRow,
    PositionState, ResultBy, ResultFigures, ResultSum, RiskStateRow, SignalFilter, SignalRow,
    StoreError, Verdict,
};

use super::fixtures::{
    chain_action, command, daily_result, decision, entry, fill, label, one_of_each, open, order,
    order_id, plan, position, records, risk, signal, word,
};
use crate::support::{NOON, condition, later, on_both_databases, raw, token};

on_both_databases! {
    every_kind_of_row_comes_back_as_it_went_in
    a_row_written_again_changes_but_for_when_it_began
    of_a_row_given_twice_in_a_batch_the_last_counts
    every_lifetime_and_state_survives_its_column
    orders_are_found_by_state_strategy_plan_and_market
    fills_of_one_moment_are_paged_by_order_and_trade
    the_ledger_is_paged_backwards_with_its_lines
    decisions_say_why_for_one_opportunity
    decisions_about_a_market_are_found_by_its_opportunities_and_by_its_wishes
    positions_without_shares_are_left_out_unless_asked_for
    plans_and_transactions_are_found_by_state
    days_come_newest_first_and_what_is_set_by_name
    results_are_added_up_by_day_strategy_market_and_group
    old_signals_decisions_and_commands_go_in_batches
    a_row_that_makes_no_sense_is_named
}

async fn write(journal: &Journal, rows: MoneyBatch) {
    let first_seq = journal.next_seq().await;
    journal.append(&MoneyBatch { first_seq, ..rows }).await.unwrap();
}

async fn every_kind_of_row_comes_back_as_it_went_in(database: TestDatabase) {
    let journal = open(&database).await;
    let want = one_of_each();
    journal.append(&want).await.unwrap();
    let money = database.store.money();
    assert_eq!(money.signals(&SignalFilter::default(), None, 9).await.unwrap().rows, want.signals);
    let decisions = money.decisions(&DecisionFilter::default(), None, 9).await.unwrap();
    assert_eq!(decisions.rows, want.decisions);
    assert_eq!(money.orders(&OrderFilter::default(), None, 9).await.unwrap().rows, want.orders);
    assert_eq!(money.order(order_id(1)).await.unwrap(), Some(order(1, NOON)));
    assert_eq!(money.order(order_id(2)).await.unwrap(), None);
    assert_eq!(money.fills(&FillFilter::default(), None, 9).await.unwrap().rows, want.fills);
    assert_eq!(money.ledger(&LedgerFilter::default(), None, 9).await.unwrap().rows, want.entries);
    let positions = money.positions(PositionState::Any, None, 9).await.unwrap();
    assert_eq!(positions.rows, want.positions);
    assert_eq!(money.plans(&PlanFilter::default(), None, 9).await.unwrap().rows, want.plans);
    assert_eq!(money.plan("plan:1").await.unwrap(), Some(plan(1)));
    assert_eq!(money.plan("plan:2").await.unwrap(), None);
    let actions = money.chain_actions(&ChainActionFilter::default(), None, 9).await.unwrap();
    assert_eq!(actions.rows, want.chain_actions);
    let days = money.daily_results(UnixMillis(0), later(0)).await.unwrap();
    assert_eq!(days, want.daily_results);
    assert_eq!(money.risk_state().await.unwrap(), want.risk_state);
    assert_eq!(money.equity(NOON, later(1), 9).await.unwrap(), want.equity);
    assert_eq!(database.store.commands().page(None, 9).await.unwrap().rows, want.commands);
}

async fn a_row_written_again_changes_but_for_when_it_began(database: TestDatabase) {
    let journal = open(&database).await;
    journal.append(&one_of_each()).await.unwrap();
    let matched = OrderRow {
        matched: Shares::from_micros(5),
        state: word("live"),
        reason: Some("é".repeat(2_000)),
        created_at: later(77),
        updated_at: later(78),
        ..order(1, NOON)
    };
    let settled = FillRow {
        state: TradeState::Confirmed,
        at: later(77),
        updated_at: later(78),
        ..fill("t1", 1, NOON)
    };
    let over = PlanRow {
        state: word("closed"),
        opened_at: later(77),
        closed_at: Some(later(78)),
        realised_net: Some(Usd::from_micros(-1)),
        breach: Usd::from_micros(2),
        ..plan(1)
    };
    let mined = ChainActionRow { state: word("mined"), nonce: None, hash: None, ..chain_action(1) };
    let sold = PositionRow { settled: Shares::ZERO, group: None, ..position(1) };
    let forged = CommandRow { actor: "somebody else".to_owned(), ..command("c1") };
    let tight = RiskStateRow { body: json!({"market": "1"}), at: later(1), ..risk("limits") };
    write(
        &journal,
        MoneyBatch {
            orders: vec![matched.clone()],
            fills: vec![settled.clone()],
            plans: vec![over.clone()],
            chain_actions: vec![mined.clone()],
            positions: vec![sold.clone()],
            risk_state: vec![tight.clone()],
            commands: vec![forged],
            ..records(2, 1)
        },
    )
    .await;
    let money = database.store.money();
    let want = OrderRow { reason: Some("é".repeat(1_000)), created_at: NOON, ..matched };
    assert_eq!(money.order(order_id(1)).await.unwrap(), Some(want));
    let fills = money.fills(&FillFilter::default(), None, 9).await.unwrap().rows;
    assert_eq!(fills, [FillRow { at: NOON, ..settled }]);
    let want = PlanRow { opened_at: later(1), ..over };
    assert_eq!(money.plan("plan:1").await.unwrap(), Some(want));
    let actions = money.chain_actions(&ChainActionFilter::default(), None, 9).await.unwrap();
    assert_eq!(actions.rows, [mined]);
    let positions = money.positions(PositionState::Any, None, 9).await.unwrap();
    assert_eq!(positions.rows, [sold]);
    assert_eq!(money.risk_state().await.unwrap(), [tight]);
    assert_eq!(database.store.commands().page(None, 9).await.unwrap().rows, [command("c1")]);
}

/// As when an order is signed, sent and matched before the group of commits is written.
async fn of_a_row_given_twice_in_a_batch_the_last_counts(database: TestDatabase) {
    let journal = open(&database).await;
    let states = ["in_doubt", "live", "ended"];
    let orders = states.map(|state| OrderRow { state: word(state), ..order(1, NOON) });
    write(&journal, MoneyBatch { orders: orders.to_vec(), ..records(1, 1) }).await;
    let order = database.store.money().order(order_id(1)).await.unwrap().unwrap();
    assert_eq!(order.state, word("ended"));
}

async fn every_lifetime_and_state_survives_its_column(database: TestDatabase) {
    let journal = open(&database).await;
    let lifetimes = [
        Lifetime::GoodTilCancelled,
        Lifetime::GoodTilDate { expires_at: later(1) },
        Lifetime::FillOrKill,
        Lifetime::FillAndKill,
    ];
    let orders: Vec<_> = (1..)
        .zip(lifetimes)
        .map(|(number, lifetime)| OrderRow {
            lifetime,
            plan_id: None,
            ..order(number, later(-i64::from(number)))
        })
        .collect();
    use TradeState::{Confirmed, Failed, Matched, Mined, Retrying};
    let fills: Vec<_> = (1..)
        .zip([Matched, Mined, Retrying, Confirmed, Failed])
        .map(|(number, state)| FillRow { state, ..fill(&format!("t{number}"), 1, later(-number)) })
        .collect();
    write(&journal, MoneyBatch { orders: orders.clone(), fills: fills.clone(), ..records(1, 1) })
        .await;
    let money = database.store.money();
    assert_eq!(money.orders(&OrderFilter::default(), None, 9).await.unwrap().rows, orders);
    assert_eq!(money.fills(&FillFilter::default(), None, 9).await.unwrap().rows, fills);
}

async fn orders_are_found_by_state_strategy_plan_and_market(database: TestDatabase) {
    let journal = open(&database).await;
    let plain = |number| order(number, later(i64::from(number)));
    let orders = vec![
        plain(1),
        OrderRow { state: word("live"), ..plain(2) },
        OrderRow { state: word("ended"), ..plain(3) },
        OrderRow { strategy: label("manual"), plan_id: None, ..plain(4) },
        OrderRow { condition: condition(9), ..plain(5) },
    ];
    write(&journal, MoneyBatch { orders, ..records(1, 1) }).await;
    let any = OrderFilter::default;
    for (filter, want) in [
        (any(), vec![5, 4, 3, 2, 1]),
        (OrderFilter { states: vec![word("live"), word("ended")], ..any() }, vec![3, 2]),
        (OrderFilter { strategy: Some(label("manual")), ..any() }, vec![4]),
        (OrderFilter { plan_id: Some("plan:17".to_owned()), ..any() }, vec![5, 3, 2, 1]),
        (OrderFilter { condition: Some(condition(9)), ..any() }, vec![5]),
        (OrderFilter { states: vec![word("lost")], ..any() }, vec![]),
    ] {
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let page = database.store.money().orders(&filter, cursor.as_ref(), 2).await.unwrap();
            found.extend(page.rows.iter().map(|row| row.id.bytes()[0]));
            cursor = page.next.map(|next| next.to_string().parse().unwrap());
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, want, "{filter:?}");
    }
}

async fn fills_of_one_moment_are_paged_by_order_and_trade(database: TestDatabase) {
    let journal = open(&database).await;
    // The venue's names are opaque: one may look like two.
    let mut fills = Vec::new();
    for trade in ["a", "a~b", "~", "z"] {
        for number in [1, 2] {
            for step in [0, 1] {
                let trade = format!("{trade}{step}");
                fills.push(fill(&trade, number, later(step)));
            }
        }
    }
    write(&journal, MoneyBatch { fills: fills.clone(), ..records(1, 1) }).await;
    let key = |row: &FillRow| (row.at, row.order_id, row.trade_id.clone());
    fills.sort_by_key(|row| std::cmp::Reverse(key(row)));
    let money = database.store.money();
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = money.fills(&FillFilter::default(), cursor.as_ref(), 3).await.unwrap();
        found.extend(page.rows);
        cursor = page.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, fills);
    let of_one = FillFilter { order_id: Some(order_id(2)), ..FillFilter::default() };
    assert_eq!(money.fills(&of_one, None, 99).await.unwrap().rows.len(), 8);
    let nobody = FillFilter { strategy: Some(label("nobody")), ..FillFilter::default() };
    assert_eq!(money.fills(&nobody, None, 99).await.unwrap().rows, []);
}

async fn the_ledger_is_paged_backwards_with_its_lines(database: TestDatabase) {
    let journal = open(&database).await;
    let phases = [LedgerPhase::Provisional, LedgerPhase::Final, LedgerPhase::Reversal];
    let entries: Vec<_> = (1..=6)
        .map(|id| LedgerEntryRow { phase: phases[id as usize % 3], ..entry(id) })
        .chain([LedgerEntryRow { postings: Vec::new(), ..entry(7) }])
        .collect();
    write(&journal, MoneyBatch { entries: entries.clone(), ..records(1, 1) }).await;
    let money = database.store.money();
    let any = LedgerFilter::default;
    let first = money.ledger(&any(), None, 4).await.unwrap();
    let second = money.ledger(&any(), first.next, 4).await.unwrap();
    assert_eq!((first.next, second.next), (Some(4), None));
    let found: Vec<_> = first.rows.into_iter().chain(second.rows).rev().collect();
    assert_eq!(found, entries);
    let reversals = LedgerFilter { phase: Some(LedgerPhase::Reversal), ..any() };
    let ids: Vec<u64> =
        money.ledger(&reversals, None, 9).await.unwrap().rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [5, 2]);
    let one = LedgerFilter { cause_reference: Some("trade:3".to_owned()), ..any() };
    assert_eq!(money.ledger(&one, None, 9).await.unwrap().rows, [entries[2].clone()]);
    let of_strategy = LedgerFilter { strategy: Some(label("mint_split")), ..any() };
    assert_eq!(money.ledger(&of_strategy, None, 9).await.unwrap().rows, []);
    let of_market = LedgerFilter { condition: Some(condition(3)), ..any() };
    assert_eq!(money.ledger(&of_market, None, 9).await.unwrap().rows.len(), 7);
    let none = LedgerFilter { cause_kind: Some(label("deposit")), ..any() };
    assert_eq!(money.ledger(&none, None, 9).await.unwrap().rows, []);
}

async fn decisions_say_why_for_one_opportunity(database: TestDatabase) {
    let journal = open(&database).await;
    let approved = DecisionRow {
        verdict: Verdict::Approved,
        rule: None,
        strategy: label("manual"),
        opportunity_id: None,
        ..decision(4)
    };
    let passed =
        DecisionRow { verdict: Verdict::Passed, rule: None, signal_id: None, ..decision(5) };
    let decisions = vec![decision(1), decision(2), decision(3), approved.clone(), passed.clone()];
    write(&journal, MoneyBatch { decisions, ..records(1, 1) }).await;
    let money = database.store.money();
    let any = DecisionFilter::default;
    for (filter, want) in [
        (
            DecisionFilter { opportunity_id: Some("parity_short:1".to_owned()), ..any() },
            vec![passed.clone(), decision(3), decision(1)],
        ),
        (DecisionFilter { verdict: Some(Verdict::Passed), ..any() }, vec![passed]),
        (DecisionFilter { strategy: Some(label("manual")), ..any() }, vec![approved]),
    ] {
        assert_eq!(money.decisions(&filter, None, 9).await.unwrap().rows, want, "{filter:?}");
    }
    let signals = vec![signal(1), SignalRow { opportunity_id: None, ..signal(2) }];
    write(&journal, MoneyBatch { signals, ..records(2, 1) }).await;
    let filter =
        SignalFilter { opportunity_id: Some("parity_short:1".to_owned()), ..Default::default() };
    assert_eq!(money.signals(&filter, None, 9).await.unwrap().rows, [signal(1)]);
}

async fn decisions_about_a_market_are_found_by_its_opportunities_and_by_its_wishes(
    database: TestDatabase,
) {
    let journal = open(&database).await;
    let (here, other) = (condition(1).to_string(), condition(2).to_string());
    let passed = |number, opportunity: String| DecisionRow {
        opportunity_id: Some(opportunity),
        signal_id: None,
        ..decision(number)
    };
    let by_hand = DecisionRow { opportunity_id: None, ..decision(1) };
    let about_it = passed(2, format!("parity_long:{here}:5"));
    let about_its_group = passed(3, "neg_risk_long:77:5".to_owned());
    let decisions = vec![
        by_hand.clone(),
        about_it.clone(),
        about_its_group.clone(),
        passed(4, format!("parity_long:{other}:5")),
        passed(5, "neg_risk_long:771:5".to_owned()),
        DecisionRow { opportunity_id: None, signal_id: None, ..decision(6) },
    ];
    let signals = vec![signal(1), SignalRow { subject: other, ..signal(2) }];
    write(&journal, MoneyBatch { decisions, signals, ..records(1, 1) }).await;
    let money = database.store.money();
    let opportunities = vec![format!("parity_long:{here}:"), "neg_risk_long:77:".to_owned()];
    let about = About { opportunities, subjects: vec![here.clone(), "77".to_owned()] };
    let filter = DecisionFilter { about: Some(about), ..DecisionFilter::default() };
    let found = money.decisions(&filter, None, 9).await.unwrap().rows;
    assert_eq!(found, [about_its_group, about_it, by_hand]);
    let filter = SignalFilter { subjects: Some(vec![here]), ..SignalFilter::default() };
    assert_eq!(money.signals(&filter, None, 9).await.unwrap().rows, [signal(1)]);
    for (order, wanted) in [(Direction::Rising, 1..=6), (Direction::Falling, 1..=6)] {
        let mut wanted: Vec<_> = wanted.map(|number| decision(number).id).collect();
        if order == Direction::Falling {
            wanted.reverse();
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        for _ in 0..2 {
            let filter = DecisionFilter { order, ..DecisionFilter::default() };
            let page = money.decisions(&filter, cursor.as_ref(), 3).await.unwrap();
            seen.extend(page.rows.into_iter().map(|row| row.id));
            cursor = page.next;
        }
        assert_eq!((seen, cursor), (wanted, None), "{order:?}");
    }
}

async fn positions_without_shares_are_left_out_unless_asked_for(database: TestDatabase) {
    let journal = open(&database).await;
    let empty = PositionRow {
        settled: Shares::ZERO,
        pending_in: Shares::ZERO,
        pending_out: Shares::ZERO,
        ..position(1)
    };
    let positions = vec![position(3), empty.clone(), position(2)];
    write(&journal, MoneyBatch { positions, ..records(1, 1) }).await;
    let money = database.store.money();
    let held = money.positions(PositionState::Held, None, 1).await.unwrap();
    assert_eq!((held.rows, held.next), (vec![position(2)], Some(token(2))));
    let rest = money.positions(PositionState::Held, held.next, 1).await.unwrap();
    assert_eq!((rest.rows, rest.next), (vec![position(3)], None));
    let all = money.positions(PositionState::Any, None, 9).await.unwrap();
    assert_eq!(all.rows, [empty, position(2), position(3)]);
}

async fn plans_and_transactions_are_found_by_state(database: TestDatabase) {
    let journal = open(&database).await;
    let closed = PlanRow { state: word("closed"), opportunity_id: None, ..plan(2) };
    let done = ChainActionRow { state: word("confirmed"), plan_id: None, ..chain_action(2) };
    let batch = MoneyBatch {
        plans: vec![plan(1), closed.clone()],
        chain_actions: vec![chain_action(1), done.clone()],
        ..records(1, 1)
    };
    write(&journal, batch).await;
    let money = database.store.money();
    let filter = PlanFilter { states: vec![word("closed")], ..PlanFilter::default() };
    assert_eq!(money.plans(&filter, None, 9).await.unwrap().rows, [closed]);
    let filter = PlanFilter { opportunity_id: plan(1).opportunity_id, ..PlanFilter::default() };
    assert_eq!(money.plans(&filter, None, 9).await.unwrap().rows, [plan(1)]);
    let filter =
        ChainActionFilter { states: vec![word("confirmed")], ..ChainActionFilter::default() };
    assert_eq!(money.chain_actions(&filter, None, 9).await.unwrap().rows, [done]);
    let filter =
        ChainActionFilter { plan_id: Some("plan:17".to_owned()), ..ChainActionFilter::default() };
    assert_eq!(money.chain_actions(&filter, None, 9).await.unwrap().rows, [chain_action(1)]);
}

async fn days_come_newest_first_and_what_is_set_by_name(database: TestDatabase) {
    let journal = open(&database).await;
    let rows = [("b", 1), ("a", 1), ("a", 2), ("a", 3)].map(|(name, day)| daily_result(name, day));
    let batch = MoneyBatch {
        daily_results: rows.to_vec(),
        risk_state: vec![risk("locks"), risk("halt")],
        ..records(1, 1)
    };
    write(&journal, batch).await;
    let money = database.store.money();
    let found = money.daily_results(rows[0].day, rows[3].day).await.unwrap();
    assert_eq!(found, [rows[2].clone(), rows[1].clone(), rows[0].clone()]);
    assert_eq!(money.risk_state().await.unwrap(), [risk("halt"), risk("locks")]);
}

async fn results_are_added_up_by_day_strategy_market_and_group(database: TestDatabase) {
    let journal = open(&database).await;
    let plain = |name, day| daily_result(name, day);
    let rows = vec![
        plain("a", 1),
        plain("b", 1),
        DailyResultRow { condition: Some(condition(2)), group: None, ..plain("a", 1) },
        DailyResultRow { strategy: None, condition: None, group: None, ..plain("a", 2) },
        plain("a", 3),
    ];
    write(&journal, MoneyBatch { daily_results: rows.clone(), ..records(1, 1) }).await;
    let money = database.store.money();
    let (from, to) = (rows[0].day, rows[4].day);
    let (c1, c2) = (condition(1).to_string(), condition(2).to_string());
    for (by, want) in [
        (ResultBy::Day, vec![(rows[3].day.0.to_string(), 1), (rows[0].day.0.to_string(), 3)]),
        (ResultBy::Strategy, vec![(String::new(), 1), ("a".to_owned(), 2), ("b".to_owned(), 1)]),
        (ResultBy::Market, vec![(String::new(), 1), (c1, 2), (c2, 1)]),
        (ResultBy::Group, vec![(String::new(), 2), ("30829".to_owned(), 2)]),
    ] {
        let times = |times: i64| {
            let usd = |amount: i64| Usd::from_micros(amount * times);
            ResultFigures {
                realised: usd(-19),
                fees: usd(20),
                gas: usd(22),
                adjusted: usd(-23),
                trades: 21 * times.unsigned_abs(),
            }
        };
        let want: Vec<_> =
            want.into_iter().map(|(key, rows)| ResultSum { key, figures: times(rows) }).collect();
        assert_eq!(money.results(by, from, to).await.unwrap(), want, "{by:?}");
    }
    let found = money.daily_results(from, to).await.unwrap();
    assert_eq!(found, [3, 0, 2, 1].map(|at: usize| rows[at].clone()));
    let changed = DailyResultRow { figures: ResultFigures::default(), ..rows[3].clone() };
    write(&journal, MoneyBatch { daily_results: vec![changed.clone()], ..records(2, 1) }).await;
    assert_eq!(money.daily_results(rows[3].day, to).await.unwrap(), [changed]);
}

async fn old_signals_decisions_and_commands_go_in_batches(database: TestDatabase) {
    let journal = open(&database).await;
    let commands =
        (0..4).map(|number| CommandRow { at: later(number), ..command(&format!("c{number}")) });
    let batch = MoneyBatch {
        signals: (0..4).map(signal).collect(),
        decisions: (0..4).map(decision).collect(),
        commands: commands.collect(),
        ..records(1, 1)
    };
    write(&journal, batch).await;
    let (money, commands) = (database.store.money(), database.store.commands());
    for want in [2, 1, 0] {
        assert_eq!(money.prune_signals(later(3), 2).await.unwrap(), want);
        assert_eq!(money.prune_decisions(later(3), 2).await.unwrap(), want);
        assert_eq!(commands.prune_before(later(3), 2).await.unwrap(), want);
    }
    assert_eq!(money.signals(&SignalFilter::default(), None, 9).await.unwrap().rows, [signal(3)]);
    let decisions = money.decisions(&DecisionFilter::default(), None, 9).await.unwrap();
    assert_eq!(decisions.rows, [decision(3)]);
    assert_eq!(commands.page(None, 9).await.unwrap().rows[0].id, "c3");
}

async fn a_row_that_makes_no_sense_is_named(database: TestDatabase) {
    use sea_orm::ConnectionTrait;
    let journal = open(&database).await;
    journal.append(&one_of_each()).await.unwrap();
    let raw = raw(&database).await;
    let money = database.store.money();
    for (change, repair, want) in [
        ("side = 'both'", "side = 'sell'", "side"),
        ("lifetime = 'IOC'", "lifetime = 'GTD'", "lifetime"),
        ("expires_at = NULL", "expires_at = 1", "expires_at"),
        ("price = 55", "price = 100", "price"),
        ("crossing = ''", "crossing = 'allowed'", "crossing"),
        ("state = 'In Doubt'", "state = 'live'", "state"),
    ] {
        raw.execute_unprepared(&format!("UPDATE orders SET {change}")).await.unwrap();
        let error = money.order(order_id(1)).await.unwrap_err();
        let named = matches!(&error, StoreError::Unreadable { table: "orders", column, .. } if *column == want);
        assert!(named, "{change}: {error}");
        raw.execute_unprepared(&format!("UPDATE orders SET {repair}")).await.unwrap();
    }
    money.order(order_id(1)).await.unwrap();
}
