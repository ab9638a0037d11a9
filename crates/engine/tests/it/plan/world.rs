//! A world for one plan: it fills orders by percentages, and keeps its own account of everything.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Crossing, DurationMillis, FeeTerms, Lifetime, OrderId, OrderTerms, Price, Shares, Side,
    TokenId, Touch, TradeId, TradeState, UnixMillis, Usd,
};
use engine::desk::{
    EndCause, ExecutionSettings, Leave, OrderNumber, OrderState, OrderTrack, Outlook, Phase, Plan,
    PlanEnd, PlanNumber, PlanView, Quotes, Step, TaskNumber, TaskState, TaskTrack, TradeTrack,
    advance,
};
use engine::opportunity::{ChainActionKind, OutcomeIndex, Subject};
use engine::signal::{
    Aim, Certificate, ChainTask, Holdings, PlannedOrder, Signal, SignalId, Stage, StrategyName,
    TradedMarket,
};

use crate::kit::{NOW, market};

const TURN: DurationMillis = DurationMillis(500);

/// What the world does.
#[derive(Clone, Debug)]
pub(crate) struct Luck {
    /// How much of each order is filled at once, in per cent; taken in turn. Above 100: refused.
    pub(crate) fill_percent: Vec<u8>,
    /// The first so many transactions revert.
    pub(crate) tasks_fail: u32,
    /// Every so many-th trade fails; 0 for none.
    pub(crate) trades_fail: u32,
    /// Nobody bids for anything that is given back, for so long; `None`: somebody always does.
    pub(crate) no_bids_for: Option<DurationMillis>,
    /// What is bid, where anybody bids.
    pub(crate) bid: &'static str,
    /// What is given back finds nobody, whatever is bid.
    pub(crate) no_takers: bool,
    /// Every order from this one on is refused.
    pub(crate) refuse_after: Option<usize>,
    /// Turns until a trade is final.
    pub(crate) settle_turns: u32,
    /// Nobody trades these.
    pub(crate) dead_tokens: Vec<TokenId>,
}

impl Luck {
    pub(crate) fn kind() -> Self {
        Self {
            fill_percent: vec![100],
            tasks_fail: 0,
            trades_fail: 0,
            no_bids_for: None,
            bid: "0.4",
            no_takers: false,
            refuse_after: None,
            settle_turns: 1,
            dead_tokens: Vec::new(),
        }
    }
}

pub(crate) struct World {
    plan: Plan,
    orders: Vec<OrderTrack>,
    tasks: Vec<TaskTrack>,
    luck: Luck,
    now: UnixMillis,
    leave: Leave,
    trades: u32,
    end: Option<PlanEnd>,
}

struct Bids(Option<Price>);
impl Quotes for Bids {
    fn touch(&self, _: TokenId) -> Touch {
        Touch { bid: self.0, ask: None }
    }
}

impl World {
    pub(crate) fn new(signal: Signal, luck: Luck) -> Self {
        let plan = Plan {
            number: PlanNumber(1),
            signal,
            opened_at: NOW,
            phase: Phase::Before { stage: 0 },
            moved_at: NOW,
        };
        let (orders, tasks) = (Vec::new(), Vec::new());
        Self { plan, orders, tasks, luck, now: NOW, leave: Leave::Act, trades: 0, end: None }
    }
    pub(crate) fn halt(&mut self) {
        self.leave = Leave::CancelOnly;
    }
    pub(crate) fn resume(&mut self) {
        self.leave = Leave::Act;
    }
    pub(crate) fn phase(&self) -> Phase {
        self.plan.phase
    }
    pub(crate) fn end(&self) -> PlanEnd {
        self.end.clone().expect("it has ended")
    }
    pub(crate) fn order_count(&self) -> usize {
        self.orders.len()
    }
    pub(crate) fn orders_of(&self, token: TokenId) -> usize {
        self.orders.iter().filter(|order| order.order.terms.token == token).count()
    }
    /// When what is given back was offered, in milliseconds from the beginning.
    pub(crate) fn offered_at(&self) -> Vec<i64> {
        let offers = self.orders.iter().filter(|order| order.leg.is_none());
        offers.map(|order| order.created_at.since(NOW).0).collect()
    }
    pub(crate) fn run_to_the_end(&mut self) {
        for _ in 0..2_000 {
            if self.end.is_some() {
                return;
            }
            self.turn();
        }
        panic!("no end: {:?}\n{:#?}", self.plan.phase, self.orders);
    }

