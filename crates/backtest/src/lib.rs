//! Recorded markets, played under a virtual clock to the strategies, the risk manager and the
//! ledger that trade the live one.
//!
//! [`records`] come from files of others and from our own sessions. A [`roster`] says which markets a recording's books belong to; a [`tape`] makes one stream of
//! steps of all files; a [`scene`] keeps books and opportunities; three [`machine`]s trade on them,
//! one for each of the [`bounds`] of what was really there for us; a [`report`] says what came of it.
//! [`run`] drives all of that.
//!
//! Nothing here reads a clock, and nothing that decides knows anything that is younger than the
//! moment at which it decides.

pub mod bounds;
pub mod fees;
pub mod machine;
pub mod records;
pub mod report;
pub mod roster;
pub mod run;
pub mod scene;
pub mod tape;
pub mod whatif;
