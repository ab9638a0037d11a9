//! The service in demo mode, for whatever tries it from outside.

use std::{
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;

/// A demo ends by itself after so long, whatever becomes of us.
const SECONDS_MAX: &str = "900";
/// How long it may take until it is of use.
const READY_WAIT: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(250);

/// The service in demo mode on a free port, ended when this value goes.
pub(crate) struct Demo {
    process: Child,
    pub(crate) address: String,
    /// Made up for this run, and an administrator's.
    pub(crate) token: String,
    /// Signs in whoever opens it first.
    pub(crate) link: String,
    /// Kept open: a program whose output nobody can take may end.
    stdout: BufReader<ChildStdout>,
}

impl Demo {
    /// Starts it with these settings besides, such as `alerts.enabled=true`.
    pub(crate) fn start(workspace: &Workspace, settings: &[&str]) -> Result<Self> {
        let mut command = Command::new(workspace.program());
        command.args(["demo", "--json", "--port", "0", "--seconds", SECONDS_MAX]);
        command.args(["--set", "web.ws_port=0", "--log", "warn"]);
        // What a test looks at stays, and what it executes is not refused for another plan's sake.
        command.args(["--set", "sim.turnover_s=0", "--set", "risk.open_plans_max=20"]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let token = made_up_token();
        command.env("DUTCHBOOK_TOKEN", &token);
        command.current_dir(&workspace.root).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start the demo")?;
        let stdout = process.stdout.take().context("no output of the demo")?;
        let stdout = BufReader::new(stdout);
        let (address, link) = (String::new(), String::new());
        let mut demo = Self { process, address, token, link, stdout };
        let mut line = String::new();
        demo.stdout.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)
            .with_context(|| format!("the demo did not print its address: {line:?}"))?;
        match said["address"].as_str() {
            Some(address) => address.trim_end_matches('/').clone_into(&mut demo.address),
            None => bail!("the demo's first line has no address: {line}"),
        }
        said["link"].as_str().unwrap_or_default().clone_into(&mut demo.link);
        Ok(demo)
    }

    /// Waits until it says that it is ready.
    pub(crate) fn wait_until_ready(&self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_WAIT {
            if self.status_of("/health/ready").is_ok_and(|status| status == "200") {
                return Ok(());
            }
            thread::sleep(LOOK);
        }
        bail!("the demo was not ready after {} s", READY_WAIT.as_secs())
    }

    fn status_of(&self, path: &str) -> Result<String> {
        let host = self.address.trim_start_matches("http://");
        let mut connection = TcpStream::connect(host)?;
        connection.set_read_timeout(Some(READY_WAIT))?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.split_whitespace().nth(1).unwrap_or_default().to_owned())
    }
}

/// 64 hexadecimal digits from the random keys of the standard library's hash maps.
fn made_up_token() -> String {
    (0..4).map(|n| format!("{:016x}", RandomState::new().hash_one(n))).collect()
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already; there is nothing to do about a failure here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
