use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::abi::{Token, encode};
use ethers_signers::{LocalWallet, Signer};
use proptest::prelude::*;

use super::contracts::*;
use super::relayer::Stage;
use super::*;
use crate::custody::{Asset, ConditionKind, Custody, Payouts, Revert, ShareContract};
use crate::fault::Fault;

const BLOCK_MS: i64 = 1_000;
const GROUP: [u8; 32] = {
    let mut id = [7; 32];
    id[31] = 0;
    id
};

/// A chain with one question alone (1), one of Protocol V2 (2), a group of three (10, 11, 12), and
/// an owner whose Deposit Wallet holds a thousand dollars of both kinds.
struct Bench {
    chain: Chain,
    custody: Custody,
    owner: LocalWallet,
    account: RelayerAccount,
    now: UnixMillis,
}

fn condition(number: u8) -> ConditionId {
    let mut id = [number; 32];
    id[31] = 0;
    ConditionId::from_bytes(id)
}
fn token(number: u8, outcome: u64) -> TokenId {
    TokenId::from_words([0, 0, u64::from(number), outcome])
}
fn number(token: TokenId) -> Token {
    let [a, b, c, d] = *token.words();
    Token::Uint(U256([d, c, b, a]))
}
fn uint(number: u64) -> Token {
    Token::Uint(number.into())
}
fn word(bytes: &[u8]) -> Token {
    Token::FixedBytes(bytes.to_vec())
}
fn call(to: Address, signature: &str, arguments: &[Token]) -> ContractCall {
    let data = [abi::selector(signature).to_vec(), encode(arguments)].concat();
    ContractCall { to, value: U256::zero(), data }
}
fn approve(asset: Address, spender: Address, amount: U256) -> ContractCall {
    let arguments = [Token::Address(spender), Token::Uint(amount)];
    call(asset, "approve(address,uint256)", &arguments)
}
fn approve_all(keeper: Address, operator: Address) -> ContractCall {
    let arguments = [Token::Address(operator), Token::Bool(true)];
    call(keeper, "setApprovalForAll(address,bool)", &arguments)
}
fn adapter(adapter: Address, function: &str, condition: ConditionId, micros: u64) -> ContractCall {
    let signature = format!("{function}(address,bytes32,bytes32,uint256[],uint256)");
    let arguments = [
        Token::Address(PUSD),
        word(&[0; 32]),
        word(condition.bytes()),
        Token::Array(vec![uint(1), uint(2)]),
        uint(micros),
    ];
    call(adapter, &signature, &arguments)
}
fn redeem(adapter: Address, condition: ConditionId) -> ContractCall {
    let both = Token::Array(vec![uint(1), uint(2)]);
    let arguments = [Token::Address(PUSD), word(&[0; 32]), word(condition.bytes()), both];
    call(adapter, "redeemPositions(address,bytes32,bytes32,uint256[])", &arguments)
}
fn short(condition: ConditionId) -> Token {
    word(&condition.bytes()[..31])
}
fn usd(whole: i64) -> Usd {
    Usd::from_whole(whole)
}
fn shares(whole: i64) -> Shares {
    Shares::from_whole(whole)
}

