//! Who asks: the keys of the API, the key that signs, the wallet that pays.

use ethers_core::types::Address;

use crate::auth::ApiCredentials;

/// How a wallet's signatures are checked: the venue's `signatureType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// The key's own address.
    Eoa,
    /// A proxy of the older kind.
    Proxy,
    /// A Safe of the older kind.
    Safe,
    /// A Deposit Wallet.
    DepositWallet,
}

impl SignatureType {
    /// The venue's number, 0 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Eoa => 0,
            Self::Proxy => 1,
            Self::Safe => 2,
            Self::DepositWallet => 3,
        }
    }
}

/// An account as the order-book service knows it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The keys of the API.
    pub credentials: ApiCredentials,
    /// The address of the key that signs, for every kind of wallet.
    pub signer: Address,
    /// The wallet that holds the money: `maker` in orders. The signer's own for an EOA.
    pub maker: Address,
    /// What kind of wallet that is.
    pub signature_type: SignatureType,
}

/// How our own records are told from others'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mine {
    /// Our API key, the `owner` of our orders.
    pub api_key: Box<str>,
    /// Our wallet.
    pub maker: Address,
}

impl Identity {
    /// How our own records are told from others'.
    #[must_use]
    pub fn mine(&self) -> Mine {
        Mine { api_key: self.credentials.key().into(), maker: self.maker }
    }
}

impl Mine {
    /// Whether a record with this `owner` and `maker_address` is ours. An owner that is named
    /// decides: other keys of the same wallet are not us.
    pub(super) fn owns(&self, owner: Option<&str>, maker: Option<&str>) -> bool {
        match owner {
            Some(owner) => owner.eq_ignore_ascii_case(&self.api_key),
            None => maker.and_then(|text| text.parse::<Address>().ok()) == Some(self.maker),
        }
    }
}
