//! The service as a process that serves people and decides nothing.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use actors::clock::Clock;
use actors::supervision::{self, RootOptions};
use serde_json::json;

use super::{BURST_SECONDS, address_of, certificate, guard, started};
use crate::compose::{self, WebParts};
use crate::exit::ExitCode;
use crate::settings::Settings;
use crate::web::auth::Access;
use crate::web::auth::rate::Rate;
use crate::web::auth::tokens::Tokens;

/// How it is said where it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saying {
    /// For people.
    Words,
    /// One line of JSON.
    Json,
}

/// Serves people until it is told to stop. Signing in, and whatever else is asked, is the business of
/// the process that decides.
pub(super) fn serve(
    settings: &Settings,
    listeners: Vec<TcpListener>,
    saying: Saying,
    end_after: Option<Duration>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    for note in &settings.notes {
        tracing::warn!("{note}");
    }
    let address = address_of(settings, &listeners)?;
    let (tls, certificate_ends_at) = certificate(settings)?;
    let per_second = settings.web.requests_per_second_max;
    let rate = Rate { per_second, burst: per_second.saturating_mul(BURST_SECONDS) };
    let guard = guard(settings, &listeners, Access::new(Tokens::default(), rate))?;
    let socket = listeners.get(1).map(TcpListener::local_addr).transpose()?;
    match saying {
        Saying::Json => {
            let socket = socket.map(|at| format!("ws://{at}/"));
            writeln!(out, "{}", json!({ "address": address, "socket": socket }))?;
        }
        Saying::Words => writeln!(
            out,
            "dutchbook serves people, and asks the process that decides: {address}\n\
             Links to sign in with come from that process: dutchbook link"
        )?,
    }
    out.flush()?;
    let clock = Clock::System;
    let parts = WebParts { listeners, tls, certificate_ends_at, guard, clock };
    let spec = compose::web_tree(settings, parts)?;
    let options =
        RootOptions { shutdown_limit: settings.web.shutdown_max, ..RootOptions::default() };
    let code = supervision::run(spec, options, |running| started(running, end_after));
    Ok(match code {
        0 => ExitCode::Ok,
        supervision::EXIT_FROZEN => ExitCode::Frozen,
        _ => ExitCode::Escalated,
    })
}
