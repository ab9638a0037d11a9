//! What became of an order that was sent.

use domain::{OrderId, TradeId};
use thiserror::Error;

use crate::http::{Excerpt, VenueError};
use crate::ids::TxHash;

use super::refusal::Refusal;

/// What the venue made of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "every outcome is about money"]
pub enum PlaceOutcome {
    /// The venue has it.
    Accepted {
        /// Its id, the one that we computed.
        order: OrderId,
        /// How it stands.
        status: AcceptedStatus,
        /// What was given, in millionths, where the venue says so. For comparison only: fills are
        /// read from trades.
        making_micros: Option<i64>,
        /// What was got, in millionths, where the venue says so. For comparison only.
        taking_micros: Option<i64>,
        /// Trades to follow until they are final; empty also where they are not yet known.
        trades: Vec<TradeId>,
        /// Settling transactions, where they are known already.
        transactions: Vec<TxHash>,
    },
    /// It was held and then met nothing. Look it up before counting on that.
    Unmatched {
        /// Its id.
        order: OrderId,
    },
    /// It had arrived earlier: look up how it stands.
    Duplicated {
        /// Its id.
        order: OrderId,
    },
    /// The venue refused it and keeps nothing of it.
    Rejected(Refusal),
    /// It may have arrived. Look it up; where it is unknown, send the very same bytes again.
    Ambiguous {
        /// What leaves it open.
        why: Doubt,
    },
    /// Nothing of it left this machine. [`VenueError::retry`] says whether to send it again.
    NotSent {
        /// What prevented it.
        why: VenueError,
    },
}

/// How an accepted order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AcceptedStatus {
    /// It rests.
    Live,
    /// It met others, wholly or partly.
    Matched,
    /// It is held for a moment and cannot be cancelled meanwhile. That is no fill of nothing:
    /// ask for it by id.
    Delayed,
}

/// What leaves open whether a request was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Doubt {
    /// No answer came, or not all of it.
    #[error(transparent)]
    Transport(VenueError),
    /// A status that does not decide.
    #[error("the venue answered {status}: {text}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        text: Excerpt,
    },
    /// The answer came but is torn or not understood.
    #[error("the venue's answer cannot be read: {0}")]
    Unreadable(VenueError),
    /// The venue's words leave it open.
    #[error("the venue leaves it open: {text}")]
    Undecided {
        /// Its words.
        text: Excerpt,
    },
    /// A good answer without an id and without a complaint.
    #[error("the venue's answer names no order and no error")]
    NoOrderId,
    /// The answer is about another order.
    #[error("the venue's answer names another order: {named}")]
    OtherOrder {
        /// What it names.
        named: Excerpt,
    },
    /// The answer to a batch leaves this order out.
    #[error("the venue's answer leaves this order out")]
    LeftOut,
}
