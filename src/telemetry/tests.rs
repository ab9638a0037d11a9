//! The log is attacked: secrets in messages, fields, debug output and errors, split and encoded.

use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written while `log` runs.
fn written(format: LogFormat, log: impl FnOnce()) -> String {
    let page = Page::default();
    let to = page.clone();
    let lines =
        fmt::layer().event_format(Lines(format)).with_ansi(false).with_writer(move || to.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
    let bytes = page.0.lock().clone();
    String::from_utf8(bytes).unwrap()
}

#[derive(Debug)]
#[expect(dead_code, reason = "only its debug output is of interest")]
struct Nested<'a> {
    inner: Option<Vec<&'a str>>,
    note: &'a str,
}

#[derive(Debug, thiserror::Error)]
#[error("the request failed: {0}")]
struct Outer(#[source] Inner);

#[derive(Debug)]
struct Inner(String);

impl std::fmt::Display for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "401 for {}", self.0)
    }
}
impl std::error::Error for Inner {}

fn percent(secret: &str) -> String {
    secret.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Whether eight characters of it in a row can be read.
fn leaks(text: &str, secret: &str) -> bool {
    let window = secret.len().min(8);
    secret
        .as_bytes()
        .windows(window)
        .any(|piece| text.as_bytes().windows(window).any(|other| other == piece))
}

fn secrets() -> impl Strategy<Value = String> {
    // Letters, signs, and what has to be escaped or encoded; never a run of one character.
    proptest::string::string_regex("[A-Za-z0-9!#$%&'\"()*+,./:;<=>?@\\\\^_`{|}~é-]{12,64}").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_secret_that_is_known_is_written_in_no_form_and_no_part(
        secret in secrets(),
        before in "[a-z ]{0,12}",
        at in 0.0..1.0_f64,
    ) {
        learn(&secret.replace("://", ":-/"));
        let secret = secret.replace("://", ":-/");
        let secret = secret.trim();
        prop_assume!(secret.len() >= 12 && !secret.starts_with("0x"));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a place in a short text")]
        let cut = secret.floor_char_boundary((secret.len() as f64 * at) as usize);
        let (head, tail) = secret.split_at(cut);
        let encoded = [
            STANDARD.encode(format!("{before}{secret}")),
            URL_SAFE.encode(format!("{before}{secret}")),
            hex::encode(secret),
        ];
        let error = Outer(Inner(secret.to_owned()));
        let nested = Nested { inner: Some(vec!["a", secret]), note: secret };
        for format in [LogFormat::Json, LogFormat::Text] {
            let text = written(format, || {
                tracing::info!("it is {secret} here");
                tracing::info!(field = secret, other = %secret, third = ?secret, "fields");
                tracing::info!(?nested, "nested");
                tracing::warn!(%error, debug = ?error, "an error");
                tracing::info!(head, tail, "split");
                tracing::info!(url = %format!("https://x/?a={}", percent(secret)), "a link");
                tracing::info!(one = %encoded[0], two = %encoded[1], three = %encoded[2], "encoded");
            });
            // Short pieces at the edge of a cut are part of others' words by chance.
            for form in [secret.to_owned(), percent(secret), format!("{secret:?}")] {
                prop_assert!(!leaks(&text, &form), "{form} in {text}");
            }
            let plain = encoded.iter().any(|form| text.contains(form.trim_end_matches('=')));
            prop_assert!(!plain, "encoded: {text}");
        }
    }
}

#[test]
fn what_looks_like_a_secret_is_hidden_though_nobody_said_that_it_is_one() {
    let key = "4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d";
    let hmac = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
    for (text, hidden) in [
        (format!("signing with {key}"), key),
        (format!("private_key=0x{key}"), key),
        (format!("{{\"apiKey\":\"x\",\"secret\":\"{hmac}\"}}"), hmac),
        (format!("POLY_PASSPHRASE: {}", &key[..20]), &key[..20]),
        (format!("hmac {hmac} of a request"), hmac),
        ("Authorization: Bearer abcdef.ghijkl-mnop".to_owned(), "abcdef.ghijkl-mnop"),
        ("authorization=\"Basic dXNlcjpwYXNz\"".to_owned(), "dXNlcjpwYXNz"),
        ("mysql://ann:p@ss/w?rd@db:3306/x is away".to_owned(), "p@ss/w?rd"),
        ("Config { password: Some(\"two words\") }".to_owned(), "two words"),
        ("Config { password: \\\"two words\\\" }".to_owned(), "two words"),
        (format!("open http://127.0.0.1:8080/#/login?key={key}"), key),
        (format!("dutchbook_{key} was refused"), key),
        ("key sk-ant-api03-AAAABBBBCCCCDDDD".to_owned(), "AAAABBBBCCCCDDDD"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstu".to_owned(), "SyA1234567890"),
        ("bot 123456789:AAF-abcdefghijklmnopqrstuvwxyz012345".to_owned(), "AAF-abcdefghij"),
        ("https://hooks.slack.com/services/T0/B0/abcdef".to_owned(), "T0/B0/abcdef"),
        ("https://discord.com/api/webhooks/1/abc-def".to_owned(), "1/abc-def"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl".to_owned(), "eyJzdWIiOiIxIn0"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nabcd".to_owned(), "MHcCAQEE"),
    ] {
        let shown = redacted(&text);
        assert!(!shown.contains(hidden) && shown.contains("(secret)"), "{text} became {shown}");
        for format in [LogFormat::Json, LogFormat::Text] {
            let line = written(format, || tracing::error!(told = text, "{text}"));
            assert!(!line.contains(hidden), "{line}");
        }
    }
}

#[test]
fn a_field_that_is_named_after_a_secret_shows_nothing() {
    let line = written(LogFormat::Json, || {
        tracing::info!(api_key = "short", smtp_password = ?Some("p w"), token = 712_u64, "x");
        tracing::info!(token = %"71321045679252212594626385532706912750332728571942", "of the market");
    });
    assert!(!line.contains("short") && !line.contains("p w"), "{line}");
    assert!(line.contains("712") && line.contains("7132104567925221259"), "{line}");
}

#[test]
fn every_line_has_the_same_fields_and_words_from_outside_stay_in_theirs() {
    let market = "Will it rain?\n{\"level\":\"ERROR\"}\u{1b}[2J";
    let log = || tracing::warn!(market, order = %"0xabc", count = 3, "it says {market}");
    let json = written(LogFormat::Json, log);
    assert_eq!(json.lines().count(), 1, "{json}");
    let line: Value = serde_json::from_str(&json).unwrap();
    for (key, value) in [("level", "WARN"), ("market", market), ("order", "0xabc")] {
        assert_eq!(line[key], value, "{line:#}");
    }
    assert!(line["ts"].as_str().is_some_and(|ts| ts.ends_with('Z')), "{line:#}");
    assert!(line["target"].as_str().is_some_and(|it| it.contains("telemetry")), "{line:#}");
    assert_eq!((line["count"].as_i64(), line["actor"].as_str()), (Some(3), None));
    let text = written(LogFormat::Text, log);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}
