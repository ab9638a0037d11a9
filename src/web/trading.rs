//! Trading over HTTP: what was decided and why, what is owned, and what a person may order.
//!
//! Reads come from two places: the store for everything that was ever written down, the board for
//! how things stand this moment. What a person orders goes through the same risk manager as every
//! strategy's wish; nothing here decides about money.

pub mod figures;
pub mod idempotency;
pub mod instruct;
pub mod instructions;
pub mod reads;
pub mod refusal;
pub mod shape;
pub mod socket;
pub mod state;

pub use refusal::{Refusal, RefusalKind};
pub use state::{TradingParts, TradingState, WorkerStore};

use actix_web::web;

use reads::{activity, equity, funnel, live, money};

/// The resources of trading, below `/api/v1`. Called once by each thread of the server.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(web::Data::new(WorkerStore::default()))
        .configure(instructions::configure)
        .route("/decisions", web::get().to(activity::decisions))
        .route("/decisions/summary", web::get().to(funnel::summary))
        .route("/signals", web::get().to(activity::signals))
        .route("/plans", web::get().to(activity::plans))
        .route("/orders", web::get().to(money::orders))
        .route("/orders/{order_id}", web::get().to(money::order))
        .route("/fills", web::get().to(money::fills))
        .route("/ledger", web::get().to(money::ledger))
        .route("/results", web::get().to(money::results))
        .route("/equity", web::get().to(equity::equity))
        .route("/positions", web::get().to(live::positions))
        .route("/risk", web::get().to(live::risk))
        .route("/strategies", web::get().to(live::strategies));
}
