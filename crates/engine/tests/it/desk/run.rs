//! A desk, its journal, and a process that can die between any two of its steps.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use domain::{
    DurationMillis, Liquidity, OrderId, OrderTerms, Price, Shares, Side, TokenId, Touch, TradeId,
    TradeState, UnixMillis, Usd,
};
use engine::desk::{
    Charge, Control, Dealer, DealerSettings, DecisionMade, Desk, Effect, Env, Event, Input,
    OrderNumber, OrderSight, OrderStanding, OrderTrack, Origin, Quotes, Reconciliation, Recorded,
    Sign, Signed, TaskSight, TradeSight, TradingView,
};
use engine::risk::{Limits, WorstCase};
use engine::signal::{Exposure, PlannedOrder, Signal, SignalId, StrategyName};

use super::venue::{Faults, Venue};
use crate::kit::{NOW, market};

const TURN: DurationMillis = DurationMillis(1_000);

struct Bids;
impl Quotes for Bids {
    fn touch(&self, _: TokenId) -> Touch {
        Touch { bid: Some(Price::parse("0.4").unwrap()), ask: None }
    }
}

/// Names differ by a salt, as they do at the venue: the same order signed twice is two orders.
struct Salted(Cell<u64>);
impl Sign for Salted {
    fn sign(&self, number: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        self.0.set(self.0.get() + 1);
        let mut id = [0; 32];
        id[..8].copy_from_slice(&number.0.to_be_bytes());
        id[8..16].copy_from_slice(&self.0.get().to_be_bytes());
        Ok(Signed { id: OrderId::from_bytes(id), body: format!("{number}/{}", self.0.get()) })
    }
}

pub(crate) fn named(mut signal: Signal, number: usize) -> Signal {
    signal.id = SignalId::new(&format!("test:{number}")).unwrap();
    if signal.strategy != StrategyName::manual() {
        signal.strategy = StrategyName::new("test").unwrap();
    }
    let worst = WorstCase::of(&signal).unwrap();
    signal.capital = worst.capital;
    let exposure = worst.markets;
    signal.exposure = exposure
        .into_iter()
        .map(|(condition, at_risk)| Exposure { condition, group: None, at_risk })
        .collect();
    signal.expires_at = NOW.plus(DurationMillis(3_600_000));
    signal
}

pub(crate) struct Run {
    dealer: Dealer,
    journal: Vec<Recorded>,
    pub(crate) venue: Venue,
    inbox: VecDeque<Input>,
    signer: Salted,
    now: UnixMillis,
    crashes: Vec<u16>,
    handled: u16,
    decisions: Vec<DecisionMade>,
    notices: Vec<&'static str>,
    dead: bool,
}

