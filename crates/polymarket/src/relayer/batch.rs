//! A batch of calls, signed to the last byte.

use std::fmt;

use ethers_core::types::{Address, Bytes, H256, U256};
use ethers_core::utils::{hash_message, to_checksum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{proxy, safe, wallet};
use crate::account::{Contracts, PrivateKey, WalletKind};
use crate::chain::{ContractCall, Refusal};

/// How long a deposit wallet's signature is good for.
pub const DEADLINE_SECONDS: i64 = 600;

/// What kind of wallet a key owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RelayedWallet {
    /// A deposit wallet (signature type 3).
    Deposit,
    /// A Safe of one owner (signature type 2).
    Safe,
    /// A proxy (signature type 1).
    Proxy,
}

impl RelayedWallet {
    /// How the relayer serves a wallet; `None` for a key's own account, which it does not serve.
    #[must_use]
    pub const fn of(kind: WalletKind) -> Option<Self> {
        match kind {
            WalletKind::Eoa => None,
            WalletKind::Proxy => Some(Self::Proxy),
            WalletKind::Safe => Some(Self::Safe),
            WalletKind::DepositWallet(_) => Some(Self::Deposit),
        }
    }
    /// As the relayer calls its transactions.
    pub(crate) const fn transaction_type(self) -> &'static str {
        match self {
            Self::Deposit => "WALLET",
            Self::Safe => "SAFE",
            Self::Proxy => "PROXY",
        }
    }
}

/// A signed batch. Store it before sending it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedBatch {
    /// The wallet that makes the calls.
    pub wallet: Address,
    /// What kind of wallet that is.
    pub kind: RelayedWallet,
    /// The owner, who signed.
    pub owner: Address,
    /// Its place in the wallet's order: of all batches with it, one can be carried out.
    pub nonce: u64,
    /// What was signed: a name for it that is known before it is sent.
    pub digest: H256,
    /// After this second it can no longer be carried out; only deposit wallets have that.
    pub deadline_unix_seconds: Option<i64>,
    /// What is sent.
    pub body: String,
    /// The owner's signature, as it is in the body.
    pub signature: Bytes,
}

impl fmt::Debug for PreparedBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedBatch")
            .field("wallet", &self.wallet)
            .field("kind", &self.kind)
            .field("nonce", &self.nonce)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

/// What a signature needs besides the calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    pub(super) contracts: &'a Contracts,
    pub(super) wallet: Address,
    pub(super) nonce: u64,
}

/// What the owner signed.
struct Signed {
    digest: [u8; 32],
    signature: Bytes,
    deadline_unix_seconds: Option<i64>,
}

impl PreparedBatch {
    /// For a deposit wallet.
    #[must_use]
    pub fn for_deposit_wallet(
        key: &PrivateKey,
        contracts: &Contracts,
        wallet: Address,
        nonce: u64,
        calls: &[ContractCall],
        deadline_unix_seconds: u64,
    ) -> Self {
        let terms = Terms { contracts, wallet, nonce };
        let digest = wallet::digest(&terms, calls, deadline_unix_seconds);
        let signature = Bytes::from(key.sign_digest(&digest));
        let calls: Vec<_> = calls
            .iter()
            .map(|call| {
                json!({
                    "target": text(call.to), "value": call.value.to_string(), "data": call.data,
                })
            })
            .collect();
        let body = json!({
            "type": "WALLET",
            "from": text(key.address()),
            "to": text(contracts.wallets.deposit_factory),
            "nonce": nonce.to_string(),
            "signature": signature,
            "metadata": "",
            "depositWalletParams": {
                "depositWallet": text(wallet),
                "deadline": deadline_unix_seconds.to_string(),
                "calls": calls,
            },
        });
        let deadline = i64::try_from(deadline_unix_seconds).ok();
        let signed = Signed { digest, signature, deadline_unix_seconds: deadline };
        Self::new(key, &terms, RelayedWallet::Deposit, signed, &body)
    }

