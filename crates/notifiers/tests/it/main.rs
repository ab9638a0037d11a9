//! Every channel against a server that the test starts.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail and report; clippy exempts test functions alone"
)]

mod http;
mod mail;

use notifiers::{Field, Message};

/// A message with texts that no channel may read as its own.
fn message() -> Message {
    Message {
        id: "whale:1@5".into(),
        kind: "whale",
        severity: "warning",
        at_ms: 1_795_262_400_000,
        at: "2026-11-21T12:00:00Z".into(),
        title: "A whale: <!channel> @everyone **Will it?**\nSubject: fake".into(),
        text: "Bought for 12,000 USD.".into(),
        fields: vec![Field { name: "wallet", value: "0xabc".into() }],
        link: Some("http://127.0.0.1:8080/#/whales".into()),
    }
}
