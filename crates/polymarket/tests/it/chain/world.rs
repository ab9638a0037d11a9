//! The venue's contracts on a fresh chain, an account with dollars, markets to use.

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::abi::{self, Token};
use ethers_core::types::{Address, Bytes, H256, U256};
use ethers_core::utils::{id, keccak256};
use polymarket::account::{Contracts, PrivateKey};
use polymarket::chain::{
    Allowance, Cash, ChainOperation, ChainStatus, Custody, FeePolicy, Grant, PrepareError,
    PreparedTransaction, Rpc, ShareLedger, SubmitOutcome, Ticket, Transactions, ids,
};
use polymarket::http::{Backoff, Settings};
use serde_json::{Value, json};
use std::time::Duration;

use super::node::{Node, conditional_tokens};

/// The first development key of anvil, public to everybody.
pub(super) const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// Everything that needs an oracle in a standard market.
pub(super) const ORACLE: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
/// Dollars and USDC.e that the account starts with.
pub(super) const START: Usd = Usd::from_whole(1_000);

pub(super) struct World {
    pub(super) node: Node,
    pub(super) contracts: Contracts,
    pub(super) account: Address,
    pub(super) sender: Transactions,
}

impl World {
    /// Everything in place and nothing approved.
    pub(super) async fn start() -> Option<Self> {
        let node = Node::start()?;
        let tokens = conditional_tokens()?;
        let contracts = Contracts::polygon();
        let key = PrivateKey::parse(KEY).unwrap();
        let rpc = Rpc::new(&settings(), &node.url).unwrap();
        let account = key.address();
        let sender = Transactions::new(rpc, key, contracts.clone(), FeePolicy::default());
        let world = Self { node, contracts, account, sender };
        world.place(&tokens).await;
        for cash in [Cash::Pusd, Cash::Usdce] {
            let amount = Token::Uint(START.micros().into());
            let to = cash.contract(&world.contracts);
            world.act(to, "mint(address,uint256)", &[Token::Address(account), amount]).await;
        }
        Some(world)
    }

    async fn place(&self, tokens: &Value) {
        let at = &self.contracts;
        let code = &tokens["deployedBytecode"];
        self.node.ask("anvil_setCode", json!([at.conditional_tokens, code])).await;
        // The constructor, which never ran, would have set these (ERC-165).
        for interface in ["d9b67a26", "01ffc9a7"] {
            let mut key = [0; 64];
            hex::decode_to_slice(interface, &mut key[..4]).unwrap();
            let slot = H256(keccak256(key));
            let yes = H256::from_low_u64_be(1);
            self.node.ask("anvil_setStorageAt", json!([at.conditional_tokens, slot, yes])).await;
        }
        let code: Value =
            serde_json::from_str(include_str!("../../contracts/StandIns.json")).unwrap();
        for (name, address) in [
            ("Dollars", at.collateral),
            ("Dollars", at.usdc_e),
            ("Dollars", at.wrapped_collateral),
            ("StandardAdapter", at.ctf_collateral_adapter),
            ("NegRiskMarketAdapter", at.neg_risk_ctf_collateral_adapter),
            ("NegRiskMarkets", at.neg_risk_adapter),
            ("Onramp", at.collateral_onramp),
            ("Offramp", at.collateral_offramp),
            ("Positions", at.position_manager),
            ("Router", at.router),
        ] {
            let code = format!("0x{}", code[name].as_str().unwrap());
            self.node.ask("anvil_setCode", json!([address, code])).await;
        }
    }

    pub(super) const fn rpc(&self) -> &Rpc {
        self.sender.rpc()
    }

