//! Renews the lease to decide, and learns when another process has it.

use std::sync::Arc;
use std::time::Instant;

use actix::prelude::*;
use store::{Renewed, Store, StoreError, StoreSettings};

use super::HeldLease;
use crate::supervision::Life;

/// So often within its term a lease is renewed.
const TIMES_A_TERM: u32 = 4;

/// The lease's keeper.
pub struct LeaseKeeper {
    life: Life<Self>,
    held: Arc<HeldLease>,
    settings: StoreSettings,
    store: Option<Store>,
    renewing: Activity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

impl LeaseKeeper {
    /// Renews at once, and then again and again.
    #[must_use]
    pub const fn new(life: Life<Self>, held: Arc<HeldLease>, settings: StoreSettings) -> Self {
        Self { life, held, settings, store: None, renewing: Activity::Idle }
    }

    fn renew(&mut self, ctx: &mut Context<Self>) {
        if self.renewing == Activity::Busy || self.held.is_lost() {
            return;
        }
        self.renewing = Activity::Busy;
        let (held, known, settings) =
            (Arc::clone(&self.held), self.store.clone(), self.settings.clone());
        let asked_at = Instant::now();
        let renewing = async move {
            let store = match known {
                Some(store) => store,
                None => Store::connect(&settings).await?,
            };
            let renewed = store.leases().renew(&held.lease, held.term).await?;
            Ok::<_, StoreError>((store, renewed))
        };
        ctx.spawn(renewing.into_actor(self).map(move |done, actor, _| {
            actor.renewing = Activity::Idle;
            match done {
                Ok((store, Renewed::Kept)) => {
                    actor.held.renewed(asked_at);
                    actor.store = Some(store);
                    actor.life.set_degraded(None);
                }
                Ok((_, Renewed::Lost)) => {
                    tracing::error!("another process decides now; this one ends");
                    actor.held.lose();
                }
                Err(error) => {
                    tracing::error!(%error, "the lease to decide is not renewed; soon nothing is sent");
                    actor.life.set_degraded(Some(format!("the lease is not renewed: {error}")));
                    actor.store = None;
                }
            }
        }));
    }
}

impl Actor for LeaseKeeper {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.renew(ctx);
        ctx.run_interval(self.held.term / TIMES_A_TERM, Self::renew);
    }
}
