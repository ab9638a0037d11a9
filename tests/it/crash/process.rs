//! The real program, started to be killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actors::crash_point::CrashPoint;
use domain::{Shares, Usd};
use polymarket::account::PrivateKey;
use serde_json::{Value, json};
use simvenue::{RunningVenue, WalletKind};
use store::testing::TestDatabase;
use store::{DatabaseUrl, StoreSettings};

use crate::service::{TOKEN, admin};

/// A process that stands still answers nothing.
const ANSWER_WAIT: Duration = Duration::from_millis(400);
const CASH: Usd = Usd::from_whole(5_000);
/// Settings under which much happens in little time. The limits of money are the usual ones.
const HASTE: [&str; 20] = [
    "risk.trades_per_minute_max=600",
    "risk.consecutive_errors_max=1000",
    "risk.open_plans_max=20",
    "risk.day_loss_usd_max=100000",
    "risk.drawdown_usd_max=100000",
    "strategies.every.budget_usd=100000",
    "strategies.every.edge_usd_min=0",
    "strategies.every.size_max=25",
    "strategies.every.cool_down_ms=200",
    "strategies.every.lasted_ms_min=0",
    "execution.leg_wait_ms=400",
    "execution.cancel_again_ms=500",
    "execution.unwind_pause_ms=200",
    "execution.reconcile_interval_s=2",
    "execution.checkpoint_records=100",
    "chain.confirmations_min=1",
    "chain.poll_interval_ms=50",
    "collectors.markets_interval_s=5",
    "sim.markets=60",
    "account.signature_type=deposit_wallet",
];

/// What all processes of a run share.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    venue: String,
    key: String,
    relayer_key: String,
    log: String,
    pub(crate) funder: String,
    database: Option<TestDatabase>,
}

impl Stage {
    pub(crate) fn set(venue: &RunningVenue) -> Self {
        Self::set_on(venue, None)
    }
    /// The same with a database elsewhere than in the stage's folder.
    pub(crate) fn set_on(venue: &RunningVenue, database: Option<TestDatabase>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = [7; 32];
        bytes[0] = 1;
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let made = venue.provision(key.address(), WalletKind::Deposit, CASH).unwrap();
        Self {
            folder,
            venue: venue.addr().to_string(),
            key: hex::encode(bytes),
            relayer_key: made.relayer_api_key.unwrap_or_default(),
            log: std::env::var("DUTCHBOOK_TEST_LOG").unwrap_or_else(|_| "error".to_owned()),
            funder: format!("0x{}", hex::encode(made.maker)),
            database,
        }
    }
    /// The address of a database elsewhere than in the stage's folder.
    pub(crate) fn database_address(&self) -> Option<String> {
        self.database.as_ref().map(TestDatabase::address)
    }
    pub(crate) fn store(&self) -> StoreSettings {
        if let Some(database) = &self.database {
            return database.settings.clone();
        }
        StoreSettings::new(DatabaseUrl::sqlite_file(&self.folder.path().join("dutchbook.sqlite")))
    }
    /// Runs a command of the program on the same database; what it prints.
    pub(crate) fn dutchbook(&self, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command
            .args(args)
            .args(["--set", &format!("store.data_dir={}", self.folder.path().display())])
            .env_remove("DATABASE_URL");
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
    fn sign(&self) -> PathBuf {
        self.folder.path().join("standing-still")
    }
}

/// A running process. Killed when dropped.
pub(crate) struct Process<'a> {
    stage: &'a Stage,
    child: Child,
    address: String,
    client: awc::Client,
}

