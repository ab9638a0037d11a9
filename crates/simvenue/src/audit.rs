//! The auditor: books of its own, kept from what is accepted, matched and settled, and compared on
//! demand with the engine's, the exchange's and the chain's.
//!
//! It does its own arithmetic and believes no total of anybody else. Of the chain it takes only
//! what accounts did there themselves: funding, splits, merges and the like.

mod books;
mod verdict;

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::{FeeTerms, OrderId, Rounding, Shares, Side, TradeState, Usd};

use crate::exchange::{Order, Part, Target, Trade, TradeNumber, WalletId};
use crate::universe::MarketIndex;
use books::{Books, Taken};

pub use verdict::{AccountAudit, Audit, OrderAudit, TradeAudit};

/// Problems remembered; when so much is wrong, more says no more.
const PROBLEMS_MAX: usize = 100;
/// Settled trades remembered one by one; older ones live on in the totals.
const TRADES_MAX: usize = 50_000;

/// One order's part of a trade, as noted when it was matched.
#[derive(Clone, Debug)]
struct Leg {
    wallet: WalletId,
    order: OrderId,
    market: MarketIndex,
    part: Part,
    value: Usd,
}

/// A trade as noted.
#[derive(Clone, Debug)]
struct Noted {
    id: String,
    state: TradeState,
    legs: Vec<Leg>,
}

/// The auditor.
#[derive(Debug, Default)]
pub(crate) struct Auditor {
    books: BTreeMap<WalletId, Books>,
    owners: HashMap<OrderId, WalletId>,
    trades: BTreeMap<TradeNumber, Noted>,
    ended: VecDeque<TradeNumber>,
    problems: Vec<String>,
}

/// Size times price in millionths, as an integer product; `None` where it is not whole.
fn exact_value(part: &Part) -> Option<Usd> {
    let product = i128::from(part.size.micros()) * i128::from(part.price.ten_thousandths());
    let micros = (product % 10_000 == 0).then_some(product / 10_000)?;
    i64::try_from(micros).ok().map(Usd::from_micros)
}

impl Auditor {
    fn complain(&mut self, problem: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    /// The venue took an order.
    pub(crate) fn accepted(&mut self, order: &Order) {
        if self.owners.insert(order.id, order.wallet).is_some() {
            self.complain(format!("order {} was taken twice", order.id));
            return;
        }
        let books = self.books.entry(order.wallet).or_default();
        books.taken.insert(order.id, Taken::of(order));
    }
    /// The venue refused an order that it had taken before.
    pub(crate) fn refused_again(&mut self, id: OrderId) {
        if let Some(wallet) = self.owners.get(&id) {
            self.books.entry(*wallet).or_default().duplicates_refused += 1;
        }
    }
    /// An order has ended.
    pub(crate) fn ended(&mut self, id: OrderId) {
        let wallet = self.owners.get(&id);
        let books = wallet.and_then(|wallet| self.books.get_mut(wallet));
        match books.and_then(|books| books.taken.get_mut(&id)) {
            Some(taken) if taken.is_open => taken.is_open = false,
            _ => self.complain(format!("order {id} ended and was not open")),
        }
    }

    /// Orders met; `terms` are the market's fees.
    pub(crate) fn matched(&mut self, trade: &Trade, terms: FeeTerms) {
        if let Err(problem) = fair(trade, terms) {
            self.complain(format!("trade {}: {problem}", trade.id));
        }
        let mut legs = Vec::new();
        for part in trade.parts() {
            let Some((order, wallet)) = part.order else { continue };
            let value = exact_value(part).unwrap_or_default();
            legs.push(Leg { wallet, order, market: trade.market, part: part.clone(), value });
        }
        for leg in &legs {
            if let Err(problem) = self.fill(leg) {
                self.complain(format!("trade {}: {problem}", trade.id));
            }
            self.books.entry(leg.wallet).or_default().match_leg(leg, 1);
        }
        let noted = Noted { id: trade.id.clone(), state: TradeState::Matched, legs };
        self.trades.insert(trade.number, noted);
    }
    /// Notes a fill on its order, which must have wanted it.
    fn fill(&mut self, leg: &Leg) -> Result<(), String> {
        let books = self.books.entry(leg.wallet).or_default();
        let taken = books.taken.get_mut(&leg.order).ok_or("an order that was never taken")?;
        taken.filled += leg.part.size;
        taken.value += leg.value;
        let worse = match leg.part.side {
            Side::Buy => leg.part.price > taken.price,
            Side::Sell => leg.part.price < taken.price,
        };
        let beyond = match taken.target {
            Target::Shares(size) => taken.filled > size,
            Target::Dollars(dollars) => taken.value > dollars,
        };
        match (worse, beyond) {
            (true, _) => Err(format!("order {} traded beyond its price", leg.order)),
            (_, true) => Err(format!("order {} traded more than it wanted", leg.order)),
            _ => Ok(()),
        }
    }

    /// A trade's settlement went on.
    pub(crate) fn moved(&mut self, number: TradeNumber, to: TradeState) {
        use TradeState::{Confirmed, Failed, Matched, Mined, Retrying};
        let Some(noted) = self.trades.get_mut(&number) else {
            return self.complain(format!("trade {number:?} moved and was never matched"));
        };
        let from = std::mem::replace(&mut noted.state, to);
        let legs = noted.legs.clone();
        let id = noted.id.clone();
        // What is in a block has moved; what failed never happened.
        let (settled, failed) = match (from, to) {
            (Matched | Retrying, Mined) => (1, false),
            (Matched, Retrying) | (Mined, Confirmed) => (0, false),
            (Mined, Retrying) => (-1, false),
            (Mined, Failed) => (-1, true),
            (Matched | Retrying, Failed) => (0, true),
            _ => return self.complain(format!("trade {id} went from {from:?} to {to:?}")),
        };
        for leg in &legs {
            let books = self.books.entry(leg.wallet).or_default();
            books.settle_leg(leg, settled);
            if failed {
                books.match_leg(leg, -1);
            }
        }
        if to.is_final() {
            self.ended.push_back(number);
        }
        if self.ended.len() > TRADES_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.trades.remove(&oldest);
        }
    }
}

/// Whether a trade makes or loses nothing, and charges the fee it should.
fn fair(trade: &Trade, terms: FeeTerms) -> Result<(), String> {
    let taker = &trade.taker;
    let sizes: Shares = trade.makers.iter().map(|part| part.size).sum();
    if sizes != taker.size || !taker.size.is_positive() {
        return Err(format!("{sizes} made and {} taken", taker.size));
    }
    let mut fees = Usd::ZERO;
    for maker in &trade.makers {
        let opposed = maker.outcome != taker.outcome;
        // Opposite outcomes meet on the same side and add up to a dollar; else one buys.
        let meets = (maker.side == taker.side) == opposed;
        let agreed = if opposed { taker.price.complement() } else { taker.price };
        if !meets || maker.price != agreed {
            return Err(format!("{maker:?} cannot meet {taker:?}"));
        }
        if maker.fee != Usd::ZERO {
            return Err("a maker pays a fee".to_owned());
        }
        if exact_value(maker).is_none() {
            return Err(format!("{} at {} is not a whole amount", maker.size, maker.price));
        }
        fees += terms.fee(maker.size, taker.price, Rounding::HalfUp);
    }
    if fees != taker.fee {
        return Err(format!("the fee is {} and should be {fees}", taker.fee));
    }
    Ok(())
}
