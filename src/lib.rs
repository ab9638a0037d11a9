//! The program.

pub mod account;
pub mod cli;
pub mod commands;
pub mod compose;
pub mod disk;
pub mod exit;
pub mod reload;
pub mod service_manager;
pub mod settings;
pub mod telemetry;
pub mod web;
pub mod web_role;
