//! `dutchbook run` and `dutchbook demo`: the service.

mod feed_role;
mod standby;
mod together;
mod web_role;

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actors::clock::Clock;
use actors::supervision::{self, Event, EventKind, RootOptions, RunningTree, SupervisorSpec};
use actors::tenure::Tenure;
use anyhow::Context;
use domain::{UnixMillis, Usd};
use engine::strategy::{CATALOGUE, Registration};
use polymarket::http::{Hosts, Settings as VenueSettings};
use rustls::ServerConfig;
use simvenue::{Endpoints, FaultPlan, SimOptions, SimVenue};
use store::Cleared;

use crate::account::Trader;
use crate::cli::{DemoArgs, RecordArgs};
use crate::commands::access::LocalAccess;
use crate::commands::doctor::{self, Finding, Occasion};
use crate::compose::{self, AccountParts, Parts, Trading};
use crate::exit::ExitCode;
use crate::service_manager;
use crate::settings::{Mode, Role, Settings, Sim, SimFaults, Sources};
use crate::telemetry;
use crate::web::auth::rate::Rate;
use crate::web::auth::session::link;
use crate::web::auth::tokens::Tokens;
use crate::web::auth::{Access, Digest, Fresh, Principal};
use crate::web::guard::Guard;
use crate::web::tls;

/// Requests at once after a rest, in seconds of what is allowed for good.
const BURST_SECONDS: u32 = 5;
/// So often it is looked whether another process has taken the lease.
const DEPOSED_LOOK: Duration = Duration::from_millis(100);
/// The invented dollars of the demo's account.
const DEMO_CASH: Usd = Usd::from_whole(10_000);

/// How it is said where a process answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Saying {
    /// For people.
    Words,
    /// One line of JSON.
    Json,
}

/// Runs the service on the venue of the settings until it is told to stop.
///
/// # Errors
/// A port that is taken, or settings that cannot be used.
pub fn run(settings: &Settings, sources: Sources, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    begin(settings);
    if settings.cluster.role == Role::Web {
        return web_role::serve(settings, listeners(settings)?, Saying::Words, None, out);
    }
    let venue = settings.venue.client_settings()?;
    if settings.cluster.role == Role::Feed {
        let listener = listen(settings.web.host, settings.web.port, "web.port")?;
        return feed_role::run(settings, venue, listener, Saying::Words, None, out);
    }
    let trading = match settings.mode {
        Mode::Live => {
            let findings = doctor::findings(settings, Occasion::BeforeTrading)?;
            if findings.iter().any(Finding::is_bad) {
                writeln!(out, "Live trading does not start before all of this is good:\n")?;
                doctor::print(&findings, out)?;
                return Ok(ExitCode::ProblemFound);
            }
            account(settings, "live", settings.chain.urls())?
        }
        Mode::Paper | Mode::Demo => Trading::Paper,
    };
    let listeners = listeners(settings)?;
    let address = address_of(settings, &listeners)?;
    let front = Front::open(settings, listeners)?;
    match &trading {
        Trading::Paper => {
            writeln!(out, "dutchbook trades on paper, with invented money: {address}")?;
        }
        Trading::Account(parts) => {
            writeln!(out, "dutchbook trades LIVE for {}: {address}", parts.purse.0)?;
        }
    }
    writeln!(out, "{}\n  {}", LINK_SAYS, front.link)?;
    out.flush()?;
    let venues = Venues { venue, models_url: None };
    let begun = Begun { settings, sources };
    serve(begun, venues, Traded { with: trading, by: CATALOGUE }, front, None)
}

/// Records the live market; nobody trades.
///
/// # Errors
/// A port that is taken, or settings that cannot be used.
pub fn record(
    settings: &Settings,
    sources: Sources,
    args: &RecordArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    begin(settings);
    let venue = settings.venue.client_settings()?;
    let listeners = vec![listen(settings.web.host, settings.web.port, "web.port")?];
    let address = address_of(settings, &listeners)?;
    let folder = settings.record.folder(&settings.store.data_dir);
    writeln!(out, "dutchbook records into {} and trades nothing: {address}", folder.display())?;
    let front = Front::open(settings, listeners)?;
    writeln!(out, "{}\n  {}\nStop it with Ctrl-C.", LINK_SAYS, front.link)?;
    out.flush()?;
    let end_after = args.seconds.map(Duration::from_secs);
    let venues = Venues { venue, models_url: None };
    let begun = Begun { settings, sources };
    serve(begun, venues, Traded { with: Trading::Paper, by: &[] }, front, end_after)
}

