//! Recorded markets, played under a virtual clock to the strategies, the risk manager and the
//! ledger that trade the live one.
//!
//! A [`roster`] says which markets a recording's books belong to.

pub mod bounds;
pub mod fees;
pub mod roster;
pub mod tape;
