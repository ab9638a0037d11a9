//! Exactly once: nonces, repetitions, replacements, blocks that go away.

use std::slice::from_ref;

use domain::Usd;
use ethers_core::types::Address;
use polymarket::chain::{
    Cash, ChainOperation, ChainStatus, FeePolicy, FeeRefusal, PrepareError, PreparedTransaction,
    Refusal, SendRefusal, SubmitOutcome, Ticket, Transactions,
};
use serde_json::json;

use super::world::{KEY, ORACLE, START, World};
use polymarket::account::PrivateKey;

fn transfer(dollars: i64) -> ChainOperation {
    let to = ORACLE.parse().unwrap();
    let amount = Usd::from_whole(dollars);
    ChainOperation::TransferCash { cash: Cash::Pusd, to, amount }
}

fn accepted(prepared: &PreparedTransaction) -> SubmitOutcome {
    SubmitOutcome::Accepted(Ticket::Hash(prepared.hash))
}
async fn mine_by_hand(world: &World) {
    world.node.ask("evm_setAutomine", json!([false])).await;
}
async fn mine(world: &World, blocks: u64) {
    world.node.ask("anvil_mine", json!([blocks])).await;
}

#[actix_rt::test]
async fn a_prepared_transaction_survives_storage_and_nothing_of_it_is_sent_before() {
    let Some(world) = World::start().await else { return };
    let prepared = world.sender.prepare(&transfer(1), 0).await.unwrap();
    assert_eq!(world.sender.status(from_ref(&prepared), 1).await, Ok(ChainStatus::Unknown));
    let stored = serde_json::to_vec(&prepared).unwrap();
    let loaded: PreparedTransaction = serde_json::from_slice(&stored).unwrap();
    assert_eq!(loaded, prepared);
    assert_eq!(world.sender.submit(&loaded).await, accepted(&loaded));
    let status = world.until_final(&[loaded]).await;
    assert!(matches!(status, ChainStatus::Confirmed { hash, .. } if hash == prepared.hash));
}

#[actix_rt::test]
async fn the_same_bytes_sent_again_are_known_and_done_once() {
    let Some(world) = World::start().await else { return };
    mine_by_hand(&world).await;
    let prepared = world.sender.prepare(&transfer(5), 0).await.unwrap();
    assert_eq!(world.sender.submit(&prepared).await, accepted(&prepared));
    assert_eq!(world.sender.submit(&prepared).await, SubmitOutcome::AlreadyKnown);
    let attempts = [prepared.clone()];
    assert_eq!(world.sender.status(&attempts, 2).await, Ok(ChainStatus::Pending));
    mine(&world, 1).await;
    let status = world.sender.status(&attempts, 2).await.unwrap();
    assert!(matches!(status, ChainStatus::Mined { confirmations: 1, .. }), "{status:?}");
    mine(&world, 1).await;
    let status = world.sender.status(&attempts, 2).await.unwrap();
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    assert_eq!(world.sender.submit(&prepared).await, SubmitOutcome::NonceTooLow);
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(5));
}

#[actix_rt::test]
async fn of_two_transactions_with_one_nonce_one_is_done_and_the_other_knows_it() {
    let Some(world) = World::start().await else { return };
    mine_by_hand(&world).await;
    let first = world.sender.prepare(&transfer(5), 0).await.unwrap();
    let second = world.sender.prepare(&transfer(9), 0).await.unwrap();
    assert_eq!(world.sender.submit(&first).await, accepted(&first));
    let reason = SendRefusal::ReplacementUnderpriced;
    let outcome = world.sender.submit(&second).await;
    let refused = matches!(&outcome, SubmitOutcome::Refused { reason: why, .. } if *why == reason);
    assert!(refused, "{outcome:?}");
    mine(&world, 1).await;
    assert_eq!(world.sender.submit(&second).await, SubmitOutcome::NonceTooLow);
    let unsure = world.sender.status(from_ref(&second), 3).await;
    assert_eq!(unsure, Ok(ChainStatus::Unknown), "one block deep proves nothing");
    mine(&world, 4).await;
    assert_eq!(world.sender.status(from_ref(&second), 3).await, Ok(ChainStatus::Superseded));
    let both = world.sender.status(&[second, first], 3).await.unwrap();
    assert!(matches!(both, ChainStatus::Confirmed { .. }), "{both:?}");
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(5));
}

