//! What the live socket tells of trading.

use actors::publisher::Texts;
use dutchbook::web::views::Views;
use serde_json::{Value, json};

use super::scene::{OPEN, Scene, condition, token};

#[actix_rt::test]
async fn a_decision_its_order_and_how_trading_stands_are_told_once() {
    let scene = Scene::open().await;
    let views = Views::new(scene.state.clone());
    assert!(views.trading_news().is_empty());
    let before = views.trading();
    let order = json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": "buy",
        "price": "0.5", "size_shares": "10", "lifetime": "GTC",
    });
    let said = scene.post("execute/order", "k", &order).await;
    assert_eq!(said.status, 202, "{said:#?}");
    let news = views.trading_news();
    assert_eq!(news.iter().map(|fact| fact.kind).collect::<Vec<_>>(), ["decision"]);
    let decision: Value = serde_json::from_str(&news[0].data).unwrap();
    assert_eq!(decision, said.body["decision"]);
    assert!(views.trading_news().is_empty(), "once");
    let facts = views.kept(&scene.recorded().await);
    let orders: Vec<Value> =
        facts.iter().map(|fact| serde_json::from_str(&fact.data).unwrap()).collect();
    assert_eq!((facts.len(), facts[0].kind), (1, "order"), "{orders:#?}");
    assert_eq!(orders[0]["id"], said.body["orders"][0]["id"]);
    assert_eq!(
        (&orders[0]["strategy"], &orders[0]["state"]),
        (&json!("manual"), &json!("in_doubt"))
    );
    let now = views.trading().unwrap();
    assert_ne!(before.as_ref(), Some(&now));
    let state: Value = serde_json::from_str(&now).unwrap();
    assert_eq!(state["open_orders"][0]["price"], "0.5", "{state:#}");
    assert_eq!((&state["reconciled"], &state["halt"]), (&json!(true), &Value::Null));
}
