//! Halts trading when the process is sent SIGUSR1: for whoever has a shell and nothing else.

use std::time::Duration;

use actix::prelude::*;
use engine::desk::{Control, Origin};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::messages::Command;
use crate::supervision::{Handle, Life};

/// How long one attempt may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(200);
/// A risk manager that begins anew reads the journal first.
const ATTEMPTS_MAX: u32 = 600;

/// Listens for SIGUSR1.
pub struct HaltSignal {
    life: Life<Self>,
    control: Handle<Command>,
}

impl HaltSignal {
    /// Has `control` halt trading at each signal.
    #[must_use]
    pub const fn new(life: Life<Self>, control: Handle<Command>) -> Self {
        Self { life, control }
    }

    fn listen(mut signals: Signal, ctx: &mut Context<Self>) {
        let next = async move { signals.recv().await.map(|()| signals) };
        ctx.spawn(actix::fut::wrap_future(next).map(|heard, actor: &mut Self, ctx| {
            let Some(signals) = heard else {
                return actor.life.fail(ctx, "no signal can be heard any more");
            };
            tracing::warn!("SIGUSR1: trading is being halted");
            ctx.spawn(actix::fut::wrap_future(halt(actor.control.clone())));
            Self::listen(signals, ctx);
        }));
    }
}

/// Asks until it is halted.
async fn halt(control: Handle<Command>) {
    for _ in 0..ATTEMPTS_MAX {
        let by = Origin("SIGUSR1".to_owned());
        let reason = "the process was sent SIGUSR1".to_owned();
        let command = Command { by, control: Control::Halt { reason } };
        if let Ok(Ok(())) = control.ask(command, ANSWER_MAX).await {
            return;
        }
        actix_rt::time::sleep(PAUSE).await;
    }
    tracing::error!("SIGUSR1 came and trading could not be halted: end the process");
}

impl Actor for HaltSignal {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match signal(SignalKind::user_defined1()) {
            Ok(signals) => Self::listen(signals, ctx),
            Err(error) => self.life.fail(ctx, format!("SIGUSR1 cannot be heard: {error}")),
        }
    }
}
