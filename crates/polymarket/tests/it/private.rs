//! The private half of CLOB against a server that says exactly what a test wants.

mod asking;
mod cancelling;
mod placing;
mod samples;
mod vectors;

use std::net::SocketAddr;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use bytes::Bytes;
use domain::{OrderId, UnixMillis};
use polymarket::account::{Account, PrivateKey, SignatureType};
use polymarket::auth::ApiCredentials;
use polymarket::clob::private::{Identity, TradingClient, VenueClock};
use polymarket::http::Settings;

use crate::support::{Script, raw_server, settings};

/// Made up, as in the vectors.
const API_KEY: &str = "11111111-2222-4333-8444-555555555555";
const SECRET: &str = "OyV0qw9Xo_cU9vbdxsZ3Rd0-pebHrnIxRbU8-LTmC4o=";
const PASSPHRASE: &str = "fe27b9d8b5efd1b6855b3decce4c610907a85189865aac29d2fc6db642e5bffd";
/// The first development key of the common test nodes.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn identity(key: &str) -> Identity {
    let signer = PrivateKey::parse(key).unwrap().address();
    Identity {
        credentials: ApiCredentials::new(API_KEY, SECRET, PASSPHRASE).unwrap(),
        account: Account::stated(signer, SignatureType::Eoa, None).unwrap(),
    }
}

fn client_of(settings: &Settings, key: &str, now: UnixMillis) -> TradingClient {
    let clock = VenueClock::new(move || now);
    TradingClient::new(settings.connect().unwrap(), identity(key), clock)
}

/// A client that would repeat if it could, and what a server with this script was asked.
fn scene(script: Script) -> (TradingClient, Receiver<String>) {
    let (address, requests) = raw_server(script);
    (client_of(&quick(address), KEY, NOW), requests)
}

fn quick(address: SocketAddr) -> Settings {
    let mut settings = settings(address);
    settings.request_timeout = Duration::from_millis(500);
    settings
}

fn id(byte: u8) -> OrderId {
    OrderId::from_bytes([byte; 32])
}

fn body() -> Bytes {
    Bytes::from_static(br#"{"order":{"salt":1},"owner":"it's me"}"#)
}

/// One request, taken apart.
struct Asked {
    method: String,
    target: String,
    head: String,
    body: String,
}

impl Asked {
    fn read(request: &str) -> Self {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut line = head.split(' ');
        Self {
            method: line.next().unwrap().to_owned(),
            target: line.next().unwrap().to_owned(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}