impl Bench {
    fn new(kind: AccountKind) -> Self {
        let now = UnixMillis(1_790_000_000_000);
        let mut custody = Custody::default();
        let mut list = |number, kind| {
            custody.register(condition(number), [token(number, 0), token(number, 1)], kind);
        };
        list(1, ConditionKind::Standard);
        list(2, ConditionKind::Positions);
        for index in 0..3 {
            list(10 + index, ConditionKind::NegRisk { market_id: GROUP, index });
        }
        let (options, plan) = (ChainOptions::default(), FaultPlan::default());
        let mut chain = Chain::new(7, options, plan, RateLimits::Off, now);
        let owner: LocalWallet =
            "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80".parse().unwrap();
        let account = chain.open_account(owner.address(), kind);
        custody.fund(account.wallet.into(), Asset::Pusd, usd(1_000));
        custody.fund(account.wallet.into(), Asset::UsdcE, usd(1_000));
        Self { chain, custody, owner, account, now }
    }
    fn wallet(&self) -> Address {
        self.account.wallet.into()
    }
    fn pass(&mut self, blocks: i64) {
        for _ in 0..blocks * 2 {
            self.now.0 += BLOCK_MS / 2;
            self.chain.advance(self.now, &mut self.custody);
            assert_eq!(self.custody.imbalance(), None);
        }
    }
    fn cash(&self) -> Usd {
        self.custody.cash(self.wallet(), Asset::Pusd)
    }
    fn held(&self, number: u8, outcome: u64) -> Shares {
        self.custody.shares(self.wallet(), token(number, outcome))
    }
    fn batch(&self, nonce: u64, calls: Vec<ContractCall>) -> (Batch, Vec<u8>) {
        let deadline = U256::from(self.now.0 / 1_000 + 600);
        let batch = Batch { wallet: self.wallet(), nonce: nonce.into(), deadline, calls };
        let signature = self.owner.sign_hash(H256(batch.digest())).unwrap().to_vec();
        (batch, signature)
    }
    fn hand_in(&mut self, (batch, signature): (Batch, Vec<u8>)) -> Result<String, RequestError> {
        let owner = self.owner.address();
        let key = self.account.api_key.clone();
        let who = Authentication::Relayer { key: &key, owner };
        self.chain.submit(who, Request::Batch { owner, batch, signature })
    }
    /// Has the wallet make calls and waits until it is known how that ended.
    fn relay(&mut self, calls: Vec<ContractCall>) -> Result<(), String> {
        let nonce = self.chain.wallet_nonce(self.owner.address());
        let id = self.hand_in(self.batch(nonce, calls)).unwrap();
        self.pass(6);
        let relayed = self.chain.relayed(&id).unwrap();
        match relayed.stage {
            Stage::Confirmed => Ok(()),
            Stage::Failed => Err(relayed.failure.clone().unwrap()),
            stage => panic!("still {stage:?}"),
        }
    }
    fn stage(&self, id: &str) -> Stage {
        self.chain.relayed(id).unwrap().stage
    }
    /// Lets every contract take what it may need.
    fn approve_everything(&mut self) {
        let spenders = [COLLATERAL_ADAPTER, NEG_RISK_COLLATERAL_ADAPTER, ROUTER, OFFRAMP];
        let mut calls: Vec<_> = spenders.map(|it| approve(PUSD, it, U256::MAX)).to_vec();
        calls.push(approve(USDC_E, ONRAMP, U256::MAX));
        for operator in [COLLATERAL_ADAPTER, NEG_RISK_COLLATERAL_ADAPTER] {
            calls.push(approve_all(CONDITIONAL_TOKENS, operator));
        }
        calls.push(approve_all(POSITION_MANAGER, ROUTER));
        self.relay(calls).unwrap();
    }
}

#[test]
fn a_batch_is_new_then_executed_then_mined_then_confirmed_and_moves_money_when_mined() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    let ten = adapter(COLLATERAL_ADAPTER, "splitPosition", condition(1), 10_000_000);
    let batch = bench.batch(0, vec![approve(PUSD, COLLATERAL_ADAPTER, 10_000_000.into()), ten]);
    let id = bench.hand_in(batch).unwrap();
    let mut stages = vec![bench.stage(&id)];
    for _ in 0..300 {
        bench.now.0 += 20;
        bench.chain.advance(bench.now, &mut bench.custody);
        let stage = bench.stage(&id);
        let moved = bench.cash() == usd(990) && bench.held(1, 1) == shares(10);
        assert_eq!(moved, matches!(stage, Stage::Mined | Stage::Confirmed), "{stage:?}");
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
    }
    assert_eq!(stages, [Stage::New, Stage::Executed, Stage::Mined, Stage::Confirmed]);
    assert_eq!(bench.custody.allowance(Asset::Pusd, bench.wallet(), COLLATERAL_ADAPTER), 0.into());
    let receipt = bench.chain.receipt(bench.chain.relayed(&id).unwrap().hash.unwrap()).unwrap();
    assert_eq!(receipt.status, Status::Succeeded);
    let block = bench.chain.block(receipt.block).unwrap();
    assert_eq!(block.transactions, [receipt.hash]);
}

