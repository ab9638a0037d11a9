//! The journal of a desk that bought and sold for a long time.

use domain::{
    ConditionId, Crossing, FeeTerms, Lifetime, Liquidity, OrderId, OrderTerms, Price,
    ProtocolVersion, Rounding, Shares, Side, TickSize, TokenId, TradeId, TradeState, UnixMillis,
    Usd,
};
use engine::desk::{
    EndCause, Event, LegIndex, OrderNumber, Origin, Phase, PlanEnd, PlanNumber, Purse, Recorded,
    Verdict,
};
use engine::opportunity::{OutcomeIndex, Subject};
use engine::risk::{Limits, WorstCase};
use engine::signal::{
    Aim, Certificate, Exposure, PlannedOrder, Signal, SignalId, Stage, StrategyName, TradedMarket,
};
use store::{DatabaseUrl, JournalRecord, Label, MoneyBatch, Store, StoreSettings};

const BEGAN: UnixMillis = UnixMillis(1_790_000_000_000);
const MARKETS: u64 = 300;
/// Milliseconds between two plans.
const PACE: i64 = 10_000;

/// Writes a journal of at least so many records, and says how many it has.
pub(super) async fn write(url: &DatabaseUrl, records: usize) -> u64 {
    let store = Store::connect(&StoreSettings::new(url.clone())).await.unwrap();
    store.migrate().await.unwrap();
    let journal = store.money().open_journal("yesterday", BEGAN).await.unwrap();
    let all = events(records);
    let record = |recorded: &Recorded| JournalRecord {
        kind: Label::new(recorded.event.kind()).unwrap(),
        body: serde_json::to_string(&recorded.event).unwrap(),
        at: recorded.at,
    };
    for chunk in all.chunks(500) {
        let first_seq = journal.next_seq().await;
        let records = chunk.iter().map(record).collect();
        journal.append(&MoneyBatch { first_seq, records, ..MoneyBatch::default() }).await.unwrap();
    }
    journal.close().await.unwrap();
    all.len() as u64
}

fn events(records: usize) -> Vec<Recorded> {
    let by = || Origin("test".to_owned());
    let limits = Box::new(Limits::default());
    let mut all = vec![
        Recorded { at: BEGAN, event: Event::Opened { purse: Purse("test".to_owned()) } },
        Recorded { at: BEGAN, event: Event::LimitsSet { limits, by: by() } },
        Recorded {
            at: BEGAN,
            event: Event::CashMoved { amount: Usd::from_whole(10_000), by: by() },
        },
    ];
    let mut number = 0;
    while all.len() < records {
        number += 1;
        all.extend(plan(number));
    }
    all
}

/// An order that is filled at once; what one plan buys the next one sells.
fn plan(number: u64) -> Vec<Recorded> {
    let at = UnixMillis(BEGAN.0 + number as i64 * PACE);
    let side = if number.is_multiple_of(2) { Side::Sell } else { Side::Buy };
    let (plan, order) = (PlanNumber(number), OrderNumber(number));
    let wish = wish((number - 1) / 2 % MARKETS, side);
    let (size, value) = (wish.terms.size, wish.value);
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let trade = |state| Event::TradeSeen {
        order,
        trade: TradeId(format!("{number:064x}")),
        size,
        price: wish.terms.price,
        value,
        fee: wish.fee,
        liquidity: Liquidity::Taker,
        state,
        matched_at: at,
    };
    let cash = match side {
        Side::Buy => -value - wish.fee,
        Side::Sell => value - wish.fee,
    };
    let kept = match side {
        Side::Buy => [(wish.terms.token, size)].into(),
        Side::Sell => std::collections::BTreeMap::new(),
    };
    let end =
        PlanEnd { cash, kept, left: std::collections::BTreeMap::new(), verdict: Verdict::Done };
    let events = [
        Event::PlanOpened { plan, signal: Box::new(signal(number, at, wish.clone())) },
        Event::PlanMoved { plan, phase: Phase::Ordering { stage: 0, requotes: 0 } },
        Event::OrderIntended {
            order,
            plan,
            leg: Some(LegIndex { stage: 0, leg: 0 }),
            wish: Box::new(wish.clone()),
            id: OrderId::from_bytes(id),
            body: "signed ".repeat(130),
        },
        Event::OrderEnded { order, cause: EndCause::Filled, matched: size },
        trade(TradeState::Matched),
        trade(TradeState::Mined),
        trade(TradeState::Confirmed),
        Event::PlanMoved { plan, phase: Phase::BALANCE },
        Event::PlanClosed { plan, end },
    ];
    events.into_iter().map(|event| Recorded { at, event }).collect()
}

fn wish(market: u64, side: Side) -> PlannedOrder {
    let mut condition = [0; 32];
    condition[..8].copy_from_slice(&market.to_be_bytes());
    let token = |at: u64| TokenId::from_words([u64::MAX - market, 7, 7, at]);
    let market = TradedMarket {
        condition: ConditionId::from_bytes(condition),
        question: None,
        group: None,
        tokens: [token(0), token(1)],
        tick: TickSize::Hundredth,
        order_size_min: Shares::from_whole(5),
        fee: FeeTerms::parse("0.04", "1").unwrap(),
        version: ProtocolVersion::V1,
        neg_risk: false,
    };
    let (price, size) = (Price::parse("0.4").unwrap(), Shares::from_whole(20));
    let (lifetime, crossing) = (Lifetime::FillAndKill, Crossing::Allowed);
    PlannedOrder {
        terms: OrderTerms { token: token(0), side, price, size, lifetime, crossing },
        outcome: OutcomeIndex::Yes,
        value: size.at(price, Rounding::Up),
        fee: market.fee.fee(size, price, Rounding::Up),
        market,
    }
}

fn signal(number: u64, at: UnixMillis, wish: PlannedOrder) -> Signal {
    let mut signal = Signal {
        id: SignalId::new(&format!("long:{number}")).unwrap(),
        strategy: StrategyName::new("mint_split").unwrap(),
        opportunity: None,
        subject: Subject::Market(wish.market.condition),
        raised_at: at,
        expires_at: at,
        size: wish.terms.size,
        stages: vec![Stage::Orders(vec![wish])],
        aim: Aim::Hold,
        certificate: Certificate::default(),
        exposure: Vec::new(),
        capital: Usd::ZERO,
        ends_at: None,
        books_vouched_at: None,
    };
    let worst = WorstCase::of(&signal).unwrap();
    signal.capital = worst.capital;
    let named = |(condition, at_risk)| Exposure { condition, group: None, at_risk };
    signal.exposure = worst.markets.into_iter().map(named).collect();
    signal
}
