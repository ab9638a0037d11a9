//! What is to be sent, one queue a channel, one message at a time in each: a slow channel holds up no
//! other, and messages of one channel keep their order unless one has to be tried again.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use domain::{DurationMillis, UnixMillis};
use engine::alert::{AlertKind, ChannelName, Severity};
use notifiers::Channel;
use store::{AlertRow, DeliveryRow, DeliveryState, Word};

/// Messages that wait in one channel.
const WAITING_MAX: usize = 1_000;
const MINUTE: DurationMillis = DurationMillis(60_000);

/// An alert on its way through one channel.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) alert: AlertRow,
    pub(super) delivery: DeliveryRow,
}

/// Whether there was room for a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is in its queue, was there already, or its channel is not set up any more.
    Settled,
    /// The queue is full: it stays in the database until there is room.
    Full,
}

impl Letter {
    /// Not tried yet.
    pub(super) fn waiting(
        alert: &AlertRow,
        channel: ChannelName,
        due_at: UnixMillis,
    ) -> Option<DeliveryRow> {
        Some(DeliveryRow {
            alert_id: alert.id.clone(),
            channel: Word::new(channel.as_str()).ok()?,
            at: alert.at,
            state: DeliveryState::Waiting,
            tries: 0,
            due_at,
            sent_at: None,
            problem: None,
        })
    }
    /// What is critical, or asked for, does not wait for the next minute.
    fn is_urgent(&self) -> bool {
        self.alert.severity.as_str() == Severity::Critical.as_str()
            || self.alert.kind.as_str() == AlertKind::Test.as_str()
    }
}

struct Lane {
    channel: Rc<Channel>,
    per_minute_max: usize,
    waiting: VecDeque<Letter>,
    /// The key of the message that is on its way.
    sending: Option<String>,
    /// Tries of the last minute.
    tried: VecDeque<UnixMillis>,
}

/// The queues.
#[derive(Default)]
pub(super) struct Outbox(BTreeMap<ChannelName, Lane>);

