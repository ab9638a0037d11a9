//! Delivery policy, declared by the message type.

use actix::Message;

/// Decides the lane a message waits in, its priority, and the rule at the lane's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Orders to the actor itself. First out, a small lane of their own, also accepted while the
    /// actor drains its queue for the last time.
    Control,
    /// Must not be dropped: a full lane is an error which the sender has to handle.
    Critical,
    /// Everything else; a full lane is an error which the sender may ignore.
    Normal,
    /// Only the newest message per [`Msg::key`] matters; it replaces the one that waits. The lane
    /// is bounded by the number of keys.
    Latest,
}

/// What happens to a message while its receiver has crashed, backs off or has not started yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhileDown {
    /// It waits, within the bound of its lane, for the next incarnation.
    Buffer,
    /// The sender gets it back at once as [`TellError::Down`](super::TellError::Down).
    Reject,
}

/// A message with an explicit delivery policy.
pub trait Msg: Message<Result: Send> + Send + 'static {
    /// The lane and its rule at the limit.
    const CLASS: Class = Class::Normal;
    /// What to do while the receiver is down.
    const WHILE_DOWN: WhileDown = WhileDown::Buffer;

    /// Conflation key, read for [`Class::Latest`] only. Different message types never collide.
    fn key(&self) -> u64 {
        0
    }
}
