//! Slack's incoming webhooks, and what understands them (Mattermost, Rocket.Chat, Zulip).

use serde_json::json;

use crate::error::SendError;
use crate::http::Link;
use crate::message::{Message, cut};
use crate::secret::SecretUrl;

/// Beyond it Slack cuts.
const CHARS_MAX: usize = 4_000;

/// A channel that a webhook writes into.
pub struct Slack {
    link: Link,
    url: SecretUrl,
}

impl Slack {
    /// Writes through the webhook.
    #[must_use]
    pub const fn new(link: Link, url: SecretUrl) -> Self {
        Self { link, url }
    }
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let text = cut(&escaped(&message.plain(CHARS_MAX)), CHARS_MAX);
        let body = json!({ "text": text, "mrkdwn": false, "unfurl_links": false });
        self.link.post(self.url.expose(), &[], body.to_string().into_bytes()).await.map(drop)
    }
}

/// The three characters that Slack reads as its own: `<!channel>` calls everybody.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_call_everybody() {
        assert_eq!(escaped("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
    }
}