impl Outbox {
    /// A channel that is told nothing until it is said how much it may be told.
    pub(super) fn open(&mut self, name: ChannelName, channel: Rc<Channel>) {
        let lane = Lane {
            channel,
            per_minute_max: 0,
            waiting: VecDeque::new(),
            sending: None,
            tried: VecDeque::new(),
        };
        self.0.insert(name, lane);
    }
    /// So many messages a minute go through a channel from now on.
    pub(super) fn set_per_minute_max(&mut self, name: ChannelName, per_minute_max: u32) {
        if let Some(lane) = self.0.get_mut(&name) {
            lane.per_minute_max = per_minute_max as usize;
        }
    }
    pub(super) fn channels(&self) -> Vec<ChannelName> {
        self.0.keys().copied().collect()
    }
    /// Nothing waits, and nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|lane| lane.waiting.is_empty() && lane.sending.is_none())
    }
    /// Puts a message into its queue, unless it is there already.
    pub(super) fn put(&mut self, letter: Letter) -> Put {
        let name = ChannelName::parse(letter.delivery.channel.as_str());
        let Some(lane) = name.and_then(|name| self.0.get_mut(&name)) else { return Put::Settled };
        let id = &letter.alert.id;
        let known = lane.sending.as_ref() == Some(id)
            || lane.waiting.iter().any(|waiting| waiting.alert.id == *id);
        if known {
            return Put::Settled;
        }
        if lane.waiting.len() >= WAITING_MAX {
            return Put::Full;
        }
        lane.waiting.push_back(letter);
        Put::Settled
    }
    /// The next message of a channel that sends none, is due, and has room in its minute.
    pub(super) fn take_due(
        &mut self,
        now: UnixMillis,
    ) -> Option<(ChannelName, Rc<Channel>, Letter)> {
        self.0.iter_mut().find_map(|(name, lane)| {
            if lane.sending.is_some() {
                return None;
            }
            while lane.tried.front().is_some_and(|tried| now.since(*tried) >= MINUTE) {
                lane.tried.pop_front();
            }
            let has_room = lane.tried.len() < lane.per_minute_max;
            let may_go = |it: &Letter| it.delivery.due_at <= now && (has_room || it.is_urgent());
            let letter = lane.waiting.remove(lane.waiting.iter().position(may_go)?)?;
            lane.tried.push_back(now);
            lane.sending = Some(letter.alert.id.clone());
            Some((*name, Rc::clone(&lane.channel), letter))
        })
    }
    /// A message came back; where it still waits it is tried again.
    pub(super) fn done(&mut self, name: ChannelName, letter: Letter) {
        let Some(lane) = self.0.get_mut(&name) else { return };
        lane.sending = None;
        if letter.delivery.state == DeliveryState::Waiting {
            lane.waiting.push_back(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use notifiers::{HttpSettings, Link, SecretUrl, Slack};

    use super::*;

    fn letter(id: &str, severity: Severity, due_at: i64) -> Letter {
        let word = |text| Word::new(text).unwrap();
        let alert = AlertRow {
            id: id.to_owned(),
            at: UnixMillis(0),
            kind: word("feed"),
            severity: word(severity.as_str()),
            topic: id.to_owned(),
            condition: None,
            market: None,
            size: None,
            title: String::new(),
            text: String::new(),
        };
        let delivery = Letter::waiting(&alert, ChannelName::Slack, UnixMillis(due_at)).unwrap();
        Letter { alert, delivery }
    }

    fn outbox() -> Outbox {
        let link = Link::new(HttpSettings::default()).unwrap();
        let slack = Slack::new(link, SecretUrl::parse("http://127.0.0.1:9/").unwrap());
        let mut outbox = Outbox::default();
        outbox.open(ChannelName::Slack, Rc::new(Channel::Slack(slack)));
        outbox.set_per_minute_max(ChannelName::Slack, 2);
        outbox
    }

    fn take(outbox: &mut Outbox, now: i64) -> Option<Letter> {
        let (name, _, mut letter) = outbox.take_due(UnixMillis(now))?;
        letter.delivery.state = DeliveryState::Sent;
        outbox.done(name, letter.clone());
        Some(letter)
    }

    #[actix_rt::test]
    async fn what_waited_goes_out_minute_by_minute_and_what_is_critical_at_once() {
        let mut outbox = outbox();
        for id in ["a", "b", "c", "d"] {
            assert_eq!(outbox.put(letter(id, Severity::Info, 0)), Put::Settled);
        }
        outbox.put(letter("alarm", Severity::Critical, 0));
        outbox.put(letter("later", Severity::Critical, 90_000));
        let mut ids = |now| {
            std::iter::from_fn(|| take(&mut outbox, now)).map(|it| it.alert.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(1_000), ["a", "b", "alarm"]);
        assert_eq!(ids(60_999), [""; 0]);
        assert_eq!(ids(61_000), ["c", "d"]);
        assert_eq!(ids(90_000), ["later"]);
        assert!(outbox.is_empty());
    }

    #[actix_rt::test]
    async fn a_message_is_in_its_queue_once_and_a_full_queue_says_so() {
        let mut outbox = outbox();
        outbox.put(letter("a", Severity::Info, 0));
        outbox.put(letter("a", Severity::Info, 0));
        let (name, _, sending) = outbox.take_due(UnixMillis(0)).unwrap();
        outbox.put(letter("a", Severity::Info, 0));
        assert!(outbox.take_due(UnixMillis(0)).is_none(), "one at a time");
        outbox.done(name, sending);
        assert_eq!(take(&mut outbox, 0).unwrap().alert.id, "a");
        assert!(outbox.is_empty());
        for number in 0..WAITING_MAX {
            assert_eq!(outbox.put(letter(&number.to_string(), Severity::Info, 0)), Put::Settled);
        }
        assert_eq!(outbox.put(letter("more", Severity::Info, 0)), Put::Full);
    }
}
