//! A process that watches parts of the market for another one. It needs no database and no key.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use actors::clock::Clock;
use polymarket::http::Settings as VenueSettings;
use serde_json::json;

use super::{Saying, address_of, certificate, to_its_end};
use crate::compose::{self, FeedParts};
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Runs until it is told to stop.
///
/// # Errors
/// Settings that cannot be used.
pub(super) fn run(
    settings: &Settings,
    venue: VenueSettings,
    listener: TcpListener,
    saying: Saying,
    end_after: Option<Duration>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let listeners = vec![listener];
    let address = address_of(settings, &listeners)?;
    match saying {
        Saying::Json => writeln!(out, "{}", json!({ "address": address }))?,
        Saying::Words => {
            writeln!(out, "dutchbook watches the market; health: {address}/health/ready")?;
        }
    }
    out.flush()?;
    let (tls, _) = certificate(settings)?;
    let parts = FeedParts { venue, listeners, tls, clock: Clock::System };
    let spec = compose::feed_tree(settings, parts)?;
    Ok(to_its_end(settings, spec, end_after, |_| {}))
}
