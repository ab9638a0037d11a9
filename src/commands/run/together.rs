//! `dutchbook demo --cluster`: several processes on this machine, watched over, so that one may be
//! killed and it can be seen what the others do.

mod child;
mod redis_server;

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use polymarket::account::PrivateKey;
use simvenue::{SimVenue, WalletKind};
use store::{LeaseName, Store};
use tokio::signal::unix::{SignalKind, signal};

use self::child::{Child, Recipe};
use self::redis_server::RedisServer;
use super::{DEMO_CASH, LINK_SAYS, sim_options};
use crate::cli::DemoArgs;
use crate::exit::ExitCode;
use crate::settings::{Settings, Sources};

/// Between two looks at the processes.
const LOOK: Duration = Duration::from_millis(200);
/// One that ends is started again after so long: the others do without it by then, and it can be seen.
const REST: Duration = Duration::from_secs(6);
/// So long has the first one to decide.
const FIRST_MAX: Duration = Duration::from_secs(60);
/// So long have all to end.
const END_MAX: Duration = Duration::from_secs(15);
/// In the demo somebody watches, and wants to see it soon.
const LEASE_MS: u64 = 3_000;

/// Runs until it is told to stop.
///
/// # Errors
/// No Redis, or a process that does not start.
pub(super) fn run(
    settings: &Settings,
    sources: &Sources,
    args: &DemoArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let mut redis = match sources.environment.get("REDIS_URL").filter(|url| !url.is_empty()) {
        Some(url) => RedisServer::Elsewhere(url.clone()),
        None => RedisServer::start(&settings.store.data_dir.join("redis"))?,
    };
    let venue = SimVenue::start(sim_options(&settings.sim));
    let venue = venue.context("the simulated venue did not start")?;
    let key = fresh_key()?;
    let owner = PrivateKey::from_bytes(&key)?;
    let made = venue.provision(owner.address(), WalletKind::Deposit, DEMO_CASH)?;
    let recipe = Recipe {
        program: std::env::current_exe()?,
        data_dir: settings.store.data_dir.clone(),
        settings: shared(settings, sources, &redis, &made.maker),
        secrets: vec![
            ("DUTCHBOOK_PRIVATE_KEY".to_owned(), hex::encode(key)),
            ("RELAYER_API_KEY".to_owned(), made.relayer_api_key.unwrap_or_default()),
        ],
        config_dir: sources.config_dir.clone(),
        venue: venue.addr(),
    };
    let port = settings.web.port;
    let mut children = start(&recipe, settings, port)?;
    say(&children, &redis, args, out)?;
    let limit = args.seconds.map(Duration::from_secs);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(watch(&mut children, &mut redis, limit))?;
    child::end(children, END_MAX);
    venue.stop();
    Ok(ExitCode::Ok)
}

fn fresh_key() -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    Ok(key)
}

/// What all processes are told, and what each is told besides comes after it.
fn shared(
    settings: &Settings,
    sources: &Sources,
    redis: &RedisServer,
    maker: &[u8; 20],
) -> Vec<String> {
    let given = sources.flags.iter().filter(|flag| flag.key != "web.port");
    let mut all: Vec<String> = given.map(|flag| format!("{}={}", flag.key, flag.value)).collect();
    let own: PathBuf = settings.store.data_dir.join("dutchbook.sqlite");
    all.extend([
        format!("store.url={}", store_url(settings, &own)),
        format!("cluster.redis_url={}", redis.url()),
        format!("cluster.lease_ms={LEASE_MS}"),
        format!("account.funder=0x{}", hex::encode(maker)),
        "account.signature_type=deposit_wallet".to_owned(),
        "web.ws_port=0".to_owned(),
    ]);
    all
}

fn store_url(settings: &Settings, own: &std::path::Path) -> String {
    match settings.store.url.sqlite_path() {
        Some(path) if path == own => format!("sqlite://{}?mode=rwc", own.display()),
        _ => settings.store.url.expose().to_owned(),
    }
}

/// Who stands by is started when somebody decides.
fn start(recipe: &Recipe, settings: &Settings, port: u16) -> anyhow::Result<Vec<Child>> {
    let second = if port == 0 { 0 } else { port.saturating_add(1) };
    let mut children = vec![
        Child::start(recipe, "feed", "feed-1", 0)?,
        Child::start(recipe, "feed", "feed-2", 0)?,
        Child::start(recipe, "decide", "decide-1", 0)?,
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(somebody_decides(settings))?;
    children.push(Child::start(recipe, "decide", "decide-2", 0)?);
    children.push(Child::start(recipe, "web", "web-1", port)?);
    children.push(Child::start(recipe, "web", "web-2", second)?);
    Ok(children)
}

async fn somebody_decides(settings: &Settings) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < FIRST_MAX {
        if let Ok(store) = Store::connect(&settings.store.connection()?).await
            && let Ok(Some(_)) = store.leases().holder(LeaseName::Decide).await
        {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    anyhow::bail!("no process came to decide within {} s; see its log above", FIRST_MAX.as_secs())
}

/// Starts again whatever ends, until it is told to stop.
async fn watch(
    children: &mut [Child],
    redis: &mut RedisServer,
    limit: Option<Duration>,
) -> anyhow::Result<()> {
    let mut told_to_end = signal(SignalKind::terminate()).context("signals cannot be heard")?;
    let begun = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = told_to_end.recv() => return Ok(()),
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
        if limit.is_some_and(|limit| begun.elapsed() >= limit) {
            return Ok(());
        }
        redis.look_after(REST)?;
        for child in &mut *children {
            child.look_after(REST)?;
        }
    }
}

fn say(
    children: &[Child],
    redis: &RedisServer,
    args: &DemoArgs,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let page = children.iter().find(|child| child.name() == "web-1").map(Child::address);
    let link = children.iter().find_map(Child::link).and_then(|link| {
        let (_, rest) = link.split_once("/#/")?;
        Some(format!("{}/#/{rest}", page?))
    });
    if args.json {
        let processes: Vec<_> = children.iter().map(Child::view).collect();
        let line = serde_json::json!({
            "address": page, "link": link, "redis": redis.place(), "processes": processes,
        });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "The demo runs as {} processes:\n", children.len())?;
        for child in children {
            let (name, process, address) = (child.name(), child.process(), child.address());
            writeln!(out, "  {name:<9} process {process:<8} {address}")?;
        }
        writeln!(
            out,
            "\nRedis: {}. Kill any of them (kill -9 NUMBER), stop it (kill -STOP NUMBER),",
            redis.place()
        )?;
        writeln!(
            out,
            "and look at System on the page: who does what. What ends is started again.\n"
        )?;
        if let Some(link) = link {
            writeln!(out, "{LINK_SAYS}\n  {link}\nStop it with Ctrl-C.")?;
        }
    }
    out.flush()?;
    Ok(())
}
