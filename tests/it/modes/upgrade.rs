//! A newer version on the database of an older one.

use serde_json::{Value, json};
use simvenue::WalletKind;
use store::{DatabaseUrl, Store, StoreSettings};

use super::program::{CASH, Owner, Plan, Program, Start, venue};

/// Changes of the schema that the older version did not have.
const STEPS: u32 = 2;

async fn books(program: &Program) -> [Value; 3] {
    let positions = program.get("/api/v1/positions").await;
    let rows = positions["data"].as_array().into_iter().flatten();
    let held = rows.map(|row| json!([row["token_id"], row["settled_shares"]])).collect();
    [positions["cash"]["settled_usd"].clone(), held, program.fills().await.into()]
}

#[actix_rt::test]
async fn a_service_goes_on_from_the_database_of_an_earlier_version() {
    let venue = venue(84);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 4, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    program.until_reconciled().await;
    program.until_it_trades(&venue, 2).await;
    program.let_settle().await;
    let (status, said) = program.post("/api/v1/halt", "h", &json!({ "reason": "upgrade" })).await;
    assert_eq!(status, 200, "{said:#}");
    program.until("/api/v1/risk", |risk| risk["open_plans"] == 0).await;
    let before = books(&program).await;
    let folder = program.end();

    let url = DatabaseUrl::sqlite_file(&folder.path().join("dutchbook.sqlite"));
    let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
    store.migrate_down(STEPS).await.unwrap();
    assert_eq!(store.schema_state().await.unwrap().pending(), STEPS as usize);
    store.close().await.unwrap();

    let program = Plan::new(Start::Paper, &venue, &owner).run_in(folder);
    program.until_reconciled().await;
    let halted = program.until("/api/v1/risk", |risk| risk["halt"].is_object()).await;
    assert!(halted["halt"]["text"].as_str().unwrap().contains("upgrade"), "{halted:#}");
    assert_eq!(books(&program).await, before);
    program.post("/api/v1/resume", "r", &json!({})).await;
    program.let_strategies("resume").await;
    let fills = before[2].as_u64().unwrap() as usize;
    program.until_it_trades(&venue, fills).await;
}
