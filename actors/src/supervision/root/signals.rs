//! SIGTERM and SIGINT.

use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{EXIT_ESCALATED, EXIT_SECOND_SIGNAL, terminate};
use crate::supervision::address::ActorRef;
use crate::supervision::supervisor::Supervisor;

/// A signal that is sent to a process and to its group arrives twice.
const SAME_SIGNAL: Duration = Duration::from_millis(100);

/// The first signal starts the orderly shutdown and its clock; the second ends the process.
#[expect(
    clippy::disallowed_methods,
    reason = "it must outlive the whole tree, so no actor can be its owner"
)]
pub(super) fn handle(root: &ActorRef<Supervisor>, shutdown_limit: Duration) -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let root = root.clone();
    actix_rt::spawn(async move {
        either(&mut term, &mut int).await;
        tracing::info!("signal received: stopping in order");
        let first = Instant::now();
        terminate(&root);
        let second = async {
            loop {
                either(&mut term, &mut int).await;
                if first.elapsed() >= SAME_SIGNAL {
                    return;
                }
            }
        };
        tokio::select! {
            () = second => {
                tracing::warn!("second signal: ending the process at once");
                std::process::exit(EXIT_SECOND_SIGNAL);
            }
            () = tokio::time::sleep(shutdown_limit) => {
                tracing::error!(?shutdown_limit, "the shutdown took too long: ending the process");
                std::process::exit(EXIT_ESCALATED);
            }
        }
    });
    Ok(())
}

async fn either(term: &mut Signal, int: &mut Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
