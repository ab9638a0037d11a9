//! Orders of plans that are over, and late words of them.

use std::collections::BTreeMap;

use domain::{
    DurationMillis, Lifetime, Liquidity, OrderId, Shares, Side, TradeId, TradeState, Usd,
};
use engine::desk::{
    Charge, Dealer, DealerSettings, Desk, EndCause, Env, Event, Input, NoQuotes, OrderNumber,
    PlanEnd, PlanNumber, RETIRED_MAX, Recorded, Sign, Signed, TradeSight, Verdict,
};
use engine::signal::PlannedOrder;

use super::{Run, named};
use crate::kit::NOW;
use crate::plan::world::order_by_hand;

struct Nobody;
impl Sign for Nobody {
    fn sign(
        &self,
        _: OrderNumber,
        _: &PlannedOrder,
        _: domain::UnixMillis,
    ) -> Result<Signed, String> {
        Err("nobody signs".to_owned())
    }
}

fn id(number: u64) -> OrderId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_be_bytes());
    OrderId::from_bytes(id)
}

/// A desk that is told what happens, one second after the other.
struct Told {
    desk: Desk,
    seconds: i64,
}

impl Told {
    fn new() -> Self {
        let desk = Desk::new(NOW, Run::limits()).unwrap();
        let mut told = Self { desk, seconds: 0 };
        let by = engine::desk::Origin("test".to_owned());
        told.tell(Event::CashMoved { amount: Usd::from_whole(1_000_000), by });
        told
    }
    fn tell(&mut self, event: Event) {
        self.seconds += 1;
        let at = NOW.plus(DurationMillis::from_seconds(self.seconds));
        self.desk.apply(&Recorded { at, event }).unwrap();
    }
    fn begin(&mut self, number: u64) {
        let signal = order_by_hand(Side::Buy, "0.4", 10, Lifetime::GoodTilCancelled);
        let signal = named(signal, number as usize);
        let plan = PlanNumber(number);
        let wish = Box::new(signal.orders().next().unwrap().clone());
        self.tell(Event::PlanOpened { plan, signal: Box::new(signal) });
        let (order, body) = (OrderNumber(number), String::new());
        self.tell(Event::OrderIntended { order, plan, leg: None, wish, id: id(number), body });
    }
    fn end(&mut self, number: u64) {
        let sight = sight(number);
        self.tell(Event::TradeSeen {
            order: OrderNumber(number),
            trade: sight.trade,
            size: sight.size,
            price: sight.price,
            value: sight.value,
            fee: Usd::ZERO,
            liquidity: sight.liquidity,
            state: sight.state,
            matched_at: NOW,
        });
        let (order, matched) = (OrderNumber(number), sight.size);
        self.tell(Event::OrderEnded { order, cause: EndCause::Filled, matched });
        let (kept, left) = (BTreeMap::new(), BTreeMap::new());
        let end = PlanEnd { cash: -sight.value, kept, left, verdict: Verdict::Done };
        self.tell(Event::PlanClosed { plan: PlanNumber(number), end });
    }
    /// What a dealer at this desk makes of a match.
    fn hears(self, sight: TradeSight) -> Dealer {
        let mut dealer = Dealer::new(self.desk);
        let settings = DealerSettings::default();
        let env = Env { now: NOW, quotes: &NoQuotes, signer: &Nobody, settings: &settings };
        dealer.handle(Input::Traded(sight), &env);
        dealer
    }
}

fn sight(number: u64) -> TradeSight {
    let order = order_by_hand(Side::Buy, "0.4", 10, Lifetime::GoodTilCancelled);
    let terms = order.orders().next().unwrap().terms;
    TradeSight {
        trade: TradeId(format!("t{number}")),
        order: id(number),
        token: terms.token,
        side: terms.side,
        size: Shares::from_whole(10),
        price: terms.price,
        value: Usd::from_whole(4),
        fee: Charge::Stated(Usd::ZERO),
        liquidity: Liquidity::Maker,
        state: TradeState::Confirmed,
        at: NOW,
    }
}

const MANY: u64 = RETIRED_MAX as u64;

#[test]
fn a_match_told_again_of_an_order_that_is_forgotten_is_no_trade_by_hand() {
    let mut told = Told::new();
    for number in 1..=MANY + 10 {
        told.begin(number);
        told.end(number);
    }
    assert!(told.desk.order(&id(1)).is_none(), "it is forgotten");
    assert!(told.desk.order(&id(11)).is_some());
    let booked = told.desk.ledger().cash();
    let dealer = told.hears(sight(1));
    assert_eq!(dealer.desk().risk().halted(), None);
    assert_eq!(dealer.desk().ledger().cash(), booked);
}

#[test]
fn another_match_of_a_forgotten_order_still_halts() {
    let mut told = Told::new();
    for number in 1..=MANY + 10 {
        told.begin(number);
        told.end(number);
    }
    let strange = TradeSight { trade: TradeId("another".to_owned()), ..sight(1) };
    assert!(told.hears(strange).desk().risk().halted().is_some());
}

#[test]
fn an_old_order_that_ended_last_is_remembered_and_so_are_the_newest() {
    let mut told = Told::new();
    told.begin(1);
    // The newest of all ends first.
    told.begin(MANY * 2 + 10);
    told.end(MANY * 2 + 10);
    for number in 2..=MANY * 2 {
        told.begin(number);
        told.end(number);
    }
    told.end(1);
    assert!(told.desk.order(&id(1)).is_some(), "it ended a moment ago");
    assert!(told.desk.order(&id(MANY * 2 + 10)).is_some(), "a journal of before may speak of it");
    assert!(told.desk.order(&id(2)).is_none(), "neither new nor ended lately");
    let late = TradeSight { trade: TradeId("late".to_owned()), ..sight(1) };
    assert_eq!(told.hears(late).desk().risk().halted(), None);
}
