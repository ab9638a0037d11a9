//! The same request twice: one order, one answer.

use actix_web::test::TestRequest;
use dutchbook::web::trading::idempotency::{Key, KeyRule, digest};
use engine::risk::Limits;
use serde_json::{Value, json};

use super::scene::{OPEN, Scene, condition, token};

fn order(size: &str) -> Value {
    json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": "buy",
        "price": "0.5", "size_shares": size, "lifetime": "GTC",
    })
}

/// As the API names the wish of a key.
fn signal_of(key: &str) -> String {
    let request = TestRequest::default().insert_header(("Idempotency-Key", key)).to_http_request();
    let key = Key::of(request.headers(), KeyRule::Required).unwrap().unwrap();
    format!("manual:order:{}", key.short())
}

/// A process that wrote the key down and died.
async fn begun(scene: &Scene, key: &str, body: &Value) {
    let request = TestRequest::post().uri("/api/v1/execute/order").to_http_request();
    let digest = digest(&request, body);
    let now = actors::clock::Clock::System.now();
    scene.store.money().idempotency().begin(key, &digest, now).await.unwrap();
}

fn posted(scene: &Scene) -> usize {
    scene.asked_of_the_venue().iter().filter(|asked| **asked == "post").count()
}

#[actix_rt::test]
async fn the_same_request_again_gets_the_same_answer_and_is_one_order() {
    let scene = Scene::open().await;
    let first = scene.post("execute/order", "one", &order("10")).await;
    assert_eq!((first.status, first.replayed), (202, false), "{first:#?}");
    assert_eq!(first.body["status"], "approved");
    assert_eq!(first.body["signal_id"], signal_of("one"));
    assert_eq!(first.body["orders"].as_array().map(Vec::len), Some(1), "{first:#?}");
    let before = scene.journal().await;
    for _ in 0..3 {
        let again = scene.post("execute/order", "one", &order("10")).await;
        assert_eq!((again.status, again.replayed), (202, true), "{again:#?}");
        assert_eq!(again.body, first.body);
    }
    assert_eq!(scene.journal().await, before);
    let said = scene.get("orders").await;
    assert_eq!(said.body["data"].as_array().map(Vec::len), Some(1), "{said:#?}");
}

#[actix_rt::test]
async fn a_key_used_for_another_request_is_refused_and_nothing_changes() {
    let scene = Scene::open().await;
    assert_eq!(scene.post("execute/order", "one", &order("10")).await.status, 202);
    let before = scene.journal().await;
    let other = scene.post("execute/order", "one", &order("11")).await;
    assert_eq!((other.status, &other.body["code"]), (409, &json!("idempotency_key_reused")));
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn a_refusal_of_the_gates_lists_them_and_is_given_again_for_the_same_key() {
    let limits = Limits { order_usd_max: domain::Usd::from_whole(3), ..Limits::default() };
    let scene = Scene::open_with(limits).await;
    let before = scene.journal().await;
    let said = scene.post("execute/order", "one", &order("10")).await;
    assert_eq!((said.status, &said.body["code"]), (409, &json!("risk_refused")), "{said:#?}");
    assert_eq!(
        (&said.body["limit"], &said.body["signal_id"]),
        (&json!("3"), &json!(signal_of("one")))
    );
    let gates = said.body["gates"].as_array().unwrap();
    assert!(gates.len() > 10, "every gate is told: {gates:#?}");
    let refused: Vec<_> = gates.iter().filter(|gate| gate["verdict"] == "refused").collect();
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert_eq!((&refused[0]["rule"], &refused[0]["unit"]), (&json!("order_usd"), &json!("usd")));
    let again = scene.post("execute/order", "one", &order("10")).await;
    assert_eq!((again.status, again.replayed, &again.body), (409, true, &said.body));
    assert_eq!(scene.journal().await, before, "a refusal is a decision, and no event");
    let said = scene.get(&format!("decisions?signal={}", signal_of("one"))).await;
    assert_eq!(said.body["data"][0]["verdict"], "refused", "{said:#?}");
    assert_eq!(said.body["data"][0]["rule"], "order_usd");
    assert_eq!(posted(&scene), 0);
}

#[actix_rt::test]
async fn a_key_begun_by_a_process_that_died_before_ordering_is_never_ordered_again() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    begun(&scene, "dead", &order("10")).await;
    for _ in 0..2 {
        let said = scene.post("execute/order", "dead", &order("10")).await;
        assert_eq!(
            (said.status, &said.body["code"]),
            (409, &json!("outcome_unknown")),
            "{said:#?}"
        );
    }
    assert_eq!((scene.journal().await, posted(&scene)), (before, 0));
}

#[actix_rt::test]
async fn a_key_whose_answer_was_lost_after_ordering_gets_what_the_journal_says() {
    let scene = Scene::open().await;
    let first = scene.post("execute/order", "lost", &order("10")).await;
    assert_eq!(first.status, 202, "{first:#?}");
    // As if the process had died between the decision and the answer.
    scene.forget_the_answer("lost").await;
    begun(&scene, "lost", &order("10")).await;
    let before = scene.journal().await;
    let said = scene.post("execute/order", "lost", &order("10")).await;
    assert_eq!((said.status, &said.body["status"]), (202, &json!("approved")), "{said:#?}");
    assert_eq!(said.body["plan_id"], first.body["plan_id"]);
    assert_eq!((scene.journal().await, posted(&scene)), (before, 1), "nothing was ordered again");
}

#[actix_rt::test]
async fn many_requests_with_one_key_at_once_are_one_order() {
    let scene = Scene::open().await;
    let body = order("10");
    let (a, b, c, d) = tokio::join!(
        scene.post("execute/order", "rush", &body),
        scene.post("execute/order", "rush", &body),
        scene.post("execute/order", "rush", &body),
        scene.post("execute/order", "rush", &body),
    );
    let said = [a, b, c, d];
    assert!(said.iter().any(|said| said.status == 202), "{said:#?}");
    for said in &said {
        let waits = said.body["code"] == "idempotency_in_progress";
        assert!(said.status == 202 || said.status == 409 && waits, "{said:#?}");
    }
    assert_eq!(posted(&scene), 1);
}
