//! An approved signal on its way: which stage it is in, and what it holds by now.
//!
//! What a plan does next is computed from what is known of its orders and tasks, never from the
//! message that came last: a restart, a lost message and a repeated one all lead to the same step.

mod advance;
mod balance;
mod holdings;
mod orders_stage;

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, Shares, Side, TokenId, Touch, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::{LegIndex, OrderNumber, OrderTrack, PlanNumber, TaskTrack};
use crate::risk::VenueHold;
use crate::signal::{ChainTask, PlannedOrder, Signal};

pub use advance::advance;
pub(super) use holdings::is_by_hand;
pub use holdings::{cash_of, holdings_of};

/// The venue refuses a life of less than 180 s, by its own clock and when the order arrives: half a
/// minute for signing, writing down, waiting for our turn, and for a clock that is not ours.
pub const ORDER_LIFE_MS_MIN: i64 = 210_000;

/// While nobody is known to bid enough for the rest, that counts once in so long. Nothing is waited
/// for meanwhile: the rest is offered as soon as somebody does.
pub const LOOK_PAUSE: DurationMillis = DurationMillis(10_000);
/// The rest is given up after so many of these: a minute in which a plan could have sold.
pub const LOOKS_MAX: u32 = 6;

/// How plans are carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionSettings {
    /// An order that rests so long is cancelled. Default 3 s.
    pub leg_wait: DurationMillis,
    /// A cancellation without effect is asked for again after so long. Default 5 s.
    pub cancel_again: DurationMillis,
    /// How often the legs that lag behind are quoted again, at the price that the expected profit
    /// still allows. Default 2.
    pub requotes_max: u32,
    /// How often the rest is offered before it is kept and reported. Default 5.
    pub unwinds_max: u32,
    /// Between two such offers. Default 2 s.
    pub unwind_pause: DurationMillis,
    /// The rest is not sold below this part of the planned price, in ten-thousandths: a book that
    /// empty tells nothing of the value. Default 5,000.
    pub unwind_floor_bips: u32,
    /// The life of a resting order as the venue is told, in case nobody is left to cancel it; at
    /// least [`ORDER_LIFE_MS_MIN`]. Default 240 s.
    pub order_life: DurationMillis,
}

impl Default for ExecutionSettings {
    fn default() -> Self {
        Self {
            leg_wait: DurationMillis(3_000),
            cancel_again: DurationMillis(5_000),
            requotes_max: 2,
            unwinds_max: 5,
            unwind_pause: DurationMillis(2_000),
            unwind_floor_bips: 5_000,
            order_life: DurationMillis(240_000),
        }
    }
}

/// The best prices known now; only hints for a limit, never a reason to trade.
pub trait Quotes {
    /// The touch of a token; empty where nothing is known.
    fn touch(&self, token: TokenId) -> Touch;
}

/// No prices are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoQuotes;
impl Quotes for NoQuotes {
    fn touch(&self, _: TokenId) -> Touch {
        Touch::default()
    }
}

/// Whether a plan may do anything but reduce what rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Orders and transactions may be begun.
    Act,
    /// Trading is halted: only cancellations.
    CancelOnly,
}

/// What a plan looks at to decide.
#[derive(Clone, Copy)]
pub struct Outlook<'a> {
    /// The time.
    pub now: UnixMillis,
    /// Hints for limits.
    pub quotes: &'a dyn Quotes,
    /// How plans are carried out.
    pub settings: &'a ExecutionSettings,
    /// What the venue does not take now.
    pub venue: Option<&'a VenueHold>,
    /// Orders whose missing matches are waited for no more.
    pub given_up: &'a BTreeSet<OrderNumber>,
    /// What is allowed.
    pub leave: Leave,
}

impl Outlook<'_> {
    /// Whether the venue would not take an order of this side now.
    fn is_held(&self, side: Side) -> bool {
        self.venue.is_some_and(|hold| hold.covers(side, self.now))
    }
    /// Whether nothing more is waited for of an order.
    fn is_settled(&self, order: &OrderTrack) -> bool {
        order.is_settled() || order.is_final() && self.given_up.contains(&order.number)
    }
}

/// Which part of its way a plan is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// About to begin a stage.
    Before {
        /// Which one.
        stage: u16,
    },
    /// In a stage of orders; so often were the lagging legs quoted again.
    Ordering {
        /// Which stage.
        stage: u16,
        /// Rounds of new quotes so far.
        requotes: u32,
    },
    /// In a stage of transactions.
    Transacting {
        /// Which stage.
        stage: u16,
    },
    /// Every stage is done or given up; what is held beyond the aim is merged and sold.
    Balancing {
        /// Rounds of merges and sales so far.
        rounds: u32,
        /// How often nothing could be offered, because nobody was known to bid enough.
        #[serde(default)]
        looks: u32,
    },
}

impl Phase {
    /// The beginning of the end.
    pub const BALANCE: Self = Self::Balancing { rounds: 0, looks: 0 };
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its number.
    pub number: PlanNumber,
    /// What is carried out.
    pub signal: Signal,
    /// When it was approved.
    pub opened_at: UnixMillis,
    /// Where it is.
    pub phase: Phase,
    /// Since when it is there.
    #[serde(default)]
    pub moved_at: UnixMillis,
}

/// What a plan does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send an order.
    Place {
        /// For which leg; `None` where it gives shares back.
        leg: Option<LegIndex>,
        /// The order.
        order: PlannedOrder,
    },
    /// Ask for a cancellation.
    Cancel(OrderNumber),
    /// Begin a transaction.
    Start(ChainTask),
    /// Go on.
    Enter(Phase),
    /// It is over.
    Close(PlanEnd),
}

/// How a plan ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEnd {
    /// Dollars that came in less those that went out, fees included.
    pub cash: Usd,
    /// What is held as intended.
    pub kept: BTreeMap<TokenId, Shares>,
    /// What is held against the intention, because nobody took it.
    pub left: BTreeMap<TokenId, Shares>,
    /// In one word.
    pub verdict: Verdict,
}

/// A plan's end in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Something was traded, and nothing is left that was not meant to be.
    Done,
    /// Nothing was traded at all.
    Nothing,
    /// Shares are left that nobody took: a person should look.
    Unbalanced,
}

/// A plan with its orders and tasks.
#[derive(Clone, Copy)]
pub struct PlanView<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// All its orders, oldest first.
    pub orders: &'a [&'a OrderTrack],
    /// All its tasks, oldest first.
    pub tasks: &'a [&'a TaskTrack],
    /// Shares of the wallet that a plan by hand may give away: settled, promised to nobody and
    /// wanted by no other plan. A plan of a strategy uses only what it got itself, and this is empty.
    pub free: &'a BTreeMap<TokenId, Shares>,
}
