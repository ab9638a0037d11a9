//! How a machine begins.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{UnixMillis, Usd};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Env, Input, NoQuotes, Origin, Purse, Reconciliation,
    TradingView,
};
use engine::fill_model::{Floor, Restart};
use engine::risk::{Limits, LimitsError};
use engine::signal::StrategyName;
use engine::strategy::{Registration, Seat, Stakes, StrategiesSettings};
use thiserror::Error;

use super::{Account, Asked, Machine, Pace, PaperSigner};
use crate::bounds::Bound;

/// What trading begins with; the same for every bound.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Dollars.
    pub cash: Usd,
    /// The limits.
    pub limits: Limits,
    /// How plans are carried out.
    pub dealing: DealerSettings,
    /// Who trades.
    pub strategies: Vec<&'static Registration>,
    /// What each of them may do.
    pub settings: StrategiesSettings,
    /// What chance is drawn from: the same seed, the same run.
    pub seed: u64,
    /// When the venue takes no orders.
    pub restarts: Vec<Restart>,
}

/// A machine cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MachineError {
    /// The limits cannot be used.
    #[error(transparent)]
    Limits(#[from] LimitsError),
}

impl Machine {
    /// Begins at a moment, with cash and without positions.
    ///
    /// # Errors
    /// The limits cannot be used.
    pub fn new(bound: Bound, terms: &Terms, at: UnixMillis) -> Result<Self, MachineError> {
        let signer = PaperSigner::new(terms.seed);
        let mut dealer = Dealer::new(Desk::new(at, terms.limits.clone())?);
        let by = || Origin("backtest".to_owned());
        let mut inputs = vec![
            Control::Open(Purse("backtest".to_owned())),
            Control::SetLimits(Box::new(terms.limits.clone())),
            Control::Fund(terms.cash),
        ];
        let mut seats = Vec::new();
        for entry in &terms.strategies {
            let settings = terms.settings.of(entry.name);
            let (Some(strategy), Ok(name)) = (entry.fresh(settings), StrategyName::new(entry.name))
            else {
                continue;
            };
            seats.push(Seat::new(strategy, Stakes::Play));
            inputs.push(Control::SetStrategy(name, Box::new(settings)));
        }
        let mut account = Account::default();
        let inputs = inputs.into_iter().map(|control| Input::Ordered(by(), control));
        for input in inputs.chain([Input::Reconciled(Reconciliation::Agrees)]) {
            let env = Env { now: at, quotes: &NoQuotes, signer: &signer, settings: &terms.dealing };
            let outcome = dealer.handle(input, &env);
            account.note(&outcome, at);
        }
        let view = Arc::new(TradingView::of(&dealer, &NoQuotes, at, 1));
        account.mark(&dealer, &NoQuotes, &view, at);
        Ok(Self {
            bound,
            now: at,
            timed: at,
            pace: Pace::Asleep,
            dealer,
            dealing: terms.dealing.clone(),
            floor: Floor::new(bound.settings()).restarting(terms.restarts.clone()),
            signer,
            seats,
            view,
            inputs: VecDeque::new(),
            decisions: BTreeMap::new(),
            decided: VecDeque::new(),
            asked: Asked::default(),
            followed: BTreeMap::new(),
            hold: None,
            resolved: BTreeMap::new(),
            lonely: 0,
            account,
        })
    }
}
