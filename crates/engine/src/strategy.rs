//! From an opportunity to a signal, or to the reasons why not.
//!
//! A strategy is a plain value: it gets a [`Situation`] and answers with an [`Analysis`]. What most
//! of them have in common (gates, sizing, the certificate, the names of signals) is provided by the
//! trait; a strategy says which kinds it trades and which stages it trades them in. One that weighs
//! forecasts instead is shown a [`ForecastSituation`].
//!
//! To add one: write a file here that implements [`Strategy`], and add one line to [`CATALOGUE`].

mod analysis;
mod arbitrage_long;
mod certificate;
mod draft;
mod forecast_edge;
mod memory;
mod mint_split;
mod neg_risk_basket;
mod parts;
mod routine;
mod seat;
mod settings;
mod situation;
mod sizing;
pub mod standing;

use domain::Shares;

use crate::opportunity::OpportunityKind;
use crate::signal::StrategyName;

pub use analysis::Analysis;
pub use arbitrage_long::ArbitrageLong;
pub use draft::Unfit;
pub use forecast_edge::{ForecastEdge, ForecastSituation, RESOLVED_MIN, Stakes, TrackRecord};
pub use memory::Answer;
pub use mint_split::MintSplit;
pub use neg_risk_basket::NegRiskBasket;
pub use parts::{Parts, Plan};
pub use routine::Routine;
pub use seat::{Considered, Count, Decided, Nobody, Passed, Seat, Unraised, World};
pub use settings::{StrategiesSettings, StrategySettings, StrategySettingsError};
pub use situation::{Manner, Room, Situation};

/// Somebody who turns opportunities into signals.
pub trait Strategy: Send {
    /// Its name, settings and memory.
    fn routine(&self) -> &Routine;
    /// Its name, settings and memory, to change.
    fn routine_mut(&mut self) -> &mut Routine;
    /// What it trades.
    fn kinds(&self) -> &'static [OpportunityKind];
    /// In which order it does what an opportunity of that kind asks for, and what is to be held in
    /// the end.
    fn plan(&self, kind: OpportunityKind, parts: Parts) -> Plan;

    /// Who it is.
    fn name(&self) -> &StrategyName {
        self.routine().name()
    }
    /// How many sets it would trade: the most, in whole hundredths, that the opportunity, its own
    /// settings and the room that the risk manager leaves allow. Nothing where there is no such size.
    fn position_size(&self, situation: &Situation<'_>) -> Shares {
        sizing::position_size(self, situation)
    }
    /// Says why, or why not: every gate, and the signal where none refuses. A raised signal is
    /// remembered, so that the same place rests for a while.
    fn analyze(&mut self, situation: &Situation<'_>) -> Analysis {
        analysis::analyze(self, situation)
    }
    /// Says why, or why not, to a forecast; `None` of a strategy that weighs none.
    fn weigh(&mut self, _: &ForecastSituation<'_>) -> Option<Analysis> {
        None
    }
}

/// How to make a strategy.
#[derive(Clone, Copy, Debug)]
pub struct Registration {
    /// Its name.
    pub name: &'static str,
    /// Makes one from its name and settings, that remembers nothing.
    pub make: fn(Routine) -> Box<dyn Strategy>,
}

/// Every strategy, one line each.
pub const CATALOGUE: &[Registration] = &[
    Registration { name: "mint_split", make: |routine| Box::new(MintSplit::new(routine)) },
    Registration { name: "arbitrage_long", make: |routine| Box::new(ArbitrageLong::new(routine)) },
    Registration { name: "neg_risk_basket", make: |routine| Box::new(NegRiskBasket::new(routine)) },
    Registration { name: "forecast_edge", make: |routine| Box::new(ForecastEdge::new(routine)) },
];

impl Registration {
    /// A fresh one, which remembers nothing. `None` for a name that is none; the catalogue has no
    /// such name.
    #[must_use]
    pub fn fresh(&self, settings: StrategySettings) -> Option<Box<dyn Strategy>> {
        let name = StrategyName::new(self.name).ok()?;
        Some((self.make)(Routine::new(name, settings)))
    }
}

/// A fresh one of each in the catalogue.
#[must_use]
pub fn all(settings: &StrategiesSettings) -> Vec<Box<dyn Strategy>> {
    CATALOGUE.iter().filter_map(|entry| entry.fresh(settings.of(entry.name))).collect()
}
