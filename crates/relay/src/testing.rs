//! A Redis server for one test.

use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::connection::RelaySettings;

/// What tests on Redis look for.
const PROGRAM: &str = "redis-server";
const START_MAX: Duration = Duration::from_secs(20);

/// A server that nobody else uses. Killed when dropped.
#[derive(Debug)]
pub struct TestRedis {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl TestRedis {
    /// Starts a server. `None` without one on this machine, which is said, and is an error where
    /// `CI` is set.
    ///
    /// # Panics
    /// Where `CI` is set and there is no server, or it does not start.
    #[must_use]
    #[expect(clippy::panic, clippy::print_stderr, reason = "tests alone come here")]
    pub fn start() -> Option<Self> {
        match Self::spawn() {
            Ok(server) => Some(server),
            Err(error) if std::env::var_os("CI").is_some() => panic!("{PROGRAM}: {error}"),
            Err(error) => {
                eprintln!("SKIPPED: {PROGRAM} does not start ({error}); install it");
                None
            }
        }
    }

    fn spawn() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let child = Command::new(PROGRAM)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--dir", &folder.path().display().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, port, _folder: folder };
        let begun = Instant::now();
        while !server.answers() {
            if begun.elapsed() > START_MAX {
                return Err(io::Error::other("it does not answer"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut answer = [0; 7];
        stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
            && stream.write_all(b"PING\r\n").is_ok()
            && io::Read::read_exact(&mut stream, &mut answer).is_ok()
            && &answer == b"+PONG\r\n"
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How to reach it.
    #[must_use]
    pub fn settings(&self) -> RelaySettings {
        self.settings_in("test")
    }

    /// How to reach it, for the cluster of that name.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "the address is ours")]
    pub fn settings_in(&self, namespace: &str) -> RelaySettings {
        RelaySettings {
            url: self.url().parse().unwrap(),
            namespace: namespace.to_owned(),
            answer_within: Duration::from_secs(2),
        }
    }

    /// Processor time that the server has used, seconds.
    ///
    /// # Panics
    /// It is gone.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "tests alone come here")]
    pub fn cpu_seconds(&self) -> f64 {
        /// Of Linux, everywhere.
        const TICKS_A_SECOND: f64 = 100.0;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after_name = stat.rsplit(')').next().unwrap();
        let used = after_name.split_whitespace().skip(11).take(2);
        used.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS_A_SECOND
    }

    /// How many entries a stream has.
    ///
    /// # Panics
    /// The server does not answer.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "tests alone come here")]
    pub fn stream_length(&self, key: &str) -> u64 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "XLEN {key}\r\n").unwrap();
        let mut answer = [0; 32];
        let read = io::Read::read(&mut stream, &mut answer).unwrap();
        let text = String::from_utf8_lossy(&answer[..read]);
        text.trim().trim_start_matches(':').parse().unwrap()
    }

    /// Sends the server a signal, such as `-STOP`.
    ///
    /// # Errors
    /// There is no such signal.
    pub fn signal(&self, which: &str) -> io::Result<()> {
        Command::new("kill").args([which, &self.child.id().to_string()]).status().map(|_| ())
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
