//! Who may trade: owners, their API keys and their wallets.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use domain::TokenId;
use ethers_core::types::{Address, U256};

use super::derive;
use super::refusal::Refusal;
use crate::matching::TraderId;
use crate::rng::Rng;

/// Owners beyond this many get no key: a simulator serves a handful.
const OWNERS_MAX: usize = 1_000;
/// Keys of one owner.
const KEYS_MAX: usize = 100;
/// The traders from here on are accounts; below them is the crowd.
const TRADERS_FROM: u32 = 1_000_000;

/// A kind of wallet; its discriminant is the signature type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletKind {
    /// The key itself.
    Eoa,
    /// A legacy proxy.
    Proxy,
    /// A legacy Safe of one owner.
    Safe,
    /// A Deposit Wallet.
    Deposit,
}

impl WalletKind {
    /// 0 to 3, as orders state it.
    #[must_use]
    pub const fn signature_type(self) -> u8 {
        match self {
            Self::Eoa => 0,
            Self::Proxy => 1,
            Self::Safe => 2,
            Self::Deposit => 3,
        }
    }
    /// The kind of a signature type.
    #[must_use]
    pub const fn of(signature_type: u8) -> Option<Self> {
        match signature_type {
            0 => Some(Self::Eoa),
            1 => Some(Self::Proxy),
            2 => Some(Self::Safe),
            3 => Some(Self::Deposit),
            _ => None,
        }
    }
}

/// An owner's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OwnerId(pub(super) usize);

/// A wallet's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct WalletId(pub(super) usize);

impl WalletId {
    /// As the matching engine knows it.
    pub(crate) fn trader(self) -> TraderId {
        TraderId(TRADERS_FROM.saturating_add(u32::try_from(self.0).unwrap_or(u32::MAX)))
    }
    /// The wallet of a trader; `None` for the crowd.
    pub(crate) fn of(trader: TraderId) -> Option<Self> {
        trader.0.checked_sub(TRADERS_FROM).map(|number| Self(number as usize))
    }
}

/// What a client authenticates with.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) key: String,
    pub(crate) secret: Vec<u8>,
    pub(crate) passphrase: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("key", &self.key).finish_non_exhaustive()
    }
}

impl Credentials {
    fn draw(rng: &mut Rng) -> Self {
        let mut bytes = |count: usize| -> Vec<u8> {
            (0..count.div_ceil(8)).flat_map(|_| rng.next().to_be_bytes()).collect()
        };
        let digits = hex::encode(bytes(16));
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        Self {
            key: format!(
                "{}-{}-4{}-a{}-{}",
                part(0, 8),
                part(8, 12),
                part(13, 16),
                part(17, 20),
                part(20, 32)
            ),
            secret: bytes(32),
            passphrase: hex::encode(bytes(32)),
        }
    }
    /// As the venue hands it out.
    pub(crate) fn secret_text(&self) -> String {
        URL_SAFE.encode(&self.secret)
    }
}

#[derive(Debug)]
struct Key {
    credentials: Credentials,
    nonce: U256,
}

#[derive(Debug)]
struct Owner {
    address: Address,
    keys: Vec<Key>,
}

