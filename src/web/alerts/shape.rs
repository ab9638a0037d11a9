//! Alerts and channels as the API shows them.

use std::collections::BTreeMap;

use actors::alerts::{AlertRecord, ChannelStatus};
use domain::UnixMillis;
use serde::Serialize;
use store::{AlertRow, DeliveryCount, DeliveryRow, DeliveryState};
use utoipa::ToSchema;

use super::{AlertsParts, AlertsStateView, ChannelParts};

/// What people were told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// Its key.
    pub id: String,
    /// When it came about, RFC 3339.
    pub at: String,
    /// `whale`, `opportunity`, `forecast`, `trade`, `risk`, `reconciliation`, `feed`, `service` or
    /// `test`.
    pub kind: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// What tells it from others: the same topic again soon is not told again.
    pub topic: String,
    /// What happened. May hold text from outside.
    pub title: String,
    /// Why, and what to do. May hold text from outside.
    pub text: String,
    /// The market it is about; null where it is about none.
    pub market: Option<AlertMarketView>,
    /// How much money it is about, in dollars; null where it is about none.
    pub size_usd: Option<String>,
    /// One a channel that it was for; none where every channel was told too much just then.
    pub deliveries: Vec<DeliveryView>,
}

/// The market that an alert is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertMarketView {
    /// The venue's key.
    pub condition_id: String,
    /// The question, or the group's title. Text from outside.
    pub title: String,
}

/// An alert on its way through one channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Through which channel.
    pub channel: String,
    /// `waiting`, `sent` or `dead`: given up, and not tried again by itself.
    pub state: &'static str,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, RFC 3339; null where it is not.
    pub due_at: Option<String>,
    /// When it was sent, RFC 3339.
    pub sent_at: Option<String>,
    /// Why the last try failed. May hold words of the other side.
    pub problem: Option<String>,
}

impl AlertView {
    /// Of an alert at hand.
    #[must_use]
    pub fn of(record: &AlertRecord) -> Self {
        Self::new(&record.alert, record.messages.iter())
    }
    /// Of rows.
    pub(super) fn new<'a>(
        alert: &AlertRow,
        messages: impl Iterator<Item = &'a DeliveryRow>,
    ) -> Self {
        let market = |condition: domain::ConditionId| AlertMarketView {
            condition_id: condition.to_string(),
            title: alert.market.clone().unwrap_or_default(),
        };
        Self {
            id: alert.id.clone(),
            at: alert.at.to_rfc3339(),
            kind: alert.kind.to_string(),
            severity: alert.severity.to_string(),
            topic: alert.topic.clone(),
            title: alert.title.clone(),
            text: alert.text.clone(),
            market: alert.condition.map(market),
            size_usd: alert.size.map(|size| size.to_string()),
            deliveries: messages.map(DeliveryView::of).collect(),
        }
    }
}

impl DeliveryView {
    fn of(row: &DeliveryRow) -> Self {
        let waits = row.state == DeliveryState::Waiting;
        Self {
            channel: row.channel.to_string(),
            state: row.state.code(),
            tries: row.tries,
            due_at: waits.then(|| row.due_at.to_rfc3339()),
            sent_at: row.sent_at.map(UnixMillis::to_rfc3339),
            problem: row.problem.clone(),
        }
    }
}

/// Every channel, set up or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelsView {
    /// `on` or `off`.
    pub state: &'static str,
    /// The same in a sentence, with what to do where it is off.
    pub text: String,
    /// Every channel there is.
    pub channels: Vec<ChannelView>,
    /// Who raises the alarm when this service falls silent.
    pub watchman: WatchmanView,
    /// Alerts since the start that were left out, because too many came at once.
    pub left_out: u64,
    /// Alerts and outcomes since the start that could not be written down.
    pub unwritten: u64,
}

/// One channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelView {
    /// `telegram`, `discord`, `slack`, `webhook` or `email`.
    pub name: &'static str,
    /// `on`, `off` where it is not set up, or `wrong` where it cannot work as it is set up.
    pub state: &'static str,
    /// What is missing or wrong; null where it is on.
    pub text: Option<String>,
    /// Messages ever sent, as far as the database reaches back.
    pub sent: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
    /// Dead letters: given up, and not tried again by themselves.
    pub dead: u64,
    /// Alerts since the start that its rule left out, repeated ones included.
    pub held: u64,
    /// When the last message of this run was sent, RFC 3339.
    pub last_sent_at: Option<String>,
    /// Why the last try failed; null where it did not. May hold words of the other side.
    pub last_problem: Option<String>,
}

/// The outside watchman.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WatchmanView {
    /// `on`, `off` or `wrong`.
    pub state: &'static str,
    /// The same in a sentence.
    pub text: String,
    /// How often he is told, in seconds.
    pub every_s: i64,
    /// When he was last told that all is well, RFC 3339.
    pub last_told_at: Option<String>,
    /// Why he is not told now: what is not well; null where all is.
    pub withheld: Option<String>,
    /// Why he could not be told; null where he could.
    pub last_problem: Option<String>,
}

impl ChannelsView {
    pub(super) fn new(parts: &AlertsParts, counts: &[DeliveryCount]) -> Self {
        let AlertsStateView { state, text } = AlertsStateView::of(parts);
        let mut by_channel: BTreeMap<&str, Vec<&DeliveryCount>> = BTreeMap::new();
        for count in counts {
            by_channel.entry(count.channel.as_str()).or_default().push(count);
        }
        let channel = |channel: &ChannelParts| {
            let counts = by_channel.get(channel.name.as_str()).map_or(&[][..], Vec::as_slice);
            ChannelView::new(parts, channel, counts)
        };
        Self {
            state,
            text,
            channels: parts.channels.iter().map(channel).collect(),
            watchman: WatchmanView::new(parts),
            left_out: parts.board.left_out(),
            unwritten: parts.board.unwritten(),
        }
    }
}

impl ChannelView {
    fn new(parts: &AlertsParts, channel: &ChannelParts, counts: &[&DeliveryCount]) -> Self {
        let status: ChannelStatus = parts.board.channel(channel.name).unwrap_or_default();
        let count =
            |state| counts.iter().filter(|it| it.state == state).map(|it| it.count).sum::<u64>();
        Self {
            name: channel.name.as_str(),
            state: channel.state,
            text: channel.why.clone(),
            sent: count(DeliveryState::Sent),
            waiting: count(DeliveryState::Waiting),
            dead: count(DeliveryState::Dead),
            held: status.held,
            last_sent_at: status.last_sent_at.map(UnixMillis::to_rfc3339),
            last_problem: status.last_problem,
        }
    }
}

impl WatchmanView {
    fn new(parts: &AlertsParts) -> Self {
        let watchman = &parts.watchman;
        let status = parts.board.watchman();
        let (state, text) = match (&watchman.wrong, watchman.is_set) {
            (Some(why), _) => ("wrong", why.clone()),
            (None, false) => {
                let text = "ALERT_WATCHMAN_URL is not set, so nobody notices when this service \
                            falls silent.";
                ("off", text.to_owned())
            }
            (None, true) => ("on", format!("Told every {} s while all is well.", watchman.every_s)),
        };
        Self {
            state,
            text,
            every_s: watchman.every_s,
            last_told_at: status.last_told_at.map(UnixMillis::to_rfc3339),
            withheld: status.withheld,
            last_problem: status.last_problem,
        }
    }
}