    /// Half a second: the plan acts, and the world answers.
    pub(crate) fn turn(&mut self) {
        for _ in 0..16 {
            let steps = self.steps();
            if steps.is_empty() || self.end.is_some() {
                break;
            }
            for step in steps {
                self.carry_out(step);
            }
        }
        self.now = self.now.plus(TURN);
        self.settle();
    }

    fn steps(&self) -> Vec<Step> {
        let orders: Vec<&OrderTrack> = self.orders.iter().collect();
        let tasks: Vec<&TaskTrack> = self.tasks.iter().collect();
        let free = BTreeMap::new();
        let view = PlanView { plan: &self.plan, orders: &orders, tasks: &tasks, free: &free };
        let settings = ExecutionSettings::default();
        let quotes = Bids(self.is_bid_for().then(|| Price::parse(self.luck.bid).unwrap()));
        let given_up = BTreeSet::new();
        let outlook = Outlook {
            given_up: &given_up,
            now: self.now,
            quotes: &quotes,
            settings: &settings,
            venue: None,
            leave: self.leave,
        };
        advance(&view, &outlook)
    }

    fn is_bid_for(&self) -> bool {
        self.luck.no_bids_for.is_none_or(|wait| self.now.since(NOW) >= wait)
    }

    fn carry_out(&mut self, step: Step) {
        match step {
            Step::Enter(phase) => (self.plan.phase, self.plan.moved_at) = (phase, self.now),
            Step::Close(end) => self.end = Some(end),
            Step::Cancel(number) => {
                let now = self.now;
                let order = self.orders.iter_mut().find(|order| order.number == number).unwrap();
                order.cancel_asked_at = Some(now);
                end(order, EndCause::Cancelled, now);
            }
            Step::Start(task) => self.start(task),
            Step::Place { leg, order } => self.place(leg, order),
        }
    }

    fn start(&mut self, task: ChainTask) {
        for (token, shares) in &task.effect.shares {
            let held = self.held().get(token).copied().unwrap_or_default();
            assert!((held + *shares) >= Shares::ZERO, "more is given than held: {task:?}");
        }
        let state = if (self.tasks.len() as u32) < self.luck.tasks_fail {
            TaskState::Failed { why: "reverted".to_owned() }
        } else {
            TaskState::Confirmed
        };
        self.tasks.push(TaskTrack {
            number: TaskNumber(self.tasks.len() as u64 + 1),
            plan: Some(self.plan.number),
            strategy: self.plan.signal.strategy.clone(),
            task,
            state,
            prepared: None,
            reference: None,
            created_at: self.now,
            ended_at: Some(self.now),
        });
    }

    fn place(&mut self, leg: Option<engine::desk::LegIndex>, order: PlannedOrder) {
        let terms = order.terms;
        assert!(terms.size >= order.market.order_size_min && order.market.tick.allows(terms.price));
        assert_eq!(terms.size, terms.size.floor_to_order_size());
        if terms.side == Side::Sell {
            let held = self.held().get(&terms.token).copied().unwrap_or_default();
            let offered: Shares = (self.orders.iter())
                .filter(|o| o.order.terms.token == terms.token && o.order.terms.side == Side::Sell)
                .map(|o| o.left())
                .sum();
            assert!(held - offered >= terms.size, "sold more than settled");
        }
        let at = self.orders.len();
        let percent = self.luck.fill_percent[at % self.luck.fill_percent.len()];
        let refused = percent > 100 || self.luck.refuse_after.is_some_and(|from| at >= from);
        let dead = self.luck.dead_tokens.contains(&terms.token)
            || (leg.is_none() && (self.luck.no_takers || !self.is_bid_for()));
        let mut track = OrderTrack {
            number: OrderNumber(at as u64 + 1),
            id: OrderId::from_bytes([at as u8; 32]),
            plan: self.plan.number,
            leg,
            body: String::new(),
            state: OrderState::Live,
            matched: Shares::ZERO,
            trades: BTreeMap::new(),
            created_at: self.now,
            cancel_asked_at: None,
            ended_at: None,
            posts: 1,
            posted_at: self.now,
            order,
        };
        if refused {
            let (code, text) = ("no".to_owned(), String::new());
            end(&mut track, EndCause::Rejected { code, text }, self.now);
        } else if !dead {
            self.fill(&mut track, percent);
        }
        if !track.is_ended() && !terms.lifetime.rests() {
            end(&mut track, EndCause::Cancelled, self.now);
        }
        self.orders.push(track);
    }

