//! A venue and a chain in one, with an account of its own of everything.

use std::collections::BTreeMap;

use domain::{
    ConditionId, Liquidity, OrderId, Rounding, Shares, Side, TokenId, TradeId, TradeState,
    UnixMillis, Usd,
};
use engine::desk::{
    CancelAnswer, Charge, EndCause, Input, OrderNumber, OrderSight, OrderStanding, PostAnswer,
    TaskNumber, TaskSight, TradeSight,
};
use engine::signal::{ChainTask, PlannedOrder};
use proptest::prelude::*;

/// What goes wrong, by chance; in millionths.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    pub(crate) fill_percent: Vec<u8>,
    pub(crate) lose_request_ppm: u32,
    pub(crate) lose_reply_ppm: u32,
    pub(crate) late_ppm: u32,
    pub(crate) lose_news_ppm: u32,
    pub(crate) repeat_news_ppm: u32,
    pub(crate) fail_trade_ppm: u32,
    pub(crate) fail_task_ppm: u32,
    /// Every order is refused with this code.
    pub(crate) refuse: Option<&'static str>,
}

impl Faults {
    pub(crate) fn none() -> Self {
        Self {
            fill_percent: vec![100],
            lose_request_ppm: 0,
            lose_reply_ppm: 0,
            late_ppm: 0,
            lose_news_ppm: 0,
            repeat_news_ppm: 0,
            fail_trade_ppm: 0,
            fail_task_ppm: 0,
            refuse: None,
        }
    }
}

pub(crate) fn any_faults() -> impl Strategy<Value = Faults> {
    let chance = || prop_oneof![Just(0u32), 0u32..400_000];
    (
        proptest::collection::vec(0u8..=100, 1..8),
        (chance(), chance(), chance()),
        (chance(), chance(), chance(), chance()),
    )
        .prop_map(|(fill_percent, (request, reply, late), (news, repeat, trade, task))| {
            Faults {
                fill_percent,
                lose_request_ppm: request,
                lose_reply_ppm: reply,
                late_ppm: late,
                lose_news_ppm: news,
                repeat_news_ppm: repeat,
                fail_trade_ppm: trade,
                fail_task_ppm: task,
                refuse: None,
            }
        })
}

pub(crate) struct Rng(pub(crate) u64);
impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub(crate) fn chance(&mut self, ppm: u32) -> bool {
        self.next() % 1_000_000 < u64::from(ppm)
    }
}

#[derive(Clone, Debug)]
struct VenueOrder {
    order: PlannedOrder,
    matched: Shares,
    open: bool,
}

#[derive(Clone, Debug)]
struct VenueTrade {
    order: OrderId,
    fee: Usd,
    sight: TradeSight,
    final_at: UnixMillis,
    fate: TradeState,
}

pub(crate) struct Venue {
    pub(crate) faults: Faults,
    pub(crate) rng: Rng,
    orders: BTreeMap<OrderId, VenueOrder>,
    trades: Vec<VenueTrade>,
    late: Vec<(UnixMillis, OrderId, PlannedOrder)>,
    tasks: BTreeMap<String, (ChainTask, bool)>,
    cash: Usd,
    shares: BTreeMap<TokenId, Shares>,
    posted: usize,
    denies: bool,
}

