//! The chain over the wire: the relayer, the node, and what goes wrong with them.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use awc::Client;
use awc::http::StatusCode;
use domain::Usd;
use ethers_core::abi::{Token, encode};
use ethers_core::types::transaction::eip2718::TypedTransaction;
use ethers_core::types::{Address, Eip1559TransactionRequest, H256, U256};
use ethers_core::utils::keccak256;
use ethers_signers::{LocalWallet, Signer};
use serde_json::{Value, json};
use simvenue::chain::contracts::{
    CHAIN_ID, COLLATERAL_ADAPTER, CONDITIONAL_TOKENS, DEPOSIT_WALLET_FACTORY,
    NEG_RISK_COLLATERAL_ADAPTER, PUSD,
};
use simvenue::custody::Asset;
use simvenue::{
    AccountKind, ChainOptions, Fault, RateLimits, RelayerAccount, RunningVenue, SimOptions,
    SimVenue,
};

use crate::client::{all_markets, get, post, tokens};

const BLOCK_MS: u32 = 100;
/// Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

struct Account {
    venue: RunningVenue,
    owner: LocalWallet,
    relayer: RelayerAccount,
}

fn open(kind: AccountKind) -> Account {
    open_with(kind, BLOCK_MS)
}

fn open_with(kind: AccountKind, block_ms: u32) -> Account {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (limits, chain) = (RateLimits::Off, ChainOptions { block_ms });
    let venue = SimVenue::start(SimOptions { limits, chain, ..SimOptions::default() }).unwrap();
    let owner = LocalWallet::from_bytes(&[7; 32]).unwrap();
    let relayer = venue.open_chain_account(owner.address(), kind);
    venue.fund_chain(relayer.wallet, Asset::Pusd, Usd::from_whole(1_000));
    Account { venue, owner, relayer }
}

fn data(signature: &str, arguments: &[Token]) -> String {
    let selector = &keccak256(signature)[..4];
    format!("0x{}{}", hex::encode(selector), hex::encode(encode(arguments)))
}
fn bytes32(text: &str) -> Token {
    Token::FixedBytes(hex::decode(text.trim_start_matches("0x")).unwrap())
}
fn uint(number: u64) -> Token {
    Token::Uint(number.into())
}
fn set_call(function: &str, condition: &str, micros: u64) -> String {
    let signature = format!("{function}(address,bytes32,bytes32,uint256[],uint256)");
    let both = Token::Array(vec![uint(1), uint(2)]);
    let parent = Token::FixedBytes(vec![0; 32]);
    data(&signature, &[Token::Address(PUSD), parent, bytes32(condition), both, uint(micros)])
}
fn approvals(adapter: Address) -> [(Address, String); 2] {
    let allow = [Token::Address(adapter), Token::Uint(U256::MAX)];
    let all = [Token::Address(adapter), Token::Bool(true)];
    [
        (PUSD, data("approve(address,uint256)", &allow)),
        (CONDITIONAL_TOKENS, data("setApprovalForAll(address,bool)", &all)),
    ]
}

