//! One of the processes, started again when it ends.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// The line that a process says first has fewer bytes.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// How every process is started.
#[derive(Clone)]
pub(super) struct Recipe {
    pub(super) program: PathBuf,
    /// Each has a folder of its own in it.
    pub(super) data_dir: PathBuf,
    /// `key=value`.
    pub(super) settings: Vec<String>,
    /// Variables that whoever decides gets alone.
    pub(super) secrets: Vec<(String, String)>,
    pub(super) config_dir: Option<PathBuf>,
    pub(super) venue: SocketAddr,
}

/// A process of the demo.
pub(super) struct Child {
    recipe: Recipe,
    role: &'static str,
    name: &'static str,
    port: u16,
    process: Process,
    said: Value,
    ended_at: Option<Instant>,
}

impl Child {
    pub(super) fn start(
        recipe: &Recipe,
        role: &'static str,
        name: &'static str,
        port: u16,
    ) -> anyhow::Result<Self> {
        let (process, said) = spawn(recipe, role, name, port)?;
        // It comes back where it was.
        let port = said["address"].as_str().and_then(port_of).unwrap_or(port);
        Ok(Self { recipe: recipe.clone(), role, name, port, process, said, ended_at: None })
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }
    pub(super) fn address(&self) -> &str {
        self.said["address"].as_str().unwrap_or("")
    }
    pub(super) fn link(&self) -> Option<&str> {
        self.said["link"].as_str().filter(|_| self.role == "decide")
    }
    pub(super) fn view(&self) -> Value {
        json!({
            "name": self.name, "role": self.role, "process": self.process(),
            "address": self.address(),
        })
    }

    /// Starts it again where it has ended, and rested.
    pub(super) fn look_after(&mut self, rest: Duration) -> anyhow::Result<()> {
        match self.ended_at {
            None => {
                if let Some(status) = self.process.try_wait()? {
                    tracing::warn!(name = self.name, process = self.process(), %status, "ended");
                    self.ended_at = Some(Instant::now());
                }
            }
            Some(at) if at.elapsed() >= rest => {
                self.ended_at = Some(Instant::now());
                match spawn(&self.recipe, self.role, self.name, self.port) {
                    Ok((process, said)) => {
                        (self.process, self.said, self.ended_at) = (process, said, None);
                        let (name, process) = (self.name, self.process());
                        tracing::warn!(name, process, "started again");
                    }
                    Err(error) => tracing::warn!(name = self.name, %error, "it does not start"),
                }
            }
            Some(_) => {}
        }
        Ok(())
    }
}

fn port_of(address: &str) -> Option<u16> {
    address.rsplit(':').next()?.parse().ok()
}

fn spawn(recipe: &Recipe, role: &str, name: &str, port: u16) -> anyhow::Result<(Process, Value)> {
    let folder = recipe.data_dir.join(name);
    let own = [
        format!("cluster.role={role}"),
        format!("cluster.name={name}"),
        format!("store.data_dir={}", folder.display()),
    ];
    let mut command = Command::new(&recipe.program);
    command
        .args(["demo", "--json", "--port", &port.to_string()])
        .args(["--venue", &recipe.venue.to_string()])
        .args(recipe.settings.iter().chain(&own).flat_map(|setting| ["--set", setting]))
        .stdout(Stdio::piped());
    if let Some(folder) = &recipe.config_dir {
        command.arg("--config-dir").arg(folder);
    }
    if role == "decide" {
        command.envs(recipe.secrets.iter().map(|(name, value)| (name, value)));
    }
    let mut process = command.spawn().with_context(|| format!("{name} cannot be started"))?;
    let said = process.stdout.take().context("no output")?;
    let mut line = String::new();
    let read = BufReader::new(std::io::Read::take(said, LINE_BYTES_MAX)).read_line(&mut line);
    let said = read.ok().and_then(|_| serde_json::from_str(&line).ok());
    let Some(said) = said else {
        let _ = process.kill();
        let _ = process.wait();
        anyhow::bail!("{name} ended before it served; see its log above");
    };
    Ok((process, said))
}

/// Ends all in order, and by force what does not end in time: who serves people goes first, who
/// feeds the others last.
pub(super) fn end(mut children: Vec<Child>, limit: Duration) {
    let begun = Instant::now();
    for child in children.iter_mut().rev() {
        if let Ok(Some(_)) = child.process.try_wait() {
            continue;
        }
        if let Some(process) = i32::try_from(child.process.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(process, Signal::TERM);
            // Whoever stands still ends when it goes on.
            let _ = kill_process(process, Signal::CONT);
        }
    }
    for child in &mut children {
        while begun.elapsed() < limit && matches!(child.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = child.process.kill();
        let _ = child.process.wait();
    }
}