/// Runs the service on a simulated venue, in the same process unless another one is named.
///
/// # Errors
/// A port that is taken, a simulator that does not start, or a database that cannot be used.
pub fn demo(
    settings: &Settings,
    sources: Sources,
    args: &DemoArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    begin(settings);
    if args.cluster {
        start_over(settings)?;
        return together::run(settings, &sources, args, out);
    }
    let saying = if args.json { Saying::Json } else { Saying::Words };
    let end_after = args.seconds.map(Duration::from_secs);
    if settings.cluster.role == Role::Feed {
        let at =
            args.venue.context("a feed of a demo needs the demo's venue: --venue HOST:PORT")?;
        let listener = listen(settings.web.host, settings.web.port, "--port")?;
        let venue = reach(settings, Endpoints::at(at))?;
        return feed_role::run(settings, venue, listener, saying, end_after, out);
    }
    let mut listeners = vec![listen(settings.web.host, settings.web.port, "--port")?];
    match listen(settings.web.ws_host, settings.web.ws_port, "web.ws_port") {
        Ok(listener) => listeners.push(listener),
        // A second demo is as good without it.
        Err(error) => tracing::warn!(%error, "the live socket has no port of its own"),
    }
    if settings.cluster.role == Role::Web {
        return web_role::serve(settings, listeners, saying, end_after, out);
    }
    let address = address_of(settings, &listeners)?;
    let (at, own) = match args.venue {
        Some(at) => (at, None),
        None => {
            start_over(settings)?;
            let venue = SimVenue::start(sim_options(&settings.sim));
            let venue = venue.context("the simulated venue did not start")?;
            (venue.addr(), Some(venue))
        }
    };
    let endpoints = Endpoints::at(at);
    let urls = (endpoints.rpc.clone(), endpoints.relayer.clone());
    let models_url = Some(endpoints.models.clone());
    let trading = match &own {
        None => account(settings, "demo", urls)?,
        Some(venue) => of(Trader::provisioned(venue, DEMO_CASH)?, "demo", urls),
    };
    let simulator = format!("http://{at}");
    let front = Front::open(settings, listeners)?;
    if args.json {
        let link = &front.link;
        let socket = front.listeners.get(1).map(|listener| listener.local_addr()).transpose()?;
        let socket = socket.map(|at| format!("ws://{at}/"));
        let line = serde_json::json!({
            "address": address, "link": link, "socket": socket, "venue": simulator,
        });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "The demo is at {address}\nIts simulated venue is at {simulator}")?;
        writeln!(out, "{}\n  {}\nStop it with Ctrl-C.", LINK_SAYS, front.link)?;
    }
    out.flush()?;
    let venues = Venues { venue: reach(settings, endpoints)?, models_url };
    let traded = Traded { with: trading, by: CATALOGUE };
    let code = serve(Begun { settings, sources }, venues, traded, front, end_after);
    if let Some(venue) = own {
        venue.stop();
    }
    code
}

/// From here on it is logged what happens.
fn begin(settings: &Settings) {
    telemetry::start(&settings.log);
    for note in &settings.notes {
        tracing::warn!("{note}");
    }
}

/// The account of the settings.
fn account(settings: &Settings, place: &str, urls: (String, String)) -> anyhow::Result<Trading> {
    Ok(of(Trader::of(settings)?, place, urls))
}

fn of(trader: Trader, place: &str, (rpc_url, relayer_url): (String, String)) -> Trading {
    let purse = trader.purse(place);
    Trading::Account(Box::new(AccountParts { trader, purse, rpc_url, relayer_url }))
}

