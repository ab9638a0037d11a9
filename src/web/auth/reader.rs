//! The role that reads the list of tokens, again and again: a token that was revoked on the command
//! line is felt here within two seconds.

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, WrapFuture};
use actors::clock::Clock;
use store::{Store, StoreError, StoreSettings};

use super::tokens::Tokens;
use crate::web::guard::Guard;

/// Between two readings.
const INTERVAL: Duration = Duration::from_secs(1);
/// Readings between two notes of when tokens were used.
const READINGS_PER_NOTE: u32 = 30;

/// Reads the list of tokens. While the database is away the last known list counts, and the log and
/// the figures say so.
pub struct TokenReader {
    guard: Arc<Guard>,
    settings: StoreSettings,
    clock: Clock,
    store: Option<Store>,
    readings: u32,
    is_away: bool,
}

impl TokenReader {
    /// Reads from this database into this guard.
    #[must_use]
    pub const fn new(guard: Arc<Guard>, settings: StoreSettings, clock: Clock) -> Self {
        Self { guard, settings, clock, store: None, readings: 0, is_away: false }
    }

    fn read(&self, ctx: &mut Context<Self>) {
        let reading = Reading {
            store: self.store.clone(),
            settings: self.settings.clone(),
            guard: Arc::clone(&self.guard),
            clock: self.clock.clone(),
            notes: self.readings.is_multiple_of(READINGS_PER_NOTE),
        };
        let work = reading.run().into_actor(self).map(|done, actor, ctx| {
            actor.readings = actor.readings.wrapping_add(1);
            actor.told(done);
            ctx.run_later(INTERVAL, Self::read_again);
        });
        ctx.spawn(work);
    }

    fn read_again(&mut self, ctx: &mut Context<Self>) {
        self.read(ctx);
    }

    fn told(&mut self, done: Result<Store, StoreError>) {
        match done {
            Ok(store) => {
                self.store = Some(store);
                if self.is_away {
                    tracing::info!("the list of tokens can be read again");
                }
                self.is_away = false;
            }
            Err(error) => {
                if !self.is_away {
                    tracing::warn!(
                        %error,
                        "the list of tokens cannot be read; the last known one counts"
                    );
                }
                self.is_away = true;
            }
        }
    }
}

impl Actor for TokenReader {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.read(ctx);
    }
}

struct Reading {
    store: Option<Store>,
    settings: StoreSettings,
    guard: Arc<Guard>,
    clock: Clock,
    notes: bool,
}

impl Reading {
    async fn run(self) -> Result<Store, StoreError> {
        let store = match self.store {
            Some(store) => store,
            None => {
                let store = Store::connect(&self.settings).await?;
                store.migrate().await?;
                store
            }
        };
        let (tokens, access, now) = (store.api_tokens(), self.guard.access(), self.clock.now());
        access.set_listed(Tokens::listed(&tokens.in_force(now).await?), now);
        if self.notes {
            // When a token was used is for people to look at; a note that is lost is no harm.
            for (name, at) in access.take_used() {
                tokens.used(&name, at).await?;
            }
        }
        Ok(store)
    }
}
