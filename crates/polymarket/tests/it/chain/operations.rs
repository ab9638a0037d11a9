//! Every operation does what its name says, to the cent, on a real node.

use domain::{ConditionId, Usd};
use ethers_core::abi::Token;
use ethers_core::types::{Address, H256};
use polymarket::chain::{
    Allowance, Cash, ChainOperation, ChainStatus, Custody, Grant, OutcomeIndex, PrepareError,
    QuestionSet, Refusal, Requirement, RevertReason, ShareLedger, V1Market, ids,
};

use super::world::{ORACLE, START, World, number, whole, word};

const CTF: ShareLedger = ShareLedger::ConditionalTokens;
const POSITIONS: ShareLedger = ShareLedger::PositionManager;

fn market(byte: u8) -> H256 {
    ids::neg_risk_market(H256::repeat_byte(byte))
}

#[actix_rt::test]
async fn a_standard_market_is_split_merged_and_redeemed_to_the_cent() {
    let Some(world) = World::start().await else { return };
    let custody = Custody::Standard;
    world.approve(custody).await;
    let (condition, tokens) = world.standard_market(7).await;

    world.done(ChainOperation::Split { custody, condition, amount: whole(100) }).await;
    assert_eq!(world.shares(CTF, &tokens).await, [whole(100), whole(100)]);
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(100));

    world.done(ChainOperation::Merge { custody, condition, amount: whole(40) }).await;
    assert_eq!(world.shares(CTF, &tokens).await, [whole(60), whole(60)]);
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(60));

    let hash = H256(*condition.bytes());
    assert_eq!(world.rpc().payouts(&world.contracts, hash).await.unwrap(), None);
    let redeem = ChainOperation::Redeem { condition, market: V1Market::Standard };
    let early = world.refused(redeem.clone()).await;
    let reason = RevertReason::Text("result for condition not received yet".to_owned());
    assert_eq!(early, PrepareError::Refused(Refusal::WouldRevert(reason)));

    world.resolve_standard(7, [3, 1]).await;
    let payouts = world.rpc().payouts(&world.contracts, hash).await.unwrap();
    assert_eq!(payouts, Some(([3.into(), 1.into()], 4.into())));
    world.done(redeem).await;
    assert_eq!(world.shares(CTF, &tokens).await, [whole(0), whole(0)]);
    assert_eq!(world.cash(Cash::Pusd).await, START);
}

#[actix_rt::test]
async fn a_neg_risk_group_is_split_merged_converted_and_redeemed_to_the_cent() {
    let Some(world) = World::start().await else { return };
    let custody = Custody::NegRisk;
    world.approve(custody).await;
    let market = market(0x5a);
    let group = world.neg_risk_group(market, 4, 0).await;
    for (condition, _) in &group[..2] {
        let (condition, amount) = (*condition, whole(50));
        world.done(ChainOperation::Split { custody, condition, amount }).await;
    }
    let (condition, amount) = (group[0].0, whole(10));
    world.done(ChainOperation::Merge { custody, condition, amount }).await;
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(90));

    // 40 NO of questions 0 and 1 become 40 YES of 2 and 3 and 40 dollars.
    let questions = QuestionSet::of([0, 1]);
    world.done(ChainOperation::Convert { market, questions, amount: whole(40) }).await;
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(50));
    let tokens: Vec<_> = group.iter().flat_map(|(_, tokens)| *tokens).collect();
    let held = [40, 0, 50, 10, 40, 0, 40, 0].map(whole);
    assert_eq!(world.shares(CTF, &tokens).await, held);

    let (adapter, winner) = (world.contracts.neg_risk_adapter, Token::Uint(2.into()));
    world.act(adapter, "resolve(bytes32,uint256)", &[word(market), winner]).await;
    for (condition, _) in group {
        let redeem = ChainOperation::Redeem { condition, market: V1Market::NegRisk };
        world.done(redeem).await;
    }
    // 10 NO of question 1 and 40 YES of question 2 pay.
    assert_eq!(world.cash(Cash::Pusd).await, START);
    assert_eq!(world.shares(CTF, &tokens).await, [whole(0); 8]);
}

