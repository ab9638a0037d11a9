//! Who keeps the lease to decide, and looks who else is there.

use std::sync::Arc;
use std::time::Duration;

use actors::roll_call::{RollCall, RollCallSettings};
use actors::supervision::{ChildSpec, Life, Placement};
use actors::tenure::{LeaseKeeper, Tenure};

use super::{Common, convert};
use crate::settings::Settings;

/// Renews the lease to decide, where there is one.
pub(super) fn keeper(settings: &Settings, tenure: &Tenure) -> anyhow::Result<Option<ChildSpec>> {
    let Tenure::Leased(held) = tenure.clone() else { return Ok(None) };
    let store = settings.store.connection()?;
    let keeper = ChildSpec::actor("lease-keeper", move |_, life: &Life<LeaseKeeper>| {
        LeaseKeeper::new(life.clone(), Arc::clone(&held), store.clone())
    });
    let keeper = keeper
        .placement(Placement::Dedicated)
        .liveness(Duration::from_secs(1), Duration::from_secs(5));
    Ok(Some(keeper.build().0))
}

/// Looks who else is there, where there may be anybody.
pub(super) fn roll_call(settings: &Settings, common: &Common) -> anyhow::Result<Option<ChildSpec>> {
    if common.tenure.lease().is_none() {
        return Ok(None);
    }
    let looks = RollCallSettings {
        redis: settings.cluster.relay()?,
        store: settings.store.connection()?,
        shards: convert::shards(settings),
    };
    let (clock, roll) = (common.clock.clone(), common.roll.clone());
    let caller = ChildSpec::actor("roll-call", move |_, _: &Life<RollCall>| {
        RollCall::new(looks.clone(), clock.clone(), roll.clone())
    });
    Ok(Some(caller.build().0))
}
