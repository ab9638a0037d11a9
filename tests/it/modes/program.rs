//! The program as a process of its own, beside a venue that the test keeps.

use std::io::{BufRead, BufReader, Read};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use domain::{Shares, Usd};
use parking_lot::{Mutex, MutexGuard};
use polymarket::account::PrivateKey;
use serde_json::{Value, json};
use simvenue::{
    AccountKind, ChainOptions, CrowdOptions, Fault, ParityDirection, RateLimits, RunningVenue,
    SettlementPace, SimOptions, SimVenue, WalletKind,
};
use tempfile::TempDir;

use crate::service::{TOKEN, admin};

/// For a loaded machine; nothing waits so long unless it fails.
pub(super) const LONG: Duration = Duration::from_secs(240);
/// What an account at the venue begins with.
pub(super) const CASH: Usd = Usd::from_whole(5_000);
/// The variable with the key of the venue's models, which look at none.
pub(super) const SIMULATED_KEY: &str = "SIMULATED_API_KEY";
/// Settings under which much happens in little time. The limits of errors are the usual ones.
const HASTE: [&str; 19] = [
    "risk.trades_per_minute_max=600",
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
    "chain.confirmations_min=1",
    "chain.poll_interval_ms=50",
    "chain.resolutions_interval_s=1",
    "collectors.markets_interval_s=2",
    "feed.reconnect_backoff_ms_max=1000",
    "web.port=0",
    "web.ws_port=0",
];

/// One at a time: each is a venue and a service, and a machine that is too slow for two shows
/// troubles of its own.
static TURN: Mutex<()> = Mutex::new(());

/// A venue, and the turn of the test that has it.
pub(super) struct Venue {
    running: RunningVenue,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Venue {
    type Target = RunningVenue;
    fn deref(&self) -> &RunningVenue {
        &self.running
    }
}

/// A quick venue without faults, once no other test has one.
pub(super) fn venue(seed: u64) -> Venue {
    let turn = TURN.lock();
    let running = SimVenue::start(SimOptions {
        seed,
        crowd: CrowdOptions::default(),
        limits: RateLimits::Off,
        settlement: SettlementPace { mined_ms: 60, confirmed_ms: 120 },
        chain: ChainOptions { block_ms: 60 },
        ..SimOptions::default()
    });
    Venue { running: running.unwrap(), _turn: turn }
}

/// Something to trade: both outcomes of a market do not add up for a while.
pub(super) fn upset(venue: &RunningVenue) {
    for direction in [ParityDirection::Dear, ParityDirection::Cheap] {
        venue.inject(Fault::Parity { market: None, direction, edge: 400, for_ms: 4_000 }).unwrap();
    }
}

/// Orders of the owner that rest at the venue.
pub(super) fn resting(venue: &RunningVenue, owner: &Owner) -> usize {
    let audit = venue.audit();
    let account = audit.accounts.into_iter().find(|it| it.maker == owner.funder).unwrap();
    account.orders.iter().filter(|order| order.is_open).count()
}

/// A key, and the wallet that it controls at a venue.
pub(super) struct Owner {
    key: String,
    address: [u8; 20],
    kind: WalletKind,
    /// What the relayer takes.
    relayer_key: String,
    /// The wallet, as the auditor names it.
    pub(super) funder: String,
}

impl Owner {
    /// One that the chain knows, without dollars or approvals.
    pub(super) fn bare(venue: &RunningVenue, kind: AccountKind, number: u8) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut bytes = [9; 32];
        bytes[0] = number;
        let address = PrivateKey::from_bytes(&bytes).unwrap().address();
        let made = venue.open_chain_account(address, kind);
        Self {
            key: hex::encode(bytes),
            address: address.into(),
            kind: match kind {
                AccountKind::OwnKey => WalletKind::Eoa,
                AccountKind::DepositWallet | AccountKind::NewDepositWallet => WalletKind::Deposit,
            },
            relayer_key: made.api_key,
            funder: format!("0x{}", hex::encode(made.wallet)),
        }
    }
    /// One that the venue knows, with `cash` and every approval.
    pub(super) fn provisioned(
        venue: &RunningVenue,
        kind: WalletKind,
        number: u8,
        cash: Usd,
    ) -> Self {
        let account = match kind {
            WalletKind::Eoa => AccountKind::OwnKey,
            _ => AccountKind::DepositWallet,
        };
        let owner = Self::bare(venue, account, number);
        let made = venue.provision(owner.address, kind, cash).unwrap();
        assert_eq!(owner.funder, format!("0x{}", hex::encode(made.maker)));
        owner
    }
    /// What nobody else may learn.
    pub(super) fn secrets(&self) -> Vec<String> {
        vec![
            self.key.clone(),
            self.relayer_key.clone(),
            TOKEN.to_owned(),
            "trace-hunter2".to_owned(),
        ]
    }
    fn settings(&self) -> Vec<String> {
        match self.kind {
            WalletKind::Deposit => vec![
                "account.signature_type=deposit_wallet".to_owned(),
                format!("account.funder={}", self.funder),
            ],
            _ => vec!["account.signature_type=eoa".to_owned()],
        }
    }
}

