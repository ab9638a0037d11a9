//! A process that watches parts of the market for another one. It needs no database and no key.

use std::net::TcpListener;

use actors::clock::Clock;
use actors::supervision::{self, RootOptions};
use anyhow::Context as _;
use polymarket::http::Settings as VenueSettings;
use relay::{Member, MemberState, Role};

use super::started;
use crate::compose::{self, FeedParts};
use crate::exit::ExitCode;
use crate::settings::{Cluster, Settings};

/// Runs until it is told to stop.
///
/// # Errors
/// Settings that cannot be used.
pub(super) fn run(
    settings: &Settings,
    venue: VenueSettings,
    listener: TcpListener,
) -> anyhow::Result<ExitCode> {
    let redis = settings.cluster.relay()?.context("a feed needs cluster.redis_url")?;
    let clock = Clock::System;
    let me = Member {
        name: settings.cluster.called(),
        role: Role::Feed,
        state: MemberState::Watching,
        host: Cluster::host(),
        process: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: None,
        started_at: clock.now(),
        shards: Vec::new(),
        tokens: 0,
        clients: None,
    };
    let spec = compose::feed_tree(settings, FeedParts { venue, redis, me, listener, clock });
    let options =
        RootOptions { shutdown_limit: settings.web.shutdown_max, ..RootOptions::default() };
    let code = supervision::run(spec, options, |running| started(running, None));
    Ok(match code {
        0 => ExitCode::Ok,
        supervision::EXIT_FROZEN => ExitCode::Frozen,
        _ => ExitCode::Escalated,
    })
}
