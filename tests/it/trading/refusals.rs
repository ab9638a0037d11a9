//! Bad requests: each gets a problem that says what is wrong, and changes nothing.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::scene::{OPEN, PAUSED, RESOLVED, Said, Scene, ask, condition, token, web_state};
use super::tokens::TOKEN;

/// An order that would be taken, with some fields changed.
fn order(changes: Value) -> Value {
    let mut order = json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": "buy",
        "price": "0.5", "size_shares": "10", "lifetime": "GTC",
    });
    let (Some(order_map), Value::Object(changes)) = (order.as_object_mut(), changes) else {
        return order;
    };
    for (name, value) in changes {
        if value.is_null() {
            order_map.remove(&name);
        } else {
            order_map.insert(name, value);
        }
    }
    order
}

fn expect(said: &Said, status: u16, code: &str, about: &str) {
    assert_eq!(
        (said.status, said.body["code"].as_str()),
        (status, Some(code)),
        "{about}: {said:#?}"
    );
    assert_eq!(said.body["type"], format!("about:blank#{code}"), "{about}");
    for field in ["title", "detail", "hint"] {
        let text = said.body[field].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{about} has no {field}: {said:#?}");
    }
}

#[actix_rt::test]
async fn every_bad_order_is_refused_by_name_and_changes_nothing() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    let cases: Vec<(Value, u16, &str)> = vec![
        (order(json!({ "condition_id": condition(9) })), 404, "not_found"),
        (order(json!({ "condition_id": "0x12" })), 400, "bad_body"),
        (order(json!({ "token_id": token(PAUSED) })), 422, "wrong_token"),
        (order(json!({ "price": "0.505" })), 422, "price_off_tick"),
        (order(json!({ "price": "0" })), 422, "price_out_of_range"),
        (order(json!({ "price": "1" })), 422, "price_out_of_range"),
        (order(json!({ "price": "-0.5" })), 422, "price_out_of_range"),
        (order(json!({ "price": "half" })), 400, "bad_body"),
        (order(json!({ "price": 0.5 })), 400, "bad_body"),
        (order(json!({ "size_shares": "0" })), 422, "size_not_positive"),
        (order(json!({ "size_shares": "-3" })), 422, "size_not_positive"),
        (order(json!({ "size_shares": "5.001" })), 422, "size_off_grid"),
        (order(json!({ "size_shares": "4" })), 422, "below_minimum"),
        (order(json!({ "size_shares": "10", "price": "0.05" })), 422, "below_minimum"),
        (order(json!({ "size_shares": "3000" })), 422, "not_enough_balance"),
        (order(json!({ "side": "sell" })), 422, "not_enough_balance"),
        (order(json!({ "side": "hold" })), 400, "bad_body"),
        (order(json!({ "lifetime": "GTD" })), 422, "fields_clash"),
        (order(json!({ "lifetime": "FOREVER" })), 400, "bad_body"),
        (order(json!({ "price": "5e-1" })), 400, "bad_body"),
        (order(json!({ "size_shares": "1e1" })), 400, "bad_body"),
        (order(json!({ "token_id": "9".repeat(78) })), 422, "wrong_token"),
        (order(json!({ "token_id": "9".repeat(79) })), 400, "bad_body"),
        (order(json!({ "lifetime": "FAK", "post_only": true })), 422, "fields_clash"),
        (order(json!({ "colour": "red" })), 400, "bad_body"),
        (order(json!({ "price": null })), 400, "bad_body"),
        (
            order(json!({ "condition_id": condition(PAUSED), "token_id": token(PAUSED) })),
            409,
            "market_closed",
        ),
        (
            order(json!({ "condition_id": condition(RESOLVED), "token_id": token(RESOLVED) })),
            409,
            "market_closed",
        ),
    ];
    for (number, (body, status, code)) in cases.iter().enumerate() {
        let said = scene.post("execute/order", &format!("bad-{number}"), body).await;
        expect(&said, *status, code, &body.to_string());
    }
    assert_eq!(scene.journal().await, before, "nothing was written down");
    assert!(!scene.asked_of_the_venue().contains(&"post"), "nothing left");
    let said = scene.get("signals").await;
    assert_eq!(said.body["data"], json!([]), "no wish was raised");
}

