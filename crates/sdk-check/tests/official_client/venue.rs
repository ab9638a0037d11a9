//! The simulated venue as a process, and its controls.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

pub(crate) struct Venue {
    child: Child,
    endpoints: Value,
}

impl Venue {
    /// A venue whose crowd keeps still, on free ports.
    pub(crate) fn start() -> Self {
        let program = std::env::var("SIMVENUE_BIN").expect("run by `cargo xtask sdk-check`");
        let mut child = Command::new(program)
            .args(["--activity", "0", "--block-ms", "50", "--mined-ms", "50"])
            .args(["--confirmed-ms", "50"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, endpoints: serde_json::from_str(&line).unwrap() }
    }
    pub(crate) fn at(&self, endpoint: &str) -> &str {
        self.endpoints[endpoint].as_str().unwrap()
    }
    /// The wallet that an owner's key controls.
    pub(crate) async fn provision(&self, owner: &str, kind: &str) -> String {
        let wanted = json!({ "owner": owner, "kind": kind, "cash": "1000" });
        let url = format!("{}/provision", self.at("control"));
        let made = reqwest::Client::new().post(url).json(&wanted).send().await.unwrap();
        let made: Value = made.error_for_status().unwrap().json().await.unwrap();
        made["maker"].as_str().unwrap().to_owned()
    }
    pub(crate) async fn audit(&self) -> Value {
        get(format!("{}/audit", self.at("control"))).await
    }
    /// Every market of the venue's catalogue.
    pub(crate) async fn markets(&self) -> Vec<Value> {
        let gamma = self.at("gamma");
        let (mut markets, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(format!("{gamma}/markets/keyset?limit=100{cursor}")).await;
            markets.extend(page["markets"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&after_cursor={next}"),
                None => return markets,
            }
        }
    }
}

async fn get(url: String) -> Value {
    let answer = reqwest::get(url).await.unwrap().error_for_status().unwrap();
    answer.json().await.unwrap()
}

impl Drop for Venue {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
