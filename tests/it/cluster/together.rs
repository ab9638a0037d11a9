//! `dutchbook demo --cluster`: the one command, and each kill of the list.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::service::{TOKEN, admin};

const SOON: Duration = Duration::from_secs(90);
/// Whoever is not done without by then was stopped in the middle of a write.
const IN_A_WRITE: Duration = Duration::from_secs(30);

struct Together {
    child: Child,
    said: Value,
    client: awc::Client,
    _folder: tempfile::TempDir,
}

impl Together {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
            .args(["demo", "--cluster", "--json", "--port", "0", "--log", "error"])
            .args(["--set", &format!("store.data_dir={}", folder.path().display())])
            .args(["--set", "sim.markets=60", "--set", "sim.turnover_s=0"])
            .args(["--set", "feed.tokens_max=120"])
            .args(["--set", "feed.tokens_per_connection_max=30"])
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said = serde_json::from_str(&line).unwrap();
        Self { child, said, client: admin(TOKEN), _folder: folder }
    }
    fn address(&self, name: &str) -> String {
        let processes = self.said["processes"].as_array().unwrap();
        let found = processes.iter().find(|it| it["name"] == name).unwrap();
        found["address"].as_str().unwrap().to_owned()
    }
    /// What a process for people says of who does what.
    async fn cluster(&self, web: &str) -> Value {
        let asked = self.client.get(format!("{}/api/v1/cluster", self.address(web)));
        let Ok(mut answer) = asked.timeout(Duration::from_secs(5)).send().await else {
            return Value::Null;
        };
        answer.json().await.unwrap_or_default()
    }
    /// Whether `holds` comes to hold of what `web` says.
    async fn comes_to(&self, web: &str, holds: impl Fn(&Value) -> bool, within: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if holds(&self.cluster(web).await) {
                return true;
            }
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }
    /// Until `holds` of what `web` says, which is told.
    async fn until(&self, web: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let cluster = self.cluster(web).await;
            if holds(&cluster) {
                return cluster;
            }
            assert!(begun.elapsed() < SOON, "{web} says {cluster:#}");
            actix_rt::time::sleep(Duration::from_millis(100)).await;
        }
    }
    /// Until every process does what it is there for, one decides, and every shard is live.
    async fn is_whole(&self, web: &str) -> Value {
        let all_live = |cluster: &Value| {
            let shards = cluster["shards"].as_array();
            shards.is_some_and(|shards| {
                shards.len() == 4
                    && shards.iter().all(|it| it["state"] == "live" && it["holder"].is_string())
            })
        };
        let does = |cluster: &Value, state: &str| {
            let members = cluster["members"].as_array();
            members.into_iter().flatten().filter(|it| it["state"] == state).count()
        };
        let whole = |it: &Value| {
            all_live(it)
                && does(it, "deciding") == 1
                && does(it, "standing_by") == 1
                && does(it, "watching") == 2
                && does(it, "serving") == 2
        };
        self.until(web, whole).await
    }
}

impl Drop for Together {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// The number of the process that now has a name.
fn process(cluster: &Value, name: &str) -> u64 {
    let members = cluster["members"].as_array().unwrap();
    members.iter().find(|it| it["name"] == name).unwrap()["process"].as_u64().unwrap()
}

fn decides(cluster: &Value) -> String {
    cluster["lease"]["holder"].as_str().unwrap_or_default().to_owned()
}

fn signal(process: u64, which: &str) {
    assert!(Command::new("kill").args([which, &process.to_string()]).status().unwrap().success());
}

#[actix_rt::test]
async fn one_command_starts_all_and_each_of_them_may_be_killed_or_stand_still() {
    if Command::new("redis-server").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "redis-server is not installed");
        eprintln!("SKIPPED: redis-server is not installed");
        return;
    }
    let together = Together::start();
    let mut whole = together.is_whole("web-1").await;
    // The first, unless the machine is so busy that it loses the lease while it starts.
    assert!(decides(&whole).starts_with("decide-"), "{whole:#}");

    for name in ["feed-1", "feed-2", "decide-1", "decide-2", "web-2"] {
        let (before, number) = (decides(&whole), process(&whole, name));
        let begun = Instant::now();
        signal(number, "-KILL");
        let moved = |it: &Value| before != name || decides(it) != before;
        let again = |it: &Value| {
            let members = it["members"].as_array();
            members.into_iter().flatten().any(|it| it["name"] == name && it["process"] != number)
        };
        together.until("web-1", |it| moved(it) && again(it)).await;
        whole = together.is_whole("web-1").await;
        eprintln!("{name} was killed: all is whole again after {:?}", begun.elapsed());
    }
    let leader = decides(&whole);
    for name in ["feed-1", leader.as_str()] {
        let number = process(&whole, name);
        let is_done_without = |it: &Value| {
            let holders = it["shards"].as_array();
            decides(it) != name
                && holders.is_some_and(|shards| shards.iter().all(|it| it["holder"] != name))
        };
        let mut begun = Instant::now();
        signal(number, "-STOP");
        while !together.comes_to("web-2", is_done_without, IN_A_WRITE).await {
            // In the middle of a write: it keeps the SQLite file from all others.
            assert_eq!(name, leader, "only who decides writes");
            signal(number, "-CONT");
            together.is_whole("web-2").await;
            begun = Instant::now();
            signal(number, "-STOP");
        }
        eprintln!("{name} stands still: done without after {:?}", begun.elapsed());
        signal(number, "-CONT");
        whole = together.is_whole("web-2").await;
    }
    signal(process(&whole, "web-1"), "-KILL");
    together.is_whole("web-2").await;
}
