//! What the position should be, computed from scratch from what came true.

use std::collections::BTreeMap;

use domain::{Side, TokenId};
use engine::ledger::{Ledger, TradeReport};

/// Shares, cost, realised, fees of one token, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) shares: i128,
    pub(crate) cost: i128,
    pub(crate) realised: i128,
    pub(crate) fees: i128,
}

impl Held {
    /// Signed average cost. Positive rests of cost leave rounded up, debts rounded down.
    fn trade(&mut self, size: i128, dollars: i128) {
        let direction = if self.shares.signum() == -size.signum() { -1 } else { 1 };
        if direction == 1 {
            self.shares += size;
            self.cost += dollars;
            return;
        }
        let both = self.shares.abs().min(size.abs());
        let leaving = if self.shares > 0 {
            ceil(self.cost * both, self.shares)
        } else {
            -floor(-self.cost * both, -self.shares)
        };
        let counted =
            if size > 0 { ceil(dollars * both, size) } else { -floor(-dollars * both, -size) };
        self.realised -= leaving + counted;
        self.cost += dollars - counted - leaving;
        self.shares += size;
    }
}

fn floor(a: i128, b: i128) -> i128 {
    a.div_euclid(b)
}

fn ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

/// Dollars gained and every token, from trades that all came true, in this order.
pub(crate) fn recompute(trades: &[&TradeReport]) -> (i128, BTreeMap<TokenId, Held>) {
    let (mut cash, mut held) = (0, BTreeMap::<TokenId, Held>::new());
    for trade in trades {
        let sign = if trade.side == Side::Buy { 1 } else { -1 };
        let dollars = sign * i128::from(trade.value.micros());
        let fee = i128::from(trade.fee.micros());
        cash -= dollars + fee;
        let token = held.entry(trade.token).or_default();
        token.trade(sign * i128::from(trade.size.micros()), dollars);
        token.fees += fee;
    }
    (cash, held)
}

pub(crate) fn held(ledger: &Ledger) -> BTreeMap<TokenId, Held> {
    let positions = ledger.positions().into_iter();
    let all = positions.map(|(token, position)| {
        let held = Held {
            shares: position.settled.micros().into(),
            cost: position.cost.micros().into(),
            realised: position.realised.micros().into(),
            fees: position.fees.micros().into(),
        };
        (token, held)
    });
    all.filter(|(_, held)| *held != Held::default()).collect()
}
