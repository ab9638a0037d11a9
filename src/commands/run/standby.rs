//! Standing by: of the processes that share a database one decides, the others wait for its lease.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{App, HttpResponse, HttpServer, web};
use actors::clock::Clock;
use actors::cluster::Identity;
use actors::tenure::Tenure;
use anyhow::Context as _;
use relay::{MemberState, Relay, RelaySettings};
use rustls::ServerConfig;
use store::{LeaseName, Store, Taken};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::compose;
use crate::service_manager;
use crate::settings::{Role, Settings};
use crate::web::auth::{Access, kept};

/// How often within a term it is asked whether the lease is free.
const LOOKS_A_TERM: u32 = 16;
const ANSWER_WORKERS: usize = 1;
/// How often it is said to the others that this process stands by.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(1);
/// So long may a goodbye take.
const GOODBYE_MAX: Duration = Duration::from_secs(1);
/// So long may the database take before the tree starts and after it has stopped.
const SOON: Duration = Duration::from_secs(5);

/// By what right this process decides; waits for it where another process does. `None`: it was told
/// to end while it stood by.
pub(super) fn tenure(
    settings: &Settings,
    listeners: &[TcpListener],
    tls: Option<&ServerConfig>,
) -> anyhow::Result<Option<Tenure>> {
    if settings.cluster.role != Role::Decide {
        return Ok(Some(Tenure::Alone));
    }
    // A thread of its own: the runtime of the tree comes afterwards, and a thread has one.
    std::thread::scope(|scope| {
        let waiting = || {
            let system = actix_rt::System::new();
            let waited = system.block_on(wait(settings, listeners, tls));
            // Whoever answered ends as well.
            actix_rt::System::current().stop();
            system.run()?;
            waited
        };
        let waited = scope.spawn(waiting).join();
        waited.map_err(|_| anyhow::anyhow!("standing by ended in a panic"))?
    })
}

async fn wait(
    settings: &Settings,
    listeners: &[TcpListener],
    tls: Option<&ServerConfig>,
) -> anyhow::Result<Option<Tenure>> {
    let (name, term) = (settings.cluster.called(), settings.cluster.lease);
    let mut told_to_end = signal(SignalKind::terminate()).context("signals cannot be heard")?;
    let store = Store::connect(&settings.store.connection()?).await?;
    store.migrate().await.context("the database cannot be brought to this version")?;
    let door = answer(listeners, tls)?;
    let mut presence = Presence::new(settings)?;
    let mut known = None;
    loop {
        let asked_at = Instant::now();
        match store.leases().take(LeaseName::Decide, &name, term).await {
            Ok(Taken::Ours(lease)) => {
                tracing::info!(name, fence = lease.fence(), "this process decides now");
                presence.leave();
                close(&door).await;
                return Ok(Some(Tenure::leased(lease, term, asked_at)));
            }
            Ok(Taken::Theirs(other)) if known != Some(other.fence) => {
                known = Some(other.fence);
                tracing::info!(name, decides = other.holder, "standing by");
            }
            Ok(Taken::Theirs(_)) => {}
            Err(error) => tracing::warn!(%error, "it is not known who decides; standing by"),
        }
        presence.say();
        service_manager::stand_by();
        tokio::select! {
            () = tokio::time::sleep(term / LOOKS_A_TERM) => {}
            _ = told_to_end.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    presence.say_goodbye().await;
    close(&door).await;
    Ok(None)
}

/// Says to the other processes, where there is a Redis to say it by, that this one stands by. Taking
/// over never waits for it.
struct Presence {
    said: Option<(RelaySettings, Identity)>,
    saying: Option<JoinHandle<()>>,
    said_at: Option<Instant>,
}

impl Presence {
    fn new(settings: &Settings) -> anyhow::Result<Self> {
        let identity = compose::identity(settings, &Clock::System);
        let said = settings.cluster.relay()?.map(|redis| (redis, identity));
        Ok(Self { said, saying: None, said_at: None })
    }
    fn say(&mut self) {
        let is_due = self.said_at.is_none_or(|at| at.elapsed() >= PRESENCE_INTERVAL);
        let is_busy = self.saying.as_ref().is_some_and(|saying| !saying.is_finished());
        let Some((redis, identity)) = self.said.clone().filter(|_| is_due && !is_busy) else {
            return;
        };
        self.said_at = Some(Instant::now());
        self.saying = Some(actix_rt::spawn(async move {
            let member = identity.member(relay::Role::Decide, MemberState::StandingBy);
            let said = async { Relay::connect(&redis).await?.say_alive(&member).await };
            if let Err(error) = said.await {
                tracing::debug!(%error, "the others do not hear that this process stands by");
            }
        }));
    }
    /// Nobody waits for one that has gone in order.
    async fn say_goodbye(&mut self) {
        self.leave();
        let Some((redis, identity)) = &self.said else { return };
        let saying = async { Relay::connect(redis).await?.say_goodbye(&identity.name).await };
        match tokio::time::timeout(GOODBYE_MAX, saying).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, "the others do not hear that this process goes")
            }
            Err(_) => tracing::debug!("the others do not hear in time that this process goes"),
        }
    }
    /// What is still being said must not be heard after what this process says as another.
    fn leave(&mut self) {
        if let Some(saying) = self.saying.take() {
            saying.abort();
        }
    }
}