#[actix_rt::test]
async fn a_conversion_fee_is_taken_from_shares_and_dollars() {
    let Some(world) = World::start().await else { return };
    world.approve(Custody::NegRisk).await;
    let market = market(0x33);
    let group = world.neg_risk_group(market, 3, 200).await;
    for (condition, _) in &group[..2] {
        let (condition, amount) = (*condition, whole(50));
        world.done(ChainOperation::Split { custody: Custody::NegRisk, condition, amount }).await;
    }
    let questions = QuestionSet::of([0, 1]);
    world.done(ChainOperation::Convert { market, questions, amount: whole(50) }).await;
    assert_eq!(world.shares(CTF, &group[2].1).await, [whole(49), whole(0)]);
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(51));
    let questions = QuestionSet::of([3]);
    let beyond =
        world.refused(ChainOperation::Convert { market, questions, amount: whole(1) }).await;
    let reason = RevertReason::Text("no such question".to_owned());
    assert_eq!(beyond, PrepareError::Refused(Refusal::WouldRevert(reason)));
}

#[actix_rt::test]
async fn a_market_of_protocol_v2_is_split_merged_and_redeemed_to_the_cent() {
    let Some(world) = World::start().await else { return };
    let custody = Custody::Positions;
    world.approve(custody).await;
    let short = [0x11; 31];
    let mut bytes = [0x11; 32];
    bytes[31] = 0;
    let condition = ConditionId::from_bytes(bytes);
    let tokens = [0, 1].map(|outcome| ids::token_id(ids::v2_position(short, outcome)));

    world.done(ChainOperation::Split { custody, condition, amount: whole(100) }).await;
    world.done(ChainOperation::Merge { custody, condition, amount: whole(25) }).await;
    assert_eq!(world.shares(POSITIONS, &tokens).await, [whole(75), whole(75)]);
    assert_eq!(world.cash(Cash::Pusd).await, START - Usd::from_whole(75));

    let worth = || world.rpc().payout_of_position(&world.contracts, tokens[0], whole(75));
    assert!(worth().await.is_err(), "an unresolved position has no payout");
    let redeem = |outcome, amount| ChainOperation::RedeemPosition { condition, outcome, amount };
    let early = world.refused(redeem(OutcomeIndex::Yes, whole(1))).await;
    assert!(matches!(early, PrepareError::Refused(Refusal::WouldRevert(_))), "{early:?}");

    let arguments = [Token::FixedBytes(short.to_vec()), Token::Uint(1_000_000.into())];
    world.act(world.contracts.position_manager, "resolve(bytes31,uint256)", &arguments).await;
    assert_eq!(worth().await.unwrap(), Usd::from_whole(75));
    world.done(redeem(OutcomeIndex::Yes, whole(75))).await;
    world.done(redeem(OutcomeIndex::No, whole(75))).await;
    assert_eq!(world.cash(Cash::Pusd).await, START);
    assert_eq!(world.shares(POSITIONS, &tokens).await, [whole(0), whole(0)]);
}

#[actix_rt::test]
async fn dollars_are_wrapped_unwrapped_and_transferred() {
    let Some(world) = World::start().await else { return };
    let contracts = &world.contracts;
    let to = world.account;
    for (cash, spender) in
        [(Cash::Usdce, contracts.collateral_onramp), (Cash::Pusd, contracts.collateral_offramp)]
    {
        let allowance = Allowance::UpTo(Usd::from_whole(30));
        world.done(ChainOperation::ApproveCash { cash, spender, allowance }).await;
    }
    world.done(ChainOperation::Wrap { to, amount: Usd::from_whole(30) }).await;
    assert_eq!(world.cash(Cash::Pusd).await, START + Usd::from_whole(30));
    world.done(ChainOperation::Unwrap { to, amount: Usd::from_micros(1) }).await;
    assert_eq!(world.cash(Cash::Usdce).await, START - Usd::from_whole(30) + Usd::from_micros(1));
    let left = world
        .rpc()
        .allowance(contracts, Cash::Pusd, to, contracts.collateral_offramp)
        .await
        .unwrap();
    assert_eq!(left, Usd::from_micros(29_999_999));

    let friend: Address = ORACLE.parse().unwrap();
    let amount = Usd::from_whole(7);
    world.done(ChainOperation::TransferCash { cash: Cash::Pusd, to: friend, amount }).await;
    let received = world.rpc().cash(contracts, Cash::Pusd, friend).await.unwrap();
    assert_eq!(received, amount);
}

