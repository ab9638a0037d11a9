//! The resources under `/api/v1` and the health checks: one file a resource.

pub mod books;
pub mod cluster;
pub mod health;
pub mod markets;
pub mod opportunities;
pub mod page;
pub mod prices;
pub mod rules;
pub mod system;