/// How the program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// `dutchbook run`.
    Paper,
    /// `dutchbook run --live`, with the switch in a file as well.
    Live,
    /// `dutchbook run --live`, without it.
    FlagOnly,
    /// The switch in the file alone.
    FileOnly,
}

/// The program, not started yet.
pub(super) struct Plan<'a> {
    start: Start,
    venue: &'a RunningVenue,
    owner: &'a Owner,
    settings: Vec<String>,
    environment: Vec<(String, String)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(start: Start, venue: &'a RunningVenue, owner: &'a Owner) -> Self {
        Self { start, venue, owner, settings: Vec::new(), environment: Vec::new() }
    }
    pub(super) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
    pub(super) fn with(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }
    /// No strategy trades: all there is was ordered by hand.
    pub(super) fn by_hand(self) -> Self {
        self.with("strategies.every.enabled=false")
    }

    fn command(&self, folder: &Path, verb: &str) -> Command {
        let at = self.venue.endpoints();
        if matches!(self.start, Start::Live | Start::FileOnly) {
            std::fs::write(folder.join("local.toml"), "mode = \"live\"\n").unwrap();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command.arg(verb).args(["--config-dir", folder.to_str().unwrap()]);
        if verb == "run" && matches!(self.start, Start::Live | Start::FlagOnly) {
            command.arg("--live");
        }
        let addresses = [
            ("venue.gamma_url", at.gamma),
            ("venue.clob_url", at.clob),
            ("venue.data_url", at.data),
            ("venue.market_socket_url", at.market_socket),
            ("venue.user_socket_url", at.user_socket),
            ("venue.rtds_url", at.rtds),
            ("venue.web_url", at.web),
            ("chain.rpc_url", at.rpc),
            ("chain.relayer_url", at.relayer),
        ];
        let addresses = addresses.map(|(key, url)| format!("{key}={url}"));
        let folder = [format!("store.data_dir={}", folder.display())];
        let settings = HASTE.iter().map(|it| (*it).to_owned());
        let settings = settings.chain(addresses).chain(folder).chain(self.owner.settings());
        let log = std::env::var("DUTCHBOOK_TEST_LOG").unwrap_or_else(|_| "error".to_owned());
        command
            .args(["--log", &log])
            .args(settings.chain(self.settings.clone()).flat_map(|it| ["--set".to_owned(), it]))
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env("DUTCHBOOK_PRIVATE_KEY", &self.owner.key)
            .env("RELAYER_API_KEY", &self.owner.relayer_key)
            .env(SIMULATED_KEY, "simulated")
            .env_remove("DATABASE_URL")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it in a folder of its own and waits until it says where it is.
    pub(super) fn run(self) -> Program {
        self.run_in(tempfile::tempdir().unwrap())
    }

    /// The same in a folder that was used before.
    pub(super) fn run_in(self, folder: TempDir) -> Program {
        // A disk that is slow for a moment is found wrong, as it should be.
        for _ in 0..5 {
            let mut child =
                self.command(folder.path(), "run").stdout(Stdio::piped()).spawn().unwrap();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            if let Some(at) = line.find("http://") {
                let address = line[at..].trim().trim_end_matches('/').to_owned();
                let client = admin(TOKEN);
                return Program { child, address, client, said: line, _out: out, folder };
            }
            let mut rest = String::new();
            out.read_to_string(&mut rest).unwrap();
            child.wait().unwrap();
            assert!(rest.contains("Each batch of rows waits for the disk"), "{line}{rest}");
        }
        unreachable!("the disk is too slow for the doctor");
    }

    /// Has the doctor look at the same settings: how that ended, and what was found. With a `program`
    /// that runs, at its folder.
    pub(super) fn doctor(
        &self,
        program: Option<&Program>,
        canary_secs: u32,
    ) -> (ExitStatus, Value) {
        let own = tempfile::tempdir().unwrap();
        let folder = program.map_or(own.path(), |program| program.folder.path());
        let mut command = self.command(folder, "doctor");
        command.args(["--json", "--canary-secs", &canary_secs.to_string()]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let found = serde_json::from_str(&said);
        assert!(found.is_ok(), "{found:?}: {said}");
        (output.status, found.unwrap())
    }

    /// Starts it and waits for its end, which comes at once: how it ended, and what it said.
    pub(super) fn refused(self) -> (ExitStatus, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = self.command(folder.path(), "run");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > LONG {
                child.kill().unwrap();
            }
            assert!(start.elapsed() < 2 * LONG, "it runs, though it should refuse to start");
            std::thread::sleep(Duration::from_millis(50));
        };
        let mut said = String::new();
        child.stdout.unwrap().read_to_string(&mut said).unwrap();
        child.stderr.unwrap().read_to_string(&mut said).unwrap();
        (status, said)
    }
}

/// A running program. Killed when dropped.
pub(super) struct Program {
    child: Child,
    pub(super) address: String,
    client: awc::Client,
    /// Its first line.
    pub(super) said: String,
    _out: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Program {
    /// Where its settings and its database are.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
    /// Its figures, as Prometheus reads them.
    pub(super) async fn figures(&self) -> String {
        let mut answer = self.client.get(format!("{}/metrics", self.address)).send().await.unwrap();
        let body = answer.body().limit(16 << 20).await.unwrap();
        String::from_utf8_lossy(&body).into_owned()
    }
    /// Stops it in order; what it wrote is left.
    pub(super) fn end(mut self) -> TempDir {
        self.send("TERM");
        assert!(self.child.wait().unwrap().success());
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }
    /// As the admin.
    pub(super) async fn put(&self, path: &str, body: &Value) {
        let request = self.client.put(format!("{}{path}", self.address));
        let status = request.send_json(body).await.unwrap().status();
        assert!(status.is_success(), "{path}: {status}");
    }
    pub(super) fn port(&self) -> u16 {
        self.address.rsplit(':').next().unwrap().parse().unwrap()
    }
    /// Sends it a signal, by name.
    pub(super) fn send(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let mut kill = Command::new("kill");
        assert!(kill.args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }
    pub(super) async fn get(&self, path: &str) -> Value {
        let Ok(mut answer) = self.client.get(format!("{}{path}", self.address)).send().await else {
            return Value::Null;
        };
        let body = answer.body().limit(16 << 20).await.unwrap_or_default();
        serde_json::from_slice(&body).unwrap_or_default()
    }
    /// As the admin, under a key of its own.
    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.insert_header(("Idempotency-Key", key));
        let mut answer = request.send_json(body).await.unwrap();
        let text = answer.body().limit(16 << 20).await.unwrap_or_default();
        (answer.status().as_u16(), serde_json::from_slice(&text).unwrap_or_default())
    }
    /// Asks until `holds`.
    pub(super) async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.until_or(path, holds, || {}).await
    }
    /// The same, doing something between two questions.
    pub(super) async fn until_or(
        &self,
        path: &str,
        holds: impl Fn(&Value) -> bool,
        mut meanwhile: impl FnMut(),
    ) -> Value {
        let start = Instant::now();
        loop {
            let last = self.get(path).await;
            if holds(&last) {
                return last;
            }
            assert!(start.elapsed() < LONG, "{path} did not come to hold: {last:#}");
            meanwhile();
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
    /// Until its books were compared with the venue's and agree.
    pub(super) async fn until_reconciled(&self) {
        self.until("/api/v1/risk", |risk| risk["reconciled"] == true).await;
    }
    /// Matches so far, at most 500.
    pub(super) async fn fills(&self) -> usize {
        let fills = self.get("/api/v1/fills?limit=500").await;
        fills["data"].as_array().map_or(0, Vec::len)
    }
    /// Until more than `before` matches are there; the venue is upset meanwhile.
    pub(super) async fn until_it_trades(&self, venue: &RunningVenue, before: usize) {
        let start = Instant::now();
        while self.fills().await <= before {
            assert!(start.elapsed() < LONG, "nothing is traded: {:#}", self.why().await);
            upset(venue);
            actix_rt::time::sleep(Duration::from_millis(500)).await;
        }
    }
    /// What one looks at to see why nothing is traded.
    pub(super) async fn why(&self) -> Value {
        json!({
            "risk": self.get("/api/v1/risk").await,
            "decisions": self.get("/api/v1/decisions?limit=3").await,
            "orders": self.get("/api/v1/orders?limit=5").await,
            "plans": self.get("/api/v1/plans?limit=3").await,
        })
    }
    /// Lays an order into the book that nobody takes, and waits until it rests. Each key is an order of its own.
    pub(super) async fn let_an_order_rest(&self, key: &str) {
        let page = self.get("/api/v1/markets?watched=true&limit=500").await;
        let rows = page["data"].as_array().unwrap();
        let is_dear = |row: &&Value| {
            let ask = row["outcomes"][0]["best_ask"].as_str();
            ask.is_some_and(|ask| ask.parse::<f64>().unwrap() > 0.2)
        };
        let row = rows.iter().find(is_dear).unwrap();
        let order = json!({
            "condition_id": row["condition_id"], "token_id": row["outcomes"][0]["token_id"],
            "side": "buy", "price": "0.05", "size_shares": "100", "lifetime": "GTC",
        });
        let (status, said) = self.post("/api/v1/execute/order", key, &order).await;
        assert_eq!(status, 202, "{said:#}");
        self.until("/api/v1/orders?state=live", |page| page["data"][0]["open"] == true).await;
    }
    /// Pauses every strategy until nothing is open any more.
    pub(super) async fn let_settle(&self) {
        self.let_strategies("pause").await;
        let is_calm = |risk: &Value| risk["open_plans"] == 0 && risk["open_orders"] == 0;
        let risk = self.until("/api/v1/risk", is_calm).await;
        assert_eq!(risk["halt"], Value::Null, "{risk:#}");
    }
    /// `pause` or `resume`.
    pub(super) async fn let_strategies(&self, go: &str) {
        let strategies = self.get("/api/v1/strategies").await;
        for row in strategies["data"].as_array().unwrap() {
            let name = row["name"].as_str().unwrap();
            let path = format!("/api/v1/strategies/{name}/{go}");
            let (status, said) = self.post(&path, &format!("{go}-{name}"), &json!({})).await;
            assert_eq!(status, 200, "{said:#}");
        }
    }
    /// Our ledger and the auditor's books, to the millionth.
    pub(super) async fn compare(&self, venue: &RunningVenue, owner: &Owner) {
        let start = Instant::now();
        loop {
            let ours = self.get("/api/v1/positions").await;
            let audit = venue.audit();
            assert!(audit.ok, "the simulator's own books: {:#?}", audit.problems);
            let account = audit.accounts.iter().find(|it| it.maker == owner.funder).unwrap();
            let theirs: Vec<_> =
                account.shares.iter().map(|(token, held)| (token.to_string(), *held)).collect();
            let cash = ours["cash"]["settled_usd"].as_str().and_then(|it| Usd::parse(it).ok());
            let fees = ours["total"]["fees_usd"].as_str().and_then(|it| Usd::parse(it).ok());
            let (held, theirs) = (held(&ours), sorted(theirs));
            if cash == Some(account.cash) && fees == Some(account.fees) && held == theirs {
                return;
            }
            assert!(
                start.elapsed() < LONG,
                "cash {cash:?} against {}, fees {fees:?} against {}, {held:#?} against {theirs:#?}",
                account.cash,
                account.fees
            );
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn held(positions: &Value) -> Vec<(String, Shares)> {
    let rows = positions["data"].as_array().into_iter().flatten();
    let row = |row: &Value| {
        let shares = Shares::parse(row["settled_shares"].as_str()?).ok()?;
        Some((row["token_id"].as_str()?.to_owned(), shares))
    };
    sorted(rows.filter_map(row).filter(|(_, shares)| shares.is_positive()).collect())
}

fn sorted(mut held: Vec<(String, Shares)>) -> Vec<(String, Shares)> {
    held.sort();
    held
}
