//! Telegram's bots.

use serde_json::{Value, json};

use crate::error::SendError;
use crate::http::Link;
use crate::message::{Message, cut};
use crate::secret::{SecretText, SecretUrl};

/// The most characters of a message.
const CHARS_MAX: usize = 4_096;

/// A chat that a bot writes into.
pub struct Telegram {
    link: Link,
    server: SecretUrl,
    token: SecretText,
    chat: String,
}

impl Telegram {
    /// Writes into `chat` of `server` (a number, or `@name` of a public channel) as the bot of `token`.
    #[must_use]
    pub fn new(link: Link, server: SecretUrl, token: SecretText, chat: &str) -> Self {
        Self { link, server, token, chat: chat.to_owned() }
    }
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let server = self.server.expose().trim_end_matches('/');
        let url = format!("{server}/bot{}/sendMessage", self.token.expose());
        // Without a `parse_mode` nothing in the text is markup.
        let body = json!({
            "chat_id": self.chat,
            "text": uncalled(&message.plain(CHARS_MAX), CHARS_MAX),
            "link_preview_options": { "is_disabled": true },
            "disable_notification": message.severity == "info",
        });
        let answer = self.link.post(&url, &[], body.to_string().into_bytes()).await?;
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if said["ok"] == true {
            return Ok(());
        }
        Err(SendError::Fault {
            status: answer.status,
            said: "the answer does not say ok".to_owned(),
        })
    }
}

/// The text in which nobody is called by name: an invisible sign breaks what would be a mention.
fn uncalled(text: &str, chars_max: usize) -> String {
    cut(&text.replace('@', "@\u{2060}"), chars_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_call_anybody() {
        assert_eq!(uncalled("@ann or @bob", 100), "@\u{2060}ann or @\u{2060}bob");
        assert_eq!(uncalled(&"@".repeat(10), 10).chars().count(), 10);
    }
}