#[actix_rt::test]
async fn a_price_beside_the_grid_is_told_its_tick_and_its_neighbours() {
    let scene = Scene::open().await;
    let said = scene.post("execute/order", "k", &order(json!({ "price": "0.5051" }))).await;
    expect(&said, 422, "price_off_tick", "0.5051");
    assert_eq!(said.body["nearest"], json!(["0.5", "0.51"]));
    assert_eq!((&said.body["value"], &said.body["limit"]), (&json!("0.5051"), &json!("0.01")));
}

#[actix_rt::test]
async fn an_order_beyond_the_balance_is_told_what_it_needs_and_what_there_is() {
    let scene = Scene::open().await;
    let said = scene.post("execute/order", "k", &order(json!({ "size_shares": "3000" }))).await;
    expect(&said, 422, "not_enough_balance", "3000 shares");
    assert_eq!(said.body["limit"], "1000");
    let need = said.body["value"].as_str().unwrap();
    assert!(need.starts_with("1500."), "at the limit, with the allowance for roundings: {need}");
}

#[actix_rt::test]
async fn without_the_token_or_without_a_key_nothing_is_ordered() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    let body = order(json!({}));
    for (path, needs_key) in [
        ("execute/order", true),
        ("execute/split", true),
        ("execute/merge", true),
        ("execute/redeem", true),
        ("execute/transfer", true),
        ("execute/cancel", false),
        ("execute/cancel-all", false),
        ("halt", false),
        ("resume", false),
        ("risk/locks", false),
        ("strategies/mint_split/pause", false),
    ] {
        for wrong in [None, Some("wrong")] {
            let said = scene.ask(Method::POST, path, wrong, Some("k"), &body).await;
            expect(&said, 401, "unauthorized", path);
        }
        if needs_key {
            let body = match path {
                "execute/order" => body.clone(),
                "execute/redeem" => json!({ "condition_id": condition(OPEN) }),
                "execute/transfer" => {
                    json!({ "asset": "usd", "amount": "1", "to": "0x1111111111111111111111111111111111111111" })
                }
                _ => json!({ "condition_id": condition(OPEN), "amount_shares": "1" }),
            };
            let said = scene.ask(Method::POST, path, Some(TOKEN), None, &body).await;
            expect(&said, 400, "idempotency_key_missing", path);
        }
    }
    let said = scene.post("execute/order", "two words", &body).await;
    expect(&said, 400, "idempotency_key_unusable", "a blank");
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn while_halted_the_reason_is_told_and_nothing_is_begun() {
    let scene = Scene::open().await;
    let said = scene.post("halt", "h", &json!({ "reason": "a person looked" })).await;
    assert_eq!(said.status, 200, "{said:#?}");
    assert_eq!(said.body["halt"]["cause"], "operator");
    let before = scene.journal().await;
    let said = scene.post("execute/order", "k", &order(json!({}))).await;
    expect(&said, 409, "halted", "an order");
    assert!(said.body["detail"].as_str().unwrap().contains("a person looked"), "{said:#?}");
    let sets = json!({ "condition_id": condition(OPEN), "amount_shares": "10" });
    expect(&scene.post("execute/split", "s", &sets).await, 409, "halted", "a split");
    assert_eq!(scene.journal().await, before);
    let said = scene.post("resume", "r", &json!({})).await;
    assert_eq!((said.status, &said.body["halt"]), (200, &Value::Null), "{said:#?}");
    let said = scene.post("execute/order", "k", &order(json!({}))).await;
    assert_eq!(said.status, 202, "the refused key is free: {said:#?}");
}

