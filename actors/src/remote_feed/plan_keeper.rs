//! Tells the feeds' processes what to watch, and which books to ask for again.

use std::collections::VecDeque;
use std::time::Duration;

use actix::prelude::*;
use domain::TokenId;
use engine::universe::Watched;
use relay::{Plan, RelayError, RelaySettings, Wish};

use crate::cluster::Line;
use crate::messages::UniverseChanged;
use crate::shared::Shared;
use crate::supervision::{Class, Msg};

/// How often it is looked whether Redis still knows the plan.
const INTERVAL: Duration = Duration::from_secs(1);
/// Wishes that wait; more are dropped, and wished again with the next contradiction.
const WISHES_MAX: usize = 256;

/// Ask the feed of a shard for books; for all where none is named.
#[derive(Clone, Debug)]
pub struct WishFor {
    /// Whose feed.
    pub shard: u16,
    /// Which books.
    pub tokens: Vec<TokenId>,
}
impl Message for WishFor {
    type Result = ();
}
impl Msg for WishFor {
    const CLASS: Class = Class::Normal;
}

/// Speaks to the feeds' processes.
pub struct PlanKeeper {
    fence: u64,
    watched: Shared<Watched>,
    wishes: VecDeque<Wish>,
    /// `None` while something is said over it.
    line: Option<Line>,
}

impl PlanKeeper {
    /// Speaks with the right of a lease.
    #[must_use]
    pub const fn new(redis: RelaySettings, fence: u64, watched: Shared<Watched>) -> Self {
        Self { fence, watched, wishes: VecDeque::new(), line: Some(Line::new(redis)) }
    }

    fn speak(&mut self, ctx: &mut Context<Self>) {
        let Some(mut line) = self.line.take() else { return };
        let (fence, watched) = (self.fence, self.watched.get());
        let mut wishes = std::mem::take(&mut self.wishes);
        let speaking = async move {
            let done = say(&mut line, &watched, fence, &mut wishes).await;
            (done.inspect_err(|_| line.drop_it()), line, wishes)
        };
        ctx.spawn(speaking.into_actor(self).map(|(done, line, left), actor, ctx| {
            actor.line = Some(line);
            let newer = std::mem::replace(&mut actor.wishes, left);
            actor.wishes.extend(newer);
            actor.wishes.truncate(WISHES_MAX);
            match done {
                Ok(()) if actor.wishes.is_empty() => {}
                Ok(()) => actor.speak(ctx),
                Err(error) => {
                    tracing::warn!(%error, "the feeds' processes are not told what to watch");
                }
            }
        }));
    }
}

/// Says the plan, and each wish once; what could not be said is left in `wishes`.
async fn say(
    line: &mut Line,
    watched: &Watched,
    fence: u64,
    wishes: &mut VecDeque<Wish>,
) -> Result<(), RelayError> {
    let relay = line.get().await?;
    if !watched.shards.is_empty() {
        relay.publish_plan(&Plan::new(watched.shards.clone()), fence).await?;
    }
    while let Some(wish) = wishes.front() {
        relay.wish(wish).await?;
        wishes.pop_front();
    }
    Ok(())
}

impl Actor for PlanKeeper {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.speak(ctx);
        ctx.run_interval(INTERVAL, Self::speak);
    }
}

impl Handler<UniverseChanged> for PlanKeeper {
    type Result = ();
    fn handle(&mut self, _: UniverseChanged, ctx: &mut Self::Context) {
        self.speak(ctx);
    }
}

impl Handler<WishFor> for PlanKeeper {
    type Result = ();
    fn handle(&mut self, WishFor { shard, tokens }: WishFor, ctx: &mut Self::Context) {
        if self.wishes.len() < WISHES_MAX {
            self.wishes.push_back(Wish { shard, tokens });
        }
        self.speak(ctx);
    }
}
