//! A strategy that weighs forecasts.

use actix::prelude::*;
use domain::Touch;
use engine::books::Trust;
use engine::forecast::Forecast;
use engine::opportunity::Subject;
use engine::risk::Rule;
use engine::strategy::{Analysis, ForecastSituation};

use super::StrategyAgent;
use crate::books::OutcomeTouch;
use crate::strategies::messages::ForecastPublished;
use crate::strategies::standing;
use crate::trading::Considered;

impl StrategyAgent {
    /// `None` of a strategy that weighs no forecasts, and of a market that nobody lists.
    fn weigh(&mut self, forecast: &Forecast) -> Option<Analysis> {
        let now = self.outlets.clock.now();
        let view = self.outlets.trading.view();
        let settings = self.obey(view.as_deref());
        let (name, condition) = (self.name(), forecast.market.condition);
        let listing = self.outlets.listing.get();
        let market = listing.markets.get(&condition)?;
        let subject = Subject::Market(condition);
        let forbidden = standing::forbidden(view.as_deref(), &name);
        let room = view.as_deref().map_or_else(engine::strategy::Room::default, |view| {
            standing::room(view, &name, &settings, &[condition], market.group.as_ref())
        });
        let touch = self.outlets.forecasts.touches.get(&condition);
        let touches = touch.map(|touch| touch.outcomes.map(|outcome| believed(&outcome)));
        let tokens = [market.yes().token, market.no().token];
        let situation = ForecastSituation {
            forecast,
            market,
            touches: touches.unwrap_or_default(),
            vouched_at: self.vouched_at(tokens).unwrap_or_default(),
            now,
            room,
            committed: standing::committed(view.as_deref(), &condition),
            under_way: standing::under_way(view.as_deref(), &name, &subject),
            forbidden: &forbidden,
            stakes: self.outlets.forecasts.stakes,
            record: *self.outlets.forecasts.record.get(),
        };
        self.strategy.weigh(&situation)
    }
}

/// No prices of a book that may not be believed.
fn believed(outcome: &OutcomeTouch) -> Touch {
    if outcome.trust == Trust::Trusted { outcome.touch } else { Touch::default() }
}

impl Handler<ForecastPublished> for StrategyAgent {
    type Result = ();
    fn handle(&mut self, ForecastPublished(forecast): ForecastPublished, _: &mut Self::Context) {
        let Some(Analysis { review, signal }) = self.weigh(&forecast) else { return };
        let refusal = review.refusal().map(|gate| gate.rule);
        let name = self.name();
        self.outlets.strategies.change(&name, |status| {
            status.analysed += 1;
            if let Some(rule) = refusal {
                *status.refusals.entry(rule).or_default() += 1;
            }
        });
        // While it is switched off every forecast would be passed over, for the same reason.
        if refusal.is_some_and(|rule| rule != Rule::Disabled) {
            let (condition, made_at) = (forecast.market.condition, forecast.made_at);
            let of = Considered::Forecast { condition, made_at };
            self.pass(of, self.outlets.clock.now(), review.gates.clone());
        }
        if let Some(signal) = signal
            && let Err(error) = self.raise(signal, &review.gates)
        {
            tracing::warn!(strategy = %name, %error, "a forecast is not traded");
        }
    }
}
