//! Where a model is, and as whom it is asked.

use crate::key::ApiKey;

/// Under which name a provider takes the limit of an answer's tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenLimit {
    /// `max_tokens`: nearly everybody.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: OpenAI itself, which counts hidden reasoning in.
    MaxCompletionTokens,
}

/// Where a model is, and as whom it is asked.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Everything before `/chat/completions`, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model, as the provider calls it.
    pub model: String,
    /// The key; empty where the provider wants none.
    pub key: ApiKey,
    /// How the limit of an answer is called.
    pub token_limit: TokenLimit,
}

/// An endpoint that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an address.
    #[error("`{0}` is not an address of a provider: it begins with https:// or http://")]
    Address(String),
    /// The key would be readable on its way.
    #[error(
        "a key is sent by https alone, and {host} is not this machine; use https, or give no key"
    )]
    KeyInTheOpen {
        /// Where it would have gone.
        host: String,
    },
    /// Characters that no header can carry.
    #[error("the key has characters that cannot be sent; it is perhaps not the key")]
    Key,
    /// No model.
    #[error("the model has no name")]
    NoModel,
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

impl Endpoint {
    /// OpenAI's own address.
    pub const OPENAI: &str = "https://api.openai.com/v1";
    /// Anthropic's compatible address.
    pub const ANTHROPIC: &str = "https://api.anthropic.com/v1";
    /// Google's compatible address.
    pub const GOOGLE: &str = "https://generativelanguage.googleapis.com/v1beta/openai";

    /// Checks everything that can be checked without a connection.
    ///
    /// # Errors
    /// The endpoint cannot be used.
    pub fn check(&self) -> Result<(), EndpointError> {
        let unusable = || EndpointError::Address(crate::error::one_line(&self.base_url));
        let url = reqwest::Url::parse(&self.base_url).map_err(|_| unusable())?;
        let host = url.host_str().ok_or_else(unusable)?.to_owned();
        let is_open = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(unusable()),
        };
        if is_open && !self.key.is_empty() && !is_this_machine(&host) {
            return Err(EndpointError::KeyInTheOpen { host });
        }
        if !self.key.expose().bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
            return Err(EndpointError::Key);
        }
        if self.model.trim().is_empty() {
            return Err(EndpointError::NoModel);
        }
        Ok(())
    }

    /// The provider's host; empty where the address is none.
    #[must_use]
    pub fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.base_url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether the provider runs on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let url = reqwest::Url::parse(&self.base_url).ok();
        url.and_then(|url| url.host_str().map(is_this_machine)).unwrap_or(false)
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base_url: &str, key: &str) -> Endpoint {
        Endpoint {
            base_url: base_url.to_owned(),
            model: "m".to_owned(),
            key: ApiKey::new(key),
            token_limit: TokenLimit::MaxTokens,
        }
    }

    #[test]
    fn a_key_travels_by_https_or_stays_on_this_machine() {
        assert_eq!(endpoint(Endpoint::OPENAI, "k").check(), Ok(()));
        assert_eq!(endpoint("http://127.0.0.1:11434/v1", "k").check(), Ok(()));
        assert_eq!(endpoint("http://[::1]:11434/v1", "k").check(), Ok(()));
        assert_eq!(endpoint("http://ollama.lan:11434/v1", "").check(), Ok(()));
        let open = endpoint("http://ollama.lan:11434/v1", "k").check();
        assert_eq!(open, Err(EndpointError::KeyInTheOpen { host: "ollama.lan".into() }));
    }

    #[test]
    fn what_is_no_address_key_or_model_is_refused_before_anything_is_sent() {
        for address in ["", "api.openai.com/v1", "ftp://host/v1", "file:///etc/passwd"] {
            assert!(matches!(endpoint(address, "").check(), Err(EndpointError::Address(_))));
        }
        assert_eq!(endpoint(Endpoint::GOOGLE, "a\nb").check(), Err(EndpointError::Key));
        let nameless = Endpoint { model: " ".into(), ..endpoint(Endpoint::GOOGLE, "k") };
        assert_eq!(nameless.check(), Err(EndpointError::NoModel));
    }

    #[test]
    fn neither_an_endpoint_nor_its_errors_print_the_key() {
        let endpoint = endpoint("http://far.example/v1", "sk-hunter2");
        let shown =
            format!("{endpoint:?} {:?} {}", endpoint.check(), endpoint.check().unwrap_err());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
