//! What a node can be asked, in our words.

use domain::{Shares, TokenId, Usd};
use ethers_core::types::{Address, Bytes, H256, U64, U256};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Rpc, RpcError};
use crate::account::Contracts;
use crate::chain::operation::{Cash, ContractCall, Requirement, ShareLedger};
use crate::chain::{abi, ids};

/// Which state of the chain is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// With the transactions that wait in the node.
    Pending,
    /// As of the newest block.
    Latest,
    /// As of this block.
    Block(u64),
}

impl Depth {
    fn tag(self) -> String {
        match self {
            Self::Pending => "pending".to_owned(),
            Self::Latest => "latest".to_owned(),
            Self::Block(number) => format!("0x{number:x}"),
        }
    }
}

/// The newest block, as far as we need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHead {
    /// Its number.
    pub number: u64,
    /// What every unit of gas costs at least, in wei.
    pub base_fee: u128,
    /// Seconds since 1970.
    pub unix_seconds: u64,
}

/// Whether a mined transaction did what it was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptStatus {
    /// It did.
    Succeeded,
    /// Nothing but the gas is gone.
    Reverted,
}

/// A mined transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its hash.
    pub hash: H256,
    /// The block it is in.
    pub block: u64,
    /// How it ended.
    pub status: ReceiptStatus,
    /// What the gas cost, in wei.
    pub cost_wei: U256,
}