    fn fill(&mut self, track: &mut OrderTrack, percent: u8) {
        let terms = track.order.terms;
        let size = Shares::from_micros(terms.size.micros() / 100 * i64::from(percent));
        if !size.is_positive() {
            return;
        }
        self.trades += 1;
        let fee = track.order.market.fee.fee(size, terms.price, domain::Rounding::Up);
        let value = size.at(terms.price, domain::Rounding::HalfUp);
        let trade = TradeTrack { size, value, fee, state: TradeState::Matched };
        track.trades.insert(TradeId(format!("t{}", self.trades)), trade);
        track.matched = size;
        if size == terms.size {
            end(track, EndCause::Filled, self.now);
        }
    }

    fn settle(&mut self) {
        let wait = i64::from(self.luck.settle_turns) * TURN.0;
        for order in &mut self.orders {
            if self.now.since(order.created_at).0 <= wait {
                continue;
            }
            for (id, trade) in &mut order.trades {
                if !trade.state.is_final() {
                    let number: u32 = id.0[1..].parse().unwrap();
                    let every = self.luck.trades_fail;
                    let fails = every > 0 && number.is_multiple_of(every);
                    trade.state = if fails { TradeState::Failed } else { TradeState::Confirmed };
                }
            }
        }
    }

    /// What is held, counted by the world alone.
    pub(crate) fn held(&self) -> BTreeMap<TokenId, Shares> {
        let mut held: BTreeMap<TokenId, Shares> = BTreeMap::new();
        for order in &self.orders {
            let terms = order.order.terms;
            for trade in order.trades.values().filter(|t| t.state == TradeState::Confirmed) {
                let size = if terms.side == Side::Buy { trade.size } else { -trade.size };
                *held.entry(terms.token).or_default() += size;
            }
        }
        for task in self.tasks.iter().filter(|task| task.state == TaskState::Confirmed) {
            for (token, shares) in &task.task.effect.shares {
                *held.entry(*token).or_default() += *shares;
            }
        }
        held.retain(|_, shares| *shares != Shares::ZERO);
        held
    }
    pub(crate) fn cash(&self) -> Usd {
        let mut cash = Usd::ZERO;
        for order in &self.orders {
            for trade in order.trades.values().filter(|t| t.state == TradeState::Confirmed) {
                let value =
                    if order.order.terms.side == Side::Buy { -trade.value } else { trade.value };
                cash += value - trade.fee;
            }
        }
        for task in self.tasks.iter().filter(|task| task.state == TaskState::Confirmed) {
            cash += task.task.effect.cash;
        }
        cash
    }
}

fn end(order: &mut OrderTrack, cause: EndCause, now: UnixMillis) {
    order.state = OrderState::Ended { cause };
    order.ended_at = Some(now);
}

pub(crate) fn yes(number: u8) -> TokenId {
    market(number).yes().token
}
pub(crate) fn no(number: u8) -> TokenId {
    market(number).no().token
}

fn traded(number: u8) -> TradedMarket {
    let market = market(number);
    TradedMarket {
        condition: market.condition,
        question: market.question,
        group: None,
        tokens: [market.yes().token, market.no().token],
        tick: market.tick,
        order_size_min: Shares::from_whole(5),
        fee: FeeTerms::FREE,
        version: market.version,
        neg_risk: true,
    }
}

fn order(number: u8, outcome: OutcomeIndex, side: Side, price: &str) -> PlannedOrder {
    let market = traded(number);
    let (price, size) = (Price::parse(price).unwrap(), Shares::from_whole(100));
    let lifetime = match side {
        Side::Buy => Lifetime::GoodTilDate { expires_at: NOW },
        Side::Sell => Lifetime::FillAndKill,
    };
    let token = market.tokens[outcome.get()];
    let terms = OrderTerms { token, side, price, size, lifetime, crossing: Crossing::Allowed };
    let value = size.at(price, domain::Rounding::Up);
    PlannedOrder { terms, market, outcome, value, fee: Usd::ZERO }
}