/// A wallet that trades.
#[derive(Debug)]
pub(crate) struct Wallet {
    pub(crate) address: Address,
    pub(crate) kind: WalletKind,
    pub(crate) owner: OwnerId,
    /// Tokens whose balance the venue has looked up at least once.
    pub(crate) known_tokens: BTreeSet<TokenId>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Accounts {
    owners: Vec<Owner>,
    wallets: Vec<Wallet>,
    by_address: HashMap<Address, OwnerId>,
    by_key: HashMap<String, OwnerId>,
    by_wallet: HashMap<Address, WalletId>,
    rng: Rng,
}

impl Accounts {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            owners: Vec::new(),
            wallets: Vec::new(),
            by_address: HashMap::new(),
            by_key: HashMap::new(),
            by_wallet: HashMap::new(),
            rng: Rng::new(seed, "accounts"),
        }
    }
    /// The owner of an address; a newcomer gets a deposit wallet, as every new account does.
    fn owner(&mut self, address: Address) -> Result<OwnerId, Refusal> {
        if let Some(owner) = self.by_address.get(&address) {
            return Ok(*owner);
        }
        if self.owners.len() >= OWNERS_MAX {
            return Err(Refusal::Full);
        }
        let owner = OwnerId(self.owners.len());
        self.owners.push(Owner { address, keys: Vec::new() });
        self.by_address.insert(address, owner);
        self.add_wallet(owner, derive::wallet(address, WalletKind::Deposit), WalletKind::Deposit);
        Ok(owner)
    }
    fn add_wallet(&mut self, owner: OwnerId, address: Address, kind: WalletKind) -> WalletId {
        if let Some(wallet) = self.by_wallet.get(&address) {
            return *wallet;
        }
        let id = WalletId(self.wallets.len());
        self.wallets.push(Wallet { address, kind, owner, known_tokens: BTreeSet::new() });
        self.by_wallet.insert(address, id);
        id
    }
    /// The wallet of a kind that `owner` controls, made known; it may trade from now on.
    ///
    /// # Errors
    /// Too many accounts.
    pub(crate) fn provision(
        &mut self,
        owner: Address,
        kind: WalletKind,
    ) -> Result<WalletId, Refusal> {
        let id = self.owner(owner)?;
        Ok(self.add_wallet(id, derive::wallet(owner, kind), kind))
    }

    /// Makes a key.
    ///
    /// # Errors
    /// There is one for this nonce already, or there are too many.
    pub(crate) fn create_key(
        &mut self,
        address: Address,
        nonce: U256,
    ) -> Result<Credentials, Refusal> {
        let id = self.owner(address)?;
        let credentials = Credentials::draw(&mut self.rng);
        let owner = self.owners.get_mut(id.0).ok_or(Refusal::Full)?;
        if owner.keys.len() >= KEYS_MAX || owner.keys.iter().any(|key| key.nonce == nonce) {
            return Err(Refusal::KeyExists);
        }
        owner.keys.push(Key { credentials: credentials.clone(), nonce });
        self.by_key.insert(credentials.key.clone(), id);
        Ok(credentials)
    }
    /// The key made for this nonce.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn derive_key(&self, address: Address, nonce: U256) -> Result<Credentials, Refusal> {
        let owner = self.by_address.get(&address).and_then(|id| self.owners.get(id.0));
        let mut keys = owner.into_iter().flat_map(|owner| &owner.keys);
        let key = keys.find(|key| key.nonce == nonce).ok_or(Refusal::NoSuchKey)?;
        Ok(key.credentials.clone())
    }
    /// Takes a key away.
    pub(crate) fn revoke(&mut self, key: &str) {
        let Some(id) = self.by_key.remove(key) else { return };
        if let Some(owner) = self.owners.get_mut(id.0) {
            owner.keys.retain(|it| it.credentials.key != key);
        }
    }
    /// Whose key it is, and the rest of it.
    pub(crate) fn find_key(&self, key: &str) -> Option<(OwnerId, &Credentials)> {
        let id = self.by_key.get(key)?;
        let keys = &self.owners.get(id.0)?.keys;
        let found = keys.iter().find(|it| it.credentials.key == key)?;
        Some((*id, &found.credentials))
    }
    /// The keys of an owner, oldest first.
    pub(crate) fn keys(&self, id: OwnerId) -> Vec<&str> {
        let owner = self.owners.get(id.0);
        let keys = owner.into_iter().flat_map(|owner| &owner.keys);
        keys.map(|key| key.credentials.key.as_str()).collect()
    }
    /// The key that signs for an owner.
    pub(crate) fn address(&self, id: OwnerId) -> Address {
        self.owners.get(id.0).map(|owner| owner.address).unwrap_or_default()
    }
    /// A wallet by its number.
    pub(crate) fn wallet(&self, id: WalletId) -> Option<&Wallet> {
        self.wallets.get(id.0)
    }
    /// A wallet by its address.
    pub(crate) fn find_wallet(&self, address: Address) -> Option<(WalletId, &Wallet)> {
        let id = self.by_wallet.get(&address)?;
        Some((*id, self.wallets.get(id.0)?))
    }
    /// The wallet of a kind that belongs to an owner.
    pub(crate) fn wallet_of(&self, owner: OwnerId, kind: WalletKind) -> Option<WalletId> {
        let found = self.wallets.iter().position(|it| it.owner == owner && it.kind == kind);
        found.map(WalletId)
    }
    /// Every wallet.
    pub(crate) fn wallets(&self) -> impl Iterator<Item = (WalletId, &Wallet)> {
        self.wallets.iter().enumerate().map(|(number, wallet)| (WalletId(number), wallet))
    }
    /// Notes that the venue has looked up a token's balance.
    pub(crate) fn learn_token(&mut self, id: WalletId, token: TokenId) {
        if let Some(wallet) = self.wallets.get_mut(id.0) {
            wallet.known_tokens.insert(token);
        }
    }
}
