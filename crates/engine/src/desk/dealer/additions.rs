//! What a plan buys on its way passes the limits once more.

use std::collections::BTreeMap;

use domain::{ConditionId, Side, Usd};

use super::Turn;
use crate::desk::PlanNumber;
use crate::desk::plan::{Phase, Step};
use crate::risk::{Added, Gate, ReservationId};
use crate::signal::PlannedOrder;

impl Turn<'_> {
    /// The steps as they are, or without their orders where a limit forbids one of the purchases by
    /// now: one leg alone is not what was wished. The plan then goes on to its end, where what it
    /// holds is merged or sold.
    pub(super) fn within_limits(&mut self, plan: PlanNumber, steps: Vec<Step>) -> Vec<Step> {
        let Some(refusal) = self.forbidden(plan, &steps) else { return steps };
        let text = format!(
            "Plan {plan} buys no more, by a limit that changed on its way: {refusal}. What it holds \
             beyond its aim is merged or sold."
        );
        self.notify("purchase_skipped", text);
        let last = self.env.settings.execution.requotes_max;
        steps.into_iter().filter_map(|step| without_order(step, last)).collect()
    }

    fn forbidden(&self, plan: PlanNumber, steps: &[Step]) -> Option<Gate> {
        let purchases: Vec<&PlannedOrder> = steps.iter().filter_map(purchase).collect();
        if purchases.is_empty() {
            return None;
        }
        let desk = self.desk();
        let signal = &desk.plans.get(&plan)?.signal;
        let mut promised: BTreeMap<ConditionId, Usd> = BTreeMap::new();
        for order in desk.orders.values().filter(|order| order.plan == plan) {
            *promised.entry(order.order.market.condition).or_default() +=
                order.cost_left() + order.cost_untold();
        }
        let reservation = ReservationId(plan.0);
        let added = Added { reservation, signal, purchases: &purchases, promised: &promised };
        desk.risk.review_added(&added, self.now()).refusal().cloned()
    }
}

fn purchase(step: &Step) -> Option<&PlannedOrder> {
    match step {
        Step::Place { order, .. } if order.terms.side == Side::Buy => Some(order),
        _ => None,
    }
}

/// A stage of which nothing can be begun ends the plan; where legs lag behind, nothing is quoted
/// again.
fn without_order(step: Step, requotes_max: u32) -> Option<Step> {
    match step {
        Step::Place { .. } => None,
        Step::Enter(Phase::Ordering { requotes: 0, .. }) => Some(Step::Enter(Phase::BALANCE)),
        Step::Enter(Phase::Ordering { stage, requotes }) => {
            let requotes = requotes.max(requotes_max);
            Some(Step::Enter(Phase::Ordering { stage, requotes }))
        }
        other => Some(other),
    }
}
