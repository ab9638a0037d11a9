//! People are told: through a webhook that the test keeps, by the real program.

mod hook;
mod program;

use std::process::Command;
use std::time::{Duration, Instant};

use awc::ws::Frame;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::service::{TOKEN, admin};
use hook::Hook;
use program::{Program, Stage};

/// For a loaded machine; nothing waits so long unless it fails.
const LONG: Duration = Duration::from_secs(150);

fn delivery(alert: &Value) -> &Value {
    &alert["deliveries"][0]
}

/// Waits until the message of an alert stands so.
async fn until_it_is(program: &Program, id: &str, state: &str) -> Value {
    let path = format!("/api/v1/alerts/{id}");
    program.until(&path, |alert| delivery(alert)["state"] == state).await
}

/// Asks again while who sends messages is still starting.
async fn send_test(program: &Program, key: &str) -> String {
    let body = json!({ "channel": "webhook" });
    let since = Instant::now();
    loop {
        let (status, said) = program.post("/api/v1/alerts/test", key, &body).await;
        if status == 202 {
            return said["id"].as_str().unwrap().to_owned();
        }
        assert!(status == 503 && since.elapsed() < LONG, "{status}: {said:#}");
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The first frame of that type that holds.
async fn frame(program: &Program, kind: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let url = format!("{}/ws", program.address.replace("http://", "ws://"));
    let (_, mut socket) = admin(TOKEN).ws(&url).connect().await.unwrap();
    program.post("/api/v1/halt", "halt-1", &json!({ "reason": "a test of the alarm" })).await;
    let since = Instant::now();
    loop {
        assert!(since.elapsed() < LONG, "no frame {kind}");
        let next = actix_rt::time::timeout(LONG, socket.next()).await.unwrap();
        let Some(Ok(Frame::Text(text))) = next else { continue };
        let frame: Value = serde_json::from_slice(&text).unwrap();
        if frame["type"] == kind && holds(&frame["data"]) {
            return frame;
        }
    }
}

#[actix_rt::test]
async fn a_halt_and_a_broken_actor_arrive_signed_and_are_listed_and_shown() {
    let hook = Hook::start();
    let stage = Stage::set(&["alerts.webhook.kinds=risk,service"]);
    let program = stage.start(&hook);
    program.until("/health/ready", |health| health["ready"] == true).await;
    program.until("/api/v1/risk", |risk| risk["reconciled"] == true).await;
    let system = program.get("/api/v1/system").await;
    assert_eq!(system["alerts"]["state"], "on", "{:#}", system["alerts"]);

    let is_halt = |alert: &Value| alert["title"] == "Trading is halted";
    let shown = frame(&program, "alert", is_halt).await;
    assert_eq!(shown["data"]["deliveries"][0]["channel"], "webhook", "{shown:#}");
    let told = hook.until_accepted(|body| is_halt(body)).await;
    assert!(told.is_signed(), "{:?}", told.headers);
    assert_eq!((&told.body["kind"], &told.body["severity"]), (&"risk".into(), &"warning".into()));
    assert!(told.body["text"].as_str().unwrap().contains("a test of the alarm"), "{:#}", told.body);
    assert_eq!(told.header("idempotency-key"), told.body["id"].as_str());
    let sent = |page: &Value| page["data"][0]["deliveries"][0]["state"] == "sent";
    let page = program.until("/api/v1/alerts?kind=risk", sent).await;
    assert_eq!(page["data"][0]["id"], told.body["id"], "{page:#}");

    assert_eq!(program.post("/api/v1/system/actors/books/kill", "kill", &json!({})).await.0, 202);
    let told = hook.until_accepted(|body| body["title"] == "books broke down").await;
    assert_eq!(told.body["kind"], "service");
    hook.until_pinged().await;
    for path in
        ["/api/v1/alerts?kind=gossip", "/api/v1/alerts?state=lost", "/api/v1/alerts?limit=0"]
    {
        assert_eq!(program.status(path).await, 400, "{path}");
    }
    assert_eq!(program.status("/api/v1/alerts/nothing").await, 404);
    for (arguments, wanted) in [
        (&["alerts"][..], "Trading is halted"),
        (&["alerts", "channels"][..], "People are told by webhook."),
        (&["alerts", "--state", "dead"][..], "None."),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutchbook"));
        command.args(arguments).args(["--url", &program.address]).env("DUTCHBOOK_TOKEN", TOKEN);
        let said = command.output().unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success() && text.contains(wanted), "{arguments:?}: {text}");
    }
}

#[actix_rt::test]
async fn what_fails_is_tried_again_and_nothing_is_lost_or_repeated_over_a_kill() {
    let hook = Hook::start();
    let stage = Stage::set(&["alerts.webhook.kinds=risk", "alerts.webhook.severity_min=critical"]);
    let program = stage.start(&hook);
    program.until("/health/ready", |health| health["ready"] == true).await;

    let first = send_test(&program, "first").await;
    assert_eq!(send_test(&program, "first").await, first, "the same key is the same message");
    let alert = until_it_is(&program, &first, "sent").await;
    assert_eq!((&alert["kind"], &delivery(&alert)["tries"]), (&"test".into(), &1.into()));
    let (status, said) =
        program.post("/api/v1/alerts/test", "other", &json!({ "channel": "slack" })).await;
    assert_eq!((status, &said["code"]), (409, &"channel_off".into()), "{said:#}");
    assert_eq!(program.post_without_token("/api/v1/alerts/test").await, 401);

    hook.answer_next(&[500, 503]);
    let second = send_test(&program, "second").await;
    let alert = until_it_is(&program, &second, "sent").await;
    assert_eq!(delivery(&alert)["tries"], 3, "{alert:#}");
    assert_eq!((hook.tried(&second), hook.accepted(&second)), (3, 1));

    hook.answer_next(&[410]);
    let third = send_test(&program, "third").await;
    let alert = until_it_is(&program, &third, "dead").await;
    assert!(delivery(&alert)["problem"].as_str().unwrap().contains("410"), "{alert:#}");
    let dead = program.get("/api/v1/alerts?state=dead").await;
    assert_eq!(dead["data"].as_array().map(Vec::len), Some(1), "{dead:#}");
    let channels = program.get("/api/v1/alerts/channels").await;
    let webhook =
        channels["channels"].as_array().unwrap().iter().find(|it| it["name"] == "webhook");
    assert_eq!(webhook.unwrap()["dead"], 1, "{channels:#}");

    hook.answer_always(503);
    let fourth = send_test(&program, "fourth").await;
    let path = format!("/api/v1/alerts/{fourth}");
    program.until(&path, |alert| delivery(alert)["tries"].as_u64() >= Some(1)).await;
    program.kill();
    hook.answer_always(200);
    let program = stage.start(&hook);
    let alert = until_it_is(&program, &fourth, "sent").await;
    assert_eq!(delivery(&alert)["sent_at"].as_str().map(str::is_empty), Some(false));
    let counts = [&first, &second, &third, &fourth].map(|id| hook.accepted(id));
    assert_eq!(counts, [1, 1, 0, 1]);
    assert_eq!(send_test(&program, "first").await, first, "a key outlives the process");
    let fifth = send_test(&program, "fifth").await;
    until_it_is(&program, &fifth, "sent").await;
    assert_eq!(hook.accepted(&first), 1);
}

#[actix_rt::test]
async fn other_rules_are_in_force_at_once_outlive_a_crash_and_are_taken_back() {
    let hook = Hook::start();
    let stage = Stage::set(&[]);
    stage.write("[alerts.webhook]\nkinds = [\"service\"]\n");
    let program = stage.start(&hook);
    program.until("/health/ready", |health| health["ready"] == true).await;
    program.until("/api/v1/risk", |risk| risk["reconciled"] == true).await;
    let held = async |at_least: u64| {
        let is_held = |page: &Value| {
            let channels = page["channels"].as_array().unwrap();
            let webhook = channels.iter().find(|it| it["name"] == "webhook").unwrap();
            webhook["held"].as_u64() >= Some(at_least)
        };
        program.until("/api/v1/alerts/channels", is_held).await;
    };
    let halt = async |why: &str| {
        let key = why.replace(' ', "-");
        let (status, said) = program.post("/api/v1/halt", &key, &json!({ "reason": why })).await;
        assert_eq!(status, 200, "{said:#}");
        program.post("/api/v1/resume", &format!("after-{key}"), &json!({})).await;
    };
    halt("before").await;
    held(1).await;

    stage
        .write("[alerts]\nrepeat_after_s = 1\n[alerts.webhook]\nkinds = [\"risk\", \"service\"]\n");
    let (code, said) = stage.order(&program, &["config", "reload", "--preview"]);
    assert!(code == Some(0) && said.contains("Nothing was changed."), "{code:?}: {said}");
    assert!(said.contains(r#"alerts.webhook.kinds  ["service"] -> ["risk","service"]"#), "{said}");
    let (code, said) = stage.order(&program, &["config", "reload"]);
    assert!(code == Some(0) && said.contains("In force."), "{code:?}: {said}");
    let is_about = |why: &'static str| {
        move |body: &Value| body["text"].as_str().is_some_and(|text| text.contains(why))
    };
    halt("after the change").await;
    hook.until_accepted(is_about("after the change")).await;

    let (status, said) =
        program.post("/api/v1/system/actors/alert-sender/kill", "kill", &json!({})).await;
    assert_eq!(status, 202, "{said:#}");
    hook.until_accepted(|body| body["title"] == "alert-sender broke down").await;
    halt("after a crash").await;
    hook.until_accepted(is_about("after a crash")).await;

    stage.write("[alerts.telegram]\nchat = \"-100\"\n");
    let (code, said) = stage.order(&program, &["config", "reload"]);
    assert!(
        code == Some(5) && said.contains("needs a restart: alerts.telegram.chat."),
        "{code:?}: {said}"
    );
    let (code, said) = stage.order(&program, &["config", "rollback", "--json"]);
    let back: Value = serde_json::from_str(
        &said[said.find('{').unwrap_or_default()..said.rfind('}').map_or(0, |at| at + 1)],
    )
    .unwrap();
    assert!(code == Some(0) && back["step"] == "apply", "{code:?}: {said}");
    halt("after the way back").await;
    held(1).await;
    let texts = program.get("/api/v1/alerts?kind=risk").await;
    let told = texts["data"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap());
    let told: Vec<_> = told.collect();
    assert!(!told.iter().any(|text| text.contains("after the way back")), "{told:#?}");
}
