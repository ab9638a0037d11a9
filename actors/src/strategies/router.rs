//! Hands each opportunity to every strategy, a person's wish to one of them, and notices the
//! strategies that are gone.

use engine::strategy::Considered;
use engine::strategy::Passed;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::UnixMillis;
use engine::desk::{Control, Origin};
use engine::opportunity::{OpportunityId, OpportunityKind};
use engine::risk::{Gate, Rule, StrategyActivity};
use engine::signal::StrategyName;
use engine::strategy::StrategySettings;

use super::agent::{AgentOutlets, StrategyAgent};
use super::messages::{Execute, ExecuteRefused, Executed, ForecastPublished, WishByHand};
use super::passes::Passes;
use crate::messages::OpportunityChanged;
use crate::supervision::{ActorRef, AskError, Handle, RestartChild, Status, Supervisor, TellError};
use crate::swarm::ForecastChanged;
use crate::trading::Command;
use engine::opportunity::OpportunityRecord;
use engine::strategy::standing;

/// How often the strategies' supervisors are looked at.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);
/// Between two orders to the risk manager or a supervisor of which nothing came yet.
const PATIENCE_MS: i64 = 2_000;
/// How long a person's wish may take.
const WISH_LIMIT: Duration = Duration::from_secs(2);
/// Opportunities of which it was said that nobody takes them.
const SAID_MAX: usize = 4_000;
/// Who speaks for a kind that no strategy trades.
const NOBODY: &str = "nobody";

/// Whether somebody sits at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    /// Its supervisor runs, or tries to.
    Alive,
    /// Its supervisor gave up; the risk manager is to be told.
    Ended,
    /// The risk manager knows; a person may lift it.
    Quarantined,
}

/// A strategy with its supervisor.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) name: StrategyName,
    pub(super) kinds: &'static [OpportunityKind],
    /// What it begins with.
    pub(super) settings: StrategySettings,
    pub(super) agent: ActorRef<StrategyAgent>,
    pub(super) supervisor: ActorRef<Supervisor>,
}

struct Seat {
    desk: Desk,
    health: Health,
    /// When somebody was last told to do something about it.
    told_at: Option<UnixMillis>,
}

/// The router.
pub struct StrategyRouter {
    seats: Vec<Seat>,
    /// The supervisor of the desks' supervisors.
    above: ActorRef<Supervisor>,
    outlets: AgentOutlets,
    control: Handle<Command>,
    said: BTreeSet<(StrategyName, OpportunityId)>,
    passes: Passes,
}

impl StrategyRouter {
    pub(super) fn new(
        desks: Vec<Desk>,
        above: ActorRef<Supervisor>,
        outlets: AgentOutlets,
        control: Handle<Command>,
    ) -> Self {
        let seat = |desk| Seat { desk, health: Health::Alive, told_at: None };
        Self {
            seats: desks.into_iter().map(seat).collect(),
            above,
            outlets,
            control,
            said: BTreeSet::new(),
            passes: Passes::default(),
        }
    }

    fn check(&mut self, ctx: &mut Context<Self>) {
        let now = self.outlets.clock.now();
        let view = self.outlets.trading.view();
        let mut ended = Vec::new();
        for seat in &mut self.seats {
            let name = &seat.desk.name;
            let activity = standing::activity(view.as_deref(), name);
            let is_over = seat.desk.supervisor.status() == Status::Done;
            if is_over && seat.health == Health::Alive {
                tracing::error!(strategy = %name, "a strategy failed too often: in quarantine");
                seat.health = Health::Ended;
                seat.told_at = None;
                ended.push(name.clone());
            }
            if !is_over && seat.health == Health::Quarantined {
                tracing::info!(strategy = %name, "a strategy is out of quarantine");
                seat.health = Health::Alive;
                seat.told_at = None;
            }
            let is_lifted =
                seat.health == Health::Quarantined && activity != StrategyActivity::Quarantined;
            let is_new = view.is_some() && standing::settings(view.as_deref(), name).is_none();
            let wish = match seat.health {
                Health::Ended => Some(Wish::Quarantine),
                _ if is_lifted => Some(Wish::Revive),
                _ if is_new => Some(Wish::Begin),
                _ => None,
            };
            let is_due = seat.told_at.is_none_or(|at| now.since(at).0.abs() >= PATIENCE_MS);
            if let Some(wish) = wish.filter(|_| is_due) {
                seat.told_at = Some(now);
                carry_out(wish, &seat.desk, &self.above, &self.control, ctx);
            }
            // Before the desk knows of it, nobody could lift it.
            if seat.health == Health::Quarantined {
                self.outlets.strategies.change(name, |status| {
                    status.activity = StrategyActivity::Quarantined;
                    status.open = 0;
                });
            }
        }
        if !ended.is_empty() {
            for record in self.outlets.opportunities.open() {
                self.speak_for_the_absent(&record);
            }
        }
    }

