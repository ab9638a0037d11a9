//! What the deciders of the running service took in, written down so that it can be run again.
//!
//! Four parts of the service decide: the books (what is worth a look), the detector (what is open),
//! each strategy (what to wish for) and the desk (what is traded). Each is a plain value of `engine`;
//! an actor gives it messages, time and what it reads elsewhere. The actor says a [`Note`] of each of
//! these, in the order in which it happened; the [`Scribe`] turns notes into records of a session, and
//! [`Rerun`] turns the records back into the same calls of the same code, and compares what is
//! decided now with what was decided then.
//!
//! What one decider tells another is not written down: it comes out again. What they read of the
//! world (markets, prices, the freshness of feeds, decisions that had become durable) is written down
//! where it differs from what was read before.

mod digest;
mod exhibit;
mod frames;
mod index;
mod known;
mod note;
mod past;
mod rerun;
mod restated;
mod scribe;
mod standing;
mod step;

pub use digest::Digest;
pub use exhibit::{
    Act, ActionShown, Change, DecisionShown, DeskExhibit, Exhibit, LegShown, OpportunityShown,
    ReadThen, StrategyExhibit,
};
pub use frames::{FrameBatch, NoBatch};
pub use index::{Block, COUNTED, Indexed, Key, Row, RowKind, SegmentIndex, Shelf, seal};
pub use note::{Cause, Dealt, Did, Note, Reads, Sat, Socket, StatedBook, Stepped, Taken};
pub use past::{
    BUCKETS_MAX, DecisionThen, Feeds, Filter, Found, FrameThen, LadderThen, Link, MomentThen, Past,
    PastError, Place, Summary, Timeline, Way, place_of,
};
pub use rerun::{Decided, Difference, ReplayError, Rerun, Taken as Replayed, Totals};
pub use restated::{NoBooks, RestatedBook};
pub use scribe::{Scribe, Unwritable};
pub use standing::{HeldThen, Standing, StrategyThen};
pub use step::{Beginning, Decision, Fact, Occasion, Setup, Signature, Step};
