//! What goes wrong on the chain, on command and by chance.

use super::Chain;
use super::calls::Adapters;
use crate::custody::Custody;
use crate::fault::{Fault, FaultPlan};
use crate::rng::Rng;

/// Milliseconds that a pause or a halt by chance lasts.
const SPELL_MS: i64 = 5_000;

/// Faults still to happen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Troubles {
    reverts: u32,
    lose_replies: u32,
    stalled_until_ms: i64,
    paused_until_ms: i64,
}

impl Chain {
    /// Lets a fault happen that concerns the chain; false where it is none.
    pub(crate) fn suffer(
        &mut self,
        fault: &Fault,
        until: impl Fn(u64) -> i64,
        custody: &mut Custody,
    ) -> bool {
        match fault {
            Fault::RevertTransactions { count } => self.troubles.reverts = *count,
            Fault::LoseRelayerReplies { count } => self.troubles.lose_replies = *count,
            Fault::StallTransactions { for_ms } => self.troubles.stalled_until_ms = until(*for_ms),
            Fault::PauseAdapter { for_ms } => self.troubles.paused_until_ms = until(*for_ms),
            Fault::Reorg { depth } => self.reorganise(u64::from(*depth), custody),
            _ => return false,
        }
        true
    }
    /// Changes what happens by chance, from a seed where one is given.
    pub(crate) fn replan(&mut self, plan: FaultPlan, seed: Option<u64>) {
        self.plan = plan;
        if let Some(seed) = seed {
            self.rng = Rng::new(seed, "chain");
        }
    }
    /// Draws the faults of one block.
    pub(super) fn draw_block(&mut self, custody: &mut Custody) {
        let (plan, now_ms) = (self.plan, self.now.0);
        if self.happens(plan.stall_chain_ppm) {
            self.troubles.stalled_until_ms = now_ms + SPELL_MS;
        }
        if self.happens(plan.pause_adapter_ppm) {
            self.troubles.paused_until_ms = now_ms + SPELL_MS;
        }
        if self.happens(plan.reorg_ppm) {
            let depth = self.rng.range(1, 2).unsigned_abs();
            self.reorganise(depth, custody);
        }
    }
    /// A fault that is not planned draws no number, so that it changes nothing else.
    fn happens(&mut self, ppm: u32) -> bool {
        ppm > 0 && self.rng.chance_ppm(ppm)
    }
    /// Whether the transaction at hand is made to revert.
    pub(super) fn draw_revert(&mut self) -> bool {
        if self.troubles.reverts > 0 {
            self.troubles.reverts -= 1;
            return true;
        }
        self.happens(self.plan.revert_transaction_ppm)
    }
    /// Whether the answer to a submission just taken is lost.
    pub(crate) fn draw_lost_reply(&mut self) -> bool {
        if self.troubles.lose_replies > 0 {
            self.troubles.lose_replies -= 1;
            return true;
        }
        self.happens(self.plan.lose_relayer_reply_ppm)
    }
    pub(super) const fn is_stalled(&self) -> bool {
        self.troubles.stalled_until_ms > self.now.0
    }
    pub(super) const fn adapters(&self) -> Adapters {
        if self.troubles.paused_until_ms > self.now.0 {
            Adapters::Paused
        } else {
            Adapters::Working
        }
    }
}
