//! A Polygon node's JSON-RPC.

use actix_web::{HttpResponse, web};
use ethers_core::types::U256;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::chain::contracts::CHAIN_ID;
use crate::chain::{Block, Chain, ContractCall, Receipt, Refusal, Seen, Status};
use crate::custody::Address;
use crate::venue::{Shared, State};

/// Questions in one request.
const BATCH_MAX: usize = 100;
const BLOCK_GAS_LIMIT: u64 = 45_000_000;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("", web::post().to(answer));
}

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: Value,
    method: String,
    #[serde(default)]
    params: Vec<Value>,
}

/// Why there is no result.
enum Failure {
    Parse,
    Invalid,
    Method(String),
    Params,
    Reverted(Refusal),
    Node(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Reverted(refusal)
    }
}

impl Failure {
    fn object(self) -> Value {
        let plain = |code: i32, message: &str| json!({"code": code, "message": message});
        match self {
            Self::Parse => plain(-32_700, "parse error"),
            Self::Invalid => plain(-32_600, "invalid request"),
            Self::Method(name) => {
                plain(-32_601, &format!("the method {name} does not exist/is not available"))
            }
            Self::Params => plain(-32_602, "invalid params"),
            Self::Node(words) => plain(-32_000, &words),
            Self::Reverted(refusal) => json!({
                "code": 3,
                "message": format!("execution reverted: {}", refusal.words),
                "data": hexadecimal(&refusal.data),
            }),
        }
    }
}

type Answer = Result<Value, Failure>;

async fn answer(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let mut state = shared.state.lock();
    let reply = match serde_json::from_slice::<Value>(&body) {
        Err(_) => envelope(&Value::Null, Err(Failure::Parse)),
        Ok(Value::Array(questions)) if (1..=BATCH_MAX).contains(&questions.len()) => {
            questions.into_iter().map(|question| reply(&mut state, question)).collect()
        }
        Ok(Value::Array(_)) => envelope(&Value::Null, Err(Failure::Invalid)),
        Ok(question) => reply(&mut state, question),
    };
    HttpResponse::Ok().json(reply)
}

fn envelope(id: &Value, answer: Answer) -> Value {
    match answer {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(failure) => json!({"jsonrpc": "2.0", "id": id, "error": failure.object()}),
    }
}

fn reply(state: &mut State, question: Value) -> Value {
    match serde_json::from_value::<Question>(question) {
        Ok(question) => envelope(&question.id, result(state, &question)),
        Err(_) => envelope(&Value::Null, Err(Failure::Invalid)),
    }
}

fn result(state: &mut State, question: &Question) -> Answer {
    let State { chain, custody, .. } = state;
    match question.method.as_str() {
        "eth_chainId" => Ok(quantity(CHAIN_ID)),
        "net_version" => Ok(json!(CHAIN_ID.to_string())),
        "eth_blockNumber" => Ok(quantity(chain.head())),
        "eth_getBlockByNumber" => Ok(wanted_block(chain, question)?.map_or(Value::Null, block)),
        "eth_gasPrice" => {
            let base = chain.block(chain.head()).map_or(0, |block| block.base_fee_wei);
            Ok(quantity(base + Chain::suggested_tip_wei()))
        }
        "eth_maxPriorityFeePerGas" => Ok(quantity(Chain::suggested_tip_wei())),
        "eth_getBalance" => Ok(json!(chain.gas_money(question.read(0)?))),
        "eth_getCode" => {
            let code = if chain.has_code(question.read(0)?) { "0x60806040" } else { "0x" };
            Ok(json!(code))
        }
        "eth_getTransactionCount" => {
            let account = question.read(0)?;
            Ok(quantity(match question.tag(1) {
                Some("pending") => chain.nonce_pending(account),
                Some(tag) => chain.nonce_at(account, block_number(chain, tag)?),
                None => chain.nonce(account),
            }))
        }
        "eth_call" => {
            let (from, call) = question.call()?;
            Ok(json!(hexadecimal(&chain.call(custody, from, &call)?)))
        }
        "eth_estimateGas" => {
            let (from, call) = question.call()?;
            Ok(quantity(chain.estimate_gas(custody, from, &call)?))
        }
        "eth_getTransactionReceipt" => {
            let found = chain.receipt(question.read(0)?);
            Ok(found.map_or(Value::Null, |found| receipt(chain, &found)))
        }
        "eth_getTransactionByHash" => {
            let found = chain.seen(question.read(0)?);
            Ok(found.map_or(Value::Null, |found| transaction(chain, &found)))
        }
        "eth_sendRawTransaction" => {
            let raw: String = question.read(0)?;
            let raw = bytes(&raw).ok_or(Failure::Params)?;
            let sent = chain.send_raw(&raw).map_err(|error| Failure::Node(error.to_string()))?;
            Ok(json!(sent))
        }
        other => Err(Failure::Method(other.to_owned())),
    }
}

