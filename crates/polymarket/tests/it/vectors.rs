//! The golden vectors: what the official clients made of fixed inputs, to the last bit.

mod accounts;
mod auth;
mod batches;
mod drafts;
mod ethers_path;
mod orders;
mod rejections;

use polymarket::account::PrivateKey;
use serde_json::Value;

use crate::support;

/// The API key of the vectors.
const OWNER: &str = "11111111-2222-4333-8444-555555555555";

/// One file of vectors, or nothing (said loudly) where they are not there.
fn file(name: &str) -> Option<Value> {
    let path = support::vectors()?.join(name);
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// Runs `check` on every vector of a file, which must hold as many as expected.
fn each(name: &str, count: usize, check: impl Fn(&str, &Value)) {
    let Some(file) = file(name) else { return };
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), count, "{name}");
    for vector in vectors {
        check(vector["id"].as_str().unwrap(), vector);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn key(value: &Value) -> PrivateKey {
    PrivateKey::parse(text(value)).unwrap()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}
