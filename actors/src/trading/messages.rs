//! What the trading roles say to each other.

use actix::Message;
use domain::UnixMillis;
use engine::desk::{Control, Desk, Input, Origin, Recorded};
use engine::reconcile::OurView;
use engine::risk::{Gate, Limits, Review};
use engine::signal::Signal;
use engine::strategy::Passed;
use engine::trace::OrderPosted;
use thiserror::Error;

use super::Durable;
use crate::supervision::{Class, Msg, WhileDown};

/// A strategy, or a person, wishes to trade. At the limit, and while the risk manager is down: the
/// wish comes back and is forgotten, for a stale one is worse than none.
#[derive(Clone, Debug)]
pub struct RaiseSignal {
    /// The wish.
    pub signal: Box<Signal>,
    /// What the strategy checked before.
    pub gates: Vec<Gate>,
}
impl Message for RaiseSignal {
    type Result = ();
}
impl Msg for RaiseSignal {
    const CLASS: Class = Class::Normal;
    const WHILE_DOWN: WhileDown = WhileDown::Reject;
}

/// What would the gates say of this wish now? Nothing is begun, reserved or written down. At the limit,
/// and while the risk manager is down: the question comes back.
#[derive(Clone, Debug)]
pub struct PreviewSignal(pub Box<Signal>);
impl Message for PreviewSignal {
    /// `None` while the desk is read back.
    type Result = Option<Review>;
}
impl Msg for PreviewSignal {
    const CLASS: Class = Class::Normal;
    const WHILE_DOWN: WhileDown = WhileDown::Reject;
}

/// Reasons to be kept: each once, when it has lasted or the opportunity is over. At the limit, and
/// while the keeper is down: they come back and wait, up to a limit, then the oldest are left out and
/// counted.
#[derive(Clone, Debug)]
pub struct OpportunitiesPassed(pub Vec<Passed>);
impl Message for OpportunitiesPassed {
    type Result = ();
}
impl Msg for OpportunitiesPassed {
    const CLASS: Class = Class::Normal;
    const WHILE_DOWN: WhileDown = WhileDown::Reject;
}

/// Facts of the venue and the chain for the risk manager. Never dropped: a full queue is an error
/// after which the sender asks the venue again, from the start.
#[derive(Clone, Debug)]
pub struct News(pub Vec<Input>);
impl Message for News {
    type Result = ();
}
impl Msg for News {
    const CLASS: Class = Class::Critical;
}

/// Why an order of a person was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ControlRefused {
    /// The desk is being read back from the journal.
    #[error("the desk is not ready yet; try again in a moment")]
    NotReady,
    /// It does not fit.
    #[error("{0}")]
    Refused(String),
}

/// A person, or the process itself, orders something. First out.
#[derive(Clone, Debug)]
pub struct Command {
    /// Who.
    pub by: Origin,
    /// What.
    pub control: Control,
}
impl Message for Command {
    type Result = Result<(), ControlRefused>;
}
impl Msg for Command {
    const CLASS: Class = Class::Control;
}

/// What was written down before, for the risk manager that begins.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The desk that it leads to; `None` where nothing was.
    pub desk: Option<Box<Desk>>,
}
impl Message for Recovered {
    type Result = ();
}
impl Msg for Recovered {
    const CLASS: Class = Class::Critical;
}

/// A risk manager has begun and knows nothing: read the journal to it.
#[derive(Clone, Debug)]
pub struct ReadBack {
    /// Its incarnation.
    pub epoch: u64,
    /// The limits of a journal that never set any.
    pub limits: Box<Limits>,
}
impl Message for ReadBack {
    type Result = ();
}
impl Msg for ReadBack {
    const CLASS: Class = Class::Critical;
}

/// Durable effects for whoever carries them out. Never dropped silently.
#[derive(Clone, Debug)]
pub struct Perform(pub Vec<Durable>);
impl Message for Perform {
    type Result = ();
}
impl Msg for Perform {
    const CLASS: Class = Class::Critical;
}

/// What do we believe? For the comparison with the venue and the chain. `None` before the desk was
/// read back.
#[derive(Clone, Copy, Debug)]
pub struct TellOurView;
impl Message for TellOurView {
    type Result = Option<Box<OurView>>;
}
impl Msg for TellOurView {
    const CLASS: Class = Class::Critical;
}

/// What became durable, for whoever shows it. At the limit: dropped, the board has it all.
#[derive(Clone, Debug)]
pub struct EventsKept {
    /// In the order in which they were decided.
    pub events: std::sync::Arc<Vec<Recorded>>,
    /// Since when they are.
    pub at: UnixMillis,
}
impl Message for EventsKept {
    type Result = ();
}
impl Msg for EventsKept {
    const CLASS: Class = Class::Normal;
}

/// Orders that went to the venue, and what came back. At the limit: left out and counted, the journal
/// has what follows from it.
#[derive(Clone, Debug)]
pub struct OrdersPosted(pub Vec<OrderPosted>);
impl Message for OrdersPosted {
    type Result = ();
}
impl Msg for OrdersPosted {
    const CLASS: Class = Class::Normal;
}