#[actix_rt::test]
async fn bad_splits_merges_redemptions_and_transfers_are_refused_by_name_and_change_nothing() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    let sets = |number: u8, amount: &str| json!({ "condition_id": condition(number), "amount_shares": amount });
    let redeem = |number: u8| json!({ "condition_id": condition(number) });
    let transfer =
        |asset: &str, amount: &str, to: &str| json!({ "asset": asset, "amount": amount, "to": to });
    let (somebody, nobody) = (format!("0x{}", "11".repeat(20)), format!("0x{}", "00".repeat(20)));
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("execute/split", sets(9, "1"), 404, "not_found"),
        ("execute/split", sets(OPEN, "0"), 422, "size_not_positive"),
        ("execute/split", sets(OPEN, "1000.000001"), 422, "not_enough_balance"),
        ("execute/split", sets(RESOLVED, "1"), 409, "market_closed"),
        ("execute/merge", sets(OPEN, "1"), 422, "not_enough_balance"),
        ("execute/merge", sets(OPEN, "-1"), 422, "size_not_positive"),
        ("execute/redeem", redeem(9), 404, "not_found"),
        ("execute/redeem", redeem(OPEN), 409, "market_unresolved"),
        ("execute/redeem", redeem(RESOLVED), 422, "not_enough_balance"),
        ("execute/transfer", transfer("usd", "1001", &somebody), 422, "not_enough_balance"),
        ("execute/transfer", transfer("usd", "0", &somebody), 422, "size_not_positive"),
        ("execute/transfer", transfer("usd", "1", &nobody), 422, "fields_clash"),
        ("execute/transfer", transfer("usd", "1", "0x12"), 400, "bad_body"),
        ("execute/transfer", transfer("eur", "1", &somebody), 400, "bad_body"),
        ("execute/transfer", transfer("2", "1", &somebody), 422, "not_enough_balance"),
    ];
    for (number, (path, body, status, code)) in cases.iter().enumerate() {
        let said = scene.post(path, &format!("bad-{number}"), body).await;
        expect(&said, *status, code, &format!("{path} {body}"));
    }
    assert_eq!(scene.journal().await, before);
    assert!(!scene.asked_of_the_venue().contains(&"prepare"));
}

#[actix_rt::test]
async fn bad_limits_locks_and_names_are_refused_and_change_nothing() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    for (body, status, code) in [
        (json!({ "market_usd": "5" }), 400, "bad_body"),
        (json!({ "market_usd_max": "-5" }), 422, "bad_limits"),
        (json!({ "market_usd_max": "much" }), 400, "bad_body"),
        (json!({ "market_usd_max": "1e3" }), 400, "bad_body"),
        (json!({ "price_min": "0.00001" }), 422, "bad_limits"),
        (json!({ "open_orders_max": 5000 }), 422, "bad_limits"),
        (json!({ "price_min": "0.9", "price_max": "0.1" }), 422, "bad_limits"),
    ] {
        let said = scene.ask(Method::PUT, "risk/limits", Some(TOKEN), None, &body).await;
        expect(&said, status, code, &body.to_string());
    }
    for (body, status, code) in [
        (json!({ "scope": "everything", "reason": "" }), 400, "bad_body"),
        (json!({ "scope": "the moon", "reason": "x" }), 400, "bad_body"),
        (json!({ "scope": "market", "reason": "x" }), 422, "fields_clash"),
        (json!({ "scope": "market", "of": condition(9), "reason": "x" }), 404, "not_found"),
        (json!({ "scope": "strategy", "of": "nobody", "reason": "x" }), 404, "not_found"),
        (
            json!({ "scope": "everything", "reason": "x", "until": "2001-01-01T00:00:00Z" }),
            422,
            "fields_clash",
        ),
    ] {
        let said = scene.ask(Method::POST, "risk/locks", Some(TOKEN), None, &body).await;
        expect(&said, status, code, &body.to_string());
    }
    let none = json!({});
    let said = scene.ask(Method::DELETE, "risk/locks/7", Some(TOKEN), None, &Value::Null).await;
    expect(&said, 404, "not_found", "a lock");
    let said = scene.post("strategies/nobody/pause", "p", &none).await;
    expect(&said, 404, "not_found", "a strategy");
    let unknown = json!({ "order_id": format!("0x{}", "ab".repeat(32)) });
    expect(&scene.post("execute/cancel", "c", &unknown).await, 404, "not_found", "an order");
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn an_opportunity_that_is_unknown_over_or_unwanted_is_refused_and_changes_nothing() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    let execute = async |id: &str, key: &str, body: Value| {
        scene.post(&format!("opportunities/{id}/execute"), key, &body).await
    };
    let said = execute("parity_long:none:1", "u", json!({})).await;
    expect(&said, 404, "not_found", "never heard of");
    let id = scene.find_an_opportunity();
    let said = execute(&id, "n", json!({ "strategy": "nobody" })).await;
    expect(&said, 404, "not_found", "an unknown strategy");
    let said = execute(&id, "r", json!({})).await;
    expect(&said, 409, "strategy_refused", "too small for the strategy");
    assert_eq!((&said.body["value"], &said.body["limit"]), (&json!("0"), &json!("1")));
    assert_eq!(said.body["gates"].as_array().map(Vec::len), Some(2), "{said:#?}");
    scene.close_the_opportunity();
    let said = execute(&id, "r", json!({})).await;
    expect(&said, 410, "opportunity_over", "closed");
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn a_run_that_only_watches_says_that_trading_is_off() {
    let scene = Scene::open().await;
    // The same tree, without trading.
    let state = web_state(scene.running(), None, None);
    for path in ["decisions", "orders", "positions", "risk", "strategies", "results"] {
        let said = ask(&state, Method::GET, path, Some(TOKEN), None, &Value::Null).await;
        expect(&said, 503, "trading_off", path);
    }
    let body = order(json!({}));
    let said = ask(&state, Method::POST, "execute/order", Some(TOKEN), Some("k"), &body).await;
    expect(&said, 503, "trading_off", "an order");
}