#[actix_rt::test]
async fn shares_are_transferred_on_both_ledgers() {
    let Some(world) = World::start().await else { return };
    let friend: Address = ORACLE.parse().unwrap();
    world.approve(Custody::Standard).await;
    let (condition, tokens) = world.standard_market(9).await;
    let amount = whole(5);
    world.done(ChainOperation::Split { custody: Custody::Standard, condition, amount }).await;
    let position = ids::token_id(ids::v2_position([0x22; 31], 1));
    let arguments = [
        Token::Address(world.account),
        Token::Uint(number(position)),
        Token::Uint(9_000_000.into()),
    ];
    let manager = world.contracts.position_manager;
    world.act(manager, "mint(address,uint256,uint256)", &arguments).await;
    for (ledger, token, left) in [(CTF, tokens[1], 3), (POSITIONS, position, 7)] {
        let (to, amount) = (friend, whole(2));
        let transfer = ChainOperation::TransferShares { ledger, to, token, amount };
        world.done(transfer).await;
        assert_eq!(world.shares(ledger, &[token]).await, [whole(left)]);
        let received =
            world.rpc().shares(&world.contracts, ledger, friend, &[token]).await.unwrap();
        assert_eq!(received, [whole(2)]);
    }
}

#[actix_rt::test]
async fn what_is_missing_is_named_before_anything_is_sent() {
    let Some(world) = World::start().await else { return };
    let (condition, _) = world.standard_market(3).await;
    let custody = Custody::Standard;
    let spender = custody.operator(&world.contracts);
    let split = |dollars| ChainOperation::Split { custody, condition, amount: whole(dollars) };
    let missing = |requirement| PrepareError::Refused(Refusal::Missing(requirement));
    let (cash, amount) = (Cash::Pusd, Usd::from_whole(100));

    let refused = world.refused(split(100)).await;
    assert_eq!(refused, missing(Requirement::CashAllowance { cash, spender, amount }));
    let refused = world.refused(split(1_001)).await;
    let amount = Usd::from_whole(1_001);
    assert_eq!(refused, missing(Requirement::Cash { cash, amount }));
    let merge = ChainOperation::Merge { custody, condition, amount: whole(1) };
    let (ledger, operator) = (CTF, spender);
    let approval = missing(Requirement::ShareApproval { ledger, operator });
    assert_eq!(world.refused(merge.clone()).await, approval);

    world.approve(custody).await;
    let refused = world.refused(merge.clone()).await;
    assert!(matches!(refused, PrepareError::Refused(Refusal::WouldRevert(_))), "{refused:?}");
    let grant = Grant::TakenBack;
    world.done(ChainOperation::ApproveShares { ledger, operator, grant }).await;
    assert_eq!(world.refused(merge).await, approval);
    assert_eq!(world.sender.next_nonce().await.unwrap(), 3, "refusals send nothing");
}

#[actix_rt::test]
async fn a_paused_adapter_is_told_from_any_other_refusal() {
    let Some(world) = World::start().await else { return };
    let custody = Custody::Standard;
    world.approve(custody).await;
    let (condition, _) = world.standard_market(4).await;
    let pause = [Token::Address(world.contracts.usdc_e), Token::Bool(true)];
    let adapter = world.contracts.ctf_collateral_adapter;
    world.act(adapter, "setPaused(address,bool)", &pause).await;
    let refused =
        world.refused(ChainOperation::Split { custody, condition, amount: whole(1) }).await;
    assert_eq!(refused, PrepareError::Refused(Refusal::WouldRevert(RevertReason::Paused)));
}

#[actix_rt::test]
async fn a_transaction_that_fails_in_its_block_says_why_and_changes_nothing() {
    let Some(world) = World::start().await else { return };
    let custody = Custody::Standard;
    world.approve(custody).await;
    let (condition, _) = world.standard_market(5).await;
    let nonce = world.sender.next_nonce().await.unwrap();
    let split = ChainOperation::Split { custody, condition, amount: whole(1) };
    let prepared = world.sender.prepare(&split, nonce).await.unwrap();
    let pause = [Token::Address(world.contracts.usdc_e), Token::Bool(true)];
    world.act(world.contracts.ctf_collateral_adapter, "setPaused(address,bool)", &pause).await;
    world.sender.submit(&prepared).await;
    let hash = prepared.hash;
    let status = world.until_final(&[prepared]).await;
    assert_eq!(status, ChainStatus::Reverted { hash, reason: RevertReason::Paused });
    assert_eq!(world.cash(Cash::Pusd).await, START);
}
