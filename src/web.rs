//! The web front: the API, the live socket, the dashboard's files and the metrics.

pub mod alerts;
pub mod api;
pub mod assets;
pub mod auth;
pub mod commands;
pub mod config;
pub mod connection;
pub mod decimal;
pub mod docs;
pub mod etag;
pub mod feed_front;
pub mod forecasts;
pub mod front;
pub mod guard;
pub mod listing;
pub mod live;
pub mod metrics;
pub mod openapi;
pub mod past;
pub mod problem;
pub mod routes;

pub mod socket;
pub mod state;
pub mod tape;
pub mod tls;
pub mod trading;
pub mod views;
