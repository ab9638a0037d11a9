//! Other settings while it runs: all of a change or nothing, by signal and over the API, and back.

use std::path::Path;

use serde_json::{Value, json};
use simvenue::WalletKind;
use store::{CommandRow, DatabaseUrl, Store, StoreSettings};

use super::program::{CASH, Owner, Plan, Program, Start, venue};

const RELOAD: &str = "/api/v1/config/reload";
const ROLLBACK: &str = "/api/v1/config/rollback";

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("local.toml"), text).unwrap();
}

fn limit<'a>(risk: &'a Value, name: &str) -> &'a str {
    let rows = risk["limits"].as_array().into_iter().flatten();
    let row = rows.into_iter().find(|row| row["name"] == name);
    row.and_then(|row| row["limit"].as_str()).unwrap_or_default()
}

async fn until_limit(program: &Program, name: &str, wanted: &str) {
    program.until("/api/v1/risk", |risk| limit(risk, name) == wanted).await;
}

async fn commands(folder: &Path) -> Vec<CommandRow> {
    let url = DatabaseUrl::sqlite_file(&folder.join("dutchbook.sqlite"));
    let store = Store::connect(&StoreSettings::new(url)).await.unwrap();
    let rows = store.commands().page(None, 50).await.unwrap().rows;
    store.close().await.unwrap();
    rows
}

#[actix_rt::test]
async fn a_signal_has_the_settings_read_again_and_it_is_written_down_who_changed_what() {
    let venue = venue(81);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    until_limit(&program, "order_usd_max", "500").await;
    let file = "[risk]\norder_usd_max = \"77\"\n[strategies.mint_split]\nscore_min = 5\n";
    write(program.folder(), file);
    program.send("HUP");
    until_limit(&program, "order_usd_max", "77").await;
    let strict = |view: &Value| {
        let rows = view["data"].as_array().into_iter().flatten();
        rows.into_iter().any(|row| row["name"] == "mint_split" && row["settings"]["score_min"] == 5)
    };
    program.until("/api/v1/strategies", strict).await;
    let mut rows = commands(program.folder()).await;
    rows.retain(|row| row.action.as_str() == "reload_config");
    while rows.iter().any(|row| row.outcome == "given") {
        rows = commands(program.folder()).await;
        rows.retain(|row| row.action.as_str() == "reload_config");
    }
    let [row] = rows.as_slice() else { panic!("{rows:#?}") };
    assert_eq!((row.actor.as_str(), row.outcome.as_str()), ("SIGHUP", "done"));
    let (before, after) = (row.value_before.as_ref().unwrap(), row.value_after.as_ref().unwrap());
    assert_eq!(
        (&before["risk.order_usd_max"], &after["risk.order_usd_max"]),
        (&json!("500"), &json!("77"))
    );
    let page = program.get("/api/v1/commands?limit=500").await;
    let shown = page["data"].as_array().unwrap();
    let shown = shown.iter().find(|it| it["action"] == "reload_config").unwrap();
    assert_eq!((&shown["actor"], &shown["outcome"]), (&json!("SIGHUP"), &json!("done")));
    assert_eq!(shown["after"]["risk.order_usd_max"], "77", "{shown:#}");
    let first = program.get("/api/v1/commands?limit=1").await;
    if let Some(cursor) = first["next_cursor"].as_str() {
        let second = program.get(&format!("/api/v1/commands?limit=1&cursor={cursor}")).await;
        assert_ne!(second["data"][0]["id"], first["data"][0]["id"], "{second:#}");
    }
    let refused = program.get("/api/v1/commands?limit=0").await;
    assert_eq!(refused["status"], 400, "{refused:#}");
}

#[actix_rt::test]
async fn where_one_value_needs_a_restart_or_cannot_be_used_nothing_changes() {
    let venue = venue(82);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 2, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    until_limit(&program, "order_usd_max", "500").await;
    write(program.folder(), "[risk]\norder_usd_max = \"88\"\n[store]\nbatch_rows = 7\n");
    let (status, seen) = program.post(RELOAD, "a", &json!({ "step": "preview" })).await;
    let takes = |key: &str| {
        let rows = seen["changes"].as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap()["takes"].clone()
    };
    assert_eq!(status, 200, "{seen:#}");
    assert_eq!(
        (takes("risk.order_usd_max"), takes("store.batch_rows")),
        (json!("nothing"), json!("restart"))
    );
    let (status, refused) = program.post(RELOAD, "b", &json!({ "step": "apply" })).await;
    let said = refused["detail"].as_str().unwrap();
    assert!(status == 409 && said.contains("needs a restart: store.batch_rows."), "{refused:#}");
    write(program.folder(), "[risk]\norder_usd_max = \"eighty\"\n");
    let (status, refused) = program.post(RELOAD, "c", &json!({ "step": "apply" })).await;
    let said = refused["detail"].as_str().unwrap();
    assert!(status == 422 && said.contains("risk.order_usd_max"), "{refused:#}");
    program.send("HUP");
    let risk = program.get("/api/v1/risk").await;
    assert_eq!(limit(&risk, "order_usd_max"), "500");
    assert!(
        !commands(program.folder()).await.iter().any(|row| row.action.as_str() == "reload_config")
    );
}

#[actix_rt::test]
async fn a_change_is_taken_back_and_what_an_administrator_set_besides_stays() {
    let venue = venue(83);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 3, CASH);
    let program = Plan::new(Start::Paper, &venue, &owner).run();
    until_limit(&program, "order_usd_max", "500").await;
    let (status, refused) = program.post(ROLLBACK, "a", &json!({ "step": "apply" })).await;
    assert_eq!((status, &refused["code"]), (409, &json!("refused")), "nothing to take back");
    let by_hand = json!({ "group_usd_max": "1234" });
    program.put("/api/v1/risk/limits", &by_hand).await;
    write(program.folder(), "[risk]\norder_usd_max = \"99\"\n");
    assert_eq!(program.post(RELOAD, "b", &json!({ "step": "apply" })).await.0, 200);
    until_limit(&program, "order_usd_max", "99").await;
    let (status, back) = program.post(ROLLBACK, "c", &json!({ "step": "apply" })).await;
    assert_eq!((status, &back["changes"][0]["after"]), (200, &json!("500")), "{back:#}");
    until_limit(&program, "order_usd_max", "500").await;
    let risk = program.get("/api/v1/risk").await;
    assert_eq!(limit(&risk, "group_usd_max"), "1234", "he set it himself");
}
