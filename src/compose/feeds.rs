//! Who watches the market for the books: feeds of this process, or of others.

use std::sync::Arc;

use actors::books::Books;
use actors::feed::{FeedOutlets, FeedSettings, MarketFeed};
use actors::messages::{ConnectionLost, FramesArrived, StateAgain, UniverseChanged};
use actors::remote_feed::{PlanKeeper, RemoteFeed, RemoteFeedOutlets};
use actors::supervision::{
    ActorRef, ChildSpec, Handle, Life, Limits, Placement, Strategy, SupervisorSpec,
};
use engine::universe::Watched;
use polymarket::http::Settings as VenueSettings;
use relay::RelaySettings;

use super::{BACKOFF, Common, LEAF_PERIOD, LEAF_RESTARTS_MAX, convert};
use crate::settings::{Role, Settings};

/// The feeds, and how they are spoken to.
pub(super) struct Feeds {
    pub(super) spec: SupervisorSpec,
    /// Who asks for books again, by shard.
    pub(super) again: Vec<Handle<StateAgain>>,
    /// Who hears that other markets are watched.
    pub(super) watch: Vec<Handle<UniverseChanged>>,
}

pub(super) fn group() -> SupervisorSpec {
    SupervisorSpec::new("feeds", Strategy::OneForOne).intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
}

/// Of other processes where there is a Redis to hear them by, else of this one.
pub(super) fn plant(
    settings: &Settings,
    common: &Common,
    venue: &VenueSettings,
    books: &ActorRef<Books>,
) -> anyhow::Result<Feeds> {
    let redis = settings.cluster.relay()?.filter(|_| settings.cluster.role == Role::Decide);
    if let (Some(redis), Some(lease)) = (redis, common.tenure.lease()) {
        return Ok(remote(settings, common, (&redis, lease.fence()), books));
    }
    let outlets = FeedOutlets {
        frames: books.handle(),
        lost: books.handle(),
        board: Arc::clone(&common.board),
    };
    let feed = convert::feed(settings, venue);
    let own = (0..convert::shards(settings))
        .map(|shard| own_feed(shard, &feed, &common.clock, &common.watched, &outlets));
    let mut feeds = Feeds { spec: group(), again: Vec::new(), watch: Vec::new() };
    for (spec, feed) in own {
        feeds.again.push(feed.handle());
        feeds.watch.push(feed.handle());
        feeds.spec = feeds.spec.child(spec);
    }
    Ok(feeds)
}

/// A feed that connects to the venue itself.
pub(super) fn own_feed(
    shard: u16,
    feed: &FeedSettings,
    clock: &actors::clock::Clock,
    watched: &actors::shared::Shared<Watched>,
    outlets: &FeedOutlets,
) -> (ChildSpec, ActorRef<MarketFeed>) {
    let (feed, clock) = (feed.clone(), clock.clone());
    let (watched, outlets) = (watched.clone(), outlets.clone());
    ChildSpec::actor(&format!("feed-{shard}"), move |_, life: &Life<MarketFeed>| {
        let (feed, clock) = (feed.clone(), clock.clone());
        MarketFeed::new(life.clone(), shard, feed, clock, watched.clone(), outlets.clone())
    })
    .backoff(BACKOFF)
    .build()
}

fn remote(
    settings: &Settings,
    common: &Common,
    (redis, fence): (&RelaySettings, u64),
    books: &ActorRef<Books>,
) -> Feeds {
    let (to, watched) = (redis.clone(), common.watched.clone());
    let (keeper, plans) = ChildSpec::actor("plan-keeper", move |_, _: &Life<PlanKeeper>| {
        PlanKeeper::new(to.clone(), fence, watched.clone())
    })
    .placement(Placement::Inherit)
    .limits(Limits { normal: 256, ..Limits::default() })
    .backoff(BACKOFF)
    .build();
    let outlets = RemoteFeedOutlets {
        frames: books.handle::<FramesArrived>(),
        lost: books.handle::<ConnectionLost>(),
        wishes: plans.handle(),
        board: Arc::clone(&common.board),
    };
    let mut feeds =
        Feeds { spec: group().child(keeper), again: Vec::new(), watch: vec![plans.handle()] };
    for shard in 0..convert::shards(settings) {
        let (redis, common, outlets) = (redis.clone(), common.clone(), outlets.clone());
        let name = format!("feed-{shard}");
        let (spec, feed) = ChildSpec::actor(&name, move |_, life: &Life<RemoteFeed>| {
            let (clock, watched) = (common.clock.clone(), common.watched.clone());
            let whose = (shard, fence);
            RemoteFeed::new(life.clone(), whose, redis.clone(), clock, watched, outlets.clone())
        })
        .backoff(BACKOFF)
        .build();
        feeds.again.push(feed.handle());
        feeds.watch.push(feed.handle());
        feeds.spec = feeds.spec.child(spec);
    }
    feeds
}