    /// For a Safe.
    #[must_use]
    pub fn for_safe(
        key: &PrivateKey,
        contracts: &Contracts,
        wallet: Address,
        nonce: u64,
        calls: &[ContractCall],
    ) -> Self {
        let terms = Terms { contracts, wallet, nonce };
        let (call, mode) = safe::in_one(contracts, calls);
        let digest = safe::digest(&terms, &call, mode);
        let signature = Bytes::from(safe::marked(key.sign_digest(&hash_message(digest).0)));
        let zero = text(Address::zero());
        let mut body = json!({
            "type": "SAFE",
            "from": text(key.address()),
            "to": text(call.to),
            "proxyWallet": text(wallet),
            "data": call.data,
            "nonce": nonce.to_string(),
            "signature": signature,
            "metadata": "",
            "signatureParams": {
                "gasPrice": "0",
                "operation": (mode as u8).to_string(),
                "safeTxnGas": "0",
                "baseGas": "0",
                "gasToken": zero,
                "refundReceiver": zero,
            },
        });
        if !call.value.is_zero()
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("value".to_owned(), call.value.to_string().into());
        }
        let signed = Signed { digest, signature, deadline_unix_seconds: None };
        Self::new(key, &terms, RelayedWallet::Safe, signed, &body)
    }

    /// For a proxy, through the relay that the relayer named.
    ///
    /// # Errors
    /// The chain has no proxies.
    pub fn for_proxy(
        key: &PrivateKey,
        contracts: &Contracts,
        wallet: Address,
        params: super::Params,
        calls: &[ContractCall],
        gas_limit: u64,
    ) -> Result<Self, Refusal> {
        const NONE: Refusal = Refusal::Unsupported("there are no proxy wallets on this chain");
        let terms = Terms { contracts, wallet, nonce: params.nonce };
        let relay_hub = contracts.wallets.relay_hub.ok_or(NONE)?;
        let call = proxy::in_one(contracts, calls).ok_or(NONE)?;
        let relayed = proxy::Relayed { relay: params.address, relay_hub, gas_limit };
        let digest = proxy::digest(key.address(), &call, params.nonce, &relayed);
        let signature = Bytes::from(key.sign_digest(&hash_message(digest).0));
        let body = json!({
            "type": "PROXY",
            "from": text(key.address()),
            "to": text(call.to),
            "proxyWallet": text(wallet),
            "data": call.data,
            "nonce": params.nonce.to_string(),
            "signature": signature,
            "metadata": "",
            "signatureParams": {
                "gasPrice": "0",
                "gasLimit": gas_limit.to_string(),
                "relayerFee": "0",
                "relayHub": text(relay_hub),
                "relay": text(params.address),
            },
        });
        let signed = Signed { digest, signature, deadline_unix_seconds: None };
        Ok(Self::new(key, &terms, RelayedWallet::Proxy, signed, &body))
    }

    fn new(
        key: &PrivateKey,
        terms: &Terms<'_>,
        kind: RelayedWallet,
        signed: Signed,
        body: &Value,
    ) -> Self {
        Self {
            wallet: terms.wallet,
            kind,
            owner: key.address(),
            nonce: terms.nonce,
            digest: H256(signed.digest),
            deadline_unix_seconds: signed.deadline_unix_seconds,
            body: body.to_string(),
            signature: signed.signature,
        }
    }

    /// Whether it can no longer be carried out: the nonce may then be used for another batch.
    #[must_use]
    pub fn is_expired(&self, chain_unix_seconds: i64) -> bool {
        self.deadline_unix_seconds.is_some_and(|deadline| chain_unix_seconds > deadline)
    }
}

/// As every official client writes addresses.
pub(super) fn text(address: Address) -> String {
    to_checksum(&address, None)
}

/// A number of 256 bits as a word.
pub(super) fn word(value: U256) -> [u8; 32] {
    let mut word = [0; 32];
    value.to_big_endian(&mut word);
    word
}
