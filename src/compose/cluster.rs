//! What this process does for the others of its cluster.

use std::sync::Arc;
use std::time::Duration;

use actors::clock::Clock;
use actors::cluster::{Herald, HeraldSettings, Identity};
use actors::supervision::{Backoff, ChildSpec, Life, Placement};

use super::Common;
use crate::settings::{Cluster, Settings};

/// Redis may be away for long.
pub(super) const BACKOFF: Backoff =
    Backoff::exponential(Duration::from_millis(100), Duration::from_secs(10));

/// What this process says of itself; `page` is where it listens.
pub(super) fn identity(settings: &Settings, clock: &Clock, page: &str) -> Identity {
    let cluster = &settings.cluster;
    let address = if cluster.address.is_empty() { page } else { &cluster.address };
    Identity {
        name: cluster.called(),
        host: Cluster::host(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: address.trim_end_matches('/').to_owned(),
        started_at: clock.now(),
    }
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
    let identity = identity(settings, &common.clock, page);
    let mode = settings.mode.to_string();
    let told = HeraldSettings { relay, identity, fence: lease.fence(), mode };
    let hub = Arc::clone(&common.hub);
    // What is said before the herald is there waits for it.
    hub.tap();
    let herald = ChildSpec::actor("herald", move |_, life: &Life<Herald>| {
        Herald::new(life.clone(), told.clone(), Arc::clone(&hub))
    });
    Ok(Some(herald.placement(Placement::Dedicated).backoff(BACKOFF).build().0))
}
