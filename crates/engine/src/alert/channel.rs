//! Where a message goes.

use std::fmt;

/// A way to reach people. There is at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelName {
    /// A chat of Telegram, by a bot.
    Telegram,
    /// A channel of Discord, by a webhook.
    Discord,
    /// Slack, or what understands its webhooks.
    Slack,
    /// Any address that takes signed JSON.
    Webhook,
    /// Mail by SMTP.
    Email,
}

impl ChannelName {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Telegram, Self::Discord, Self::Slack, Self::Webhook, Self::Email];

    /// Its name in settings, in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
    /// The one of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
