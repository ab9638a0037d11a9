//! `dutchbook health`, and what a service manager hears.

use std::os::unix::net::UnixDatagram;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::service::{Service, TOKEN};

const LONG: Duration = Duration::from_secs(60);

fn health(options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .arg("health")
        .args(options)
        .env("DUTCHBOOK_TOKEN", TOKEN)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

/// Asks again until it ends with this code.
async fn until(options: &[&str], code: i32) -> Output {
    let since = Instant::now();
    loop {
        let said = health(options);
        if said.status.code() == Some(code) {
            return said;
        }
        assert!(since.elapsed() < LONG, "{options:?} did not come to end with {code}: {said:?}");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
}

#[actix_rt::test]
async fn health_ends_with_what_there_is_to_know_of_the_service() {
    let mut service = Service::start(31);
    let url = service.address.clone();
    let ready = until(&["--url", &url], 0).await;
    assert_eq!(String::from_utf8_lossy(&ready.stdout), "ready\n");
    let said: Value = serde_json::from_slice(&health(&["--json", "--url", &url]).stdout).unwrap();
    assert_eq!(said, json!({ "ready": true, "missing": [] }));

    service.fault(json!({ "fault": "outage", "for_ms": 60_000 })).await;
    let not = until(&["--url", &url], 4).await;
    assert!(String::from_utf8_lossy(&not.stderr).contains("not ready: "), "{not:?}");
    let live = health(&["--live", "--url", &url]);
    assert_eq!((live.status.code(), &*live.stdout), (Some(0), &b"alive\n"[..]), "it still answers");

    let stranger = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["health", "--url", &url])
        .env("DUTCHBOOK_TOKEN", "another-token-of-thirty-two-characters")
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(stranger.status.code(), Some(4), "on this machine nobody must be known");

    service.terminate();
    let gone = health(&["--live", "--json", "--url", &url]);
    assert_eq!(gone.status.code(), Some(6), "{gone:?}");
    let said: Value = serde_json::from_slice(&gone.stdout).unwrap();
    assert_eq!(said["reached"], false);
}

#[actix_rt::test]
async fn a_link_made_on_this_machine_names_the_page_as_people_know_it() {
    let service = Service::start_with(33, &["alerts.page_url=https://desk.example:8443"]);
    assert!(service.link.starts_with("https://desk.example:8443/#/login?key="));
    let since = Instant::now();
    loop {
        let said = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
            .args(["link", "--url", &service.address])
            .env("DUTCHBOOK_TOKEN", TOKEN)
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        if said.status.success() {
            let text = String::from_utf8_lossy(&said.stdout).into_owned();
            assert!(text.contains("https://desk.example:8443/#/login?key="), "{text}");
            return;
        }
        assert!(since.elapsed() < LONG, "{said:?}");
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
}

#[test]
fn the_service_manager_hears_that_it_is_up_and_that_it_turns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(["demo", "--json", "--port", "0", "--seconds", "60", "--set", "web.ws_port=0"])
        .args(["--set", &format!("store.data_dir={}", folder.path().display())])
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "600000")
        .env_remove("WATCHDOG_PID")
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (mut beats, mut is_up) = (0, false);
    while !is_up || beats < 3 {
        let mut heard = [0; 256];
        let length = socket.recv(&mut heard).unwrap();
        match std::str::from_utf8(&heard[..length]).unwrap().trim_end() {
            "READY=1" => {
                assert!(!is_up, "it comes up once");
                is_up = true;
            }
            "WATCHDOG=1" => beats += 1,
            status if status.starts_with("STATUS=") => {}
            other => unreachable!("{other}"),
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_dutchbook")).args(args).output();
    for shell in ["bash", "zsh", "fish"] {
        let said = run(&["completions", shell]).unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(text.contains("whatif") && text.contains("health"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let said = run(&["man-pages", &folder.path().display().to_string()]).unwrap();
    assert!(said.status.success(), "{said:?}");
    for page in ["dutchbook.1", "dutchbook-run.1", "dutchbook-config-show.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).unwrap();
        assert!(text.contains(".TH"), "{page}");
    }
    assert!(!folder.path().join("dutchbook-man-pages.1").exists());
}
