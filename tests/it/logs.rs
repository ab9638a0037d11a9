//! The log of the real program at its most talkative: every line has the same fields, and no secret is in it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::service::TOKEN;

/// Each as people give it, and the part of it that must be in no line.
const SECRETS: [(&str, &str, &str); 10] = [
    ("OPENAI_API_KEY", "sk-proj-Zq81mWkPq0v7XnRt", "Zq81mWkPq0"),
    ("ANTHROPIC_API_KEY", "an-unusual-key-without-a-shape", "unusual-key"),
    ("RELAYER_API_KEY", "0190aa-relayer-77-f00d", "relayer-77"),
    ("TELEGRAM_BOT_TOKEN", "123456:tele-bot-words", "tele-bot-words"),
    (
        "DISCORD_WEBHOOK_URL",
        "https://127.0.0.1:1/api/webhooks/9/dIsCoRdToKeN0123456",
        "dIsCoRdToKeN",
    ),
    ("ALERT_WEBHOOK_URL", "https://127.0.0.1:1/hook?token=hook-words-77", "hook-words-77"),
    ("ALERT_WEBHOOK_SECRET", "the-hmac-of-messages", "hmac-of-mess"),
    ("SMTP_PASSWORD", "mail pass/word", "mail pass"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20trace%2Dwords-77", "trace-words-77"),
    ("DUTCHBOOK_TOKEN", TOKEN, "for-tests-of-thirty"),
];

#[test]
fn at_the_most_talkative_level_every_line_has_the_same_fields_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let proxy_password = "proxy-word-4711";
    let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["demo", "--json", "--port", "0", "--seconds", "8", "--log", "trace"])
        .args([
            "--set",
            "web.ws_port=0",
            "--set",
            "log.format=json",
            "--set",
            "alerts.enabled=true",
            "--set",
            "traces.enabled=true",
            "--set",
            "traces.endpoint=http://127.0.0.1:1",
        ])
        .args(["--set", &format!("store.data_dir={}", folder.path().display())])
        .env("DUTCHBOOK__VENUE__PROXY_URL", format!("socks5://ann:{proxy_password}@127.0.0.1:1"))
        .envs(SECRETS.map(|(name, value, _)| (name, value)))
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        BufReader::new(stderr).read_to_string(&mut log).unwrap();
        log
    });
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    let key = said["link"].as_str().unwrap().split_once("key=").unwrap().1.to_owned();
    child.wait().unwrap();
    let log = log.join().unwrap();

    assert!(log.lines().count() > 100, "{log}");
    let mut with_actor = 0;
    for line in log.lines() {
        let line: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for field in ["ts", "level", "target", "message"] {
            assert!(line[field].is_string(), "no {field}: {line:#}");
        }
        with_actor += usize::from(line["actor"].is_string());
    }
    assert!(with_actor > 10, "few lines say who wrote them: {log}");
    let parts = SECRETS.map(|(name, _, part)| (name, part.to_owned()));
    let others = [("the link", key), ("the proxy", proxy_password.to_owned())];
    for (name, part) in parts.into_iter().chain(others) {
        let line = log.lines().find(|line| line.contains(&part));
        assert_eq!(line, None, "{name} can be read");
    }
}
