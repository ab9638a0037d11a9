//! One feed: a connection, its replacement, and the wishes that wait for them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix::prelude::*;
use bytes::Bytes;
use domain::{TokenId, UnixMillis};
use engine::books::StaleCause;
use futures_util::StreamExt;
use polymarket::http::{Backoff, Settings as VenueSettings};
use polymarket::market_socket::{MarketSender, connect_with};
use polymarket::socket::{EventStream, Rules, SendError, SocketError, SocketEvent};

use super::overlap::{Handover, Overlap};
use super::passing::Passing;
use super::resync::Resyncs;
use super::watchdog::Watchdog;
use crate::board::{Board, FeedState};
use crate::clock::Clock;
use crate::messages::{ConnectionId, ConnectionLost, FramesArrived, StateAgain, UniverseChanged};
use crate::shared::Shared;
use crate::supervision::{Handle, Life};
use engine::universe::Watched;

const TICK: Duration = Duration::from_millis(250);
/// Were the pauses ever to end.
const PAUSE_AT_LAST: Duration = Duration::from_secs(30);
/// Frames passed on at one time: a burst crosses to the books' thread in few messages.
const FRAMES_PER_BATCH: usize = 64;

/// How a feed keeps its connection.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Without data for so long a connection is dead.
    pub silence_ms_max: i64,
    /// Between two pings.
    pub ping_interval: Duration,
    /// Pauses between attempts to connect; without an end.
    pub backoff: Backoff,
    /// The age at which a connection is replaced; `None` for never.
    pub planned_reconnect: Option<Duration>,
}

/// Whom a feed tells.
#[derive(Clone)]
pub struct FeedOutlets {
    /// What the socket brought.
    pub frames: Handle<FramesArrived>,
    /// That a connection is gone.
    pub lost: Handle<ConnectionLost>,
    /// What the feed says about itself.
    pub board: Arc<Board>,
}

struct Link {
    id: ConnectionId,
    sender: MarketSender,
    stream: SpawnHandle,
    opened_at: UnixMillis,
}

/// One feed.
pub struct MarketFeed {
    life: Life<Self>,
    shard: u16,
    settings: FeedSettings,
    clock: Clock,
    watched: Shared<Watched>,
    outlets: FeedOutlets,
    link: Option<Link>,
    successor: Option<(Link, Overlap)>,
    opening: Option<Opening>,
    watchdog: Watchdog,
    resyncs: Resyncs,
    /// Pauses of the attempts that are still to come; anew after each connection.
    pauses: Box<dyn Iterator<Item = Duration>>,
    passing: Passing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// There is no connection.
    Fresh,
    /// To replace the connection that there is.
    Successor,
}

