//! Requests that may come twice and are carried out once.
//!
//! A key is written down before anything is ordered, and its answer when there is one. A process
//! that dies in between leaves a key that was begun and never finished: whoever asks again is told
//! what the journal says came of it, or that nobody knows; it is never ordered a second time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use parking_lot::Mutex;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{Answer, Store};

use super::refusal::{Refusal, RefusalKind};
use crate::web::problem::Problem;

/// The header with the key.
pub const KEY_HEADER: &str = "Idempotency-Key";
/// The header that marks an answer as one given before.
pub const REPLAYED_HEADER: &str = "Idempotent-Replayed";
/// Characters of a key.
pub const KEY_CHARS_MAX: usize = 120;
const FINISH_TRIES_MAX: u32 = 3;
const FINISH_PAUSE: Duration = Duration::from_millis(100);

/// What a request needs of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRule {
    /// It moves money: without a key it is refused.
    Required,
    /// It sets something, and twice is like once: a key is honoured where it is given.
    Welcome,
    /// It makes things safer: a key is honoured, and a database that is away holds nothing up.
    Safety,
}

/// The key of a request: 1 to [`KEY_CHARS_MAX`] printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of a request, by the rule.
    ///
    /// # Errors
    /// It is missing where it is needed, or is no key.
    pub fn of(headers: &HeaderMap, rule: KeyRule) -> Result<Option<Self>, Problem> {
        let Some(given) = headers.get(KEY_HEADER) else {
            let missing = "a request that moves money needs the header Idempotency-Key";
            return match rule {
                KeyRule::Required => Err(Refusal::new(RefusalKind::KeyMissing, missing).into()),
                KeyRule::Welcome | KeyRule::Safety => Ok(None),
            };
        };
        let text = given.to_str().unwrap_or_default();
        let fits = (1..=KEY_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            return Ok(Some(Self(text.to_owned())));
        }
        let why = format!("a key is 1 to {KEY_CHARS_MAX} printable ASCII characters, no blanks");
        Err(Refusal::new(RefusalKind::KeyUnusable, why).into())
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// 32 hexadecimal digits that stand for it wherever a name is needed.
    #[must_use]
    pub fn short(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes())).chars().take(32).collect()
    }
}

/// What is asked, as 64 hexadecimal digits: the same for the same request, however its body is
/// spaced and ordered.
#[must_use]
pub fn digest(request: &HttpRequest, body: &Value) -> String {
    let mut hash = Sha256::new();
    for part in [request.method().as_str(), request.path(), &body.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// Keys of requests that this process is carrying out now; at most one a connection.
#[derive(Clone, Debug, Default)]
pub struct KeysInHand(Arc<Mutex<BTreeSet<String>>>);

/// A key while its request is carried out.
#[derive(Debug)]
pub struct KeyInHand {
    key: String,
    all: KeysInHand,
}

impl KeysInHand {
    /// Takes a key in hand.
    ///
    /// # Errors
    /// Another request with the same key is being carried out.
    pub fn take(&self, key: &Key) -> Result<KeyInHand, Problem> {
        if !self.0.lock().insert(key.0.clone()) {
            let text = "the request with this key is still being carried out";
            return Err(Refusal::new(RefusalKind::KeyInProgress, text).into());
        }
        Ok(KeyInHand { key: key.0.clone(), all: self.clone() })
    }
}

impl Drop for KeyInHand {
    fn drop(&mut self) {
        self.all.0.lock().remove(&self.key);
    }
}

/// Writes an answer down. Where that cannot be done the key stays begun, and whoever asks again is
/// told what the journal knows.
pub(super) async fn finish(store: &Store, key: &Key, answer: &Answer) {
    for attempt in 1..=FINISH_TRIES_MAX {
        match store.money().idempotency().finish(key.as_str(), answer).await {
            Ok(()) => return,
            Err(error) if attempt == FINISH_TRIES_MAX => {
                tracing::error!(%error, "the answer to a request could not be written down");
            }
            Err(_) => tokio::time::sleep(FINISH_PAUSE).await,
        }
    }
}

/// Frees a key of which nothing came.
pub(super) async fn free(store: &Store, key: &Key) {
    if let Err(error) = store.money().idempotency().abandon(key.as_str()).await {
        tracing::warn!(%error, "a key of a refused request could not be freed");
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn key(text: &str) -> Result<Option<Key>, Problem> {
        let request = TestRequest::default().insert_header((KEY_HEADER, text)).to_http_request();
        Key::of(request.headers(), KeyRule::Required)
    }

    #[test]
    fn only_short_printable_texts_are_keys() {
        for good in ["a", "2026-11-21/1", &"k".repeat(120)] {
            assert!(matches!(key(good), Ok(Some(_))), "{good}");
        }
        for bad in ["", "a b", "ü", &"k".repeat(121)] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_needed_only_where_money_moves() {
        let request = TestRequest::default().to_http_request();
        assert!(Key::of(request.headers(), KeyRule::Required).is_err());
        for rule in [KeyRule::Welcome, KeyRule::Safety] {
            assert_eq!(Key::of(request.headers(), rule), Ok(None));
        }
    }

    #[test]
    fn the_same_request_has_the_same_digest_and_another_has_another() {
        let at = |path: &str| TestRequest::post().uri(path).to_http_request();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let one = digest(&at("/a"), &json(r#"{"x":1,"y":2}"#));
        assert_eq!(one, digest(&at("/a"), &json(r#"{ "y":2, "x":1 }"#)));
        assert_ne!(one, digest(&at("/b"), &json(r#"{"x":1,"y":2}"#)));
        assert_ne!(one, digest(&at("/a"), &json(r#"{"x":1,"y":3}"#)));
    }

    #[test]
    fn a_key_in_hand_is_taken_once_and_free_again_afterwards() {
        let (keys, key) = (KeysInHand::default(), Key("k".to_owned()));
        let held = keys.take(&key).unwrap();
        assert!(keys.take(&key).is_err());
        drop(held);
        assert!(keys.take(&key).is_ok());
    }
}
