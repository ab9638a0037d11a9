//! Tells the other processes that this one leads, and what its live socket says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use relay::{Leader, LiveFrame, MemberState, Relay, RelayError, RelaySettings, Role};

use super::{ALIVE_INTERVAL, Identity, Line, PAUSE};
use crate::fan_out::{Hub, Tap, Tapped};
use crate::supervision::Life;

/// Frames that go to Redis at one time.
const FRAMES_PER_STEP: usize = 512;
/// Between two steps: what comes meanwhile goes together.
const BREATH: Duration = Duration::from_millis(10);
/// How often it is looked who has stopped listening for good.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
/// Whoever has not listened for so long starts anew when it comes back.
const SILENT_MAX: Duration = Duration::from_secs(3_600);

/// What a herald tells, and where.
#[derive(Clone, Debug)]
pub struct HeraldSettings {
    /// How to reach Redis.
    pub relay: RelaySettings,
    /// Who leads.
    pub identity: Identity,
    /// By which right.
    pub fence: u64,
    /// `demo`, `paper` or `live`.
    pub mode: String,
}

/// The herald.
pub struct Herald {
    life: Life<Self>,
    settings: HeraldSettings,
    hub: Arc<Hub>,
}

impl Herald {
    /// Tells what `hub` says.
    #[must_use]
    pub const fn new(life: Life<Self>, settings: HeraldSettings, hub: Arc<Hub>) -> Self {
        Self { life, settings, hub }
    }
}

impl Actor for Herald {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let identity = &self.settings.identity;
        let leader = Leader {
            name: identity.name.clone(),
            fence: self.settings.fence,
            run: self.hub.run(),
            address: identity.address.clone(),
            mode: self.settings.mode.clone(),
        };
        let telling = Telling {
            line: Line::new(self.settings.relay.clone(), Duration::ZERO),
            identity: identity.clone(),
            leader,
            tap: self.hub.tap(),
            open: Vec::new(),
            alive_at: None,
            forgot_at: None,
        };
        let life = self.life.clone();
        ctx.spawn(telling.go_on(life).into_actor(self));
    }
}

/// What is being told.
struct Telling {
    line: Line,
    identity: Identity,
    leader: Leader,
    tap: Arc<Tap>,
    /// Taken, and perhaps not told yet.
    open: Vec<LiveFrame>,
    alive_at: Option<Instant>,
    forgot_at: Option<Instant>,
}

impl Telling {
    async fn go_on(mut self, life: Life<Herald>) {
        let mut is_away = false;
        loop {
            match self.step().await {
                Ok(()) => {
                    if std::mem::take(&mut is_away) {
                        tracing::info!("Redis answers again");
                        life.set_degraded(None);
                    }
                    actix_rt::time::sleep(BREATH).await;
                }
                // The lease's keeper ends the process, by what the database says.
                Err(RelayError::Superseded) => {
                    life.set_degraded(Some(
                        "another process leads by now, with a larger fence".to_owned(),
                    ));
                    self.open.clear();
                    actix_rt::time::sleep(ALIVE_INTERVAL).await;
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!(%error, "the web processes are told nothing");
                    }
                    life.set_degraded(Some(format!("the web processes are told nothing: {error}")));
                    self.line.drop_it();
                    actix_rt::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), RelayError> {
        let relay = self.line.get().await?;
        let due =
            ALIVE_INTERVAL.saturating_sub(self.alive_at.map_or(ALIVE_INTERVAL, |at| at.elapsed()));
        if due.is_zero() {
            relay.lead(&self.leader).await?;
            let member = self.identity.member(Role::Decide, MemberState::Deciding);
            relay.say_alive(&member).await?;
            self.alive_at = Some(Instant::now());
            self.forget(&relay).await?;
        }
        if self.open.is_empty() {
            let taking = self.tap.take(FRAMES_PER_STEP);
            let taken = actix_rt::time::timeout(due, taking).await.unwrap_or_default();
            self.open = taken.into_iter().map(live).collect();
        }
        if !self.open.is_empty() {
            relay.tell(&self.leader, &self.open).await?;
            self.open.clear();
        }
        Ok(())
    }

    async fn forget(&mut self, relay: &Relay) -> Result<(), RelayError> {
        if self.forgot_at.is_some_and(|at| at.elapsed() < FORGET_INTERVAL) {
            return Ok(());
        }
        self.forgot_at = Some(Instant::now());
        let forgotten = relay.forget_listeners(SILENT_MAX).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "web processes that are gone are no longer kept in mind");
        }
        Ok(())
    }
}

fn live(Tapped { place, fact, frame }: Tapped) -> LiveFrame {
    let kind = frame.kind.to_owned();
    LiveFrame { place, fact, kind, key: frame.key, text: frame.text.into_bytes() }
}