#[test]
fn every_operation_of_the_first_protocol_works_through_its_adapter_and_no_other() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    bench.approve_everything();
    let (plain, group) = (COLLATERAL_ADAPTER, NEG_RISK_COLLATERAL_ADAPTER);
    for (own, other, at) in [(plain, group, 1), (group, plain, 10)] {
        bench.relay(vec![adapter(own, "splitPosition", condition(at), 10_000_000)]).unwrap();
        bench.relay(vec![adapter(own, "mergePositions", condition(at), 4_000_000)]).unwrap();
        assert_eq!((bench.held(at, 0), bench.held(at, 1)), (shares(6), shares(6)));
        let wrong = bench.relay(vec![adapter(other, "splitPosition", condition(at), 1)]);
        assert_eq!(wrong, Err(Revert::WrongContract.to_string()));
        let early = bench.relay(vec![redeem(own, condition(at))]);
        assert_eq!(early, Err(Revert::NotResolved.to_string()));
    }
    assert_eq!(bench.cash(), usd(988));
    let convert = [word(&GROUP), uint(0b001), uint(6_000_000)];
    let signature = "convertPositions(bytes32,uint256,uint256)";
    bench.relay(vec![call(group, signature, &convert)]).unwrap();
    assert_eq!(bench.held(10, 1), Shares::ZERO);
    assert_eq!((bench.held(11, 0), bench.held(12, 0)), (shares(6), shares(6)));
    assert_eq!(bench.cash(), usd(988), "one NO frees no dollar");
    for (at, payouts) in [(1, Payouts::SECOND), (10, Payouts::SECOND), (11, Payouts::FIRST)] {
        bench.custody.resolve(condition(at), payouts).unwrap();
    }
    let all = [(plain, 1), (group, 10), (group, 11)].map(|(to, at)| redeem(to, condition(at)));
    bench.relay(all.to_vec()).unwrap();
    assert_eq!(bench.cash(), usd(1_000));
}

#[test]
fn positions_of_the_second_protocol_go_through_the_router() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    bench.approve_everything();
    let id = condition(2);
    let split = call(ROUTER, "split(bytes31,uint256)", &[short(id), uint(5_000_000)]);
    let merge = call(ROUTER, "merge(bytes31,uint256)", &[short(id), uint(1_000_000)]);
    bench.relay(vec![split, merge]).unwrap();
    assert_eq!((bench.held(2, 0), bench.held(2, 1)), (shares(4), shares(4)));
    bench.custody.resolve(id, Payouts::FIRST).unwrap();
    let redeem = |outcome: u64, micros: u64| {
        let arguments = [short(id), uint(outcome), uint(micros)];
        call(ROUTER, "redeem(bytes31,uint256,uint256)", &arguments)
    };
    bench.relay(vec![redeem(0, 3_000_000), redeem(1, 4_000_000)]).unwrap();
    assert_eq!(bench.cash(), usd(999));
    assert_eq!((bench.held(2, 0), bench.held(2, 1)), (shares(1), Shares::ZERO));
    let wrong = adapter(COLLATERAL_ADAPTER, "splitPosition", id, 1);
    assert_eq!(bench.relay(vec![wrong]), Err(Revert::WrongContract.to_string()));
}

#[test]
fn dollars_and_shares_are_wrapped_unwrapped_and_sent() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    bench.approve_everything();
    let (us, friend) = (bench.wallet(), Address::repeat_byte(5));
    let ramp = |to: Address, function: &str, micros: u64| {
        let arguments = [Token::Address(USDC_E), Token::Address(us), uint(micros)];
        call(to, &format!("{function}(address,address,uint256)"), &arguments)
    };
    bench.relay(vec![ramp(ONRAMP, "wrap", 7_000_000), ramp(OFFRAMP, "unwrap", 2_000_000)]).unwrap();
    assert_eq!(bench.cash(), usd(1_005));
    let send = |from: Address, to: Address| {
        let arguments = [
            Token::Address(from),
            Token::Address(to),
            number(token(1, 0)),
            uint(2_000_000),
            Token::Bytes(Vec::new()),
        ];
        let signature = "safeTransferFrom(address,address,uint256,uint256,bytes)";
        call(CONDITIONAL_TOKENS, signature, &arguments)
    };
    let split = adapter(COLLATERAL_ADAPTER, "splitPosition", condition(1), 3_000_000);
    bench.relay(vec![split, send(us, friend)]).unwrap();
    assert_eq!(bench.custody.shares(friend, token(1, 0)), shares(2));
    let theft = bench.relay(vec![send(friend, us)]).unwrap_err();
    assert!(theft.contains("not owner nor approved"), "{theft}");
    let pay = [Token::Address(friend), uint(1_000_000)];
    bench.relay(vec![call(PUSD, "transfer(address,uint256)", &pay)]).unwrap();
    assert_eq!(bench.custody.cash(friend, Asset::Pusd), usd(1));
}

