//! A desk with its journal, and a floor: two processes' worth of state that die separately.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use domain::{
    Book, DurationMillis, Level, OrderId, Price, Shares, Side, TokenId, Touch, TradeId, TradeState,
    UnixMillis, Usd,
};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Effect, Env, Event, Input, OrderNumber, Origin, Outcome,
    Quotes, Reconciliation, Recorded, Sign, Signed, TaskNumber, TradeTrack,
};
use engine::fill_model::{Floor, PaperOrder, PaperSettings, Ticket};
use engine::reconcile::{OurOrder, OurView};
use engine::risk::{Limits, Reconciled};
use engine::signal::{ChainTask, PlannedOrder, Signal};

use crate::desk::Run;
use crate::kit::NOW;

const TURN: DurationMillis = DurationMillis(250);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    Floor,
    Desk,
    Both,
}

struct Bids;
impl Quotes for Bids {
    fn touch(&self, _: TokenId) -> Touch {
        Touch { bid: Some(Price::parse("0.35").unwrap()), ask: None }
    }
}

struct Salted(Cell<u64>);
impl Sign for Salted {
    fn sign(&self, number: OrderNumber, _: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        self.0.set(self.0.get().wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1));
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.0.get().to_be_bytes());
        id[8..16].copy_from_slice(&number.0.to_be_bytes());
        Ok(Signed { id: OrderId::from_bytes(id), body: String::new() })
    }
}

pub(super) struct Pair {
    dealer: Dealer,
    /// What is durable.
    journal: Vec<Recorded>,
    /// What was decided and is not durable yet.
    deciding: VecDeque<Outcome>,
    settings: PaperSettings,
    floor: Option<Floor>,
    /// A floor that begins, and has not seen the desk yet.
    fresh: Option<Floor>,
    effects: VecDeque<Effect>,
    inbox: VecDeque<Input>,
    signer: Salted,
    now: UnixMillis,
    turns: u16,
    restarts: Vec<(u16, Restart)>,
    rng: u64,
    asks: bool,
    cleared: bool,
}

impl Pair {
    fn limits() -> Limits {
        Run::limits()
    }
    pub(super) fn new(settings: PaperSettings, seed: u64) -> Self {
        // Books are stated once a turn.
        let settings = PaperSettings { book_wait_ms: DurationMillis(700), ..settings };
        let mut pair = Self {
            dealer: Dealer::new(Desk::new(NOW, Self::limits()).unwrap()),
            journal: Vec::new(),
            deciding: VecDeque::new(),
            settings,
            floor: None,
            fresh: Some(Floor::new(settings)),
            effects: VecDeque::new(),
            inbox: VecDeque::new(),
            signer: Salted(Cell::new(seed)),
            now: NOW,
            turns: 0,
            restarts: Vec::new(),
            rng: seed | 1,
            asks: true,
            cleared: false,
        };
        let by = Origin("test".to_owned());
        pair.input(Input::Ordered(by, Control::Transfer(Usd::from_whole(10_000))));
        pair.commit(usize::MAX);
        pair.turn();
        pair
    }
    pub(super) fn restart_at(&mut self, restarts: Vec<(u16, Restart)>) {
        self.restarts = restarts;
    }
    /// Nobody offers anything any more.
    pub(super) fn thin_books(&mut self) {
        self.asks = false;
    }
    pub(super) fn raise(&mut self, signal: Signal) {
        self.input(Input::Raise { signal: Box::new(signal), gates: Vec::new() });
    }
    pub(super) fn open_orders(&self) -> usize {
        self.floor.as_ref().map_or(0, Floor::open_orders)
    }
    pub(super) const fn was_cleared(&self) -> bool {
        self.cleared
    }

    fn random(&mut self, below: u64) -> u64 {
        self.rng = self.rng.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (self.rng >> 33) % below
    }

    pub(super) fn input(&mut self, input: Input) {
        self.inbox.push_back(input);
        self.decide();
    }
    fn decide(&mut self) {
        while let Some(input) = self.inbox.pop_front() {
            let settings = DealerSettings::default();
            let env =
                Env { now: self.now, quotes: &Bids, signer: &self.signer, settings: &settings };
            let outcome = self.dealer.handle(input, &env);
            self.deciding.push_back(outcome);
            assert_eq!(self.dealer.desk().ledger().check(), Ok(()));
        }
    }
    /// Makes the first so many decisions durable, and lets their effects out.
    fn commit(&mut self, decisions: usize) {
        for outcome in self.deciding.drain(..decisions.min(self.deciding.len())) {
            self.journal.extend(outcome.events);
            self.effects.extend(outcome.effects);
        }
    }

