//! What may be told.

use std::fmt;

use domain::{ConditionId, UnixMillis, Usd};

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// A large trade, or many that add up to one.
    Whale,
    /// Prices that contradict each other.
    Opportunity,
    /// What the swarm thinks.
    Forecast,
    /// An order of ours was matched, failed or was refused.
    Trade,
    /// Trading was halted or resumed, a lock was set, a limit was met.
    Risk,
    /// Our books and the venue's differ.
    Reconciliation,
    /// Market data froze, broke off or came back.
    Feed,
    /// The service itself: restarts, quarantine, the database.
    Service,
    /// Somebody asked for a message, to see whether it arrives.
    Test,
}

impl AlertKind {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Whale,
        Self::Opportunity,
        Self::Forecast,
        Self::Trade,
        Self::Risk,
        Self::Reconciliation,
        Self::Feed,
        Self::Service,
        Self::Test,
    ];

    /// Its name in settings, in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whale => "whale",
            Self::Opportunity => "opportunity",
            Self::Forecast => "forecast",
            Self::Trade => "trade",
            Self::Risk => "risk",
            Self::Reconciliation => "reconciliation",
            Self::Feed => "feed",
            Self::Service => "service",
            Self::Test => "test",
        }
    }
    /// The one of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much it matters. A later one matters more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look today.
    Warning,
    /// Somebody should look now. Goes through quiet hours.
    Critical,
}

impl Severity {
    /// Every one, the least first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    /// Its name in settings, in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
    /// The one of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The market that an alert is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertMarket {
    /// The venue's key.
    pub condition: ConditionId,
    /// The part of its address that people know. Text from outside, like the title.
    pub slug: Box<str>,
    /// The question.
    pub title: Box<str>,
}

/// A fact, put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// How much it matters.
    pub severity: Severity,
    /// What tells it from others: the same topic again soon is not told again.
    pub topic: Box<str>,
    /// When it came about.
    pub at: UnixMillis,
    /// Where; `None` where it is about no market.
    pub market: Option<AlertMarket>,
    /// How much money it is about; `None` where it is about none.
    pub size: Option<Usd>,
    /// What happened, in a line.
    pub title: Box<str>,
    /// Why, and what to do.
    pub text: Box<str>,
}
