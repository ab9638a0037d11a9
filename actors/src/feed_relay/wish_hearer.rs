//! Hears which books are wished for again, and tells the feeds.

use std::time::Duration;

use actix::prelude::*;
use relay::{Relay, RelayError, RelaySettings, WishId, WishReader};

use crate::messages::StateAgain;
use crate::supervision::Handle;

const WAIT: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(300);

/// Hears wishes. Feeds that watch nothing do nothing about them.
pub struct WishHearer {
    redis: RelaySettings,
    /// By shard.
    feeds: Vec<Handle<StateAgain>>,
    heard: Option<WishId>,
}

impl WishHearer {
    /// Tells these feeds, by shard.
    #[must_use]
    pub const fn new(redis: RelaySettings, feeds: Vec<Handle<StateAgain>>) -> Self {
        Self { redis, feeds, heard: None }
    }

    fn connect(&self, ctx: &mut Context<Self>) {
        let (redis, heard) = (self.redis.clone(), self.heard.clone());
        let connecting = async move {
            let relay = Relay::connect_patiently(&redis, WAIT).await?;
            relay.hear_wishes(heard).await
        };
        ctx.spawn(connecting.into_actor(self).map(|wishes, actor, ctx| match wishes {
            Ok(wishes) => Self::hear(actor, wishes, ctx),
            Err(error) => Self::try_again(&error, ctx),
        }));
    }

    fn hear(actor: &Self, mut wishes: WishReader, ctx: &mut Context<Self>) {
        let hearing = async move { (wishes.next(WAIT).await, wishes) };
        ctx.spawn(hearing.into_actor(actor).map(|(heard, wishes), actor, ctx| match heard {
            Ok(heard) => {
                actor.heard = Some(wishes.heard());
                for wish in heard {
                    if let Some(feed) = actor.feeds.get(usize::from(wish.shard))
                        && let Err(error) = feed.tell(StateAgain { tokens: wish.tokens })
                    {
                        tracing::debug!(%error, shard = wish.shard, "a feed took no wish");
                    }
                }
                Self::hear(actor, wishes, ctx);
            }
            Err(error) => Self::try_again(&error, ctx),
        }));
    }

    fn try_again(error: &RelayError, ctx: &mut Context<Self>) {
        tracing::debug!(%error, "wishes for books are not heard");
        ctx.run_later(PAUSE, |actor, ctx| actor.connect(ctx));
    }
}

impl Actor for WishHearer {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.connect(ctx);
    }
}
