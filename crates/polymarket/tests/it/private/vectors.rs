//! Our requests beside those of the official clients, recorded on the wire.

use std::time::Duration;

use domain::{ConditionId, OrderId, TokenId, UnixMillis};
use polymarket::clob::private::{Asset, CancelScope, Heartbeat, Scope, TradingClient};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{API_KEY, Asked, PASSPHRASE, client_of, quick};
use crate::support::{answer, raw_server, vectors};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    method: String,
    target: String,
    body: Option<String>,
    content_type: Option<String>,
    poly_address: String,
    poly_signature: String,
}

/// Makes the call; `None` where we do not offer it, or where our types cannot even say it.
async fn make(client: &TradingClient, call: &str, args: &Value) -> Option<()> {
    let text = |name: &str| args[name].as_str();
    let market = text("market").map(|text| ConditionId::parse(text).unwrap());
    let token = text("asset_id").or(text("token_id")).map(|text| TokenId::parse(text).unwrap());
    let scope = Scope { market, token };
    let asset = || match text("asset_type").unwrap() {
        "COLLATERAL" => Asset::Collateral,
        _ => Asset::Conditional(token.unwrap()),
    };
    match call {
        "cancel_order" => {
            let _ = client.cancel(OrderId::parse(text("orderID").unwrap()).ok()?).await;
        }
        "cancel_orders" => {
            let ids: Option<Vec<_>> = args["ids"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| OrderId::parse(id.as_str().unwrap()).ok())
                .collect();
            client.cancel_many(&ids?).await;
        }
        "cancel_all" => drop(client.cancel_all().await),
        "cancel_market_orders" => {
            let scope = match (market, token) {
                (Some(market), Some(token)) => CancelScope::Both(market, token),
                (Some(market), None) => CancelScope::Market(market),
                (None, Some(token)) => CancelScope::Token(token),
                (None, None) => return None,
            };
            drop(client.cancel_scope(scope).await);
        }
        "api_keys" => drop(client.api_keys().await),
        "closed_only" => drop(client.closed_only().await),
        "get_order" => {
            drop(client.order(OrderId::parse(text("orderID").unwrap()).unwrap()).await);
        }
        "open_orders" => drop(client.open_orders(scope).await),
        "trades" => drop(client.trades(scope).await),
        "balance_allowance" => drop(client.holding(asset()).await),
        "update_balance_allowance" => drop(client.refresh(asset()).await),
        "heartbeat" => {
            let now = std::time::Instant::now();
            let beat = Heartbeat::started(now).take_due(now).unwrap();
            client.heartbeat(&beat).await;
        }
        _ => return None,
    }
    Some(())
}

#[actix_rt::test]
async fn our_requests_are_those_of_an_official_client() {
    let Some(folder) = vectors() else { return };
    let file = std::fs::read_to_string(folder.join("l2_requests.json")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    let mut checked = vec![];
    for vector in file["vectors"].as_array().unwrap() {
        let name = vector["id"].as_str().unwrap();
        // A refusal that is not worth repeating, so that one request is all there is.
        let (address, requests) = raw_server(vec![answer("400 Bad Request", "", "{}")]);
        let seconds = vector["timestamp"].as_i64().unwrap();
        let key = vector["privateKey"].as_str().unwrap().trim_start_matches("0x");
        let client = client_of(&quick(address), key, UnixMillis(seconds * 1_000));
        let call = vector["call"].as_str().unwrap();
        if make(&client, call, &vector["args"]).await.is_none() {
            continue;
        }
        let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
        let recorded: Vec<Recorded> = ["ts", "rust"]
            .iter()
            .filter_map(|sdk| serde_json::from_value(vector[sdk].clone()).ok())
            .collect();
        assert!(recorded.iter().any(|recorded| same(&asked, recorded, seconds)), "{name} {call}");
        checked.push(call.to_owned());
    }
    checked.dedup();
    assert_eq!(checked.len(), 12, "{checked:?}");
}

fn same(asked: &Asked, recorded: &Recorded, seconds: i64) -> bool {
    let body = (!asked.body.is_empty()).then_some(&asked.body);
    let said = |name: &str, value: &str| asked.header(name) == Some(value);
    asked.method == recorded.method
        && asked.target == recorded.target
        && body == recorded.body.as_ref()
        && asked
            .header("poly_address")
            .is_some_and(|a| a.eq_ignore_ascii_case(&recorded.poly_address))
        && said("poly_signature", &recorded.poly_signature)
        && said("poly_timestamp", &seconds.to_string())
        && said("poly_api_key", API_KEY)
        && said("poly_passphrase", PASSPHRASE)
        && asked.header("content-type") == recorded.content_type.as_deref()
}

#[actix_rt::test]
async fn a_batch_is_the_stored_orders_and_its_signature_the_recorded_one() {
    let Some(folder) = vectors() else { return };
    let file = std::fs::read_to_string(folder.join("orders_batch.json")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    for vector in file["vectors"].as_array().unwrap() {
        for (body, hmac) in [("bodyTs", "hmacTs"), ("bodyRust", "hmacRust")] {
            let (Some(body), Some(hmac)) = (vector[body].as_str(), vector[hmac].as_str()) else {
                continue;
            };
            let orders: Vec<&RawValue> = serde_json::from_str(body).unwrap();
            let orders: Vec<_> = (0u8..)
                .zip(orders)
                .map(|(n, raw)| (super::id(n), raw.get().to_owned().into()))
                .collect();
            let (address, requests) = raw_server(vec![answer("400 Bad Request", "", "{}")]);
            let seconds = vector["timestamp"].as_i64().unwrap();
            let client = client_of(&quick(address), super::KEY, UnixMillis(seconds * 1_000));
            let _ = client.place_batch(&orders).await.unwrap();
            let asked = Asked::read(&requests.recv_timeout(Duration::from_secs(10)).unwrap());
            assert_eq!(asked.body, body);
            assert_eq!(asked.header("poly_signature"), Some(hmac), "{}", vector["id"]);
        }
    }
}
