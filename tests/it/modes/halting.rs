//! Halting from a shell.

use serde_json::{Value, json};
use simvenue::WalletKind;

use super::program::{CASH, Owner, Plan, Start, resting, venue};

#[actix_rt::test]
async fn a_signal_halts_trading_takes_what_rests_back_and_the_process_goes_on() {
    let venue = venue(71);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).by_hand().run();
    program.until_reconciled().await;
    for attempt in ["first", "second"] {
        program.let_an_order_rest(attempt).await;
        assert_eq!(resting(&venue, &owner), 1);
        program.send("USR1");
        let is_proven = |risk: &Value| risk["halt"]["proven_at"].is_string();
        let risk = program.until("/api/v1/risk", is_proven).await;
        let halt = &risk["halt"];
        assert_eq!(halt["cause"], "operator", "{halt:#}");
        assert!(halt.to_string().contains("SIGUSR1"), "{halt:#}");
        assert_eq!(resting(&venue, &owner), 0);
        let (status, said) =
            program.post("/api/v1/resume", &format!("on-{attempt}"), &json!({})).await;
        assert_eq!(status, 200, "{said:#}");
        program.until("/api/v1/risk", |risk| risk["halt"].is_null()).await;
    }
}
