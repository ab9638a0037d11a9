//! Reads the settings again when the process is sent SIGHUP.

use std::sync::Arc;

use actix::{Actor, ActorFutureExt, AsyncContext, Context};
use actors::supervision::Life;
use engine::desk::Origin;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Reloader, Step, Wish};

/// Listens for SIGHUP.
pub struct HangUp {
    life: Life<Self>,
    reloader: Arc<Reloader>,
}

impl HangUp {
    /// Has the settings read again at each signal.
    #[must_use]
    pub const fn new(life: Life<Self>, reloader: Arc<Reloader>) -> Self {
        Self { life, reloader }
    }

    fn listen(mut signals: Signal, ctx: &mut Context<Self>) {
        let next = async move { signals.recv().await.map(|()| signals) };
        ctx.spawn(actix::fut::wrap_future(next).map(|heard, actor: &mut Self, ctx| {
            let Some(signals) = heard else {
                return actor.life.fail(ctx, "no signal can be heard any more");
            };
            let reloader = Arc::clone(&actor.reloader);
            // The next signal is heard when this one is done: one file is read at a time.
            ctx.spawn(actix::fut::wrap_future(reload(reloader)).map(|(), _: &mut Self, ctx| {
                Self::listen(signals, ctx);
            }));
        }));
    }
}

async fn reload(reloader: Arc<Reloader>) {
    let by = Origin("SIGHUP".to_owned());
    match reloader.carry_out(Wish::Reload, Step::Apply, &by).await {
        Ok(changes) if changes.is_empty() => tracing::info!("SIGHUP: the settings are the same"),
        Ok(changes) => {
            let keys: Vec<_> = changes.iter().map(|change| change.key.as_str()).collect();
            tracing::info!(keys = keys.join(", "), "SIGHUP: the settings were read again");
        }
        Err(error) => tracing::error!(%error, "SIGHUP: the settings stay as they were"),
    }
}

impl Actor for HangUp {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match signal(SignalKind::hangup()) {
            Ok(signals) => Self::listen(signals, ctx),
            Err(error) => self.life.fail(ctx, format!("SIGHUP cannot be heard: {error}")),
        }
    }
}
