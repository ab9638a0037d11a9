//! A deposit wallet's operations through a relayer, on a real chain, and the doubts on the way.

use domain::{UnixMillis, Usd};
use ethers_core::abi::Token;
use ethers_core::types::Address;
use polymarket::account::{Account, PrivateKey};
use polymarket::chain::{
    Allowance, Cash, ChainOperation, ChainSender, ChainStatus, Custody, FeePolicy, Grant, Prepared,
    Refusal, Requirement, RevertReason, SendRefusal, SenderError, ShareLedger, SubmitOutcome,
    Ticket,
};
use polymarket::relayer::{RelayedWallet, Relayer, RelayerCredentials};

use super::relayer::{FakeRelayer, Listing, Whim};
use super::world::{KEY, START, World, settings, whole};

const WALLET: &str = "0xBc0fF067b7740Eff76C1ca93c875Ba6B890d6B50";
const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

struct Relayed {
    world: World,
    relayer: FakeRelayer,
    sender: ChainSender,
}

async fn start(listing: Listing) -> Option<Relayed> {
    let world = World::start().await?;
    let key = PrivateKey::parse(KEY).unwrap();
    let wallet: Address = WALLET.parse().unwrap();
    let amount = Token::Uint(START.micros().into());
    let mint = [Token::Address(wallet), amount];
    world.act(world.contracts.collateral, "mint(address,uint256)", &mint).await;
    let relayer = FakeRelayer::start(&world.node.url, key.address(), wallet, listing);
    let credentials = RelayerCredentials::Relayer {
        key: "relayer-key".to_owned().into(),
        address: key.address(),
    };
    let base = format!("http://{}", relayer.address);
    let client = Relayer::new(&settings(), &base, credentials).unwrap();
    assert_eq!(client.is_deployed(RelayedWallet::Deposit, wallet).await, Ok(true));
    let contracts = world.contracts.clone();
    let account = Account::detect(key.address(), &contracts, Some(wallet)).unwrap();
    let (rpc, policy) = (world.rpc().clone(), FeePolicy::default());
    let sender =
        ChainSender::for_account(&account, key, rpc, Some(client), contracts, policy).unwrap();
    Some(Relayed { world, relayer, sender })
}

impl Relayed {
    /// Approves and splits in one batch, as a first step of an account would.
    async fn first_batch(&self) -> Prepared {
        let custody = Custody::Standard;
        let (condition, _) = self.world.standard_market(6).await;
        let operator = custody.operator(&self.world.contracts);
        let operations = [
            ChainOperation::ApproveCash {
                cash: Cash::Pusd,
                spender: operator,
                allowance: Allowance::Unlimited,
            },
            ChainOperation::ApproveShares {
                ledger: ShareLedger::ConditionalTokens,
                operator,
                grant: Grant::Given,
            },
            ChainOperation::Split { custody, condition, amount: whole(100) },
        ];
        let nonce = self.sender.next_nonce().await.unwrap();
        self.sender.prepare(&operations, nonce, NOW).await.unwrap()
    }
    async fn cash(&self) -> Usd {
        let wallet = WALLET.parse().unwrap();
        self.world.rpc().cash(&self.world.contracts, Cash::Pusd, wallet).await.unwrap()
    }
    async fn status(&self, prepared: &Prepared, tickets: &[Ticket]) -> ChainStatus {
        let attempts = std::slice::from_ref(prepared);
        self.sender.status(attempts, tickets, 1, NOW).await.unwrap()
    }
}

