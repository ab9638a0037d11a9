//! What a person orders, and where it shows.

use actix_web::http::Method;
use domain::{
    Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, UnixMillis, Usd,
};
use engine::desk::{
    CancelAnswer, Charge, Input, OrderNumber, PostAnswer, TaskNumber, TaskSight, TradeSight,
};
use serde_json::{Value, json};

use super::scene::{OPEN, Scene, condition, token};
use super::tokens::TOKEN;

fn order(side: &str, size: &str) -> Value {
    json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": side,
        "price": "0.5", "size_shares": size, "lifetime": "GTC",
    })
}

/// Splits and lets the chain confirm it.
async fn split(scene: &Scene, amount: &str) {
    let body = json!({ "condition_id": condition(OPEN), "amount_shares": amount });
    let said = scene.post("execute/split", &format!("split-{amount}"), &body).await;
    assert_eq!((said.status, &said.body["status"]), (202, &json!("approved")), "{said:#?}");
    settle_task(scene, 1).await;
    scene
        .until("the sets are there", |view| {
            view.held.iter().any(|it| it.position.settled.is_positive())
        })
        .await;
}

async fn settle_task(scene: &Scene, number: u64) {
    scene.until("it is begun", |view| !view.tasks.is_empty()).await;
    let (prepared, reference) = ("signed".to_owned(), "0xabc".to_owned());
    scene.news(Input::Task(TaskNumber(number), TaskSight::Prepared { prepared, reference }));
    scene.news(Input::Task(TaskNumber(number), TaskSight::Confirmed));
}