impl Run {
    pub(crate) fn limits() -> Limits {
        Limits {
            trades_per_minute_max: 100,
            consecutive_errors_max: 5,
            day_loss_usd_max: Usd::from_whole(100_000),
            drawdown_usd_max: Usd::from_whole(100_000),
            floor_loss_usd_max: Usd::from_whole(100_000),
            leg_missing_loss_usd_max: Usd::from_whole(100_000),
            ..Limits::default()
        }
    }
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        let mut run = Self::empty(faults, seed);
        let by = Origin("test".to_owned());
        run.input(Input::Ordered(by, Control::Transfer(Usd::from_whole(10_000))));
        run.input(Input::Reconciled(Reconciliation::Agrees));
        run
    }
    /// Nothing is booked, and nobody has compared anything.
    pub(crate) fn empty(faults: Faults, seed: u64) -> Self {
        let desk = Desk::new(NOW, Self::limits()).unwrap();
        Self {
            dealer: Dealer::new(desk),
            journal: Vec::new(),
            venue: Venue::new(faults, seed),
            inbox: VecDeque::new(),
            signer: Salted(Cell::new(seed)),
            now: NOW,
            crashes: Vec::new(),
            handled: 0,
            decisions: Vec::new(),
            notices: Vec::new(),
            dead: false,
        }
    }
    pub(crate) fn desk(&self) -> &Desk {
        self.dealer.desk()
    }
    /// Everything that was written down.
    pub(crate) fn journal(&self) -> &[Recorded] {
        &self.journal
    }
    pub(crate) fn view(&self) -> TradingView {
        TradingView::of(&self.dealer, &Bids, self.now, 1)
    }
    pub(crate) fn decisions(&self) -> Vec<DecisionMade> {
        self.decisions.clone()
    }
    /// The process dies at these inputs, counted from the start.
    pub(crate) fn crash_at(&mut self, inputs: Vec<u16>) {
        self.crashes = inputs;
    }
    pub(crate) fn raise(&mut self, signal: Signal) {
        self.input(Input::Raise { signal: Box::new(signal), gates: Vec::new() });
    }
    /// Nothing was refused that did not have to be: halted, locked and not yet compared is enough.
    pub(crate) fn expect_no_refusal(&self) {
        for decision in self.decisions.iter().filter(|decision| decision.plan.is_none()) {
            let refused = decision.gates.iter().filter(|gate| gate.is_refused());
            for gate in refused {
                let code = gate.rule.code();
                let expected = ["halted", "locked", "not_reconciled", "consecutive_errors"];
                assert!(expected.contains(&code), "{gate}");
            }
        }
    }
    pub(crate) fn resolve(&mut self, number: u8, yes_wins: bool) {
        let market = market(number);
        let (win, lose) = (Price::ONE, Price::ZERO);
        let payouts = if yes_wins { [win, lose] } else { [lose, win] };
        let tokens = [market.yes().token, market.no().token];
        self.input(Input::Resolved { condition: market.condition, tokens, payouts });
    }
    /// The venue shows an order of ours.
    pub(crate) fn shows(&mut self, order: &OrderTrack, standing: OrderStanding, matched: Shares) {
        self.input(Input::Sighted(OrderSight { id: order.id, standing, matched }));
    }
    pub(crate) fn strange_trade(&mut self) {
        self.input(Input::Traded(TradeSight {
            trade: TradeId("strange".to_owned()),
            order: OrderId::from_bytes([9; 32]),
            token: market(1).yes().token,
            side: Side::Buy,
            size: Shares::from_whole(1),
            price: Price::parse("0.5").unwrap(),
            value: Usd::from_micros(500_000),
            fee: Charge::Stated(Usd::ZERO),
            liquidity: Liquidity::Taker,
            state: TradeState::Matched,
            at: NOW,
        }));
    }

    /// A match of an order of ours, told now and long over.
    pub(crate) fn late_match(&mut self, order: &OrderTrack, size: Shares) {
        let OrderTerms { token, side, price, .. } = order.order.terms;
        self.input(Input::Traded(TradeSight {
            trade: TradeId("late".to_owned()),
            order: order.id,
            token,
            side,
            size,
            price,
            value: size.at(price, domain::Rounding::Up),
            fee: Charge::Stated(Usd::ZERO),
            liquidity: Liquidity::Maker,
            state: TradeState::Confirmed,
            at: order.created_at,
        }));
    }
    /// Nothing happens for days.
    pub(crate) fn days_pass(&mut self, days: i64) {
        self.now = self.now.plus(DurationMillis::from_seconds(days * 86_400));
    }
    pub(crate) const fn now(&self) -> UnixMillis {
        self.now
    }
    /// How often something of this kind was told.
    pub(crate) fn notices(&self, code: &str) -> usize {
        self.notices.iter().filter(|it| **it == code).count()
    }

    /// One input, and what it leads to, unless the process dies meanwhile.
    pub(crate) fn input(&mut self, input: Input) {
        self.inbox.push_back(input);
        self.work();
    }
    pub(crate) fn work(&mut self) {
        while let Some(input) = self.inbox.pop_front() {
            self.handled = self.handled.saturating_add(1);
            let dies = self.crashes.contains(&self.handled);
            let settings = DealerSettings::default();
            let env =
                Env { now: self.now, quotes: &Bids, signer: &self.signer, settings: &settings };
            let outcome = self.dealer.handle(input, &env);
            // Half of the deaths come before what was decided is durable, half after.
            if dies && self.venue.rng.chance(500_000) {
                self.crash();
                continue;
            }
            self.journal.extend(outcome.events);
            for effect in outcome.effects {
                if dies && self.venue.rng.chance(300_000) {
                    self.crash();
                    break;
                }
                self.act(effect);
            }
            assert_eq!(self.desk().ledger().check(), Ok(()));
        }
    }

    /// The process dies and comes back: all it knows is the journal.
    pub(crate) fn crash(&mut self) {
        self.inbox.clear();
        let desk = Desk::from_journal(NOW, Self::limits(), &self.journal).unwrap();
        self.dealer = Dealer::new(desk);
        let questions = self.dealer.questions(self.now);
        for question in questions {
            self.act(question);
        }
        self.inbox.push_back(Input::Reconciled(Reconciliation::Agrees));
    }

    fn act(&mut self, effect: Effect) {
        let now = self.now;
        match effect {
            Effect::Post(approved) => {
                let signed = approved.into_inner();
                let order = self.desk().orders()[&signed.number].order.clone();
                let news = self.venue.post(signed.number, signed.id, &order, now);
                self.inbox.push_back(news);
            }
            Effect::Cancel(number, id) => {
                let news = self.venue.cancel(number, id, now);
                self.inbox.push_back(news);
            }
            Effect::CancelAll => self.venue.cancel_all(),
            Effect::LookUp(number, id) => {
                let news = self.venue.look_up(number, id);
                self.inbox.extend(news);
            }
            Effect::ReadTrades(condition) => self.inbox.extend(self.venue.trades_of(condition)),
            Effect::Prepare(approved) => {
                let intent = approved.into_inner();
                let prepared = format!("{}@{}", intent.number, self.venue.rng.next());
                let reference = prepared.clone();
                let sight = TaskSight::Prepared { prepared, reference };
                self.inbox.push_back(Input::Task(intent.number, sight));
            }
            Effect::Submit(approved) => {
                let task = approved.into_inner();
                let wish = self.desk().tasks()[&task.number].task.clone();
                let news = self.venue.submit(task.number, &task.prepared, &wish);
                self.inbox.extend(news);
            }
            Effect::Decided(decision) => self.decisions.push(*decision),
            Effect::Notify(notice) => self.notices.push(notice.code),
        }
    }

    /// The transactions in the order in which they were prepared.
    pub(crate) fn prepared(&self) -> Vec<u64> {
        let number = |recorded: &Recorded| match &recorded.event {
            Event::TaskPrepared { task, .. } => Some(task.0),
            _ => None,
        };
        self.journal.iter().filter_map(number).collect()
    }

    pub(crate) fn turn(&mut self) {
        self.now = self.now.plus(TURN);
        let news = self.venue.advance(self.now);
        self.inbox.extend(news);
        self.inbox.push_back(Input::Tick);
        self.work();
    }

    /// Until nothing is on its way. A halt that errors brought about is resumed, as a person would.
    pub(crate) fn until_quiet(&mut self) {
        for _ in 0..3_000 {
            self.turn();
            if self.desk().risk().halted().is_some() {
                let halted = self.desk().risk().halted().cloned().unwrap();
                assert_eq!(halted.cause.code(), "consecutive_errors", "{halted:?}");
                let by = Origin("test".to_owned());
                self.input(Input::Ordered(by, Control::Resume));
            }
            if self.desk().plans().is_empty() && self.desk().tasks().is_empty() {
                self.dead = true;
                // Late requests may still arrive.
                for _ in 0..45 {
                    self.turn();
                }
                return;
            }
        }
        panic!("no end: {:#?}\n{:#?}", self.desk().plans(), self.desk().orders());
    }

    /// Both sides hold the same, and the journal tells the same story.
    pub(crate) fn check(&self) {
        let desk = self.desk();
        assert!(self.dead || self.desk().plans().is_empty());
        assert_eq!(desk.ledger().cash().settled, self.venue.cash());
        let settled: BTreeMap<TokenId, Shares> = (desk.ledger().positions().into_iter())
            .filter(|(_, held)| held.settled != Shares::ZERO)
            .map(|(token, held)| (token, held.settled))
            .collect();
        assert_eq!(settled, self.venue.shares());
        assert_eq!(self.venue.resting(), 0, "nothing rests that nobody knows of");
        let again = Desk::from_journal(NOW, Self::limits(), &self.journal).unwrap();
        assert_eq!(again.ledger(), desk.ledger());
        for part in 0..=4 {
            self.check_kept_desk(&again, self.journal.len() * part / 4);
        }
        let text = serde_json::to_string(&self.journal).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Recorded>>(&text).unwrap(), self.journal);
    }

    /// A desk that was kept after so many events, and the rest of them, are the whole journal.
    fn check_kept_desk(&self, whole: &Desk, events: usize) {
        let (first, rest) = self.journal.split_at(events);
        let kept = Desk::from_journal(NOW, Self::limits(), first).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        let mut desk: Desk = serde_json::from_str(&text).unwrap();
        assert_eq!(desk, kept, "text and back, after {events} events");
        desk.continue_from(rest).unwrap();
        assert_eq!(desk, *whole, "kept after {events} events");
    }
}
