//! Operations on chain against the simulated venue, which reads the contracts' documents for
//! itself: through its relayer for a Deposit Wallet, through its node for a plain key.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use actix_rt::time::sleep;
use domain::{ConditionId, Market, ProtocolVersion, Shares, UnixMillis, Usd};
use ethers_core::types::{Address, H256};
use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::chain::{
    Allowance, Cash, ChainOperation, ChainSender, ChainStatus, Custody, FeePolicy, Grant,
    OutcomeIndex, QuestionSet, Requirement, Rpc, ShareLedger, SubmitOutcome, Ticket, V1Market,
};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Hosts, Settings};
use polymarket::relayer::{Relayer, RelayerCredentials};
use simvenue::{
    AccountKind, ChainOptions, CrowdOptions, Fault, RateLimits, RunningVenue, SimOptions, SimVenue,
    WalletKind, Winner,
};
use zeroize::Zeroizing;

const PATIENCE: Duration = Duration::from_secs(60);
const CONFIRMATIONS_MIN: u64 = 4;

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(since.as_millis().try_into().unwrap())
}
fn shares(whole: i64) -> Shares {
    Shares::from_whole(whole)
}
fn usd(whole: i64) -> Usd {
    Usd::from_whole(whole)
}

struct Desk {
    venue: RunningVenue,
    sender: ChainSender,
    contracts: Contracts,
    markets: Vec<Market>,
}

