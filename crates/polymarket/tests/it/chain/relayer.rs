//! A relayer of our own, which checks what a wallet's contract would check and then makes the
//! calls on the test's chain as the wallet.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use ethers_core::types::transaction::eip712::{Eip712 as _, TypedData};
use ethers_core::types::{Address, H256, Signature};
use serde_json::{Value, json};

/// What the relayer does to the next submission instead of the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whim {
    /// Carries it out and loses the answer.
    LoseReply,
    /// Says that the wallet is busy.
    Busy,
    /// Takes it, and then fails it.
    Fail,
}

/// Whether it tells of recent transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Offered,
    Missing,
}

#[derive(Clone)]
pub(super) struct FakeRelayer {
    state: Arc<Mutex<State>>,
    pub(super) address: SocketAddr,
}

struct State {
    node: String,
    owner: Address,
    wallet: Address,
    listing: Listing,
    nonce: u64,
    whims: VecDeque<Whim>,
    transactions: Vec<Value>,
    submissions: Vec<Value>,
}

impl FakeRelayer {
    pub(super) fn start(node: &str, owner: Address, wallet: Address, listing: Listing) -> Self {
        let state = State {
            node: node.to_owned(),
            owner,
            wallet,
            listing,
            nonce: 7,
            whims: VecDeque::new(),
            transactions: vec![],
            submissions: vec![],
        };
        let state = Arc::new(Mutex::new(state));
        let data = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/v1/account/transactions/params", web::get().to(params))
                .route("/submit", web::post().to(submit))
                .route("/transaction", web::get().to(transaction))
                .route("/transactions", web::get().to(transactions))
                .route("/deployed", web::get().to(deployed))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let address = server.addrs()[0];
        actix_rt::spawn(server.run());
        Self { state, address }
    }
    pub(super) fn next(&self, whim: Whim) {
        self.state.lock().unwrap().whims.push_back(whim);
    }
    pub(super) fn submissions(&self) -> Vec<Value> {
        self.state.lock().unwrap().submissions.clone()
    }
}

type Shared = web::Data<Mutex<State>>;
type Query = web::Query<std::collections::HashMap<String, String>>;

async fn params(state: Shared, query: Query) -> HttpResponse {
    let state = state.lock().unwrap();
    let asked: Address = query["address"].parse().unwrap();
    if asked != state.owner || query["type"] != "WALLET" {
        return HttpResponse::BadRequest().finish();
    }
    HttpResponse::Ok().json(json!({"address": state.wallet, "nonce": state.nonce.to_string()}))
}

async fn deployed(state: Shared, query: Query) -> HttpResponse {
    let asked: Address = query["address"].parse().unwrap();
    HttpResponse::Ok().json(json!({"deployed": asked == state.lock().unwrap().wallet}))
}

async fn transaction(state: Shared, query: Query) -> HttpResponse {
    let state = state.lock().unwrap();
    let found = state.transactions.iter().filter(|one| one["transactionID"] == query["id"]);
    HttpResponse::Ok().json(found.collect::<Vec<_>>())
}

async fn transactions(state: Shared, request: actix_web::HttpRequest) -> HttpResponse {
    let state = state.lock().unwrap();
    if state.listing == Listing::Missing {
        return HttpResponse::NotFound().finish();
    }
    if request.headers().get("RELAYER_API_KEY").is_none() {
        return HttpResponse::Unauthorized().finish();
    }
    HttpResponse::Ok().json(&state.transactions)
}

async fn submit(
    state: Shared,
    request: actix_web::HttpRequest,
    body: web::Json<Value>,
) -> HttpResponse {
    if request.headers().get("RELAYER_API_KEY").is_none_or(|key| key != "relayer-key") {
        return HttpResponse::Unauthorized().finish();
    }
    let (whim, node, wallet) = {
        let mut state = state.lock().unwrap();
        state.submissions.push(body.clone());
        if let Err(error) = state.check(&body) {
            return HttpResponse::BadRequest().json(json!({"error": error}));
        }
        (state.whims.pop_front(), state.node.clone(), state.wallet)
    };
    if whim == Some(Whim::Busy) {
        let text = "wallet busy: wallet has an active action";
        return HttpResponse::BadRequest().json(json!({"error": text}));
    }
    let mut hash = Value::Null;
    if whim != Some(Whim::Fail) {
        for call in body["depositWalletParams"]["calls"].as_array().unwrap() {
            hash = make_call(&node, wallet, call).await;
        }
    }
    let mut state = state.lock().unwrap();
    let id = format!("id-{}", state.transactions.len());
    let failed = whim == Some(Whim::Fail);
    if !failed {
        state.nonce += 1;
    }
    state.transactions.push(json!({
        "transactionID": id,
        "transactionHash": hash.as_str().unwrap_or_default(),
        "state": if failed { "STATE_FAILED" } else { "STATE_CONFIRMED" },
        "errorMsg": if failed { "too few shares" } else { "" },
        "nonce": body["nonce"], "from": body["from"], "type": body["type"],
    }));
    match whim {
        Some(Whim::LoseReply) => HttpResponse::BadGateway().finish(),
        _ => HttpResponse::Ok().json(json!({"transactionID": id, "state": "STATE_NEW"})),
    }
}

impl State {
    /// What the wallet's contract would check.
    fn check(&self, body: &Value) -> Result<(), String> {
        let nonce = body["nonce"].as_str().unwrap();
        if nonce != self.nonce.to_string() {
            return Err(format!(
                "batch nonce {nonce} does not match on-chain nonce {}",
                self.nonce
            ));
        }
        let signature: Signature = body["signature"].as_str().unwrap().parse().unwrap();
        let digest = H256(typed_data(self.wallet, body).encode_eip712().unwrap());
        match signature.recover(digest) {
            Ok(signer) if signer == self.owner => Ok(()),
            other => Err(format!("not signed by the owner: {other:?}")),
        }
    }
}

/// The signed structure as the documents describe it, hashed by a library of others.
fn typed_data(wallet: Address, body: &Value) -> TypedData {
    let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let params = &body["depositWalletParams"];
    let typed = json!({
        "domain": {"name": "DepositWallet", "version": "1", "chainId": 137,
            "verifyingContract": wallet},
        "primaryType": "Batch",
        "types": {
            "EIP712Domain": [field("name", "string"), field("version", "string"),
                field("chainId", "uint256"), field("verifyingContract", "address")],
            "Batch": [field("wallet", "address"), field("nonce", "uint256"),
                field("deadline", "uint256"), field("calls", "Call[]")],
            "Call": [field("target", "address"), field("value", "uint256"),
                field("data", "bytes")],
        },
        "message": {"wallet": params["depositWallet"], "nonce": body["nonce"],
            "deadline": params["deadline"], "calls": params["calls"]},
    });
    serde_json::from_value(typed).unwrap()
}

/// Makes one call as the wallet and waits for its block.
async fn make_call(node: &str, wallet: Address, call: &Value) -> Value {
    let ask = |method: &'static str, params: Value| async move {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let http = super::node::client();
        let mut answer = http.post(node).send_json(&question).await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    };
    ask("anvil_impersonateAccount", json!([wallet])).await;
    ask("anvil_setBalance", json!([wallet, "0xde0b6b3a7640000"])).await;
    let request = json!({"from": wallet, "to": call["target"], "data": call["data"]});
    let hash = ask("eth_sendTransaction", json!([request])).await;
    for _ in 0..500 {
        if !ask("eth_getTransactionReceipt", json!([hash])).await.is_null() {
            return hash;
        }
        actix_rt::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("not mined");
}