fn ticket(outcome: SubmitOutcome) -> Ticket {
    match outcome {
        SubmitOutcome::Accepted(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

#[actix_rt::test]
async fn a_batch_of_a_deposit_wallet_is_signed_stored_carried_out_and_confirmed() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    let prepared = relayed.first_batch().await;
    assert_eq!(prepared.nonce(), 7);
    assert_eq!(relayed.status(&prepared, &[]).await, ChainStatus::Unknown);
    let stored = serde_json::to_vec(&prepared).unwrap();
    let prepared: Prepared = serde_json::from_slice(&stored).unwrap();
    let ticket = ticket(relayed.sender.submit(&prepared, NOW).await);
    let stored: Ticket = serde_json::from_slice(&serde_json::to_vec(&ticket).unwrap()).unwrap();
    let status = relayed.status(&prepared, &[stored]).await;
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    assert_eq!(relayed.cash().await, START - Usd::from_whole(100));
    let deep = relayed.sender.status(&[prepared], &[ticket], 50, NOW).await.unwrap();
    assert!(
        matches!(deep, ChainStatus::Mined { confirmations: 1, .. }),
        "the relayer's word does not make it deep: {deep:?}"
    );
}

#[actix_rt::test]
async fn a_batch_whose_reply_was_lost_is_found_by_its_nonce_and_done_once() {
    let Some(relayed) = start(Listing::Offered).await else { return };
    relayed.relayer.next(Whim::LoseReply);
    let prepared = relayed.first_batch().await;
    let outcome = relayed.sender.submit(&prepared, NOW).await;
    assert!(matches!(outcome, SubmitOutcome::Ambiguous { .. }), "{outcome:?}");
    let status = relayed.status(&prepared, &[]).await;
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    assert_eq!(relayed.sender.submit(&prepared, NOW).await, SubmitOutcome::NonceTooLow);
    let bodies = relayed.relayer.submissions();
    assert_eq!(bodies[0], bodies[1], "the same bytes both times");
    assert_eq!(relayed.cash().await, START - Usd::from_whole(100));
}

#[actix_rt::test]
async fn a_lost_batch_that_no_list_tells_of_is_never_called_done_or_undone() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    relayed.relayer.next(Whim::LoseReply);
    let prepared = relayed.first_batch().await;
    relayed.sender.submit(&prepared, NOW).await;
    assert_eq!(relayed.status(&prepared, &[]).await, ChainStatus::Unknown);
    assert_eq!(relayed.sender.submit(&prepared, NOW).await, SubmitOutcome::NonceTooLow);
    assert_eq!(relayed.cash().await, START - Usd::from_whole(100));
}

#[actix_rt::test]
async fn a_busy_wallet_takes_the_same_batch_later() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    relayed.relayer.next(Whim::Busy);
    let prepared = relayed.first_batch().await;
    let outcome = relayed.sender.submit(&prepared, NOW).await;
    assert_eq!(outcome, SubmitOutcome::Later { after: None });
    assert_eq!(relayed.status(&prepared, &[]).await, ChainStatus::Unknown);
    let ticket = ticket(relayed.sender.submit(&prepared, NOW).await);
    let status = relayed.status(&prepared, &[ticket]).await;
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
}

#[actix_rt::test]
async fn a_batch_that_failed_says_why_and_its_nonce_can_be_used_again() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    relayed.relayer.next(Whim::Fail);
    let prepared = relayed.first_batch().await;
    let ticket = ticket(relayed.sender.submit(&prepared, NOW).await);
    let ChainStatus::Reverted { reason, .. } = relayed.status(&prepared, &[ticket]).await else {
        panic!("it failed");
    };
    assert_eq!(reason, RevertReason::Text("too few shares".to_owned()));
    assert_eq!(relayed.sender.next_nonce().await.unwrap(), prepared.nonce());
    assert_eq!(relayed.cash().await, START);
}

#[actix_rt::test]
async fn a_batch_ahead_of_its_turn_or_signed_by_another_key_is_refused() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    let spender = relayed.world.contracts.router;
    let allowance = Allowance::Unlimited;
    let approve = [ChainOperation::ApproveCash { cash: Cash::Pusd, spender, allowance }];
    let early = relayed.sender.prepare(&approve, 9, NOW).await.unwrap();
    let outcome = relayed.sender.submit(&early, NOW).await;
    let reason = SendRefusal::NonceTooHigh;
    assert!(
        matches!(&outcome, SubmitOutcome::Refused { reason: why, .. } if *why == reason),
        "{outcome:?}"
    );
    let ChainSender::Relayed(mut other) = relayed.sender.clone() else { panic!("relayed") };
    other.key = PrivateKey::generate().unwrap();
    let other = ChainSender::Relayed(other);
    let forged = other.prepare(&approve, 7, NOW).await.unwrap();
    let outcome = other.submit(&forged, NOW).await;
    assert!(matches!(outcome, SubmitOutcome::Refused { .. }), "{outcome:?}");
}

#[actix_rt::test]
async fn what_a_wallet_lacks_is_named_before_anything_is_signed() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    let custody = Custody::Standard;
    let (condition, _) = relayed.world.standard_market(8).await;
    let split = [ChainOperation::Split { custody, condition, amount: whole(100) }];
    let error = relayed.sender.prepare(&split, 7, NOW).await.unwrap_err();
    let (cash, amount) = (Cash::Pusd, Usd::from_whole(100));
    let spender = custody.operator(&relayed.world.contracts);
    let missing = Requirement::CashAllowance { cash, spender, amount };
    assert_eq!(error, SenderError::Refused(Refusal::Missing(missing)));
    assert!(relayed.relayer.submissions().is_empty());
}

#[actix_rt::test]
async fn more_submissions_than_the_relayer_takes_are_held_back_by_us() {
    let Some(relayed) = start(Listing::Missing).await else { return };
    let spender = relayed.world.contracts.router;
    let approve = [ChainOperation::ApproveCash {
        cash: Cash::Pusd,
        spender,
        allowance: Allowance::Unlimited,
    }];
    let prepared = relayed.sender.prepare(&approve, 9, NOW).await.unwrap();
    let mut sent = 0;
    let held_back = loop {
        match relayed.sender.submit(&prepared, NOW).await {
            SubmitOutcome::Later { after } => break after,
            _ => sent += 1,
        }
        assert!(sent <= 25, "never held back");
    };
    assert!(held_back.is_some(), "it says for how long");
    assert_eq!(relayed.relayer.submissions().len(), sent);
}
