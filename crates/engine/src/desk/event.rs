//! What happened, as it is written down. The desk is nothing but these, one after the other.
//!
//! An event says what was decided, never what should be decided: reading an old journal with a
//! newer program gives the same state.

use domain::{
    ConditionId, Liquidity, OrderId, Price, Shares, TokenId, TradeId, TradeState, UnixMillis, Usd,
};
use serde::{Deserialize, Serialize};

use super::{
    Acceptance, EndCause, LegIndex, OrderNumber, Origin, Phase, PlanEnd, PlanNumber, TaskNumber,
};
use crate::risk::{Halt, Limits, Lock, LockId, StrategyActivity};
use crate::signal::{ChainTask, PlannedOrder, Signal, StrategyName};
use crate::strategy::StrategySettings;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A signal was approved; its worst case is reserved from here on.
    PlanOpened {
        /// Its number.
        plan: PlanNumber,
        /// What is carried out.
        signal: Box<Signal>,
    },
    /// A plan went on.
    PlanMoved {
        /// Which plan.
        plan: PlanNumber,
        /// Where it is now.
        phase: Phase,
    },
    /// A plan is over; nothing is reserved for it any more.
    PlanClosed {
        /// Which plan.
        plan: PlanNumber,
        /// How.
        end: PlanEnd,
    },
    /// An order was decided and signed. Nothing of it has left yet.
    OrderIntended {
        /// Our number of it.
        order: OrderNumber,
        /// For which plan.
        plan: PlanNumber,
        /// For which leg.
        leg: Option<LegIndex>,
        /// What was wished.
        wish: Box<PlannedOrder>,
        /// The venue's name of it.
        id: OrderId,
        /// The exact bytes.
        body: String,
    },
    /// An order rests, or is held back.
    OrderStands {
        /// Which one.
        order: OrderNumber,
        /// It is held back.
        delayed: bool,
        /// Shares matched so far.
        matched: Shares,
    },
    /// A cancellation was asked for.
    CancelAsked {
        /// Which order.
        order: OrderNumber,
    },
    /// An order is over.
    OrderEnded {
        /// Which one.
        order: OrderNumber,
        /// Why.
        cause: EndCause,
        /// Shares matched in all.
        matched: Shares,
    },
    /// A match of one of our orders came so far.
    TradeSeen {
        /// Which order.
        order: OrderNumber,
        /// The venue's name of the match.
        trade: TradeId,
        /// Shares.
        size: Shares,
        /// What a share cost on average.
        price: Price,
        /// Dollars before the fee.
        value: Usd,
        /// The fee.
        fee: Usd,
        /// We rested.
        liquidity: Liquidity,
        /// How far.
        state: TradeState,
        /// The venue's time of the match.
        matched_at: UnixMillis,
    },
    /// A transaction was decided; what it takes is set aside.
    TaskIntended {
        /// Our number of it.
        task: TaskNumber,
        /// For which plan.
        plan: Option<PlanNumber>,
        /// Who is credited.
        strategy: StrategyName,
        /// What is to be done.
        wish: Box<ChainTask>,
    },
    /// A transaction was signed. Nothing of it has left yet.
    TaskPrepared {
        /// Which one.
        task: TaskNumber,
        /// The signed bytes.
        prepared: String,
        /// Its name.
        reference: String,
    },
    /// A transaction is in a block, or is there no more.
    TaskMined {
        /// Which one.
        task: TaskNumber,
        /// In a block.
        in_block: bool,
    },
    /// A transaction is final.
    TaskConfirmed {
        /// Which one.
        task: TaskNumber,
    },
    /// A transaction never happens.
    TaskFailed {
        /// Which one.
        task: TaskNumber,
        /// Why.
        why: String,
    },
    /// Dollars came from outside, or left.
    CashMoved {
        /// Positive came in.
        amount: Usd,
        /// Who said so.
        by: Origin,
    },
    /// A person accepted a difference between our books and the world.
    Accepted {
        /// Which.
        acceptance: Acceptance,
        /// Why.
        why: String,
        /// Who did it.
        by: Origin,
    },
    /// A market is resolved.
    MarketResolved {
        /// Which one.
        condition: ConditionId,
        /// Its tokens.
        tokens: [TokenId; 2],
        /// What one share of each pays.
        payouts: [Price; 2],
    },
    /// What everything was worth; the day's loss and the drawdown are counted from such marks.
    EquityMarked {
        /// Dollars.
        equity: Usd,
    },
    /// Trading stopped.
    Halted {
        /// Why, and since when.
        halt: Halt,
        /// Who did it.
        by: Origin,
    },
    /// Trading goes on.
    Resumed {
        /// Who did it.
        by: Origin,
        /// Where the drawdown had halted trading: the equity that it is counted from now on. Whoever
        /// resumed saw the loss and took it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peak: Option<Usd>,
    },
    /// The desk began to keep somebody's money.
    Opened {
        /// Whose.
        purse: Purse,
    },
    /// The limits are others.
    LimitsSet {
        /// From now on.
        limits: Box<Limits>,
        /// Who did it.
        by: Origin,
    },
    /// Something is kept away from.
    Locked {
        /// From what, why and until when.
        lock: Lock,
        /// Who did it.
        by: Origin,
    },
    /// A lock is gone.
    Unlocked {
        /// Which.
        lock: LockId,
        /// Who did it.
        by: Origin,
    },
    /// A strategy may raise signals, or not.
    StrategySet {
        /// Which one.
        strategy: StrategyName,
        /// How it stands from now on.
        state: StrategyState,
        /// Who did it.
        by: Origin,
    },
}

impl Event {
    /// A stable name for programs, the one that its text carries.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PlanOpened { .. } => "plan_opened",
            Self::PlanMoved { .. } => "plan_moved",
            Self::PlanClosed { .. } => "plan_closed",
            Self::OrderIntended { .. } => "order_intended",
            Self::OrderStands { .. } => "order_stands",
            Self::CancelAsked { .. } => "cancel_asked",
            Self::OrderEnded { .. } => "order_ended",
            Self::TradeSeen { .. } => "trade_seen",
            Self::TaskIntended { .. } => "task_intended",
            Self::TaskPrepared { .. } => "task_prepared",
            Self::TaskMined { .. } => "task_mined",
            Self::TaskConfirmed { .. } => "task_confirmed",
            Self::TaskFailed { .. } => "task_failed",
            Self::CashMoved { .. } => "cash_moved",
            Self::Accepted { .. } => "accepted",
            Self::MarketResolved { .. } => "market_resolved",
            Self::EquityMarked { .. } => "equity_marked",
            Self::Halted { .. } => "halted",
            Self::Resumed { .. } => "resumed",
            Self::Opened { .. } => "opened",
            Self::LimitsSet { .. } => "limits_set",
            Self::Locked { .. } => "locked",
            Self::Unlocked { .. } => "unlocked",
            Self::StrategySet { .. } => "strategy_set",
        }
    }
}

/// Whose money a desk keeps: invented, or that of one wallet. A journal holds one purse for good, so
/// that invented and real money never meet in one ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purse(pub String);

/// Whether a strategy may raise signals, and how much it may have at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyState {
    /// Whether it may raise signals.
    pub activity: StrategyActivity,
    /// The most dollars it may have in markets; `None` for no bound of its own.
    pub budget: Option<Usd>,
    /// What it was told at run time; `None` where that never happened.
    #[serde(default)]
    pub settings: Option<StrategySettings>,
}

/// An event with its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// When it was decided.
    pub at: UnixMillis,
    /// What happened.
    pub event: Event,
}