impl MarketFeed {
    /// Not connected yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        shard: u16,
        settings: FeedSettings,
        clock: Clock,
        watched: Shared<Watched>,
        outlets: FeedOutlets,
    ) -> Self {
        let watchdog = Watchdog::new(settings.silence_ms_max);
        let pauses = Box::new(settings.backoff.delays());
        Self {
            life,
            shard,
            settings,
            clock,
            watched,
            outlets,
            link: None,
            successor: None,
            opening: None,
            watchdog,
            resyncs: Resyncs::default(),
            pauses,
            passing: Passing::default(),
        }
    }

    fn wanted(&self) -> Vec<TokenId> {
        self.watched.get().shards.get(usize::from(self.shard)).cloned().unwrap_or_default()
    }

    fn set_state(&self, state: FeedState) {
        let tokens = self.wanted().len();
        self.outlets.board.feed(self.shard, |status| {
            status.state = state;
            status.tokens = tokens;
        });
    }

    fn open(&mut self, why: Opening, ctx: &mut Context<Self>) {
        let tokens = self.wanted();
        if self.opening.is_some() || tokens.is_empty() {
            return;
        }
        self.opening = Some(why);
        if why == Opening::Fresh {
            self.set_state(FeedState::Connecting);
        }
        let venue = self.settings.venue.clone();
        let rules = Rules { ping_every: self.settings.ping_interval, ..Rules::MARKET };
        let opening = async move { connect_with(&venue, &tokens, rules).await };
        ctx.spawn(opening.into_actor(self).map(move |opened, actor, ctx| {
            actor.opening = None;
            match opened {
                Ok((sender, events)) => actor.opened(why, sender, events, ctx),
                Err(error) if why == Opening::Successor => {
                    tracing::debug!(shard = actor.shard, %error, "no successor; the old one stays");
                }
                Err(error) => actor.try_again(&error, ctx),
            }
        }));
    }

    fn opened(
        &mut self,
        why: Opening,
        sender: MarketSender,
        events: EventStream,
        ctx: &mut Context<Self>,
    ) {
        let (id, now) = (next_connection(), self.clock.now());
        let arrivals = events
            .ready_chunks(FRAMES_PER_BATCH)
            .map(move |events| Arrived { connection: id, events });
        let stream = ctx.add_stream(arrivals);
        let link = Link { id, sender, stream, opened_at: now };
        if why == Opening::Successor && self.link.is_some() {
            self.successor = Some((link, Overlap::new(self.wanted().len(), now)));
            return;
        }
        self.pauses = Box::new(self.settings.backoff.delays());
        self.watchdog.opened(now);
        self.resyncs.clear();
        self.link = Some(link);
        self.set_state(FeedState::Live);
        self.follow_universe(ctx);
    }

    fn try_again(&mut self, error: &SocketError, ctx: &mut Context<Self>) {
        let wait = self.pauses.next().unwrap_or(PAUSE_AT_LAST);
        tracing::debug!(shard = self.shard, %error, ?wait, "no connection to the market channel");
        self.outlets.board.feed(self.shard, |status| {
            status.state = FeedState::Down;
            status.last_error = Some(error.to_string());
        });
        ctx.run_later(wait, |actor, ctx| {
            if actor.link.is_none() {
                actor.open(Opening::Fresh, ctx);
            }
        });
    }

    /// The connection is of no use any more: nobody vouches for its books from here on.
    fn lose(&mut self, cause: StaleCause, error: &SocketError, ctx: &mut Context<Self>) {
        let Some(link) = self.link.take() else { return };
        ctx.cancel_future(link.stream);
        self.passing.forget();
        let lost = ConnectionLost { shard: self.shard, connection: link.id, cause };
        if let Err(error) = self.outlets.lost.tell(lost) {
            // Stale books must not stay trusted: the books' own restart makes them wait again.
            self.life.fail(ctx, format!("the books could not be told of a loss: {error}"));
            return;
        }
        self.outlets.board.feed(self.shard, |status| {
            status.reconnects += 1;
            status.silences += u64::from(cause == StaleCause::Silent);
        });
        if let Some((successor, overlap)) = self.successor.take() {
            self.hand_over(successor, overlap);
            return;
        }
        self.try_again(error, ctx);
    }

    fn hand_over(&mut self, successor: Link, overlap: Overlap) {
        self.watchdog.opened(self.clock.now());
        self.resyncs.clear();
        let id = successor.id;
        self.link = Some(successor);
        self.pass_on(id, overlap.into_frames());
        self.set_state(FeedState::Live);
    }

    fn pass_on(&mut self, connection: ConnectionId, frames: Vec<Bytes>) {
        if frames.is_empty() {
            return;
        }
        let (shard, received_at) = (self.shard, self.clock.now());
        self.watchdog.heard(received_at);
        let batch = FramesArrived { shard, connection, frames, received_at, frames_missing: 0 };
        self.passing.pass_on(batch, None, &self.outlets.frames, &self.outlets.board);
    }

    /// Adds and drops subscriptions until the connection watches what it should.
    fn follow_universe(&mut self, ctx: &mut Context<Self>) {
        let wanted: BTreeSet<TokenId> = self.wanted().into_iter().collect();
        let Some(link) = &mut self.link else {
            if wanted.is_empty() {
                self.set_state(FeedState::Idle);
            } else {
                self.open(Opening::Fresh, ctx);
            }
            return;
        };
        let present: BTreeSet<TokenId> = link.sender.subscriptions().assets().collect();
        let leaving: Vec<_> = present.difference(&wanted).copied().collect();
        let joining: Vec<_> = wanted.difference(&present).copied().collect();
        let told = link.sender.unsubscribe(&leaving).and_then(|()| link.sender.subscribe(&joining));
        let id = link.id;
        match told {
            Ok(()) => self.set_state(FeedState::Live),
            Err(error) => self.not_told(id, &error, ctx),
        }
    }

    fn not_told(&mut self, id: ConnectionId, error: &SendError, ctx: &mut Context<Self>) {
        tracing::debug!(shard = self.shard, ?id, %error, "the connection takes no wishes");
        let ended = SocketError::Finished;
        self.lose(StaleCause::Disconnected, &ended, ctx);
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        if self.link.is_some() && self.watchdog.is_silent(now) {
            let after = Duration::from_millis(self.settings.silence_ms_max.unsigned_abs());
            self.lose(StaleCause::Silent, &SocketError::Silent { after }, ctx);
            return;
        }
        self.decide_successor(now, ctx);
        let due = self.resyncs.due(now);
        if let Some(link) = &mut self.link
            && !due.is_empty()
            && let Err(error) = link.sender.resubscribe(&due)
        {
            let id = link.id;
            self.not_told(id, &error, ctx);
        }
    }

    fn decide_successor(&mut self, now: UnixMillis, ctx: &mut Context<Self>) {
        match self.successor.as_ref().map(|(_, overlap)| overlap.decide(now)) {
            Some(Handover::Wait) => {}
            Some(Handover::GiveUp) => {
                if let Some((link, _)) = self.successor.take() {
                    ctx.cancel_future(link.stream);
                }
            }
            Some(Handover::TakeOver) => {
                if let Some((successor, overlap)) = self.successor.take() {
                    if let Some(old) = self.link.take() {
                        ctx.cancel_future(old.stream);
                    }
                    self.hand_over(successor, overlap);
                    self.follow_universe(ctx);
                }
            }
            None => {
                let age = self.link.as_ref().map(|link| now.since(link.opened_at).0);
                let limit = self.settings.planned_reconnect.map(|age| age.as_millis());
                if let (Some(age), Some(limit)) = (age, limit)
                    && i128::from(age) > i128::try_from(limit).unwrap_or(i128::MAX)
                {
                    self.open(Opening::Successor, ctx);
                }
            }
        }
    }
}

