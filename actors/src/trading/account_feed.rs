//! Follows the account at the venue: signs in, listens to the user socket, and compares both sides.
//!
//! The socket is quick and forgets; the comparison is slow and misses nothing. Whatever either
//! brings goes to the risk manager as facts. Trading begins when both sides agree, and halts when
//! money does not add up and that does not pass.

mod comparing;
pub(in crate::trading) mod holdings;
mod link;
mod look;
mod round;
mod settings;
mod suspicion;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use domain::UnixMillis;
use engine::desk::Input;
use polymarket::clob::ClobClient;
use polymarket::clob::private::{ApiKeys, Heartbeat, Pulse, TradingClient, VenueClock};
use polymarket::http::Http;
use thiserror::Error;

use super::board::TradingBoard;
use super::messages::{Command, News, TellOurView};
use super::{Access, AccessCell, Wallet};
use crate::clock::Clock;
use crate::recorder::Notes;
use crate::supervision::{Handle, Life};
use link::Link;
use suspicion::Suspicion;

pub use settings::{AccountFeedSettings, VenueHeartbeat};

const TICK: Duration = Duration::from_millis(250);
/// Were the pauses ever to end.
const PAUSE_AT_LAST: Duration = Duration::from_secs(60);

/// Whom the account feed tells, and asks.
#[derive(Clone)]
pub struct AccountFeedOutlets {
    /// Takes the venue's facts.
    pub risk_manager: Handle<News>,
    /// Says what we believe.
    pub our_view: Handle<TellOurView>,
    /// Books the beginning.
    pub control: Handle<Command>,
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// Where the frames of the account's socket are said, for the record.
    pub notes: Notes,
}

type Pauses = Box<dyn Iterator<Item = Duration>>;

/// The account feed.
pub struct AccountFeed {
    life: Life<Self>,
    settings: AccountFeedSettings,
    clock: Clock,
    wallet: Wallet,
    access: AccessCell,
    outlets: AccountFeedOutlets,
    http: Option<Http>,
    client: Option<(Arc<Access>, TradingClient)>,
    signing_in: Attempt,
    sign_in_pauses: Pauses,
    link: Link,
    comparing: Comparing,
    suspicion: Suspicion,
    skew_measured: Option<Instant>,
    heart: Heartbeat,
}

/// Something that is tried until it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    /// Not before this moment.
    NotBefore(Instant),
    /// On its way.
    Running,
}

impl Attempt {
    fn is_due(self, now: Instant) -> bool {
        matches!(self, Self::NotBefore(at) if now >= at)
    }
}