impl Venue {
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        Self {
            faults,
            rng: Rng(seed),
            orders: BTreeMap::new(),
            trades: Vec::new(),
            late: Vec::new(),
            tasks: BTreeMap::new(),
            cash: Usd::from_whole(10_000),
            shares: BTreeMap::new(),
            posted: 0,
            denies: false,
        }
    }
    pub(crate) fn accepted(&self) -> usize {
        self.orders.len()
    }
    pub(crate) fn resting(&self) -> usize {
        self.orders.values().filter(|order| order.open).count()
    }
    pub(crate) fn cash(&self) -> Usd {
        self.cash
    }
    pub(crate) fn shares(&self) -> BTreeMap<TokenId, Shares> {
        let held = |(token, shares): (&TokenId, &Shares)| {
            (*shares != Shares::ZERO).then_some((*token, *shares))
        };
        self.shares.iter().filter_map(held).collect()
    }

    pub(crate) fn post(
        &mut self,
        number: OrderNumber,
        id: OrderId,
        order: &PlannedOrder,
        now: UnixMillis,
    ) -> Input {
        let lost = || PostAnswer::Ambiguous { why: "no answer".to_owned() };
        if self.rng.chance(self.faults.lose_request_ppm) {
            return Input::Posted(number, lost());
        }
        if self.rng.chance(self.faults.late_ppm) {
            let wait = (self.rng.next() % 40_000) as i64;
            let at = now.plus(domain::DurationMillis(wait));
            self.late.push((at, id, order.clone()));
            return Input::Posted(number, lost());
        }
        let answer = self.accept(id, order, now);
        if self.rng.chance(self.faults.lose_reply_ppm) {
            return Input::Posted(number, lost());
        }
        Input::Posted(number, answer)
    }

    fn accept(&mut self, id: OrderId, order: &PlannedOrder, now: UnixMillis) -> PostAnswer {
        if self.orders.contains_key(&id) {
            return PostAnswer::Duplicated;
        }
        if let Some(code) = self.faults.refuse {
            return PostAnswer::Rejected { code: code.to_owned(), text: String::new() };
        }
        let terms = order.terms;
        let committed: Shares = self
            .orders
            .values()
            .filter(|it| it.open && it.order.terms.token == terms.token)
            .map(|it| it.order.terms.size - it.matched)
            .sum();
        let promised: Shares = self
            .trades
            .iter()
            .filter(|it| !it.sight.state.is_final() && it.sight.token == terms.token)
            .filter(|it| it.sight.side == Side::Sell)
            .map(|it| it.sight.size)
            .sum();
        let free =
            self.shares.get(&terms.token).copied().unwrap_or_default() - committed - promised;
        if terms.side == Side::Sell && free < terms.size {
            let (code, text) = ("not_enough_balance".to_owned(), "not enough balance".to_owned());
            return PostAnswer::Rejected { code, text };
        }
        self.posted += 1;
        let percent = self.faults.fill_percent[self.posted % self.faults.fill_percent.len()];
        let size = Shares::from_micros(terms.size.micros() / 100 * i64::from(percent));
        let mut entry = VenueOrder { order: order.clone(), matched: size, open: false };
        if size.is_positive() {
            self.match_trade(id, order, size, now);
        }
        let answer = match (terms.lifetime.rests(), size.is_positive()) {
            (true, _) if size < terms.size => {
                entry.open = true;
                if size.is_positive() {
                    PostAnswer::Matched { shares: Some(size) }
                } else {
                    PostAnswer::Live
                }
            }
            (false, false) => {
                let (code, text) = ("fak_no_match".to_owned(), String::new());
                self.orders.insert(id, entry);
                return PostAnswer::Rejected { code, text };
            }
            _ => PostAnswer::Matched { shares: Some(size) },
        };
        self.orders.insert(id, entry);
        answer
    }

    fn match_trade(&mut self, id: OrderId, order: &PlannedOrder, size: Shares, now: UnixMillis) {
        let terms = order.terms;
        let fails = self.rng.chance(self.faults.fail_trade_ppm);
        let wait = 500 + (self.rng.next() % 3_000) as i64;
        let fee = order.market.fee.fee(size, terms.price, Rounding::HalfUp);
        self.trades.push(VenueTrade {
            order: id,
            fee,
            sight: TradeSight {
                trade: TradeId(format!("trade-{}", self.trades.len())),
                order: id,
                token: terms.token,
                side: terms.side,
                size,
                price: terms.price,
                value: size.at(terms.price, Rounding::HalfUp),
                fee: Charge::ByTerms(vec![(size, terms.price)]),
                liquidity: Liquidity::Taker,
                state: TradeState::Matched,
                // The venue counts whole seconds, so a match may be dated before its order.
                at: UnixMillis(now.0 - 999),
            },
            final_at: now.plus(domain::DurationMillis(wait)),
            fate: if fails { TradeState::Failed } else { TradeState::Confirmed },
        });
    }

    /// Time passes; returns the news.
    pub(crate) fn advance(&mut self, now: UnixMillis) -> Vec<Input> {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|it| it.0 <= now);
        self.late = late;
        let due: Vec<(UnixMillis, OrderId, PlannedOrder)> = due;
        for (_, id, order) in due {
            self.accept(id, &order, now);
        }
        let mut news = Vec::new();
        for at in 0..self.trades.len() {
            let trade = &mut self.trades[at];
            if !trade.sight.state.is_final() && now >= trade.final_at {
                trade.sight.state = trade.fate;
                let sight = trade.sight.clone();
                let fee = trade.fee;
                if sight.state == TradeState::Confirmed {
                    self.move_for(&sight, fee);
                }
                news.push(Input::Traded(sight));
            } else if now < trade.final_at {
                news.push(Input::Traded(trade.sight.clone()));
            }
        }
        let (lose, repeat) = (self.faults.lose_news_ppm, self.faults.repeat_news_ppm);
        news.retain(|_| !self.rng.chance(lose));
        let repeats: Vec<Input> =
            news.iter().filter(|_| self.rng.chance(repeat)).cloned().collect();
        news.extend(repeats);
        let turn = news.len().max(1);
        news.rotate_left((self.rng.next() as usize) % turn);
        news
    }

    fn move_for(&mut self, sight: &TradeSight, fee: Usd) {
        let held = self.shares.entry(sight.token).or_default();
        match sight.side {
            Side::Buy => {
                *held += sight.size;
                self.cash -= sight.value + fee;
            }
            Side::Sell => {
                *held -= sight.size;
                self.cash += sight.value - fee;
            }
        }
    }

    pub(crate) fn look_up(&mut self, number: OrderNumber, id: OrderId) -> Option<Input> {
        if self.rng.chance(self.faults.lose_reply_ppm) {
            return None;
        }
        let known = self.orders.get(&id).filter(|_| !self.denies);
        let Some(order) = known else { return Some(Input::NotFound(number)) };
        let standing = if order.open {
            OrderStanding::Live
        } else {
            let cause = if order.matched == Shares::ZERO && !order.order.terms.lifetime.rests() {
                EndCause::Unmatched
            } else {
                EndCause::Cancelled
            };
            OrderStanding::Ended { cause }
        };
        Some(Input::Sighted(OrderSight { id, standing, matched: order.matched }))
    }

    /// Something may be matched just before the cancellation.
    pub(crate) fn cancel(&mut self, number: OrderNumber, id: OrderId, now: UnixMillis) -> Input {
        if self.denies {
            return Input::CancelAnswered(number, CancelAnswer::Ambiguous);
        }
        let races = self.rng.chance(self.faults.late_ppm);
        if let Some(order) = self.orders.get_mut(&id).filter(|order| order.open) {
            order.open = false;
            if races {
                let size = order.order.terms.size - order.matched;
                order.matched += size;
                let order = order.order.clone();
                self.match_trade(id, &order, size, now);
                return Input::CancelAnswered(number, CancelAnswer::AlreadyDone);
            }
        }
        if self.rng.chance(self.faults.lose_reply_ppm) {
            return Input::CancelAnswered(number, CancelAnswer::Ambiguous);
        }
        Input::CancelAnswered(number, CancelAnswer::Cancelled)
    }
    /// An engine that restarts: it denies what it has, and cancels nothing.
    pub(crate) fn denies(&mut self, denies: bool) {
        self.denies = denies;
    }
    pub(crate) fn cancel_all(&mut self) {
        for order in self.orders.values_mut() {
            order.open = false;
        }
    }

    pub(crate) fn trades_of(&self, condition: ConditionId) -> Vec<Input> {
        let of = |trade: &&VenueTrade| {
            self.orders.get(&trade.order).is_some_and(|it| it.order.market.condition == condition)
        };
        self.trades.iter().filter(of).map(|it| Input::Traded(it.sight.clone())).collect()
    }

    /// A transaction: prepared under the wallet's next number, executed at most once.
    pub(crate) fn submit(
        &mut self,
        number: TaskNumber,
        prepared: &str,
        task: &ChainTask,
    ) -> Option<Input> {
        if !self.tasks.contains_key(prepared) {
            if self.rng.chance(self.faults.lose_request_ppm) {
                return None;
            }
            let short = task.effect.shares.iter().any(|(token, change)| {
                (self.shares.get(token).copied().unwrap_or_default() + *change) < Shares::ZERO
            });
            let done = !short && !self.rng.chance(self.faults.fail_task_ppm);
            if done {
                self.cash += task.effect.cash;
                for (token, change) in &task.effect.shares {
                    *self.shares.entry(*token).or_default() += *change;
                }
            }
            self.tasks.insert(prepared.to_owned(), (task.clone(), done));
        }
        if self.rng.chance(self.faults.lose_reply_ppm) {
            return None;
        }
        let (_, done) = &self.tasks[prepared];
        let sight = if *done {
            TaskSight::Confirmed
        } else {
            TaskSight::Failed { why: "reverted".to_owned() }
        };
        Some(Input::Task(number, sight))
    }
}
