//! A Redis for as long as the demo runs.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
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
    Own { child: Child, port: u16 },
}

impl RedisServer {
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut child = Command::new(PROGRAM)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .arg("--dir")
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .context(
                "redis-server cannot be started. Install it (Debian: apt install redis-server), or \
                 name a Redis with REDIS_URL=redis://HOST:PORT",
            )?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > START_MAX || child.try_wait()?.is_some() {
                let _ = child.kill();
                anyhow::bail!("redis-server did not come up on port {port}");
            }
            std::thread::sleep(LOOK);
        }
        Ok(Self::Own { child, port })
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

impl Drop for RedisServer {
    fn drop(&mut self) {
        if let Self::Own { child, .. } = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
