//! What the desk is told: wishes, the venue's and the chain's facts, orders of people, and time.

use domain::{
    ConditionId, Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, UnixMillis,
    Usd,
};
use serde::{Deserialize, Serialize};

use super::Acceptance;
use super::{EndCause, OrderNumber, Purse, TaskNumber};
use crate::risk::{Gate, Limits, LockId, LockScope, VenueHold};
use crate::signal::{ChainTask, Signal, StrategyName};
use crate::strategy::StrategySettings;

/// Who asked for something: a person, a rule of the desk itself, a signal of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(pub String);

/// How the venue answered the posting of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostAnswer {
    /// It rests.
    Live,
    /// It met somebody, wholly or partly.
    Matched {
        /// How many shares, where the answer says so.
        shares: Option<Shares>,
    },
    /// It is held back; that is no fill of nothing.
    Delayed,
    /// It found nobody.
    Unmatched,
    /// The venue has had the same bytes before.
    Duplicated,
    /// Refused: it does not exist.
    Rejected {
        /// A stable name of the reason.
        code: String,
        /// The venue's own words, bounded.
        text: String,
    },
    /// It surely never left.
    NotSent {
        /// Why.
        why: String,
    },
    /// Nobody knows.
    Ambiguous {
        /// Why.
        why: String,
    },
}

/// How the venue answered a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CancelAnswer {
    /// Nothing rests any more.
    Cancelled,
    /// It was over before.
    AlreadyDone,
    /// Nobody knows.
    Ambiguous,
}

/// An order as the venue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSight {
    /// Which one.
    pub id: OrderId,
    /// How it stands.
    pub standing: OrderStanding,
    /// How many shares it has matched in all.
    pub matched: Shares,
}

/// How an order stands at the venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderStanding {
    /// It rests.
    Live,
    /// It is held back.
    Delayed,
    /// It is over.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// What our order is charged for a match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Charge {
    /// So many dollars; nothing for an order that rested.
    Stated(Usd),
    /// What the terms of the order's market make of these fills, each with its own size and price
    /// of our token: the venue charges a taker fill by fill and does not say how much.
    ByTerms(Vec<(Shares, Price)>),
}

/// One of our matches as the venue shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeSight {
    /// The venue's name of the match.
    pub trade: TradeId,
    /// Our order in it.
    pub order: OrderId,
    /// What our order trades.
    pub token: TokenId,
    /// Which way.
    pub side: Side,
    /// Shares.
    pub size: Shares,
    /// What a share cost on average.
    pub price: Price,
    /// Dollars before the fee.
    pub value: Usd,
    /// The fee.
    pub fee: Charge,
    /// Whether our order took or rested.
    pub liquidity: Liquidity,
    /// How far it has come.
    pub state: TradeState,
    /// When it was matched.
    pub at: UnixMillis,
}

/// How a transaction stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskSight {
    /// It was signed and can be submitted; nothing has left yet.
    Prepared {
        /// As the chain's adapter writes it down.
        prepared: String,
        /// Its name, for people.
        reference: String,
    },
    /// What was prepared waits too long: signed again at a better price, with what was signed
    /// before. Of all of these one can happen. Nothing of the new one has left yet.
    Replaced {
        /// What it takes the place of, as it is written down.
        former: String,
        /// As the chain's adapter writes all of it down.
        prepared: String,
        /// The newest one's name, for people.
        reference: String,
    },
    /// It could not be prepared, or was refused before anything left: it never happens.
    Refused {
        /// Why.
        why: String,
    },
    /// In a block.
    Mined,
    /// It was in a block and is there no more.
    Reorganised,
    /// Final.
    Confirmed,
    /// It was carried out and undone by the contracts, or can never be carried out any more.
    Failed {
        /// Why.
        why: String,
    },
}

/// What a person, or a rule, orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Control {
    /// Stop trading, cancel everything.
    Halt {
        /// Why.
        reason: String,
    },
    /// Trade again.
    Resume,
    /// Keep this money from now on. Does nothing to a desk that keeps some already.
    Open(Purse),
    /// Other limits.
    SetLimits(Box<Limits>),
    /// Keep away from something.
    Lock {
        /// From what.
        scope: LockScope,
        /// Why.
        reason: String,
        /// Until when; `None` until it is lifted.
        until: Option<UnixMillis>,
    },
    /// Lift a lock.
    Unlock(LockId),
    /// A strategy may raise nothing any more.
    Pause(StrategyName),
    /// A strategy may raise signals again.
    Unpause(StrategyName),
    /// What a strategy may have at risk at one time.
    SetBudget(StrategyName, Option<Usd>),
    /// What a strategy may do from now on, its budget included.
    SetStrategy(StrategyName, Box<StrategySettings>),
    /// A strategy crashed too often.
    Quarantine(StrategyName),
    /// What the wallet holds at the very beginning. Once anything is booked it changes nothing, so
    /// it may be told again.
    Fund(Usd),
    /// Dollars came into or left the wallet from outside.
    Transfer(Usd),
    /// A difference between our books and the world is accepted. Never done without a person.
    Accept {
        /// Which.
        acceptance: Acceptance,
        /// Why, for whoever reads the ledger.
        why: String,
    },
    /// Cancel one order, whatever is believed of it here: a person may see it rest.
    Cancel(OrderId),
    /// Cancel every order, and go on trading.
    CancelAll,
    /// Carry out one transaction by hand.
    Task(Box<ChainTask>),
}

/// What the comparison with the venue and the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reconciliation {
    /// Both sides agree.
    Agrees,
    /// They do not: trading halts and both sides are shown.
    Differs {
        /// One plain sentence a difference.
        differences: Vec<String>,
    },
}

/// Everything the desk may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// A strategy, or a person, wishes to trade.
    Raise {
        /// The wish.
        signal: Box<Signal>,
        /// What the strategy checked.
        gates: Vec<Gate>,
    },
    /// The venue answered the posting of an order.
    Posted(OrderNumber, PostAnswer),
    /// The venue answered a cancellation.
    CancelAnswered(OrderNumber, CancelAnswer),
    /// The venue shows an order.
    Sighted(OrderSight),
    /// The venue does not know an order.
    NotFound(OrderNumber),
    /// The venue shows a match.
    Traded(TradeSight),
    /// The chain, or what leads to it, shows a transaction.
    Task(TaskNumber, TaskSight),
    /// A market is resolved.
    Resolved {
        /// Which market.
        condition: ConditionId,
        /// Its tokens, YES first.
        tokens: [TokenId; 2],
        /// What one share of each pays.
        payouts: [Price; 2],
    },
    /// Both sides were compared.
    Reconciled(Reconciliation),
    /// What the venue does not take now; nothing where it takes everything.
    VenueHeld(Option<VenueHold>),
    /// Somebody orders something.
    Ordered(Origin, Control),
    /// Time passes.
    Tick,
}
