//! Orders that are never sent: named by the seed, so that the same run has the same orders.

use domain::{OrderId, UnixMillis};
use engine::desk::{Input, OrderNumber, PostAnswer, Sign, Signed, TaskNumber};
use engine::fill_model::{PaperOrder, Ticket};
use engine::signal::PlannedOrder;
use sha2::{Digest as _, Sha256};

/// Names orders and draws fates by a seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct PaperSigner {
    seed: u64,
}

impl PaperSigner {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }
    fn digest(&self, what: &str, number: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(what.as_bytes());
        hash.update(number.to_be_bytes());
        hash.finalize().into()
    }
    /// What decides whether a transaction happens.
    pub(super) fn draw(&self, task: TaskNumber) -> u64 {
        PaperOrder::draw_of(OrderId::from_bytes(self.digest("task", task.0)))
    }
}

impl Sign for PaperSigner {
    fn sign(
        &self,
        number: OrderNumber,
        order: &PlannedOrder,
        _: UnixMillis,
    ) -> Result<Signed, String> {
        let body = Ticket::text_of(order).map_err(|error| error.to_string())?;
        Ok(Signed { id: OrderId::from_bytes(self.digest("order", number.0)), body })
    }
}

/// An order that never left.
pub(super) const fn not_sent(number: OrderNumber, why: String) -> Input {
    Input::Posted(number, PostAnswer::NotSent { why })
}

/// Whether the venue refused an order because it restarts.
pub(super) fn says_restarting(input: &Input) -> bool {
    matches!(input, Input::Posted(_, PostAnswer::Rejected { code, .. }) if code == "restarting")
}
