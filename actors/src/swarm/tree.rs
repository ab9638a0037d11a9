//! The supervisors of the swarm.

use std::sync::Arc;
use std::time::Duration;

use super::board::SwarmBoard;
use super::desk::{DeskOutlets, Seat, SwarmDesk};
use super::member::{Member, MemberOutlets};
use super::messages::{AskSwarm, ForecastChanged};
use super::settings::SwarmSettings;
use super::treasurer::Treasurer;
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::shared::Shared;
use crate::supervision::{
    Backoff, ChildSpec, Handle, Life, Limits, Placement, Strategy, SupervisorSpec,
};

const RESTARTS_MAX: usize = 20;
const RESTARTS_WITHIN: Duration = Duration::from_secs(60);
/// A model that panics more often than this rests until the whole swarm is started again.
const MEMBER_RESTARTS_MAX: usize = 50;

/// What the swarm reads and whom it tells.
#[derive(Clone)]
pub struct SwarmOutlets {
    /// Where it takes the time from.
    pub clock: Clock,
    /// Where it says how it stands.
    pub board: Arc<SwarmBoard>,
    /// Every market.
    pub listing: Shared<Listing>,
    /// What markets cost.
    pub touches: Arc<TouchBoard>,
    /// Who hears of forecasts.
    pub listeners: Vec<Handle<ForecastChanged>>,
}

/// The planted swarm.
#[derive(Debug)]
pub struct SwarmTree {
    /// For the root's supervisor; its name is `swarm`.
    pub spec: SupervisorSpec,
    /// For people.
    pub ask: Handle<AskSwarm>,
}

/// Gives every model an actor, and the swarm its treasurer and its desk.
#[must_use]
pub fn plant(settings: SwarmSettings, outlets: &SwarmOutlets) -> SwarmTree {
    let settings = Arc::new(settings);
    let backoff = Backoff::exponential(Duration::from_millis(100), Duration::from_secs(5));
    let desk = ChildSpec::reserve::<SwarmDesk>("swarm-coordinator")
        .limits(Limits { critical: 8_192, ..Limits::default() });
    let desk_address = desk.address();

    let (shared, common) = (Arc::clone(&settings), outlets.clone());
    let (treasurer, treasury) =
        ChildSpec::actor("swarm-treasurer", move |_, life: &Life<Treasurer>| {
            let (clock, board) = (common.clock.clone(), Arc::clone(&common.board));
            let (store, limit) = (shared.store.clone(), shared.usd_day_max);
            Treasurer::new(life.clone(), store, limit, clock, board)
        })
        .backoff(backoff)
        .build();

    let of_members = MemberOutlets {
        clock: outlets.clock.clone(),
        board: Arc::clone(&outlets.board),
        reserve: treasury.handle(),
        settle: treasury.handle(),
        desk: desk_address.handle(),
    };
    let mut models = SupervisorSpec::new("swarm-models", Strategy::OneForOne)
        .intensity(MEMBER_RESTARTS_MAX, RESTARTS_WITHIN);
    let mut seats = Vec::new();
    for member in &settings.members {
        let (shared, own, outlets) = (Arc::clone(&settings), member.clone(), of_members.clone());
        let name = format!("model-{}", member.name);
        let (child, address) = ChildSpec::actor(&name, move |_, life: &Life<Member>| {
            let (tokens_max, calls_max) = (shared.tokens_max, shared.calls_max);
            Member::new(life.clone(), own.clone(), tokens_max, calls_max, outlets.clone())
        })
        .backoff(backoff)
        .build();
        models = models.child(child);
        let (name, model) = (member.name.clone(), member.model.clone());
        seats.push(Seat { name, model, member: address.handle() });
    }

    let of_desk = DeskOutlets {
        clock: outlets.clock.clone(),
        board: Arc::clone(&outlets.board),
        listing: outlets.listing.clone(),
        touches: Arc::clone(&outlets.touches),
        listeners: outlets.listeners.clone(),
    };
    let (child, _) = desk
        .actor(move |_, life: &Life<SwarmDesk>| {
            SwarmDesk::new(life.clone(), Arc::clone(&settings), of_desk.clone(), seats.clone())
        })
        .backoff(backoff)
        .build();
    let spec = SupervisorSpec::new("swarm", Strategy::OneForOne)
        .intensity(RESTARTS_MAX, RESTARTS_WITHIN)
        .child(treasurer)
        .child(ChildSpec::supervisor(models, Placement::Inherit).0)
        .child(child);
    SwarmTree { spec, ask: desk_address.handle() }
}
