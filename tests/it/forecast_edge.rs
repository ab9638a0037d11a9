//! From what the models say to an order, or to the gate that refused: through the whole tree.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::service::Service;

const SOON: Duration = Duration::from_secs(150);
/// Models of one mind, so that the swarm is sure; forecasts one after the other.
const SETTINGS: [&str; 10] = [
    "strategies.forecast_edge.enabled=true",
    "strategies.forecast_edge.edge_usd_min=0",
    "strategies.forecast_edge.budget_usd=10000",
    "strategies.forecast_edge.size_max=25",
    "swarm.members=a base=sim model=sim-oracle,b base=sim model=sim-oracle,\
     c base=sim model=sim-oracle,d base=sim model=sim-oracle",
    "swarm.interval_s=1",
    "swarm.questions_max=6",
    "swarm.calls_max=8",
    "swarm.samples=1",
    "swarm.deadline_ms=3000",
];

fn rows(page: &Value) -> &[Value] {
    page["data"].as_array().map_or(&[], Vec::as_slice)
}

fn rules(decision: &Value) -> BTreeSet<&str> {
    let gates = decision["gates"].as_array().unwrap();
    gates.iter().filter_map(|gate| gate["rule"].as_str()).collect()
}

#[actix_rt::test]
async fn a_forecast_leads_to_a_wish_the_gates_and_an_order_or_to_the_gate_that_refused() {
    let service = Service::start_with(7, &SETTINGS);
    let decisions = "/api/v1/decisions?strategy=forecast_edge&limit=200";
    let has = |page: &Value, verdict: &str| rows(page).iter().any(|row| row["verdict"] == verdict);
    let page =
        service.until(decisions, SOON, |page| has(page, "passed") && has(page, "approved")).await;

    // Where the strategy itself found a reason, it says which, with every gate.
    let passed = rows(&page).iter().find(|row| row["verdict"] == "passed").unwrap();
    assert!(passed["rule"].is_string() && passed["signal_id"].is_null(), "{passed:#}");
    assert!(rules(passed).contains(passed["rule"].as_str().unwrap()), "{passed:#}");
    assert!(rules(passed).contains("unproven"), "the record is asked too: {passed:#}");

    // Where it wished, the risk manager's gates are there, and the order that came of it.
    let approved = rows(&page).iter().find(|row| row["verdict"] == "approved").unwrap();
    for rule in ["unproven", "market_usd", "order_usd"] {
        assert!(rules(approved).contains(rule), "{rule} is not among {:?}", rules(approved));
    }
    let signal = approved["signal_id"].as_str().unwrap();
    let market = signal.split(':').nth(1).unwrap();
    let page = service.get(&format!("/api/v1/forecasts?condition_id={market}")).await.1;
    assert!(!rows(&page).is_empty(), "there is a forecast of the market that was traded");
    let orders = "/api/v1/orders?strategy=forecast_edge&limit=200";
    let ours = |page: &Value| rows(page).iter().any(|row| row["condition_id"] == market);
    let page = service.until(orders, SOON, ours).await;
    let order = rows(&page).iter().find(|row| row["condition_id"] == market).unwrap();
    assert_eq!(order["side"], "buy", "{order:#}");
}