/// Ids are unique in the process, so that an earlier incarnation's connection is never taken for
/// this one's.
pub(crate) fn next_connection() -> ConnectionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Actor for MarketFeed {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        // An earlier incarnation's connection went with it.
        let before = ConnectionLost {
            shard: self.shard,
            connection: next_connection(),
            cause: StaleCause::Disconnected,
        };
        if let Err(error) = self.outlets.lost.tell(before) {
            tracing::warn!(shard = self.shard, %error, "the books were not told of a new start");
        }
        self.follow_universe(ctx);
        ctx.run_interval(TICK, |actor, ctx| actor.tick(ctx));
    }
}

struct Arrived {
    connection: ConnectionId,
    events: Vec<Result<SocketEvent, SocketError>>,
}

impl StreamHandler<Arrived> for MarketFeed {
    fn handle(&mut self, arrived: Arrived, ctx: &mut Self::Context) {
        let mut frames = Vec::with_capacity(arrived.events.len());
        let mut ended = None;
        for event in arrived.events {
            match event {
                Ok(SocketEvent::Frame(frame)) => frames.push(frame),
                Ok(SocketEvent::Odd(oddity)) => {
                    tracing::debug!(shard = self.shard, ?oddity, "an odd frame was left out");
                }
                Err(error) => ended = Some(error),
            }
        }
        if self.link.as_ref().is_some_and(|link| link.id == arrived.connection) {
            self.pass_on(arrived.connection, frames);
            if let Some(error) = ended {
                self.lose(StaleCause::Disconnected, &error, ctx);
            }
        } else if let Some((link, overlap)) = &mut self.successor
            && link.id == arrived.connection
        {
            frames.into_iter().for_each(|frame| overlap.push(frame));
            if ended.is_some() {
                self.successor = None;
            }
        }
    }
    /// One connection's end is not the feed's.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<UniverseChanged> for MarketFeed {
    type Result = ();
    fn handle(&mut self, _: UniverseChanged, ctx: &mut Self::Context) {
        self.follow_universe(ctx);
    }
}

impl Handler<StateAgain> for MarketFeed {
    type Result = ();
    fn handle(&mut self, wish: StateAgain, _: &mut Self::Context) {
        if wish.tokens.is_empty() {
            let all = self.wanted();
            self.resyncs.want(all);
        } else {
            self.resyncs.want(wish.tokens);
        }
    }
}
