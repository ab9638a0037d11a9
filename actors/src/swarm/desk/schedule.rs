//! Questions of the swarm's own, and how much of the day's money there is for any.

use std::time::Instant;

use actix::prelude::*;
use domain::{ConditionId, Usd};
use engine::forecast::{CallPlan, Candidate, Offer, Reach, Rung, Selection};

use super::SwarmDesk;
use crate::swarm::messages::{AskSwarm, ForecastSource};

/// A prompt's bytes, to estimate what a call may cost before there is one.
const PROMPT_BYTES: usize = 8_000;
/// A repair is one call more.
const CALLS_PER_SAMPLE: i64 = 2;

impl SwarmDesk {
    /// Who is asked how often with the money that is left; `None` where that is nobody.
    pub(super) fn allowance(&self) -> Option<CallPlan> {
        let view = self.outlets.board.view();
        let limit = self.settings.usd_day_max;
        // Nobody knows what is left before the treasurer has looked.
        let left = (limit - view.budget?.used()).max(Usd::ZERO);
        let offers: Vec<Offer> = self
            .settings
            .members
            .iter()
            .map(|member| {
                let worst = member.tariff.worst(PROMPT_BYTES, self.settings.tokens_max);
                let standing = view.standings.iter().find(|it| it.member == member.name);
                Offer {
                    member: member.name.clone(),
                    call_cost_max: Usd::from_micros(
                        worst.micros().saturating_mul(CALLS_PER_SAMPLE),
                    ),
                    weight_ppm: standing.map_or(0, |standing| standing.weight_ppm),
                }
            })
            .collect();
        let members_min = self.settings.pool.quorum;
        let reach = Reach { samples: self.settings.samples, members_min };
        let plan = CallPlan::of(&offers, reach, left, limit);
        self.outlets.board.change(|view| view.rung = Some(plan.rung));
        (plan.rung != Rung::Stop).then_some(plan)
    }

    /// Asks about a market where one is due.
    pub(super) fn look(&mut self, ctx: &mut Context<Self>) {
        let Some(interval) = self.settings.interval else { return };
        let is_due = self.chosen_at.is_none_or(|at| at.elapsed() >= interval);
        let has_room = self.open_rounds() < self.settings.questions_max;
        if !is_due || !has_room || self.store.is_none() || self.seats.is_empty() {
            return;
        }
        if self.allowance().is_none() {
            return;
        }
        let Some(condition) = self.choose() else { return };
        self.chosen_at = Some(Instant::now());
        let at = self.outlets.clock.now().0;
        let head: String = condition.to_string().chars().skip(2).take(12).collect();
        let asked =
            AskSwarm { condition, id: format!("s{at}-{head}"), source: ForecastSource::Schedule };
        if let Err(error) = self.ask(&asked, ctx) {
            tracing::debug!(%error, market = %condition, "a market was chosen and nobody asked");
        }
    }

    fn choose(&self) -> Option<ConditionId> {
        let listing = self.outlets.listing.get();
        let now = self.outlets.clock.now();
        let candidates = listing.markets.values().filter_map(|market| {
            let touch = self.outlets.touches.get(&market.condition)?;
            let [yes, _] = touch.outcomes;
            let (bid, ask) = (yes.touch.bid, yes.touch.ask);
            let asked_at = self.asked.get(&market.condition).copied();
            Some(Candidate { market, bid, ask, asked_at })
        });
        let selection = Selection::new(self.settings.selection, self.settings.filter.clone());
        let chosen = selection.choose(candidates, 1, now);
        chosen.first().map(|candidate| candidate.market.condition)
    }
}
