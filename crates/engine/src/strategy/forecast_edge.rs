//! Trade where the swarm believes otherwise than the price, by more than all it may be wrong about.
//!
//! An opportunity is worth its profit whatever happens; a forecast is not. So this strategy trades no
//! opportunities: it weighs forecasts. It buys the outcome whose probability, less the forecast's own
//! margin, is worth more than the executable price, the fee and half the spread, and it stakes a
//! quarter of what Kelly's rule would on that careful probability. With real money it does nothing
//! until the swarm has proven better than the market.

mod offer;
mod situation;

use domain::money::{MICROS, divide};
use domain::{Crossing, Lifetime, OrderTerms, Rounding, Shares, Side, Usd};

use super::analysis::{Analysis, vouched};
use super::draft::{ORDER_USD_MIN, end_of_life};
use super::{Parts, Plan, Routine, Strategy};
use crate::detector::largest_that;
use crate::opportunity::{OpportunityKind, Subject};
use crate::risk::{Gate, GateValue, Review, Rule, Verdict, WorstCase};
use crate::signal::{
    Aim, Certificate, Exposure, NameError, PlannedOrder, Signal, SignalId, Stage, TradedMarket,
};
use offer::Offer;
pub use situation::{ForecastSituation, Stakes, TrackRecord};

/// A forecast older than this is history: an hour.
const FORECAST_AGE_MS_MAX: i64 = 3_600_000;
/// Resolved questions without which no skill is believed.
pub const RESOLVED_MIN: u32 = 350;
/// The part of Kelly's stake that is put in is one in so many.
const KELLY_DIVISOR: i128 = 4;

/// Weighs forecasts.
#[derive(Debug)]
pub struct ForecastEdge(Routine);

impl ForecastEdge {
    /// With its name and settings.
    #[must_use]
    pub const fn new(routine: Routine) -> Self {
        Self(routine)
    }

    fn gates(&self, situation: &ForecastSituation<'_>) -> Vec<Gate> {
        let settings = self.0.settings();
        let on = if settings.enabled {
            Gate::passed(Rule::Disabled, "on", "on")
        } else {
            Gate::refused(Rule::Disabled, "off", "on")
        };
        let under_way = situation.under_way.map(|plan| format!("plan {plan} is under way"));
        let age = situation.now.since(situation.forecast.made_at).0;
        let mut gates = situation.forbidden.to_vec();
        gates.extend([
            on,
            situation.proven(),
            Gate::millis_at_most(Rule::TooOld, age, FORECAST_AGE_MS_MAX),
            vouched(Rule::FeedAge, situation.vouched_at, situation.now, settings.vouched_ms_max),
            match under_way {
                Some(found) => Gate::refused(Rule::CoolDown, found, "over"),
                None => Gate::passed(Rule::CoolDown, "nothing under way", "over"),
            },
        ]);
        gates
    }

    /// The largest size that Kelly, the settings and the room allow, with what the limits say to it;
    /// where even the least order finds no room, what they say to that.
    fn sized(
        &self,
        situation: &ForecastSituation<'_>,
        offer: &Offer,
        market: &TradedMarket,
    ) -> (PlannedOrder, Vec<Gate>) {
        let settings = self.0.settings();
        let room = situation.room.tightened(Rule::StrategyBudget, settings.budget_usd);
        let stake = offer.kelly(market.fee, settings.budget_usd) - situation.committed;
        let most = offer.shares_for(stake, market.fee).min(settings.size_max);
        let order = |size| planned(situation, offer, market, size);
        let limits = |order: &PlannedOrder| {
            let cost = order.outlay_max();
            [
                Gate::usd_at_most(Rule::OrderUsd, cost, room.order_usd),
                Gate::usd_at_most(Rule::MarketUsd, cost, room.market_usd),
                Gate::usd_at_most(room.capital_rule, cost, room.capital_usd),
                Gate::usd_at_most(Rule::FloorLoss, cost, room.floor_loss_usd),
            ]
        };
        let fits = |size: i64| {
            let order = order(Shares::from_micros(size));
            limits(&order).iter().all(|gate| !gate.is_refused())
        };
        let most = most.max(Shares::ZERO).floor_to_order_size();
        let size = Shares::from_micros(largest_that(most.micros(), fits));
        let least = offer.size_min(market);
        let wanted = order(size);
        let mut gates = if size < least && most >= least {
            limits(&order(least)).to_vec()
        } else {
            limits(&wanted).to_vec()
        };
        let found = format!("{size} shares");
        gates.push(if size >= least && size.is_positive() {
            Gate::passed(Rule::SizeMin, found, format!("{least} shares"))
        } else {
            Gate::refused(Rule::SizeMin, found, format!("{least} shares"))
        });
        let edge = offer.edge(size.max(least), market.fee);
        let wanted_edge = settings.edge_usd_min.max(Usd::from_micros(1));
        gates.push(Gate::usd_at_least(Rule::EdgeMin, Some(edge), wanted_edge));
        (wanted, gates)
    }