#[test]
fn a_batch_without_its_approval_fails_as_a_whole_and_leaves_its_nonce_unused() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    let small = approve(PUSD, COLLATERAL_ADAPTER, 9_999_999.into());
    let ten = adapter(COLLATERAL_ADAPTER, "splitPosition", condition(1), 10_000_000);
    let failed = bench.relay(vec![small, ten]);
    assert_eq!(failed, Err("ERC20: insufficient allowance".to_owned()));
    let allowed = bench.custody.allowance(Asset::Pusd, bench.wallet(), COLLATERAL_ADAPTER);
    assert_eq!(allowed, U256::zero(), "the approval was part of the batch");
    assert_eq!(bench.chain.wallet_nonce(bench.owner.address()), 0);
    let merge = adapter(COLLATERAL_ADAPTER, "mergePositions", condition(1), 0);
    let failed = bench.relay(vec![merge]).unwrap_err();
    assert!(failed.contains("not owner nor approved"), "{failed}");
}

#[test]
fn the_same_batch_handed_in_again_is_refused_by_state_and_carried_out_once() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    let pay = [Token::Address(Address::repeat_byte(5)), uint(1_000_000)];
    let batch = bench.batch(0, vec![call(PUSD, "transfer(address,uint256)", &pay)]);
    bench.hand_in(batch.clone()).unwrap();
    let busy = bench.hand_in(batch.clone()).unwrap_err();
    assert_eq!(busy, RequestError::Busy(bench.wallet()));
    assert!(busy.to_string().contains("wallet busy") && busy.to_string().contains("active action"));
    bench.pass(2);
    let late = bench.hand_in(batch).unwrap_err().to_string();
    assert_eq!(late, "batch nonce 0 does not match on-chain nonce 1");
    bench.pass(5);
    assert_eq!(bench.cash(), usd(999));
}

#[test]
fn only_the_owner_has_a_wallet_act_and_only_before_the_deadline() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    let harmless = || vec![approve(PUSD, ROUTER, U256::zero())];
    let (batch, mut signature) = bench.batch(0, harmless());
    signature[40] ^= 1;
    assert_eq!(bench.hand_in((batch.clone(), signature)), Err(RequestError::Signature));
    assert_eq!(bench.hand_in((batch.clone(), vec![1; 64])), Err(RequestError::Signature));
    let stranger = LocalWallet::from_bytes(&[9; 32]).unwrap();
    let forged = stranger.sign_hash(H256(batch.digest())).unwrap().to_vec();
    assert_eq!(bench.hand_in((batch.clone(), forged)), Err(RequestError::Signature));
    assert_eq!(bench.hand_in(bench.batch(0, Vec::new())), Err(RequestError::Calls));
    let resign = |bench: &Bench, deadline: i64| {
        let mut late = batch.clone();
        late.deadline = U256::from(bench.now.0 / 1_000 + deadline);
        let signature = bench.owner.sign_hash(H256(late.digest())).unwrap().to_vec();
        (late, signature)
    };
    assert_eq!(bench.hand_in(resign(&bench, -1)), Err(RequestError::DeadlinePassed));
    assert_eq!(bench.hand_in(resign(&bench, 7_200)), Err(RequestError::DeadlineTooFar));
    let soon = resign(&bench, 3);
    bench.chain.suffer(
        &Fault::StallTransactions { for_ms: 5_000 },
        |ms| bench.now.0 + ms as i64,
        &mut bench.custody,
    );
    let id = bench.hand_in(soon).unwrap();
    bench.pass(12);
    assert_eq!(bench.stage(&id), Stage::Failed);
    assert_eq!(
        bench.chain.relayed(&id).unwrap().failure.as_deref(),
        Some("batch deadline has passed")
    );
    let owner = bench.owner.address();
    let create = Request::Create { owner };
    let nobody = Authentication::Relayer { key: "guessed", owner };
    assert_eq!(bench.chain.submit(nobody, create), Err(RequestError::Unauthorized));
}

