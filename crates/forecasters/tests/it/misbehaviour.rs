//! Providers that do not keep to the protocol.

use std::time::Duration;

use forecasters::{Billed, Cause, Forecaster, ForecasterError, Retry};

use crate::support::{LIMIT, Scripted, TOKENS_MAX, answer, model, prompt};

const GOOD: &str = r#"{"choices":[{"message":{"content":"{}"}}]}"#;

async fn error_of(answers: Vec<String>) -> ForecasterError {
    let server = Scripted::serve(answers).await;
    server.model().ask(&prompt("Will it?"), TOKENS_MAX, LIMIT).await.unwrap_err()
}

#[tokio::test]
async fn too_many_requests_are_told_with_the_wait_and_not_repeated_here() {
    let server = Scripted::serve(vec![
        answer("429 Too Many Requests", "Retry-After: 7\r\n", "{}"),
        answer("200 OK", "", GOOD),
    ])
    .await;
    let error = server.model().ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert_eq!(error.billed, Billed::Nothing);
    assert_eq!(server.asked.lock().await.len(), 1, "the client retried on its own");
}

#[tokio::test]
async fn a_server_error_is_worth_a_retry_and_is_not_repeated_here() {
    let server = Scripted::serve(vec![
        answer("503 Service Unavailable", "", "<html>"),
        answer("200 OK", "", GOOD),
    ])
    .await;
    let error = server.model().ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap_err();
    assert_eq!((&error.cause, error.retry()), (&Cause::Unavailable { status: 503 }, Retry::Soon));
    assert_eq!(server.asked.lock().await.len(), 1, "the client retried on its own");
}

#[tokio::test]
async fn a_refused_key_is_not_worth_a_retry_and_is_not_repeated_in_words() {
    let body = r#"{"error":{"message":"Incorrect API key provided: test-key","type":"x"}}"#;
    let error = error_of(vec![answer("401 Unauthorized", "", body)]).await;
    assert_eq!((&error.cause, error.retry()), (&Cause::KeyRefused { status: 401 }, Retry::Never));
    assert!(!error.to_string().contains("test-key"), "{error}");
}

#[tokio::test]
async fn a_body_without_end_is_given_up_at_its_limit() {
    let endless = format!("{{\"choices\":\"{}\"}}", "x".repeat(3 << 20));
    let error = error_of(vec![answer("200 OK", "", &endless)]).await;
    assert!(matches!(error.cause, Cause::TooLarge { .. }), "{error}");
    assert_eq!(error.billed, Billed::Unknown);
}

#[tokio::test]
async fn an_answer_cut_off_on_its_way_may_have_cost_anything() {
    let torn = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\":[{\"mess".to_owned();
    let error = error_of(vec![torn]).await;
    assert!(matches!(error.cause, Cause::Unreachable(_)), "{error}");
    assert_eq!(error.billed, Billed::Unknown);
}

#[tokio::test]
async fn a_page_instead_of_json_is_garbled() {
    let error = error_of(vec![answer("200 OK", "", "<html>welcome</html>")]).await;
    assert_eq!(error.cause, Cause::Garbled("it is not JSON"));
}

#[tokio::test]
async fn a_redirect_is_not_followed_so_that_nobody_else_sees_the_key() {
    let elsewhere = Scripted::serve(vec![answer("200 OK", "", GOOD)]).await;
    let header = format!("Location: http://{}/v1/chat/completions\r\n", elsewhere.addr);
    let error = error_of(vec![answer("307 Temporary Redirect", &header, "")]).await;
    assert!(matches!(error.cause, Cause::Rejected { status: 307, .. }), "{error}");
    assert!(elsewhere.asked.lock().await.is_empty(), "the key went elsewhere");
}

#[tokio::test]
async fn a_provider_that_never_answers_costs_its_limit_of_time_and_no_more() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let model = model(format!("http://{}/v1", listener.local_addr().unwrap()));
    let limit = Duration::from_millis(200);
    let error = model.ask(&prompt("Q"), TOKENS_MAX, limit).await.unwrap_err();
    assert_eq!(error.cause, Cause::Timeout { after_ms: 200 });
    assert_eq!(error.billed, Billed::Unknown, "it may have been answered and paid");
}

#[tokio::test]
async fn a_provider_that_is_not_there_costs_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let model = model(format!("http://{addr}/v1"));
    let error = model.ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unreachable(_)), "{error}");
    assert_eq!((error.billed, error.retry()), (Billed::Nothing, Retry::Soon));
}

#[tokio::test]
async fn an_endpoint_that_knows_no_schema_is_asked_for_an_object_and_then_for_text() {
    let no = |field: &str| {
        let body = format!(r#"{{"error":{{"message":"Unknown value for {field}","param":null}}}}"#);
        answer("400 Bad Request", "", &body)
    };
    let good = answer("200 OK", "", GOOD);
    let answers =
        vec![no("response_format"), no("response_format.type json_object"), good.clone(), good];
    let server = Scripted::serve(answers).await;
    let model = server.model();
    assert_eq!(model.ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap().text, "{}");
    assert_eq!(model.ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap().text, "{}");
    let asked = server.asked.lock().await;
    let forms: Vec<_> = asked
        .iter()
        .map(|request| (request.contains("\"json_schema\""), request.contains("\"json_object\"")))
        .collect();
    assert_eq!(forms, [(true, false), (false, true), (false, false), (false, false)]);
}

#[tokio::test]
async fn another_refusal_is_told_and_leaves_the_form_as_it_was() {
    let body = r#"{"error":{"message":"context length\nexceeded","param":"messages"}}"#;
    let server = Scripted::serve(vec![answer("400 Bad Request", "", body)]).await;
    let error = server.model().ask(&prompt("Q"), TOKENS_MAX, LIMIT).await.unwrap_err();
    let said = "messages: context length exceeded".to_owned();
    assert_eq!(error.cause, Cause::Rejected { status: 400, said });
    assert_eq!(server.asked.lock().await.len(), 1);
}
