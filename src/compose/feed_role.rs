//! The tree of a process that watches parts of the market for another one.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actors::board::Board;
use actors::clock::Clock;
use actors::feed::FeedOutlets;
use actors::feed_relay::{
    FrameWriter, HeldShards, ShardKeeper, ShardKeeperOutlets, Standing, WishHearer,
};
use actors::shared::Shared;
use actors::supervision::{ChildSpec, Life, Limits, Placement, Strategy, SupervisorSpec};
use engine::universe::Watched;
use polymarket::http::Settings as VenueSettings;
use relay::{Member, RelaySettings};

use super::{LEAF_PERIOD, LEAF_RESTARTS_MAX, ROOT_PERIOD, ROOT_RESTARTS_MAX, convert, feeds};
use crate::settings::Settings;
use crate::web::small::SmallFront;

/// What the tree needs besides the settings.
pub struct FeedParts {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// How to reach the other processes.
    pub redis: RelaySettings,
    /// What this process says of itself.
    pub me: Member,
    /// Where it says how it stands.
    pub listener: TcpListener,
    /// Where the time comes from.
    pub clock: Clock,
}

/// The whole tree.
#[must_use]
pub fn tree(settings: &Settings, parts: FeedParts) -> SupervisorSpec {
    let FeedParts { venue, redis, me, listener, clock } = parts;
    let board: Arc<Board> = Arc::default();
    let (watched, held) = (Shared::<Watched>::default(), Shared::<HeldShards>::default());
    let standing = Shared::<Standing>::default();

    let (to, at, shown, by) = (redis.clone(), clock.clone(), Arc::clone(&board), held.clone());
    let (writer, written) = ChildSpec::actor("frame-writer", move |_, _: &Life<FrameWriter>| {
        FrameWriter::new(to.clone(), at.clone(), Arc::clone(&shown), by.clone())
    })
    .placement(Placement::Dedicated)
    .limits(Limits { normal: 4_096, ..Limits::default() })
    .liveness(Duration::from_secs(1), Duration::from_secs(5))
    .backoff(feeds::backoff())
    .build();

    let outlets = FeedOutlets { frames: written.handle(), lost: written.handle(), board };
    let feed = convert::feed(settings, &venue);
    let (specs, refs): (Vec<_>, Vec<_>) = (0..convert::shards(settings))
        .map(|shard| feeds::own_feed(shard, &feed, &clock, &watched, &outlets))
        .unzip();

    let (to, wished) = (redis.clone(), refs.iter().map(|feed| feed.handle()).collect::<Vec<_>>());
    let (hearer, _) = ChildSpec::actor("wish-hearer", move |_, _: &Life<WishHearer>| {
        WishHearer::new(to.clone(), wished.clone())
    })
    .backoff(feeds::backoff())
    .build();

    let outlets = ShardKeeperOutlets {
        watched,
        feeds: refs.iter().map(|feed| feed.handle()).collect(),
        writer: written.handle(),
        held,
        standing: standing.clone(),
    };
    let (keeper, _) = ChildSpec::actor("shard-keeper", move |_, _: &Life<ShardKeeper>| {
        ShardKeeper::new(redis.clone(), me.clone(), outlets.clone())
    })
    .placement(Placement::Dedicated)
    .liveness(Duration::from_secs(1), Duration::from_secs(5))
    .backoff(feeds::backoff())
    .build();

    let listener = Arc::new(listener);
    let (front, _) = ChildSpec::actor("http", move |_, life: &Life<SmallFront>| {
        SmallFront::new(life.clone(), Arc::clone(&listener), standing.clone())
    })
    .backoff(feeds::backoff())
    .build();

    let feeds = specs.into_iter().fold(feeds::group(), SupervisorSpec::child);
    let relaying = SupervisorSpec::new("relaying", Strategy::OneForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(writer)
        .child(hearer)
        .child(keeper)
        .child(front);
    SupervisorSpec::new("root", Strategy::OneForOne)
        .intensity(ROOT_RESTARTS_MAX, ROOT_PERIOD)
        .child(ChildSpec::supervisor(relaying, Placement::Inherit).0)
        .child(ChildSpec::supervisor(feeds, Placement::Dedicated).0)
}
