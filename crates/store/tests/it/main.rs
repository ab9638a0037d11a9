//! The repositories on real databases: every test runs on SQLite and on MariaDB.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod support;

mod markets;
mod opportunities;
mod prices;
mod schema;