#[test]
fn a_wallet_that_is_missing_is_created_before_it_acts() {
    let mut bench = Bench::new(AccountKind::NewDepositWallet);
    let batch = bench.batch(0, vec![approve(PUSD, ROUTER, U256::one())]);
    assert_eq!(bench.hand_in(batch.clone()), Err(RequestError::NotDeployed));
    assert!(!bench.chain.has_code(bench.wallet()));
    let owner = bench.owner.address();
    let key = bench.account.api_key.clone();
    let who = Authentication::Builder { key: &key };
    let id = bench.chain.submit(who, Request::Create { owner }).unwrap();
    bench.pass(6);
    assert_eq!(bench.stage(&id), Stage::Confirmed);
    assert!(bench.chain.is_deployed(bench.wallet()) && bench.chain.has_code(bench.wallet()));
    assert_eq!(
        bench.chain.submit(who, Request::Create { owner }),
        Err(RequestError::AlreadyDeployed)
    );
    bench.hand_in(batch).unwrap();
}

#[test]
fn a_reorganisation_takes_money_back_and_the_next_block_moves_it_again() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    let pay = [Token::Address(Address::repeat_byte(5)), uint(1_000_000)];
    let batch = bench.batch(0, vec![call(PUSD, "transfer(address,uint256)", &pay)]);
    let id = bench.hand_in(batch).unwrap();
    bench.pass(2);
    assert_eq!(bench.stage(&id), Stage::Mined);
    let hash = bench.chain.relayed(&id).unwrap().hash.unwrap();
    let before = bench.chain.receipt(hash).unwrap();
    let old_hash = bench.chain.block_hash(before.block);
    assert!(bench.chain.suffer(&Fault::Reorg { depth: 3 }, |_| 0, &mut bench.custody));
    assert_eq!(bench.stage(&id), Stage::Executed);
    assert!(bench.chain.receipt(hash).is_none() && bench.chain.seen(hash).is_some());
    assert_eq!((bench.cash(), bench.chain.wallet_nonce(bench.owner.address())), (usd(1_000), 0));
    assert_ne!(bench.chain.block_hash(before.block), old_hash);
    bench.pass(1);
    assert!(bench.chain.receipt(hash).unwrap().block > before.block);
    assert_eq!((bench.cash(), bench.chain.wallet_nonce(bench.owner.address())), (usd(999), 1));
    bench.pass(5);
    assert_eq!(bench.stage(&id), Stage::Confirmed);
    bench.chain.reorganise(99, &mut bench.custody);
    assert_eq!(bench.stage(&id), Stage::Confirmed, "what is confirmed stays");
    assert_eq!(bench.cash(), usd(999));
}

#[test]
fn faults_revert_stall_and_pause() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    bench.approve_everything();
    let until = |bench: &Bench| {
        let now = bench.now.0;
        move |ms: u64| now + ms as i64
    };
    bench.chain.suffer(&Fault::RevertTransactions { count: 1 }, |_| 0, &mut bench.custody);
    let ten = || vec![adapter(COLLATERAL_ADAPTER, "splitPosition", condition(1), 10_000_000)];
    assert_eq!(bench.relay(ten()), Err(Revert::Ordered.to_string()));
    let pause = until(&bench);
    bench.chain.suffer(&Fault::PauseAdapter { for_ms: 4_000 }, pause, &mut bench.custody);
    let refusal = bench.chain.call(&mut bench.custody, Address::zero(), &ten()[0]).unwrap_err();
    assert_eq!(hex::encode(refusal.data), "49b8b3ac");
    assert_eq!(bench.relay(ten()), Err(Revert::Paused.to_string()));
    bench.pass(3);
    let stall = until(&bench);
    bench.chain.suffer(&Fault::StallTransactions { for_ms: 10_000 }, stall, &mut bench.custody);
    let nonce = bench.chain.wallet_nonce(bench.owner.address());
    let id = bench.hand_in(bench.batch(nonce, ten())).unwrap();
    bench.pass(8);
    assert_eq!(bench.stage(&id), Stage::Executed);
    bench.pass(8);
    assert_eq!((bench.stage(&id), bench.held(1, 0)), (Stage::Confirmed, shares(10)));
}

