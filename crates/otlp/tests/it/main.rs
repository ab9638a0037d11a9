//! The client against a real server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use otlp::{Collector, CollectorSettings, Endpoint, ExportError, Headers, Receipt};

/// A collector that answers what its path says. Stopped when dropped.
struct Server {
    address: String,
    handle: ServerHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn server() -> Server {
    let server = HttpServer::new(|| {
        App::new()
            .route("/full/v1/traces", web::post().to(HttpResponse::Ok))
            .route("/part/v1/traces", web::post().to(part))
            .route("/busy/v1/traces", web::post().to(busy))
            .route("/echo/v1/traces", web::post().to(echo))
            .route("/moved/v1/traces", web::post().to(moved))
            .route("/slow/v1/traces", web::post().to(slow))
    });
    let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", server.addrs()[0]);
    let server = server.disable_signals().run();
    let handle = server.handle();
    actix_rt::spawn(server);
    Server { address, handle }
}

async fn part() -> HttpResponse {
    let body = r#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too\nlong"}}"#;
    HttpResponse::Ok().content_type("application/json").body(body)
}

async fn busy() -> HttpResponse {
    HttpResponse::TooManyRequests().insert_header(("Retry-After", "7")).finish()
}

async fn echo(request: HttpRequest) -> HttpResponse {
    let token = request.headers().get("authorization").unwrap().to_str().unwrap();
    HttpResponse::InternalServerError().body(format!("{token} is nobody {}", "x".repeat(100_000)))
}

async fn moved() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header(("Location", "/full/v1/traces")).finish()
}

async fn slow() -> HttpResponse {
    actix_rt::time::sleep(Duration::from_secs(60)).await;
    HttpResponse::Ok().finish()
}

async fn send(address: &str, timeout: Duration) -> Result<Receipt, ExportError> {
    let endpoint = Endpoint::parse(address).unwrap();
    let headers = Headers::parse("authorization=Bearer%20hunter2").unwrap();
    let settings = CollectorSettings { endpoint, headers, timeout };
    Collector::new(settings).unwrap().send(b"{}".to_vec()).await
}

const LONG: Duration = Duration::from_secs(30);

#[actix_rt::test]
async fn what_the_collector_keeps_is_told_and_what_it_does_not() {
    let server = server();
    let kept = send(&format!("{}/full", server.address), LONG).await.unwrap();
    assert_eq!(kept, Receipt::default());
    let part = send(&format!("{}/part", server.address), LONG).await.unwrap();
    assert_eq!((part.refused, part.said.as_deref()), (2, Some("too long")));
}

#[actix_rt::test]
async fn only_a_collector_that_is_busy_or_away_is_asked_again() {
    let server = server();
    let busy = send(&format!("{}/busy", server.address), LONG).await.unwrap_err();
    assert_eq!((busy.is_transient(), busy.retry_after()), (true, Some(Duration::from_secs(7))));
    let slow = send(&format!("{}/slow", server.address), Duration::from_millis(200)).await;
    assert_eq!(slow, Err(ExportError::TimedOut));
    let away = send("http://127.0.0.1:9", LONG).await.unwrap_err();
    assert!(matches!(away, ExportError::Unreachable(_)) && away.is_transient(), "{away:?}");
    for path in ["none", "moved"] {
        let refused = send(&format!("{}/{path}", server.address), LONG).await.unwrap_err();
        assert!(!refused.is_transient(), "{refused:?}");
    }
}

#[actix_rt::test]
async fn a_collector_that_repeats_our_token_does_not_make_us_repeat_it() {
    let server = server();
    let error = send(&format!("{}/echo", server.address), LONG).await.unwrap_err();
    let ExportError::Refused { status: 500, said } = &error else { panic!("{error:?}") };
    assert!(!said.contains("hunter2") && said.chars().count() <= 200, "{said}");
}
