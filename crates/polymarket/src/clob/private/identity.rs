//! Who asks: the keys of the API, the key that signs, the wallet that pays.

use ethers_core::types::Address;

use crate::account::Account;
use crate::auth::ApiCredentials;

/// An account as the order-book service knows it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The keys of the API, which belong to the account's signer.
    pub credentials: ApiCredentials,
    /// The key that signs and the wallet that pays.
    pub account: Account,
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
        Mine { api_key: self.credentials.key().into(), maker: self.account.funder() }
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
