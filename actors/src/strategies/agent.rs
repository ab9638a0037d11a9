//! One strategy at work: what it decides is `engine::strategy::Seat`'s, this actor gives it time and
//! shows it the world.

mod moment;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use engine::strategy::{Seat, Stakes, Strategy, TrackRecord, Unraised, standing};

use super::board::StrategiesBoard;
use super::messages::{ExecuteRefused, Executed, ForecastPublished, WishByHand};
use super::passes::Passes;
use crate::board::Board;
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::detector::OpportunityBoard;
use crate::messages::OpportunityChanged;
use crate::recorder::Notes;
use crate::shared::Shared;
use crate::supervision::Handle;
use crate::trading::{OpportunitiesPassed, RaiseSignal, TradingBoard};
use engine::universe::Watched;
use moment::Moment;
use replay::{Cause, Note};

/// A reason that changes with time (too young, at rest) is looked at again so often.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// How often reasons are told.
const TELL_INTERVAL: Duration = Duration::from_millis(500);

/// What an agent reads and whom it tells.
#[derive(Clone)]
pub struct AgentOutlets {
    /// Where it takes the time from.
    pub clock: Clock,
    /// What is open, for an agent that begins.
    pub opportunities: Arc<OpportunityBoard>,
    /// Every market and group.
    pub listing: Shared<Listing>,
    /// Which feed watches what.
    pub watched: Shared<Watched>,
    /// When each feed last brought data.
    pub board: Arc<Board>,
    /// How trading stands, and what was decided.
    pub trading: Arc<TradingBoard>,
    /// What the strategies did.
    pub strategies: Arc<StrategiesBoard>,
    /// Who decides.
    pub signals: Handle<RaiseSignal>,
    /// Who keeps the reasons why not.
    pub passes: Handle<OpportunitiesPassed>,
    /// What is read besides to weigh a forecast.
    pub forecasts: ForecastInputs,
    /// Where it is written down what it took in.
    pub notes: Notes,
}

/// What is read to weigh a forecast.
#[derive(Clone)]
pub struct ForecastInputs {
    /// The best prices now.
    pub touches: Arc<TouchBoard>,
    /// Whose money it is.
    pub stakes: Stakes,
    /// How good the swarm has been; whoever scores it keeps this up to date.
    pub record: Shared<TrackRecord>,
}

/// The actor of one strategy.
pub struct StrategyAgent {
    seat: Seat,
    outlets: AgentOutlets,
    passes: Passes,
}

impl StrategyAgent {
    /// A fresh strategy, which remembers nothing.
    #[must_use]
    pub fn new(strategy: Box<dyn Strategy>, outlets: AgentOutlets) -> Self {
        let seat = Seat::new(strategy, outlets.forecasts.stakes);
        Self { seat, outlets, passes: Passes::default() }
    }

    /// Acts in one moment, of which it is written down why it was.
    fn at_this_moment<T>(
        &mut self,
        why: impl FnOnce() -> Cause,
        act: impl FnOnce(&mut Seat, &mut Moment<'_>) -> T,
    ) -> T {
        let mut moment = Moment::new(self.seat.name().clone(), &self.outlets, &mut self.passes);
        let done = act(&mut self.seat, &mut moment);
        moment.end(why);
        done
    }

    fn turn(&mut self) {
        // A turn of a seat with nothing in mind does nothing.
        if !self.seat.is_idle() {
            self.at_this_moment(|| Cause::Turn, |seat, moment| seat.turn(moment));
        }
        let view = self.outlets.trading.view();
        self.seat.obey(view.as_deref());
        let (name, settings) = (self.seat.name(), *self.seat.settings());
        let activity = standing::activity(view.as_deref(), name);
        let open = self.seat.open();
        self.outlets.strategies.change(name, |status| {
            status.open = open;
            status.settings = settings;
            status.activity = activity;
        });
    }
}

impl Actor for StrategyAgent {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let (strategy, settings) = (self.seat.name().clone(), *self.seat.settings());
        let stakes = self.outlets.forecasts.stakes;
        let now = self.outlets.clock.now();
        self.outlets.notes.say(now, || Note::SeatBegan { strategy, settings, stakes });
        let open = self.outlets.opportunities.open();
        let why = || Cause::Began(open.clone());
        self.at_this_moment(why, |seat, moment| {
            for record in &open {
                seat.keep(record, moment);
            }
        });
        ctx.run_interval(LOOK_INTERVAL, |agent, _| agent.turn());
        ctx.run_interval(TELL_INTERVAL, |agent, _| agent.passes.tell(&agent.outlets.passes));
    }
}

impl Handler<OpportunityChanged> for StrategyAgent {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        let why = || Cause::Changed(Arc::clone(&record));
        self.at_this_moment(why, |seat, moment| seat.changed(&record, moment));
    }
}

impl Handler<ForecastPublished> for StrategyAgent {
    type Result = ();
    fn handle(&mut self, ForecastPublished(forecast): ForecastPublished, _: &mut Self::Context) {
        let why = || Cause::Heard(Arc::clone(&forecast));
        self.at_this_moment(why, |seat, moment| seat.hear(&forecast, moment));
    }
}

impl Handler<WishByHand> for StrategyAgent {
    type Result = Result<Executed, ExecuteRefused>;
    fn handle(&mut self, WishByHand(record): WishByHand, _: &mut Self::Context) -> Self::Result {
        let strategy = self.seat.name().clone();
        let why = || Cause::ByHand(Arc::clone(&record));
        match self.at_this_moment(why, |seat, moment| seat.by_hand(&record, moment)) {
            Ok(signal) => Ok(Executed { signal, strategy }),
            Err(Unraised::Refused(gates)) => Err(ExecuteRefused::Refused { strategy, gates }),
            Err(Unraised::Nobody) => Err(ExecuteRefused::NotReady("the risk manager".to_owned())),
        }
    }
}
