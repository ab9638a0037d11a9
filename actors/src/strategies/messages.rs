//! What the strategies hear and say.

use std::sync::Arc;

use actix::Message;
use domain::UnixMillis;
use engine::forecast::Forecast;
use engine::opportunity::{OpportunityId, OpportunityKind};
use engine::risk::Gate;
use engine::signal::{SignalId, StrategyName};
use thiserror::Error;

use crate::supervision::{Class, Msg, WhileDown};
use engine::opportunity::OpportunityRecord;

/// A person wants an open opportunity to be traded now. Asked of the router, it is answered once the
/// wish is raised, not once it is decided: the decision is found on the
/// [`TradingBoard`](crate::trading::TradingBoard) by the signal's name.
///
/// Safe to repeat: while the first wish is undecided or carried out, the second is refused.
#[derive(Clone, Debug)]
pub struct Execute {
    /// Which one.
    pub opportunity: OpportunityId,
    /// By which strategy; by the first of the catalogue that trades its kind where none is named.
    pub strategy: Option<StrategyName>,
}
impl Message for Execute {
    type Result = Result<Executed, ExecuteRefused>;
}
impl Msg for Execute {
    const CLASS: Class = Class::Control;
}

/// The wish is on its way to the risk manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Its name.
    pub signal: SignalId,
    /// Who raised it.
    pub strategy: StrategyName,
}

/// Why a person's wish was not raised. Nothing has changed then, unless it is
/// [`ExecuteRefused::Unanswered`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExecuteRefused {
    /// Nobody has heard of such an opportunity, or too long ago.
    #[error("there is no such opportunity")]
    Unknown,
    /// It is over.
    #[error("the opportunity is over")]
    Over {
        /// Since when.
        at: UnixMillis,
    },
    /// Nobody of that name.
    #[error("there is no strategy called {0}")]
    NoSuchStrategy(StrategyName),
    /// That strategy trades other kinds.
    #[error("{strategy} does not trade {kind}")]
    OtherKind {
        /// The one that was named.
        strategy: StrategyName,
        /// The opportunity's kind.
        kind: OpportunityKind,
    },
    /// No strategy trades that kind.
    #[error("no strategy trades {0}")]
    NoStrategy(OpportunityKind),
    /// A gate of the strategy refuses: it is paused, in quarantine or switched off, trading is
    /// halted, a plan is under way there, nothing of an allowed size is left.
    #[error("{strategy} refuses: {}", first_refusal(.gates))]
    Refused {
        /// Who refuses.
        strategy: StrategyName,
        /// Every gate with its value and limit, in the order of the rules.
        gates: Vec<Gate>,
    },
    /// The strategy or the risk manager is away.
    #[error("{0} is not ready; try again in a moment")]
    NotReady(String),
    /// The wish was handed on and no answer came: it may have been raised. The decisions tell.
    #[error("{0} gave no answer; look at the decisions before trying again")]
    Unanswered(StrategyName),
}

fn first_refusal(gates: &[Gate]) -> String {
    let refused = gates.iter().find(|gate| gate.is_refused());
    refused.map_or_else(|| "no reason".to_owned(), |gate| format!("{} ({gate})", gate.rule.text()))
}

/// The swarm has published its word on a market; every strategy hears it, and those that weigh
/// forecasts act on it. At the limit it is left out and logged: the next forecast is as good.
#[derive(Clone, Debug)]
pub struct ForecastPublished(pub Arc<Forecast>);
impl Message for ForecastPublished {
    type Result = ();
}
impl Msg for ForecastPublished {
    const CLASS: Class = Class::Normal;
}

/// The router hands a person's wish to the strategy.
#[derive(Clone, Debug)]
pub struct WishByHand(pub Arc<OpportunityRecord>);
impl Message for WishByHand {
    type Result = Result<Executed, ExecuteRefused>;
}
impl Msg for WishByHand {
    const CLASS: Class = Class::Control;
    const WHILE_DOWN: WhileDown = WhileDown::Reject;
}
