//! `dutchbook run` and `dutchbook demo`: the service.

use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use actors::clock::Clock;
use actors::supervision::{self, Event, EventKind, RootOptions, RunningTree};
use anyhow::Context;
use polymarket::http::Settings as VenueSettings;
use simvenue::{SimOptions, SimVenue};

use crate::cli::DemoArgs;
use crate::compose::{self, Parts};
use crate::exit::ExitCode;
use crate::settings::{Settings, Sim};
use crate::telemetry;
use crate::web::guard::{AdminToken, Guard, Reading};

/// Runs the service on the venue of the settings until it is told to stop.
///
/// # Errors
/// A port that is taken, or settings that cannot be used.
pub fn run(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    telemetry::start(&settings.log);
    let venue = settings.venue.client_settings()?;
    let mut listeners = vec![listen(settings.web.host, settings.web.port, "web.port")?];
    listeners.push(listen(settings.web.ws_host, settings.web.ws_port, "web.ws_port")?);
    let address = address_of(&listeners)?;
    writeln!(out, "dutchbook watches the market in {} mode: {address}", settings.mode)?;
    serve(settings, venue, listeners, None)
}

/// Runs the service on a simulated venue in the same process.
///
/// # Errors
/// A port that is taken, or a simulator that does not start.
pub fn demo(settings: &Settings, args: &DemoArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    telemetry::start(&settings.log);
    let venue =
        SimVenue::start(sim_options(&settings.sim)).context("the simulated venue did not start")?;
    let endpoints = venue.endpoints();
    let mut reach = settings.venue.client_settings()?;
    reach.proxy = polymarket::http::Proxy::Direct;
    reach.hosts.gamma.clone_from(&endpoints.gamma);
    reach.hosts.clob.clone_from(&endpoints.clob);
    reach.hosts.data.clone_from(&endpoints.data);
    reach.hosts.market_socket.clone_from(&endpoints.market_socket);
    reach.hosts.rtds.clone_from(&endpoints.rtds);
    let listeners = vec![listen(settings.web.host, settings.web.port, "--port")?];
    let address = address_of(&listeners)?;
    let simulator = format!("http://{}", venue.addr());
    if args.json {
        let line = serde_json::json!({ "address": address, "venue": simulator });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "The demo is at {address}\nIts simulated venue is at {simulator}")?;
        writeln!(out, "Stop it with Ctrl-C.")?;
    }
    out.flush()?;
    let code = serve(settings, reach, listeners, args.seconds.map(Duration::from_secs));
    venue.stop();
    code
}

fn sim_options(sim: &Sim) -> SimOptions {
    SimOptions {
        seed: sim.seed,
        speed_percent: sim.speed_percent,
        catalogue: sim.catalogue_file.clone(),
        markets: sim.markets,
        ..SimOptions::default()
    }
}

fn listen(host: IpAddr, port: u16, setting: &str) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(host, port);
    let listener = TcpListener::bind(address).with_context(|| {
        format!(
            "{address} cannot be listened on. Perhaps dutchbook is running already; if another \
             program needs the port, choose one with {setting}"
        )
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn address_of(listeners: &[TcpListener]) -> anyhow::Result<String> {
    let first = listeners.first().context("no socket to listen on")?;
    Ok(format!("http://{}", first.local_addr()?))
}

fn serve(
    settings: &Settings,
    venue: VenueSettings,
    listeners: Vec<TcpListener>,
    end_after: Option<Duration>,
) -> anyhow::Result<ExitCode> {
    for note in &settings.notes {
        tracing::warn!("{note}");
    }
    let parts = Parts { venue, listeners, guard: guard(settings)?, clock: Clock::System };
    let spec = compose::tree(settings, parts)?;
    let options =
        RootOptions { shutdown_limit: settings.web.shutdown_max, ..RootOptions::default() };
    let code = supervision::run(spec, options, |running| started(running, end_after));
    Ok(match code {
        0 => ExitCode::Ok,
        supervision::EXIT_FROZEN => ExitCode::Frozen,
        _ => ExitCode::Escalated,
    })
}

fn started(running: &RunningTree, end_after: Option<Duration>) {
    running.tree.on_event(log_event);
    if let Some(after) = end_after {
        let stop = running.stopper();
        actix_rt::spawn(async move {
            actix_rt::time::sleep(after).await;
            stop();
        });
    }
}

/// One line a supervision event, with the same fields everywhere.
fn log_event(event: &Event) {
    let (who, incarnation) = (&*event.who, event.incarnation);
    match &event.kind {
        EventKind::Started => tracing::debug!(who, incarnation, "started"),
        EventKind::Exited { reason, purged } => {
            tracing::info!(who, incarnation, %reason, purged, "ended");
        }
        EventKind::RestartScheduled { .. } => {
            tracing::warn!(who, incarnation, kind = ?event.kind, "is restarted");
        }
        EventKind::TreeEnded { reason } => tracing::info!(who, %reason, "the tree has ended"),
        other => tracing::warn!(who, incarnation, kind = ?other, "supervision"),
    }
}

/// Reading is free on this machine alone; changing needs the admin's token, which is random for
/// this run where none is set.
fn guard(settings: &Settings) -> anyhow::Result<Guard> {
    let local = settings.web.host.is_loopback() && settings.web.ws_host.is_loopback();
    let reading = if local { Reading::Local } else { Reading::TokenOnly };
    let token = match &settings.secrets.token {
        Some(token) => token.expose().to_owned(),
        None => random_token()?,
    };
    Ok(Guard::new(settings.web.allowed_hosts.clone(), AdminToken::new(token), reading))
}

/// 32 random bytes as text. Nobody is told: without DUTCHBOOK_TOKEN nothing can be changed.
fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
    Ok(hex::encode(bytes))
}
