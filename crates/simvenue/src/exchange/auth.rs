//! Who is asking: by the owner's signature (L1) or by an API key's HMAC (L2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use domain::UnixMillis;
use ethers_core::types::{Address, U256};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::accounts::{Accounts, OwnerId};
use super::payload::address;
use super::refusal::Refusal;
use super::typed_data;
use crate::wire::unix_seconds;

/// A request stamped farther from now than this is refused.
const SKEW_MAX_S: i64 = 30;

/// A proven caller.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) owner: OwnerId,
    pub(crate) key: String,
}

/// The headers of a request that prove something; `""` where one is absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'a> {
    pub(crate) address: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) key: &'a str,
    pub(crate) passphrase: &'a str,
}

/// What was asked for, as the HMAC covers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// As the venue's own host sees it, without the query.
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
}

fn is_timely(timestamp: &str, now: UnixMillis) -> bool {
    timestamp.parse::<i64>().is_ok_and(|at| (unix_seconds(now) - at).abs() <= SKEW_MAX_S)
}

/// L1: the address that signed, and the nonce it signed for.
///
/// # Errors
/// A header is missing or stale, or somebody else signed.
pub(crate) fn login(proof: Proof<'_>, now: UnixMillis) -> Result<(Address, U256), Refusal> {
    let refused = Refusal::LoginHeaders;
    let owner = address(proof.address).ok_or(refused.clone())?;
    let nonce = if proof.nonce.is_empty() { "0" } else { proof.nonce };
    let nonce = U256::from_dec_str(nonce).map_err(|_| refused.clone())?;
    let digits = proof.signature.strip_prefix("0x").unwrap_or_default();
    let signature = hex::decode(digits).map_err(|_| refused.clone())?;
    let signer = typed_data::auth_signer(owner, proof.timestamp, nonce, &signature);
    if signer == Some(owner) && is_timely(proof.timestamp, now) {
        Ok((owner, nonce))
    } else {
        Err(refused)
    }
}

/// L2: whose key it is.
///
/// # Errors
/// An unknown key, a wrong passphrase, address or HMAC, or a stale timestamp.
pub(crate) fn session(
    accounts: &Accounts,
    proof: Proof<'_>,
    asked: Asked<'_>,
    now: UnixMillis,
) -> Result<Session, Refusal> {
    let (owner, credentials) = accounts.find_key(proof.key).ok_or(Refusal::Unauthorized)?;
    let honest = credentials.passphrase == proof.passphrase
        && address(proof.address) == Some(accounts.address(owner))
        && is_timely(proof.timestamp, now)
        && is_keyed(&credentials.secret, proof, asked);
    if honest {
        Ok(Session { owner, key: proof.key.to_owned() })
    } else {
        Err(Refusal::Unauthorized)
    }
}

fn is_keyed(secret: &[u8], proof: Proof<'_>, asked: Asked<'_>) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    for part in [proof.timestamp, asked.method, asked.path] {
        mac.update(part.as_bytes());
    }
    mac.update(asked.body);
    URL_SAFE.decode(proof.signature).is_ok_and(|stated| mac.verify_slice(&stated).is_ok())
}
