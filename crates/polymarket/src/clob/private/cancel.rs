//! What became of a wish to cancel.

use std::collections::{HashMap, HashSet};

use domain::{ConditionId, OrderId, TokenId};
use thiserror::Error;

use crate::clob::private_wire::CancelAnswerWire;
use crate::http::{Excerpt, Outcome, Reply, VenueError};
use crate::wire::Scalar;

use super::outcome::Doubt;
use super::refusal::{BadStatus, Refusal, bad_status};

/// Orders that the venue cancels in one request.
pub const CANCELS_PER_REQUEST_MAX: usize = 1_000;

/// What became of one order that was to be cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It is gone from the book.
    Cancelled,
    /// It was not there: matched, cancelled before, or never arrived. Look it up, it may have
    /// filled.
    AlreadyDone {
        /// The venue's words.
        text: Excerpt,
    },
    /// The venue's words are not known, or it says nothing about this order. It may still rest.
    Unknown {
        /// The venue's words; empty where it said nothing.
        text: Excerpt,
    },
}

/// A cancellation failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CancelError {
    /// Nothing left this machine.
    #[error("the cancellation was not sent: {0}")]
    NotSent(VenueError),
    /// The venue refused; everything rests as before.
    #[error("the venue refused to cancel: {0}")]
    Refused(Refusal),
    /// It may have been carried out. Cancelling again is harmless.
    #[error("whether the venue cancelled is not known: {0}")]
    Ambiguous(Doubt),
}

/// Which orders to cancel. At least one of both is named, so that "all" cannot be asked for by
/// mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelScope {
    /// All orders of a market.
    Market(ConditionId),
    /// All orders of a token.
    Token(TokenId),
    /// All orders of a token, which must be of that market.
    Both(ConditionId, TokenId),
}

impl CancelScope {
    pub(super) fn body(self) -> String {
        match self {
            Self::Market(market) => format!(r#"{{"market":"{market}"}}"#),
            Self::Token(token) => format!(r#"{{"asset_id":"{token}"}}"#),
            Self::Both(market, token) => {
                format!(r#"{{"market":"{market}","asset_id":"{token}"}}"#)
            }
        }
    }
}

/// What a sweep over several orders brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancelReport {
    /// Each order that the venue names, once.
    pub orders: Vec<(OrderId, CancelOutcome)>,
    /// Names that are no order ids.
    pub unreadable: usize,
}

impl CancelReport {
    /// The orders that are gone.
    pub fn cancelled(&self) -> impl Iterator<Item = OrderId> {
        self.orders.iter().filter(|(_, o)| *o == CancelOutcome::Cancelled).map(|(id, _)| *id)
    }
}

/// What a failure to get any answer says.
pub(super) fn unanswered(error: VenueError) -> CancelError {
    match error.outcome() {
        // Without an answer, only our own limit refuses.
        Outcome::NotSent | Outcome::Refused => CancelError::NotSent(error),
        Outcome::Unknown => CancelError::Ambiguous(Doubt::Transport(error)),
    }
}

/// Reads the answer to a sweep.
pub(super) fn sweep(reply: &Reply) -> Result<CancelReport, CancelError> {
    if !reply.is_success() {
        return Err(match bad_status(reply) {
            BadStatus::Refused(refusal) => CancelError::Refused(refusal),
            BadStatus::Doubt(why) => CancelError::Ambiguous(why),
            BadStatus::Duplicated => CancelError::Ambiguous(Doubt::Undecided {
                text: Excerpt::of(b"the venue speaks of a duplicate"),
            }),
        });
    }
    let wire = reply.body.as_ref().map_err(Clone::clone).and_then(|body| {
        // A list would otherwise be read as a record by the order of its members.
        match body.bytes().trim_ascii_start().first() {
            Some(b'{') => body.decode::<CancelAnswerWire>("answer to a cancellation"),
            _ => Err(VenueError::Decode {
                what: "answer to a cancellation",
                why: Excerpt::of(body.bytes()),
            }),
        }
    });
    wire.map(|wire| report(&wire)).map_err(|why| CancelError::Ambiguous(Doubt::Unreadable(why)))
}

/// Reads the answer about orders that were named: one outcome each, in the order asked.
pub(super) fn named(
    asked: &[OrderId],
    reply: &Reply,
) -> Result<Vec<(OrderId, CancelOutcome)>, CancelError> {
    let mut told: HashMap<OrderId, CancelOutcome> = sweep(reply)?.orders.into_iter().collect();
    let nothing_said = || CancelOutcome::Unknown { text: Excerpt::default() };
    Ok(asked.iter().map(|id| (*id, told.remove(id).unwrap_or_else(nothing_said))).collect())
}

fn report(wire: &CancelAnswerWire) -> CancelReport {
    let mut report = CancelReport::default();
    let gone = wire.canceled.iter().filter_map(Scalar::get).map(|id| (id, None));
    let kept = wire.not_canceled().map(|(id, why)| (id, Some(why)));
    let mut seen = HashSet::new();
    // What is kept comes first: an order that is named in both lists is not surely gone.
    for (id, why) in kept.chain(gone) {
        match OrderId::parse(id) {
            Ok(id) if seen.insert(id) => report.orders.push((id, outcome(why))),
            Ok(_) => {}
            Err(_) => report.unreadable += 1,
        }
    }
    report
}

fn outcome(why: Option<&str>) -> CancelOutcome {
    let Some(why) = why else { return CancelOutcome::Cancelled };
    let text = Excerpt::of(why.as_bytes());
    let words = why.to_lowercase();
    if ["already", "not found"].iter().any(|known| words.contains(known)) {
        CancelOutcome::AlreadyDone { text }
    } else {
        CancelOutcome::Unknown { text }
    }
}
