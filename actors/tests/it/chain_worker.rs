//! Transactions, end to end: a simulated chain on the wire, a real journal, real supervision.

mod kinds;
mod scene;
mod steps;
mod troubles;
