//! A MariaDB server in a temporary folder, on a free port, that ends with the test binary.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::settings::DatabaseUrl;

const READY_WITHIN: Duration = Duration::from_secs(60);
const POLL_EVERY: Duration = Duration::from_millis(20);
const USER: &str = "tester";
const PASSWORD: &str = "testerpassword";

/// A private MariaDB server. Dropped, it is killed. The one that [`MariaDb::shared`] hands out
/// ends with the process that uses it. Either way its folder goes too.
#[derive(Debug)]
pub struct MariaDb {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    server: Mutex<Option<Server>>,
}

#[derive(Clone, Debug)]
struct Programs {
    server: PathBuf,
    install: PathBuf,
    client: PathBuf,
}

/// Runs the server until its standard input ends. That is a pipe from this process, and it ends
/// when this process does, in whatever way; an interrupt from the keyboard leaves the shell to its
/// work. Unless it reads a line first (a restart), it then removes the folder.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$@" < /dev/null &
server=$!
if read -r _; then keep=1; fi
kill -9 $server
wait $server
[ -n "$keep" ] || rm -rf -- "$0"
"#;

/// The shell that owns the server, and the pipe that tells it to stop.
#[derive(Debug)]
struct Server {
    keeper: Child,
}

impl MariaDb {
    /// The server of this test binary, started at the first call; `None` where it is not
    /// installed. A line on stderr then says so.
    ///
    /// # Panics
    /// It is installed and does not start, or it is missing while `DUTCHBOOK_REQUIRE_ALL=1`.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<MariaDb>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::start).as_ref();
        if shared.is_none() {
            skip("mariadbd and mariadb-install-db are not installed (Debian: mariadb-server)");
        }
        shared
    }

    /// A server of one's own, for tests that stop it; `None` where it is not installed.
    ///
    /// # Panics
    /// It is installed and does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("mariadb").tempdir().expect("a folder");
        install(&programs, folder.path());
        // From here on whoever keeps the server removes the folder.
        let folder = folder.keep();
        let database = Self { programs, folder, port: free_port(), server: Mutex::new(None) };
        database.restart();
        let account = format!(
            "CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; \
             GRANT ALL ON *.* TO {USER}@'127.0.0.1';"
        );
        database.run_sql(&account);
        Some(database)
    }

    /// Creates an empty database, with a case-blind default on purpose: the schema must not rely
    /// on the server's defaults.
    ///
    /// # Panics
    /// The server refuses.
    pub fn create_database(&self, name: &str) -> DatabaseUrl {
        self.run_sql(&format!(
            "CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
        ));
        address(self.port, name).parse().expect("a database address")
    }

    /// Runs statements as the server's owner.
    ///
    /// # Panics
    /// One fails.
    pub fn run_sql(&self, sql: &str) {
        let socket = self.folder.join("socket");
        let mut client = Command::new(&self.programs.client)
            .args(["--no-defaults", "-uroot", "-S"])
            .arg(socket)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the client starts");
        client.stdin.take().expect("a pipe").write_all(sql.as_bytes()).expect("a statement");
        assert!(client.wait().expect("the client ends").success(), "failed: {sql}");
    }

    /// Kills the server as a power cut would: it gets no chance to say goodbye.
    pub fn kill(&self) {
        self.stop();
    }

    /// Stops and continues the server's process: it keeps its connections and answers nothing.
    ///
    /// # Panics
    /// The server is not running.
    pub fn freeze(&self) {
        let pid = self.signal("-STOP");
        // The signal stops one thread, and that one the others: until then they go on working.
        let deadline = Instant::now() + READY_WITHIN;
        while runs(&pid) {
            assert!(Instant::now() < deadline, "the server does not stop");
            thread::sleep(POLL_EVERY);
        }
    }

    /// Ends what [`MariaDb::freeze`] began.
    ///
    /// # Panics
    /// The server is not running.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Starts the server again on the same port and data.
    ///
    /// # Panics
    /// It does not get ready.
    pub fn restart(&self) {
        self.stop();
        let server = Server::start(&self.programs, &self.folder, self.port);
        *self.server.lock().expect("no test panicked here") = Some(server);
        self.wait_until_ready();
    }

    fn signal(&self, signal: &str) -> String {
        let pid = std::fs::read_to_string(self.folder.join("pid")).expect("a running server");
        let sent = Command::new("kill").arg(signal).arg(pid.trim()).status().expect("kill runs");
        assert!(sent.success());
        pid.trim().to_owned()
    }

    fn stop(&self) {
        let server = self.server.lock().expect("no test panicked here").take();
        server.into_iter().for_each(Server::stop);
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            let ready = Command::new(&self.programs.client)
                .args(["--no-defaults", "-uroot", "-e", "SELECT 1", "-S"])
                .arg(self.folder.join("socket"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            thread::sleep(POLL_EVERY);
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("MariaDB was not ready within {READY_WITHIN:?}:\n{log}");
    }
}

/// Whether a thread of the process is not stopped. Where the system does not say: no.
fn runs(pid: &str) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    threads.flatten().any(|thread| {
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:") && !line.contains("stopped"))
    })
}

pub(super) fn address(port: u16, database: &str) -> String {
    format!("mysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{database}")
}

impl Server {
    fn start(programs: &Programs, folder: &Path, port: u16) -> Self {
        let log = File::create(folder.join("log")).expect("a log file");
        let path = |name: &str| folder.join(name).display().to_string();
        let keeper = Command::new("sh")
            .args(["-c", KEEPER])
            .arg(folder)
            .arg(&programs.server)
            .args(["--no-defaults", "--user=root", "--bind-address=127.0.0.1"])
            .arg(format!("--datadir={}", path("data")))
            .arg(format!("--socket={}", path("socket")))
            .arg(format!("--pid-file={}", path("pid")))
            .arg(format!("--tmpdir={}", path("tmp")))
            .arg(format!("--port={port}"))
            .args(["--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M"])
            .args(["--innodb-log-file-size=16M", "--performance-schema=OFF", "--skip-log-bin"])
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("a shell starts");
        Self { keeper }
    }
}

impl Server {
    /// Stops the server and leaves its data.
    fn stop(mut self) {
        if let Some(mut pipe) = self.keeper.stdin.take() {
            let _ = writeln!(pipe);
        }
        let _ = self.keeper.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

impl Programs {
    fn find() -> Option<Self> {
        Some(Self {
            server: find_program("mariadbd")?,
            install: find_program("mariadb-install-db")?,
            client: find_program("mariadb")?,
        })
    }
}

fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn install(programs: &Programs, folder: &Path) {
    let log = File::create(folder.join("install.log")).expect("a log file");
    // A starting server deletes the temporary tables of all others that share a folder for them.
    std::fs::create_dir(folder.join("tmp")).expect("a folder");
    let done = Command::new(&programs.install)
        .env("TMPDIR", folder.join("tmp"))
        .args(["--no-defaults", "--user=root", "--auth-root-authentication-method=normal"])
        .arg("--skip-test-db")
        .arg(format!("--datadir={}", folder.join("data").display()))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log file"))
        .stderr(log)
        .status()
        .expect("mariadb-install-db runs");
    let log = folder.join("install.log");
    assert!(done.success(), "{}", std::fs::read_to_string(log).unwrap_or_default());
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn skip(why: &str) {
    let line = format!("SKIPPED: tests on MariaDB: {why}");
    assert!(std::env::var("DUTCHBOOK_REQUIRE_ALL").as_deref() != Ok("1"), "{line}");
    let _ = writeln!(std::io::stderr(), "{line}");
}
