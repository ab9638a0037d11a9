//! Signs orders on paper: a name by chance, and a text that no venue takes.

use domain::{OrderId, UnixMillis};
use engine::desk::{OrderNumber, Sign, Signed};
use engine::fill_model::Ticket;
use engine::signal::PlannedOrder;

/// Names orders by chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaperSigner;

impl Sign for PaperSigner {
    fn sign(&self, _: OrderNumber, order: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        let mut id = [0; 32];
        getrandom::fill(&mut id).map_err(|error| format!("the system gives no chance: {error}"))?;
        let body = Ticket::text_of(order)
            .map_err(|error| format!("the order cannot be written as text: {error}"))?;
        Ok(Signed { id: OrderId::from_bytes(id), body })
    }
}