    /// Somebody else does something, mined at once.
    pub(super) async fn act(&self, to: Address, function: &str, arguments: &[Token]) {
        self.act_as(ORACLE.parse().unwrap(), to, function, arguments).await;
    }
    pub(super) async fn act_as(
        &self,
        from: Address,
        to: Address,
        function: &str,
        arguments: &[Token],
    ) {
        let data = Bytes::from([id(function).to_vec(), abi::encode(arguments)].concat());
        let sent = self
            .node
            .ask("eth_sendTransaction", json!([{"from": from, "to": to, "data": data}]))
            .await;
        let mut receipt = Value::Null;
        for _ in 0..500 {
            receipt = self.node.ask("eth_getTransactionReceipt", json!([sent])).await;
            if !receipt.is_null() {
                break;
            }
            actix_rt::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(receipt["status"], "0x1", "{function}: {receipt}");
    }

    /// A standard market of its own: its condition and its two tokens.
    pub(super) async fn standard_market(&self, question: u8) -> (ConditionId, [TokenId; 2]) {
        let question = H256::repeat_byte(question);
        let oracle: Address = ORACLE.parse().unwrap();
        let arguments = [Token::Address(oracle), word(question), Token::Uint(2.into())];
        let to = self.contracts.conditional_tokens;
        self.act(to, "prepareCondition(address,bytes32,uint256)", &arguments).await;
        let condition = ids::condition_id(oracle, question, 2);
        (
            ConditionId::from_bytes(condition.0),
            ids::outcome_tokens(self.contracts.usdc_e, condition),
        )
    }
    pub(super) async fn resolve_standard(&self, question: u8, payouts: [u64; 2]) {
        let payouts = payouts.map(|one| Token::Uint(one.into())).to_vec();
        let arguments = [word(H256::repeat_byte(question)), Token::Array(payouts)];
        let to = self.contracts.conditional_tokens;
        self.act(to, "reportPayouts(bytes32,uint256[])", &arguments).await;
    }

    /// A neg-risk group: condition and tokens of each question.
    pub(super) async fn neg_risk_group(
        &self,
        market: H256,
        questions: u8,
        fee_bips: u64,
    ) -> Vec<(ConditionId, [TokenId; 2])> {
        let count = Token::Uint(questions.into());
        let arguments = [word(market), count, Token::Uint(fee_bips.into())];
        let adapter = self.contracts.neg_risk_adapter;
        self.act(adapter, "open(bytes32,uint256,uint256)", &arguments).await;
        (0..questions)
            .map(|index| {
                let question = ids::neg_risk_question(market, index);
                let condition = ids::condition_id(adapter, question, 2);
                let tokens = ids::outcome_tokens(self.contracts.wrapped_collateral, condition);
                (ConditionId::from_bytes(condition.0), tokens)
            })
            .collect()
    }

    /// Prepares, sends, and waits until it is final; the confirmation asked for is one block.
    pub(super) async fn run(&self, operation: ChainOperation) -> ChainStatus {
        let nonce = self.sender.next_nonce().await.unwrap();
        let prepared = self.sender.prepare(&operation, nonce).await.unwrap();
        let ticket = Ticket::Hash(prepared.hash);
        assert_eq!(self.sender.submit(&prepared).await, SubmitOutcome::Accepted(ticket));
        self.until_final(&[prepared]).await
    }
    pub(super) async fn done(&self, operation: ChainOperation) {
        let status = self.run(operation).await;
        assert!(matches!(status, ChainStatus::Confirmed { .. }), "{status:?}");
    }
    pub(super) async fn until_final(&self, attempts: &[PreparedTransaction]) -> ChainStatus {
        for _ in 0..500 {
            let status = self.sender.status(attempts, 1).await.unwrap();
            match status {
                ChainStatus::Unknown | ChainStatus::Pending | ChainStatus::Mined { .. } => {}
                status => return status,
            }
            actix_rt::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing became final");
    }
    pub(super) async fn refused(&self, operation: ChainOperation) -> PrepareError {
        self.sender.prepare(&operation, 0).await.unwrap_err()
    }

    /// Lets the contracts of `custody` take cash and shares.
    pub(super) async fn approve(&self, custody: Custody) {
        let operator = custody.operator(&self.contracts);
        self.done(ChainOperation::ApproveCash {
            cash: Cash::Pusd,
            spender: operator,
            allowance: Allowance::Unlimited,
        })
        .await;
        self.done(ChainOperation::ApproveShares {
            ledger: custody.ledger(),
            operator,
            grant: Grant::Given,
        })
        .await;
    }

    pub(super) async fn cash(&self, cash: Cash) -> Usd {
        self.rpc().cash(&self.contracts, cash, self.account).await.unwrap()
    }
    pub(super) async fn shares(&self, ledger: ShareLedger, tokens: &[TokenId]) -> Vec<Shares> {
        self.rpc().shares(&self.contracts, ledger, self.account, tokens).await.unwrap()
    }
}

pub(super) fn word(bytes: H256) -> Token {
    Token::FixedBytes(bytes.0.to_vec())
}

pub(super) const fn whole(shares: i64) -> Shares {
    Shares::from_whole(shares)
}

pub(super) fn number(token: TokenId) -> U256 {
    ids::token_number(token)
}

/// Patient, and without repetitions that would hide a failure.
pub(super) fn settings() -> Settings {
    let moment = Duration::from_millis(1);
    Settings {
        request_timeout: Duration::from_secs(60),
        retries: Backoff::bounded(moment, moment, 0),
        ..Settings::default()
    }
}
