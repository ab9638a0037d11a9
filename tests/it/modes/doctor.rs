//! The doctor before a venue that is well, and before one that is not.

use domain::Usd;
use serde_json::Value;
use simvenue::{AccountKind, Fault, WalletKind};

use super::program::{CASH, Owner, Plan, Start, venue};

fn finding<'a>(found: &'a Value, check: &str) -> &'a Value {
    let finding = found.as_array().unwrap().iter().find(|row| row["check"] == check);
    assert!(finding.is_some(), "no {check}: {found:#}");
    finding.unwrap()
}

/// Everything that somebody who is about to trade wants to know.
const LIVE: [&str; 20] = [
    "disk",
    "data folder is ours alone",
    "write and flush",
    "database",
    "reach venue.clob_url",
    "reach venue.user_socket_url",
    "reach chain.rpc_url",
    "reach chain.relayer_url",
    "answer venue.gamma_url",
    "answer venue.clob_url",
    "clock",
    "fees and ticks",
    "socket canary",
    "account",
    "orders from here",
    "account at the venue",
    "collateral",
    "account's next step",
    "language models",
    "alerts by telegram",
];

#[actix_rt::test]
async fn a_doctor_measures_everything_that_trading_leans_on() {
    let venue = venue(71);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let plan = Plan::new(Start::Live, &venue, &owner);
    let (status, found) = plan.doctor(None, 3);
    for check in LIVE {
        let finding = finding(&found, check);
        assert!(!finding["measured"].as_str().unwrap().is_empty(), "{finding:#}");
    }
    let bad = found.as_array().unwrap().iter().filter(|row| row["verdict"] == "bad");
    let bad: Vec<_> = bad.filter(|row| row["check"] != "write and flush").collect();
    assert!(bad.is_empty() && matches!(status.code(), Some(0 | 4)), "{status}: {bad:#?}");
    let canary = finding(&found, "socket canary")["measured"].as_str().unwrap();
    assert!(!canary.starts_with("0 frames") && canary.contains("in 3 s"), "{canary}");
    let collateral = finding(&found, "collateral")["measured"].as_str().unwrap();
    assert_eq!(collateral, format!("{CASH} pUSD"));
}

#[actix_rt::test]
async fn a_doctor_says_of_what_is_wrong_what_to_do_about_it() {
    let venue = venue(72);
    let owner = Owner::bare(&venue, AccountKind::OwnKey, 2);
    venue.inject(Fault::RegionBlock { for_ms: 600_000 }).unwrap();
    let plan = Plan::new(Start::Live, &venue, &owner);
    let (status, found) = plan.doctor(None, 0);
    assert_eq!(status.code(), Some(4), "{found:#}");
    for check in ["orders from here", "account's next step"] {
        let finding = finding(&found, check);
        assert_eq!(finding["verdict"], "bad", "{finding:#}");
        for part in ["problem", "fix"] {
            assert!(finding[part].as_str().is_some_and(|text| text.len() > 20), "{finding:#}");
        }
    }
    assert_eq!(finding(&found, "collateral")["measured"], format!("{} pUSD", Usd::ZERO));
    let checks: Vec<_> = found.as_array().unwrap().iter().map(|row| &row["check"]).collect();
    assert!(!checks.iter().any(|check| **check == "socket canary"), "{checks:?}");
}

#[actix_rt::test]
async fn a_doctor_names_whoever_trades_with_the_same_database() {
    let venue = venue(73);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 3, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    program.until("/health/ready", |view| view["ready"] == true).await;
    let (_, found) = Plan::new(Start::Paper, &venue, &owner).doctor(Some(&program), 0);
    let alone = finding(&found, "only one trades");
    assert_eq!(alone["verdict"], "good", "{alone:#}");
    assert!(alone["measured"].as_str().unwrap().contains("paper (process"), "{alone:#}");
    let database = finding(&found, "database")["measured"].as_str().unwrap();
    assert!(database.contains("a write"), "{database}");
}
