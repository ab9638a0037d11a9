//! From a wish to a plan, or to the reason why not; and from a plan to its end.

use super::Turn;
use crate::desk::effect::{DecisionMade, Effect};
use crate::desk::event::Event;
use crate::desk::plan::{PlanEnd, Verdict};
use crate::desk::{LegIndex, OrderNumber, PlanNumber};
use crate::risk::{Gate, Lock, LockScope};
use crate::signal::{PlannedOrder, Signal};

impl Turn<'_> {
    pub(super) fn raise(&mut self, signal: Signal, mut gates: Vec<Gate>) {
        let standing_of = self.standing();
        let review = {
            let standing = standing_of.of(&signal.strategy);
            self.desk().risk.review(&signal, &standing)
        };
        let refused = gates.iter().any(Gate::is_refused) || review.refusal().is_some();
        gates.extend(review.gates);
        let plan = (!refused).then(|| PlanNumber(self.desk().last_plan + 1));
        let decision = DecisionMade {
            at: self.now(),
            signal: signal.id.clone(),
            strategy: signal.strategy.clone(),
            opportunity: signal.opportunity.clone(),
            gates,
            plan,
        };
        if let Some(plan) = plan {
            self.record(Event::PlanOpened { plan, signal: Box::new(signal) });
        }
        self.effect(Effect::Decided(Box::new(decision)));
        if let Some(plan) = plan {
            self.advance(plan);
        }
    }

    pub(super) fn place(&mut self, plan: PlanNumber, leg: Option<LegIndex>, order: PlannedOrder) {
        let number = OrderNumber(self.desk().last_order + 1);
        match self.env.signer.sign(number, &order, self.env.now) {
            Ok(signed) => {
                let (id, body) = (signed.id, signed.body);
                let wish = Box::new(order);
                self.record(Event::OrderIntended { order: number, plan, leg, wish, id, body });
                self.post(number);
            }
            Err(why) => {
                self.dealer.desk.risk.note_error();
                let text = format!(
                    "An order of plan {plan} could not be signed: {why}. Nothing was sent."
                );
                self.notify("order_not_signed", text);
            }
        }
    }

    pub(super) fn close_plan(&mut self, plan: PlanNumber, end: PlanEnd) {
        let unbalanced = end.verdict == Verdict::Unbalanced;
        let left: Vec<_> = end.left.iter().map(|(token, size)| (*token, *size)).collect();
        self.record(Event::PlanClosed { plan, end });
        if !unbalanced {
            return;
        }
        let until = Some(self.now().plus(self.env.settings.lock_after_leftover));
        for (token, size) in left {
            let Some(condition) = self.desk().home(token).map(|market| market.condition) else {
                continue;
            };
            let reason = format!("plan {plan} left {size} shares here that nobody took");
            let text = format!(
                "Plan {plan} ended with {size} shares of token {token} that nobody took. They are \
                 kept and counted; the market {condition} is locked for a while. Sell them by hand, \
                 or wait for the resolution."
            );
            let lock =
                Lock { scope: LockScope::Market(condition), reason, since: self.now(), until };
            let by = crate::desk::input::Origin("desk".to_owned());
            // A full list of locks is no reason to lose the word of the leftover.
            let _ = self.emit(Event::Locked { lock, by });
            self.notify("shares_left", text);
        }
    }
}
