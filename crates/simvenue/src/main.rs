//! The simulated venue by hand: `cargo run -p simvenue -- --seed 7`.

use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use domain::DurationMillis;
use simvenue::{
    ChainOptions, CrowdOptions, FaultPlan, RateLimits, SettlementPace, SimError, SimOptions,
    SimVenue,
};

/// A simulated Polymarket on 127.0.0.1.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The same seed makes the same venue.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The port; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The pace of life in percent.
    #[arg(long, default_value_t = 100)]
    speed: u32,
    /// How lively the crowd is, in percent.
    #[arg(long, default_value_t = 100)]
    activity: u32,
    /// Milliseconds from block to block.
    #[arg(long, default_value_t = 1_000)]
    block_ms: u32,
    /// Mean milliseconds from a trade that is matched to one that is mined.
    #[arg(long, default_value_t = 300)]
    mined_ms: u32,
    /// Mean milliseconds from a trade that is mined to one that is confirmed.
    #[arg(long, default_value_t = 1_000)]
    confirmed_ms: u32,
    /// Seconds after which a group and a question end and others are listed; 0 for never.
    #[arg(long, default_value_t = 0)]
    turnover_s: u32,
    /// A .jsonl.gz file of Gamma market objects, to fill a large universe with.
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// How many markets there are in all, with --catalogue.
    #[arg(long, default_value_t = 30_000)]
    markets: usize,
    /// Let faults happen by chance.
    #[arg(long)]
    rough: bool,
    /// Do not limit requests.
    #[arg(long)]
    no_limits: bool,
}

fn main() -> Result<(), SimError> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let crowd = CrowdOptions { activity_percent: arguments.activity, ..CrowdOptions::default() };
    let venue = SimVenue::start(SimOptions {
        seed: arguments.seed,
        port: arguments.port,
        speed_percent: arguments.speed,
        crowd,
        faults: if arguments.rough { FaultPlan::rough() } else { FaultPlan::default() },
        limits: if arguments.no_limits { RateLimits::Off } else { RateLimits::Venue },
        settlement: SettlementPace {
            mined_ms: arguments.mined_ms,
            confirmed_ms: arguments.confirmed_ms,
        },
        chain: ChainOptions { block_ms: arguments.block_ms },
        turnover: (arguments.turnover_s > 0)
            .then(|| DurationMillis::from_seconds(arguments.turnover_s.into())),
        catalogue: arguments.catalogue,
        markets: arguments.markets,
    })?;
    let endpoints = serde_json::to_string(&venue.endpoints()).unwrap_or_default();
    // A reader that went away is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{endpoints}");
    let stop = actix_rt::System::new().block_on(tokio::signal::ctrl_c());
    if let Err(error) = stop {
        tracing::error!(%error, "cannot wait for Ctrl-C");
    }
    venue.stop();
    Ok(())
}
