//! On paper: invented money at the live venue, which never hears of it.

use domain::Usd;
use serde_json::{Value, json};
use simvenue::{RunningVenue, WalletKind};

use super::program::{CASH, Owner, Plan, Program, Start, upset, venue};

/// What anybody may ask without saying who asks, besides the lists. Whatever is not here is private.
const PUBLIC: [&str; 15] = [
    "GET /clob/time",
    "GET /clob/book",
    "POST /clob/books",
    "GET /clob/price",
    "POST /clob/prices",
    "GET /clob/midpoint",
    "GET /clob/spread",
    "GET /clob/tick-size",
    "GET /clob/neg-risk",
    "GET /clob/fee-rate",
    "GET /clob/clob-markets/{condition}",
    "GET /clob/markets/{condition}",
    "GET /clob/prices-history",
    "GET /ws/market",
    "GET /rtds",
];
const PUBLIC_LISTS: [&str; 2] = ["GET /gamma/", "GET /data/"];

fn private_requests(venue: &RunningVenue) -> Vec<String> {
    let counts = serde_json::to_value(venue.requests()).unwrap();
    let routes = counts.as_object().unwrap().keys();
    let is_public = |route: &String| {
        PUBLIC.contains(&route.as_str()) || PUBLIC_LISTS.iter().any(|list| route.starts_with(list))
    };
    routes.filter(|route| !is_public(route)).cloned().collect()
}

#[actix_rt::test]
async fn it_trades_and_no_private_request_ever_reaches_the_venue() {
    let venue = venue(21);
    // An account that could trade, with its keys at hand: it must not be touched.
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    assert!(program.said.contains("on paper, with invented money"), "{}", program.said);
    program.until_reconciled().await;
    program.until_it_trades(&venue, 3).await;
    let has_moved =
        |ours: &Value| ours["cash"]["settled_usd"].as_str().is_some_and(|it| it != "10000");
    program.until_or("/api/v1/positions", has_moved, || upset(&venue)).await;
    // What people do by hand is on paper, too.
    program.post("/api/v1/execute/cancel-all", "c", &json!({})).await;
    let (status, said) = program.post("/api/v1/halt", "h", &json!({ "reason": "a look" })).await;
    assert_eq!(status, 200, "{said:#}");
    program.until("/api/v1/risk", |risk| risk["halt"]["proven_at"].is_string()).await;

    assert_eq!(private_requests(&venue), Vec::<String>::new());
    assert_eq!(venue.signed_requests(), 0);
    let audit = venue.audit();
    let account = audit.accounts.iter().find(|it| it.maker == owner.funder).unwrap();
    assert_eq!((account.orders_accepted, account.cash, account.fees), (0, CASH, Usd::ZERO));
    assert!(account.shares.is_empty() && account.trades.is_empty(), "{account:#?}");
}

/// An open market of its own with both outcomes quoted, other than `not`: its condition, its YES
/// token and the ask.
async fn market(program: &Program, not: &[String]) -> (String, String, f64) {
    let has_quotes = |row: &&Value| {
        row["group"]["neg_risk"] != true
            && row["state"] == "open"
            && row["outcomes"][0]["trust"] == "trusted"
            && row["outcomes"][0]["best_ask"].is_string()
            && row["order_size_min"].as_str().is_some_and(|it| it.parse::<f64>().unwrap() <= 20.0)
            && !not.iter().any(|it| row["condition_id"] == **it)
    };
    let path = "/api/v1/markets?watched=true&limit=500";
    let rows = program
        .until(path, |page| {
            page["data"].as_array().is_some_and(|it| it.iter().any(|row| has_quotes(&row)))
        })
        .await;
    let row = rows["data"].as_array().unwrap().iter().find(has_quotes).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let yes = &row["outcomes"][0];
    (text(&row["condition_id"]), text(&yes["token_id"]), text(&yes["best_ask"]).parse().unwrap())
}

fn usd(value: &Value) -> Usd {
    Usd::parse(value.as_str().unwrap_or_default()).unwrap()
}

#[actix_rt::test]
async fn a_resolved_market_is_redeemed_and_its_profit_or_loss_is_realised_to_the_millionth() {
    let venue = venue(22);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).by_hand().run();
    program.until_reconciled().await;
    let mut cash = Usd::from_whole(10_000);
    let (mut realised, mut fees) = (Usd::ZERO, Usd::ZERO);
    let mut done = Vec::new();
    for (number, winner) in ["yes", "no"].into_iter().enumerate() {
        let (condition, token, ask) = market(&program, &done).await;
        let order = json!({
            "condition_id": condition, "token_id": token, "side": "buy", "lifetime": "FAK",
            "price": format!("{:.2}", (ask + 0.05).min(0.95)), "size_shares": "20",
        });
        let (status, said) =
            program.post("/api/v1/execute/order", &format!("buy-{number}"), &order).await;
        assert_eq!(status, 202, "{said:#}");
        let is_settled = |fills: &Value| {
            let rows = fills["data"].as_array().cloned().unwrap_or_default();
            !rows.is_empty() && rows.iter().all(|row| row["settled"] == true)
        };
        let path = format!("/api/v1/fills?market={condition}");
        program.until("/api/v1/risk", |risk| risk["open_orders"] == 0).await;
        let fills = program.until(&path, is_settled).await;
        program.until("/api/v1/risk", |risk| risk["open_plans"] == 0).await;
        let positions = program.get("/api/v1/positions").await;
        let held = positions["data"].as_array().unwrap().iter().find(|it| it["token_id"] == token);
        let held = held.unwrap_or_else(|| panic!("nothing is held: {positions:#} {fills:#}"));
        let (shares, cost) = (usd(&held["settled_shares"]), usd(&held["cost_usd"]));
        assert!(shares.is_positive() && cost.is_positive(), "{held:#}");
        let fee = usd(&positions["total"]["fees_usd"]) - fees;
        fees += fee;
        cash -= cost + fee;
        assert_eq!(usd(&positions["cash"]["settled_usd"]), cash, "{positions:#}");

        let fault = json!({ "fault": "resolve", "market": condition, "yes_wins": winner });
        venue.inject(serde_json::from_value(fault).unwrap()).unwrap();
        let is_given_up = |positions: &Value| {
            positions["data"]
                .as_array()
                .is_some_and(|it| it.iter().all(|it| it["token_id"] != token))
        };
        let positions = program.until("/api/v1/positions", is_given_up).await;
        let payout = if winner == "yes" { shares } else { Usd::ZERO };
        cash += payout;
        realised += payout - cost;
        assert_eq!(usd(&positions["cash"]["settled_usd"]), cash, "{winner} won: {positions:#}");
        assert_eq!(usd(&positions["total"]["realised_usd"]), realised, "{positions:#}");
        assert_eq!(usd(&positions["total"]["fees_usd"]), fees, "a redemption is free");
        done.push(condition);
    }
    // What is written down says the same, a moment later.
    let says_the_same = |results: &Value| {
        let rows = results["data"].as_array().cloned().unwrap_or_default();
        rows.len() == 2 && rows.iter().map(|row| usd(&row["realised_usd"])).sum::<Usd>() == realised
    };
    program.until("/api/v1/results?by=market", says_the_same).await;
}
