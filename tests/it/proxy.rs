//! The service behind nginx, with the settings of `deploy/nginx` and real TLS.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use awc::ws::Frame;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::service::{Service, TOKEN};
use crate::tls;

const LONG: Duration = Duration::from_secs(40);

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|program| program.is_file())
}

/// A real nginx with the deployment's settings but for names and ports. Killed when dropped.
struct Proxy {
    nginx: Child,
    /// The page, the API and the live socket.
    site: String,
    /// Grafana.
    grafana: String,
    /// For Prometheus.
    metrics: String,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// In front of the service and of `grafana`; `None` where nginx is not installed.
    fn start(service: &Service, grafana: u16) -> Option<Self> {
        let Some(program) = find("nginx") else {
            let line =
                "SKIPPED: tests behind a proxy: nginx is not installed (Debian: nginx-light)";
            assert!(std::env::var("DUTCHBOOK_REQUIRE_ALL").as_deref() != Ok("1"), "{line}");
            eprintln!("{line}");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // Its workers are another user where this one is root.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let ports = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let ports = ports.map(|listener| listener.local_addr().unwrap().port());
        let conf = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/nginx/nginx.conf");
        let mut text = fs::read_to_string(conf).unwrap();
        for (theirs, ours) in [
            ("listen 8443 ", format!("listen 127.0.0.1:{} ", ports[0])),
            ("listen 8444 ", format!("listen 127.0.0.1:{} ", ports[1])),
            ("listen 9180;", format!("listen 127.0.0.1:{};", ports[2])),
            ("dutchbook:8080", format!("127.0.0.1:{}", service.port())),
            ("grafana:3000", format!("127.0.0.1:{grafana}")),
        ] {
            assert!(text.contains(theirs), "{theirs}");
            text = text.replace(theirs, &ours);
        }
        fs::write(folder.path().join("nginx.conf"), text).unwrap();
        let tls = folder.path().join("tls");
        fs::create_dir(&tls).unwrap();
        for name in ["certificate.pem", "key.pem"] {
            fs::copy(tls::fixture(name), tls.join(name)).unwrap();
        }
        let nginx = Command::new(program)
            .args(["-e", "stderr", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let [site, grafana, metrics] = ports;
        Some(Self {
            nginx,
            site: format!("https://localhost:{site}"),
            grafana: format!("https://localhost:{grafana}"),
            metrics: format!("http://127.0.0.1:{metrics}"),
            _folder: folder,
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The master would leave its workers behind if it were killed.
        let pid = self.nginx.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.nginx.wait();
    }
}

/// A stand-in for Grafana that gives back the head of the request it got.
fn echo_once() -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    (port, heard)
}

#[actix_rt::test]
async fn behind_the_proxy_people_sign_in_and_watch_live_and_nobody_lies_about_who_asks() {
    let settings = ["web.trusted_proxies=127.0.0.1", "web.allowed_hosts=localhost"];
    let service = Service::start_with(37, &settings);
    let (grafana, heard) = echo_once();
    let Some(proxy) = Proxy::start(&service, grafana) else { return };
    let (client, site) = (tls::client(&[b"http/1.1"]), proxy.site.as_str());
    let since = Instant::now();
    while !client.get(format!("{site}/health/live")).send().await.is_ok_and(|it| it.status() == 200)
    {
        assert!(since.elapsed() < LONG, "nothing is heard by way of the proxy");
        actix_rt::time::sleep(Duration::from_millis(50)).await;
    }

    let session = format!("{site}/api/v1/session");
    let link = client.post(format!("{session}/links"));
    let link = link.insert_header(("Authorization", format!("Bearer {TOKEN}")));
    let link: Value = link.send_json(&json!({})).await.unwrap().json().await.unwrap();
    let (page, key) = link["link"].as_str().unwrap().split_once("/#/login?key=").unwrap();
    assert_eq!(page, site, "a link names the page as people know it");
    let elsewhere = client.post(&session).insert_header((ORIGIN, "https://elsewhere.example"));
    assert_eq!(elsewhere.send_json(&json!({ "key": key })).await.unwrap().status(), 403);
    let signed_in = client.post(&session).insert_header((ORIGIN, site));
    let signed_in = signed_in.send_json(&json!({ "key": key })).await.unwrap();
    assert_eq!(signed_in.status(), 201);
    let cookie = signed_in.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();

    let socket = client.ws(format!("{site}/ws").replace("https", "wss"));
    let socket = socket.origin(site).header(COOKIE, pair).connect().await;
    let (answer, mut socket) = socket.unwrap();
    assert_eq!(answer.status(), 101);
    let first = actix_rt::time::timeout(LONG, socket.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(&first, Frame::Text(text) if text.starts_with(b"{")), "{first:?}");

    // One who claims to be on this machine, or another host, is not believed.
    let ready = client.get(format!("{site}/health/ready"));
    let claimed = ready.insert_header(("X-Forwarded-For", "::1")).send().await.unwrap();
    assert_eq!(claimed.status(), 401);
    let other = client.get(format!("{site}/openapi.json"));
    let other = other.insert_header(("Host", "elsewhere.example")).send().await.unwrap();
    assert_eq!(other.status(), 403);
    let other = client.get(format!("{site}/openapi.json"));
    let other =
        other.insert_header(("X-Forwarded-Host", "elsewhere.example")).send().await.unwrap();
    assert_eq!(other.status(), 401, "it is the proxy that says which host was asked");

    // Figures are for Prometheus, by its own way and with a token.
    let at = |base: &str| client.get(format!("{base}/metrics"));
    assert_eq!(at(site).send().await.unwrap().status(), 404);
    assert_eq!(at(&proxy.metrics).send().await.unwrap().status(), 401);
    let known = at(&proxy.metrics).insert_header(("Authorization", format!("Bearer {TOKEN}")));
    let mut figures = known.send().await.unwrap();
    assert_eq!(figures.status(), 200);
    let figures = figures.body().limit(4 << 20).await.unwrap();
    assert!(String::from_utf8_lossy(&figures).contains("\ndutchbook_ready "));

    let both = format!("{pair}; grafana_session=abc");
    let dashboard = client.get(format!("{}/d/x", proxy.grafana)).insert_header((COOKIE, both));
    assert_eq!(dashboard.send().await.unwrap().status(), 204);
    let head = heard.join().unwrap();
    assert!(head.contains("grafana_session=abc") && !head.contains("dutchbook_session"), "{head}");
}