    fn signal(
        &self,
        situation: &ForecastSituation<'_>,
        order: PlannedOrder,
    ) -> Result<Signal, NotSound> {
        let (market, size) = (situation.market, order.terms.size);
        let made_at = situation.forecast.made_at.0;
        let stages = vec![Stage::Orders(vec![order])];
        // Nothing is expected of it that a dearer quote could give away.
        let worst = WorstCase::of_stages(&stages, Usd::ZERO)?;
        let at_risk = worst.markets.get(&market.condition).copied().unwrap_or(worst.capital);
        let floor = -worst.capital;
        Ok(Signal {
            id: SignalId::new(&format!("{}:{}:{made_at}", self.name(), market.condition))?,
            strategy: self.name().clone(),
            opportunity: None,
            subject: Subject::Market(market.condition),
            raised_at: situation.now,
            expires_at: situation.now.plus(self.0.settings().life_ms),
            size,
            stages,
            aim: Aim::Hold,
            certificate: Certificate { best: Usd::ZERO, leg_missing: Usd::ZERO, floor },
            exposure: vec![Exposure {
                condition: market.condition,
                group: market.group.clone(),
                at_risk,
            }],
            capital: worst.capital,
            ends_at: market.ends_at,
            books_vouched_at: situation.vouched_at,
        })
    }
}

/// Why a wish cannot be put into words.
#[derive(Debug, thiserror::Error)]
enum NotSound {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("{0}")]
    Flaw(crate::risk::Flaw),
}

impl From<crate::risk::Flaw> for NotSound {
    fn from(flaw: crate::risk::Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl Strategy for ForecastEdge {
    fn routine(&self) -> &Routine {
        &self.0
    }
    fn routine_mut(&mut self) -> &mut Routine {
        &mut self.0
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        &[]
    }
    fn plan(&self, _: OpportunityKind, parts: Parts) -> Plan {
        Plan::new([parts.purchases()], Aim::Hold)
    }
    fn weigh(&mut self, situation: &ForecastSituation<'_>) -> Option<Analysis> {
        let mut gates = self.gates(situation);
        let market = TradedMarket::of(situation.market).filter(|_| situation.market.is_open());
        let about = Some(Subject::Market(situation.market.condition));
        gates.push(match market {
            Some(_) => Gate::passed(Rule::UnknownMarket, "known and open", "known and open"),
            None => {
                Gate::refused(Rule::UnknownMarket, "closed, or its fee unknown", "known and open")
            }
        });
        let offer = market.as_ref().and_then(|market| offer::best(situation, market.fee));
        let order = match (&market, &offer) {
            (Some(market), Some(offer)) => {
                let (order, more) = self.sized(situation, offer, market);
                gates.extend(more);
                Some(order)
            }
            (Some(_), None) => {
                gates.push(Gate::refused(Rule::SizeMin, "bid or ask is missing", "both"));
                None
            }
            (None, _) => None,
        };
        gates.iter_mut().for_each(|gate| gate.about = gate.about.take().or_else(|| about.clone()));
        let refused = gates.iter().any(Gate::is_refused);
        let signal = order.filter(|_| !refused).map(|order| self.signal(situation, order));
        if let Some(Err(why)) = &signal {
            gates.push(Gate::refused(Rule::Malformed, why.to_string(), "sound"));
        }
        gates.sort_by_key(|gate| gate.rule);
        Some(Analysis { review: Review { gates }, signal: signal.and_then(Result::ok) })
    }
}

fn planned(
    situation: &ForecastSituation<'_>,
    offer: &Offer,
    market: &TradedMarket,
    size: Shares,
) -> PlannedOrder {
    let terms = OrderTerms {
        token: offer.token,
        side: Side::Buy,
        price: offer.price,
        size,
        lifetime: Lifetime::GoodTilDate { expires_at: end_of_life(situation.now) },
        crossing: Crossing::Allowed,
    };
    PlannedOrder {
        terms,
        outcome: offer.outcome,
        value: size.at(offer.price, Rounding::Up),
        fee: market.fee.fee(size, offer.price, Rounding::Up),
        market: market.clone(),
    }
}