#[actix_rt::test]
async fn sets_are_split_sold_from_and_merged_by_hand() {
    let scene = Scene::open().await;
    split(&scene, "100").await;
    let said = scene.get("positions").await;
    assert_eq!(said.body["cash"]["settled_usd"], "900", "{said:#?}");
    assert_eq!(said.body["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(said.body["data"][0]["title"], "Will number 1 win?");
    let said = scene.post("execute/order", "sell", &order("sell", "60")).await;
    assert_eq!((said.status, &said.body["orders"][0]["side"]), (202, &json!("sell")), "{said:#?}");
    assert_eq!(said.body["orders"][0]["size_shares"], "60");
    let merge = json!({ "condition_id": condition(OPEN), "amount_shares": "40" });
    let said = scene.post("execute/merge", "merge", &merge).await;
    assert_eq!(said.status, 202, "{said:#?}");
    settle_task(&scene, 2).await;
    scene.until("merged", |view| view.cash.settled == domain::Usd::from_whole(940)).await;
    let held = scene.board.view().unwrap().held.iter().map(|it| it.position.settled).max();
    assert_eq!(held, Some(Shares::from_whole(60)));
}

#[actix_rt::test]
async fn shares_on_their_way_are_marked_like_those_that_have_arrived() {
    let scene = Scene::open().await;
    let said = scene.post("execute/order", "o", &order("buy", "10")).await;
    let id = said.body["orders"][0]["id"].as_str().unwrap().to_owned();
    for (state, settled) in [(TradeState::Matched, "0"), (TradeState::Confirmed, "10")] {
        scene.news(Input::Traded(TradeSight {
            trade: TradeId("t1".to_owned()),
            order: OrderId::parse(&id).unwrap(),
            token: TokenId::parse(&token(OPEN)).unwrap(),
            side: Side::Buy,
            size: Shares::from_whole(10),
            price: Price::from_cents(50).unwrap(),
            value: Usd::from_whole(5),
            fee: Charge::Stated(Usd::ZERO),
            liquidity: Liquidity::Maker,
            state,
            at: actors::clock::Clock::System.now(),
        }));
        let there = |it: &Value| it["data"][0]["settled_shares"] == settled;
        let said = scene.until_said("positions", there).await;
        let held = &said["data"][0];
        assert_eq!(
            (&held["cost_usd"], &held["mark_usd"], &held["unrealised_usd"]),
            (&json!("5"), &json!("4"), &json!("-1")),
            "{said:#}"
        );
        assert_eq!(held["average_cost_usd"], "0.5");
    }
    scene.until_said("fills", |fills| fills["data"][0]["settled"] == true).await;
}

#[actix_rt::test]
async fn an_order_rests_until_it_is_cancelled_by_hand() {
    let scene = Scene::open().await;
    let said = scene.post("execute/order", "o", &order("buy", "10")).await;
    let id = said.body["orders"][0]["id"].as_str().unwrap().to_owned();
    scene.news(Input::Posted(OrderNumber(1), PostAnswer::Live));
    scene.until_said(&format!("orders/{id}"), |order| order["state"] == "live").await;
    let said = scene.post("execute/cancel", "c", &json!({ "order_id": id })).await;
    assert_eq!((said.status, &said.body["status"]), (202, &json!("given")), "{said:#?}");
    scene.asked("cancel").await;
    scene.news(Input::CancelAnswered(OrderNumber(1), CancelAnswer::Cancelled));
    scene.sighted_cancelled(&id);
    scene.until("it is over", |view| view.plans.is_empty()).await;
    let over = |orders: &Value| orders["data"][0]["id"] == json!(id);
    let said = scene.until_said("orders?state=cancelled", over).await;
    assert_eq!(said["data"][0]["open"], false);
    scene.until_said("plans", |plans| plans["data"][0]["state"] == "nothing").await;
}

#[actix_rt::test]
async fn a_halt_reaches_the_venue_without_key_and_shows_when_it_is_proven() {
    let scene = Scene::open().await;
    let said = scene.ask(Method::POST, "halt", Some(TOKEN), None, &Value::Null).await;
    assert_eq!((said.status, &said.body["halt"]["proven_at"]), (200, &Value::Null), "{said:#?}");
    scene.asked("cancel_all").await;
    let since = UnixMillis::parse(said.body["halt"]["since"].as_str().unwrap()).unwrap();
    scene.board.prove_halt(since.plus(domain::DurationMillis(5)));
    let said = scene.get("risk").await;
    assert!(said.body["halt"]["proven_at"].is_string(), "{said:#?}");
    assert_eq!(said.body["notices"][0]["code"], "halted");
}

#[actix_rt::test]
async fn a_change_of_limits_holds_at_once_and_names_who_from_what_to_what() {
    let scene = Scene::open().await;
    let body = json!({ "market_usd_max": "50", "open_plans_max": 3 });
    let said = scene.ask(Method::PUT, "risk/limits", Some(TOKEN), Some("l"), &body).await;
    assert_eq!(said.status, 200, "{said:#?}");
    assert_eq!(
        said.body["changes"][0],
        json!({ "name": "market_usd_max", "unit": "usd", "before": "1000", "after": "50" })
    );
    let risk = scene.get("risk").await.body;
    let limits = risk["limits"].as_array().unwrap();
    let limit = |name: &str| limits.iter().find(|limit| limit["name"] == name).unwrap();
    assert_eq!(limit("market_usd_max")["limit"], "50");
    assert_eq!(limit("total_usd_max")["limit"], "10000");
    let rows = scene.store.commands().page(None, 10).await.unwrap().rows;
    let row = rows.iter().find(|row| row.action.as_str() == "set_limits").unwrap();
    assert!(row.actor.starts_with("the admin (admin)") && row.outcome == "done", "{row:?}");
    assert_eq!(row.value_before, Some(json!({ "market_usd_max": "1000", "open_plans_max": "20" })));
    assert_eq!(row.value_after, Some(json!({ "market_usd_max": "50", "open_plans_max": "3" })));
    let said = scene.post("execute/order", "o", &order("buy", "200")).await;
    assert_eq!((said.status, &said.body["code"]), (409, &json!("risk_refused")), "{said:#?}");
}

#[actix_rt::test]
async fn a_lock_is_set_felt_and_lifted() {
    let scene = Scene::open().await;
    let body =
        json!({ "scope": "market", "of": condition(OPEN), "reason": "odd", "for_seconds": 900 });
    let said = scene.post("risk/locks", "l", &body).await;
    assert_eq!((said.status, &said.body["locks"][0]["reason"]), (201, &json!("odd")), "{said:#?}");
    let refused = scene.post("execute/order", "o", &order("buy", "10")).await;
    assert_eq!(refused.body["code"], "risk_refused", "{refused:#?}");
    let id = said.body["locks"][0]["id"].as_u64().unwrap();
    let path = format!("risk/locks/{id}");
    let said = scene.ask(Method::DELETE, &path, Some(TOKEN), None, &Value::Null).await;
    assert_eq!((said.status, &said.body["locks"]), (200, &json!([])), "{said:#?}");
    let said = scene.post("execute/order", "o2", &order("buy", "10")).await;
    assert_eq!(said.status, 202, "{said:#?}");
}

#[actix_rt::test]
async fn a_strategy_is_paused_and_goes_on() {
    let scene = Scene::open().await;
    for (what, activity) in [("pause", "paused"), ("resume", "running")] {
        let said = scene.post(&format!("strategies/mint_split/{what}"), what, &json!({})).await;
        assert_eq!((said.status, &said.body["activity"]), (200, &json!(activity)), "{said:#?}");
    }
    let said = scene.get("strategies").await;
    let row = said.body["data"].as_array().unwrap().iter().find(|it| it["name"] == "mint_split");
    assert_eq!(row.unwrap()["activity"], "running", "{said:#?}");
}

#[actix_rt::test]
async fn a_strategys_settings_are_changed_one_by_one_and_checked() {
    let scene = Scene::open().await;
    let put = async |body: Value| {
        let path = "strategies/mint_split/settings";
        scene.ask(Method::PUT, path, Some(TOKEN), None, &body).await
    };
    let said = put(json!({ "budget_usd": "300", "enabled": false })).await;
    assert_eq!((said.status, &said.body["budget_usd"]), (200, &json!("300")), "{said:#?}");
    assert_eq!(said.body["settings"]["enabled"], false);
    assert_eq!(said.body["settings"]["size_max"], "1000", "what is not named stays");
    let before = scene.journal().await;
    for (body, status, code) in [
        (json!({ "budget_usd": "-1" }), 422, "bad_limits"),
        (json!({ "colour": "red" }), 400, "bad_body"),
    ] {
        let said = put(body).await;
        assert_eq!((said.status, &said.body["code"]), (status, &json!(code)), "{said:#?}");
    }
    assert_eq!(scene.journal().await, before);
}

#[actix_rt::test]
async fn dollars_are_sent_away_by_a_transaction_by_hand() {
    let scene = Scene::open().await;
    let to = format!("0x{}", "11".repeat(20));
    let body = json!({ "asset": "usd", "amount": "5", "to": to });
    let said = scene.post("execute/transfer", "t", &body).await;
    assert_eq!((said.status, &said.body["status"]), (202, &json!("given")), "{said:#?}");
    scene.asked("prepare").await;
    settle_task(&scene, 1).await;
    scene.until("it left", |view| view.cash.settled == domain::Usd::from_whole(995)).await;
    let again = scene.post("execute/transfer", "t", &body).await;
    assert_eq!((again.status, again.replayed), (202, true));
    assert_eq!(scene.board.view().unwrap().cash.settled, domain::Usd::from_whole(995));
}
