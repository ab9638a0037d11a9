//! Sends a message to people: Telegram, Discord, Slack and what understands its webhooks, signed
//! webhooks, mail; and tells an outside watchman that the service is alive.
//!
//! Each channel takes the same [`Message`] and writes it as its service wants it. Texts from the
//! market stand in messages: none is ever read as markup, and none can call people by name. Every
//! body, wait and text has a bound. A [`SendError`] says whether trying again makes sense.

mod discord;
mod email;
mod error;
mod http;
mod message;
mod secret;
mod slack;
mod telegram;
mod watchman;
mod webhook;

pub use discord::Discord;
pub use email::{Email, EmailError, EmailSettings, Encryption};
pub use error::{Retry, SendError};
pub use http::{HttpSettings, Link};
pub use message::{Field, Message};
pub use secret::{SecretText, SecretUrl, UrlError};
pub use slack::Slack;
pub use telegram::Telegram;
pub use watchman::Watchman;
pub use webhook::{SIGNATURE_HEADER, TIMESTAMP_HEADER, Webhook, signature};

/// A way to reach people.
pub enum Channel {
    /// A chat of Telegram.
    Telegram(Telegram),
    /// A channel of Discord.
    Discord(Discord),
    /// A channel of Slack.
    Slack(Slack),
    /// An address that takes signed JSON.
    Webhook(Webhook),
    /// Mail.
    Email(Box<Email>),
}

impl Channel {
    /// Sends the message once.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        match self {
            Self::Telegram(channel) => channel.send(message).await,
            Self::Discord(channel) => channel.send(message).await,
            Self::Slack(channel) => channel.send(message).await,
            Self::Webhook(channel) => channel.send(message).await,
            Self::Email(channel) => channel.send(message).await,
        }
    }
}
