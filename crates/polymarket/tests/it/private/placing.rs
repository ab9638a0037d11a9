//! Every way an order can be answered, and not answered.

use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use domain::TradeId;
use polymarket::clob::private::{
    AcceptedStatus, Doubt, PlaceOutcome, RejectCode, Restriction, TooManyOrders,
};
use polymarket::http::{Group, Retry, VenueError};

use super::{Asked, KEY, NOW, body, client_of, id, quick, scene};
use crate::support::{answer, read_request};

/// What became of one order that was answered like this, and that it was sent once.
async fn placed(reply: Vec<u8>) -> PlaceOutcome {
    let spare = answer("200 OK", "", "{}");
    let (client, requests) = scene(vec![reply, spare.clone(), spare]);
    let outcome = client.place(id(1), body()).await;
    assert_eq!(requests.try_iter().count(), 1, "sent once, whatever the answer");
    outcome
}

async fn placed_with(status: &str, body: &str) -> PlaceOutcome {
    placed(answer(status, "", body)).await
}

fn accepted(status: AcceptedStatus) -> PlaceOutcome {
    PlaceOutcome::Accepted {
        order: id(1),
        status,
        making_micros: None,
        taking_micros: None,
        trades: vec![],
        transactions: vec![],
    }
}

fn told(status: &str) -> String {
    format!(r#"{{"success":true,"orderID":"{}","status":"{status}","errorMsg":""}}"#, id(1))
}

#[actix_rt::test]
async fn an_accepted_order_rests_has_matched_or_is_held() {
    for (word, status) in [
        ("live", AcceptedStatus::Live),
        ("delayed", AcceptedStatus::Delayed),
        ("matched", AcceptedStatus::Matched),
    ] {
        assert_eq!(placed_with("200 OK", &told(word)).await, accepted(status));
    }
    assert_eq!(
        placed_with("200 OK", &told("unmatched")).await,
        PlaceOutcome::Unmatched { order: id(1) }
    );
    let matched = format!(
        r#"{{"success":true,"orderID":"{}","status":"matched","makingAmount":"5.2",
            "takingAmount":"10","tradeIDs":["t1","t2"],"transactionsHashes":null}}"#,
        id(1)
    );
    let PlaceOutcome::Accepted { making_micros, taking_micros, trades, .. } =
        placed_with("200 OK", &matched).await
    else {
        panic!("not accepted")
    };
    assert_eq!((making_micros, taking_micros), (Some(5_200_000), Some(10_000_000)));
    assert_eq!(trades, ["t1", "t2"].map(|id| TradeId(id.to_owned())));
}

#[actix_rt::test]
async fn the_bytes_that_are_signed_are_the_bytes_that_are_sent() {
    let (client, requests) = scene(vec![answer("200 OK", "", &told("live"))]);
    let _ = client.place(id(1), body()).await;
    let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
    assert_eq!((&*asked.method, &*asked.target), ("POST", "/order"));
    assert_eq!(asked.body.as_bytes(), &*body());
    let identity = client.identity();
    let signer = identity.account.signer();
    let signed = identity.credentials.l2_headers(signer, "POST", "/order", &body(), NOW.0 / 1_000);
    for (name, value) in signed {
        assert_eq!(asked.header(name), Some(&*value), "{name}");
    }
}