/// When both sides are compared next, and how far back.
#[derive(Debug)]
struct Comparing {
    attempt: Attempt,
    /// It is to be done again as soon as it ends.
    again: Option<Again>,
    /// Everything up to here is known to have been compared; `None`: nothing is.
    covered: Option<UnixMillis>,
    /// Rounds in a row that healed something.
    healed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Again;

#[derive(Debug, Error)]
enum SignInError {
    #[error("the venue does not give API credentials: {0}")]
    Keys(#[from] polymarket::clob::private::ApiKeyError),
    #[error(transparent)]
    Signer(#[from] polymarket::signing::SignerError),
}

impl AccountFeed {
    /// Not signed in yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: AccountFeedSettings,
        clock: Clock,
        wallet: Wallet,
        access: AccessCell,
        outlets: AccountFeedOutlets,
    ) -> Self {
        let now = Instant::now();
        Self {
            sign_in_pauses: Box::new(settings.sign_in_pauses.delays()),
            link: Link::new(&settings.socket_pauses, now),
            suspicion: Suspicion::new(settings.confirm_after),
            comparing: Comparing {
                attempt: Attempt::NotBefore(now),
                again: None,
                covered: None,
                healed: 0,
            },
            life,
            settings,
            clock,
            wallet,
            access,
            outlets,
            http: None,
            client: None,
            signing_in: Attempt::NotBefore(now),
            skew_measured: None,
            heart: Heartbeat::off(),
        }
    }

    /// A client for the access as it is now; `None` before there is one.
    fn client(&mut self) -> Option<TradingClient> {
        let access = self.access.get()?;
        if let Some((of, client)) = &self.client
            && Arc::ptr_eq(of, &access)
        {
            return Some(client.clone());
        }
        let http = self.http.clone()?;
        let client = access.client(http, self.access.venue_clock(self.clock.clone()));
        self.client = Some((access, client.clone()));
        Some(client)
    }

    /// Tells the desk. If it does not take the news, both sides are compared from the start later.
    fn tell(&mut self, news: Vec<Input>) {
        if news.is_empty() {
            return;
        }
        if let Err(error) = self.outlets.risk_manager.tell(News(news)) {
            tracing::warn!(%error, "the risk manager does not take news; comparing from the start");
            self.compare_later_from_the_start();
        }
    }

    fn sign_in(&mut self, ctx: &mut Context<Self>) {
        let Some(http) = self.http.clone() else { return };
        self.signing_in = Attempt::Running;
        let (wallet, cell, clock) = (self.wallet.clone(), self.access.clone(), self.clock.clone());
        let number = self.settings.credentials_number;
        let signing = async move { sign_in(http, &wallet, &cell, clock, number).await };
        ctx.spawn(signing.into_actor(self).map(|signed, actor, ctx| match signed {
            Ok(access) => {
                tracing::info!("signed in at the venue");
                actor.access.set(access);
                actor.signing_in = Attempt::NotBefore(Instant::now());
                actor.sign_in_pauses = Box::new(actor.settings.sign_in_pauses.delays());
                actor.skew_measured = Some(Instant::now());
                actor.close_link(ctx);
                actor.compare_from_the_start();
                actor.life.set_degraded(None);
            }
            Err(error) => {
                let pause = actor.sign_in_pauses.next().unwrap_or(PAUSE_AT_LAST);
                tracing::warn!(%error, ?pause, "not signed in at the venue; trying again");
                let why = format!("trading waits: not signed in at the venue: {error}");
                actor.life.set_degraded(Some(why));
                actor.signing_in = Attempt::NotBefore(Instant::now() + pause);
            }
        }));
    }

    /// Compares the clocks now and then: requests are signed with the venue's time.
    fn measure_skew(&mut self, now: Instant, ctx: &mut Context<Self>) {
        let interval = self.settings.skew_interval;
        if self.skew_measured.is_some_and(|at| now.duration_since(at) < interval) {
            return;
        }
        let Some(http) = self.http.clone() else { return };
        self.skew_measured = Some(now);
        let (clock, cell) = (self.clock.clone(), self.access.clone());
        let measuring = async move { measure(&http, &clock, &cell).await };
        ctx.spawn(measuring.into_actor(self));
    }

    fn beat(&mut self, now: Instant, ctx: &mut Context<Self>) {
        let Some(client) = self.client() else { return };
        let Some(beat) = self.heart.take_due(now) else { return };
        let beating = async move { client.heartbeat(&beat).await };
        ctx.spawn(beating.into_actor(self).map(|answer, actor, _| {
            match actor.heart.on_answer(answer, Instant::now()) {
                Pulse::Kept | Pulse::Again => {}
                Pulse::Late => tracing::warn!("a heartbeat was not counted by the venue"),
                Pulse::Lapsed => {
                    tracing::error!("the venue missed our heartbeat and cancels every order");
                    actor.compare_soon();
                }
            }
        }));
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        if self.access.get().is_none() {
            if self.signing_in.is_due(now) {
                self.sign_in(ctx);
            }
            return;
        }
        self.measure_skew(now, ctx);
        self.beat(now, ctx);
        self.keep_link(now, ctx);
        self.keep_comparing(now, ctx);
    }
}

async fn sign_in(
    http: Http,
    wallet: &Wallet,
    cell: &AccessCell,
    clock: Clock,
    number: u64,
) -> Result<Access, SignInError> {
    measure(&http, &clock, cell).await;
    let keys = ApiKeys::new(http, cell.venue_clock(clock), wallet.chain_id());
    let credentials = keys.create_or_derive(&wallet.key, number).await?;
    Ok(Access::new(wallet, credentials)?)
}

/// A clock that cannot be compared is taken for right: the venue will say if it is not.
async fn measure(http: &Http, clock: &Clock, cell: &AccessCell) {
    let clock = clock.clone();
    let clock = VenueClock::new(move || clock.now());
    match clock.measure(&ClobClient::new(http.clone())).await {
        Ok(skew) => cell.set_skew(skew),
        Err(error) => tracing::warn!(%error, "the venue's clock could not be read"),
    }
}

impl Actor for AccountFeed {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match self.settings.venue.connect() {
            Ok(http) => self.http = Some(http),
            Err(error) => return self.life.fail(ctx, format!("no client can be made: {error}")),
        }
        if self.settings.heartbeat == VenueHeartbeat::On {
            self.heart = Heartbeat::started(Instant::now());
        }
        self.outlets.board.set_venue(|venue| venue.user_socket_up = false);
        ctx.run_interval(TICK, |actor, ctx| actor.tick(ctx));
    }
}
