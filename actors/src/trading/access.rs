//! Who we are at the venue: the wallet, known from the start, and the access to the order books,
//! which is had only once the venue was asked.

mod sealer;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::DurationMillis;
use parking_lot::RwLock;
use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::auth::ApiCredentials;
use polymarket::clob::private::{Identity, Mine, TradingClient, VenueClock};
use polymarket::http::Http;
use polymarket::signing::{OrderSigner, SignerError};

use crate::clock::Clock;
use crate::tenure::Tenure;

pub use sealer::OrderSealer;

/// The wallet that pays, and the key that signs for it. Known from the start.
#[derive(Clone, Debug)]
pub struct Wallet {
    /// Signs. Never printed.
    pub key: PrivateKey,
    /// Whose money is moved.
    pub account: Account,
    /// The contracts around it, and the chain that they are on.
    pub contracts: Contracts,
}

impl Wallet {
    /// The chain.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.contracts.chain_id
    }
}

/// What an account that signed in at the venue can do.
#[derive(Clone, Debug)]
pub struct Access {
    identity: Identity,
    signer: OrderSigner,
}

impl Access {
    /// With credentials that the venue gave for the wallet's key.
    ///
    /// # Errors
    /// The wallet's account is not its key's.
    pub fn new(wallet: &Wallet, credentials: ApiCredentials) -> Result<Self, SignerError> {
        let Wallet { key, account, contracts } = wallet;
        let signer = OrderSigner::new(key.clone(), *account, contracts, credentials.key())?;
        Ok(Self { identity: Identity { credentials, account: *account }, signer })
    }
    /// The keys of the API and the account.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }
    /// How our own records are told from others'.
    #[must_use]
    pub fn mine(&self) -> Mine {
        self.identity.mine()
    }
    /// Signs orders that carry our API key.
    #[must_use]
    pub const fn signer(&self) -> &OrderSigner {
        &self.signer
    }
    /// A client of this arbiter.
    #[must_use]
    pub fn client(&self, http: Http, clock: VenueClock) -> TradingClient {
        TradingClient::new(http, self.identity.clone(), clock)
    }
}

#[derive(Debug, Default)]
struct Inner {
    tenure: Tenure,
    access: RwLock<Option<Arc<Access>>>,
    skew_ms: AtomicI64,
}

/// The access, once it is had, and how far the venue's clock is ahead of ours. Clones share it; it
/// outlives the actors that use it.
#[derive(Clone, Debug, Default)]
pub struct AccessCell(Arc<Inner>);

impl AccessCell {
    /// One that gives nobody access while this process may not act.
    #[must_use]
    pub fn under(tenure: Tenure) -> Self {
        Self(Arc::new(Inner { tenure, ..Inner::default() }))
    }
    /// The access; `None` before the venue gave it, and while this process may not act.
    #[must_use]
    pub fn get(&self) -> Option<Arc<Access>> {
        self.0.tenure.check().ok()?;
        self.0.access.read().clone()
    }
    /// The venue gave it.
    pub fn set(&self, access: Access) {
        *self.0.access.write() = Some(Arc::new(access));
    }
    /// The venue does not take these credentials any more: others must be had.
    pub fn clear(&self) {
        *self.0.access.write() = None;
    }
    /// How far the venue's clock is ahead of ours, as last measured.
    #[must_use]
    pub fn skew(&self) -> DurationMillis {
        DurationMillis(self.0.skew_ms.load(Ordering::Relaxed))
    }
    /// The clocks were compared.
    pub fn set_skew(&self, skew: DurationMillis) {
        self.0.skew_ms.store(skew.0, Ordering::Relaxed);
    }
    /// The venue's clock, for requests of this arbiter; follows what is measured later.
    #[must_use]
    pub fn venue_clock(&self, clock: Clock) -> VenueClock {
        let cell = self.clone();
        VenueClock::new(move || clock.now().plus(cell.skew()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use domain::UnixMillis;

    use super::*;

    #[test]
    fn every_clock_of_a_cell_follows_what_is_measured() {
        let cell = AccessCell::default();
        let clock = cell.venue_clock(Clock::Manual(Arc::new(AtomicI64::new(10_000))));
        assert_eq!(clock.now(), UnixMillis(10_000));
        cell.set_skew(DurationMillis(-3_000));
        assert_eq!(clock.now(), UnixMillis(7_000));
    }
}