impl<'a> Process<'a> {
    pub(crate) fn start(stage: &'a Stage, stop_at: Option<(CrashPoint, u32)>) -> Self {
        Self::start_with(stage, stop_at, &[])
    }
    /// The same with further settings, `key=value` each.
    pub(crate) fn start_with(
        stage: &'a Stage,
        stop_at: Option<(CrashPoint, u32)>,
        settings: &[&str],
    ) -> Self {
        let database = stage.database.as_ref().map(TestDatabase::address);
        Self::start_on(stage, stop_at, settings, database.as_deref())
    }
    /// The same with the database at another address than the stage's own.
    pub(crate) fn start_on(
        stage: &'a Stage,
        stop_at: Option<(CrashPoint, u32)>,
        settings: &[&str],
        database: Option<&str>,
    ) -> Self {
        let _ = std::fs::remove_file(stage.sign());
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command
            .args(["demo", "--json", "--port", "0", "--log", &stage.log, "--venue", &stage.venue])
            .args(["--set", &format!("store.data_dir={}", stage.folder.path().display())])
            .args(["--set", &format!("account.funder={}", stage.funder)])
            .args(HASTE.iter().chain(settings).flat_map(|setting| ["--set", setting]))
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env("DUTCHBOOK_PRIVATE_KEY", &stage.key)
            .env("RELAYER_API_KEY", &stage.relayer_key)
            .env_remove("DATABASE_URL")
            .envs(database.map(|address| ("DUTCHBOOK__STORE__URL", address)))
            .stdout(Stdio::piped());
        if let Some((at, nth)) = stop_at {
            command.env("DUTCHBOOK_TEST_STOP_AT", format!("{}:{nth}", at.name()));
            command.env("DUTCHBOOK_TEST_STOP_SIGN", stage.sign());
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let address = said["address"].as_str().unwrap().trim_end_matches('/').to_owned();
        Self { stage, child, address, client: admin(TOKEN) }
    }
    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
    /// Whether it comes to its place in time.
    pub(crate) async fn stands_still_within(&self, limit: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < limit {
            if self.stage.sign().exists() {
                return true;
            }
            actix_rt::time::sleep(Duration::from_millis(2)).await;
        }
        false
    }
    /// Orders by hand what leads to `at`, in one market or another. What is answered does not matter.
    pub(crate) async fn nudge(&self, at: CrashPoint, which: usize) {
        let markets = self.get_soon("/api/v1/markets?limit=50").await;
        let rows = markets["data"].as_array().map_or(&[][..], Vec::as_slice);
        let Some(market) = rows.get(which % rows.len().max(1)) else { return };
        match at {
            CrashPoint::Prepared | CrashPoint::Submitting | CrashPoint::Submitted => {
                let body = json!({ "condition_id": market["condition_id"], "amount_shares": "5" });
                self.post_soon("/api/v1/execute/split", &body).await;
            }
            CrashPoint::Cancelled => {
                self.post_soon("/api/v1/execute/order", &resting(market)).await;
                self.post_soon("/api/v1/execute/cancel-all", &json!({})).await;
            }
            _ => self.post_soon("/api/v1/execute/order", &resting(market)).await,
        }
    }
    /// SIGSTOP: it stands still, with all its connections and locks.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }
    /// SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }
    /// SIGTERM: an orderly end.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }
    fn signal(&self, which: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([which, &id]).status().unwrap().success());
    }
    /// How it ended by itself.
    pub(crate) async fn ended(&mut self, limit: Duration) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }
    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
    pub(crate) async fn get(&self, path: &str) -> Value {
        let Ok(mut answer) = self.client.get(format!("{}{path}", self.address)).send().await else {
            return Value::Null;
        };
        let body = answer.body().limit(16 << 20).await.unwrap_or_default();
        serde_json::from_slice(&body).unwrap_or_default()
    }
    /// As [`Self::get`], of a process that may stand still.
    async fn get_soon(&self, path: &str) -> Value {
        actix_rt::time::timeout(ANSWER_WAIT, self.get(path)).await.unwrap_or_default()
    }
    async fn post_soon(&self, path: &str, body: &Value) {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.insert_header(("Idempotency-Key", unique().as_str()));
        let _ = actix_rt::time::timeout(ANSWER_WAIT, request.send_json(body)).await;
    }
    /// Must be answered with `status`.
    async fn post(&self, path: &str, status: u16) {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.insert_header(("Idempotency-Key", unique().as_str()));
        let mut answer = request.send_json(&serde_json::json!({})).await.unwrap();
        let said = answer.body().limit(16 << 20).await.unwrap_or_default();
        assert_eq!(answer.status(), status, "{path}: {}", String::from_utf8_lossy(&said));
    }
    pub(crate) async fn until(
        &self,
        path: &str,
        limit: Duration,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let start = Instant::now();
        loop {
            let last = self.get(path).await;
            if holds(&last) {
                return last;
            }
            assert!(start.elapsed() < limit, "{path} did not come to hold: {last:#}");
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    /// What the process has in memory.
    pub(crate) fn memory_kib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(status).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
    /// Trades again, should it have halted.
    pub(crate) async fn resume(&self) {
        self.post("/api/v1/resume", 200).await;
    }
    /// Pauses every strategy until nothing is open any more, then lets them go on.
    pub(crate) async fn let_settle(&self, limit: Duration) {
        self.until("/api/v1/risk", limit, |risk| risk["reconciled"] == true).await;
        let strategies = self.get("/api/v1/strategies").await;
        let names: Vec<String> = strategies["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect();
        for name in &names {
            self.post(&format!("/api/v1/strategies/{name}/pause"), 200).await;
        }
        self.post("/api/v1/execute/cancel-all", 202).await;
        self.until_plans_are_over(limit).await;
        let is_calm = |risk: &Value| risk["open_plans"] == 0 && risk["open_orders"] == 0;
        let risk = self.until("/api/v1/risk", limit, is_calm).await;
        assert_eq!(risk["halt"], Value::Null, "{risk:#}");
        for name in &names {
            self.post(&format!("/api/v1/strategies/{name}/resume"), 200).await;
        }
    }
    /// Says what a plan that stays open waits for.
    async fn until_plans_are_over(&self, limit: Duration) {
        let start = Instant::now();
        loop {
            let plans = rows(self.get("/api/v1/plans?limit=500").await);
            let open: Vec<Value> =
                plans.iter().flatten().filter(|it| it["state"] == "open").cloned().collect();
            if plans.is_some() && open.is_empty() {
                return;
            }
            if start.elapsed() >= limit {
                let is_theirs = |order: &&Value| open.iter().any(|it| it["id"] == order["plan_id"]);
                let orders = rows(self.get("/api/v1/orders?limit=500").await).unwrap_or_default();
                let orders: Vec<&Value> = orders.iter().filter(is_theirs).collect();
                let risk = self.get("/api/v1/risk").await;
                assert!(open.is_empty(), "after {limit:?}: {open:#?}, {orders:#?}, {risk:#}");
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    /// Our ledger and the auditor's books, to the millionth.
    pub(crate) async fn compare(&self, venue: &RunningVenue) {
        let start = Instant::now();
        loop {
            let ours = self.get("/api/v1/positions").await;
            let audit = venue.audit();
            assert!(audit.ok, "the simulator's own books: {:#?}", audit.problems);
            let account = audit.accounts.iter().find(|it| it.maker == self.stage.funder).unwrap();
            let mut held: Vec<(String, Shares)> = ours["data"]
                .as_array()
                .unwrap_or(&Vec::new())
                .iter()
                .map(|row| {
                    let shares = row["settled_shares"].as_str().unwrap();
                    (row["token_id"].as_str().unwrap().to_owned(), Shares::parse(shares).unwrap())
                })
                .filter(|(_, shares)| shares.is_positive())
                .collect();
            held.sort();
            let mut theirs: Vec<_> =
                account.shares.iter().map(|(token, held)| (token.to_string(), *held)).collect();
            theirs.sort();
            let cash = ours["cash"]["settled_usd"].as_str().and_then(|it| Usd::parse(it).ok());
            let fees = ours["total"]["fees_usd"].as_str().and_then(|it| Usd::parse(it).ok());
            if cash == Some(account.cash) && fees == Some(account.fees) && held == theirs {
                return;
            }
            // What was just resumed may have begun something.
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "cash {cash:?} against {}, fees {fees:?} against {}, held {held:#?} against \
                 {theirs:#?}",
                account.cash,
                account.fees
            );
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An order that nobody takes at once, small enough for the limits.
fn resting(market: &Value) -> Value {
    json!({
        "condition_id": market["condition_id"], "token_id": market["outcomes"][0]["token_id"],
        "side": "buy", "price": "0.05", "size_shares": "20", "lifetime": "GTC",
    })
}

fn unique() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("calm-{}", since.unwrap().as_nanos())
}

/// The rows of a list; `None` where there was no answer.
fn rows(page: Value) -> Option<Vec<Value>> {
    match page {
        Value::Object(mut page) => match page.remove("data")? {
            Value::Array(rows) => Some(rows),
            _ => None,
        },
        _ => None,
    }
}