    fn begin_again(&mut self, restart: Restart) {
        if restart != Restart::Desk {
            self.floor = None;
            self.fresh = Some(Floor::new(self.settings));
        }
        if restart == Restart::Both {
            self.inbox.clear();
            self.effects.clear();
        }
        if restart != Restart::Floor {
            self.deciding.clear();
            let desk = Desk::from_journal(NOW, Self::limits(), &self.journal).unwrap();
            self.dealer = Dealer::new(desk);
            let questions = self.dealer.questions(self.now);
            self.effects.extend(questions);
        }
    }

    pub(super) fn turn(&mut self) {
        self.turns = self.turns.saturating_add(1);
        self.now = self.now.plus(TURN);
        let turn = self.turns;
        let due: Vec<_> = self.restarts.extract_if(.., |(at, _)| *at == turn).collect();
        for (_, restart) in due {
            // Some of what was decided became durable before the end, some did not.
            let durable = self.random(self.deciding.len() as u64 + 1) as usize;
            self.commit(durable);
            self.begin_again(restart);
        }
        self.compare();
        self.state_books();
        if let Some(floor) = &mut self.floor {
            while let Some(effect) = self.effects.pop_front() {
                act(floor, self.dealer.desk(), effect, self.now, self.rng);
            }
            self.inbox.extend(floor.advance(self.now));
            self.cleared |= floor.cleared();
        }
        self.inbox.push_back(Input::Tick);
        self.decide();
        // A slow disk now and then.
        let durable = match self.random(4) {
            0 => self.random(self.deciding.len() as u64 + 1) as usize,
            _ => usize::MAX,
        };
        self.commit(durable);
    }

    /// A floor that begins takes up what the desk knows; a desk that begins is compared again.
    fn compare(&mut self) {
        let begins = self.fresh.is_some();
        if !begins && self.dealer.reconciled() == Reconciled::Yes && !self.turns.is_multiple_of(40)
        {
            return;
        }
        self.decide();
        let ours = self.ours();
        let Some(mut floor) = self.fresh.take().or_else(|| self.floor.take()) else { return };
        floor.resume(&ours, self.now);
        self.floor = Some(floor);
        self.inbox.push_back(Input::Reconciled(Reconciliation::Agrees));
    }
    fn ours(&self) -> OurView {
        let desk = self.dealer.desk();
        let open = desk.open_orders().map(|order| OurOrder {
            id: order.id,
            token: order.order.terms.token,
            side: order.order.terms.side,
            matched: order.matched,
            changed_at: order.created_at,
        });
        OurView::of(desk.ledger(), open.collect(), BTreeMap::new(), self.now)
    }

    fn state_books(&mut self) {
        let Some(tokens) = self.floor.as_ref().map(Floor::tokens) else { return };
        for token in tokens {
            let (sells, buys) = (self.random(80) + 1, self.random(80) + 40);
            let (ask, bid, lost) = (self.random(30) + 25, self.random(4) + 35, self.random(10));
            let level = |cents: u64, size: u64| Level {
                price: Price::from_ten_thousandths(cents as u16 * 100).unwrap(),
                size: Shares::from_whole(size as i64),
            };
            let mut book = Book::new();
            let asks = self.asks.then(|| level(ask.max(bid + 1), sells));
            book.replace([level(bid, buys)], asks);
            let (now, Some(floor)) = (self.now, &mut self.floor) else { return };
            match lost {
                0 => floor.on_book_lost(token, now),
                _ => floor.on_book(token, &book, now),
            }
        }
    }

    pub(super) fn until_quiet(&mut self) {
        for _ in 0..4_000 {
            self.turn();
            let desk = self.dealer.desk();
            if let Some(halt) = desk.risk().halted() {
                assert_eq!(halt.cause.code(), "consecutive_errors", "{halt:?}");
                let by = Origin("test".to_owned());
                self.input(Input::Ordered(by, Control::Resume));
                continue;
            }
            let settled = desk.ledger().open_trades().count() == 0;
            if desk.plans().is_empty() && desk.tasks().is_empty() && settled {
                self.commit(usize::MAX);
                return;
            }
        }
        let desk = self.dealer.desk();
        panic!("no end: {:#?}\n{:#?}", desk.plans(), desk.orders());
    }

    pub(super) fn bought(&self) -> Shares {
        let (orders, trades, _) = self.told();
        let bought = |(name, _): &(&(OrderId, TradeId), &TradeTrack)| {
            orders[&name.0].terms.side == Side::Buy
        };
        trades.iter().filter(bought).map(|(_, trade)| trade.size).sum()
    }

