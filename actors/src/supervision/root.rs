//! Bringing a tree up: system, root supervisor, watchdog, signals, exit code.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use actix_rt::{Arbiter, System};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::address::ActorRef;
use super::child::{ChildSpec, Finality};
use super::exit::ExitReason;
use super::identity::{Report, Reporter};
use super::panics;
use super::policy::Placement;
use super::supervisor::{Supervisor, SupervisorSpec, Terminate};
use super::tree::{EventKind, Tree};

mod signals;

/// The exit code of the process.
pub type ExitCode = i32;

/// The root supervisor gave up, or the shutdown took longer than its limit: a fault that restarts
/// inside the process did not heal.
pub const EXIT_ESCALATED: ExitCode = 70;
/// A thread that hosts a supervisor stopped running its tasks, so nobody was left to act.
pub const EXIT_FROZEN: ExitCode = 75;
/// A second SIGTERM or SIGINT cut the orderly shutdown short.
pub const EXIT_SECOND_SIGNAL: ExitCode = 130;

/// Settings of the whole tree.
#[derive(Clone, Debug)]
pub struct RootOptions {
    /// Whether SIGTERM and SIGINT stop the tree.
    pub signals: Signals,
    /// Longest orderly shutdown after a signal; then the process ends with [`EXIT_ESCALATED`].
    pub shutdown_limit: Duration,
    /// How long a killed actor's thread may take to notice before the actor is given up.
    pub kill_grace: Duration,
    /// Pause between two rounds of the watchdog, and the grain of every deadline.
    pub watchdog_tick: Duration,
    /// Pause between two questions to a thread that hosts supervisors.
    pub thread_beat: Duration,
    /// Longest silence of such a thread; then the process ends with [`EXIT_FROZEN`].
    pub thread_deadline: Duration,
    /// Start of the sequence behind the jitter of back-offs.
    pub jitter_seed: u64,
}

/// Who looks after SIGTERM and SIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// [`run`]: the first starts the orderly shutdown, the second ends the process at once.
    Handle,
    /// Somebody else.
    Ignore,
}

impl Default for RootOptions {
    fn default() -> Self {
        RootOptions {
            signals: Signals::Handle,
            shutdown_limit: Duration::from_secs(9),
            kill_grace: Duration::from_millis(200),
            watchdog_tick: Duration::from_millis(5),
            thread_beat: Duration::from_millis(50),
            thread_deadline: Duration::from_secs(10),
            jitter_seed: u64::from(std::process::id()),
        }
    }
}

/// A tree inside a running system. Dropping it stops the watchdog, not the tree.
pub struct RunningTree {
    /// The view from outside.
    pub tree: Tree,
    /// The root supervisor.
    pub root: ActorRef<Supervisor>,
    ready: oneshot::Receiver<()>,
    ended: oneshot::Receiver<ExitReason>,
    watchdog_stop: Arc<AtomicBool>,
}

impl fmt::Debug for RunningTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningTree").field("tree", &self.tree).finish_non_exhaustive()
    }
}

impl RunningTree {
    /// Resolves when every child of the specification is up, or the tree has ended already.
    pub async fn ready(&mut self) {
        // an error means that the tree ended first
        let _ = (&mut self.ready).await;
    }

    /// Starts the orderly shutdown; [`wait`](RunningTree::wait) says when it is done.
    pub fn shutdown(&self) {
        terminate(&self.root);
    }

    /// What starts the orderly shutdown, to keep where this value cannot be.
    pub fn stopper(&self) -> impl Fn() + Send + Sync + use<> {
        let root = self.root.clone();
        move || terminate(&root)
    }

    /// Resolves when the tree has ended.
    pub async fn wait(mut self) -> ExitReason {
        (&mut self.ended).await.unwrap_or(ExitReason::ArbiterGone)
    }
}

impl Drop for RunningTree {
    fn drop(&mut self) {
        self.watchdog_stop.store(true, Relaxed);
    }
}

fn terminate(root: &ActorRef<Supervisor>) {
    if let Err(error) = root.tell(Terminate { finality: Finality::ForGood }) {
        tracing::warn!("the order to shut down was not taken: {error}");
    }
}

/// Starts a tree on the current thread, which must run an actix system.
pub fn start(spec: SupervisorSpec, options: &RootOptions) -> RunningTree {
    panics::install();
    let (child, root) = ChildSpec::supervisor(spec, Placement::Inherit);
    let tree = Tree::new(options.clone(), child.kind.node().clone());
    let (ready_tx, ready) = oneshot::channel();
    let (ended_tx, ended) = oneshot::channel();
    let reporter = root_reporter(&tree, &child, ready_tx, ended_tx);
    let watchdog_stop = Arc::new(AtomicBool::new(false));
    match tree.spawn_watchdog(watchdog_stop.clone()) {
        Ok(()) => child.kind.spawn(&Arbiter::current(), 1, &child.policy, reporter, &tree),
        Err(error) => {
            // without a watchdog nobody would notice an actor that hangs
            let why = ExitReason::StartFailed(format!("no watchdog thread: {error}"));
            reporter(1, Report::Exited(why));
        }
    }
    RunningTree { tree, root, ready, ended, watchdog_stop }
}

fn root_reporter(
    tree: &Tree,
    child: &ChildSpec,
    ready: oneshot::Sender<()>,
    ended: oneshot::Sender<ExitReason>,
) -> Reporter {
    let (tree, kind) = (tree.clone(), child.kind.clone());
    let (ready, ended) = (Mutex::new(Some(ready)), Mutex::new(Some(ended)));
    Arc::new(move |incarnation, report| match report {
        Report::Started => {
            tree.emit(&kind.node().inbox.identity().name, incarnation, EventKind::Started);
            if let Some(ready) = ready.lock().take() {
                // an error means that nobody waits
                let _ = ready.send(());
            }
        }
        Report::Exited(reason) => {
            let name = &kind.node().inbox.identity().name;
            tree.emit(name, incarnation, EventKind::TreeEnded { reason: reason.clone() });
            kind.shut();
            ready.lock().take();
            if let Some(ended) = ended.lock().take() {
                let _ = ended.send(reason);
            }
        }
        // the root has no liveness rule, and its kill switch is its own report
        Report::Stuck(_) | Report::KillRequested => {}
    })
}

/// Runs a tree to its end and gives the exit code for the process: 0 after an orderly shutdown,
/// [`EXIT_ESCALATED`] if the root gave up. Ends the process itself with [`EXIT_FROZEN`],
/// [`EXIT_SECOND_SIGNAL`], or [`EXIT_ESCALATED`] where an orderly end is out of reach.
///
/// `with` is called before the first child starts: the place to put event hooks.
pub fn run(
    spec: SupervisorSpec,
    options: RootOptions,
    with: impl FnOnce(&RunningTree),
) -> ExitCode {
    let system = System::new();
    system.block_on(async move {
        let running = start(spec, &options);
        running.tree.on_frozen(|what| {
            tracing::error!("{what}: nobody is left to act, ending the process");
            std::process::exit(EXIT_FROZEN);
        });
        with(&running);
        if options.signals == Signals::Handle
            && let Err(error) = signals::handle(&running.root, options.shutdown_limit)
        {
            tracing::error!("no signal handler, so no orderly shutdown: {error}");
            running.shutdown();
            running.wait().await;
            return EXIT_ESCALATED;
        }
        match running.wait().await {
            ExitReason::Normal | ExitReason::Shutdown => 0,
            reason => {
                tracing::error!("the supervision tree gave up: {reason}");
                EXIT_ESCALATED
            }
        }
    })
}
