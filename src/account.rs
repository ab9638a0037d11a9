//! Whose money is traded: the key, the wallet, and what may use the venue's relayer.

use actors::trading::{ChainAccess, RelayerAccess, Wallet};
use domain::Usd;
use engine::desk::Purse;
use ethers_core::utils::to_checksum;
use polymarket::account::{Account, AccountError, Contracts, KeyError, PrivateKey};
use polymarket::http::Settings as ClientSettings;
use polymarket::relayer::RelayerCredentials;
use simvenue::{RunningVenue, WalletKind};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::settings::{Chain, Settings};

/// Why nobody can trade.
#[derive(Debug, Error)]
pub enum NoAccount {
    /// No key is named.
    #[error(
        "there is no key: name a file with account.key_file or account.keystore_file, or set \
         DUTCHBOOK_PRIVATE_KEY"
    )]
    NoKey,
    /// The key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Key and wallet do not fit.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// Who trades, and how its transactions are sent.
#[derive(Clone, Debug)]
pub struct Trader {
    /// The key and its wallet.
    pub wallet: Wallet,
    /// What the relayer takes; `None` where the account sends for itself.
    pub relayer: Option<RelayerCredentials>,
}

impl Trader {
    /// The account that the settings name, on the real chain.
    ///
    /// Opening an encrypted key takes a second or two, on purpose.
    ///
    /// # Errors
    /// See [`NoAccount`].
    pub fn of(settings: &Settings) -> Result<Self, NoAccount> {
        let source = settings.account.key_source(&settings.secrets).ok_or(NoAccount::NoKey)?;
        let key = source.load()?;
        let contracts = Contracts::polygon();
        let (signer, funder) = (key.address(), settings.account.funder);
        let account = match settings.account.signature_type {
            Some(stated) => Account::stated(signer, stated, funder)?,
            None => Account::detect(signer, &contracts, funder)?,
        };
        let relayer =
            settings.secrets.relayer_api_key.as_ref().map(|key| RelayerCredentials::Relayer {
                key: Zeroizing::new(key.expose().to_owned()),
                address: signer,
            });
        Ok(Self { wallet: Wallet { key, account, contracts }, relayer })
    }

    /// A new account at a simulated venue, with invented dollars.
    ///
    /// # Errors
    /// See [`NoAccount`]; or the venue does not provide it.
    pub fn provisioned(venue: &RunningVenue, cash: Usd) -> anyhow::Result<Self> {
        let key = PrivateKey::generate()?;
        let made = venue.provision(key.address(), WalletKind::Deposit, cash)?;
        let contracts = Contracts::polygon();
        let account = Account::detect(key.address(), &contracts, Some(made.maker.into()))?;
        let address = key.address();
        let relayer = made
            .relayer_api_key
            .map(|key| RelayerCredentials::Relayer { key: Zeroizing::new(key), address });
        Ok(Self { wallet: Wallet { key, account, contracts }, relayer })
    }

    /// What reaches the chain for this account.
    #[must_use]
    pub fn chain_access(
        &self,
        client: &ClientSettings,
        chain: &Chain,
        rpc_url: &str,
        relayer_url: &str,
    ) -> ChainAccess {
        let Wallet { key, account, contracts } = self.wallet.clone();
        let relayer = self
            .relayer
            .clone()
            .map(|credentials| RelayerAccess { base: relayer_url.to_owned(), credentials });
        let (rpc_url, http, fees) = (rpc_url.to_owned(), client.clone(), chain.fees());
        ChainAccess { key, account, contracts, rpc_url, relayer, http, fees }
    }

    /// The name under which a journal keeps this account's money.
    #[must_use]
    pub fn purse(&self, place: &str) -> Purse {
        Purse(format!("{place} {}", to_checksum(&self.wallet.account.funder(), None)))
    }
}