#[actix_rt::test]
async fn what_leaves_it_open_is_never_a_refusal() {
    let other = told("live").replace(&id(1).to_string(), &id(2).to_string());
    let complaint = told("live").replace(r#""errorMsg":"""#, r#""errorMsg":"oh, invalid nonce""#);
    let error = |text: &str| format!(r#"{{"error":"{text}"}}"#);
    for (status, text) in [
        ("500 Internal Server Error", error("could not run the execution")),
        ("500 Internal Server Error", error("there are no matching orders")),
        ("502 Bad Gateway", "<html>bad gateway</html>".to_owned()),
        ("503 Service Unavailable", "<html>no healthy upstream</html>".to_owned()),
        ("504 Gateway Timeout", String::new()),
        ("408 Request Timeout", String::new()),
        ("400 Bad Request", error("order match delayed due to market conditions")),
        ("400 Bad Request", "<html>not from the venue</html>".to_owned()),
        ("302 Found", String::new()),
        ("200 OK", r#"{"success":true,"orderID":"","status":"live"}"#.to_owned()),
        ("200 OK", r#"{"success":false,"orderID":"","status":"","errorMsg":""}"#.to_owned()),
        ("200 OK", "{}".to_owned()),
        ("200 OK", "[]".to_owned()),
        ("200 OK", "true".to_owned()),
        ("200 OK", "<html>welcome</html>".to_owned()),
        ("200 OK", told("dancing")),
        ("200 OK", other),
        ("200 OK", complaint),
    ] {
        let outcome = placed_with(status, &text).await;
        assert!(matches!(outcome, PlaceOutcome::Ambiguous { .. }), "{status} {text}: {outcome:?}");
    }
}

#[actix_rt::test]
async fn a_torn_answer_leaves_it_open_whatever_its_status() {
    let torn = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: 500\r\n\r\n{body}").into_bytes()
    };
    // A torn 400 may have said that the order had arrived before.
    for raw in [
        torn("200 OK", &told("live")),
        torn("400 Bad Request", r#"{"error":"order 0x1 is invalid. Dup"#),
        torn("400 Bad Request", r#"{"error":"invalid nonce"}"#),
        torn("503 Service Unavailable", r#"{"error":"trading is dis"#),
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        vec![],
    ] {
        let shown = String::from_utf8_lossy(&raw).into_owned();
        let outcome = placed(raw).await;
        assert!(matches!(outcome, PlaceOutcome::Ambiguous { .. }), "{shown}: {outcome:?}");
    }
}

#[actix_rt::test]
async fn an_order_that_had_arrived_before_is_told_as_that() {
    let text = format!(r#"{{"error":"order {} is invalid. Duplicated."}}"#, id(1));
    let duplicated = PlaceOutcome::Duplicated { order: id(1) };
    assert_eq!(placed_with("400 Bad Request", &text).await, duplicated);
    let item = r#"{"success":false,"orderID":"","errorMsg":"order 0x is invalid. Duplicated."}"#;
    assert_eq!(placed_with("200 OK", item).await, duplicated);
}

#[actix_rt::test]
async fn silence_after_sending_leaves_it_open_and_no_connection_means_not_sent() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let client = client_of(&quick(address), KEY, NOW);
    let outcome = client.place(id(1), body()).await;
    let timeout = VenueError::Timeout { after: Duration::from_millis(500) };
    assert_eq!(outcome, PlaceOutcome::Ambiguous { why: Doubt::Transport(timeout) });
    drop(silent);
    let outcome = client.place(id(1), body()).await;
    let PlaceOutcome::NotSent { why } = outcome else { panic!("{outcome:?}") };
    assert_eq!(why.retry(), Retry::Backoff);
}

/// The connection of the first order is kept; the server reads the second order and goes away.
#[actix_rt::test]
async fn a_kept_connection_that_dies_under_an_order_is_not_replaced_by_another() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        let body = told("live");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let second = read_request(&mut stream);
        drop(stream);
        listener.set_nonblocking(true).unwrap();
        thread::sleep(Duration::from_millis(300));
        (second, listener.accept().is_ok())
    });
    let client = client_of(&quick(address), KEY, NOW);
    assert_eq!(client.place(id(1), body()).await, accepted(AcceptedStatus::Live));
    let outcome = client.place(id(1), body()).await;
    assert!(matches!(outcome, PlaceOutcome::Ambiguous { .. }), "{outcome:?}");
    let (second, came_again) = server.join().unwrap();
    assert!(second.starts_with("POST /order "), "the connection was used again");
    assert!(!came_again, "the order was sent twice");
}

#[actix_rt::test]
async fn every_documented_refusal_has_its_code() {
    use RejectCode as Code;
    for (text, code) in [
        ("not enough balance / allowance: the balance is 5", Code::NotEnoughBalance),
        ("order 0x1 is invalid. Price (0.5) breaks minimum tick size rule: 0.1", Code::TickSize),
        ("order 0x1 is invalid. Size (1) lower than the minimum: 5", Code::SizeTooSmall),
        ("invalid amount for a marketable BUY order ($0.5), min size: $1", Code::SizeTooSmall),
        ("invalid post-only order: order crosses book", Code::CrossesBook),
        ("order 0x1 crosses the book", Code::CrossesBook),
        (
            "order couldn't be fully filled. FOK orders are fully filled or killed.",
            Code::FokNotFilled,
        ),
        (
            "no orders found to match with FAK order. FAK orders are partially filled or killed \
             if no match is found.",
            Code::FakNoMatch,
        ),
        ("the market is not yet ready to process new orders", Code::MarketNotReady),
        ("'0x1' address in closed only mode", Code::ClosedOnly),
        ("'0x1' address banned", Code::Banned),
        ("maker address not allowed, please use the deposit wallet flow", Code::MakerNotAllowed),
        ("the order signer address has to be the address of the API KEY", Code::SignerNotApiKey),
        ("the order owner has to be the owner of the API KEY", Code::OwnerNotApiKey),
        ("order_version_mismatch", Code::VersionMismatch),
        ("invalid expiration", Code::InvalidExpiration),
        ("invalid nonce", Code::InvalidNonce),
        (
            "invalid amounts, the market buy orders maker amount supports a max accuracy of 2 \
             decimals, taker amount a max of 4 decimals",
            Code::Rounding,
        ),
        ("order canceled in the CTF exchange contract", Code::CancelledOnChain),
        ("Invalid order payload", Code::InvalidPayload),
        ("Too many orders in payload: 16, max allowed: 15", Code::TooManyOrders),
        ("a new way to say no", Code::Unknown),
    ] {
        let refusal = serde_json::json!({ "error": text }).to_string();
        let outcome = placed_with("400 Bad Request", &refusal).await;
        let PlaceOutcome::Rejected(refused) = outcome else { panic!("{text}: {outcome:?}") };
        assert_eq!((refused.code, refused.text.as_str()), (code, text));
        let item = serde_json::json!({ "success": true, "orderID": "", "errorMsg": text });
        let outcome = placed_with("200 OK", &item.to_string()).await;
        assert!(
            matches!(&outcome, PlaceOutcome::Rejected(r) if r.code == code),
            "{text}: {outcome:?}"
        );
    }
}

#[actix_rt::test]
async fn a_long_refusal_is_kept_short() {
    let text = format!(r#"{{"error":"{}"}}"#, "no ".repeat(1_000));
    let PlaceOutcome::Rejected(refused) = placed_with("400 Bad Request", &text).await else {
        panic!("not refused")
    };
    assert!(refused.text.as_str().chars().count() <= 200);
}

#[actix_rt::test]
async fn the_venues_modes_are_told_apart_by_status_and_code_with_their_waits() {
    let refused = async |status: &str, headers: &str, body: &str| {
        let outcome = placed(answer(status, headers, body)).await;
        let PlaceOutcome::Rejected(refusal) = outcome else { panic!("{status}: {outcome:?}") };
        (refusal.restriction(), refusal.retry())
    };
    let wait = |seconds| Some(Duration::from_secs(seconds));
    let after = |seconds| Retry::After(Duration::from_secs(seconds));
    assert_eq!(
        refused("425 Too Early", "Retry-After: 3\r\n", "service not ready").await,
        (Some(Restriction::Restarting { retry_after: wait(3) }), after(3))
    );
    assert_eq!(
        refused("425 Too Early", "", "").await,
        (Some(Restriction::Restarting { retry_after: None }), Retry::Backoff)
    );
    let post_only = r#"{"error":"whatever","code":"post_only_mode","retry_after_seconds":79}"#;
    assert_eq!(
        refused("503 Service Unavailable", "", post_only).await,
        (Some(Restriction::PostOnly { retry_after: wait(79) }), after(79))
    );
    let paused = r#"{"error":"Trading is currently cancel-only."}"#;
    assert_eq!(
        refused("503 Service Unavailable", "", paused).await,
        (Some(Restriction::TradingDisabled), Retry::Never)
    );
    let region = r#"{"error":"Trading restricted in your region"}"#;
    assert_eq!(
        refused("403 Forbidden", "", region).await,
        (Some(Restriction::RegionBlocked), Retry::Never)
    );
    assert_eq!(
        refused("429 Too Many Requests", "Retry-After: 1\r\n", "").await,
        (Some(Restriction::RateLimited { retry_after: wait(1) }), after(1))
    );
    let key = r#"{"error":"Unauthorized/Invalid api key"}"#;
    assert_eq!(refused("401 Unauthorized", "", key).await, (None, Retry::Never));
}

#[actix_rt::test]
async fn the_signers_bucket_is_kept_as_last_stated() {
    let headers = "Poly-RateLimit-Remaining: -3\r\nPoly-RateLimit-Tier: standard\r\n";
    let (client, _requests) = scene(vec![answer("200 OK", headers, &told("live"))]);
    assert_eq!(client.budget(), None);
    let _ = client.place(id(1), body()).await;
    let budget = client.budget().unwrap();
    assert_eq!(budget.remaining, Some(-3));
    assert_eq!(budget.tier.unwrap().as_str(), "standard");
    assert_eq!((budget.reset, budget.warning), (None, None));
}

#[actix_rt::test]
async fn a_mixed_batch_is_told_order_by_order() {
    let items = format!(
        r#"[{{"success":true,"orderID":"{}","status":"live"}},
            {{"success":true,"orderID":"","errorMsg":"post-only mode: only post-only orders"}},
            {{"success":false,"orderID":"","status":"delayed","errorMsg":"Rate limit exceeded for tokenId: 0xdef"}},
            {{"success":true,"orderID":"","status":""}},
            {{"success":false,"orderID":"","errorMsg":"order 0x5 is invalid. Duplicated."}},
            7]"#,
        id(1)
    );
    let (client, requests) = scene(vec![answer("200 OK", "", &items)]);
    let orders: Vec<_> = (1..=6).map(|n| (id(n), body())).collect();
    let outcomes = client.place_batch(&orders).await.unwrap();
    assert_eq!(outcomes[0], accepted(AcceptedStatus::Live));
    let code = |at: usize| match &outcomes[at] {
        PlaceOutcome::Rejected(refusal) => Some(refusal.code),
        _ => None,
    };
    assert_eq!(code(1), Some(RejectCode::PostOnlyMode));
    assert_eq!(code(2), Some(RejectCode::RateLimited));
    assert_eq!(outcomes[3], PlaceOutcome::Ambiguous { why: Doubt::NoOrderId });
    assert_eq!(outcomes[4], PlaceOutcome::Duplicated { order: id(5) });
    assert_eq!(outcomes[5], PlaceOutcome::Ambiguous { why: Doubt::LeftOut });
    let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
    let one = String::from_utf8(body().to_vec()).unwrap();
    assert_eq!(asked.body, format!("[{}]", vec![one; 6].join(",")));
}

#[actix_rt::test]
async fn answers_to_a_batch_follow_their_ids_and_a_short_answer_proves_nothing_else() {
    let items = format!(r#"[{{"success":true,"orderID":"{}","status":"live"}}]"#, id(2));
    let (client, _requests) = scene(vec![answer("200 OK", "", &items)]);
    let outcomes = client.place_batch(&[(id(1), body()), (id(2), body())]).await.unwrap();
    assert_eq!(outcomes[0], PlaceOutcome::Ambiguous { why: Doubt::LeftOut });
    assert!(matches!(&outcomes[1], PlaceOutcome::Accepted { order, .. } if *order == id(2)));

    let swapped = format!(
        r#"[{{"success":true,"orderID":"{}","status":"live"}},
            {{"success":true,"orderID":"{}","status":"delayed"}}]"#,
        id(2),
        id(1)
    );
    let (client, _requests) = scene(vec![answer("200 OK", "", &swapped)]);
    let outcomes = client.place_batch(&[(id(1), body()), (id(2), body())]).await.unwrap();
    assert_eq!(outcomes[0], accepted(AcceptedStatus::Delayed));
    assert!(
        matches!(&outcomes[1], PlaceOutcome::Accepted { order, status: AcceptedStatus::Live, .. }
            if *order == id(2))
    );
}

#[actix_rt::test]
async fn a_nameless_refusal_is_nobodys_where_answers_are_missing_or_moved() {
    let refusal = r#"{"success":true,"orderID":"","errorMsg":"invalid nonce"}"#;
    let live = format!(r#"{{"success":true,"orderID":"{}","status":"live"}}"#, id(3));
    for items in [format!("[{refusal}]"), format!("[{refusal},{live},{refusal}]")] {
        let (client, _requests) = scene(vec![answer("200 OK", "", &items)]);
        let orders = [(id(1), body()), (id(2), body()), (id(3), body())];
        let outcomes = client.place_batch(&orders).await.unwrap();
        for outcome in &outcomes[..2] {
            assert_eq!(outcome, &PlaceOutcome::Ambiguous { why: Doubt::LeftOut }, "{items}");
        }
    }
}

#[actix_rt::test]
async fn a_refused_batch_is_refused_for_all_only_where_the_words_are_about_all() {
    let outcomes = async |text: &str| {
        let body_text = serde_json::json!({ "error": text }).to_string();
        let (client, _requests) = scene(vec![answer("400 Bad Request", "", &body_text)]);
        client.place_batch(&[(id(1), body()), (id(2), body())]).await.unwrap()
    };
    for outcome in outcomes("Invalid order payload").await {
        assert!(matches!(outcome, PlaceOutcome::Rejected(_)), "{outcome:?}");
    }
    for text in ["order 0x1 is invalid. Duplicated.", "not enough balance / allowance", "no"] {
        for outcome in outcomes(text).await {
            assert!(matches!(outcome, PlaceOutcome::Ambiguous { .. }), "{text}: {outcome:?}");
        }
    }
}

#[actix_rt::test]
async fn sixteen_orders_are_refused_before_anything_is_sent_and_none_is_no_request() {
    let (client, requests) = scene(vec![]);
    let orders: Vec<_> = (1..=16).map(|n| (id(n), body())).collect();
    assert_eq!(client.place_batch(&orders).await, Err(TooManyOrders { count: 16 }));
    assert_eq!(client.place_batch(&[]).await, Ok(vec![]));
    assert_eq!(requests.try_iter().count(), 0);
}

#[actix_rt::test]
async fn an_order_does_not_wait_for_our_own_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = quick(listener.local_addr().unwrap());
    let client = client_of(&settings, KEY, NOW);
    while settings.limits.take(Group::PostOrders).is_ok() {}
    let outcome = client.place_batch(&[(id(1), body())]).await.unwrap().remove(0);
    assert!(
        matches!(&outcome, PlaceOutcome::NotSent { why } if matches!(why.retry(), Retry::After(_))),
        "{outcome:?}"
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nothing left this machine");
}
