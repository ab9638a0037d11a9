//! What this process does for the others of its cluster.

use std::sync::Arc;

use actors::clock::Clock;
use actors::cluster::{Herald, HeraldSettings, Identity, says_goodbye};
use actors::supervision::{ChildSpec, Life, Placement};
use relay::Leader;

use super::{BACKOFF, Common};
use crate::settings::{Cluster, Settings};

/// What this process says of itself; no address, as for one that others need not reach.
pub fn identity(settings: &Settings, clock: &Clock) -> Identity {
    Identity {
        name: settings.cluster.called(),
        host: Cluster::host(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: None,
        started_at: clock.now(),
    }
}

/// How others reach this process; `page` is where it listens.
pub(super) fn address(settings: &Settings, page: &str) -> String {
    let named = settings.cluster.address.as_str();
    let address = if named.is_empty() { page } else { named };
    address.trim_end_matches('/').to_owned()
}

/// Tells the web processes what the live socket says, where there may be any.
pub(super) fn herald(
    settings: &Settings,
    common: &Common,
    page: &str,
) -> anyhow::Result<Option<ChildSpec>> {
    let (Some(lease), Some(relay)) = (common.tenure.lease(), settings.cluster.relay()?) else {
        return Ok(None);
    };
    let hub = Arc::clone(&common.hub);
    let leader = Leader {
        name: settings.cluster.called(),
        fence: lease.fence(),
        run: hub.run(),
        address: address(settings, page),
        mode: settings.mode.to_string(),
        last_fact: 0,
    };
    let address = Some(leader.address.clone());
    let identity = Identity { address, ..identity(settings, &common.clock) };
    let told = HeraldSettings { relay, identity, leader };
    // What is said before the herald is there waits for it.
    hub.tap();
    let herald = ChildSpec::actor("herald", move |_, life: &Life<Herald>| {
        Herald::new(life.clone(), told.clone(), Arc::clone(&hub))
    });
    Ok(Some(says_goodbye(herald).placement(Placement::Dedicated).backoff(BACKOFF).build().0))
}
