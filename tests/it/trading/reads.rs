//! What the API tells of what the journal holds.

use serde_json::{Value, json};

use super::scene::{OPEN, Scene, condition, token};

fn order(price: &str) -> Value {
    json!({
        "condition_id": condition(OPEN), "token_id": token(OPEN), "side": "buy",
        "price": price, "size_shares": "10", "lifetime": "GTC",
    })
}

#[actix_rt::test]
async fn an_approved_wish_is_found_in_every_list_with_its_reasons() {
    let scene = Scene::open().await;
    let said = scene.post("execute/order", "k", &order("0.5")).await;
    let signal = said.body["signal_id"].as_str().unwrap().to_owned();
    let decisions = scene.get(&format!("decisions?signal={signal}")).await.body;
    let row = &decisions["data"][0];
    assert_eq!((&row["verdict"], &row["rule"]), (&json!("approved"), &Value::Null), "{row:#}");
    for gate in row["gates"].as_array().unwrap() {
        for field in ["rule", "text", "verdict", "unit", "value", "limit"] {
            assert!(gate[field].is_string(), "{gate:#}");
        }
        assert_eq!(gate["verdict"], "passed", "{gate:#}");
    }
    let signals = scene.get("signals?strategy=manual").await.body;
    assert_eq!(signals["data"][0]["id"], json!(signal));
    let step = &signals["data"][0]["steps"][0];
    assert_eq!(
        (&step["kind"], &step["price"], &step["outcome"]),
        (&json!("buy"), &json!("0.5"), &json!("Yes")),
        "{step:#}"
    );
    let plan = row["plan_id"].as_str().unwrap();
    let plans = scene.get("plans?state=open").await.body;
    assert_eq!(plans["data"][0]["id"], plan, "{plans:#}");
    let orders = scene.get(&format!("orders?plan={plan}&state=open")).await.body;
    let row = &orders["data"][0];
    assert_eq!(
        (&row["side"], &row["price"], &row["size_shares"], &row["open"]),
        (&json!("buy"), &json!("0.5"), &json!("10"), &json!(true)),
        "{row:#}"
    );
    assert!(row.get("signed_body").is_none(), "what is signed is nobody's business");
    let ledger = scene.get("ledger?cause=deposit").await.body;
    assert_eq!(ledger["data"][0]["postings"].as_array().map(Vec::len), Some(2), "{ledger:#}");
    let risk = scene.get("risk").await.body;
    assert_eq!((&risk["open_plans"], &risk["reconciled"]), (&json!(1), &json!(true)), "{risk:#}");
    let limits = risk["limits"].as_array().unwrap();
    let market = limits.iter().find(|limit| limit["name"] == "market_usd_max").unwrap();
    assert_eq!((&market["used"], &market["about"]), (&json!("5.01"), &json!(condition(OPEN))));
    for path in ["fills", "results", "results?by=market", "strategies", "positions"] {
        assert_eq!(scene.get(path).await.status, 200, "{path}");
    }
}

#[actix_rt::test]
async fn following_the_cursor_gives_every_row_once() {
    let scene = Scene::open().await;
    for number in 0..5 {
        let price = format!("0.{}", 20 + number);
        let said = scene.post("execute/order", &format!("k{number}"), &order(&price)).await;
        assert_eq!(said.status, 202, "{said:#?}");
    }
    for path in ["orders", "decisions", "signals", "plans"] {
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let at = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let page = scene.get(&format!("{path}?limit=2{at}")).await.body;
            let rows = page["data"].as_array().unwrap();
            assert!(rows.len() <= 2, "{path}");
            seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (5, 5), "{path}");
    }
}
