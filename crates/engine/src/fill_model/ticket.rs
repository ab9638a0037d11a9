//! An order on paper as it is written down and posted.

use domain::{ConditionId, FeeTerms, OrderTerms, Shares, TickSize};
use serde::{Deserialize, Serialize};

use super::PaperOrder;
use crate::desk::{OrderNumber, SignedOrder};
use crate::signal::PlannedOrder;

/// An order as it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Our number of it.
    pub number: OrderNumber,
    /// In which market.
    pub condition: ConditionId,
    /// The order.
    pub order: PaperOrder,
}

impl Ticket {
    /// What is written down of an order on paper: a text that no venue takes.
    ///
    /// # Errors
    /// The order cannot be written as text.
    pub fn text_of(order: &PlannedOrder) -> Result<String, serde_json::Error> {
        serde_json::to_string(&PaperText {
            paper: PaperMark::NeverSent,
            condition: order.market.condition,
            terms: order.terms,
            tick: order.market.tick,
            order_size_min: order.market.order_size_min,
            fee: order.market.fee,
        })
    }
    /// The order that such a text speaks of. Its fate is drawn by its name.
    ///
    /// # Errors
    /// Another text: an order of another mode.
    pub fn read(signed: &SignedOrder) -> Result<Self, serde_json::Error> {
        let text: PaperText = serde_json::from_str(&signed.body)?;
        let order = PaperOrder {
            id: signed.id,
            terms: text.terms,
            tick: text.tick,
            order_size_min: text.order_size_min,
            fee: text.fee,
            draw: PaperOrder::draw_of(signed.id),
        };
        Ok(Self { number: signed.number, condition: text.condition, order })
    }
}

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
