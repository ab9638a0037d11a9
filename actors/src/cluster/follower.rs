//! Repeats what the leader's live socket says to the clients of this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use bytestring::ByteString;
use relay::{
    LiveEntry, LiveFrom, LiveReader, Member, MemberState, RelayError, RelaySettings, Role,
};

use super::following::{Following, Heard};
use super::leave::{Leave, Parting, part};
use super::line::{Line, Reach};
use super::{ALIVE_INTERVAL, ClusterBoard, Identity, PAUSE};
use crate::fan_out::{Frame, Hub, SEE_OFF_TURNS};
use crate::publisher::KINDS;
use crate::supervision::Life;

/// So long one reading waits for something to come.
const WAIT: Duration = Duration::from_secs(1);
/// How often it is asked who leads.
const LEADER_INTERVAL: Duration = Duration::from_millis(250);
/// When another process takes over, all who listen are told so within this time.
const SEE_OFF: Duration = Duration::from_secs(3);
/// A kind of a newer leader. Whoever chose its topics does not hear it.
const UNKNOWN_KIND: &str = "unknown";

/// The follower.
pub struct Follower {
    life: Life<Self>,
    relay: RelaySettings,
    identity: Identity,
    hub: Arc<Hub>,
    board: Arc<ClusterBoard>,
    parting: Parting,
}

impl Follower {
    /// Repeats to the clients of `hub`.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        relay: RelaySettings,
        identity: Identity,
        hub: Arc<Hub>,
        board: Arc<ClusterBoard>,
    ) -> Self {
        Self { life, relay, identity, hub, board, parting: Parting::default() }
    }
}

impl Actor for Follower {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let repeating = Repeating {
            line: Line::patient(self.relay.clone(), WAIT),
            name: self.identity.name.clone(),
            reader: None,
            from: LiveFrom::Oldest,
            following: Following::default(),
            hub: Arc::clone(&self.hub),
            board: Arc::clone(&self.board),
        };
        let reach = Reach::new(self.life.clone(), "nothing is heard of the process that decides");
        ctx.spawn(repeating.go_on(reach).into_actor(self));
        let asking = Asking {
            line: Line::new(self.relay.clone()),
            identity: self.identity.clone(),
            hub: Arc::clone(&self.hub),
            board: Arc::clone(&self.board),
            alive_at: None,
        };
        let asking = asking.go_on(self.parting.clone());
        ctx.spawn(asking.into_actor(self).map(|(), _, ctx| ctx.stop()));
        ctx.run_interval(ALIVE_INTERVAL, |actor, _| actor.hub.sweep());
        ctx.run_interval(SEE_OFF / SEE_OFF_TURNS, |actor, _| actor.hub.see_off());
    }
}

impl Handler<Leave> for Follower {
    type Result = ();
    fn handle(&mut self, _: Leave, _: &mut Self::Context) {
        self.parting.tell();
    }
}

/// Asks who leads, and says that this process lives.
struct Asking {
    line: Line,
    identity: Identity,
    hub: Arc<Hub>,
    board: Arc<ClusterBoard>,
    alive_at: Option<Instant>,
}

impl Asking {
    /// Until it is told to part.
    async fn go_on(mut self, parting: Parting) {
        let name = self.identity.name.clone();
        tokio::select! {
            () = parting.told() => {}
            () = self.ask() => {}
        }
        part(&mut self.line, async |relay| relay.say_goodbye(&name).await).await;
    }

    async fn ask(&mut self) {
        loop {
            if let Err(error) = self.step().await {
                tracing::debug!(%error, "it is not known who leads");
                self.line.drop_it();
            }
            actix_rt::time::sleep(LEADER_INTERVAL).await;
        }
    }

    async fn step(&mut self) -> Result<(), RelayError> {
        let relay = self.line.get().await?;
        self.board.set_leader(relay.leader().await?);
        if self.alive_at.is_none_or(|at| at.elapsed() >= ALIVE_INTERVAL) {
            let followed = self.board.get();
            let heard_ms = |ago: Duration| u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
            let member = Member {
                clients: Some(self.hub.len()),
                behind_facts: followed.behind_facts(&self.hub),
                leader_heard_ms_ago: followed.heard_ago().map(heard_ms),
                ..self.identity.member(Role::Web, MemberState::Serving)
            };
            relay.say_alive(&member).await?;
            self.alive_at = Some(Instant::now());
        }
        Ok(())
    }
}

/// Reads and repeats.
struct Repeating {
    line: Line,
    name: String,
    reader: Option<LiveReader>,
    from: LiveFrom,
    following: Following,
    hub: Arc<Hub>,
    board: Arc<ClusterBoard>,
}

impl Repeating {
    async fn go_on(mut self, mut reach: Reach<Follower>) {
        loop {
            match self.step().await {
                Ok(()) => reach.answers(),
                Err(error) => {
                    reach.fails(&error);
                    self.reader = None;
                    self.line.drop_it();
                    actix_rt::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), RelayError> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let relay = self.line.get().await?;
                let reader = relay.listen(&self.name, self.from).await?;
                self.from = LiveFrom::WhereItStopped;
                self.reader.insert(reader)
            }
        };
        let heard = reader.next(WAIT).await?;
        for entry in heard {
            self.repeat(entry);
        }
        Ok(())
    }

    fn repeat(&mut self, entry: LiveEntry) {
        let heard = self.following.hear(&entry);
        let LiveEntry { run, frame, .. } = entry;
        // The number of the last fact before this frame.
        let before = if frame.key.is_some() { frame.fact } else { frame.fact.saturating_sub(1) };
        match heard {
            Heard::Old => return,
            Heard::Next => {}
            Heard::AfterGap => self.hub.say_gap(),
            Heard::OtherRun => {
                tracing::info!(run, "following the process that decides");
                self.hub.follow(run, before);
            }
        }
        self.board.set_heard(Instant::now());
        let Ok(text) = ByteString::try_from(frame.text) else { return };
        let kind = KINDS.into_iter().find(|kind| *kind == frame.kind).unwrap_or(UNKNOWN_KIND);
        match frame.key {
            Some(key) => self.hub.publish(&Frame::state(key, text).of(kind)),
            None => self.hub.repeat_fact(frame.fact, kind, text),
        }
    }
}