#[actix_rt::test]
async fn a_stuck_transaction_is_replaced_for_a_tenth_more_and_done_once() {
    let Some(world) = World::start().await else { return };
    mine_by_hand(&world).await;
    let stuck = world.sender.prepare(&transfer(5), 0).await.unwrap();
    assert_eq!(world.sender.submit(&stuck).await, accepted(&stuck));
    let again = world.sender.replacement(&stuck).await.unwrap();
    assert_eq!((again.nonce, &again.call), (stuck.nonce, &stuck.call));
    assert_ne!(again.hash, stuck.hash);
    for (before, after) in
        [(stuck.fees.total_max, again.fees.total_max), (stuck.fees.tip, again.fees.tip)]
    {
        assert!(after * 10 >= before * 11, "{before} -> {after}");
    }
    assert_eq!(world.sender.submit(&again).await, accepted(&again));
    mine(&world, 1).await;
    let status = world.until_final(&[stuck, again.clone()]).await;
    assert!(matches!(status, ChainStatus::Confirmed { hash, .. } if hash == again.hash));
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(5));
}

#[actix_rt::test]
async fn a_transaction_whose_block_is_dropped_is_no_longer_mined_and_can_be_sent_again() {
    let Some(world) = World::start().await else { return };
    mine_by_hand(&world).await;
    mine(&world, 5).await;
    let prepared = world.sender.prepare(&transfer(5), 0).await.unwrap();
    world.sender.submit(&prepared).await;
    mine(&world, 1).await;
    let attempts = [prepared.clone()];
    let status = world.sender.status(&attempts, 3).await.unwrap();
    assert!(matches!(status, ChainStatus::Mined { confirmations: 1, .. }), "{status:?}");
    world.node.ask("anvil_reorg", json!([2, []])).await;
    let status = world.sender.status(&attempts, 3).await.unwrap();
    assert!(matches!(status, ChainStatus::Unknown | ChainStatus::Pending), "{status:?}");
    assert_eq!(world.cash(Cash::Pusd).await, START);
    let outcome = world.sender.submit(&prepared).await;
    assert!(
        matches!(outcome, SubmitOutcome::Accepted(_) | SubmitOutcome::AlreadyKnown),
        "{outcome:?}"
    );
    mine(&world, 3).await;
    let status = world.sender.status(&attempts, 3).await.unwrap();
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(5));
}

#[actix_rt::test]
async fn gas_above_the_cap_and_an_empty_purse_are_refused_before_sending() {
    let Some(world) = World::start().await else { return };
    let key = PrivateKey::parse(KEY).unwrap();
    let policy = FeePolicy { total_max: 20_000_000_000, ..FeePolicy::default() };
    let frugal = Transactions::new(world.rpc().clone(), key, world.contracts.clone(), policy);
    let refused = frugal.prepare(&transfer(1), 0).await.unwrap_err();
    let cap = |error: &PrepareError| {
        matches!(error, PrepareError::Refused(Refusal::Fee(FeeRefusal::AboveCap { .. })))
    };
    assert!(cap(&refused), "{refused:?}");

    world.node.ask("anvil_setBalance", json!([world.account, "0x1"])).await;
    let refused = world.sender.prepare(&transfer(1), 0).await.unwrap_err();
    let poor = matches!(refused, PrepareError::Refused(Refusal::NotEnoughGasMoney { .. }));
    assert!(poor, "{refused:?}");
    assert_eq!(world.sender.next_nonce().await.unwrap(), 0);
}

#[actix_rt::test]
async fn the_node_reads_our_bytes_as_we_meant_them() {
    let Some(world) = World::start().await else { return };
    mine_by_hand(&world).await;
    let prepared = world.sender.prepare(&transfer(5), 3).await.unwrap();
    world.sender.submit(&prepared).await;
    let read = world.node.ask("eth_getTransactionByHash", json!([prepared.hash])).await;
    let from: Address = serde_json::from_value(read["from"].clone()).unwrap();
    assert_eq!(from, world.account);
    let hex = |number: u128| format!("0x{number:x}");
    assert_eq!(read["type"], "0x2");
    assert_eq!(read["chainId"], "0x89");
    assert_eq!(read["nonce"], "0x3");
    assert_eq!(read["input"], prepared.call.data.to_string());
    assert_eq!(read["maxFeePerGas"], hex(prepared.fees.total_max));
    assert_eq!(read["maxPriorityFeePerGas"], hex(prepared.fees.tip));
    assert_eq!(prepared.fees.tip, 25_000_000_000, "the node suggests 1 gwei, the network wants 25");
}
