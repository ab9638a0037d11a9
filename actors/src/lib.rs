//! The actor system: who is alive, who talks to whom, and what happens on failure.
//!
//! Deciding is done by plain values of `engine`; the actors here own life, order, time and failure.
//! `supervision` knows nothing of trading; everything else is a role with a mailbox.

pub mod alerts;
pub mod board;
pub mod books;
pub mod clock;
pub mod cluster;
pub mod collectors;
mod complaint;
pub mod crash_point;
pub mod detector;
pub mod fan_out;
pub mod feed;
pub mod feed_relay;
pub mod latency;
pub mod messages;
pub mod publisher;
pub mod recorder;
pub mod remote_feed;
pub mod roll_call;
pub mod shared;
pub mod store_writer;
pub mod strategies;
pub mod supervision;
pub mod swarm;
pub mod tape;
pub mod tenure;
pub mod traces;
pub mod trading;
