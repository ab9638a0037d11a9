//! How the channels stand, readable without asking.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::UnixMillis;
use engine::alert::ChannelName;
use parking_lot::RwLock;
use store::{AlertRow, DeliveryRow};

/// Alerts that are kept at hand; the database has all.
const RECENT_MAX: usize = 200;

/// An alert with its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRecord {
    /// The alert.
    pub alert: AlertRow,
    /// One a channel that it was for.
    pub messages: Vec<DeliveryRow>,
}

/// One channel, since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelStatus {
    /// Messages sent.
    pub sent: u64,
    /// Messages given up.
    pub dead: u64,
    /// Alerts that its rule left out.
    pub held: u64,
    /// When the last one was sent.
    pub last_sent_at: Option<UnixMillis>,
    /// Why the last try failed; `None` where it did not.
    pub last_problem: Option<String>,
}

/// The outside watchman.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchmanStatus {
    /// When he was last told that all is well.
    pub last_told_at: Option<UnixMillis>,
    /// Why he could not be told; `None` where he could.
    pub last_problem: Option<String>,
    /// Why he is not told: all is not well.
    pub withheld: Option<String>,
}

/// How alerts stand. Outlives each incarnation of their actor.
#[derive(Debug, Default)]
pub struct AlertsBoard(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    channels: BTreeMap<ChannelName, ChannelStatus>,
    watchman: WatchmanStatus,
    left_out: u64,
    unwritten: u64,
    /// Newest last.
    recent: VecDeque<Arc<AlertRecord>>,
}

impl AlertsBoard {
    /// A channel; `None` where it is not open.
    #[must_use]
    pub fn channel(&self, name: ChannelName) -> Option<ChannelStatus> {
        self.0.read().channels.get(&name).cloned()
    }
    /// The outside watchman.
    #[must_use]
    pub fn watchman(&self) -> WatchmanStatus {
        self.0.read().watchman.clone()
    }
    /// Alerts left out because too many came at once.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.0.read().left_out
    }
    /// Alerts and outcomes that could not be written down.
    #[must_use]
    pub fn unwritten(&self) -> u64 {
        self.0.read().unwritten
    }
    pub(super) fn set(&self, channel: ChannelName, change: impl FnOnce(&mut ChannelStatus)) {
        change(self.0.write().channels.entry(channel).or_default());
    }
    pub(super) fn set_watchman(&self, change: impl FnOnce(&mut WatchmanStatus)) {
        change(&mut self.0.write().watchman);
    }
    /// Keeps a new alert at hand.
    pub(super) fn put(&self, record: AlertRecord) -> Arc<AlertRecord> {
        let record = Arc::new(record);
        let mut inner = self.0.write();
        if inner.recent.len() >= RECENT_MAX {
            inner.recent.pop_front();
        }
        inner.recent.push_back(Arc::clone(&record));
        record
    }
    /// Takes in how a message fared; the alert with it, where it is at hand.
    pub(super) fn note(&self, delivery: &DeliveryRow) -> Option<Arc<AlertRecord>> {
        let mut inner = self.0.write();
        let known = |it: &&mut Arc<AlertRecord>| it.alert.id == delivery.alert_id;
        let record = inner.recent.iter_mut().rev().find(known)?;
        let changed = Arc::make_mut(record);
        let message = changed.messages.iter_mut().find(|it| it.channel == delivery.channel)?;
        message.clone_from(delivery);
        Some(Arc::clone(record))
    }
    pub(super) fn count_left_out(&self) {
        self.0.write().left_out += 1;
    }
    pub(super) fn count_unwritten(&self) {
        self.0.write().unwritten += 1;
    }
}
