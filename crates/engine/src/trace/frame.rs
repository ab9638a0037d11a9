//! Moments that nothing else writes down.

use domain::UnixMillis;

use crate::desk::{OrderNumber, PostAnswer};

/// When the frame that caused a look was where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameTimes {
    /// The exchange's time of it, where it states one.
    pub stated_at: Option<UnixMillis>,
    /// It came through the socket.
    pub received_at: UnixMillis,
    /// It was read, and the books hold it.
    pub in_book_at: UnixMillis,
}

/// One posting of an order: the same bytes may be posted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPosted {
    /// Which one.
    pub order: OrderNumber,
    /// The request left.
    pub sent_at: UnixMillis,
    /// The answer came, or it was given up.
    pub answered_at: UnixMillis,
    /// What it was.
    pub answer: PostAnswer,
}