    /// Says why nobody takes it, where its strategy is gone or there is none.
    fn speak_for_the_absent(&mut self, record: &OpportunityRecord) {
        let kind = record.opportunity.kind;
        let mut said = Vec::new();
        let mut is_traded = false;
        for seat in self.seats.iter().filter(|seat| seat.desk.kinds.contains(&kind)) {
            is_traded = true;
            if seat.health != Health::Alive {
                said.extend(
                    standing::inactive(StrategyActivity::Quarantined)
                        .map(|gate| (seat.desk.name.clone(), gate)),
                );
            }
        }
        if !is_traded && let Ok(nobody) = StrategyName::new(NOBODY) {
            let gate = Gate::refused(Rule::Disabled, kind.code(), "a kind that a strategy trades");
            said.push((nobody, gate));
        }
        for (strategy, gate) in said {
            self.pass(strategy, record, gate);
        }
    }

    fn pass(&mut self, strategy: StrategyName, record: &OpportunityRecord, gate: Gate) {
        let opportunity = record.id.clone();
        let key = (strategy.clone(), opportunity.clone());
        if record.closed.is_some() {
            self.said.remove(&key);
            return;
        }
        if self.said.len() >= SAID_MAX || !self.said.insert(key) {
            return;
        }
        let at = self.outlets.clock.now();
        let of = Considered::Opportunity(opportunity);
        let dropped = self.passes.push(Passed { at, strategy, of, gates: vec![gate] });
        if dropped > 0 {
            tracing::warn!(dropped, "reasons of absent strategies were left out");
        }
    }

    fn pass_on(&self, published: &ForecastPublished) {
        for Seat { desk, .. } in &self.seats {
            match desk.agent.tell(published.clone()) {
                // One in quarantine hears nothing any more.
                Ok(()) | Err(TellError::Closed(_)) => {}
                Err(error) => {
                    tracing::warn!(strategy = %desk.name, %error, "a forecast was not passed on");
                }
            }
        }
    }

    /// Who is to carry out a person's wish.
    fn chosen(&self, wish: &Execute) -> Result<(&Seat, WishByHand), ExecuteRefused> {
        let id = &wish.opportunity;
        let open = self.outlets.opportunities.open();
        let Some(record) = open.into_iter().find(|record| record.id == *id) else {
            let closed = self.outlets.opportunities.closed();
            let over = closed.iter().find(|record| record.id == *id);
            let at = over.and_then(|record| record.closed.map(|(at, _)| at));
            return Err(at.map_or(ExecuteRefused::Unknown, |at| ExecuteRefused::Over { at }));
        };
        let kind = record.opportunity.kind;
        let seat = match &wish.strategy {
            Some(name) => {
                let named = self.seats.iter().find(|seat| seat.desk.name == *name);
                let named = named.ok_or_else(|| ExecuteRefused::NoSuchStrategy(name.clone()))?;
                let strategy = name.clone();
                let fits = named.desk.kinds.contains(&kind).then_some(named);
                fits.ok_or(ExecuteRefused::OtherKind { strategy, kind })?
            }
            None => {
                let mut seats = self.seats.iter();
                let fitting = seats.find(|seat| seat.desk.kinds.contains(&kind));
                fitting.ok_or(ExecuteRefused::NoStrategy(kind))?
            }
        };
        if seat.health == Health::Alive {
            return Ok((seat, WishByHand(record)));
        }
        let gates = standing::inactive(StrategyActivity::Quarantined).into_iter().collect();
        Err(ExecuteRefused::Refused { strategy: seat.desk.name.clone(), gates })
    }
}

enum Wish {
    /// Tell the risk manager that nobody sits there any more.
    Quarantine,
    /// Seat somebody again.
    Revive,
    /// Tell the risk manager what it may do at first.
    Begin,
}

