//! The tree of a process that watches parts of the market for another one.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actors::board::Board;
use actors::clock::Clock;
use actors::cluster::says_goodbye;
use actors::feed::FeedOutlets;
use actors::feed_relay::{
    FrameWriter, HeldShards, ShardKeeper, ShardKeeperOutlets, Standing, WishHearer,
};
use actors::shared::Shared;
use actors::supervision::{ChildSpec, Life, Limits, Placement, Strategy, SupervisorSpec, Tree};
use anyhow::Context as _;
use engine::universe::Watched;
use polymarket::http::Settings as VenueSettings;
use rustls::ServerConfig;

use super::serving::{Served, http};
use super::{
    BACKOFF, LEAF_PERIOD, LEAF_RESTARTS_MAX, ROOT_PERIOD, ROOT_RESTARTS_MAX, cluster, convert,
    feeds,
};
use crate::settings::Settings;
use crate::web::feed_front;
use crate::web::front::Configure;

/// What the tree needs besides the settings.
pub struct FeedParts {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Where it says how it stands.
    pub listeners: Vec<TcpListener>,
    /// The certificate to say it with, where it speaks TLS.
    pub tls: Option<ServerConfig>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// The whole tree.
///
/// # Errors
/// There is no Redis in the settings.
pub fn tree(settings: &Settings, parts: FeedParts) -> anyhow::Result<SupervisorSpec> {
    let FeedParts { venue, listeners, tls, clock } = parts;
    let redis = settings.cluster.relay()?.context("cluster.redis_url is not set")?;
    let identity = cluster::identity(settings, &clock);
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
    .backoff(BACKOFF)
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
    .backoff(BACKOFF)
    .build();

    let outlets = ShardKeeperOutlets {
        watched,
        feeds: refs.iter().map(|feed| feed.handle()).collect(),
        writer: written.handle(),
        held,
        standing: standing.clone(),
    };
    let keeper = ChildSpec::actor("shard-keeper", move |_, _: &Life<ShardKeeper>| {
        ShardKeeper::new(redis.clone(), identity.clone(), outlets.clone())
    });
    let (keeper, _) = says_goodbye(keeper)
        .placement(Placement::Dedicated)
        .liveness(Duration::from_secs(1), Duration::from_secs(5))
        .backoff(BACKOFF)
        .build();

    let served = move |_: &Tree| -> Served {
        let standing = standing.clone();
        let configure: Configure =
            Arc::new(move |service| feed_front::configure(service, &standing));
        (configure, None)
    };

    let feeds = specs.into_iter().fold(feeds::group(), SupervisorSpec::child);
    let relaying = SupervisorSpec::new("relaying", Strategy::OneForOne)
        .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
        .child(writer)
        .child(hearer)
        .child(keeper)
        .child(http(listeners, tls, served));
    Ok(SupervisorSpec::new("root", Strategy::OneForOne)
        .intensity(ROOT_RESTARTS_MAX, ROOT_PERIOD)
        .child(ChildSpec::supervisor(relaying, Placement::Inherit).0)
        .child(ChildSpec::supervisor(feeds, Placement::Dedicated).0))
}
