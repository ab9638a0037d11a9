//! Questions and orders to a running service.

pub(super) mod client;
mod requests;
mod tables;

use std::io::{self, Write};

use anyhow::Context;
use serde_json::Value;

use crate::cli::TradingCommand;
use crate::commands::access::{NO_WAY_IN, WayIn};
use crate::commands::health;
use crate::exit::ExitCode;
use crate::settings::Settings;

use client::{Client, Said};
pub(super) use requests::Request;
use requests::request;

/// Asks a running service and prints what it says.
///
/// # Errors
/// No key can be made up, or `out` cannot be written.
pub(super) fn run(
    settings: &Settings,
    way_in: &WayIn<'_>,
    command: &TradingCommand,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let print = |body: &Value, out: &mut dyn Write| {
        if let TradingCommand::Risk(read) = command {
            let url = read.url.clone().unwrap_or_else(|| address(settings));
            if let Some(why) = health::not_ready(&url, way_in.token(&url)) {
                writeln!(out, "Not ready: {}", tables::plain(&why))?;
            }
        }
        tables::print(command, body, out)
    };
    converse(settings, way_in, request(command), print, out)
}

/// Asks, prints what a success says, and tells everything else on standard error.
///
/// # Errors
/// As for [`run`].
pub(super) fn converse(
    settings: &Settings,
    way_in: &WayIn<'_>,
    Request { read, order, question }: Request<'_>,
    print: impl FnOnce(&Value, &mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    // A second one in the same process is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = read.url.clone().unwrap_or_else(|| address(settings));
    let key = match order {
        None => None,
        Some(order) => Some(match &order.key {
            Some(key) => key.clone(),
            None => {
                let key = made_up_key()?;
                // Before it is sent: whoever gets no answer asks again with it.
                tell(&format!("key: {key}"));
                key
            }
        }),
    };
    let token = way_in.token(&url);
    if key.is_some() && token.is_none() {
        tell(NO_WAY_IN);
        return Ok(ExitCode::Configuration);
    }
    let client = Client { url, token };
    let said = actix_rt::System::new().block_on(client.ask(&question, key.as_deref()));
    match said {
        Ok(said) if read.json => {
            writeln!(out, "{}", serde_json::to_string_pretty(&said.body)?)?;
            Ok(verdict(&said))
        }
        Ok(said) => {
            if said.is_success() {
                print(&said.body, out)?;
            }
            Ok(verdict(&said))
        }
        Err(error) => {
            tell(&format!("dutchbook: no answer from {}: {error}", client.url));
            tell(if key.is_some() {
                "Whether the order was given is not known. Ask again with the same --key."
            } else {
                "Is it running? `dutchbook run` starts it; --url names another address."
            });
            Ok(ExitCode::Unreachable)
        }
    }
}

/// How it ended; a refusal is told.
fn verdict(said: &Said) -> ExitCode {
    if said.is_success() {
        return ExitCode::Ok;
    }
    problem(said);
    match said.body.get("code").and_then(Value::as_str) {
        Some("outcome_unknown") => ExitCode::OutcomeUnknown,
        _ => ExitCode::Refused,
    }
}

/// Tells why not, on standard error: standard output is for results.
pub(super) fn problem(said: &Said) {
    let text = |name: &str| said.body.get(name).and_then(Value::as_str).unwrap_or_default();
    let title = text("title");
    let title = if title.is_empty() { "The service refused" } else { title };
    tell(&format!("dutchbook: {title} ({}): {}", said.status, text("detail")));
    let gates = said.body.get("gates").and_then(Value::as_array);
    for gate in gates.into_iter().flatten() {
        let of = |name: &str| gate.get(name).and_then(Value::as_str).unwrap_or_default();
        if of("verdict") == "refused" {
            tell(&format!("  {}: {} (limit {})", of("rule"), of("value"), of("limit")));
        }
    }
    tell(text("hint"));
}

/// Standard error may be closed; there is nobody left to tell then.
pub(super) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub(super) fn address(settings: &Settings) -> String {
    let host = settings.web.host;
    let host = if host.is_unspecified() { "127.0.0.1".to_owned() } else { host.to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let scheme = if settings.web.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{host}:{}", settings.web.port)
}

pub(super) fn made_up_key() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    let random = rustls::crypto::ring::default_provider().secure_random;
    let filled = random.fill(&mut bytes).map_err(|_| anyhow::anyhow!("no random numbers"));
    filled.context("no key could be made up; give one with --key")?;
    Ok(hex::encode(bytes))
}
