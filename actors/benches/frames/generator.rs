//! Frames in the shape of the recordings of 2026: member order, spacing, lengths and the mix of
//! kinds. Deterministic by seed.

use std::collections::VecDeque;
use std::fmt::Write;

use crate::world::{Dice, Grid, Market, Step, World};

/// What a frame is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PriceChange,
    BestBidAsk,
    Book,
    LastTrade,
}

/// Some frames, one behind the other in one buffer.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) text: String,
    pub(crate) ends: Vec<(usize, Kind)>,
}

impl Block {
    pub(crate) fn frames(&self) -> impl Iterator<Item = (&[u8], Kind)> {
        let mut start = 0;
        self.ends.iter().map(move |(end, kind)| {
            let frame = &self.text.as_bytes()[start..*end];
            start = *end;
            (frame, *kind)
        })
    }
}

/// What has been generated so far, for comparison with what was found.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Truth {
    /// Looks that end in a candidate.
    pub(crate) candidates: u64,
    /// Candidates that ended.
    pub(crate) over: u64,
}

pub(crate) struct Generator {
    pub(crate) world: World,
    pub(crate) truth: Truth,
    dice: Dice,
    clock: i64,
    conditions: Vec<String>,
    tokens: Vec<String>,
    was_candidate: Vec<bool>,
    /// The second book of a trade.
    pending: VecDeque<usize>,
    /// Where an injected ask waits for its removal.
    injected: VecDeque<usize>,
}

