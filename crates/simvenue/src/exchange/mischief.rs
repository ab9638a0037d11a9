//! What goes wrong in the private half, on command or by chance.

use std::collections::VecDeque;

use domain::{TradeState, UnixMillis};

use super::refusal::Refusal;
use crate::fault::FaultPlan;
use crate::rng::Rng;

/// Milliseconds that a window by chance lasts.
const SPELL_MS: i64 = 5_000;

/// How the reply to an accepted order is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The connection is cut.
    Cut,
    /// A 500 comes instead.
    ServerError,
}

/// Faults still to happen, and windows still open.
#[derive(Debug)]
pub(crate) struct Mischief {
    plan: FaultPlan,
    rng: Rng,
    pub(crate) lose_replies: u32,
    pub(crate) too_early: u32,
    pub(crate) fail_settlements: u32,
    pub(crate) retry_settlements: u32,
    pub(crate) race_cancels: u32,
    /// How many marketable orders are held back, and for how long.
    pub(crate) delay_matching: (u32, i64),
    pub(crate) post_only_until_ms: i64,
    pub(crate) cancel_only_until_ms: i64,
    pub(crate) region_block_until_ms: i64,
    pub(crate) closed_only_until_ms: i64,
}

/// Takes one of `left`, or draws a chance.
fn strikes(left: &mut u32, ppm: u32, rng: &mut Rng) -> bool {
    if *left > 0 {
        *left -= 1;
        return true;
    }
    ppm > 0 && rng.chance_ppm(ppm)
}

impl Mischief {
    pub(crate) fn new(seed: u64, plan: FaultPlan) -> Self {
        Self {
            plan,
            rng: Rng::new(seed, "mischief"),
            lose_replies: 0,
            too_early: 0,
            fail_settlements: 0,
            retry_settlements: 0,
            race_cancels: 0,
            delay_matching: (0, 0),
            post_only_until_ms: 0,
            cancel_only_until_ms: 0,
            region_block_until_ms: 0,
            closed_only_until_ms: 0,
        }
    }
    /// Changes what happens by chance, from a seed where one is given.
    pub(crate) fn replan(&mut self, plan: FaultPlan, seed: Option<u64>) {
        self.plan = plan;
        if let Some(seed) = seed {
            self.rng = Rng::new(seed, "mischief");
        }
    }
    /// Draws the faults of one second.
    pub(super) fn draw_second(&mut self, now: UnixMillis) {
        let ppm = self.plan.post_only_window_ppm;
        if ppm > 0 && self.rng.chance_ppm(ppm) {
            self.post_only_until_ms = now.0 + SPELL_MS;
        }
    }
    /// Whether the engine is said to be restarting.
    pub(crate) fn is_too_early(&mut self) -> bool {
        strikes(&mut self.too_early, self.plan.too_early_ppm, &mut self.rng)
    }
    /// Whether the windows let an order in.
    ///
    /// # Errors
    /// They do not.
    pub(crate) fn admit(&self, post_only: bool, now: UnixMillis) -> Result<(), Refusal> {
        if self.is_region_blocked(now) {
            return Err(Refusal::Region);
        }
        if self.cancel_only_until_ms > now.0 {
            return Err(Refusal::CancelOnly);
        }
        if self.post_only_until_ms > now.0 && !post_only {
            let retry_after_s = (self.post_only_until_ms - now.0) / 1_000 + 1;
            return Err(Refusal::PostOnlyMode { retry_after_s });
        }
        Ok(())
    }
    /// Whether orders are refused for where they come from.
    pub(crate) const fn is_region_blocked(&self, now: UnixMillis) -> bool {
        self.region_block_until_ms > now.0
    }
    /// Whether accounts may only reduce what they hold.
    pub(crate) const fn is_closed_only(&self, now: UnixMillis) -> bool {
        self.closed_only_until_ms > now.0
    }
    /// Whether, and how, the reply to an accepted order is lost.
    pub(crate) fn lose_reply(&mut self) -> Option<Loss> {
        if !strikes(&mut self.lose_replies, self.plan.lose_reply_ppm, &mut self.rng) {
            return None;
        }
        Some(if self.rng.next().is_multiple_of(2) { Loss::Cut } else { Loss::ServerError })
    }
    /// Whether a cancel comes just too late.
    pub(super) fn race_cancel(&mut self) -> bool {
        strikes(&mut self.race_cancels, self.plan.race_cancel_ppm, &mut self.rng)
    }
    /// For how long a marketable order is held back, in milliseconds.
    pub(super) fn hold(&mut self) -> Option<i64> {
        let (left, for_ms) = &mut self.delay_matching;
        let for_ms = if *left > 0 { *for_ms } else { self.rng.range(100, 2_000) };
        strikes(left, self.plan.delay_matching_ppm, &mut self.rng).then_some(for_ms)
    }
    /// What a new trade will go through.
    pub(super) fn course(&mut self) -> VecDeque<TradeState> {
        use TradeState::{Confirmed, Failed, Mined, Retrying};
        let plan = self.plan;
        let draw = self.rng.next();
        if strikes(&mut self.fail_settlements, plan.fail_settlement_ppm, &mut self.rng) {
            return match draw % 3 {
                0 => [Failed].into(),
                1 => [Retrying, Failed].into(),
                _ => [Mined, Retrying, Failed].into(),
            };
        }
        if strikes(&mut self.retry_settlements, plan.retry_settlement_ppm, &mut self.rng) {
            return match draw % 2 {
                0 => [Retrying, Mined, Confirmed].into(),
                _ => [Mined, Retrying, Mined, Confirmed].into(),
            };
        }
        [Mined, Confirmed].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_given_with_a_seed_strikes_the_same_orders_again() {
        let plan = FaultPlan { lose_reply_ppm: 300_000, ..FaultPlan::default() };
        let losses = |before: u64, seed: u64| {
            let mut mischief = Mischief::new(before, FaultPlan::rough());
            mischief.is_too_early();
            mischief.replan(plan, Some(seed));
            (0..50).map(|_| mischief.lose_reply()).collect::<Vec<_>>()
        };
        assert_eq!(losses(1, 5), losses(2, 5));
        assert_ne!(losses(1, 5), losses(1, 6));
        assert!(losses(1, 5).contains(&None) && losses(1, 5).contains(&Some(Loss::Cut)));
    }

    #[test]
    fn a_window_by_chance_lets_post_only_orders_in_and_ends() {
        let plan = FaultPlan { post_only_window_ppm: 1_000_000, ..FaultPlan::default() };
        let mut mischief = Mischief::new(1, plan);
        mischief.draw_second(UnixMillis(1_000));
        mischief.replan(FaultPlan::default(), None);
        let refusal = Err(Refusal::PostOnlyMode { retry_after_s: 5 });
        assert_eq!(mischief.admit(false, UnixMillis(1_500)), refusal);
        assert_eq!(mischief.admit(true, UnixMillis(1_500)), Ok(()));
        assert_eq!(mischief.admit(false, UnixMillis(1_000 + SPELL_MS)), Ok(()));
    }
}