impl Rpc {
    /// The chain's number.
    ///
    /// # Errors
    /// The node does not answer, or not with a number.
    pub async fn chain_id(&self) -> Result<u64, RpcError> {
        self.read::<U64>("eth_chainId", json!([])).await.map(|id| id.as_u64())
    }
    /// The newest block.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn head(&self) -> Result<BlockHead, RpcError> {
        const METHOD: &str = "eth_getBlockByNumber";
        let wire: Option<WireBlock> = self.read(METHOD, json!(["latest", false])).await?;
        let wire = wire.ok_or_else(|| RpcError::decode(METHOD, "there is no newest block"))?;
        let base_fee = u128::try_from(wire.base_fee_per_gas.unwrap_or_default())
            .map_err(|why| RpcError::decode("base fee", why))?;
        let unix_seconds = wire.timestamp.min(u64::MAX.into()).low_u64();
        Ok(BlockHead { number: wire.number.as_u64(), base_fee, unix_seconds })
    }
    /// The number of the newest block.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn block_number(&self) -> Result<u64, RpcError> {
        self.read::<U64>("eth_blockNumber", json!([])).await.map(|number| number.as_u64())
    }
    /// The tip that the node suggests, in wei.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn suggested_tip(&self) -> Result<u128, RpcError> {
        let tip: U256 = self.read("eth_maxPriorityFeePerGas", json!([])).await?;
        u128::try_from(tip).map_err(|why| RpcError::decode("tip", why))
    }
    /// How many transactions an account has sent: its next nonce.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn nonce(&self, account: Address, depth: Depth) -> Result<u64, RpcError> {
        let params = json!([account, depth.tag()]);
        self.read::<U64>("eth_getTransactionCount", params).await.map(|nonce| nonce.as_u64())
    }
    /// What an account has for gas, in wei of POL.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn gas_money(&self, account: Address) -> Result<U256, RpcError> {
        self.read("eth_getBalance", json!([account, "latest"])).await
    }
    /// A contract's code; empty where there is none.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn code(&self, address: Address) -> Result<Bytes, RpcError> {
        self.read("eth_getCode", json!([address, "latest"])).await
    }
    /// An account's dollars.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn cash(
        &self,
        contracts: &Contracts,
        cash: Cash,
        owner: Address,
    ) -> Result<Usd, RpcError> {
        let units = self.number(cash.contract(contracts), abi::cash_balance(owner)).await?;
        micros(units).map(Usd::from_micros)
    }
    /// How many of an account's dollars `spender` may take; more than we can count is
    /// [`Usd::MAX`].
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn allowance(
        &self,
        contracts: &Contracts,
        cash: Cash,
        owner: Address,
        spender: Address,
    ) -> Result<Usd, RpcError> {
        let data = abi::allowance(owner, spender);
        let units = self.number(cash.contract(contracts), data).await?;
        Ok(micros(units).map_or(Usd::MAX, Usd::from_micros))
    }
    /// An account's shares of each of `tokens`, in their order, in one question.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn shares(
        &self,
        contracts: &Contracts,
        ledger: ShareLedger,
        owner: Address,
        tokens: &[TokenId],
    ) -> Result<Vec<Shares>, RpcError> {
        let owners = vec![owner; tokens.len()];
        let numbers: Vec<_> = tokens.iter().map(|token| ids::token_number(*token)).collect();
        let data = abi::share_balances(&owners, &numbers);
        let answer = self.view(ledger.contract(contracts), data, Depth::Latest).await?;
        let units = abi::read_uints(&answer).filter(|units| units.len() == tokens.len());
        let units = units.ok_or_else(|| RpcError::decode("share balances", "not one for each"))?;
        units.into_iter().map(|units| micros(units).map(Shares::from_micros)).collect()
    }
    /// Whether `operator` may move an account's shares.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn is_operator(
        &self,
        contracts: &Contracts,
        ledger: ShareLedger,
        owner: Address,
        operator: Address,
    ) -> Result<bool, RpcError> {
        let data = abi::is_approved_for_all(owner, operator);
        let answer = self.view(ledger.contract(contracts), data, Depth::Latest).await?;
        abi::read_bool(&answer).ok_or_else(|| RpcError::decode("approval", "not yes or no"))
    }
    /// What both outcomes of a condition of Protocol V1 pay, as numerators and their denominator;
    /// `None` until it is resolved.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn payouts(
        &self,
        contracts: &Contracts,
        condition: H256,
    ) -> Result<Option<([U256; 2], U256)>, RpcError> {
        let to = contracts.conditional_tokens;
        let denominator = self.number(to, abi::payout_denominator(condition)).await?;
        if denominator.is_zero() {
            return Ok(None);
        }
        let yes = self.number(to, abi::payout_numerator(condition, 0)).await?;
        let no = self.number(to, abi::payout_numerator(condition, 1)).await?;
        Ok(Some(([yes, no], denominator)))
    }
    /// What shares of a position of Protocol V2 would pay.
    ///
    /// # Errors
    /// [`RpcError::Reverted`] while it is not resolved; see [`RpcError`].
    pub async fn payout_of_position(
        &self,
        contracts: &Contracts,
        token: TokenId,
        amount: Shares,
    ) -> Result<Usd, RpcError> {
        let amount = u64::try_from(amount.micros()).unwrap_or_default();
        let data = abi::payout(ids::token_number(token), amount.into());
        micros(self.number(contracts.position_manager, data).await?).map(Usd::from_micros)
    }
    /// Whether a requirement is met by `account` now.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn meets(
        &self,
        contracts: &Contracts,
        account: Address,
        requirement: &Requirement,
    ) -> Result<bool, RpcError> {
        match *requirement {
            Requirement::Cash { cash, amount } => {
                Ok(self.cash(contracts, cash, account).await? >= amount)
            }
            Requirement::CashAllowance { cash, spender, amount } => {
                Ok(self.allowance(contracts, cash, account, spender).await? >= amount)
            }
            Requirement::ShareApproval { ledger, operator } => {
                self.is_operator(contracts, ledger, account, operator).await
            }
        }
    }
    /// The receipt of a transaction; `None` while it is in no block of this node.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn receipt(&self, hash: H256) -> Result<Option<Receipt>, RpcError> {
        const METHOD: &str = "eth_getTransactionReceipt";
        let wire: Option<WireReceipt> = self.read(METHOD, json!([hash])).await?;
        wire.map(WireReceipt::understood).transpose()
    }
    /// Whether the node knows a transaction at all, mined or waiting.
    ///
    /// # Errors
    /// See [`RpcError`].
    pub async fn knows(&self, hash: H256) -> Result<bool, RpcError> {
        let found: Option<serde::de::IgnoredAny> =
            self.read("eth_getTransactionByHash", json!([hash])).await?;
        Ok(found.is_some())
    }
    /// The gas that a call would use.
    ///
    /// # Errors
    /// [`RpcError::Reverted`] where the contract would refuse; see [`RpcError`].
    pub async fn estimate_gas(&self, from: Address, call: &ContractCall) -> Result<u64, RpcError> {
        let gas: U256 = self.read("eth_estimateGas", json!([request(from, call)])).await?;
        u64::try_from(gas).map_err(|why| RpcError::decode("gas", why))
    }
    /// What a call would say after block `depth`; used to learn why one was refused.
    pub(in crate::chain) async fn replay(
        &self,
        from: Address,
        call: &ContractCall,
        depth: Depth,
    ) -> Result<Bytes, RpcError> {
        self.read("eth_call", json!([request(from, call), depth.tag()])).await
    }
    async fn view(&self, to: Address, data: Bytes, depth: Depth) -> Result<Bytes, RpcError> {
        self.read("eth_call", json!([{"to": to, "data": data}, depth.tag()])).await
    }
    async fn number(&self, to: Address, data: Bytes) -> Result<U256, RpcError> {
        let answer = self.view(to, data, Depth::Latest).await?;
        // No contract at all answers with nothing.
        abi::read_uint(&answer).ok_or_else(|| RpcError::decode("contract's answer", "no number"))
    }
}

fn request(from: Address, call: &ContractCall) -> Value {
    json!({"from": from, "to": call.to, "value": call.value, "data": call.data})
}

/// The contracts' base units are millionths.
fn micros(units: U256) -> Result<i64, RpcError> {
    i64::try_from(units).map_err(|_| RpcError::decode("balance", "it is beyond all counting"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBlock {
    number: U64,
    timestamp: U256,
    base_fee_per_gas: Option<U256>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireReceipt {
    transaction_hash: H256,
    block_number: U64,
    status: U64,
    gas_used: U256,
    effective_gas_price: Option<U256>,
}

impl WireReceipt {
    fn understood(self) -> Result<Receipt, RpcError> {
        let status = match self.status.as_u64() {
            0 => ReceiptStatus::Reverted,
            1 => ReceiptStatus::Succeeded,
            other => return Err(RpcError::decode("receipt", &format!("its status is {other}"))),
        };
        let price = self.effective_gas_price.unwrap_or_default();
        let cost_wei = self.gas_used.saturating_mul(price);
        let (hash, block) = (self.transaction_hash, self.block_number.as_u64());
        Ok(Receipt { hash, block, status, cost_wei })
    }
}
