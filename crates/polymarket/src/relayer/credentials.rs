//! Keys that let an account use the relayer.

use std::fmt;

use ethers_core::types::Address;
use ethers_core::utils::to_checksum;
use zeroize::Zeroizing;

use crate::auth::{ApiCredentials, Header};

/// Either kind of key. Prints nothing of itself.
#[derive(Clone)]
pub enum RelayerCredentials {
    /// A key for the relayer alone.
    Relayer {
        /// The key.
        key: Zeroizing<String>,
        /// The account it was made for.
        address: Address,
    },
    /// A builder's keys: an HMAC over every request.
    Builder(ApiCredentials),
}

impl fmt::Debug for RelayerCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relayer { .. } => "RelayerCredentials::Relayer(..)",
            Self::Builder(_) => "RelayerCredentials::Builder(..)",
        })
    }
}

impl RelayerCredentials {
    /// The headers of one request; `body` is the exact text that is sent.
    pub(super) fn headers(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        unix_seconds: i64,
    ) -> Vec<Header> {
        match self {
            Self::Relayer { key, address } => vec![
                ("RELAYER_API_KEY", key.as_str().to_owned()),
                ("RELAYER_API_KEY_ADDRESS", to_checksum(address, None)),
            ],
            Self::Builder(credentials) => {
                // The same signature as for the order book, under other names, and no account.
                let unused = Address::zero();
                let [_, (_, signature), (_, timestamp), (_, key), (_, passphrase)] =
                    credentials.l2_headers(unused, method, path, body, unix_seconds);
                vec![
                    ("POLY_BUILDER_API_KEY", key),
                    ("POLY_BUILDER_TIMESTAMP", timestamp),
                    ("POLY_BUILDER_PASSPHRASE", passphrase),
                    ("POLY_BUILDER_SIGNATURE", signature),
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_builders_headers_carry_the_usual_signature_under_their_own_names() {
        let key = "11111111-2222-4333-8444-555555555555";
        let api = ApiCredentials::new(key, "c2VjcmV0LXNlY3JldA==", "word").unwrap();
        let usual = api.l2_headers(Address::zero(), "POST", "/submit", b"{}", 1_700_000_000);
        let builder = RelayerCredentials::Builder(api);
        let headers = builder.headers("POST", "/submit", b"{}", 1_700_000_000);
        let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "POLY_BUILDER_API_KEY",
                "POLY_BUILDER_TIMESTAMP",
                "POLY_BUILDER_PASSPHRASE",
                "POLY_BUILDER_SIGNATURE"
            ]
        );
        assert_eq!((&headers[0].1, &headers[1].1), (&key.to_owned(), &"1700000000".to_owned()));
        assert_eq!((&headers[2].1, &headers[3].1), (&"word".to_owned(), &usual[1].1));
        assert!(!format!("{builder:?}").contains("word"));
    }
}
