//! What becomes of wishes to cancel.

use std::time::Duration;

use domain::{ConditionId, TokenId};
use polymarket::clob::private::{CancelError, CancelOutcome, CancelScope, Doubt, RejectCode};
use polymarket::http::{Excerpt, VenueError};

use super::{Asked, KEY, NOW, client_of, id, quick, scene};
use crate::support::answer;

fn words(text: &str) -> Excerpt {
    Excerpt::of(text.as_bytes())
}

fn done(text: &str) -> CancelOutcome {
    CancelOutcome::AlreadyDone { text: words(text) }
}

fn unknown(text: &str) -> CancelOutcome {
    CancelOutcome::Unknown { text: words(text) }
}

#[actix_rt::test]
async fn an_order_that_was_already_matched_is_not_taken_for_cancelled() {
    for (text, want) in [
        ("Order not found or already canceled", done("Order not found or already canceled")),
        ("Order already matched", done("Order already matched")),
        ("already canceled or matched", done("already canceled or matched")),
        ("the order is already canceled", done("the order is already canceled")),
        ("it is being held", unknown("it is being held")),
        ("", unknown("")),
    ] {
        let told = format!(r#"{{"canceled":[],"not_canceled":{{"{}":"{text}"}}}}"#, id(1));
        let (client, _requests) = scene(vec![answer("200 OK", "", &told)]);
        assert_eq!(client.cancel(id(1)).await, Ok(want), "{text}");
    }
    let told = format!(r#"{{"canceled":["{}"],"not_canceled":{{}}}}"#, id(1));
    let (client, _requests) = scene(vec![answer("200 OK", "", &told)]);
    assert_eq!(client.cancel(id(1)).await, Ok(CancelOutcome::Cancelled));
    let (client, _requests) =
        scene(vec![answer("404 Not Found", "", r#"{"error":"Order not found"}"#)]);
    assert_eq!(client.cancel(id(1)).await, Ok(done("Order not found")));
}

#[actix_rt::test]
async fn an_order_that_the_answer_does_not_name_or_names_twice_is_not_surely_gone() {
    let told = format!(r#"{{"canceled":["{0}"],"not_canceled":{{"{0}":"busy"}}}}"#, id(1));
    let (client, _requests) = scene(vec![
        answer("200 OK", "", &told),
        answer("200 OK", "", r#"{"canceled":[],"not_canceled":{}}"#),
    ]);
    assert_eq!(client.cancel(id(1)).await, Ok(unknown("busy")));
    assert_eq!(client.cancel(id(1)).await, Ok(unknown("")));
}

#[actix_rt::test]
async fn many_orders_go_out_a_thousand_at_a_time_and_one_bad_request_spoils_only_its_own() {
    let orders: Vec<_> = (0..2_001u32)
        .map(|n| {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            domain::OrderId::from_bytes(bytes)
        })
        .collect();
    let gone = |ids: &[domain::OrderId]| {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        answer("200 OK", "", &serde_json::json!({ "canceled": ids }).to_string())
    };
    let (client, requests) = scene(vec![
        gone(&orders[..1_000]),
        answer("500 Internal Server Error", "", ""),
        gone(&orders[2_000..]),
    ]);
    let outcomes = client.cancel_many(&orders).await;
    assert_eq!(outcomes.len(), orders.len());
    for (at, (order, outcome)) in outcomes.iter().enumerate() {
        assert_eq!(*order, orders[at]);
        match at {
            1_000..2_000 => assert!(matches!(outcome, Err(CancelError::Ambiguous(_)))),
            _ => assert_eq!(outcome, &Ok(CancelOutcome::Cancelled)),
        }
    }
    let sizes: Vec<_> = requests
        .try_iter()
        .map(|request| {
            let asked = Asked::read(&request);
            assert_eq!((&*asked.method, &*asked.target), ("DELETE", "/orders"));
            serde_json::from_str::<Vec<String>>(&asked.body).unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [1_000, 1_000, 1]);
}

#[actix_rt::test]
async fn a_sweep_tells_each_order_once_and_counts_what_it_cannot_read() {
    let told = format!(
        r#"{{"canceled":["{}","{}","7"],"notCanceled":{{"{}":"already matched"}}}}"#,
        id(1),
        id(1),
        id(2)
    );
    let (client, requests) = scene(vec![
        answer("200 OK", "", &told),
        answer("200 OK", "", &told),
        answer("200 OK", "", r#"{"canceled":null}"#),
    ]);
    let report = client.cancel_all().await.unwrap();
    assert_eq!(report.cancelled().collect::<Vec<_>>(), [id(1)]);
    assert_eq!(
        report.orders,
        [(id(2), done("already matched")), (id(1), CancelOutcome::Cancelled)]
    );
    assert_eq!(report.unreadable, 1);
    let (market, token) = (ConditionId::from_bytes([7; 32]), TokenId::from_words([0, 0, 0, 5]));
    client.cancel_scope(CancelScope::Both(market, token)).await.unwrap();
    let empty = client.cancel_scope(CancelScope::Token(token)).await.unwrap();
    assert!(empty.orders.is_empty() && empty.unreadable == 0);
    let asked: Vec<_> = requests.try_iter().map(|request| Asked::read(&request)).collect();
    assert_eq!((&*asked[0].target, &*asked[0].body), ("/cancel-all", ""));
    let both = format!(r#"{{"market":"{market}","asset_id":"5"}}"#);
    assert_eq!((&*asked[1].target, &*asked[1].body), ("/cancel-market-orders", &*both));
}

#[actix_rt::test]
async fn a_cancellation_that_may_have_worked_is_told_apart_from_one_that_did_not() {
    let attempt = async |status: &str, body: &str| {
        let spare = answer("200 OK", "", "{}");
        let (client, requests) = scene(vec![answer(status, "", body), spare]);
        let outcome = client.cancel_all().await;
        assert_eq!(requests.try_iter().count(), 1, "not repeated by the client");
        outcome
    };
    for (status, body) in [
        ("500 Internal Server Error", ""),
        ("502 Bad Gateway", "<html>"),
        ("200 OK", "[]"),
        ("200 OK", "yes"),
        ("200 OK", r#"{"canceled":["0x"#),
    ] {
        let outcome = attempt(status, body).await;
        assert!(matches!(outcome, Err(CancelError::Ambiguous(_))), "{status} {body}: {outcome:?}");
    }
    for (status, body, code) in [
        ("401 Unauthorized", r#"{"error":"Invalid API key"}"#, RejectCode::Unauthorized),
        ("425 Too Early", "", RejectCode::Restarting),
        (
            "503 Service Unavailable",
            r#"{"error":"trading is disabled"}"#,
            RejectCode::TradingDisabled,
        ),
        ("400 Bad Request", r#"{"error":"Invalid orderID"}"#, RejectCode::Unknown),
    ] {
        let outcome = attempt(status, body).await;
        assert!(
            matches!(&outcome, Err(CancelError::Refused(r)) if r.code == code),
            "{status} {body}: {outcome:?}"
        );
    }
}

#[actix_rt::test]
async fn silence_leaves_a_cancellation_open_and_no_connection_does_not() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client_of(&quick(silent.local_addr().unwrap()), KEY, NOW);
    let timeout = VenueError::Timeout { after: Duration::from_millis(500) };
    let ambiguous = Err(CancelError::Ambiguous(Doubt::Transport(timeout)));
    assert_eq!(client.cancel(id(1)).await, ambiguous);
    drop(silent);
    assert!(matches!(client.cancel(id(1)).await, Err(CancelError::NotSent(_))));
}
