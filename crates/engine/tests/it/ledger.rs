//! The ledger, against an auditor that only sees its entries and a recomputation that only sees
//! what came true.

mod auditor;
mod chain;
mod limits;
mod messages;
mod naive;
mod trades;

use domain::{
    ConditionId, GroupId, Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState,
    UnixMillis, Usd,
};
use engine::ledger::{ChainReport, ChainState, Counterparty, Deposit, Ledger, Tag, TradeReport};
use engine::signal::{Holdings, StrategyName};

use crate::kit::{NOW, price, usd};

pub(crate) const YES: TokenId = TokenId::from_words([0, 0, 0, 2]);
pub(crate) const NO: TokenId = TokenId::from_words([0, 0, 0, 3]);

pub(crate) fn shares(text: &str) -> Shares {
    Shares::parse(text).unwrap()
}

pub(crate) fn order(number: u8) -> OrderId {
    OrderId::from_bytes([number; 32])
}

pub(crate) fn tag(strategy: &str, market: u8) -> Tag {
    Tag {
        strategy: StrategyName::new(strategy).unwrap(),
        condition: Some(ConditionId::from_bytes([market; 32])),
        group: Some(GroupId("77".into())),
    }
}

/// A matched taker's purchase of YES: `size` at `at` for exactly that much, fee apart.
pub(crate) fn bought(number: u8, size: &str, at: &str, fee: &str) -> TradeReport {
    let (size, at): (Shares, Price) = (shares(size), price(at));
    TradeReport {
        trade: TradeId(format!("trade-{number}")),
        order: order(number),
        token: YES,
        side: Side::Buy,
        size,
        price: at,
        value: size.at(at, domain::Rounding::Down),
        fee: usd(fee),
        liquidity: Liquidity::Taker,
        state: TradeState::Matched,
        matched_at: NOW,
        at: NOW,
        tag: tag("arbitrage_long", 1),
    }
}

pub(crate) fn sold(number: u8, size: &str, at: &str, fee: &str) -> TradeReport {
    TradeReport { side: Side::Sell, ..bought(number, size, at, fee) }
}

pub(crate) fn become_state(report: &TradeReport, state: TradeState) -> TradeReport {
    TradeReport { state, ..report.clone() }
}

pub(crate) fn confirmed(report: &TradeReport) -> TradeReport {
    become_state(report, TradeState::Confirmed)
}

pub(crate) fn failed(report: &TradeReport) -> TradeReport {
    become_state(report, TradeState::Failed)
}

/// A confirmed deal with the contracts.
pub(crate) fn task(name: &str, cash: &str, parts: &[(TokenId, &str)], cost: &str) -> ChainReport {
    let parts = parts.iter().map(|(token, amount)| (*token, shares(amount)));
    ChainReport {
        task: name.to_owned(),
        state: ChainState::Confirmed,
        with: Counterparty::Contracts,
        effect: Holdings { cash: usd(cash), shares: parts.collect() },
        cost: usd(cost),
        begun_at: NOW,
        at: NOW,
        tag: tag("mint_split", 1),
    }
}

/// A ledger with that many dollars, whose entries an auditor has seen.
pub(crate) fn funded(dollars: &str) -> Ledger {
    let mut ledger = Ledger::new(UnixMillis(0));
    ledger.deposit(Deposit::Cash(usd(dollars)), NOW).unwrap();
    ledger
}

pub(crate) fn cash(ledger: &Ledger) -> [Usd; 3] {
    let cash = ledger.cash();
    [cash.settled, cash.pending_in, cash.pending_out]
}
