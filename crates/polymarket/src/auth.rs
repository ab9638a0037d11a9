//! Proving to the order-book service who is asking: a wallet's signature for the keys of the API
//! (L1), and those keys for everything else (L2).

mod credentials;
mod wallet;

pub(crate) use credentials::is_uuid;
pub use credentials::{ApiCredentials, CredentialsError};
pub use wallet::{ClobAuth, l1_headers};

use ethers_core::types::Address;
use ethers_core::utils::to_checksum;

/// Name and value of one request header. Values are plain ASCII.
pub type Header = (&'static str, String);

/// The account as the headers name it: the key that signs, never the wallet that pays.
fn address_header(signer: Address) -> Header {
    ("POLY_ADDRESS", to_checksum(&signer, None))
}