/// Nobody is let in any more before those who answer go.
async fn close(door: &ServerHandle) {
    door.pause().await;
    door.stop(false).await;
}

/// Who asks is told that this process stands by.
fn answer(listeners: &[TcpListener], tls: Option<&ServerConfig>) -> anyhow::Result<ServerHandle> {
    let app = || {
        App::new()
            .route(
                "/health/live",
                web::get().to(|| async { HttpResponse::Ok().body("standing by\n") }),
            )
            .default_service(web::to(standing_by))
    };
    // A connection that stays open would go on asking whoever does not decide.
    let mut server = HttpServer::new(app)
        .workers(ANSWER_WORKERS)
        .keep_alive(KeepAlive::Disabled)
        .disable_signals();
    for listener in listeners {
        let listener = listener.try_clone()?;
        server = match tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls.clone())?,
            None => server.listen(listener)?,
        };
    }
    let server = server.run();
    let handle = server.handle();
    actix_rt::spawn(server);
    Ok(handle)
}

async fn standing_by() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, "2"))
        .content_type("application/problem+json")
        .json(serde_json::json!({
            "type": "about:blank#standing_by",
            "title": "Standing by",
            "status": 503,
            "code": "standing_by",
            "detail": "another process decides; this one waits to take over",
            "hint": "Ask the process that decides, or a proxy in front of both.",
        }))
}

/// Gives the lease back, so that nobody has to wait for its end.
pub(super) fn give_back(settings: &Settings, tenure: &Tenure) {
    let Some(lease) = tenure.lease().filter(|_| !tenure.is_lost()).cloned() else { return };
    let giving = async {
        let store = Store::connect(&settings.store.connection()?).await?;
        store.leases().give_back(&lease).await?;
        anyhow::Ok(())
    };
    if let Err(error) = soon(giving) {
        tracing::warn!(%error, "the lease was not given back; it ends by itself");
    }
}

/// Goes on with the sign-ins that whoever decided before has let in.
pub(super) fn restore(settings: &Settings, access: &Access) {
    let restoring = async {
        let store = Store::connect(&settings.store.connection()?).await?;
        kept::restore(access, &store, Clock::System.now()).await?;
        anyhow::Ok(())
    };
    if let Err(error) = soon(restoring) {
        tracing::warn!(%error, "it is not known who was signed in; people sign in again");
    }
}

/// Runs something before or after the tree, for [`SOON`] at most.
fn soon(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async { tokio::time::timeout(SOON, work).await });
    done.map_err(|_| anyhow::anyhow!("the database does not answer"))?
}
