//! Notes from a plain HTTP source, as data.
//!
//! `GET <address>?q=<words>` answers a JSON list: `[{"source": "…", "published_at": "2026-11-20T…Z",
//! "text": "…"}]`. Only hosts that somebody allowed are asked, redirects are not followed, and nothing
//! that comes back is trusted: it is cut here and cleaned before it is quoted.

use std::time::Duration;

use bytes::BytesMut;
use domain::UnixMillis;
use reqwest::{Client, Url};
use serde::Deserialize;

use crate::compatible::plain_client;
use crate::error::one_line;

/// Bytes of an answer.
const BODY_BYTES_MAX: usize = 256 * 1_024;
/// Findings of an answer.
const FINDINGS_MAX: usize = 20;
/// Characters of the words that are searched for.
const WORDS_CHARS_MAX: usize = 300;

/// One finding, as it came: not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Who says so.
    pub source: String,
    /// When it was said, where the source says when.
    pub published_at: Option<UnixMillis>,
    /// What was said.
    pub text: String,
}

/// Why there are no notes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResearchError {
    /// Not an address, or none that may be asked.
    #[error("{0} is not among the hosts that may be asked for notes")]
    NotAllowed(String),
    /// The client cannot be made.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
    /// No answer, or one that broke off.
    #[error("the source of notes cannot be reached: {0}")]
    Unreachable(String),
    /// An answer that is none.
    #[error("the source of notes answered with status {0}")]
    Status(u16),
    /// More than any list of notes.
    #[error("the source of notes answered with more than 256 KiB")]
    TooLarge,
    /// Not a list of notes.
    #[error("the source of notes answered with something else than a list of notes")]
    Garbled,
}

/// A source of notes.
#[derive(Clone, Debug)]
pub struct Research {
    client: Client,
    address: Url,
}

#[derive(Deserialize)]
struct FindingWire {
    #[serde(default)]
    source: String,
    #[serde(default)]
    published_at: Option<String>,
    #[serde(default)]
    text: String,
}

impl Research {
    /// Prepares to ask `address`, whose host must be among `hosts`.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(address: &str, hosts: &[String]) -> Result<Self, ResearchError> {
        let refused = || ResearchError::NotAllowed(one_line(address));
        let address = Url::parse(address).map_err(|_| refused())?;
        let is_http = matches!(address.scheme(), "https" | "http");
        let is_allowed = address.host_str().is_some_and(|host| hosts.iter().any(|it| it == host));
        if !is_http || !is_allowed {
            return Err(refused());
        }
        let client = plain_client().map_err(ResearchError::Client)?;
        Ok(Self { client, address })
    }

    /// What there is about `words`, newest first as the source has it, at most 20 findings.
    ///
    /// # Errors
    /// See [`ResearchError`].
    pub async fn find(&self, words: &str, limit: Duration) -> Result<Vec<Finding>, ResearchError> {
        match tokio::time::timeout(limit, self.ask(words)).await {
            Ok(done) => done,
            Err(_) => Err(ResearchError::Unreachable("the time is over".to_owned())),
        }
    }

    async fn ask(&self, words: &str) -> Result<Vec<Finding>, ResearchError> {
        let unreachable =
            |error: reqwest::Error| ResearchError::Unreachable(one_line(&error.to_string()));
        let words: String = words.chars().take(WORDS_CHARS_MAX).collect();
        let mut address = self.address.clone();
        address.query_pairs_mut().append_pair("q", &words);
        let mut answer = self.client.get(address).send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(ResearchError::Status(answer.status().as_u16()));
        }
        let mut body = BytesMut::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + part.len() > BODY_BYTES_MAX {
                return Err(ResearchError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        let list: Vec<FindingWire> =
            serde_json::from_slice(&body).map_err(|_| ResearchError::Garbled)?;
        let findings = list.into_iter().take(FINDINGS_MAX).map(|wire| Finding {
            source: wire.source,
            published_at: wire.published_at.as_deref().and_then(UnixMillis::parse),
            text: wire.text,
        });
        Ok(findings.collect())
    }
}
