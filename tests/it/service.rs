//! The real program in demo mode, as a process of its own, asked over HTTP.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A token for these tests: what changes something needs it.
pub(crate) const TOKEN: &str = "a-token-for-tests-of-thirty-two-characters";
/// The defaults in place of what makes a demo pleasant to watch: nothing ends by itself under a test.
pub(crate) const USUAL: [&str; 6] = [
    "sim.turnover_s=0",
    "strategies.every.budget_usd=2000",
    "strategies.every.size_max=1000",
    "strategies.every.cool_down_ms=5000",
    "risk.open_plans_max=20",
    "risk.consecutive_errors_max=5",
];

/// A client that shows this token with whatever it asks.
pub(crate) fn admin(token: &str) -> awc::Client {
    awc::Client::builder().bearer_auth(token).finish()
}

/// A running demo. Killed when dropped.
pub(crate) struct Service {
    child: Child,
    /// Where the page is.
    pub(crate) address: String,
    /// Where the simulated venue is.
    pub(crate) venue: String,
    /// Signs in whoever opens it first.
    pub(crate) link: String,
    /// Where older front ends look for the live socket.
    pub(crate) socket: String,
    client: awc::Client,
    folder: tempfile::TempDir,
}

impl Service {
    /// Starts a demo on free ports, with a database of its own.
    pub(crate) fn start(seed: u64) -> Self {
        Self::start_with(seed, &[])
    }
    /// The same on another database.
    pub(crate) fn start_on(seed: u64, database: &str) -> Self {
        Self::launch(seed, &[], Some(database))
    }
    /// The same with further settings, `key=value` each.
    pub(crate) fn start_with(seed: u64, settings: &[&str]) -> Self {
        Self::launch(seed, settings, None)
    }
    fn launch(seed: u64, settings: &[&str], database: Option<&str>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
            .args(["demo", "--json", "--port", "0", "--seconds", "170", "--set", "web.ws_port=0"])
            .args(["--seed", &seed.to_string()])
            .args(["--set", &format!("store.data_dir={}", folder.path().display())])
            .args(USUAL.iter().chain(settings).flat_map(|setting| ["--set", *setting]))
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env_remove("DATABASE_URL")
            .envs(database.map(|url| ("DUTCHBOOK__STORE__URL", url)))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| said[key].as_str().unwrap().trim_end_matches('/').to_owned();
        Self {
            child,
            address: text("address"),
            venue: text("venue"),
            link: text("link"),
            socket: text("socket"),
            client: admin(TOKEN),
            folder,
        }
    }
    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.address.rsplit(':').next().unwrap().parse().unwrap()
    }
    /// Where its database is.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
    /// The status and the JSON of an address below the service's.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.client.get(format!("{}{path}", self.address));
        let Ok(mut answer) = request.send().await else { return (0, Value::Null) };
        let body = answer.body().limit(16 << 20).await.unwrap_or_default();
        (answer.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default())
    }
    /// The raw answer of an address below the service's.
    pub(crate) async fn text(&self, path: &str) -> (u16, String) {
        let mut answer = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        let body = answer.body().limit(16 << 20).await.unwrap();
        (answer.status().as_u16(), String::from_utf8_lossy(&body).into_owned())
    }
    /// Posts to the service as the admin.
    pub(crate) async fn post_as_admin(&self, path: &str) -> u16 {
        let request = self.client.post(format!("{}{path}", self.address));
        request.send().await.unwrap().status().as_u16()
    }
    /// Posts a body to the service as the admin, under a key.
    pub(crate) async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.insert_header(("Idempotency-Key", key));
        let mut answer = request.send_json(body).await.unwrap();
        let body = answer.body().limit(16 << 20).await.unwrap();
        (answer.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default())
    }
    /// Posts to the service without a token.
    pub(crate) async fn post(&self, path: &str) -> u16 {
        let request = awc::Client::default().post(format!("{}{path}", self.address));
        request.send().await.unwrap().status().as_u16()
    }
    /// Makes the simulated venue misbehave.
    pub(crate) async fn fault(&self, fault: Value) {
        let request = self.client.post(format!("{}/sim/fault", self.venue));
        let status = request.send_json(&fault).await.unwrap().status();
        assert!(status.is_success(), "the simulator refused {fault}: {status}");
    }
    /// Asks until `holds`, at most `limit`.
    pub(crate) async fn until(
        &self,
        path: &str,
        limit: Duration,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let start = Instant::now();
        loop {
            let (_, last) = self.get(path).await;
            if holds(&last) {
                return last;
            }
            assert!(
                start.elapsed() < limit,
                "{path} did not come to hold within {limit:?}: {last:#}"
            );
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
    }
    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        (self.child.wait().unwrap(), start.elapsed())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The node of that name in a supervision tree.
pub(crate) fn node<'a>(tree: &'a Value, name: &str) -> Option<&'a Value> {
    if tree["name"] == name {
        return Some(tree);
    }
    tree["children"].as_array()?.iter().find_map(|child| node(child, name))
}

/// The names of all nodes below the root.
pub(crate) fn names(tree: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for child in tree["children"].as_array().into_iter().flatten() {
        found.extend(child["name"].as_str().map(str::to_owned));
        found.extend(names(child));
    }
    found
}
