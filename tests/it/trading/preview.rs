//! What an order would do, and the ladders that it would meet.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::scene::{OPEN, PAUSED, Said, Scene, condition, token};
use super::tokens::TOKEN;

fn order(side: &str, price: &str, size: &str, lifetime: &str) -> Value {
    json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": side,
        "price": price, "size_shares": size, "lifetime": lifetime,
    })
}

/// Without a key: a preview needs none.
async fn preview(scene: &Scene, body: &Value) -> Said {
    scene.ask(Method::POST, "execute/order/preview", Some(TOKEN), None, body).await
}

#[actix_rt::test]
async fn a_preview_reckons_with_the_ladder_asks_every_gate_and_leaves_no_trace() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    let said = preview(&scene, &order("buy", "0.52", "100", "GTC")).await;
    assert_eq!((said.status, &said.body["verdict"]), (200, &json!("approved")), "{said:#?}");
    let fill = json!({
        "shares": "80", "average_price": "0.51", "worst_price": "0.52", "levels": 2,
        "value_usd": "40.8", "complete": false, "rests_shares": "20",
    });
    assert_eq!(said.body["fill"], fill);
    let usd = |name: &str| domain::Usd::parse(said.body[name].as_str().unwrap()).unwrap();
    let value = domain::Usd::parse("40.8").unwrap();
    assert_eq!(usd("cost_usd"), value + usd("fee_usd"));
    assert_eq!(usd("profit_usd"), usd("payout_usd") - usd("cost_usd"));
    assert_eq!(usd("worst_case_usd"), -usd("reserved_usd"));
    assert!(usd("reserved_usd") >= domain::Usd::from_whole(52), "the limit counts: {said:#?}");
    assert_eq!((&said.body["payout_usd"], &said.body["proceeds_usd"]), (&json!("80"), &json!("0")));
    assert_eq!((&said.body["trust"], &said.body["rule"]), (&json!("trusted"), &Value::Null));
    assert!(said.body["gates"].as_array().unwrap().len() > 5, "{said:#?}");
    assert_eq!(scene.journal().await, before, "nothing was written down");
    assert_eq!(scene.get("decisions").await.body["data"], json!([]), "nothing was decided");
    assert_eq!(scene.board.view().unwrap().reserved, domain::Usd::ZERO);
    assert!(!scene.asked_of_the_venue().contains(&"post"), "nothing left");
}

#[actix_rt::test]
async fn what_the_gates_would_refuse_is_an_answer_with_the_gate_that_an_order_meets_too() {
    let scene = Scene::open().await;
    let limits = json!({ "market_usd_max": "20" });
    scene.ask(Method::PUT, "risk/limits", Some(TOKEN), Some("l"), &limits).await;
    let body = order("buy", "0.52", "100", "FOK");
    let said = preview(&scene, &body).await;
    assert_eq!((said.status, &said.body["verdict"]), (200, &json!("refused")), "{said:#?}");
    assert_eq!(said.body["fill"]["shares"], "0", "it must be whole and would not be");
    assert_eq!((&said.body["profit_usd"], &said.body["cost_usd"]), (&Value::Null, &json!("0")));
    let ordered = scene.post("execute/order", "o", &body).await;
    let refused = |gates: &Value| -> Vec<Value> {
        let gates = gates.as_array().unwrap().iter();
        gates.filter(|gate| gate["verdict"] == "refused").cloned().collect()
    };
    assert_eq!(refused(&said.body["gates"]), refused(&ordered.body["gates"]));
    scene.post("halt", "h", &json!({ "reason": "a person looked" })).await;
    let said = preview(&scene, &body).await;
    assert_eq!((said.status, &said.body["rule"]), (200, &json!("halted")), "{said:#?}");
}

#[actix_rt::test]
async fn what_is_no_order_or_meets_no_trusted_book_has_no_preview() {
    let scene = Scene::open().await;
    let mut waiting = order("buy", "0.5", "10", "GTC");
    waiting["token_id"] = json!("3");
    let mut paused = order("buy", "0.5", "10", "GTC");
    (paused["condition_id"], paused["token_id"]) = (json!(condition(PAUSED)), json!(token(PAUSED)));
    let cases = [
        (order("buy", "0.505", "10", "GTC"), 422, "price_off_tick"),
        (order("buy", "0.5", "4", "GTC"), 422, "below_minimum"),
        (order("buy", "0.5", "3000", "GTC"), 422, "not_enough_balance"),
        (order("sell", "0.5", "10", "GTC"), 422, "not_enough_balance"),
        (paused, 409, "market_closed"),
        (waiting, 409, "book_not_trusted"),
    ];
    for (body, status, code) in cases {
        let said = preview(&scene, &body).await;
        assert_eq!((said.status, &said.body["code"]), (status, &json!(code)), "{said:#?}");
    }
    let body = order("buy", "0.5", "10", "GTC");
    let said = scene.ask(Method::POST, "execute/order/preview", None, None, &body).await;
    assert_eq!(said.status, 401, "{said:#?}");
}

#[actix_rt::test]
async fn a_book_is_told_best_first_and_fifty_deep_with_how_far_it_may_be_believed() {
    let scene = Scene::open().await;
    let said = scene.get(&format!("markets/{}/book", condition(OPEN))).await;
    assert_eq!(said.status, 200, "{said:#?}");
    let (yes, no) = (&said.body["outcomes"][0], &said.body["outcomes"][1]);
    assert_eq!((&yes["trust"], &yes["epoch"]), (&json!("trusted"), &json!(3)));
    assert_eq!(yes["asks"].as_array().map(Vec::len), Some(50), "{said:#?}");
    assert_eq!(yes["asks"][0], json!({ "price": "0.5", "size_shares": "40" }));
    assert_eq!(yes["asks"][1]["price"], "0.52");
    assert_eq!(yes["bids"], json!([{ "price": "0.4", "size_shares": "40" }]));
    assert_eq!((&no["trust"], &no["age_ms"]), (&json!("waiting"), &Value::Null));
    let unwatched = scene.get(&format!("markets/{}/book", condition(PAUSED))).await;
    assert_eq!(unwatched.body["outcomes"][0]["trust"], "unwatched", "{unwatched:#?}");
    assert_eq!((&unwatched.body["at"], unwatched.status), (&Value::Null, 200));
    assert_eq!(scene.get(&format!("markets/{}/book", condition(9))).await.status, 404);
    assert_eq!(scene.get("markets/0x12/book").await.status, 400);
}
