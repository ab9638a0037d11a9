//! The story of an opportunity, from the frame that caused it to settled money, told as the spans of
//! one trace.
//!
//! [`Storyteller`] is handed what happened and hands out spans. It reads no clock, sends nothing and
//! decides nothing but what to tell. Names are made of what they name ([`trace_of`], [`SpanName`]),
//! so that a process that starts again, or takes over, tells on in the same trace.

mod frame;
mod name;
mod opportunity;
mod order;
mod plan;
mod story;
mod storyteller;
mod task;

pub use frame::{FrameTimes, OrderPosted};
pub use name::{SpanName, trace_of};
pub use storyteller::{Storyteller, TraceCounts, TraceLimits};
