//! Rows whose every field differs from its neighbours' and from the default.

use domain::{
    Crossing, GroupId, Lifetime, Liquidity, OrderId, Shares, Side, TradeId, TradeState, UnixMillis,
    Usd,
};
use serde_json::json;
use store::testing::TestDatabase;
use store::{
    ChainActionRow, CommandRow, DailyResultRow, DecisionRow, EquityRow, FillRow, Journal,
    JournalEntry, JournalRecord, Label, LedgerEntryRow, LedgerPhase, LoadError, LoadFrom,
    MoneyBatch, OrderRow, PlanRow, PositionRow, PostingRow, ResultFigures, RiskStateRow, SignalRow,
    Store, Verdict, Word,
};

use crate::support::{NOON, condition, later, price, token};

pub(super) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

pub(super) fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

pub(super) async fn open(database: &TestDatabase) -> Journal {
    database.store.money().open_journal("test", NOON).await.unwrap()
}

/// A body that a database which understands JSON would rewrite.
pub(super) fn record(number: u64) -> JournalRecord {
    JournalRecord {
        kind: label("order_signed"),
        body: format!("{{ \"z\":{number}, \"a\": 1.0, \"a\":\"🦀'\\\"\" }}"),
        at: later(number as i64),
    }
}

/// Records `first..first + count`, and nothing else.
pub(super) fn records(first: u64, count: u64) -> MoneyBatch {
    MoneyBatch {
        first_seq: first,
        records: (first..first + count).map(record).collect(),
        ..MoneyBatch::default()
    }
}

pub(super) fn entry_of(number: u64) -> JournalEntry {
    let record = record(number);
    JournalEntry { seq: number, kind: record.kind, body: record.body, at: record.at }
}

pub(super) async fn read_all(
    store: &Store,
    from: LoadFrom,
) -> Result<Vec<JournalEntry>, LoadError> {
    let mut pages = store.money().load(from).await?.pages;
    let mut entries = Vec::new();
    loop {
        let page = pages.next_page().await?;
        if page.is_empty() {
            return Ok(entries);
        }
        entries.extend(page);
    }
}

pub(super) fn order_id(number: u8) -> OrderId {
    OrderId::from_bytes([number; 32])
}

pub(super) fn order(number: u8, created_at: UnixMillis) -> OrderRow {
    OrderRow {
        id: order_id(number),
        intent: format!("plan:17:{number}"),
        plan_id: Some("plan:17".to_owned()),
        strategy: label("mint_split"),
        condition: condition(1),
        token: token(2),
        side: Side::Sell,
        price: price(4_825),
        size: Shares::from_micros(5_000_001),
        matched: Shares::from_micros(1),
        lifetime: Lifetime::GoodTilDate { expires_at: later(180_000) },
        crossing: Crossing::Refused,
        state: word("in_doubt"),
        signed_body: "{ \"order\":{\"salt\":1},\"owner\":\"🔑\" }".to_owned(),
        created_at,
        updated_at: created_at,
        reason: None,
    }
}

pub(super) fn fill(trade: &str, order: u8, at: UnixMillis) -> FillRow {
    FillRow {
        trade_id: TradeId(trade.to_owned()),
        order_id: order_id(order),
        strategy: label("arbitrage_long"),
        condition: condition(3),
        token: token(4),
        side: Side::Buy,
        size: Shares::from_micros(7_000_000),
        price: Usd::from_micros(333_333),
        value: Usd::from_micros(2_333_334),
        fee: Usd::from_micros(17),
        liquidity: Liquidity::Taker,
        state: TradeState::Matched,
        at,
        updated_at: at,
    }
}

pub(super) fn entry(id: u64) -> LedgerEntryRow {
    let line = |account: &str, asset: String, amount_micros| PostingRow {
        account: account.to_owned(),
        asset,
        amount_micros,
    };
    LedgerEntryRow {
        id,
        seq: 1,
        at: later(id as i64),
        cause_kind: label("trade_matched"),
        cause_reference: format!("trade:{id}"),
        phase: LedgerPhase::Provisional,
        strategy: Some(label("arbitrage_long")),
        condition: Some(condition(3)),
        group: Some(GroupId("30829".into())),
        memo: "bought — 🦀".to_owned(),
        postings: vec![
            line("cash:pending", "usd".to_owned(), -i64::MAX),
            line("venue", "usd".to_owned(), i64::MAX),
            line("shares:pending", token(5).to_string(), 3),
            line("venue", token(5).to_string(), -3),
        ],
    }
}

