//! What the roles of the swarm say to each other.

use std::sync::Arc;
use std::time::Instant;

use actix::Message;
use domain::{ConditionId, UnixMillis, Usd};
use forecasters::{Prompt, Usage};
use thiserror::Error;

use super::record::ForecastRecord;
use crate::supervision::{Class, Msg};

/// Who wanted a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastSource {
    /// The swarm chose the market itself.
    Schedule,
    /// Somebody asked.
    Person,
}

impl ForecastSource {
    /// A stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Person => "person",
        }
    }
}

/// Ask the swarm about a market. At the limit: refused, and whoever asked is told.
#[derive(Clone, Debug)]
pub struct AskSwarm {
    /// Which market.
    pub condition: ConditionId,
    /// The name that the forecast will have; the same name again is the same forecast.
    pub id: String,
    /// Who wants it.
    pub source: ForecastSource,
}

/// Why the swarm was not asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AskRefused {
    /// The past is still being read.
    #[error("the swarm is still reading what it learned before")]
    NotReady,
    /// No model can be asked.
    #[error("no model can be asked: {0}")]
    NoMember(String),
    /// No such market.
    #[error("the market is not known")]
    UnknownMarket,
    /// It has no price that a forecast could be compared with.
    #[error("the market has no price now, so there is nothing to compare a forecast with")]
    NoPrice,
    /// It takes no orders any more.
    #[error("the market is closed")]
    Closed,
    /// It is being asked about.
    #[error("the models are being asked about this market already: {0}")]
    Running(String),
    /// Too many questions at once.
    #[error("{0} questions are being asked already")]
    Busy(usize),
    /// The day's budget is used up.
    #[error("the budget of the day is used up")]
    NoBudget,
}

impl Message for AskSwarm {
    type Result = Result<String, AskRefused>;
}
impl Msg for AskSwarm {}

macro_rules! message {
    ($name:ty, $class:expr) => {
        impl Message for $name {
            type Result = ();
        }
        impl Msg for $name {
            const CLASS: Class = $class;
        }
    };
}

/// Ask your model. At the limit: refused, and the desk counts the member as failed.
#[derive(Clone, Debug)]
pub(super) struct AskMember {
    pub(super) forecast: Arc<str>,
    pub(super) prompt: Arc<Prompt>,
    /// How many calls.
    pub(super) samples: u32,
    /// Nobody waits for an answer after that.
    pub(super) until: Instant,
}
message!(AskMember, Class::Normal);

/// What came of one call.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) sample: engine::forecast::Sample,
    pub(super) at: UnixMillis,
    pub(super) usage: Usage,
    /// The first answer could not be read.
    pub(super) was_repaired: bool,
    /// What went wrong, for people.
    pub(super) error: Option<String>,
}

/// A member's call is over. Never dropped silently: the member logs a full desk.
#[derive(Clone, Debug)]
pub(super) struct MemberSaid {
    pub(super) forecast: Arc<str>,
    pub(super) told: Told,
}
message!(MemberSaid, Class::Critical);

/// Money that a call may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reservation {
    /// The call's name in the database.
    pub(super) call: Arc<str>,
}

/// Why a call may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum NoMoney {
    /// The day's budget has no room for it.
    #[error("the budget of the day has no room for the call")]
    BudgetUsedUp,
    /// The database does not answer, so nothing can be reserved.
    #[error("the budget cannot be read or written now")]
    StoreDown,
}

/// Reserve the worst case of a call. At the limit: refused, and the call is not made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reserve(
    /// The most that the call can cost.
    pub(super) Usd,
);
impl Message for Reserve {
    type Result = Result<Reservation, NoMoney>;
}
impl Msg for Reserve {}

/// A call is over. Where it is lost the reservation counts until the day is over.
#[derive(Clone, Debug)]
pub(super) struct Settle {
    /// What was reserved.
    pub(super) reservation: Reservation,
    /// What was paid.
    pub(super) paid: Usd,
}
message!(Settle, Class::Critical);

/// A forecast is being asked for, was published, failed, or its market ended. At the limit: logged
/// and dropped; the database has it.
#[derive(Clone, Debug)]
pub struct ForecastChanged(
    /// As it stands now.
    pub Arc<ForecastRecord>,
);
message!(ForecastChanged, Class::Critical);
