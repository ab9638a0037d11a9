//! Who trades: the key that signs, the wallet that pays, the contracts around them.

pub mod contracts;
mod derive;
mod key;
mod keystore;
mod source;

pub use contracts::{Contracts, WalletContracts};
pub use derive::Candidates;
pub use key::{KeyFormatError, PrivateKey, Signature};
pub use keystore::KeystoreError;
pub use source::{KeyError, KeySource, PasswordSource};

use std::fmt;

use ethers_core::types::Address;
use ethers_core::utils::to_checksum;
use thiserror::Error;

/// How a deposit wallet was made, as far as its address tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DepositForm {
    /// A beacon proxy, made since 2026-06-29.
    Beacon,
    /// A UUPS proxy, made before.
    Uups,
    /// Neither: the operator says that it is one, as for a second key allowed by its owner.
    Stated,
}

/// What holds the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WalletKind {
    /// The key's own account. The venue takes orders of allow-listed ones only.
    Eoa,
    /// A proxy wallet of an old account.
    Proxy,
    /// A Safe of an old account.
    Safe,
    /// A deposit wallet, as every account has since 2026-05-04.
    DepositWallet(DepositForm),
}

impl WalletKind {
    /// How orders of such a wallet are signed.
    #[must_use]
    pub const fn signature_type(self) -> SignatureType {
        match self {
            Self::Eoa => SignatureType::Eoa,
            Self::Proxy => SignatureType::Proxy,
            Self::Safe => SignatureType::Safe,
            Self::DepositWallet(_) => SignatureType::DepositWallet,
        }
    }
}

impl fmt::Display for WalletKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Eoa => "the key's own account",
            Self::Proxy => "proxy wallet",
            Self::Safe => "Safe",
            Self::DepositWallet(DepositForm::Beacon) => "deposit wallet (beacon)",
            Self::DepositWallet(DepositForm::Uups) => "deposit wallet (UUPS)",
            Self::DepositWallet(DepositForm::Stated) => "deposit wallet (as stated)",
        })
    }
}

/// The venue's number for how an order is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// 0: by the account that pays.
    Eoa,
    /// 1: by the owner of a proxy wallet.
    Proxy,
    /// 2: by the owner of a Safe.
    Safe,
    /// 3: for a deposit wallet, which checks the signature itself (ERC-1271).
    DepositWallet,
}

impl SignatureType {
    /// 0 to 3, as in orders and in questions about balances.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Eoa => 0,
            Self::Proxy => 1,
            Self::Safe => 2,
            Self::DepositWallet => 3,
        }
    }
    /// The type of that number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Eoa),
            1 => Some(Self::Proxy),
            2 => Some(Self::Safe),
            3 => Some(Self::DepositWallet),
            _ => None,
        }
    }
}

/// Why a key and a wallet do not make an account. Nothing here is helped by trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// A wallet must be named for this type, and was not.
    #[error("orders of signature type {} need the address of the wallet that pays", .0.number())]
    FunderMissing(SignatureType),
    /// The address of nobody.
    #[error("the wallet's address is zero")]
    FunderZero,
    /// Type 0 pays from the key's own account, and another one was named.
    #[error(
        "signature type 0 pays from {}, the key's own account, but the wallet named is {}",
        to_checksum(.signer, None), to_checksum(.funder, None)
    )]
    FunderOfAnother {
        /// The key's account.
        signer: Address,
        /// What was named.
        funder: Address,
    },
    /// None of the wallets that this key can have.
    #[error(
        "the wallet {} belongs to none of those that this key can have: {}. Set one of them, or \
         set the right key, or state the signature type if the wallet's owner has allowed this key",
        to_checksum(.funder, None), Listed(.signer, .candidates)
    )]
    FunderUnknown {
        /// The key's account.
        signer: Address,
        /// What was named.
        funder: Address,
        /// What the key can have.
        candidates: Candidates,
    },
}