/// A new simulated venue knows nothing of what was traded at the last one.
fn start_over(settings: &Settings) -> anyhow::Result<()> {
    let own_file = settings.store.data_dir.join("dutchbook.sqlite");
    if settings.store.url.sqlite_path() != Some(own_file.as_path()) {
        return Ok(());
    }
    let cleared = store::clear(&settings.store.connection()?);
    match cleared.context("the database of the last demo cannot be removed")? {
        Cleared::InUse => anyhow::bail!(
            "another demo runs with the database {}. Stop it, or name another folder with \
             --set store.data_dir=…",
            own_file.display()
        ),
        Cleared::Removed | Cleared::NothingThere | Cleared::OnServer => Ok(()),
    }
}

fn reach(settings: &Settings, at: Endpoints) -> anyhow::Result<VenueSettings> {
    let mut reach = settings.venue.client_settings()?;
    reach.proxy = polymarket::http::Proxy::Direct;
    reach.hosts = Hosts {
        gamma: at.gamma,
        clob: at.clob,
        data: at.data,
        market_socket: at.market_socket,
        user_socket: at.user_socket,
        rtds: at.rtds,
        web: at.web,
    };
    Ok(reach)
}

fn sim_options(sim: &Sim) -> SimOptions {
    SimOptions {
        seed: sim.seed,
        speed_percent: sim.speed_percent,
        turnover: sim.turnover,
        catalogue: sim.catalogue_file.clone(),
        markets: sim.markets,
        faults: match sim.faults {
            SimFaults::None => FaultPlan::default(),
            SimFaults::Rough => FaultPlan::rough(),
        },
        ..SimOptions::default()
    }
}

/// The page's socket, and the one for older front ends.
fn listeners(settings: &Settings) -> anyhow::Result<Vec<TcpListener>> {
    let page = listen(settings.web.host, settings.web.port, "web.port")?;
    Ok(vec![page, listen(settings.web.ws_host, settings.web.ws_port, "web.ws_port")?])
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

fn address_of(settings: &Settings, listeners: &[TcpListener]) -> anyhow::Result<String> {
    let first = listeners.first().context("no socket to listen on")?;
    let scheme = if settings.web.tls.is_some() { "https" } else { "http" };
    Ok(format!("{scheme}://{}", first.local_addr()?))
}

/// Where the market and the simulated models are.
struct Venues {
    venue: VenueSettings,
    models_url: Option<String>,
}

/// With what is traded, and by whom.
struct Traded {
    with: Trading,
    by: &'static [Registration],
}

/// The settings, and what they were read from.
struct Begun<'a> {
    settings: &'a Settings,
    sources: Sources,
}

fn serve(
    Begun { settings, sources }: Begun<'_>,
    Venues { venue, models_url }: Venues,
    traded: Traded,
    front: Front,
    end_after: Option<Duration>,
) -> anyhow::Result<ExitCode> {
    let Front { listeners, tls, certificate_ends_at, guard, _local, .. } = front;
    let Some(tenure) = standby::tenure(settings, &listeners, tls.as_ref())? else {
        return Ok(ExitCode::Ok);
    };
    standby::restore(settings, guard.access());
    let Traded { with: trading, by: strategies } = traded;
    let clock = Clock::System;
    let right = tenure.clone();
    let parts = Parts {
        venue,
        trading,
        strategies,
        listeners,
        tls,
        certificate_ends_at,
        sources,
        guard,
        models_url,
        clock,
        tenure,
    };
    let spec = compose::tree(settings, parts)?;
    let deposed = right.clone();
    let code = to_its_end(settings, spec, end_after, |running| end_when_deposed(running, deposed));
    standby::give_back(settings, &right);
    Ok(if right.is_lost() { ExitCode::Deposed } else { code })
}

/// Runs a tree until it is told to stop, until its time is up, or until it cannot go on.
fn to_its_end(
    settings: &Settings,
    spec: SupervisorSpec,
    end_after: Option<Duration>,
    begun: impl FnOnce(&RunningTree),
) -> ExitCode {
    let options =
        RootOptions { shutdown_limit: settings.web.shutdown_max, ..RootOptions::default() };
    let code = supervision::run(spec, options, |running| {
        started(running, end_after);
        begun(running);
    });
    match code {
        0 => ExitCode::Ok,
        supervision::EXIT_FROZEN => ExitCode::Frozen,
        _ => ExitCode::Escalated,
    }
}