impl Account {
    fn wallet(&self) -> Address {
        self.relayer.wallet.into()
    }
    /// What the owner signs, written down here a second time.
    fn body(&self, nonce: u64, calls: &[(Address, String)]) -> Value {
        let word = |text: &str| Token::FixedBytes(keccak256(text).to_vec());
        let raw = |text: &String| hex::decode(&text[2..]).unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let deadline = now.as_secs() + 600;
        let domain = keccak256(encode(&[
            word(
                "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
            ),
            word("DepositWallet"),
            word("1"),
            uint(137),
            Token::Address(self.wallet()),
        ]));
        let call_type = "Call(address target,uint256 value,bytes data)";
        let hashes: Vec<u8> = calls
            .iter()
            .flat_map(|(to, data)| {
                let data = Token::FixedBytes(keccak256(raw(data)).to_vec());
                keccak256(encode(&[word(call_type), Token::Address(*to), uint(0), data]))
            })
            .collect();
        let batch_type =
            format!("Batch(address wallet,uint256 nonce,uint256 deadline,Call[] calls){call_type}");
        let batch = keccak256(encode(&[
            word(&batch_type),
            Token::Address(self.wallet()),
            uint(nonce),
            uint(deadline),
            Token::FixedBytes(keccak256(hashes).to_vec()),
        ]));
        let digest = keccak256([&[0x19, 0x01], domain.as_slice(), &batch].concat());
        let signature = self.owner.sign_hash(H256(digest)).unwrap();
        let calls: Vec<Value> = calls
            .iter()
            .map(|(to, data)| json!({"target": to, "value": "0", "data": data}))
            .collect();
        json!({
            "type": "WALLET",
            "from": self.owner.address(),
            "to": DEPOSIT_WALLET_FACTORY,
            "nonce": nonce.to_string(),
            "signature": format!("0x{signature}"),
            "metadata": "",
            "depositWalletParams": {
                "depositWallet": self.wallet(), "deadline": deadline.to_string(), "calls": calls
            },
        })
    }
    async fn nonce(&self) -> u64 {
        let relayer = self.venue.endpoints().relayer;
        let (owner, path) = (self.owner.address(), "v1/account/transactions/params");
        let (_, answer) = get(format!("{relayer}/{path}?address={owner:?}&type=WALLET")).await;
        answer["nonce"].as_str().unwrap().parse().unwrap()
    }
    /// `None` where the connection ended without an answer.
    async fn submit(&self, body: &Value) -> Option<(StatusCode, Value)> {
        let url = format!("{}/submit", self.venue.endpoints().relayer);
        let sent = Client::default()
            .post(&url)
            .insert_header(("RELAYER_API_KEY", self.relayer.api_key.as_str()))
            .insert_header(("RELAYER_API_KEY_ADDRESS", format!("{:?}", self.owner.address())))
            .send_json(body)
            .await;
        let mut response = sent.ok()?;
        let answer = response.json().await.ok()?;
        Some((response.status(), answer))
    }
    /// Submits calls and waits for their end.
    async fn relay(&self, calls: &[(Address, String)]) -> Value {
        let body = self.body(self.nonce().await, calls);
        let (status, answer) = self.submit(&body).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{answer}");
        self.ended(answer["transactionID"].as_str().unwrap()).await
    }
    async fn ended(&self, id: &str) -> Value {
        let url = format!("{}/transaction?id={id}", self.venue.endpoints().relayer);
        let patience = Instant::now() + PATIENCE;
        while Instant::now() < patience {
            let (_, answer) = get(url.clone()).await;
            let state = answer[0]["state"].as_str().unwrap();
            if matches!(state, "STATE_CONFIRMED" | "STATE_FAILED") {
                return answer[0].clone();
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the transaction {id} never ended");
    }
    async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 5, "method": method, "params": params});
        let (_, answer) = post(self.venue.endpoints().rpc, &body).await;
        assert_eq!(answer["id"], 5);
        answer
    }
    async fn view(&self, to: Address, data: String) -> U256 {
        let answer = self.ask("eth_call", json!([{"to": to, "data": data}, "latest"])).await;
        answer["result"].as_str().unwrap().parse().unwrap()
    }
    async fn cash(&self) -> U256 {
        self.view(PUSD, data("balanceOf(address)", &[Token::Address(self.wallet())])).await
    }
    async fn shares(&self, token: &str) -> U256 {
        let token = Token::Uint(U256::from_dec_str(token).unwrap());
        let question = [Token::Address(self.wallet()), token];
        self.view(CONDITIONAL_TOKENS, data("balanceOf(address,uint256)", &question)).await
    }
}

async fn market(venue: &RunningVenue, neg_risk: bool) -> Value {
    let mut all = all_markets(venue).await.into_iter();
    all.find(|it| it["negRisk"] == neg_risk && it["version"] == "v1").unwrap()
}

