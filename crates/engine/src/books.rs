//! Whether a book may be believed, as types; and the shelf that keeps all books, applies frames to
//! them and says where best prices contradict each other.

mod groups;
mod layout;
mod seen;
mod shelf;
mod tracked;

pub use layout::{GroupIndex, GroupPlan, Layout, MarketIndex, MarketPlan};
pub use seen::TrustCounts;
pub use shelf::{
    CrossCheck, Evidence, GroupMember, GroupSnapshot, MarketTouch, PairSnapshot, ScreenEffect,
    Shelf, ShelfStats, Subject,
};
pub use tracked::{
    ChangeOutcome, Distrust, Epoch, StaleCause, SuspectCause, TrackedBook, Trust, TrustedBook,
    TrustedSnapshot,
};