/// Another process decides now: whatever this one still does is of no use.
fn end_when_deposed(running: &RunningTree, right: Tenure) {
    if right.lease().is_none() {
        return;
    }
    let stop = running.stopper();
    actix_rt::spawn(async move {
        while !right.is_lost() {
            actix_rt::time::sleep(DEPOSED_LOOK).await;
        }
        stop();
    });
}

fn started(running: &RunningTree, end_after: Option<Duration>) {
    running.tree.on_event(log_event);
    service_manager::follow(running);
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
    let (actor, incarnation) = (&*event.who, event.incarnation);
    match &event.kind {
        EventKind::Started => tracing::debug!(actor, incarnation, "started"),
        EventKind::Exited { reason, purged } => {
            tracing::info!(actor, incarnation, %reason, purged, "ended");
        }
        EventKind::RestartScheduled { .. } => {
            tracing::warn!(actor, incarnation, kind = ?event.kind, "is restarted");
        }
        EventKind::TreeEnded { reason } => tracing::info!(actor, %reason, "the tree has ended"),
        other => tracing::warn!(actor, incarnation, kind = ?other, "supervision"),
    }
}

/// What is said before the link.
const LINK_SAYS: &str = "Open this link once, within 15 minutes; `dutchbook link` makes another:";

/// The certificate of the web front, and when it ends.
pub(super) fn certificate(
    settings: &Settings,
) -> anyhow::Result<(Option<ServerConfig>, Option<UnixMillis>)> {
    let files = settings.web.tls.as_ref();
    let tls = files.map(|files| tls::server_config(&files.certificate, &files.key)).transpose();
    let tls = tls.context("web.tls_certificate_file and web.tls_key_file cannot be used")?;
    Ok((tls, files.and_then(|files| tls::ends_at(&files.certificate))))
}

/// How often whoever asks may ask.
fn rate(settings: &Settings) -> Rate {
    let per_second = settings.web.requests_per_second_max;
    Rate { per_second, burst: per_second.saturating_mul(BURST_SECONDS) }
}

fn guard(
    settings: &Settings,
    listeners: &[TcpListener],
    access: Access,
) -> anyhow::Result<Arc<Guard>> {
    let ports = listeners.iter().map(|listener| Ok(listener.local_addr()?.port()));
    let ports = ports.collect::<anyhow::Result<Vec<_>>>()?;
    let guard = Guard::new(settings.web.allowed_hosts.clone(), access)
        .with_free_socket(ports.get(1).copied())
        .with_proxies(settings.web.trusted_proxies.clone())
        .with_page(&settings.alerts.page_url);
    Ok(Arc::new(guard))
}

/// The web front before it serves.
struct Front {
    listeners: Vec<TcpListener>,
    tls: Option<ServerConfig>,
    certificate_ends_at: Option<UnixMillis>,
    guard: Arc<Guard>,
    /// Signs in whoever opens it first.
    link: String,
    /// There as long as the service runs.
    _local: Option<LocalAccess>,
}

impl Front {
    fn open(settings: &Settings, listeners: Vec<TcpListener>) -> anyhow::Result<Self> {
        let (tls, certificate_ends_at) = certificate(settings)?;
        let local = Fresh::make("")?;
        let mut fixed = vec![(local.digest(), Principal::admin(Principal::LOCAL))];
        if let Some(token) = &settings.secrets.token {
            let digest = Digest::of(token.expose());
            fixed.push((digest, Principal::admin(Principal::ENVIRONMENT)));
        }
        let access = Access::new(Tokens::fixed(fixed), rate(settings));
        let (key, _) = access.make_key(Clock::System.now())?;
        let guard = guard(settings, &listeners, access)?;
        let address = reachable(listeners.first().context("no socket to listen on")?.local_addr()?);
        let folder = &settings.store.data_dir;
        let _local = LocalAccess::leave(folder, address, &local)
            .inspect_err(|error| {
                tracing::warn!(%error, "the command line needs DUTCHBOOK_TOKEN for this service");
            })
            .ok();
        let page = match settings.alerts.page_url.as_str() {
            "" if tls.is_some() => format!("https://{address}"),
            "" => format!("http://{address}"),
            page => page.to_owned(),
        };
        let link = link(&page, &key);
        Ok(Self { listeners, tls, certificate_ends_at, guard, link, _local })
    }
}

/// The address at which this machine reaches what listens here.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}
