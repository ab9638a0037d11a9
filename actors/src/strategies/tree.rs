//! The supervisors of the strategies.

use std::time::Duration;

use engine::signal::StrategyName;
use engine::strategy::{Registration, Routine, StrategiesSettings, StrategySettings};

use super::agent::{AgentOutlets, StrategyAgent};
use super::messages::{Execute, ForecastPublished};
use super::router::{Desk, StrategyRouter};
use crate::messages::OpportunityChanged;
use crate::supervision::{
    ActorRef, Backoff, ChildSpec, Handle, Life, Placement, Restart, Strategy, SupervisorSpec,
};
use crate::swarm::ForecastChanged;
use crate::trading::Command;

/// More panics than these within [`PANICS_WITHIN`] put a strategy into quarantine.
const PANICS_MAX: usize = 3;
const PANICS_WITHIN: Duration = Duration::from_secs(60);

/// Whom the strategies tell.
#[derive(Clone)]
pub struct StrategiesOutlets {
    /// What every agent reads and tells.
    pub agents: AgentOutlets,
    /// The risk manager: hears of a quarantine, and what each strategy may do at first.
    pub control: Handle<Command>,
}

/// The planted strategies.
#[derive(Debug)]
pub struct StrategyTree {
    /// For the root's supervisor; its name is `strategies`.
    pub spec: SupervisorSpec,
    /// For the detector's listeners.
    pub opportunities: Handle<OpportunityChanged>,
    /// For whoever has a forecast.
    pub forecasts: Handle<ForecastPublished>,
    /// For the swarm.
    pub swarm: Handle<ForecastChanged>,
    /// For people.
    pub execute: Handle<Execute>,
    /// Every agent, for tests and figures; the addresses outlive restarts.
    pub agents: Vec<(StrategyName, ActorRef<StrategyAgent>)>,
}

/// Gives every strategy of the catalogue an agent with a supervisor of its own.
///
/// That supervisor restarts the agent up to three times a minute; at the fourth panic it gives up.
/// So a strategy's end is nobody else's. It is started again when a person lifts the quarantine.
///
/// `settings` are what a strategy begins with; later they are what the desk was last told.
#[must_use]
pub fn plant(
    catalogue: &[Registration],
    settings: &StrategiesSettings,
    outlets: &StrategiesOutlets,
) -> StrategyTree {
    let mut own = SupervisorSpec::new("strategy-desks", Strategy::OneForOne);
    let mut desks = Vec::new();
    for entry in catalogue {
        let Ok(name) = StrategyName::new(entry.name) else { continue };
        let settings = settings.of(entry.name);
        let kinds = (entry.make)(Routine::new(name.clone(), settings)).kinds();
        outlets.agents.strategies.change(&name, |status| status.settings = settings);
        let (child, agent) = agent(*entry, &name, settings, &outlets.agents);
        let desk = SupervisorSpec::new(&format!("{name}-desk"), Strategy::OneForOne)
            .intensity(PANICS_MAX, PANICS_WITHIN)
            .child(child);
        let (child, supervisor) = ChildSpec::supervisor(desk, Placement::Inherit);
        own = own.child(child.restart(Restart::Temporary));
        desks.push(Desk { name, kinds, settings, agent, supervisor });
    }
    let agents = desks.iter().map(|desk| (desk.name.clone(), desk.agent.clone())).collect();
    let (own, above) = ChildSpec::supervisor(own, Placement::Inherit);
    let shared = outlets.clone();
    let (router, address) =
        ChildSpec::actor("strategy-router", move |_, _: &Life<StrategyRouter>| {
            let StrategiesOutlets { agents, control } = shared.clone();
            StrategyRouter::new(desks.clone(), above.clone(), agents, control)
        })
        .build();
    let spec = SupervisorSpec::new("strategies", Strategy::OneForOne).child(own).child(router);
    StrategyTree {
        spec,
        opportunities: address.handle(),
        forecasts: address.handle(),
        swarm: address.handle(),
        execute: address.handle(),
        agents,
    }
}

fn agent(
    entry: Registration,
    name: &StrategyName,
    settings: StrategySettings,
    outlets: &AgentOutlets,
) -> (ChildSpec, ActorRef<StrategyAgent>) {
    let (named, outlets) = (name.clone(), outlets.clone());
    ChildSpec::actor(entry.name, move |_, _: &Life<StrategyAgent>| {
        let routine = Routine::new(named.clone(), settings);
        StrategyAgent::new((entry.make)(routine), outlets.clone())
    })
    .backoff(Backoff {
        base: Duration::from_millis(10),
        max: Duration::from_secs(1),
        jitter_permille: 0,
        reset_after: PANICS_WITHIN,
    })
    .build()
}
