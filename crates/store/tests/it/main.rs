//! The repositories on real databases: every test runs on SQLite and on MariaDB.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod support;

mod alerts;
mod api_tokens;
mod columns;
mod concurrency;
mod connecting;
mod forecasts;
mod groups;
mod history;
mod leases;
mod markets;
mod money;
mod opportunities;
mod outages;
mod prices;
mod records;
mod schema;
mod tape;
mod throughput;
mod web_sessions;