impl Desk {
    async fn open(kind: WalletKind) -> Self {
        let options = SimOptions {
            limits: RateLimits::Off,
            crowd: CrowdOptions { activity_percent: 0, dislocations_max: 0 },
            chain: ChainOptions { block_ms: 100 },
            ..SimOptions::default()
        };
        let venue = SimVenue::start(options).unwrap();
        let at = venue.endpoints();
        let hosts = Hosts { gamma: at.gamma.clone(), ..Hosts::default() };
        let settings = Settings { hosts, ..Settings::default() };
        let key = PrivateKey::generate().unwrap();
        let maker = venue.provision(key.address().0, kind, usd(1_000)).unwrap().maker;
        let contracts = Contracts::polygon();
        let account = Account::detect(key.address(), &contracts, Some(maker.into())).unwrap();
        let opened = match kind {
            WalletKind::Eoa => AccountKind::OwnKey,
            _ => AccountKind::DepositWallet,
        };
        let api_key = venue.open_chain_account(key.address().0, opened).api_key;
        let credentials =
            RelayerCredentials::Relayer { key: Zeroizing::new(api_key), address: key.address() };
        let relayer = Relayer::new(&settings, &at.relayer, credentials).unwrap();
        let rpc = Rpc::new(&settings, &at.rpc).unwrap();
        let policy = FeePolicy::default();
        let sender =
            ChainSender::for_account(&account, key, rpc, Some(relayer), contracts.clone(), policy)
                .unwrap();
        let gamma = GammaClient::new(settings.connect().unwrap());
        let markets = gamma.markets(&ListFilter::default()).all().await.unwrap().markets;
        Self { venue, sender, contracts, markets }
    }
    fn market(&self, version: ProtocolVersion, neg_risk: bool) -> &Market {
        let fits = |it: &&Market| it.version == version && it.neg_risk == neg_risk && it.is_open();
        self.markets.iter().find(fits).unwrap()
    }
    /// Prepares, sends and waits; one after the other for an account that cannot batch.
    async fn carry_out(&self, operations: &[ChainOperation]) {
        let single = matches!(self.sender, ChainSender::Direct(_));
        for some in operations.chunks(if single { 1 } else { operations.len() }) {
            let nonce = self.sender.next_nonce().await.unwrap();
            let prepared = self.sender.prepare(some, nonce, now()).await.unwrap();
            let ticket = loop {
                match self.sender.submit(&prepared, now()).await {
                    SubmitOutcome::Accepted(ticket) => break ticket,
                    // Our own limit of submissions; they are few here.
                    SubmitOutcome::Later { after: Some(wait) } => sleep(wait).await,
                    outcome => panic!("{some:?}: {outcome:?}"),
                }
            };
            let status = self.end(&[prepared], &[ticket]).await;
            assert!(matches!(status, ChainStatus::Confirmed { .. }), "{some:?}: {status:?}");
        }
    }
    async fn end(
        &self,
        attempts: &[polymarket::chain::Prepared],
        tickets: &[Ticket],
    ) -> ChainStatus {
        let patience = Instant::now() + PATIENCE;
        loop {
            let status = self.sender.status(attempts, tickets, CONFIRMATIONS_MIN, now()).await;
            let status = status.unwrap();
            let open = matches!(
                status,
                ChainStatus::Unknown | ChainStatus::Pending | ChainStatus::Mined { .. }
            );
            if !open || Instant::now() > patience {
                return status;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
    async fn cash(&self) -> Usd {
        let (rpc, us) = (self.sender.rpc(), self.sender.account());
        rpc.cash(&self.contracts, Cash::Pusd, us).await.unwrap()
    }
    async fn held(&self, market: &Market) -> [Shares; 2] {
        let tokens = [market.yes().token, market.no().token];
        let ledger = match market.version {
            ProtocolVersion::V1 => ShareLedger::ConditionalTokens,
            ProtocolVersion::V2 => ShareLedger::PositionManager,
        };
        let (rpc, us) = (self.sender.rpc(), self.sender.account());
        rpc.shares(&self.contracts, ledger, us, &tokens).await.unwrap().try_into().unwrap()
    }
    fn resolve(&self, condition: ConditionId) {
        let market = Some(condition.to_string());
        self.venue.inject(Fault::Resolve { market, yes_wins: Winner::Yes }).unwrap();
    }
}

fn allow(spender: Address) -> ChainOperation {
    ChainOperation::ApproveCash { cash: Cash::Pusd, spender, allowance: Allowance::Unlimited }
}
fn grant(ledger: ShareLedger, operator: Address) -> ChainOperation {
    ChainOperation::ApproveShares { ledger, operator, grant: Grant::Given }
}

async fn everything_a_wallet_does(kind: WalletKind) {
    let desk = Desk::open(kind).await;
    let contracts = &desk.contracts;
    let plain = desk.market(ProtocolVersion::V1, false).clone();
    let grouped = desk.market(ProtocolVersion::V1, true).clone();
    let second = desk.market(ProtocolVersion::V2, false).clone();
    let (adapter, group_adapter) =
        (contracts.ctf_collateral_adapter, contracts.neg_risk_ctf_collateral_adapter);

    let (condition, amount) = (plain.condition, shares(10));
    let split = ChainOperation::Split { custody: Custody::Standard, condition, amount };
    // A key's own account comes with what its transactions need.
    if !matches!(kind, WalletKind::Eoa) {
        let early = desk.sender.prepare(std::slice::from_ref(&split), 0, now()).await;
        let early = early.unwrap_err().to_string();
        assert!(early.contains("lacks"), "{early}");
    }
    desk.carry_out(&[
        allow(adapter),
        allow(group_adapter),
        allow(contracts.router),
        allow(contracts.collateral_offramp),
        grant(ShareLedger::ConditionalTokens, adapter),
        grant(ShareLedger::ConditionalTokens, group_adapter),
        grant(ShareLedger::PositionManager, contracts.router),
    ])
    .await;

    let merge = ChainOperation::Merge { custody: Custody::Standard, condition, amount: shares(4) };
    desk.carry_out(&[split, merge]).await;
    assert_eq!(desk.held(&plain).await, [shares(6); 2]);
    assert_eq!(desk.cash().await, usd(994));
    let friend = Address::repeat_byte(5);
    let (token, ledger) = (plain.no().token, ShareLedger::ConditionalTokens);
    let send = ChainOperation::TransferShares { ledger, to: friend, token, amount: shares(2) };
    desk.carry_out(&[send]).await;
    assert_eq!(desk.held(&plain).await, [shares(6), shares(4)]);

    let (id, index) = grouped.question.unwrap().neg_risk();
    let (condition, amount) = (grouped.condition, shares(3));
    desk.carry_out(&[
        ChainOperation::Split { custody: Custody::NegRisk, condition, amount },
        ChainOperation::Convert { market: H256(id), questions: QuestionSet::of([index]), amount },
    ])
    .await;
    let siblings = desk.markets.iter().filter(|it| it.group == grouped.group);
    for sibling in siblings {
        assert_eq!(desk.held(sibling).await, [shares(3), Shares::ZERO], "{}", sibling.slug);
    }

    let (condition, amount) = (second.condition, shares(7));
    desk.carry_out(&[
        ChainOperation::Split { custody: Custody::Positions, condition, amount },
        ChainOperation::Merge { custody: Custody::Positions, condition, amount: shares(2) },
    ])
    .await;
    assert_eq!(desk.held(&second).await, [shares(5); 2]);

    for market in [&plain, &second] {
        desk.resolve(market.condition);
    }
    let before = desk.cash().await;
    desk.carry_out(&[
        ChainOperation::Redeem { condition: plain.condition, market: V1Market::Standard },
        ChainOperation::RedeemPosition {
            condition: second.condition,
            outcome: OutcomeIndex::Yes,
            amount: shares(5),
        },
    ])
    .await;
    assert_eq!(desk.cash().await, before + usd(11));
    assert_eq!(desk.held(&plain).await, [Shares::ZERO; 2]);
    let us = desk.sender.account();
    desk.carry_out(&[ChainOperation::Unwrap { to: us, amount: usd(5) }]).await;
    let onramp = contracts.collateral_onramp;
    let (cash, allowance) = (Cash::Usdce, Allowance::UpTo(usd(5)));
    desk.carry_out(&[ChainOperation::ApproveCash { cash, spender: onramp, allowance }]).await;
    desk.carry_out(&[ChainOperation::Wrap { to: us, amount: usd(5) }]).await;
    assert_eq!(desk.cash().await, before + usd(11));
    assert_eq!(desk.venue.custody().imbalance, None);
}

#[actix_rt::test]
async fn a_deposit_wallet_does_everything_through_the_simulated_relayer() {
    everything_a_wallet_does(WalletKind::Deposit).await;
}

#[actix_rt::test]
async fn a_plain_key_does_everything_through_the_simulated_node() {
    everything_a_wallet_does(WalletKind::Eoa).await;
}

#[actix_rt::test]
async fn a_batch_whose_reply_is_lost_and_whose_block_is_replaced_is_carried_out_once() {
    let desk = Desk::open(WalletKind::Deposit).await;
    let (to, amount) = (Address::repeat_byte(5), usd(1));
    let pay = [ChainOperation::TransferCash { cash: Cash::Pusd, to, amount }];
    let prepared = desk.sender.prepare(&pay, 0, now()).await.unwrap();
    desk.venue.inject(Fault::LoseRelayerReplies { count: 1 }).unwrap();
    let lost = desk.sender.submit(&prepared, now()).await;
    assert!(matches!(lost, SubmitOutcome::Ambiguous { .. }), "{lost:?}");
    let again = desk.sender.submit(&prepared, now()).await;
    let known = matches!(again, SubmitOutcome::Later { .. } | SubmitOutcome::NonceTooLow);
    assert!(known, "{again:?}");
    desk.venue.inject(Fault::Reorg { depth: 3 }).unwrap();
    let status = desk.end(std::slice::from_ref(&prepared), &[]).await;
    assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    assert_eq!(desk.sender.submit(&prepared, now()).await, SubmitOutcome::NonceTooLow);
    assert_eq!(desk.cash().await, usd(999));
}

#[actix_rt::test]
async fn a_batch_that_reverts_says_so_and_leaves_its_nonce_free() {
    let desk = Desk::open(WalletKind::Deposit).await;
    let (to, amount) = (Address::repeat_byte(5), usd(1));
    let pay = [ChainOperation::TransferCash { cash: Cash::Pusd, to, amount }];
    desk.venue.inject(Fault::RevertTransactions { count: 1 }).unwrap();
    let prepared = desk.sender.prepare(&pay, 0, now()).await.unwrap();
    let outcome = desk.sender.submit(&prepared, now()).await;
    let SubmitOutcome::Accepted(ticket) = outcome else { panic!("{outcome:?}") };
    let status = desk.end(&[prepared], &[ticket]).await;
    let ChainStatus::Reverted { reason, .. } = status else { panic!("{status:?}") };
    assert!(matches!(reason, polymarket::chain::RevertReason::Text(_)), "{reason:?}");
    assert_eq!(desk.sender.next_nonce().await.unwrap(), 0);
    assert_eq!(desk.cash().await, usd(1_000));
    desk.carry_out(&pay).await;
    let enough = Requirement::Cash { cash: Cash::Pusd, amount: usd(999) };
    let us = desk.sender.account();
    assert!(desk.sender.rpc().meets(&desk.contracts, us, &enough).await.unwrap());
}
