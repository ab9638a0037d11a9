//! Signs orders on paper: a name by chance, and a text that no venue takes.

use domain::{ConditionId, FeeTerms, OrderId, OrderTerms, Shares, TickSize, UnixMillis};
use engine::desk::{OrderNumber, Sign, Signed, SignedOrder};
use engine::fill_model::{PaperOrder, Ticket};
use engine::signal::PlannedOrder;
use serde::{Deserialize, Serialize};

/// What is written down of an order on paper.
#[derive(Debug, Serialize, Deserialize)]
struct PaperText {
    paper: PaperMark,
    condition: ConditionId,
    terms: OrderTerms,
    tick: TickSize,
    order_size_min: Shares,
    fee: FeeTerms,
}

/// Tells it from everything that a venue would take.
#[derive(Debug, Serialize, Deserialize)]
enum PaperMark {
    #[serde(rename = "an order on paper; it is never sent")]
    NeverSent,
}

/// Names orders by chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaperSigner;

impl Sign for PaperSigner {
    fn sign(&self, _: OrderNumber, order: &PlannedOrder, _: UnixMillis) -> Result<Signed, String> {
        let mut id = [0; 32];
        getrandom::fill(&mut id).map_err(|error| format!("the system gives no chance: {error}"))?;
        let text = PaperText {
            paper: PaperMark::NeverSent,
            condition: order.market.condition,
            terms: order.terms,
            tick: order.market.tick,
            order_size_min: order.market.order_size_min,
            fee: order.market.fee,
        };
        let body = serde_json::to_string(&text)
            .map_err(|error| format!("the order cannot be written as text: {error}"))?;
        Ok(Signed { id: OrderId::from_bytes(id), body })
    }
}

/// The order that a text of [`PaperSigner`] speaks of.
///
/// # Errors
/// Another text: an order of another mode.
pub(super) fn ticket(signed: &SignedOrder) -> Result<Ticket, serde_json::Error> {
    let text: PaperText = serde_json::from_str(&signed.body)?;
    let order = PaperOrder {
        id: signed.id,
        terms: text.terms,
        tick: text.tick,
        order_size_min: text.order_size_min,
        fee: text.fee,
        draw: PaperOrder::draw_of(signed.id),
    };
    Ok(Ticket { number: signed.number, condition: text.condition, order })
}
