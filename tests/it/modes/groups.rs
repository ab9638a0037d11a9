//! Neg-risk groups and markets of the second protocol, from the opportunity to settled money.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::{Shares, Usd};
use serde_json::{Value, json};
use simvenue::WalletKind;

use super::program::{CASH, LONG, Owner, Plan, Program, Start, venue};

/// The kinds of opportunity whose plans are done, by the beginning of the opportunity's id.
async fn done(program: &Program) -> BTreeSet<String> {
    let plans = program.get("/api/v1/plans?limit=500").await;
    let rows = plans["data"].as_array().cloned().unwrap_or_default();
    let is_done = |row: &&Value| row["state"] == "done" && row["strategy"] == "neg_risk_basket";
    let kind = |row: &Value| Some(row["opportunity_id"].as_str()?.split(':').next()?.to_owned());
    rows.iter().filter(is_done).filter_map(kind).collect()
}

#[actix_rt::test]
async fn baskets_of_a_group_are_bought_sold_and_converted_and_the_books_agree() {
    let venue = venue(51);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let plan = Plan::new(Start::Live, &venue, &owner)
        .with("strategies.mint_split.enabled=false")
        .with("strategies.arbitrage_long.enabled=false");
    let program = plan.run();
    program.until_reconciled().await;
    let start = Instant::now();
    let wanted = ["neg_risk_long", "neg_risk_short"];
    loop {
        let done = done(&program).await;
        if wanted.iter().all(|kind| done.contains(*kind)) {
            break;
        }
        assert!(start.elapsed() < 2 * LONG, "only {done:?}: {:#}", program.why().await);
        actix_rt::time::sleep(Duration::from_millis(200)).await;
    }
    // What was wished of the short ones: sets split, one leg a market sold, the rest converted.
    let signals = program.get("/api/v1/signals?strategy=neg_risk_basket&limit=500").await;
    let short = signals["data"].as_array().unwrap().iter().find(|row| {
        row["opportunity_id"].as_str().is_some_and(|id| id.starts_with("neg_risk_short"))
    });
    let steps = short.unwrap()["steps"].as_array().unwrap();
    let kinds: BTreeSet<&str> = steps.iter().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["split", "sell", "convert"]), "{steps:#?}");
    program.let_settle().await;
    program.compare(&venue, &owner).await;
    let risk = program.get("/api/v1/risk").await;
    assert_eq!(risk["breaches"]["breached"], 0, "{:#}", risk["breaches"]);
}

fn shares(value: &Value) -> Shares {
    Shares::parse(value.as_str().unwrap_or_default()).unwrap()
}

/// Settled shares of both outcomes.
async fn held(program: &Program, tokens: &[String; 2]) -> [Shares; 2] {
    let positions = program.get("/api/v1/positions").await;
    let rows = positions["data"].as_array().cloned().unwrap_or_default();
    tokens.each_ref().map(|token| {
        let row = rows.iter().find(|row| row["token_id"] == **token);
        row.map_or(Shares::ZERO, |row| shares(&row["settled_shares"]))
    })
}

async fn until_held(program: &Program, tokens: &[String; 2], wanted: [i64; 2]) {
    let start = Instant::now();
    let wanted = wanted.map(Shares::from_whole);
    loop {
        let held = held(program, tokens).await;
        if held == wanted {
            return;
        }
        assert!(start.elapsed() < LONG, "{held:?} is held, {wanted:?} was to be");
        actix_rt::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_rt::test]
async fn a_market_of_the_second_protocol_is_split_traded_merged_and_redeemed() {
    let venue = venue(52);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).by_hand().run();
    program.until_reconciled().await;
    let is_quoted = |page: &Value| {
        let row = &page["data"][0];
        (0..2).all(|at| row["outcomes"][at]["best_bid"].is_string())
    };
    let page = program.until("/api/v1/markets?q=harbour%20bridge&limit=1", is_quoted).await;
    let row = &page["data"][0];
    let condition = row["condition_id"].as_str().unwrap();
    let tokens = [0, 1].map(|at| row["outcomes"][at]["token_id"].as_str().unwrap().to_owned());
    let sets = |amount: &str| json!({ "condition_id": condition, "amount_shares": amount });
    let act = async |what: &str, body: Value| {
        let path = format!("/api/v1/execute/{what}");
        let (status, said) = program.post(&path, what, &body).await;
        assert_eq!(status, 202, "{what}: {said:#}");
    };
    act("split", sets("60")).await;
    until_held(&program, &tokens, [60, 60]).await;
    for token in &tokens {
        // At any price: whoever bids takes it.
        let order = json!({
            "condition_id": condition, "token_id": token, "side": "sell", "price": "0.05",
            "size_shares": "20", "lifetime": "FAK",
        });
        let key = format!("sell-{}", &token[token.len() - 12..]);
        let (status, said) = program.post("/api/v1/execute/order", &key, &order).await;
        assert_eq!(status, 202, "{said:#}");
    }
    until_held(&program, &tokens, [40, 40]).await;
    act("merge", sets("30")).await;
    until_held(&program, &tokens, [10, 10]).await;
    program.compare(&venue, &owner).await;
    let fault = json!({ "fault": "resolve", "market": condition, "yes_wins": "no" });
    venue.inject(serde_json::from_value(fault).unwrap()).unwrap();
    until_held(&program, &tokens, [0, 0]).await;
    program.compare(&venue, &owner).await;
    let positions = program.get("/api/v1/positions").await;
    let usd = |value: &Value| Usd::parse(value.as_str().unwrap()).unwrap();
    let (cash, net) = (&positions["cash"]["settled_usd"], &positions["total"]["net_usd"]);
    assert_eq!(
        usd(cash),
        CASH + usd(net),
        "all that was earned or lost is realised: {positions:#}"
    );
}