pub(super) fn position(number: u64) -> PositionRow {
    PositionRow {
        token: token(number),
        condition: condition(6),
        group: Some(GroupId("30829".into())),
        settled: Shares::from_micros(8),
        pending_in: Shares::from_micros(9),
        pending_out: Shares::from_micros(14),
        cost: Usd::from_micros(10),
        realised: Usd::from_micros(-11),
        fees: Usd::from_micros(12),
        updated_at: later(13),
    }
}

pub(super) fn plan(number: i64) -> PlanRow {
    PlanRow {
        id: format!("plan:{number}"),
        strategy: label("neg_risk_basket"),
        opportunity_id: Some(format!("neg_risk_long:{number}:0")),
        state: word("ordering"),
        opened_at: later(number),
        closed_at: None,
        expected_net: Usd::from_micros(1_500_000),
        realised_net: None,
        breach: Usd::ZERO,
        body: json!({"stage": 1, "big": u64::MAX}),
    }
}

pub(super) fn signal(number: i64) -> SignalRow {
    SignalRow {
        id: format!("mint_split:parity_short:{}:{number}:1", condition(1)),
        at: later(number),
        strategy: label("mint_split"),
        opportunity_id: Some(format!("parity_short:{number}")),
        subject: condition(1).to_string(),
        expires_at: later(number + 1_000),
        size: Shares::from_micros(1),
        capital: Usd::from_micros(2),
        best: Usd::from_micros(3),
        leg_missing: Usd::from_micros(-4),
        floor: Usd::from_micros(-5),
        body: json!({"stages": []}),
    }
}

pub(super) fn decision(number: i64) -> DecisionRow {
    DecisionRow {
        id: format!("decision:{number}"),
        at: later(number),
        opportunity_id: Some(format!("parity_short:{}", number % 2)),
        strategy: label("mint_split"),
        verdict: Verdict::Refused,
        rule: Some(label("market_limit")),
        gates: json!([{"rule": "market_limit", "value": "1000.01", "limit": "1000"}]),
        signal_id: Some(signal(number).id),
        plan_id: Some("plan:17".to_owned()),
    }
}

pub(super) fn chain_action(number: i64) -> ChainActionRow {
    ChainActionRow {
        id: format!("task:{number}"),
        plan_id: Some("plan:17".to_owned()),
        strategy: label("mint_split"),
        kind: word("split"),
        state: word("prepared"),
        nonce: Some(18),
        hash: Some(format!("0x{}", "ab".repeat(32))),
        prepared: Some("0x02f8".to_owned()),
        amounts: json!({"cash": "-1.5"}),
        reason: None,
        at: later(number),
        updated_at: later(number),
    }
}

pub(super) fn daily_result(strategy: &str, day: i64) -> DailyResultRow {
    DailyResultRow {
        day: UnixMillis(day * 86_400_000),
        strategy: Some(label(strategy)),
        condition: Some(condition(1)),
        group: Some(GroupId("30829".into())),
        figures: ResultFigures {
            realised: Usd::from_micros(-19),
            fees: Usd::from_micros(20),
            gas: Usd::from_micros(22),
            adjusted: Usd::from_micros(-23),
            trades: 21,
        },
        updated_at: NOON,
    }
}

pub(super) fn risk(name: &str) -> RiskStateRow {
    RiskStateRow { name: label(name), body: json!({"market": "1000"}), at: NOON }
}

pub(super) fn command(id: &str) -> CommandRow {
    CommandRow {
        id: id.to_owned(),
        at: NOON,
        actor: "admin@127.0.0.1".to_owned(),
        action: label("set_limits"),
        target: "market_limit".to_owned(),
        outcome: "accepted".to_owned(),
        value_before: Some(json!({"market": "1000"})),
        value_after: Some(json!({"market": "500"})),
    }
}

/// One row of every kind.
pub(super) fn one_of_each() -> MoneyBatch {
    let usd = Usd::from_micros;
    let mark = EquityRow { at: NOON, equity: usd(7), peak: usd(9), net: usd(-2) };
    MoneyBatch {
        equity: vec![mark],
        first_seq: 1,
        records: vec![record(1)],
        signals: vec![signal(1)],
        decisions: vec![decision(1)],
        orders: vec![order(1, NOON)],
        fills: vec![fill("t1", 1, NOON)],
        entries: vec![entry(1)],
        positions: vec![position(1)],
        plans: vec![plan(1)],
        chain_actions: vec![chain_action(1)],
        daily_results: vec![daily_result("mint_split", 20_000)],
        risk_state: vec![risk("limits")],
        commands: vec![command("c1")],
    }
}