#[test]
fn a_call_that_is_only_asked_about_changes_nothing() {
    let mut bench = Bench::new(AccountKind::DepositWallet);
    bench.approve_everything();
    let us = bench.wallet();
    let before = bench.custody.snapshot();
    let ten = adapter(COLLATERAL_ADAPTER, "splitPosition", condition(1), 10_000_000);
    assert!(bench.chain.estimate_gas(&mut bench.custody, us, &ten).unwrap() > 21_000);
    let refusal = bench.chain.call(&mut bench.custody, Address::zero(), &ten).unwrap_err();
    assert_eq!(refusal.words, "ERC20: insufficient allowance");
    assert!(hex::encode(refusal.data).starts_with("08c379a0"));
    assert_eq!(bench.custody.snapshot(), before);
    let strange = ContractCall { to: ROUTER, value: U256::one(), data: ten.data };
    assert!(bench.chain.call(&mut bench.custody, us, &strange).is_err());
    assert!(bench.custody.is_operator(ShareContract::ConditionalTokens, us, COLLATERAL_ADAPTER));
}

#[test]
fn the_limit_of_submissions_a_minute_holds_for_a_key() {
    let now = UnixMillis(1_790_000_000_000);
    let (options, plan) = (ChainOptions::default(), FaultPlan::default());
    let mut chain = Chain::new(7, options, plan, RateLimits::Venue, now);
    let owner = Address::repeat_byte(3);
    let account = chain.open_account(owner, AccountKind::DepositWallet);
    let ask = |chain: &mut Chain| {
        let who = Authentication::Relayer { key: &account.api_key, owner };
        chain.submit(who, Request::Create { owner })
    };
    for _ in 0..25 {
        assert_eq!(ask(&mut chain), Err(RequestError::AlreadyDeployed));
    }
    assert_eq!(ask(&mut chain), Err(RequestError::TooMany));
    chain.advance(UnixMillis(now.0 + 60_000), &mut Custody::default());
    assert_eq!(ask(&mut chain), Err(RequestError::AlreadyDeployed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_goes_wrong_every_batch_ends_and_is_carried_out_at_most_once(
        steps in prop::collection::vec((0u8..7, 1u32..4), 1..40)
    ) {
        let mut bench = Bench::new(AccountKind::DepositWallet);
        let (mut confirmed, mut ids) = (0, Vec::new());
        for (kind, count) in steps {
            let now = bench.now.0;
            let until = move |ms: u64| now + ms as i64;
            let fault = match kind {
                0 => Fault::RevertTransactions { count },
                1 => Fault::StallTransactions { for_ms: u64::from(count) * 1_500 },
                2 => Fault::Reorg { depth: count },
                _ => Fault::PauseAdapter { for_ms: 1 },
            };
            bench.chain.suffer(&fault, until, &mut bench.custody);
            let pay = [Token::Address(Address::repeat_byte(5)), uint(1_000_000)];
            let nonce = bench.chain.wallet_nonce(bench.owner.address());
            let batch = bench.batch(nonce, vec![call(PUSD, "transfer(address,uint256)", &pay)]);
            ids.extend(bench.hand_in(batch.clone()).ok());
            prop_assert!(bench.hand_in(batch).is_err(), "the same twice");
            bench.pass(i64::from(count));
        }
        bench.pass(20);
        for id in ids {
            match bench.stage(&id) {
                Stage::Confirmed => confirmed += 1,
                Stage::Failed => {}
                stage => prop_assert!(false, "{stage:?} for ever"),
            }
        }
        prop_assert_eq!(bench.cash(), usd(1_000 - confirmed));
        prop_assert_eq!(bench.chain.wallet_nonce(bench.owner.address()), confirmed as u64);
    }
}
