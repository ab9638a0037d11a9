//! A Redis for as long as the demo runs.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

const PROGRAM: &str = "redis-server";
const START_MAX: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);

/// Where Redis is.
pub(super) enum RedisServer {
    /// It was there before.
    Elsewhere(String),
    /// It was started here, listens on loopback, and goes with the demo.
    Own { process: Process, port: u16, folder: PathBuf },
}

/// How the own one is.
pub(super) enum Process {
    Runs(Child),
    Ended(Instant),
}

impl RedisServer {
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut child = spawn(folder, port)?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > START_MAX || child.try_wait()?.is_some() {
                let _ = child.kill();
                anyhow::bail!("redis-server did not come up on port {port}");
            }
            std::thread::sleep(LOOK);
        }
        Ok(Self::Own { process: Process::Runs(child), port, folder: folder.to_owned() })
    }

    /// Starts the own one again, so long after it ended. It remembers nothing: whoever held something
    /// there takes it again.
    pub(super) fn look_after(&mut self, rest: Duration) -> anyhow::Result<()> {
        let Self::Own { process, port, folder } = self else { return Ok(()) };
        match process {
            Process::Runs(child) => {
                if let Some(status) = child.try_wait()? {
                    tracing::warn!(name = "redis", %status, "ended");
                    *process = Process::Ended(Instant::now());
                }
            }
            Process::Ended(at) if at.elapsed() >= rest => {
                *process = match spawn(folder, *port) {
                    Ok(child) => Process::Runs(child),
                    Err(error) => {
                        tracing::warn!(name = "redis", %error, "it does not start");
                        Process::Ended(Instant::now())
                    }
                };
            }
            Process::Ended(_) => {}
        }
        Ok(())
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Elsewhere(url) => url.clone(),
            Self::Own { port, .. } => format!("redis://127.0.0.1:{port}"),
        }
    }

    /// Without what only its users may know.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Elsewhere(_) => "as REDIS_URL says".to_owned(),
            Self::Own { .. } => self.url(),
        }
    }
}

fn spawn(folder: &Path, port: u16) -> anyhow::Result<Child> {
    let mut command = Command::new(PROGRAM);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
    command.arg("--dir").arg(folder).stdout(Stdio::null()).spawn().context(
        "redis-server cannot be started. Install it (Debian: apt install redis-server), or name a \
         Redis with REDIS_URL=redis://HOST:PORT",
    )
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if let Self::Own { process: Process::Runs(child), .. } = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
