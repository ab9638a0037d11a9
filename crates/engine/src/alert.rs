//! Alerts: which facts become messages to people, through which channels, when, and how often.
//!
//! A fact becomes an [`Alert`]. Each channel has one [`ChannelRule`]; [`Dispatch`] says for each
//! channel whether the alert is sent now, later, or not at all and why. What was to be sent and could
//! not be is tried again after [`retry`]'s pauses, and in the end kept as a dead letter.
//! [`Conditions`] makes alerts of states that last.

mod channel;
mod conditions;
mod dispatch;
mod fact;
mod quiet;
pub mod retry;
mod rule;

pub use channel::ChannelName;
pub use conditions::{CONDITIONS_MAX, Condition, Conditions};
pub use dispatch::{Backlog, Dispatch, DispatchLimits, Held, Verdict};
pub use fact::{Alert, AlertKind, AlertMarket, Severity};
pub use quiet::{QuietHours, QuietHoursError};
pub use rule::{ChannelRule, Words};