#[actix_web::test]
async fn a_split_and_a_merge_go_through_the_relayer_and_the_node_sees_them() {
    let account = open(AccountKind::DepositWallet);
    let market = market(&account.venue, false).await;
    let condition = market["conditionId"].as_str().unwrap();
    let [yes, no] = [0, 1].map(|outcome| tokens(&market)[outcome].clone());
    let refused =
        account.relay(&[(COLLATERAL_ADAPTER, set_call("splitPosition", condition, 5))]).await;
    assert_eq!(refused["state"], "STATE_FAILED");
    assert_eq!(refused["errorMsg"], "ERC20: insufficient allowance");
    let mut calls = approvals(COLLATERAL_ADAPTER).to_vec();
    calls.push((COLLATERAL_ADAPTER, set_call("splitPosition", condition, 10_000_000)));
    let done = account.relay(&calls).await;
    assert_eq!(done["state"], "STATE_CONFIRMED");
    assert_eq!((account.nonce().await, account.cash().await), (1, U256::from(990_000_000)));
    assert_eq!(account.shares(&yes).await, U256::from(10_000_000));
    let hash = done["transactionHash"].as_str().unwrap();
    let receipt = account.ask("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(receipt["result"]["status"], "0x1");
    let head = account.ask("eth_blockNumber", json!([])).await;
    assert!(head["result"].as_str() >= receipt["result"]["blockNumber"].as_str());
    account.relay(&[(COLLATERAL_ADAPTER, set_call("mergePositions", condition, 4_000_000))]).await;
    assert_eq!(account.shares(&no).await, U256::from(6_000_000));
    assert_eq!(account.cash().await, U256::from(994_000_000));
    assert_eq!(account.venue.custody().imbalance, None);
}

#[actix_web::test]
async fn a_whole_basket_comes_out_of_a_conversion_named_as_gamma_names_the_group() {
    let account = open(AccountKind::DepositWallet);
    let first = market(&account.venue, true).await;
    let group = first["negRiskMarketID"].as_str().unwrap();
    let members: Vec<Value> = all_markets(&account.venue).await;
    let members: Vec<&Value> = members.iter().filter(|it| it["negRiskMarketID"] == group).collect();
    assert_eq!(&first["questionID"].as_str().unwrap()[..64], &group[..64]);
    let (adapter, condition) =
        (NEG_RISK_COLLATERAL_ADAPTER, first["conditionId"].as_str().unwrap());
    let convert = data(
        "convertPositions(bytes32,uint256,uint256)",
        &[bytes32(group), uint(1), uint(3_000_000)],
    );
    let mut calls = approvals(adapter).to_vec();
    calls.push((adapter, set_call("splitPosition", condition, 3_000_000)));
    calls.push((adapter, convert));
    assert_eq!(account.relay(&calls).await["state"], "STATE_CONFIRMED");
    for member in members {
        assert_eq!(account.shares(&tokens(member)[0]).await, U256::from(3_000_000));
    }
    assert_eq!(account.venue.custody().imbalance, None);
}

#[actix_web::test]
async fn a_resolved_market_pays_through_the_adapter_once_the_chain_knows() {
    let account = open(AccountKind::DepositWallet);
    let market = market(&account.venue, false).await;
    let condition = market["conditionId"].as_str().unwrap();
    let mut calls = approvals(COLLATERAL_ADAPTER).to_vec();
    calls.push((COLLATERAL_ADAPTER, set_call("splitPosition", condition, 8_000_000)));
    account.relay(&calls).await;
    let denominator = || {
        account.view(CONDITIONAL_TOKENS, data("payoutDenominator(bytes32)", &[bytes32(condition)]))
    };
    assert_eq!(denominator().await, U256::zero());
    let yes_wins = simvenue::Winner::No;
    account.venue.inject(Fault::Resolve { market: Some(condition.to_owned()), yes_wins }).unwrap();
    assert_eq!(denominator().await, U256::one());
    let numerator = [bytes32(condition), uint(1)];
    let numerator = data("payoutNumerators(bytes32,uint256)", &numerator);
    assert_eq!(account.view(CONDITIONAL_TOKENS, numerator).await, U256::one());
    let parent = Token::FixedBytes(vec![0; 32]);
    let both = Token::Array(vec![uint(1), uint(2)]);
    let redeem = data(
        "redeemPositions(address,bytes32,bytes32,uint256[])",
        &[Token::Address(PUSD), parent, bytes32(condition), both],
    );
    assert_eq!(account.relay(&[(COLLATERAL_ADAPTER, redeem)]).await["state"], "STATE_CONFIRMED");
    assert_eq!(account.cash().await, U256::from(1_000_000_000));
    assert_eq!(account.shares(&tokens(&market)[0]).await, U256::zero());
}

#[actix_web::test]
async fn a_lost_reply_leaves_a_batch_that_is_carried_out_once() {
    let account = open(AccountKind::DepositWallet);
    let pay = data("transfer(address,uint256)", &[Token::Address(PUSD), uint(1_000_000)]);
    let body = account.body(0, &[(PUSD, pay)]);
    account.venue.inject(Fault::LoseRelayerReplies { count: 1 }).unwrap();
    assert!(account.submit(&body).await.is_none(), "the answer is lost");
    let patience = Instant::now() + PATIENCE;
    let refusal = loop {
        let (status, answer) = account.submit(&body).await.unwrap();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        let text = answer["error"].as_str().unwrap().to_owned();
        if !text.contains("wallet busy") || Instant::now() > patience {
            break text;
        }
        sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(refusal, "batch nonce 0 does not match on-chain nonce 1");
    assert_eq!(account.cash().await, U256::from(999_000_000));
    let mut guessed = account.relayer.clone();
    guessed.api_key.push('0');
    let account = Account { relayer: guessed, ..account };
    let (status, answer) = account.submit(&body).await.unwrap();
    assert_eq!(
        (status, answer),
        (StatusCode::UNAUTHORIZED, json!({"error": "invalid authorization"}))
    );
}

#[actix_web::test]
async fn an_account_of_its_own_key_sends_to_the_node_and_a_reorganisation_shows() {
    // Slow blocks: the transaction must still be near the head when they are replaced.
    let account = open_with(AccountKind::OwnKey, 1_000);
    let pay = data("transfer(address,uint256)", &[Token::Address(PUSD), uint(1_000_000)]);
    let request = json!({"from": account.wallet(), "to": PUSD, "data": pay, "value": "0x0"});
    let gas = account.ask("eth_estimateGas", json!([request])).await;
    let gas: U256 = gas["result"].as_str().unwrap().parse().unwrap();
    let fields = Eip1559TransactionRequest::new()
        .to(PUSD)
        .nonce(0)
        .gas(gas)
        .max_fee_per_gas(200_000_000_000_u64)
        .max_priority_fee_per_gas(30_000_000_000_u64)
        .chain_id(CHAIN_ID)
        .data(hex::decode(&pay[2..]).unwrap());
    let transaction = TypedTransaction::Eip1559(fields);
    let mut signature = account.owner.sign_hash(transaction.sighash()).unwrap();
    signature.v -= 27;
    let raw = format!("0x{}", hex::encode(transaction.rlp_signed(&signature)));
    let hash = account.ask("eth_sendRawTransaction", json!([raw])).await["result"].clone();
    assert_eq!(hash, json!(transaction.hash(&signature)));
    let again = account.ask("eth_sendRawTransaction", json!([raw])).await;
    assert_eq!(again["error"]["message"], "already known");
    let mined = || async {
        let patience = Instant::now() + PATIENCE;
        loop {
            let receipt = account.ask("eth_getTransactionReceipt", json!([hash])).await;
            if !receipt["result"].is_null() || Instant::now() > patience {
                return receipt["result"]["blockHash"].as_str().unwrap().to_owned();
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    let before = mined().await;
    account.venue.inject(Fault::Reorg { depth: 3 }).unwrap();
    let known = account.ask("eth_getTransactionByHash", json!([hash])).await;
    assert_eq!(known["result"]["hash"], hash);
    assert_ne!(mined().await, before);
    let nonce = account.ask("eth_getTransactionCount", json!([account.wallet(), "latest"])).await;
    assert_eq!(nonce["result"], "0x1");
    assert_eq!(account.cash().await, U256::from(999_000_000));
}

#[actix_web::test]
async fn a_node_answers_questions_in_one_request_in_order_and_says_what_it_does_not_know() {
    let account = open(AccountKind::DepositWallet);
    let question = |id: u64, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let body = json!([
        question(1, "eth_chainId", json!([])),
        question(2, "eth_getCode", json!([account.wallet(), "latest"])),
        question(3, "eth_getCode", json!([account.owner.address(), "latest"])),
        question(4, "eth_mine", json!([])),
        question(5, "eth_getBlockByNumber", json!(["latest", false])),
        question(6, "eth_call", json!(["nonsense"])),
        question(7, "eth_call", json!([{"to": COLLATERAL_ADAPTER, "data": "0x"}, "latest"])),
        question(8, "eth_getTransactionReceipt", json!([H256::zero()])),
    ]);
    let (_, answer) = post(account.venue.endpoints().rpc, &body).await;
    let answer = answer.as_array().unwrap();
    let ids: Vec<u64> = answer.iter().map(|it| it["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(answer[0]["result"], "0x89");
    assert_ne!(answer[1]["result"], "0x");
    assert_eq!(answer[2]["result"], "0x");
    assert_eq!(answer[3]["error"]["code"], -32_601);
    assert!(answer[4]["result"]["baseFeePerGas"].is_string());
    assert_eq!(answer[5]["error"]["code"], -32_602);
    assert_eq!(answer[6]["error"]["code"], 3);
    assert!(answer[7]["result"].is_null());
    let (status, answer) = get(format!(
        "{}/deployed?address={:?}",
        account.venue.endpoints().relayer,
        account.wallet()
    ))
    .await;
    assert_eq!((status, answer), (StatusCode::OK, json!({"deployed": true})));
}