struct Listed<'a>(&'a Address, &'a Candidates);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(signer, candidates) = self;
        write!(f, "{} ({})", to_checksum(signer, None), WalletKind::Eoa)?;
        for (kind, address) in candidates.all() {
            write!(f, ", {} ({kind})", to_checksum(&address, None))?;
        }
        Ok(())
    }
}

impl Candidates {
    /// All of them with their kinds, the most likely first.
    pub fn all(&self) -> impl Iterator<Item = (WalletKind, Address)> {
        [
            (WalletKind::DepositWallet(DepositForm::Beacon), self.deposit_beacon),
            (WalletKind::DepositWallet(DepositForm::Uups), Some(self.deposit_uups)),
            (WalletKind::Safe, Some(self.safe)),
            (WalletKind::Proxy, self.proxy),
        ]
        .into_iter()
        .filter_map(|(kind, address)| Some((kind, address?)))
    }
}

/// A key's address together with the wallet that pays for its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    signer: Address,
    funder: Address,
    kind: WalletKind,
}

impl Account {
    /// Finds out what `funder` is by computing every wallet that the key can have. Without a
    /// funder, or with the key's own address, the account is the key's own.
    ///
    /// # Errors
    /// [`AccountError::FunderUnknown`], naming the candidates, or [`AccountError::FunderZero`].
    pub fn detect(
        signer: Address,
        contracts: &Contracts,
        funder: Option<Address>,
    ) -> Result<Self, AccountError> {
        let funder = funder.unwrap_or(signer);
        if funder.is_zero() {
            return Err(AccountError::FunderZero);
        }
        if funder == signer {
            return Ok(Self { signer, funder, kind: WalletKind::Eoa });
        }
        let candidates = Candidates::of(signer, contracts);
        let found = candidates.all().find(|(_, address)| *address == funder);
        let (kind, _) = found.ok_or(AccountError::FunderUnknown { signer, funder, candidates })?;
        Ok(Self { signer, funder, kind })
    }

    /// An account whose type the operator states, for a wallet whose address does not follow from
    /// the key. Nothing but the form is checked; prefer [`Self::detect`].
    ///
    /// # Errors
    /// A funder that is missing, zero, or not the key's own for type 0.
    pub fn stated(
        signer: Address,
        signature_type: SignatureType,
        funder: Option<Address>,
    ) -> Result<Self, AccountError> {
        let kind = match signature_type {
            SignatureType::Eoa => WalletKind::Eoa,
            SignatureType::Proxy => WalletKind::Proxy,
            SignatureType::Safe => WalletKind::Safe,
            SignatureType::DepositWallet => WalletKind::DepositWallet(DepositForm::Stated),
        };
        let funder = match (kind, funder) {
            (WalletKind::Eoa, None) => signer,
            (_, None) => return Err(AccountError::FunderMissing(signature_type)),
            (_, Some(funder)) if funder.is_zero() => return Err(AccountError::FunderZero),
            (WalletKind::Eoa, Some(funder)) if funder != signer => {
                return Err(AccountError::FunderOfAnother { signer, funder });
            }
            (_, Some(funder)) => funder,
        };
        Ok(Self { signer, funder, kind })
    }

    /// The key's own address: who authenticates.
    #[must_use]
    pub const fn signer(&self) -> Address {
        self.signer
    }
    /// The wallet that pays and receives: the `maker` of orders.
    #[must_use]
    pub const fn funder(&self) -> Address {
        self.funder
    }
    /// What the wallet is.
    #[must_use]
    pub const fn kind(&self) -> WalletKind {
        self.kind
    }
    /// How its orders are signed.
    #[must_use]
    pub const fn signature_type(&self) -> SignatureType {
        self.kind.signature_type()
    }
    /// The `signer` of orders: the wallet itself where it checks signatures, else the key.
    #[must_use]
    pub const fn order_signer(&self) -> Address {
        match self.kind {
            WalletKind::DepositWallet(_) => self.funder,
            WalletKind::Eoa | WalletKind::Proxy | WalletKind::Safe => self.signer,
        }
    }
}
