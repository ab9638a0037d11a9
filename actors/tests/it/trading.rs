//! Trading, end to end: the simulated venue on the wire, a real journal, real supervision.

mod kept_desk;
mod long_journal;
mod orders;
mod restarts;
mod scene;
mod troubles;