#[derive(Deserialize)]
struct CallObject {
    #[serde(default)]
    from: Address,
    to: Address,
    #[serde(default)]
    value: U256,
    #[serde(default, alias = "input")]
    data: String,
}

impl Question {
    fn read<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T, Failure> {
        let given = self.params.get(at).ok_or(Failure::Params)?;
        T::deserialize(given).map_err(|_| Failure::Params)
    }
    fn tag(&self, at: usize) -> Option<&str> {
        self.params.get(at)?.as_str()
    }
    fn call(&self) -> Result<(Address, ContractCall), Failure> {
        let given: CallObject = self.read(0)?;
        let data = if given.data.is_empty() { Some(Vec::new()) } else { bytes(&given.data) };
        let data = data.ok_or(Failure::Params)?;
        Ok((given.from, ContractCall { to: given.to, value: given.value, data }))
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn quantity(number: u64) -> Value {
    json!(format!("0x{number:x}"))
}

fn block_number(chain: &Chain, tag: &str) -> Result<u64, Failure> {
    match tag {
        "latest" | "pending" => Ok(chain.head()),
        "safe" | "finalized" => Ok(chain.head().saturating_sub(crate::chain::CONFIRMATIONS)),
        text => {
            let digits = text.strip_prefix("0x").ok_or(Failure::Params)?;
            u64::from_str_radix(digits, 16).map_err(|_| Failure::Params)
        }
    }
}

fn wanted_block(chain: &Chain, question: &Question) -> Result<Option<Block>, Failure> {
    let number = block_number(chain, question.tag(0).ok_or(Failure::Params)?)?;
    Ok(chain.block(number))
}

fn block(block: Block) -> Value {
    json!({
        "number": quantity(block.number),
        "hash": block.hash,
        "parentHash": block.parent,
        "timestamp": format!("0x{:x}", block.unix_seconds),
        "baseFeePerGas": quantity(block.base_fee_wei),
        "gasLimit": quantity(BLOCK_GAS_LIMIT),
        "gasUsed": "0x0",
        "transactions": block.transactions,
    })
}

fn receipt(chain: &Chain, receipt: &Receipt) -> Value {
    json!({
        "transactionHash": receipt.hash,
        "transactionIndex": quantity(receipt.index),
        "blockNumber": quantity(receipt.block),
        "blockHash": chain.block_hash(receipt.block),
        "from": receipt.from,
        "to": receipt.to,
        "contractAddress": null,
        "gasUsed": quantity(receipt.gas_used),
        "cumulativeGasUsed": quantity(receipt.gas_used * (receipt.index + 1)),
        "effectiveGasPrice": receipt.gas_price_wei,
        "logs": [],
        "logsBloom": format!("0x{}", "0".repeat(512)),
        "type": "0x2",
        "status": if receipt.status == Status::Succeeded { "0x1" } else { "0x0" },
    })
}

fn transaction(chain: &Chain, seen: &Seen) -> Value {
    let mined = seen.receipt.as_ref();
    json!({
        "hash": seen.hash,
        "from": seen.from,
        "to": seen.to,
        "nonce": quantity(seen.nonce),
        "gas": quantity(seen.gas_limit),
        "maxFeePerGas": seen.fee_max,
        "maxPriorityFeePerGas": seen.tip_max,
        "input": hexadecimal(&seen.input),
        "value": "0x0",
        "type": "0x2",
        "chainId": quantity(CHAIN_ID),
        "blockNumber": mined.map(|it| quantity(it.block)),
        "blockHash": mined.map(|it| json!(chain.block_hash(it.block))),
        "transactionIndex": mined.map(|it| quantity(it.index)),
    })
}
