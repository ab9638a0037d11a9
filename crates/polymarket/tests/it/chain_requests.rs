//! What goes to the relayer, against what the official client makes of the same input.

use ethers_core::types::{Address, U256};
use polymarket::account::{Contracts, PrivateKey};
use polymarket::chain::ContractCall;
use polymarket::relayer::{Params, PreparedBatch};
use serde_json::Value;

const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const DEPOSIT_WALLET: &str = "0xBc0fF067b7740Eff76C1ca93c875Ba6B890d6B50";
const SAFE: &str = "0xd93B25cb943D14d0d34FBaF01Fc93a0f8b5F6E47";
const PROXY: &str = "0x365f0CA36Ae1f641E02fE3B7743673da42A13A70";

/// Made by version 0.0.10 of the official client, @polymarket/builder-relayer-client.
fn official(name: &str) -> Value {
    let text = include_str!("../fixtures/relayer_requests.json");
    let mut all: Value = serde_json::from_str(text).unwrap();
    let mut request = all[name].take();
    // It leaves an empty note out of one kind of request; the service takes both.
    request["metadata"] = "".into();
    request
}

fn calls() -> Vec<ContractCall> {
    let calls = official("wallet")["depositWalletParams"]["calls"].take();
    let call = |call: &Value| ContractCall {
        to: call["target"].as_str().unwrap().parse().unwrap(),
        value: U256::from_dec_str(call["value"].as_str().unwrap()).unwrap(),
        data: call["data"].as_str().unwrap().parse().unwrap(),
    };
    calls.as_array().unwrap().iter().map(call).collect()
}

fn key() -> PrivateKey {
    PrivateKey::parse(KEY).unwrap()
}
fn address(text: &str) -> Address {
    text.parse().unwrap()
}
fn body(batch: &PreparedBatch) -> Value {
    serde_json::from_str(&batch.body).unwrap()
}

#[test]
fn a_deposit_wallets_batch_is_what_the_official_client_sends() {
    let (contracts, wallet) = (Contracts::polygon(), address(DEPOSIT_WALLET));
    let batch =
        PreparedBatch::for_deposit_wallet(&key(), &contracts, wallet, 5, &calls(), 1_800_000_000);
    assert_eq!(body(&batch), official("wallet"));
    assert!(!batch.is_expired(1_800_000_000) && batch.is_expired(1_800_000_001));
    let stored = serde_json::to_vec(&batch).unwrap();
    assert_eq!(serde_json::from_slice::<PreparedBatch>(&stored).unwrap(), batch);
}

#[test]
fn a_safes_batch_of_one_call_or_several_is_what_the_official_client_sends() {
    let (contracts, wallet) = (Contracts::polygon(), address(SAFE));
    let one = PreparedBatch::for_safe(&key(), &contracts, wallet, 60, &calls()[..1]);
    assert_eq!(body(&one), official("safe1"));
    let two = PreparedBatch::for_safe(&key(), &contracts, wallet, 61, &calls());
    assert_eq!(body(&two), official("safe2"));
    assert!(!two.is_expired(i64::MAX), "a Safe's signature has no deadline");
}

#[test]
fn a_proxys_batch_is_what_the_official_client_sends() {
    let (contracts, wallet) = (Contracts::polygon(), address(PROXY));
    let params = Params { address: Address::repeat_byte(0x11), nonce: 9 };
    let batch =
        PreparedBatch::for_proxy(&key(), &contracts, wallet, params, &calls(), 200_000).unwrap();
    assert_eq!(body(&batch), official("proxy"));
}

#[test]
fn the_sample_of_a_safes_request_has_the_fields_that_we_send() {
    let Some(samples) = crate::support::samples() else { return };
    let text = std::fs::read(samples.join("relayer_submit_safe_request.json")).unwrap();
    let sample: Value = serde_json::from_slice(&text).unwrap();
    let ours =
        PreparedBatch::for_safe(&key(), &Contracts::polygon(), address(SAFE), 60, &calls()[..1]);
    let ours = body(&ours);
    for (name, value) in sample.as_object().unwrap() {
        assert_eq!(ours[name].is_string(), value.is_string(), "{name}");
    }
    assert_eq!(ours["signatureParams"], sample["signatureParams"]);
    assert!(ours["signature"].as_str().unwrap().ends_with("1f"));
}
