//! Calldata and ids against the golden vectors.

use ethers_core::types::{Address, Bytes, H256, U256};
use polymarket::chain::{Grant, abi, ids};
use serde_json::Value;

use crate::support;

fn vectors(file: &str, count: usize) -> Option<Vec<Value>> {
    let text = std::fs::read(support::vectors()?.join(file)).unwrap();
    let mut whole: Value = serde_json::from_slice(&text).unwrap();
    let Value::Array(vectors) = whole["vectors"].take() else { panic!("{file}: no vectors") };
    assert_eq!(vectors.len(), count, "{file}");
    Some(vectors)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}"))
}
fn address(value: &Value) -> Address {
    text(value).parse().unwrap()
}
fn hash(value: &Value) -> H256 {
    text(value).parse().unwrap()
}
fn number(value: &Value) -> U256 {
    match value {
        Value::Number(number) => number.as_u64().unwrap().into(),
        text => U256::from_dec_str(self::text(text)).unwrap(),
    }
}
fn small(value: &Value) -> u64 {
    number(value).as_u64()
}
fn list<T>(value: &Value, read: fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

fn calldata(function: &str, args: &[Value]) -> Bytes {
    let a = |n: usize| &args[n];
    let both = || assert_eq!(list(a(3), small), [1, 2], "{function}");
    let no_parent = || assert!(hash(a(1)).is_zero(), "{function}");
    match function {
        "allowance(address,address)" => abi::allowance(address(a(0)), address(a(1))),
        "approve(address,uint256)" => abi::approve(address(a(0)), number(a(1))),
        "balanceOf(address)" => abi::cash_balance(address(a(0))),
        "balanceOf(address,uint256)" => abi::share_balance(address(a(0)), number(a(1))),
        "balanceOfBatch(address[],uint256[])" => {
            abi::share_balances(&list(a(0), address), &list(a(1), number))
        }
        "convertPositions(bytes32,uint256,uint256)" => {
            abi::convert_positions(hash(a(0)), number(a(1)), number(a(2)))
        }
        "getCollectionId(bytes32,bytes32,uint256)" => {
            abi::collection_id(hash(a(0)), hash(a(1)), small(a(2)))
        }
        "getConditionId(address,bytes32,uint256)" => {
            abi::condition_id(address(a(0)), hash(a(1)), small(a(2)))
        }
        "getPositionId(address,bytes32)" => abi::position_id(address(a(0)), hash(a(1))),
        "isApprovedForAll(address,address)" => {
            abi::is_approved_for_all(address(a(0)), address(a(1)))
        }
        "mergePositions(address,bytes32,bytes32,uint256[],uint256)" => {
            both();
            no_parent();
            abi::merge_positions(address(a(0)), hash(a(2)), number(a(4)))
        }
        "splitPosition(address,bytes32,bytes32,uint256[],uint256)" => {
            both();
            no_parent();
            abi::split_position(address(a(0)), hash(a(2)), number(a(4)))
        }
        "mergePositions(bytes32,uint256)" => abi::neg_risk_merge(hash(a(0)), number(a(1))),
        "splitPosition(bytes32,uint256)" => abi::neg_risk_split(hash(a(0)), number(a(1))),
        "payoutDenominator(bytes32)" => abi::payout_denominator(hash(a(0))),
        "payoutNumerators(bytes32,uint256)" => {
            abi::payout_numerator(hash(a(0)), small(a(1)).try_into().unwrap())
        }
        "redeemPositions(address,bytes32,bytes32,uint256[])" => {
            no_parent();
            abi::redeem_index_sets(address(a(0)), hash(a(2)), &list(a(3), small))
        }
        "redeemPositions(bytes32,uint256[])" => {
            let amounts = list(a(1), number).try_into().unwrap();
            abi::neg_risk_redeem(hash(a(0)), amounts)
        }
        "safeTransferFrom(address,address,uint256,uint256,bytes)" => {
            assert_eq!(text(a(4)), "0x");
            abi::transfer_shares(address(a(0)), address(a(1)), number(a(2)), number(a(3)))
        }
        "setApprovalForAll(address,bool)" => {
            let grant = if a(1) == true { Grant::Given } else { Grant::TakenBack };
            abi::set_approval_for_all(address(a(0)), grant)
        }
        "transfer(address,uint256)" => abi::transfer(address(a(0)), number(a(1))),
        "wrap(address,address,uint256)" => abi::wrap(address(a(0)), address(a(1)), number(a(2))),
        other => panic!("no function of ours for {other}"),
    }
}

#[test]
fn the_calldata_of_every_call_is_what_three_libraries_encode() {
    let Some(vectors) = vectors("abi_calldata.json", 66) else { return };
    for vector in vectors {
        let args = vector["args"].as_array().unwrap();
        let ours = calldata(text(&vector["fn"]), args);
        assert_eq!(ours.to_string(), text(&vector["calldata"]), "{}", vector["id"]);
    }
}

#[test]
fn the_calls_without_vectors_have_the_selectors_of_the_documents() {
    let at = Address::repeat_byte(1);
    let one = U256::one();
    let cases = [
        (abi::unwrap(at, at, one), "8cc7104f"),
        (abi::router_split([1; 31], one), "82d3b9f1"),
        (abi::router_merge([1; 31], one), "5b63685e"),
        (abi::router_redeem([1; 31], 1, one), "d217a3cc"),
        (abi::payout(one, one), "4c619e4c"),
    ];
    for (data, selector) in cases {
        assert_eq!(hex::encode(&data[..4]), selector);
    }
    let data = abi::router_redeem([0xab; 31], 1, 5.into());
    let words: Vec<_> = data[4..].chunks(32).map(hex::encode).collect();
    let wanted = [format!("{}00", "ab".repeat(31)), format!("{:064x}", 1), format!("{:064x}", 5)];
    assert_eq!(words, wanted, "a short id is padded on the right, numbers on the left");
}

#[test]
fn conditions_collections_and_positions_are_what_the_contract_computes() {
    let Some(vectors) = vectors("ctf_ids.json", 39) else { return };
    for vector in vectors {
        let id = &vector["id"];
        match text(&vector["type"]) {
            "ids" => plain(&vector),
            "nested" => nested(&vector),
            "negRisk" => neg_risk(&vector),
            "realMarket" => real_market(&vector),
            other => panic!("{id}: {other}"),
        }
    }
}

fn plain(vector: &Value) {
    let oracle = address(&vector["oracle"]);
    let slots = small(&vector["outcomeSlotCount"]);
    let condition = ids::condition_id(oracle, hash(&vector["questionId"]), slots);
    assert_eq!(condition, hash(&vector["conditionId"]), "{}", vector["id"]);
    for position in vector["positions"].as_array().unwrap() {
        let collection = ids::collection_id(condition, small(&position["indexSet"]));
        assert_eq!(collection, hash(&position["collectionId"]), "{}", vector["id"]);
        let token = ids::position_id(address(&vector["collateral"]), collection);
        assert_eq!(token, number(&position["positionId"]), "{}", vector["id"]);
    }
}

fn nested(vector: &Value) {
    let parent =
        ids::collection_id(hash(&vector["parentConditionId"]), small(&vector["parentIndexSet"]));
    assert_eq!(parent, hash(&vector["parentCollectionId"]), "{}", vector["id"]);
    let condition = hash(&vector["conditionId"]);
    let nested = ids::nested_collection_id(parent, condition, small(&vector["indexSet"])).unwrap();
    assert_eq!(nested, hash(&vector["collectionId"]), "{}", vector["id"]);
    let token = ids::position_id(address(&vector["collateral"]), nested);
    assert_eq!(token, number(&vector["positionId"]), "{}", vector["id"]);
}

fn neg_risk(vector: &Value) {
    let market = hash(&vector["marketId"]);
    let index = u8::try_from(small(&vector["questionIndex"])).unwrap();
    let question = ids::neg_risk_question(market, index);
    assert_eq!(question, hash(&vector["questionId"]), "{}", vector["id"]);
    assert_eq!(ids::neg_risk_market(question), market);
    let condition = ids::condition_id(address(&vector["adapter"]), question, 2);
    assert_eq!(condition, hash(&vector["conditionId"]), "{}", vector["id"]);
    let tokens = ids::outcome_tokens(address(&vector["wrappedCollateral"]), condition);
    let wanted = [&vector["yesPositionId"], &vector["noPositionId"]].map(text);
    assert_eq!(tokens.map(|token| token.to_string()), wanted, "{}", vector["id"]);
}

fn real_market(vector: &Value) {
    let contracts = polymarket::account::Contracts::polygon();
    let collateral = match vector["negRisk"].as_bool().unwrap() {
        true => contracts.wrapped_collateral,
        false => contracts.usdc_e,
    };
    let tokens = ids::outcome_tokens(collateral, hash(&vector["conditionId"]));
    let wanted: Vec<_> = vector["tokenIds"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(tokens.map(|token| token.to_string()).as_slice(), wanted, "{}", vector["id"]);
}
