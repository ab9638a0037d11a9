//! What the world is asked to do, once what was decided is written down.

use domain::{ConditionId, OrderId, UnixMillis};

use super::{OrderNumber, TaskNumber};
use crate::approval::Approved;
use crate::opportunity::OpportunityId;
use crate::risk::Gate;
use crate::signal::{ChainTask, SignalId, StrategyName};

/// An order as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOrder {
    /// Our number of it.
    pub number: OrderNumber,
    /// The venue's name of it.
    pub id: OrderId,
    /// The exact bytes.
    pub body: String,
    /// When it was decided to send it; prices do not wait.
    pub decided_at: UnixMillis,
}

/// A transaction that may be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskIntent {
    /// Our number of it.
    pub number: TaskNumber,
    /// What is to be done.
    pub task: ChainTask,
}

/// A transaction that may be submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedTask {
    /// Our number of it.
    pub number: TaskNumber,
    /// As the chain's adapter wrote it down.
    pub prepared: String,
}

/// Why a wish was carried out or not: every gate with its value and its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionMade {
    /// When.
    pub at: UnixMillis,
    /// Which wish.
    pub signal: SignalId,
    /// Whose.
    pub strategy: StrategyName,
    /// What it came from.
    pub opportunity: Option<OpportunityId>,
    /// All of them, in the order of the checks.
    pub gates: Vec<Gate>,
    /// The plan that carries it out, if it was approved.
    pub plan: Option<super::PlanNumber>,
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: UnixMillis,
    /// A stable name of the kind.
    pub code: &'static str,
    /// What happened, why, and what to do.
    pub text: String,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Post an order; the same bytes again where they are posted twice.
    Post(Approved<SignedOrder>),
    /// Cancel an order.
    Cancel(OrderNumber, OrderId),
    /// Cancel whatever rests at the venue, known here or not, and read back that nothing does.
    CancelAll,
    /// Ask how an order stands.
    LookUp(OrderNumber, OrderId),
    /// Ask for the matches of a market.
    ReadTrades(ConditionId),
    /// Sign a transaction.
    Prepare(Approved<TaskIntent>),
    /// Submit a transaction, or the same one again, and follow it.
    Submit(Approved<PreparedTask>),
    /// Tell why.
    Decided(Box<DecisionMade>),
    /// Tell a person.
    Notify(Notice),
}
