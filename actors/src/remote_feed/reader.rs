//! Reads one shard from Redis, and says what a feed would.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use engine::universe::Watched;
use relay::{FeedReader, FeedReport, HeardEntry, Relay, RelayError, RelaySettings};

use super::hearing::{Effect, Hearing};
use super::plan_keeper::WishFor;
use crate::board::{Board, FeedState};
use crate::clock::Clock;
use crate::feed::{Passing, next_connection};
use crate::messages::{ConnectionLost, FramesArrived, StateAgain, UniverseChanged};
use crate::shared::Shared;
use crate::supervision::{Handle, Life};

const TICK: Duration = Duration::from_millis(250);
/// Redis is asked to wait so long for something to come.
const WAIT: Duration = Duration::from_millis(500);
/// Between two attempts to reach Redis.
const PAUSE: Duration = Duration::from_millis(300);

/// Whom it tells.
#[derive(Clone)]
pub struct RemoteFeedOutlets {
    /// What the feed brought.
    pub frames: Handle<FramesArrived>,
    /// That nobody vouches for the books any more.
    pub lost: Handle<ConnectionLost>,
    /// Who asks the feeds for books.
    pub wishes: Handle<WishFor>,
    /// How the feed stands.
    pub board: Arc<Board>,
}

/// One shard's feed, in another process.
pub struct RemoteFeed {
    life: Life<Self>,
    shard: u16,
    /// Of the process that decides.
    fence: u64,
    redis: RelaySettings,
    clock: Clock,
    watched: Shared<Watched>,
    outlets: RemoteFeedOutlets,
    hearing: Hearing,
    passing: Passing,
}

impl RemoteFeed {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        (shard, fence): (u16, u64),
        redis: RelaySettings,
        clock: Clock,
        watched: Shared<Watched>,
        outlets: RemoteFeedOutlets,
    ) -> Self {
        let hearing = Hearing::new(clock.now());
        let passing = Passing::default();
        Self { life, shard, fence, redis, clock, watched, outlets, hearing, passing }
    }

    fn tokens(&self) -> usize {
        self.watched.get().shards.get(usize::from(self.shard)).map_or(0, Vec::len)
    }

    fn connect(&self, ctx: &mut Context<Self>) {
        let (redis, shard, fence) = (self.redis.clone(), self.shard, self.fence);
        let connecting = async move {
            let relay = Relay::connect_patiently(&redis, WAIT).await?;
            relay.attend(shard, fence).await
        };
        ctx.spawn(connecting.into_actor(self).map(|reader, actor, ctx| match reader {
            Ok(reader) => Self::read(actor, reader, ctx),
            Err(error) => actor.try_again(&error, ctx),
        }));
    }

    fn read(actor: &Self, reader: FeedReader, ctx: &mut Context<Self>) {
        let reading = async move { (reader.next(WAIT).await, reader) };
        ctx.spawn(reading.into_actor(actor).map(|(heard, reader), actor, ctx| match heard {
            Ok(heard) => {
                actor.hear(heard, ctx);
                Self::read(actor, reader, ctx);
            }
            Err(error) => actor.try_again(&error, ctx),
        }));
    }

    fn try_again(&self, error: &RelayError, ctx: &mut Context<Self>) {
        tracing::debug!(shard = self.shard, %error, "the feed's process is not heard");
        let text = error.to_string();
        self.outlets.board.feed(self.shard, |status| status.last_error = Some(text));
        ctx.run_later(PAUSE, |actor, ctx| actor.connect(ctx));
    }

    fn hear(&mut self, heard: Vec<HeardEntry>, ctx: &mut Context<Self>) {
        for entry in heard {
            let now = self.clock.now();
            let effects = self.hearing.heard(entry, now, &mut next_connection);
            self.carry_out(effects, ctx);
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &mut Context<Self>) {
        for effect in effects {
            match effect {
                Effect::Frames { connection, frames, received_at, missing: frames_missing } => {
                    let (shard, RemoteFeedOutlets { frames: books, board, .. }) =
                        (self.shard, &self.outlets);
                    let batch =
                        FramesArrived { shard, connection, frames, received_at, frames_missing };
                    let delay_ms = u64::try_from(self.clock.now().since(received_at).0);
                    self.passing.pass_on(batch, Some(delay_ms.unwrap_or(0)), books, board);
                }
                Effect::Lost { connection, cause } => {
                    self.passing.forget();
                    let lost = ConnectionLost { shard: self.shard, connection, cause };
                    if let Err(error) = self.outlets.lost.tell(lost) {
                        // As a feed of our own: stale books must not stay trusted.
                        let why = format!("the books could not be told of a loss: {error}");
                        self.life.fail(ctx, why);
                        return;
                    }
                    let state =
                        if self.hearing.is_heard() { FeedState::Down } else { FeedState::Silent };
                    self.outlets.board.feed(self.shard, |status| status.state = state);
                }
                Effect::AskAgain => self.wish(Vec::new()),
                Effect::Show(report) => self.show(report),
            }
        }
    }

    fn show(&self, report: FeedReport) {
        let tokens = self.tokens();
        self.outlets.board.feed(self.shard, |status| {
            status.state = FeedState::of_code(&report.state);
            status.tokens = tokens;
            status.reconnects = report.reconnects;
            status.silences = report.silences;
            status.last_error = report.last_error;
        });
    }

    fn wish(&self, tokens: Vec<domain::TokenId>) {
        if let Err(error) = self.outlets.wishes.tell(WishFor { shard: self.shard, tokens }) {
            tracing::debug!(shard = self.shard, %error, "no books could be asked for");
        }
    }
}

impl Actor for RemoteFeed {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        // What an earlier incarnation passed on has no continuation.
        let before = ConnectionLost {
            shard: self.shard,
            connection: next_connection(),
            cause: engine::books::StaleCause::Disconnected,
        };
        if let Err(error) = self.outlets.lost.tell(before) {
            tracing::warn!(shard = self.shard, %error, "the books were not told of a new start");
        }
        self.connect(ctx);
        ctx.run_interval(TICK, |actor, ctx| {
            let effects = actor.hearing.tick(actor.clock.now(), &mut next_connection);
            actor.carry_out(effects, ctx);
        });
    }
}

impl Handler<UniverseChanged> for RemoteFeed {
    type Result = ();
    fn handle(&mut self, _: UniverseChanged, _: &mut Self::Context) {
        let tokens = self.tokens();
        self.outlets.board.feed(self.shard, |status| status.tokens = tokens);
    }
}

impl Handler<StateAgain> for RemoteFeed {
    type Result = ();
    fn handle(&mut self, wish: StateAgain, _: &mut Self::Context) {
        self.wish(wish.tokens);
    }
}
