//! Orders: amounts, hashes, signatures and bodies.

use domain::Price;
use ethers_core::types::Address;
use polymarket::auth::ApiCredentials;
use polymarket::signing::OrderRejection;
use serde_json::Value;

use super::drafts::{Case, Refused};
use super::{OWNER, each, file, hex, key, text};

/// A body by its meaning: letter case of hexadecimal digits is free, and absent flags are off.
pub(super) fn meaning(body: &str) -> Value {
    let mut body: Value = serde_json::from_str(body).unwrap();
    let orders = match &mut body {
        Value::Array(orders) => orders.iter_mut().collect(),
        order => vec![order],
    };
    for order in orders {
        for flag in ["postOnly", "deferExec"] {
            if order[flag].is_null() {
                order[flag] = false.into();
            }
        }
        for name in ["maker", "signer", "metadata", "builder", "signature"] {
            let lower = text(&order["order"][name]).to_lowercase();
            order["order"][name] = lower.into();
        }
    }
    body
}

pub(super) fn owner(file: &Value) -> &str {
    text(&file["creds"]["key"])
}

/// Three market orders have a worst price between two steps. All clients but one cut it to the
/// step below, which sells for less than was wished; ours refuses like that one, and gives their
/// order once the price is cut by whoever wishes it.
fn cut_price(id: &str, input: &Value) -> Value {
    let case = Case::read(input).unwrap();
    let refused = case.sign(OWNER).map(|(order, _)| order.id());
    let off_grid = matches!(refused, Err(Refused::Order(OrderRejection::PriceOffGrid { .. })));
    assert!(off_grid, "{id}: {refused:?}");
    let (price, step) = (case.draft.terms.price, case.draft.market.tick.ten_thousandths());
    let below = price.ten_thousandths() - price.ten_thousandths() % step;
    let mut input = input.clone();
    input["price"] = Price::from_ten_thousandths(below).unwrap().to_string().into();
    input
}

/// Everything of one vector but the bodies, which are returned: ours and what it holds.
fn check(id: &str, vector: &Value, owner: &str) -> Value {
    let mut input = vector["in"].clone();
    if vector["psdkRejects"].is_string() {
        input = cut_price(id, &input);
    }
    let read = Case::read(&input);
    assert!(read.is_ok(), "{id}: {}", read.err().unwrap());
    let case = read.unwrap();
    let outcome = case.sign(owner);
    assert!(outcome.is_ok(), "{id}: {}", outcome.err().unwrap());
    let (order, signed) = outcome.unwrap();
    let out = &vector["out"];
    let amounts = [order.amounts().maker, order.amounts().taker].map(|amount| amount.to_string());
    assert_eq!(amounts, [text(&out["makerAmount"]), text(&out["takerAmount"])], "{id}");
    assert_eq!(hex(order.domain_separator()), text(&out["domainSeparator"]), "{id}");
    assert_eq!(hex(order.struct_hash()), text(&out["structHash"]), "{id}");
    assert_eq!(order.id().to_string(), text(&out["orderHash"]), "{id}");
    assert_eq!(hex(order.signed_digest()), text(&out["signedDigest"]), "{id}");
    let parties = [case.key.address(), case.account.funder(), case.account.order_signer()];
    let wanted =
        ["eoa", "maker", "signer"].map(|name| text(&out[name]).parse::<Address>().unwrap());
    assert_eq!(parties, wanted, "{id}");
    let body = meaning(&signed.body);
    assert_eq!(body["order"]["signature"], out["signature"], "{id}");
    assert_eq!((signed.id, signed.amounts), (order.id(), order.amounts()), "{id}");
    body
}

fn check_hmacs(id: &str, vector: &Value, credentials: &ApiCredentials) {
    let signer = key(&vector["in"]["privateKey"]).address();
    let milliseconds: i64 = text(&vector["in"]["timestamp"]).parse().unwrap();
    for (body, hmac) in [("bodyTs", "hmacTs"), ("bodyRust", "hmacRust")] {
        let body = text(&vector[body]).as_bytes();
        let headers = credentials.l2_headers(signer, "POST", "/order", body, milliseconds / 1_000);
        assert_eq!(headers[1].1, text(&vector[hmac]), "{id}");
    }
}

fn check_file(name: &str, count: usize) {
    let Some(whole) = file(name) else { return };
    let creds = &whole["creds"];
    let [secret, passphrase] = ["secret", "passphrase"].map(|name| text(&creds[name]));
    let credentials = ApiCredentials::new(owner(&whole), secret, passphrase).unwrap();
    each(name, count, |id, vector| {
        let ours = check(id, vector, owner(&whole));
        for theirs in ["bodyTs", "bodyRust"] {
            assert_eq!(ours, meaning(text(&vector[theirs])), "{id} {theirs}");
        }
        check_hmacs(id, vector, &credentials);
    });
}

#[test]
fn every_limit_order_is_the_official_one_to_the_last_bit() {
    check_file("orders_limit.json", 241);
}

#[test]
fn every_market_order_is_the_official_one_to_the_last_bit() {
    check_file("orders_market.json", 117);
}

#[test]
fn every_order_for_positions_is_the_official_one_to_the_last_bit() {
    check_file("orders_exchange_v3.json", 8);
}

#[test]
fn where_official_clients_disagree_ours_is_the_exact_one() {
    let Some(whole) = file("orders_disagreements.json") else { return };
    let owner = whole["creds"]["key"].as_str().unwrap_or(OWNER);
    each("orders_disagreements.json", 16, |id, vector| {
        let ours = check(id, vector, owner);
        for name in ["makerAmount", "takerAmount"] {
            assert_eq!(ours["order"][name], vector["recommended"][name], "{id}");
        }
        let bodies = ["bodyTs", "bodyRust"].map(|name| meaning(text(&vector[name])));
        assert!(bodies.contains(&ours), "{id}: neither client sends this");
    });
}