    /// The journal read by somebody who knows nothing of ledgers: orders, the last word of every
    /// match, and the transactions that happened.
    #[expect(clippy::type_complexity, reason = "three lists of one reading")]
    fn told(
        &self,
    ) -> (BTreeMap<OrderId, PlannedOrder>, BTreeMap<(OrderId, TradeId), TradeTrack>, Vec<ChainTask>)
    {
        let mut orders = BTreeMap::new();
        let mut names: BTreeMap<OrderNumber, OrderId> = BTreeMap::new();
        let mut trades = BTreeMap::new();
        let mut wishes: BTreeMap<TaskNumber, ChainTask> = BTreeMap::new();
        let mut tasks = Vec::new();
        for recorded in &self.journal {
            match recorded.event.clone() {
                Event::OrderIntended { order, wish, id, .. } => {
                    orders.insert(id, *wish);
                    names.insert(order, id);
                }
                Event::TradeSeen { order, trade, size, value, fee, state, .. } => {
                    let track = TradeTrack { size, value, fee, state };
                    trades.insert((names[&order], trade), track);
                }
                Event::TaskIntended { task, wish, .. } => {
                    wishes.insert(task, *wish);
                }
                Event::TaskConfirmed { task } => tasks.extend(wishes.remove(&task)),
                _ => {}
            }
        }
        (orders, trades, tasks)
    }

    pub(super) fn check(&self) {
        let (orders, trades, tasks) = self.told();
        let mut cash = Usd::from_whole(10_000);
        let mut shares: BTreeMap<TokenId, Shares> = BTreeMap::new();
        let mut spent: BTreeMap<OrderId, (Shares, Usd)> = BTreeMap::new();
        for ((order, name), trade) in &trades {
            assert!(trade.state.is_final(), "{name} is stuck: {trade:?}");
            let so_far = spent.entry(*order).or_default();
            *so_far = (so_far.0 + trade.size, so_far.1 + trade.value);
            if trade.state == TradeState::Failed {
                continue;
            }
            let terms = orders[order].terms;
            let held = shares.entry(terms.token).or_default();
            if terms.side == Side::Buy {
                *held += trade.size;
                cash -= trade.value + trade.fee;
            } else {
                *held -= trade.size;
                cash += trade.value - trade.fee;
            }
        }
        for task in tasks {
            cash += task.effect.cash;
            for (token, change) in task.effect.shares {
                *shares.entry(token).or_default() += change;
            }
        }
        for (order, (size, value)) in spent {
            let terms = orders[&order].terms;
            let rests = terms.lifetime.rests() || terms.side == Side::Sell;
            let dollars = terms.size.at(terms.price, domain::Rounding::Up);
            let cent = Usd::from_micros(10_000);
            assert!(!rests || size <= terms.size, "{order} sold or bought too much: {size}");
            assert!(terms.side == Side::Sell || value <= dollars + cent, "{order} paid {value}");
        }
        shares.retain(|_, held| *held != Shares::ZERO);
        let desk = self.dealer.desk();
        assert_eq!(desk.ledger().check(), Ok(()));
        assert_eq!(desk.ledger().cash().settled, cash);
        let settled: BTreeMap<TokenId, Shares> = (desk.ledger().positions().into_iter())
            .filter(|(_, held)| held.settled != Shares::ZERO)
            .map(|(token, held)| (token, held.settled))
            .collect();
        assert_eq!(settled, shares);
        let again = Desk::from_journal(NOW, Self::limits(), &self.journal).unwrap();
        assert_eq!(again.ledger(), desk.ledger(), "the journal tells the same story");
    }
}

fn act(floor: &mut Floor, desk: &Desk, effect: Effect, now: UnixMillis, draw: u64) {
    match effect {
        Effect::Post(approved) => {
            let signed = approved.into_inner();
            // A desk that has forgotten the order will not be told of it either.
            let Some(track) = desk.order_of(signed.number).filter(|it| it.id == signed.id) else {
                return;
            };
            let order = PaperOrder {
                id: signed.id,
                terms: track.order.terms,
                tick: track.order.market.tick,
                order_size_min: track.order.market.order_size_min,
                fee: track.order.market.fee,
                draw: PaperOrder::draw_of(signed.id),
            };
            let condition = track.order.market.condition;
            floor.post(Ticket { number: signed.number, condition, order }, now);
        }
        Effect::Cancel(number, id) => floor.cancel(number, id, now),
        Effect::CancelAll => floor.cancel_all(now),
        Effect::LookUp(number, id) => floor.look_up(number, id, now),
        Effect::ReadTrades(condition) => floor.read_trades(condition, now),
        Effect::Prepare(approved) => floor.prepare(approved.get().number, draw),
        Effect::Submit(approved) => {
            let task = approved.into_inner();
            floor.submit(task.number, &task.prepared, now);
        }
        Effect::Decided(_) | Effect::Notify(_) => {}
    }
}
