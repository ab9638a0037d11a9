//! Who keeps the lease to decide.

use std::sync::Arc;
use std::time::Duration;

use actors::supervision::{ChildSpec, Life, Placement};
use actors::tenure::{LeaseKeeper, Tenure};

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
