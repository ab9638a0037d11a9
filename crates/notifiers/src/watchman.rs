//! An outside watchman, who raises the alarm when he hears nothing any more.

use crate::error::SendError;
use crate::http::Link;
use crate::secret::SecretUrl;

/// The address of a dead-man's switch: fetched while all is well, silent otherwise.
pub struct Watchman {
    link: Link,
    url: SecretUrl,
}

impl Watchman {
    /// Tells the watchman at `url`.
    #[must_use]
    pub const fn new(link: Link, url: SecretUrl) -> Self {
        Self { link, url }
    }
    /// Says that all is well.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn all_is_well(&self) -> Result<(), SendError> {
        self.link.get(&self.url).await.map(drop)
    }
}
