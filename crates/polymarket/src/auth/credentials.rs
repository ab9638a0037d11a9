//! The keys of the API (L2): an HMAC over every request.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ethers_core::types::Address;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Header, address_header};

/// Secrets come with and without padding, and now and then with stray bits in the last digit.
const SECRET_TEXT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why three texts are not credentials. Says nothing of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CredentialsError {
    /// The API key is not a UUID in its usual form.
    #[error("the API key is not a UUID (8-4-4-4-12 hexadecimal digits)")]
    Key,
    /// The secret is not base64, or nothing at all.
    #[error("the API secret is not base64 text")]
    Secret,
    /// The passphrase is empty or cannot be sent in a header.
    #[error("the API passphrase is empty or has characters that no header can carry")]
    Passphrase,
}

/// One set of API credentials. Erased when dropped, never printed, and not serialisable.
#[derive(Clone)]
pub struct ApiCredentials {
    key: String,
    secret_text: Zeroizing<String>,
    secret: Zeroizing<Vec<u8>>,
    passphrase: Zeroizing<String>,
}

impl fmt::Debug for ApiCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiCredentials(..)")
    }
}

impl ApiCredentials {
    /// From the three texts that the venue gives. The secret may be base64 of either alphabet,
    /// padded or not.
    ///
    /// # Errors
    /// [`CredentialsError`].
    pub fn new(key: &str, secret: &str, passphrase: &str) -> Result<Self, CredentialsError> {
        if !is_uuid(key) {
            return Err(CredentialsError::Key);
        }
        if passphrase.is_empty() || !passphrase.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(CredentialsError::Passphrase);
        }
        let url_safe = Zeroizing::new(secret.replace('+', "-").replace('/', "_"));
        let bytes = SECRET_TEXT.decode(url_safe.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| CredentialsError::Secret)?;
        if bytes.is_empty() {
            return Err(CredentialsError::Secret);
        }
        Ok(Self {
            key: key.to_owned(),
            secret_text: Zeroizing::new(secret.to_owned()),
            secret: bytes,
            passphrase: Zeroizing::new(passphrase.to_owned()),
        })
    }

    /// The API key, a UUID: the `owner` of every order. Names the credentials without giving them
    /// away, but belongs in no log.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The secret as the venue wrote it, for the user socket's first frame only.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.secret_text
    }

    /// The passphrase, for the user socket's first frame only.
    #[must_use]
    pub fn expose_passphrase(&self) -> &str {
        &self.passphrase
    }

    /// The five headers of one request.
    ///
    /// `signer` is the key's own address for every kind of wallet. `path` begins with `/` and has
    /// no query. `body` is the exact text that is sent, empty where there is none: serialise once,
    /// sign that, send that. `unix_seconds` must be within seconds of the venue's clock.
    #[must_use]
    pub fn l2_headers(
        &self,
        signer: Address,
        method: &str,
        path: &str,
        body: &[u8],
        unix_seconds: i64,
    ) -> [Header; 5] {
        let timestamp = unix_seconds.to_string();
        let signature = self.signature(&timestamp, method, path, body);
        [
            address_header(signer),
            ("POLY_SIGNATURE", signature),
            ("POLY_TIMESTAMP", timestamp),
            ("POLY_API_KEY", self.key.clone()),
            ("POLY_PASSPHRASE", self.passphrase.as_str().to_owned()),
        ]
    }

    fn signature(&self, timestamp: &str, method: &str, path: &str, body: &[u8]) -> String {
        // An HMAC takes a key of any length, so there is no error to see here.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else {
            return String::new();
        };
        for part in [timestamp.as_bytes(), method.as_bytes(), path.as_bytes(), body] {
            mac.update(part);
        }
        base64::engine::general_purpose::URL_SAFE.encode(mac.finalize().into_bytes())
    }
}

/// Whether `text` is a UUID as 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "11111111-2222-4333-8444-555555555555";

    #[test]
    fn credentials_print_nothing_of_themselves() {
        let credentials = ApiCredentials::new(KEY, "c2VjcmV0LXNlY3JldA==", "pass-phrase").unwrap();
        let printed = format!("{credentials:?} {credentials:#?}");
        for secret in [KEY, "c2VjcmV0LXNlY3JldA", "pass-phrase", "secret-secret"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn a_secret_of_either_alphabet_padded_or_not_is_the_same_secret() {
        let sign = |secret| {
            let credentials = ApiCredentials::new(KEY, secret, "p").unwrap();
            credentials.signature("1", "GET", "/", b"")
        };
        let wanted = sign("-_-_-_-_-w==");
        for secret in ["-_-_-_-_-w", "+/+/+/+/+w==", "+/+/+/+/+w", "-_-_-_-_-x"] {
            assert_eq!(sign(secret), wanted, "{secret}");
        }
        assert_ne!(sign("-_-_-_-_-g=="), wanted);
    }

    #[test]
    fn what_cannot_be_credentials_is_refused_at_once() {
        let cases = [
            ("not-a-uuid", "AAAA", "p", CredentialsError::Key),
            (KEY, "", "p", CredentialsError::Secret),
            (KEY, "A A", "p", CredentialsError::Secret),
            (KEY, "AAAA", "", CredentialsError::Passphrase),
            (KEY, "AAAA", "line\nbreak", CredentialsError::Passphrase),
        ];
        for (key, secret, passphrase, wanted) in cases {
            assert_eq!(ApiCredentials::new(key, secret, passphrase).unwrap_err(), wanted);
        }
    }
}
