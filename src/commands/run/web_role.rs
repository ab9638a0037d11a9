//! The service as a process that serves people and decides nothing.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use actors::clock::Clock;
use serde_json::json;

use super::{Saying, address_of, certificate, guard, rate, to_its_end};
use crate::compose::{self, WebParts};
use crate::exit::ExitCode;
use crate::settings::Settings;
use crate::web::auth::Access;
use crate::web::auth::tokens::Tokens;

/// Serves people until it is told to stop. Signing in, and whatever else is asked, is the business of
/// the process that decides.
pub(super) fn serve(
    settings: &Settings,
    listeners: Vec<TcpListener>,
    saying: Saying,
    end_after: Option<Duration>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let address = address_of(settings, &listeners)?;
    let (tls, certificate_ends_at) = certificate(settings)?;
    let guard = guard(settings, &listeners, Access::new(Tokens::default(), rate(settings)))?;
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
    Ok(to_its_end(settings, spec, end_after, |_| {}))
}
