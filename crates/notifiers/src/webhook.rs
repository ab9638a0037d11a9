//! Signed JSON to any address.

use hmac::{Hmac, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::error::SendError;
use crate::http::Link;
use crate::message::{Message, cut, line};
use crate::secret::{SecretText, SecretUrl};

/// `sha256=` and the signature in hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "X-Dutchbook-Signature";
/// When it was sent, seconds since 1970; a part of what is signed, so that an old message that
/// is sent again can be told.
pub const TIMESTAMP_HEADER: &str = "X-Dutchbook-Timestamp";
const TEXT_CHARS_MAX: usize = 10_000;

/// An address that takes JSON.
pub struct Webhook {
    link: Link,
    url: SecretUrl,
    secret: SecretText,
}

/// The signature of a body that is sent at `timestamp`: HMAC-SHA256 over `timestamp.body`.
#[must_use]
pub fn signature(secret: &SecretText, timestamp: &str, body: &[u8]) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

impl Webhook {
    /// Sends to `url`, signed with `secret`.
    #[must_use]
    pub const fn new(link: Link, url: SecretUrl, secret: SecretText) -> Self {
        Self { link, url, secret }
    }
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let body = body(message).to_string().into_bytes();
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let timestamp = since.unwrap_or_default().as_secs().to_string();
        let signature = signature(&self.secret, &timestamp, &body);
        let headers = [
            (SIGNATURE_HEADER, signature),
            (TIMESTAMP_HEADER, timestamp),
            ("Idempotency-Key", message.id.clone()),
        ];
        self.link.post(self.url.expose(), &headers, body).await.map(drop)
    }
}

fn body(message: &Message) -> Value {
    let fields: Map<String, Value> = message
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), line(&field.value).into()))
        .collect();
    json!({
        "id": message.id, "kind": message.kind, "severity": message.severity, "at": message.at,
        "title": line(&message.title), "text": cut(&message.text, TEXT_CHARS_MAX),
        "fields": fields, "link": message.link,
    })
}
