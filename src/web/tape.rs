//! What others trade: large trades, whales with what became of them, wallets, and the record that
//! says whether following would have paid.

pub mod reads;
pub mod shape;

pub use reads::{CLASSES, KINDS, SORTS};

use actix_web::web;

use reads::{record, trades, wallet, whale, whales};

/// The resources of the tape, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/trades", web::get().to(trades))
        .route("/whales", web::get().to(whales))
        .route("/whales/record", web::get().to(record))
        .route("/whales/{id}", web::get().to(whale))
        .route("/wallets/{address}", web::get().to(wallet));
}