fn task(kind: ChainActionKind, numbers: &[u8], given: usize) -> ChainTask {
    ChainTask {
        kind,
        markets: numbers.iter().map(|number| traded(*number)).collect(),
        given,
        amount: Shares::from_whole(100),
        fee_bips: 0,
        effect: Holdings::default(),
        cost: Usd::ZERO,
        receiver: None,
    }
    .with_effect()
}

fn signal(aim: Aim, best: i64, stages: Vec<Stage>) -> Signal {
    Signal {
        id: SignalId::new("test:1").unwrap(),
        strategy: StrategyName::new("test").unwrap(),
        opportunity: None,
        subject: Subject::Market(market(1).condition),
        raised_at: NOW,
        expires_at: NOW.plus(DurationMillis(60_000)),
        size: Shares::from_whole(100),
        stages,
        aim,
        certificate: Certificate { best: Usd::from_whole(best), ..Certificate::default() },
        exposure: Vec::new(),
        capital: Usd::from_whole(100),
        ends_at: None,
        books_vouched_at: None,
    }
}

/// A person's wish: one order, or one transaction, of market 1.
pub(crate) fn by_hand(stage: Stage) -> Signal {
    Signal { strategy: StrategyName::manual(), ..signal(Aim::Hold, 0, vec![stage]) }
}

/// What the swarm believes in: one purchase that is kept.
pub(crate) fn believed() -> Signal {
    signal(Aim::Hold, 0, vec![Stage::Orders(vec![order(1, OutcomeIndex::Yes, Side::Buy, "0.4")])])
}

pub(crate) fn order_by_hand(side: Side, price: &str, size: i64, lifetime: Lifetime) -> Signal {
    let mut order = order(1, OutcomeIndex::Yes, side, price);
    order.terms.size = Shares::from_whole(size);
    order.terms.lifetime = lifetime;
    by_hand(Stage::Orders(vec![order]))
}

pub(crate) fn task_by_hand(kind: ChainActionKind, amount: i64) -> Signal {
    let task = task(kind, &[1], 1).over(Shares::from_whole(amount));
    by_hand(Stage::Chain(vec![task]))
}

pub(crate) fn parity_long() -> Signal {
    let buys = vec![
        order(1, OutcomeIndex::Yes, Side::Buy, "0.46"),
        order(1, OutcomeIndex::No, Side::Buy, "0.5"),
    ];
    let merge = task(ChainActionKind::Merge, &[1], 1);
    signal(Aim::Flat, 4, vec![Stage::Orders(buys), Stage::Chain(vec![merge])])
}

pub(crate) fn parity_short() -> Signal {
    let sells = vec![
        order(1, OutcomeIndex::Yes, Side::Sell, "0.55"),
        order(1, OutcomeIndex::No, Side::Sell, "0.5"),
    ];
    let split = task(ChainActionKind::Split, &[1], 1);
    signal(Aim::Flat, 5, vec![Stage::Chain(vec![split]), Stage::Orders(sells)])
}

pub(crate) fn sets_long() -> Signal {
    let buys = [1, 2, 3].map(|n| order(n, OutcomeIndex::Yes, Side::Buy, "0.3")).to_vec();
    signal(Aim::CompleteSets, 10, vec![Stage::Orders(buys)])
}

pub(crate) fn sets_short() -> Signal {
    let splits = [1, 2, 3].map(|n| task(ChainActionKind::Split, &[n], 1)).to_vec();
    let sells = [1, 2, 3].map(|n| order(n, OutcomeIndex::Yes, Side::Sell, "0.35")).to_vec();
    let convert = task(ChainActionKind::Convert, &[1, 2, 3], 3);
    let stages = vec![Stage::Chain(splits), Stage::Orders(sells), Stage::Chain(vec![convert])];
    signal(Aim::Flat, 5, stages)
}

pub(crate) fn convert() -> Signal {
    let buys = [1, 2].map(|n| order(n, OutcomeIndex::No, Side::Buy, "0.6")).to_vec();
    let convert = task(ChainActionKind::Convert, &[1, 2, 3], 2);
    let sells = vec![order(3, OutcomeIndex::Yes, Side::Sell, "0.3")];
    let stages = vec![Stage::Orders(buys), Stage::Chain(vec![convert]), Stage::Orders(sells)];
    signal(Aim::Flat, 10, stages)
}