fn carry_out(
    wish: Wish,
    desk: &Desk,
    above: &ActorRef<Supervisor>,
    control: &Handle<Command>,
    ctx: &mut Context<StrategyRouter>,
) {
    let (name, by) = (desk.name.clone(), |who: &str| Origin(who.to_owned()));
    let (by, order) = match wish {
        Wish::Quarantine => {
            let order = Control::Quarantine(name.clone());
            return quarantine(
                name,
                Command { by: by("supervision"), control: order },
                control,
                ctx,
            );
        }
        Wish::Begin => (by("settings"), Control::SetStrategy(name, Box::new(desk.settings))),
        Wish::Revive => {
            let own = RestartChild(desk.supervisor.name().to_owned());
            if let Err(error) = above.tell(own) {
                tracing::warn!(strategy = %desk.name, %error, "a strategy is not started again");
            }
            return;
        }
    };
    // Ordered again while nothing comes of it.
    if let Err(error) = control.tell(Command { by, control: order }) {
        tracing::warn!(strategy = %desk.name, %error, "the risk manager was not told");
    }
}

/// Once the desk has answered it is in quarantine, and whatever comes later was a person's wish.
fn quarantine(
    name: StrategyName,
    order: Command,
    control: &Handle<Command>,
    ctx: &mut Context<StrategyRouter>,
) {
    let asked = control.ask(order, WISH_LIMIT);
    ctx.spawn(actix::fut::wrap_future::<_, StrategyRouter>(asked).map(move |answer, router, _| {
        match answer {
            Ok(Ok(())) => {
                let mut seats = router.seats.iter_mut();
                if let Some(seat) = seats.find(|seat| seat.desk.name == name) {
                    seat.health = Health::Quarantined;
                    seat.told_at = None;
                }
            }
            // Ordered again while nothing comes of it.
            other => tracing::warn!(strategy = %name, ?other, "the risk manager was not told"),
        }
    }));
}

impl Actor for StrategyRouter {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(CHECK_INTERVAL, Self::check);
        ctx.run_interval(CHECK_INTERVAL * 5, |router, _| {
            router.passes.tell(&router.outlets.passes);
        });
    }
}

impl Handler<OpportunityChanged> for StrategyRouter {
    type Result = ();
    fn handle(&mut self, changed: OpportunityChanged, _: &mut Self::Context) {
        for Seat { desk, .. } in &self.seats {
            match desk.agent.tell(changed.clone()) {
                // One in quarantine hears nothing any more.
                Ok(()) | Err(TellError::Closed(_)) => {}
                Err(error) => {
                    tracing::warn!(strategy = %desk.name, %error, "an opportunity was not passed on");
                }
            }
        }
        self.speak_for_the_absent(&changed.0);
    }
}

impl Handler<ForecastPublished> for StrategyRouter {
    type Result = ();
    fn handle(&mut self, published: ForecastPublished, _: &mut Self::Context) {
        self.pass_on(&published);
    }
}

impl Handler<ForecastChanged> for StrategyRouter {
    type Result = ();
    fn handle(&mut self, ForecastChanged(record): ForecastChanged, _: &mut Self::Context) {
        // Its cost and its end are no news to those who trade.
        let forecast = record.forecast().filter(|_| record.resolved.is_none());
        if let Some(forecast) = forecast {
            self.pass_on(&ForecastPublished(Arc::clone(forecast)));
        }
    }
}

impl Handler<Execute> for StrategyRouter {
    type Result = ResponseActFuture<Self, Result<Executed, ExecuteRefused>>;
    fn handle(&mut self, wish: Execute, _: &mut Self::Context) -> Self::Result {
        let (seat, by_hand) = match self.chosen(&wish) {
            Ok(chosen) => chosen,
            Err(refused) => return Box::pin(actix::fut::ready(Err(refused))),
        };
        let name = seat.desk.name.clone();
        let asked = seat.desk.agent.ask(by_hand, WISH_LIMIT);
        let answer = async move {
            match asked.await {
                Ok(answer) => answer,
                Err(AskError::Timeout | AskError::Lost) => Err(ExecuteRefused::Unanswered(name)),
                Err(AskError::Full | AskError::Down | AskError::Closed) => {
                    Err(ExecuteRefused::NotReady(name.to_string()))
                }
            }
        };
        Box::pin(answer.into_actor(self))
    }
}
