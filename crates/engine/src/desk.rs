//! The one state machine of money: what was approved, sent, matched, settled and is held.

mod accept;
mod apply;
mod dealer;
mod effect;
mod event;
mod input;
mod order_track;
mod plan;
mod state;
mod task_track;
mod view;

use serde::{Deserialize, Serialize};

pub use accept::{AcceptError, Acceptance, AcceptedAs, FOREIGN_MAX};
pub use apply::ApplyError;
pub use dealer::{Dealer, DealerSettings, Env, Outcome, RecoverError, Sign, Signed};
pub use effect::{DecisionMade, Effect, Notice, PreparedTask, SignedOrder, TaskIntent};
pub use event::{Event, Purse, Recorded, StrategyState};
pub use input::{
    CancelAnswer, Charge, Control, Input, OrderSight, OrderStanding, Origin, PostAnswer,
    Reconciliation, TaskSight, TradeSight,
};
pub use order_track::{DUST, EndCause, OrderState, OrderTrack, TradeTrack};
pub use plan::{
    ExecutionSettings, LOOK_PAUSE, LOOKS_MAX, Leave, NoQuotes, ORDER_LIFE_MS_MIN, Outlook, Phase,
    Plan, PlanEnd, PlanView, Quotes, Step, Verdict, advance, cash_of, holdings_of,
};
pub use state::{Breaches, DESK_FORMAT, Desk, Home, Kept, RETIRED_MAX, Resolution};
pub use task_track::{TaskState, TaskTrack};
pub use view::{HeldView, TradingView};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}
number!(
    /// A plan, counted from 1 over the life of the journal.
    PlanNumber
);
number!(
    /// An order, counted from 1 over the life of the journal.
    OrderNumber
);
number!(
    /// A transaction, counted from 1 over the life of the journal.
    TaskNumber
);

/// One order of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LegIndex {
    /// Which stage of the signal.
    pub stage: u16,
    /// Which order of it.
    pub leg: u16,
}
