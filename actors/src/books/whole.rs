//! The books of one market for whoever asks.

use actix::Message;
use domain::{Book, ConditionId, TokenId};

use super::OutcomeTouch;
use crate::supervision::{Class, Msg, WhileDown};

/// How do the books of this market stand? At the limit, and while the books are down: the question
/// comes back.
#[derive(Clone, Copy, Debug)]
pub struct TellBooks(pub ConditionId);
impl Message for TellBooks {
    /// YES and NO; `None` where the market is not watched.
    type Result = Option<Box<[OutcomeBook; 2]>>;
}
impl Msg for TellBooks {
    const CLASS: Class = Class::Normal;
    const WHILE_DOWN: WhileDown = WhileDown::Reject;
}

/// One outcome's whole book.
#[derive(Clone, Debug)]
pub struct OutcomeBook {
    /// Whose.
    pub token: TokenId,
    /// How it stands, and whether it may be believed.
    pub standing: OutcomeTouch,
    /// What rests, for display where it is not trusted.
    pub book: Book,
}
