//! Our own reading of the documents against the golden vectors.

use std::path::PathBuf;

use serde_json::Value;
use serde_json::value::RawValue;

use super::super::derive;
use super::super::payload::{self, address};
use super::*;
use crate::WalletKind;

fn vectors(name: &str) -> Vec<Value> {
    let usual = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/vectors");
    let folder = std::env::var_os("VECTORS_DIR").map_or(usual, PathBuf::from);
    match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => {
            let file: Value = serde_json::from_str(&text).unwrap();
            file["vectors"].as_array().unwrap().clone()
        }
        Err(error) => {
            let required = std::env::var("DUTCHBOOK_REQUIRE_ALL").is_ok_and(|it| it == "1");
            assert!(!required, "vectors {name}: {error}");
            eprintln!("SKIPPED: no vectors {name} ({error}); set VECTORS_DIR");
            Vec::new()
        }
    }
}

#[test]
fn every_golden_order_has_its_id_and_its_signer() {
    let mut judged = 0;
    for file in ["orders_limit.json", "orders_market.json", "orders_exchange_v3.json"] {
        for vector in vectors(file) {
            // Only Polygon is simulated.
            if vector["in"]["chainId"] != 137 {
                continue;
            }
            let out = &vector["out"];
            for body in
                [&vector["bodyTs"], &vector["bodyRust"]].into_iter().filter_map(Value::as_str)
            {
                let raw = RawValue::from_string(body.to_owned()).unwrap();
                let deferred = vector["in"]["deferExec"] == true;
                let posted = match payload::read(&raw) {
                    Ok(posted) => posted,
                    Err(_) if deferred => continue,
                    Err(refusal) => panic!("{}: {refusal}", vector["id"]),
                };
                let exchange = address(out["exchange"].as_str().unwrap()).unwrap();
                let contract = Contract::ALL.into_iter().find(|it| it.address() == exchange);
                let contract = contract.unwrap();
                let id = format!("0x{}", hex::encode(order_id(&posted.order, contract)));
                assert_eq!(id, out["orderHash"], "{}", vector["id"]);
                let signer = address(out["eoa"].as_str().unwrap());
                assert_eq!(order_signer(&posted.order, contract), signer, "{}", vector["id"]);
                // Each takes a recovery of a key, which is slow: a tenth of the vectors tells.
                let others = Contract::ALL.into_iter().filter(|other| *other != contract);
                for other in others.filter(|_| judged % 10 == 0) {
                    assert_ne!(order_signer(&posted.order, other), signer, "only for {contract:?}");
                }
                judged += 1;
            }
        }
    }
    assert!(judged == 0 || judged > 300, "only {judged} bodies were judged");
}

#[test]
fn every_golden_login_is_signed_by_its_address_and_not_for_another_moment() {
    for vector in vectors("l1_auth.json") {
        let (given, out) = (&vector["in"], &vector["out"]);
        if given["chainId"] != 137 {
            continue;
        }
        let owner = address(out["address"].as_str().unwrap()).unwrap();
        let timestamp = given["timestamp"].to_string();
        let nonce = U256::from_dec_str(&given["nonce"].to_string()).unwrap();
        let signature = hex::decode(&out["signature"].as_str().unwrap()[2..]).unwrap();
        assert_eq!(auth_signer(owner, &timestamp, nonce, &signature), Some(owner));
        assert_ne!(auth_signer(owner, "1", nonce, &signature), Some(owner));
    }
}

#[test]
fn every_golden_wallet_is_derived() {
    for vector in vectors("wallets.json") {
        if vector["chainId"] != 137 {
            continue;
        }
        let owner = address(vector["eoa"].as_str().unwrap()).unwrap();
        for (kind, name) in [
            (WalletKind::Proxy, "proxy"),
            (WalletKind::Safe, "safe"),
            (WalletKind::Deposit, "depositWalletBeacon"),
        ] {
            let Some(expected) = vector[name].as_str() else { continue };
            assert_eq!(Some(derive::wallet(owner, kind)), address(expected), "{name} of {owner:?}");
        }
    }
}
