//! The user socket: opened, listened to, replaced in time, opened again.

use std::time::{Duration, Instant};

use actix::prelude::*;
use bytes::Bytes;
use engine::desk::Input;
use polymarket::http::Backoff;
use polymarket::socket::SocketError;
use polymarket::user_socket::{Markets, UserEvent, UserSender, UserStream, connect};
use replay::{Note, Socket};

use super::{AccountFeed, Attempt, Pauses};
use crate::trading::executor::facts;

use futures_util::StreamExt as _;

/// Were the pauses ever to end.
const PAUSE_AT_LAST: Duration = Duration::from_secs(15);

/// Which connection something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Generation(u64);

struct Open {
    generation: Generation,
    stream: SpawnHandle,
    // Dropped with the connection.
    _sender: UserSender,
    since: Instant,
}

/// The connection, if there is one, and when the next one is tried.
pub(super) struct Link {
    open: Option<Open>,
    attempt: Attempt,
    pauses: Pauses,
    backoff: Backoff,
    last: u64,
}

impl Link {
    pub(super) fn new(backoff: &Backoff, now: Instant) -> Self {
        Self {
            open: None,
            attempt: Attempt::NotBefore(now),
            pauses: Box::new(backoff.delays()),
            backoff: *backoff,
            last: 0,
        }
    }
}

/// Something came over one connection.
struct Arrived {
    generation: Generation,
    event: Result<UserEvent, SocketError>,
}

impl AccountFeed {
    /// Opens a connection where there is none, and another one where it is old.
    pub(super) fn keep_link(&mut self, now: Instant, ctx: &mut Context<Self>) {
        if !self.link.attempt.is_due(now) {
            return;
        }
        let is_old = |open: &Open| {
            let age = now.duration_since(open.since);
            self.settings.planned_reconnect.is_some_and(|limit| age >= limit)
        };
        if self.link.open.as_ref().is_none_or(is_old) {
            self.open_link(ctx);
        }
    }

    fn open_link(&mut self, ctx: &mut Context<Self>) {
        let Some(access) = self.access.get() else { return };
        self.link.attempt = Attempt::Running;
        let venue = self.settings.venue.clone();
        let (notes, clock) = (self.outlets.notes.clone(), self.clock.clone());
        let overhear = move |frame: &Bytes| {
            notes.say(clock.now(), || Note::Heard { socket: Socket::User, frame: frame.clone() });
        };
        let opening = async move {
            let credentials = &access.identity().credentials;
            connect(&venue, credentials, access.mine(), &Markets::All, overhear).await
        };
        ctx.spawn(opening.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok((sender, stream)) => actor.opened(sender, stream, ctx),
            Err(error) => actor.link_failed(&error),
        }));
    }

    fn opened(&mut self, sender: UserSender, stream: UserStream, ctx: &mut Context<Self>) {
        self.link.last += 1;
        let generation = Generation(self.link.last);
        let stream = stream.map(move |event| Arrived { generation, event });
        let stream = ctx.add_stream(stream);
        let open = Open { generation, stream, _sender: sender, since: Instant::now() };
        if let Some(old) = self.link.open.replace(open) {
            ctx.cancel_future(old.stream);
        }
        self.link.attempt = Attempt::NotBefore(Instant::now());
        self.outlets.board.set_venue(|venue| venue.user_socket_up = true);
    }

    /// What is open belongs to an access that is no more.
    pub(super) fn close_link(&mut self, ctx: &mut Context<Self>) {
        if let Some(open) = self.link.open.take() {
            ctx.cancel_future(open.stream);
        }
        self.outlets.board.set_venue(|venue| venue.user_socket_up = false);
    }

    fn link_failed(&mut self, error: &SocketError) {
        let pause = self.link.pauses.next().unwrap_or(PAUSE_AT_LAST);
        tracing::warn!(%error, ?pause, "the user socket is not open; trying again");
        self.link.attempt = Attempt::NotBefore(Instant::now() + pause);
    }

    fn lost(&mut self, error: &SocketError, ctx: &mut Context<Self>) {
        self.close_link(ctx);
        self.link_failed(error);
    }

    fn hear(&mut self, event: UserEvent) {
        // A connection that brings something is a good one.
        if event != UserEvent::Gap {
            self.link.pauses = Box::new(self.link.backoff.delays());
        }
        let now = self.clock.now();
        match event {
            UserEvent::Gap => self.compare_soon(),
            UserEvent::Order(event) => {
                let sight = facts::order_sight(&event.order).map(Input::Sighted);
                self.tell(sight.into_iter().collect());
            }
            UserEvent::Trade(trade) => {
                let sights = facts::trade_sights(&trade, now);
                self.tell(sights.into_iter().map(Input::Traded).collect());
            }
            UserEvent::Unreadable { why, what } => {
                tracing::error!(%why, what = what.as_str(), "news of the account cannot be read");
                self.compare_soon();
            }
            UserEvent::Odd(oddity) => tracing::debug!(?oddity, "an odd frame was left out"),
        }
    }
}

impl StreamHandler<Arrived> for AccountFeed {
    fn handle(&mut self, arrived: Arrived, ctx: &mut Self::Context) {
        if self.link.open.as_ref().is_none_or(|open| open.generation != arrived.generation) {
            return;
        }
        match arrived.event {
            Ok(event) => self.hear(event),
            Err(error) => self.lost(&error, ctx),
        }
    }
    /// One connection's end is not the feed's.
    fn finished(&mut self, _: &mut Self::Context) {}
}