impl Generator {
    pub(crate) fn new(seed: u64, conditions: Vec<String>, tokens: Vec<String>) -> Self {
        let mut dice = Dice::new(seed);
        let markets = conditions.len();
        let groups = crate::GROUPS;
        Self {
            world: World::new(markets, groups, &mut dice),
            truth: Truth::default(),
            dice,
            clock: 1_790_000_000_000,
            conditions,
            tokens,
            was_candidate: vec![false; markets + groups],
            pending: VecDeque::new(),
            injected: VecDeque::new(),
        }
    }
    /// The snapshots that follow a subscription: one array a market.
    pub(crate) fn snapshots(&mut self, block: &mut Block) {
        block.text.clear();
        block.ends.clear();
        for market in 0..self.world.markets.len() {
            self.clock += 1;
            block.text.push('[');
            self.book(market, false, &mut block.text);
            block.text.push(',');
            self.book(market, true, &mut block.text);
            block.text.push_str("]\n");
            block.ends.push((block.text.len(), Kind::Book));
            self.note(market);
        }
    }
    /// The next `count` frames.
    pub(crate) fn fill(&mut self, count: usize, block: &mut Block) {
        block.text.clear();
        block.ends.clear();
        for _ in 0..count {
            let kind = self.frame(&mut block.text);
            block.ends.push((block.text.len(), kind));
        }
    }
    fn frame(&mut self, text: &mut String) -> Kind {
        if let Some(market) = self.pending.pop_front() {
            self.book(market, true, text);
            self.note_pair(market);
            return Kind::Book;
        }
        self.clock += 1 + self.dice.below(4) as i64;
        // A few markets make most of the noise.
        let (a, b) = (self.dice.below(1 << 20), self.dice.below(1 << 20));
        let market = (((a * b) >> 20) as usize * self.world.markets.len()) >> 20;
        match self.dice.below(1_000) {
            // A book of the other token follows, which makes them 3.3% of all frames.
            0..=16 => {
                self.book(market, false, text);
                self.pending.push_back(market);
                self.note(market);
                Kind::Book
            }
            17..=67 => {
                self.best_bid_ask(market, text);
                Kind::BestBidAsk
            }
            68..=83 => {
                self.last_trade(market, text);
                Kind::LastTrade
            }
            _ => {
                self.price_change(market, text);
                Kind::PriceChange
            }
        }
    }
    fn price_change(&mut self, market: usize, text: &mut String) {
        let overdue = self.injected.len() > 1 || self.dice.one_in(8);
        let (at, steps) = match self.injected.pop_front_if(|_| overdue) {
            Some(at) => (at, self.withdraw(at)),
            None if self.dice.one_in(2_000) => (market, self.inject(market)),
            None => {
                let step = self.world.markets[market].next_step(&mut self.dice);
                (market, [step, self.world.markets[market].mirror(step)])
            }
        };
        let steps = if self.dice.one_in(2) { steps } else { [steps[1], steps[0]] };
        for step in steps {
            self.world.markets[at].set(step, self.clock);
        }
        let _ = write!(text, "{{\"market\":\"{}\", \"price_changes\":[", self.conditions[at]);
        for (n, step) in steps.into_iter().enumerate() {
            text.push_str(if n == 0 { "" } else { ", " });
            self.change(at, step, text);
        }
        let clock = self.clock;
        let _ = write!(text, "], \"timestamp\":\"{clock}\", \"event_type\":\"price_change\"}}");
        self.note(at);
    }
    /// An ask below the others: in the book of NO where the market is no mirror, else of YES.
    fn inject(&mut self, market: usize) -> [Step; 2] {
        let Market { base, group, injected, .. } = &self.world.markets[market];
        let no = self.world.markets[market].is_out_of_parity();
        let plain = self.world.markets[market].next_step(&mut self.dice);
        if injected.is_some() || !(no || group.is_some()) {
            return [plain, self.world.markets[market].mirror(plain)];
        }
        let price = if no { crate::world::GRID - base - 20 } else { base - 11 };
        let step = Step { no, buy: false, price, size: 10_000 };
        self.world.markets[market].injected = Some(step);
        self.injected.push_back(market);
        let plain = if no { plain } else { self.world.markets[market].mirror(plain) };
        [step, plain]
    }
    fn withdraw(&mut self, market: usize) -> [Step; 2] {
        let plain = self.world.markets[market].next_step(&mut self.dice);
        let mirror = self.world.markets[market].mirror(plain);
        match self.world.markets[market].injected.take() {
            Some(step) => [Step { size: 0, ..step }, if step.no { plain } else { mirror }],
            None => [plain, mirror],
        }
    }
    fn change(&mut self, market: usize, step: Step, text: &mut String) {
        let grid = self.world.markets[market].grid(step.no);
        let token = &self.tokens[market * 2 + usize::from(step.no)];
        let side = if step.buy { "BUY" } else { "SELL" };
        let _ = write!(text, "{{\"asset_id\":\"{token}\", \"price\":\"");
        price(text, step.price);
        text.push_str("\", \"size\":\"");
        size(text, step.size);
        let _ = write!(text, "\", \"side\":\"{side}\", \"hash\":\"");
        hash(text, &mut self.dice);
        text.push_str("\", \"best_bid\":\"");
        price(text, grid.best_bid.unwrap_or(0));
        text.push_str("\", \"best_ask\":\"");
        price(text, grid.best_ask.unwrap_or(crate::world::GRID));
        text.push_str("\"}");
    }
    fn book(&mut self, market: usize, no: bool, text: &mut String) {
        let state = &mut self.world.markets[market];
        let grid = if no { &mut state.no } else { &mut state.yes };
        grid.stated_at = self.clock;
        let grid: &Grid = grid;
        let (condition, token) =
            (&self.conditions[market], &self.tokens[market * 2 + usize::from(no)]);
        let clock = self.clock;
        let _ = write!(
            text,
            "{{\"market\":\"{condition}\",\"asset_id\":\"{token}\",\"timestamp\":\"{clock}\",\"hash\":\""
        );
        hash(text, &mut self.dice);
        text.push_str("\",\"bids\":[");
        levels(text, grid.bids.iter().enumerate());
        text.push_str("],\"asks\":[");
        levels(text, grid.asks.iter().enumerate().rev());
        text.push_str(
            "],\"tick_size\":\"0.001\",\"event_type\":\"book\",\"last_trade_price\":\"0.540\"}",
        );
    }
    fn best_bid_ask(&mut self, market: usize, text: &mut String) {
        let (condition, token) = (&self.conditions[market], &self.tokens[market * 2]);
        let grid = &self.world.markets[market].yes;
        let (bid, ask) = (grid.best_bid.unwrap_or(0), grid.best_ask.unwrap_or(crate::world::GRID));
        let _ =
            write!(text, "{{\"market\":\"{condition}\", \"asset_id\":\"{token}\", \"best_bid\":\"");
        price(text, bid);
        text.push_str("\", \"best_ask\":\"");
        price(text, ask);
        text.push_str("\", \"spread\":\"");
        price(text, ask - bid);
        let clock = self.clock;
        let _ = write!(text, "\", \"timestamp\":\"{clock}\", \"event_type\":\"best_bid_ask\"}}");
    }
    fn last_trade(&mut self, market: usize, text: &mut String) {
        let (condition, token) = (&self.conditions[market], &self.tokens[market * 2]);
        let _ =
            write!(text, "{{\"market\":\"{condition}\", \"asset_id\":\"{token}\", \"price\":\"");
        price(text, self.world.markets[market].base);
        text.push_str("\", \"size\":\"");
        size(text, 1 + self.dice.below(99_999));
        let clock = self.clock;
        let _ = write!(
            text,
            "\", \"fee_rate_bps\":\"0\", \"side\":\"BUY\", \"timestamp\":\"{clock}\", \
             \"event_type\":\"last_trade_price\", \"transaction_hash\":\"{condition}\"}}"
        );
    }
    /// Notes how the looks at a market and its group must end.
    fn note(&mut self, market: usize) {
        self.note_pair(market);
        if let Some(group) = self.world.markets[market].group {
            let is = self.world.group_is_candidate(group);
            self.note_look(self.world.markets.len() + group, is);
        }
    }
    fn note_pair(&mut self, market: usize) {
        let is = self.world.pair_is_candidate(market);
        self.note_look(market, is);
    }
    fn note_look(&mut self, subject: usize, candidate: bool) {
        self.truth.candidates += u64::from(candidate);
        self.truth.over += u64::from(self.was_candidate[subject] && !candidate);
        self.was_candidate[subject] = candidate;
    }
}

fn levels<'a>(text: &mut String, grid: impl Iterator<Item = (usize, &'a u64)>) {
    let mut first = true;
    for (at, shares) in grid.filter(|(_, shares)| **shares > 0) {
        text.push_str(if first { "{\"price\":\"" } else { ",{\"price\":\"" });
        first = false;
        price(text, at as u16);
        text.push_str("\",\"size\":\"");
        size(text, *shares);
        text.push_str("\"}");
    }
}

/// A price in thousandths as its shortest text.
fn price(text: &mut String, thousandths: u16) {
    let start = text.len();
    let _ = write!(text, "{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    trim(text, start);
}

/// A size in hundredths as its shortest text.
fn size(text: &mut String, hundredths: u64) {
    let start = text.len();
    let _ = write!(text, "{}.{:02}", hundredths / 100, hundredths % 100);
    trim(text, start);
}

fn trim(text: &mut String, start: usize) {
    while text.len() > start && text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
}

fn hash(text: &mut String, dice: &mut Dice) {
    let _ = write!(text, "{:016x}{:016x}{:08x}", dice.roll(), dice.roll(), dice.roll() as u32);
}
