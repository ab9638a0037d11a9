//! What the models say while real money is at stake.

use serde_json::Value;
use simvenue::WalletKind;

use super::program::{CASH, Owner, Plan, SIMULATED_KEY, Start, venue};

const SETTINGS: [&str; 12] = [
    "strategies.every.enabled=false",
    "strategies.forecast_edge.enabled=true",
    "strategies.forecast_edge.size_max=25",
    "swarm.interval_s=1",
    "swarm.samples=1",
    "swarm.calls_max=8",
    "swarm.questions_max=4",
    "swarm.deadline_ms=4000",
    "swarm.call_ms_max=10000",
    "swarm.liquidity_usd_min=0",
    "swarm.spread_max=0.2",
    "swarm.ends_in_h_min=0",
];
const WANTED: usize = 4;

fn rows(page: &Value) -> &[Value] {
    page["data"].as_array().map_or(&[], Vec::as_slice)
}

#[actix_rt::test]
async fn with_real_money_no_forecast_is_traded_before_the_swarm_has_proven_better_than_the_market()
{
    let venue = venue(36);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let models = venue.endpoints().models;
    let member =
        |name: &str| format!("{name} base={models}/oracle/v1 model=sim-oracle key={SIMULATED_KEY}");
    let members = format!("swarm.members={}", ["a", "b", "c"].map(member).join(","));
    let plan = Plan::new(Start::Live, &venue, &owner).with(&members);
    let program = SETTINGS.iter().fold(plan, |plan, setting| plan.with(setting)).run();
    program.until_reconciled().await;
    let decisions = "/api/v1/decisions?strategy=forecast_edge&limit=200";
    let page = program.until(decisions, |page| rows(page).len() >= WANTED).await;
    for decision in rows(&page) {
        assert_eq!(
            (&decision["verdict"], &decision["signal_id"]),
            (&"passed".into(), &Value::Null)
        );
        let gates = decision["gates"].as_array().unwrap();
        let unproven = gates.iter().find(|gate| gate["rule"] == "unproven").unwrap();
        assert_eq!(unproven["verdict"], "refused", "{decision:#}");
        assert!(unproven["value"].to_string().contains("0 resolved"), "{unproven:#}");
    }
    let orders = program.get("/api/v1/orders?limit=10").await;
    assert_eq!(rows(&orders), &[] as &[Value], "{orders:#}");
    let audit = venue.audit();
    let account = audit.accounts.iter().find(|it| it.maker == owner.funder).unwrap();
    assert_eq!((account.orders_accepted, account.cash), (0, CASH));
}
