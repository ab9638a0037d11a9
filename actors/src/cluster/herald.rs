//! Tells the other processes that this one leads, and what its live socket says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use relay::{Leader, LiveFrame, MemberState, Relay, RelayError, RelaySettings, Role};

use super::leave::{Leave, Parting, part};
use super::line::{Line, Reach};
use super::{ALIVE_INTERVAL, Identity, PAUSE};
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
    /// What it says of itself.
    pub identity: Identity,
    /// What it says as the one that leads.
    pub leader: Leader,
}

/// The herald.
pub struct Herald {
    life: Life<Self>,
    settings: HeraldSettings,
    hub: Arc<Hub>,
    parting: Parting,
}

impl Herald {
    /// Tells what `hub` says.
    #[must_use]
    pub fn new(life: Life<Self>, settings: HeraldSettings, hub: Arc<Hub>) -> Self {
        Self { life, settings, hub, parting: Parting::default() }
    }
}

impl Actor for Herald {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let HeraldSettings { relay, identity, leader } = self.settings.clone();
        let telling = Telling {
            line: Line::new(relay),
            identity,
            leader,
            hub: Arc::clone(&self.hub),
            tap: self.hub.tap(),
            open: Vec::new(),
            alive_at: None,
            forgot_at: None,
        };
        let reach = Reach::new(self.life.clone(), "the web processes are told nothing");
        let telling = telling.go_on(reach, self.parting.clone());
        ctx.spawn(telling.into_actor(self).map(|(), _, ctx| ctx.stop()));
    }
}

impl Handler<Leave> for Herald {
    type Result = ();
    fn handle(&mut self, _: Leave, _: &mut Self::Context) {
        self.parting.tell();
    }
}

/// What is being told.
struct Telling {
    line: Line,
    identity: Identity,
    leader: Leader,
    hub: Arc<Hub>,
    tap: Arc<Tap>,
    /// Taken, and perhaps not told yet.
    open: Vec<LiveFrame>,
    alive_at: Option<Instant>,
    forgot_at: Option<Instant>,
}

impl Telling {
    /// Until it is told to part.
    async fn go_on(mut self, reach: Reach<Herald>, parting: Parting) {
        let name = self.identity.name.clone();
        tokio::select! {
            () = parting.told() => {}
            () = self.tell_all(reach) => {}
        }
        part(&mut self.line, async |relay| relay.say_goodbye(&name).await).await;
    }

    async fn tell_all(&mut self, mut reach: Reach<Herald>) {
        loop {
            match self.step().await {
                Ok(()) => {
                    reach.answers();
                    actix_rt::time::sleep(BREATH).await;
                }
                // The lease's keeper ends the process, by what the database says.
                Err(error @ RelayError::Superseded) => {
                    reach.fails(&error);
                    self.open.clear();
                    actix_rt::time::sleep(ALIVE_INTERVAL).await;
                }
                Err(error) => {
                    reach.fails(&error);
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
            self.leader.last_fact = self.hub.last_fact();
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
