//! Who holds the day's budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix::prelude::*;
use domain::Usd;
use store::{Store, StoreSettings};

use super::board::SwarmBoard;
use super::messages::{NoMoney, Reservation, Reserve, Settle};
use crate::clock::Clock;
use crate::supervision::Life;

const CONNECT_AGAIN: Duration = Duration::from_secs(2);
const SHOW_INTERVAL: Duration = Duration::from_secs(5);
/// Calls named so far by this process: no two have the same name, of whichever incarnation.
static CALLS: AtomicU64 = AtomicU64::new(0);

/// The treasurer. What it promises is in the database before anybody hears of it.
pub(super) struct Treasurer {
    life: Life<Self>,
    settings: StoreSettings,
    usd_day_max: Usd,
    clock: Clock,
    board: Arc<SwarmBoard>,
    store: Option<Store>,
}

impl Treasurer {
    /// Not connected yet.
    pub(super) const fn new(
        life: Life<Self>,
        settings: StoreSettings,
        usd_day_max: Usd,
        clock: Clock,
        board: Arc<SwarmBoard>,
    ) -> Self {
        Self { life, settings, usd_day_max, clock, board, store: None }
    }

    fn connect(&self, ctx: &mut Context<Self>) {
        let settings = self.settings.clone();
        let opened = async move {
            let store = Store::connect(&settings).await?;
            store.migrate().await?;
            Ok::<_, store::StoreError>(store)
        };
        ctx.spawn(opened.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok(store) => {
                actor.store = Some(store);
                actor.life.set_degraded(None);
                actor.show(ctx);
            }
            Err(error) => {
                actor.life.set_degraded(Some(format!("no budget: {error}")));
                ctx.run_later(CONNECT_AGAIN, |actor, ctx| actor.connect(ctx));
            }
        }));
    }

    /// Puts the day's figures where people see them.
    fn show(&self, ctx: &mut Context<Self>) {
        let Some(store) = self.store.clone() else { return };
        let (now, board) = (self.clock.now(), Arc::clone(&self.board));
        let shown = async move {
            match store.model_budget().day(now).await {
                Ok(day) => board.set_budget(day),
                Err(error) => tracing::warn!(%error, "the budget of the models cannot be read"),
            }
        };
        ctx.spawn(shown.into_actor(self));
    }
}

impl Actor for Treasurer {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.connect(ctx);
        ctx.run_interval(SHOW_INTERVAL, |actor, ctx| actor.show(ctx));
    }
}

impl Handler<Reserve> for Treasurer {
    type Result = ResponseActFuture<Self, Result<Reservation, NoMoney>>;
    fn handle(&mut self, Reserve(amount): Reserve, _: &mut Self::Context) -> Self::Result {
        let (store, limit, at) = (self.store.clone(), self.usd_day_max, self.clock.now());
        let number = CALLS.fetch_add(1, Ordering::Relaxed);
        let call: Arc<str> = format!("{}-{}-{number}", at.0, std::process::id()).into();
        let reserved = async move {
            let store = store.ok_or(NoMoney::StoreDown)?;
            match store.model_budget().reserve(&call, at, amount, limit).await {
                Ok(true) => Ok(Reservation { call }),
                Ok(false) => Err(NoMoney::BudgetUsedUp),
                Err(error) => {
                    tracing::warn!(%error, "no money could be reserved, so no model is asked");
                    Err(NoMoney::StoreDown)
                }
            }
        };
        Box::pin(reserved.into_actor(self))
    }
}

impl Handler<Settle> for Treasurer {
    type Result = ();
    fn handle(&mut self, Settle { reservation, paid }: Settle, ctx: &mut Self::Context) {
        let (store, now) = (self.store.clone(), self.clock.now());
        let Some(store) = store else { return };
        let settled = async move {
            if let Err(error) = store.model_budget().settle(&reservation.call, now, paid).await {
                tracing::warn!(%error, "a call stays reserved until the day is over");
            }
        };
        ctx.spawn(settled.into_actor(self).map(|(), actor, ctx| actor.show(ctx)));
    }
}
