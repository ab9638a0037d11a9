//! The venue's own client as the judge of the simulated venue: what it signs must be taken, and
//! what the simulator answers must be what it can read.

mod desk;
mod markets;
mod orders;
mod venue;
