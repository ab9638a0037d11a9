//! Appends to Redis what the feeds bring.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use engine::books::StaleCause;
use relay::{
    FeedEntry, FeedNews, FeedReport, HeldShard, LossCause, Relay, RelayError, RelaySettings,
};

use super::outgoing::Outgoing;
use super::shard_keeper::HeldShards;
use crate::board::Board;
use crate::clock::Clock;
use crate::messages::{ConnectionLost, FramesArrived};
use crate::shared::Shared;
use crate::supervision::{Class, Msg};

/// A feed says so often that it lives.
const REPORT_INTERVAL: Duration = Duration::from_millis(500);
/// Between two attempts to reach Redis.
const PAUSE: Duration = Duration::from_millis(300);

/// Other shards are held. At the limit: only the newest set matters.
#[derive(Clone, Copy, Debug)]
pub struct HoldingChanged;
impl Message for HoldingChanged {
    type Result = ();
}
impl Msg for HoldingChanged {
    const CLASS: Class = Class::Latest;
}

/// Appends what the feeds of this process bring.
pub struct FrameWriter {
    redis: RelaySettings,
    clock: Clock,
    board: Arc<Board>,
    held: Shared<HeldShards>,
    outgoing: Outgoing,
    link: Link,
}

enum Link {
    /// There is no connection; one is made when it is time.
    Down,
    /// A connection is made, or something is being appended.
    Busy,
    Idle(Relay),
}

impl FrameWriter {
    /// Nothing waits yet.
    #[must_use]
    pub fn new(
        redis: RelaySettings,
        clock: Clock,
        board: Arc<Board>,
        held: Shared<HeldShards>,
    ) -> Self {
        Self { redis, clock, board, held, outgoing: Outgoing::default(), link: Link::Down }
    }

    fn connect(&mut self, ctx: &mut Context<Self>) {
        self.link = Link::Busy;
        let redis = self.redis.clone();
        let connecting = async move { Relay::connect(&redis).await };
        ctx.spawn(connecting.into_actor(self).map(|done, actor, ctx| match done {
            Ok(relay) => actor.append(relay, ctx),
            Err(error) => actor.fail(&error, ctx),
        }));
    }

    fn fail(&mut self, error: &RelayError, ctx: &mut Context<Self>) {
        tracing::warn!(%error, "what the feeds bring is not passed on");
        self.link = Link::Down;
        self.outgoing.drop_all();
        ctx.run_later(PAUSE, |actor, ctx| actor.connect(ctx));
    }

    fn wake(&mut self, ctx: &mut Context<Self>) {
        match std::mem::replace(&mut self.link, Link::Busy) {
            Link::Idle(relay) => self.append(relay, ctx),
            other => self.link = other,
        }
    }

    fn append(&mut self, relay: Relay, ctx: &mut Context<Self>) {
        if self.outgoing.is_empty() {
            self.link = Link::Idle(relay);
            return;
        }
        self.link = Link::Busy;
        let turn = self.outgoing.take(self.clock.now());
        let held = Arc::clone(&self.held.get());
        let appending = async move {
            append_all(&relay, &held.0, &turn).await?;
            Ok::<_, RelayError>(relay)
        };
        ctx.spawn(appending.into_actor(self).map(|done, actor, ctx| match done {
            Ok(relay) => actor.append(relay, ctx),
            Err(error) => actor.fail(&error, ctx),
        }));
    }

    fn report(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        let known: BTreeMap<u16, _> = self.board.feeds().into_iter().collect();
        for shard in self.held.get().0.keys().copied() {
            let status = known.get(&shard).cloned().unwrap_or_default();
            let report = FeedReport {
                state: status.state.code().to_owned(),
                tokens: status.tokens,
                reconnects: status.reconnects,
                silences: status.silences,
                last_error: status.last_error,
            };
            self.outgoing.add(shard, FeedNews::Report(report), now);
        }
        self.wake(ctx);
    }
}

/// What is not held any more is refused, and who took it over is heard instead.
async fn append_all(
    relay: &Relay,
    held: &BTreeMap<u16, HeldShard>,
    turn: &BTreeMap<u16, Vec<FeedEntry>>,
) -> Result<(), RelayError> {
    let parts = turn.iter().filter_map(|(shard, entries)| {
        let held = held.get(shard)?;
        Some(relay.append(held, entries))
    });
    futures_util::future::try_join_all(parts).await.map(|_| ())
}

impl Actor for FrameWriter {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.outgoing.hold(&self.held.get().0);
        self.connect(ctx);
        ctx.run_interval(REPORT_INTERVAL, Self::report);
    }
}

impl Handler<HoldingChanged> for FrameWriter {
    type Result = ();
    fn handle(&mut self, _: HoldingChanged, _: &mut Self::Context) {
        self.outgoing.hold(&self.held.get().0);
    }
}

impl Handler<FramesArrived> for FrameWriter {
    type Result = ();
    fn handle(&mut self, batch: FramesArrived, ctx: &mut Self::Context) {
        let FramesArrived { shard, connection, frames, received_at, frames_missing } = batch;
        let news = FeedNews::Frames {
            connection: connection.0,
            missing: frames_missing,
            age_ms: 0,
            frames,
        };
        self.outgoing.add(shard, news, received_at);
        self.wake(ctx);
    }
}

impl Handler<ConnectionLost> for FrameWriter {
    type Result = ();
    fn handle(&mut self, lost: ConnectionLost, ctx: &mut Self::Context) {
        let cause = match lost.cause {
            StaleCause::Disconnected => LossCause::Disconnected,
            StaleCause::Silent => LossCause::Silent,
        };
        let news = FeedNews::Lost { connection: lost.connection.0, cause };
        self.outgoing.add(lost.shard, news, self.clock.now());
        self.wake(ctx);
    }
}
