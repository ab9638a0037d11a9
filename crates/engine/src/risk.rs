//! What may be risked: limits, reservations, locks, and the gates that every signal passes or not.
//!
//! Plain values. [`RiskBook`] is the state; [`RiskBook::review`] asks every gate and changes nothing;
//! [`RiskBook::decide`] reviews and, where nothing refused, reserves the worst case in the same step,
//! so that no two signals can ever both pass on the same room. Sums are checked: one that does not
//! fit is refused, never cut.

mod added;
mod book;
mod day;
mod gate;
mod halt;
mod hold;
mod limits;
mod locks;
mod pace;
mod recent;
mod reservation;
mod review;
mod rule;
mod standing;
mod sum;
mod worst_case;

pub use added::Added;
pub use book::{Decision, RiskBook};
pub use gate::{Gate, GateValue, Review, Verdict};
pub use halt::{Halt, HaltCause};
pub use hold::{HoldScope, VenueHold};
pub use limits::{COUNT_MAX, LimitChange, Limits, LimitsError};
pub use locks::{LOCKS_MAX, Lock, LockError, LockId, LockScope};
pub(crate) use reservation::loss;
pub use reservation::{Reservation, ReservationError, ReservationId, ReservedMarket};
pub use rule::Rule;
pub use standing::{Committed, Reconciled, Standing, StrategyActivity, StrategyStanding};
pub use worst_case::{Flaw, WorstCase};
