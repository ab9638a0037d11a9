//! A provider's key, which cannot be printed.

use std::fmt;

use zeroize::Zeroizing;

/// The key of a provider. Its memory is overwritten when it is dropped.
#[derive(Clone, Default)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Takes the key over, without blanks around it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }
    /// Whether there is none, as with servers on one's own machine.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "ApiKey(none)" } else { "ApiKey(…)" })
    }
}
