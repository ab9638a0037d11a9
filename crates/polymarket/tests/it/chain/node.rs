//! A node of our own, one for each test, which ends with it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support;

/// anvil, mining every transaction at once until it is told otherwise.
pub(super) struct Node {
    process: Child,
    pub(super) url: String,
    http: awc::Client,
}

impl Node {
    /// Starts one. `None`, said loudly, where anvil is not installed.
    pub(super) fn start() -> Option<Self> {
        let program = tool("ANVIL_BIN", "@foundry-rs/anvil-linux-amd64/bin/anvil")?;
        let mut process = Command::new(program)
            .args(["--chain-id", "137", "--port", "0", "--accounts", "3"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (said, heard) = channel();
        // Read to the end: a node that cannot print stops.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(address) = line.trim().strip_prefix("Listening on ") {
                    let _ = said.send(format!("http://{address}"));
                }
            }
        });
        let url = heard.recv_timeout(Duration::from_secs(60)).unwrap();
        Some(Self { process, url, http: client() })
    }

    /// Anything that the node understands.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Value {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer = self.http.post(&self.url).send_json(&question).await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }
}

/// A client that leaves the process without a TLS provider, as another test needs it.
pub(super) fn client() -> awc::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connector = awc::Connector::new().rustls_0_23(Arc::new(tls));
    awc::Client::builder().connector(connector).timeout(Duration::from_secs(60)).finish()
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The compiled contract of the conditional tokens' package.
pub(super) fn conditional_tokens() -> Option<Value> {
    let name = "@gnosis.pm/conditional-tokens-contracts/build/contracts/ConditionalTokens.json";
    let file = tool("CONDITIONAL_TOKENS_JSON", name)?;
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

/// A file of an npm package, named by the environment or where `cargo xtask test` puts it. Where
/// it is missing the test says so loudly and returns, or fails if nothing may be skipped.
pub(super) fn tool(variable: &str, usual: &str) -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/npm/node_modules");
    let usual = PathBuf::from(folder).join(usual);
    support::present(variable, std::env::var_os(variable).map_or(usual, PathBuf::from))
}