#[actix_rt::test]
async fn before_the_desk_is_read_back_orders_are_refused_as_not_ready() {
    let scene = Scene::open().await;
    let state = scene.with_an_empty_board();
    for path in ["positions", "risk", "strategies"] {
        let said = ask(&state, Method::GET, path, Some(TOKEN), None, &Value::Null).await;
        expect(&said, 503, "not_ready", path);
    }
    let before = scene.journal().await;
    let body = order(json!({}));
    let said = ask(&state, Method::POST, "execute/order", Some(TOKEN), Some("k"), &body).await;
    expect(&said, 503, "not_ready", "an order");
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn bad_questions_are_answered_with_a_problem() {
    let scene = Scene::open().await;
    for path in [
        "decisions?verdict=maybe",
        "decisions?limit=0",
        "decisions?limit=501",
        "decisions?cursor=here",
        "decisions?colour=red",
        "decisions?limit=-1",
        "decisions?limit=99999999999999999999",
        "decisions?to=2026-13-01T00:00:00Z",
        "decisions/summary?from=yesterday",
        "orders?state=lost",
        "orders?market=0x12",
        "orders/0x12",
        "fills?order_id=7",
        "fills?order=7",
        "trades?sort=colour",
        "whales?order=up",
        "markets?sort=title",
        "decisions?market=0x12",
        "decisions?cursor=at.up~5~a",
        "ledger?phase=half",
        "ledger?cursor=x",
        "plans?state=half",
        "results?by=colour",
        "results?from=yesterday",
        "signals?strategy=Mint-Split",
    ] {
        expect(&scene.get(path).await, 400, "bad_parameter", path);
    }
    for path in [
        "decisions?cursor=at.asc~5~a",
        "decisions?order=asc&cursor=5~a",
        "markets?cursor=5~a",
        "trades?sort=value_usd&cursor=value_usd.asc~5~a",
    ] {
        expect(&scene.get(path).await, 422, "other_cursor", path);
    }
    for path in [
        "decisions/summary?from=2026-01-02&to=2026-01-01",
        "decisions/summary?from=2025-01-01&to=2026-01-01",
        "equity?from=2024-01-01&to=2026-01-01",
    ] {
        expect(&scene.get(path).await, 422, "bad_span", path);
    }
    let path = format!("orders/0x{}", "ab".repeat(32));
    expect(&scene.get(&path).await, 404, "not_found", &path);
}
