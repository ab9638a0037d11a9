//! `dutchbook health`: asks the service that runs here, for whoever watches over it from outside,
//! such as the health check of a container.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::HealthArgs;
use crate::commands::access::WayIn;
use crate::commands::trading::{address, tell};
use crate::exit::ExitCode;
use crate::settings::Settings;

/// Shorter than anybody waits who asks again and again.
const TIMEOUT: Duration = Duration::from_secs(3);
const BODY_BYTES_MAX: usize = 64 << 10;

/// What was answered.
struct Answer {
    status: u16,
    body: Value,
}

/// Asks whether the service is of use, or only whether it answers.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn run(
    settings: &Settings,
    way_in: &WayIn<'_>,
    args: &HealthArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let url = args.read.url.clone().unwrap_or_else(|| here(settings));
    let path = if args.live { "/health/live" } else { "/health/ready" };
    // Whether it answers is nobody's secret, and needs no look for a way in.
    let token = if args.live { None } else { way_in.token(&url) };
    let asked = ask(format!("{}{path}", url.trim_end_matches('/')), token);
    let answer = match actix_rt::System::new().block_on(asked) {
        Ok(answer) => answer,
        Err(why) => {
            if args.read.json {
                writeln!(out, "{}", json!({ "reached": false, "why": why }))?;
            }
            tell(&format!("dutchbook: no answer from {url}: {why}"));
            tell("Is it running? `dutchbook run` starts it; --url names another address.");
            return Ok(ExitCode::Unreachable);
        }
    };
    if args.read.json {
        writeln!(out, "{}", answer.body)?;
    }
    match (answer.status, args.read.json) {
        (200, true) => {}
        (200, false) => writeln!(out, "{}", if args.live { "alive" } else { "ready" })?,
        (503, _) => {
            tell(&format!("dutchbook: not ready: {}", missing(&answer.body)));
            return Ok(ExitCode::ProblemFound);
        }
        (status, _) => {
            let why = answer.body["detail"].as_str().unwrap_or("it did not say why");
            tell(&format!("dutchbook: {url} refused to say ({status}): {why}"));
            return Ok(ExitCode::Refused);
        }
    }
    Ok(ExitCode::Ok)
}

/// Where the service of these settings answers on this machine. One that speaks TLS answers in plain
/// at the live socket's port of loopback, where no certificate has to be good for `127.0.0.1`.
fn here(settings: &Settings) -> String {
    let web = &settings.web;
    if web.tls.is_some() && web.ws_host.is_loopback() {
        return format!("http://{}", std::net::SocketAddr::new(web.ws_host, web.ws_port));
    }
    address(settings)
}

async fn ask(url: String, token: Option<String>) -> Result<Answer, String> {
    let mut request = awc::Client::builder().timeout(TIMEOUT).finish().get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let mut answer = request.send().await.map_err(|error| error.to_string())?;
    let body = answer.body().limit(BODY_BYTES_MAX).await.map_err(|error| error.to_string())?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Answer { status: answer.status().as_u16(), body })
}

fn missing(body: &Value) -> String {
    let parts = body["missing"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let parts = parts.collect::<Vec<_>>().join("; ");
    // Whoever stands by, or has no leader to ask, says so in words.
    let detail = || body["detail"].as_str().unwrap_or("it does not say why").to_owned();
    if parts.is_empty() { detail() } else { parts }
}

/// Why the service of `url` is not ready; `None` where it is, or does not answer.
pub(super) fn not_ready(url: &str, token: Option<String>) -> Option<String> {
    let asked = ask(format!("{}/health/ready", url.trim_end_matches('/')), token);
    let answer = actix_rt::System::new().block_on(asked).ok()?;
    (answer.status == 503).then(|| missing(&answer.body))
}
