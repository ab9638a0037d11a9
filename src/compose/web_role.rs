//! The tree of a process that serves people and decides nothing.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use actix_web::web;
use actors::clock::Clock;
use actors::cluster::{ClusterBoard, Follower, Identity, says_goodbye};
use actors::fan_out::{Hub, HubLimits};
use actors::supervision::{ChildSpec, Life, Placement, Strategy, SupervisorSpec, Tree};
use anyhow::Context as _;
use domain::UnixMillis;
use rustls::ServerConfig;

use super::serving::{Served, http};
use super::{BACKOFF, ROOT_PERIOD, ROOT_RESTARTS_MAX, cluster, convert, lagged, page};
use crate::settings::Settings;
use crate::web::front::Configure;
use crate::web::guard::Guard;
use crate::web_role::known::{Asker, Known};
use crate::web_role::{WebRole, routes};

/// Frames of state that are kept for clients whose snapshot is under way: some seconds of them.
const STATES_KEPT: usize = 16_384;

/// What the tree needs besides the settings.
pub struct WebParts {
    /// The sockets of the web front, bound already.
    pub listeners: Vec<TcpListener>,
    /// The certificate of the web front, where it speaks TLS.
    pub tls: Option<ServerConfig>,
    /// When that certificate ends, where it says so.
    pub certificate_ends_at: Option<UnixMillis>,
    /// Which hosts are answered.
    pub guard: Arc<Guard>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// The whole tree.
///
/// # Errors
/// There is no Redis in the settings.
pub fn tree(settings: &Settings, parts: WebParts) -> anyhow::Result<SupervisorSpec> {
    let relay = settings.cluster.relay()?.context("cluster.redis_url is not set")?;
    let WebParts { listeners, tls, certificate_ends_at, guard, clock } = parts;
    let address = Some(cluster::address(settings, &page::url(&listeners, tls.as_ref())));
    let identity = Identity { address, ..cluster::identity(settings, &clock) };
    let limits = HubLimits { states_kept: STATES_KEPT, ..convert::hub_limits(settings) };
    let hub = Hub::new(limits, lagged);
    let (board, known) = (Arc::<ClusterBoard>::default(), Arc::<Known>::default());

    let (hears, sees) = (Arc::clone(&hub), Arc::clone(&board));
    let follower = ChildSpec::actor("follower", move |_, life: &Life<Follower>| {
        let (hub, board) = (Arc::clone(&hears), Arc::clone(&sees));
        Follower::new(life.clone(), relay.clone(), identity.clone(), hub, board)
    });
    let follower =
        says_goodbye(follower).placement(Placement::Dedicated).backoff(BACKOFF).build().0;
    let (asks, sees) = (Arc::clone(&known), Arc::clone(&board));
    let asker = ChildSpec::actor("asker", move |_, _: &Life<Asker>| {
        Asker::new(Arc::clone(&asks), Arc::clone(&sees))
    });
    let asker = asker.placement(Placement::Dedicated).build().0;

    let made = OnceLock::new();
    let started_at = clock.now();
    let served = move |tree: &Tree| -> Served {
        let make = || {
            web::Data::new(WebRole {
                clock: clock.clone(),
                started_at,
                certificate_ends_at,
                hub: Arc::clone(&hub),
                board: Arc::clone(&board),
                guard: Arc::clone(&guard),
                known: Arc::clone(&known),
                tree: tree.clone(),
            })
        };
        let role: web::Data<WebRole> = made.get_or_init(make).clone();
        let hub = Some(Arc::clone(&role.hub));
        let configure: Configure = Arc::new(move |service| routes::configure(service, &role));
        (configure, hub)
    };
    let root = SupervisorSpec::new("root", Strategy::OneForOne);
    Ok(root
        .intensity(ROOT_RESTARTS_MAX, ROOT_PERIOD)
        .child(follower)
        .child(asker)
        .child(http(listeners, tls, served)))
}
