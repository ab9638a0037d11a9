//! Discord's webhooks.

use serde_json::json;

use crate::error::SendError;
use crate::http::Link;
use crate::message::Message;
use crate::secret::SecretUrl;

/// The most characters of a message.
const CHARS_MAX: usize = 2_000;
/// Shows links without a preview.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// A channel that a webhook writes into.
pub struct Discord {
    link: Link,
    url: SecretUrl,
}

impl Discord {
    /// Writes through the webhook.
    #[must_use]
    pub const fn new(link: Link, url: SecretUrl) -> Self {
        Self { link, url }
    }
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        // Our own link stays a link: what stands in an address is not unescaped.
        let link = message.link.as_ref().map(|link| format!("\n{link}")).unwrap_or_default();
        let room = CHARS_MAX.saturating_sub(link.chars().count());
        let content = literal(&message.without_link(room), room) + &link;
        // No text of a market may call people.
        let body = json!({
            "content": content, "allowed_mentions": { "parse": [] }, "flags": SUPPRESS_EMBEDS,
        });
        self.link.post(self.url.expose(), &[], body.to_string().into_bytes()).await.map(drop)
    }
}

/// The text with its marks of markup made literal, of at most `chars_max` characters.
fn literal(text: &str, chars_max: usize) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut left = chars_max;
    for c in text.chars() {
        let is_mark = matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '<');
        let needs = if is_mark { 2 } else { 1 };
        if needs > left {
            break;
        }
        left -= needs;
        if is_mark {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_literal_and_the_bound_holds() {
        assert_eq!(literal("**a** <@1> `x`", 100), r"\*\*a\*\* \<@1> \`x\`".replace('>', r"\>"));
        assert_eq!(literal(&"*".repeat(100), 11).chars().count(), 10);
    }
}
