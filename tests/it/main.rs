//! Tests of the whole program, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and a long one says how far it is"
)]

mod alerts;
mod architecture;
mod auth;
mod backtest;
mod backup;
mod chaos;
mod check;
mod cluster;
mod cluster_web;
mod crash;
mod demo;
mod description;
mod extending;
mod feed;
mod forecast;
mod forecast_edge;
mod forecasts;
mod health;
mod live_socket;
mod logs;
mod metrics;
mod modes;
mod proxy;
mod replay;
mod service;
mod sessions;
mod socket;
mod standby;
mod tls;
mod tokens;
mod trading;
mod whales;
