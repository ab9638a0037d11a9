//! The program as a process of its own, which may be killed and started again.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use domain::Usd;
use polymarket::account::PrivateKey;
use serde_json::Value;
use simvenue::{CrowdOptions, RunningVenue, SimOptions, SimVenue, WalletKind};

use super::LONG;
use super::hook::{Hook, SECRET};
use crate::service::{TOKEN, USUAL, admin};

/// What all processes of a test share.
pub(super) struct Stage {
    folder: tempfile::TempDir,
    venue: RunningVenue,
    key: String,
    relayer_key: String,
    settings: Vec<String>,
}

impl Stage {
    pub(super) fn set(settings: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = SimOptions { crowd: CrowdOptions::default(), ..SimOptions::default() };
        let venue = SimVenue::start(options).unwrap();
        let bytes = [11; 32];
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let made =
            venue.provision(key.address(), WalletKind::Deposit, Usd::from_whole(5_000)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let own = [
            format!("store.data_dir={}", folder.path().display()),
            format!("account.funder=0x{}", hex::encode(made.maker)),
            "account.signature_type=deposit_wallet".to_owned(),
            "strategies.every.enabled=false".to_owned(),
            "swarm.members=".to_owned(),
            "web.ws_port=0".to_owned(),
            "alerts.enabled=true".to_owned(),
            "alerts.watchman_interval_s=1".to_owned(),
        ];
        let settings = settings.iter().map(|it| (*it).to_owned());
        Self {
            folder,
            venue,
            key: hex::encode(bytes),
            relayer_key: made.relayer_api_key.unwrap_or_default(),
            settings: own.into_iter().chain(settings).collect(),
        }
    }

    /// What the file of settings says from now on.
    pub(super) fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("local.toml"), text).unwrap();
    }

    /// What the program says to an order on the command line, with its exit code.
    pub(super) fn order(&self, program: &Program, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command.args(arguments).args(["--url", &program.address, "--config-dir"]);
        command.arg(self.folder.path()).env("DUTCHBOOK_TOKEN", TOKEN).env_remove("DATABASE_URL");
        let said = command.output().unwrap();
        let text = [said.stdout, said.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        (said.status.code(), text)
    }

    pub(super) fn start(&self, hook: &Hook) -> Program {
        assert!(self.folder.path().exists());
        let log = std::env::var("DUTCHBOOK_TEST_LOG").unwrap_or_else(|_| "error".to_owned());
        let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
            .args(["demo", "--json", "--port", "0", "--log", &log, "--config-dir"])
            .arg(self.folder.path())
            .args(["--venue", &self.venue.addr().to_string()])
            .args(USUAL.iter().flat_map(|setting| ["--set", *setting]))
            .args(self.settings.iter().flat_map(|setting| ["--set", setting]))
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env("DUTCHBOOK_PRIVATE_KEY", &self.key)
            .env("RELAYER_API_KEY", &self.relayer_key)
            .env("ALERT_WEBHOOK_URL", format!("{}/hook", hook.address))
            .env("ALERT_WEBHOOK_SECRET", SECRET)
            .env("ALERT_WATCHMAN_URL", format!("{}/ping", hook.address))
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let address = said["address"].as_str().unwrap().trim_end_matches('/').to_owned();
        Program { child, address, client: admin(TOKEN), _out: out }
    }
}

/// A running program. Killed when dropped.
pub(super) struct Program {
    child: Child,
    pub(super) address: String,
    client: awc::Client,
    _out: BufReader<ChildStdout>,
}

impl Program {
    pub(super) async fn get(&self, path: &str) -> Value {
        let Ok(mut answer) = self.client.get(format!("{}{path}", self.address)).send().await else {
            return Value::Null;
        };
        let body = answer.body().limit(16 << 20).await.unwrap_or_default();
        serde_json::from_slice(&body).unwrap_or_default()
    }
    pub(super) async fn status(&self, path: &str) -> u16 {
        let answer = self.client.get(format!("{}{path}", self.address)).send().await.unwrap();
        answer.status().as_u16()
    }
    /// As the admin, under a key.
    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.timeout(Duration::from_secs(30));
        let request = request.insert_header(("Idempotency-Key", key));
        let mut answer = request.send_json(body).await.unwrap();
        let text = answer.body().limit(16 << 20).await.unwrap_or_default();
        (answer.status().as_u16(), serde_json::from_slice(&text).unwrap_or_default())
    }
    pub(super) async fn post_without_token(&self, path: &str) -> u16 {
        let request = awc::Client::default().post(format!("{}{path}", self.address));
        request.send().await.unwrap().status().as_u16()
    }
    /// Asks until `holds`.
    pub(super) async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let since = Instant::now();
        loop {
            let last = self.get(path).await;
            if holds(&last) {
                return last;
            }
            assert!(since.elapsed() < LONG, "{path} did not come to hold: {last:#}");
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
    }
    /// SIGKILL.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
