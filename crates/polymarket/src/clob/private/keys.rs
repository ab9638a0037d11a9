//! Getting the keys of the API with the wallet's own key.

use awc::http::Method;
use thiserror::Error;

use crate::account::PrivateKey;
use crate::auth::{ApiCredentials, CredentialsError, l1_headers};
use crate::clob::private_wire::ApiCredentialsWire;
use crate::http::{Call, Group, Http, VenueError};

use super::clock::VenueClock;

/// No keys were got.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiKeyError {
    /// The request failed.
    #[error(transparent)]
    Venue(#[from] VenueError),
    /// The venue's answer are no credentials.
    #[error("the venue's API credentials cannot be used: {0}")]
    Credentials(#[from] CredentialsError),
}

/// Makes and finds API credentials. They belong to the key's own address and a number.
#[derive(Clone, Debug)]
pub struct ApiKeys {
    http: Http,
    clock: VenueClock,
    chain_id: u64,
}

impl ApiKeys {
    /// Over a client of this arbiter.
    #[must_use]
    pub const fn new(http: Http, clock: VenueClock, chain_id: u64) -> Self {
        Self { http, clock, chain_id }
    }
    /// Makes new credentials. The venue refuses with 400 where there are some for this key and
    /// `nonce`.
    ///
    /// # Errors
    /// See [`ApiKeyError`].
    pub async fn create(
        &self,
        key: &PrivateKey,
        nonce: u64,
    ) -> Result<ApiCredentials, ApiKeyError> {
        self.get(Method::POST, "/auth/api-key", key, nonce).await
    }
    /// Finds the credentials that were made for this key and `nonce`.
    ///
    /// # Errors
    /// See [`ApiKeyError`].
    pub async fn derive(
        &self,
        key: &PrivateKey,
        nonce: u64,
    ) -> Result<ApiCredentials, ApiKeyError> {
        self.get(Method::GET, "/auth/derive-api-key", key, nonce).await
    }
    /// Makes credentials, or finds them where they exist or may have been made just now.
    ///
    /// # Errors
    /// See [`ApiKeyError`].
    pub async fn create_or_derive(
        &self,
        key: &PrivateKey,
        nonce: u64,
    ) -> Result<ApiCredentials, ApiKeyError> {
        use crate::http::Outcome::{NotSent, Unknown};
        match self.create(key, nonce).await {
            Err(ApiKeyError::Venue(VenueError::Status { code: 400, .. })) => {
                self.derive(key, nonce).await
            }
            Err(ApiKeyError::Venue(error)) if matches!(error.outcome(), Unknown | NotSent) => {
                self.derive(key, nonce).await
            }
            other => other,
        }
    }

    async fn get(
        &self,
        method: Method,
        path: &str,
        key: &PrivateKey,
        nonce: u64,
    ) -> Result<ApiCredentials, ApiKeyError> {
        self.http.wait_for_turn(Group::ClobAuth).await?;
        let headers = l1_headers(key, self.chain_id, self.clock.seconds(), nonce).into();
        let url = format!("{}{path}", self.http.settings().hosts.clob);
        let call = Call { method, url, query: vec![], headers, json: None };
        let body = self.http.send_once(call).await?.success()?;
        let wire: ApiCredentialsWire = body.decode("API credentials")?;
        let (secret, passphrase) = (wire.secret.as_str(), wire.passphrase.as_str());
        Ok(ApiCredentials::new(wire.api_key.as_str(), secret, passphrase)?)
    }
}
