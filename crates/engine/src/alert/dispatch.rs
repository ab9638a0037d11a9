//! Which channel is told what, now, later or not at all.

use std::collections::{BTreeMap, VecDeque};

use domain::{DurationMillis, UnixMillis};

use super::channel::ChannelName;
use super::fact::{Alert, Severity};
use super::rule::ChannelRule;

const MINUTE: DurationMillis = DurationMillis(60_000);

/// Why a channel is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// The rule does not name the kind.
    Kind,
    /// It does not matter enough.
    Severity,
    /// It is about too little money.
    Size,
    /// It is about another market.
    Market,
    /// The same was told a short while ago.
    Repeated,
    /// Too many in a minute; counted, and told in one message afterwards.
    TooMany,
    /// Too many wait for the end of the quiet hours; counted likewise.
    QueueFull,
}

/// What becomes of an alert in one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is told now.
    Now,
    /// It is told when the quiet hours end.
    At(UnixMillis),
    /// It is not told.
    Held(Held),
}

/// Bounds of what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DispatchLimits {
    /// Topics remembered a channel; beyond it the oldest are forgotten, and may be told again.
    pub topics_max: usize,
    /// Alerts a channel that wait for the end of the quiet hours.
    pub waiting_max: u32,
}

impl Default for DispatchLimits {
    fn default() -> Self {
        Self { topics_max: 2_000, waiting_max: 50 }
    }
}

/// What a channel was not told for want of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many.
    pub count: u64,
    /// Since when.
    pub since: UnixMillis,
}

#[derive(Clone, Debug)]
struct Memory {
    rule: ChannelRule,
    told: BTreeMap<Box<str>, UnixMillis>,
    /// The same topics, the longest known first.
    order: VecDeque<Box<str>>,
    sent: VecDeque<UnixMillis>,
    waiting_until: Option<UnixMillis>,
    waiting: u32,
    backlog: Option<Backlog>,
}

/// Every channel with its rule and what it was told lately.
#[derive(Clone, Debug)]
pub struct Dispatch {
    limits: DispatchLimits,
    channels: BTreeMap<ChannelName, Memory>,
}

impl Dispatch {
    /// Channels that were told nothing yet.
    #[must_use]
    pub fn new(rules: BTreeMap<ChannelName, ChannelRule>, limits: DispatchLimits) -> Self {
        let channels = rules.into_iter().map(|(name, rule)| (name, Memory::new(rule)));
        Self { limits, channels: channels.collect() }
    }
    /// From now on a channel is told by this rule; what it was told lately stays remembered. A name
    /// without a channel changes nothing.
    pub fn set_rule(&mut self, channel: ChannelName, rule: ChannelRule) {
        if let Some(memory) = self.channels.get_mut(&channel) {
            memory.rule = rule;
        }
    }
    /// What becomes of `alert` in each channel, and remembers it.
    pub fn decide(&mut self, alert: &Alert, now: UnixMillis) -> Vec<(ChannelName, Verdict)> {
        let limits = self.limits;
        let decide = |(name, memory): (&ChannelName, &mut Memory)| {
            (*name, memory.decide(alert, now, limits))
        };
        self.channels.iter_mut().map(decide).collect()
    }
    /// Remembers what was told at `at`, before a restart: it is not told again too soon.
    pub fn recall(&mut self, channel: ChannelName, topic: &str, at: UnixMillis) {
        let limits = self.limits;
        if let Some(memory) = self.channels.get_mut(&channel) {
            memory.is_news(topic, at, limits);
        }
    }
    /// What `channel` was not told, once there is room for a message about it; it is told once.
    pub fn take_backlog(&mut self, channel: ChannelName, now: UnixMillis) -> Option<Backlog> {
        let memory = self.channels.get_mut(&channel)?;
        memory.backlog?;
        let quiet = memory.rule.quiet.and_then(|quiet| quiet.end_after(now)).is_some();
        if quiet || !memory.has_room(now) {
            return None;
        }
        memory.sent.push_back(now);
        memory.backlog.take()
    }
    /// The channels with their rules.
    pub fn rules(&self) -> impl Iterator<Item = (ChannelName, &ChannelRule)> {
        self.channels.iter().map(|(name, memory)| (*name, &memory.rule))
    }
}

impl Memory {
    const fn new(rule: ChannelRule) -> Self {
        Self {
            rule,
            told: BTreeMap::new(),
            order: VecDeque::new(),
            sent: VecDeque::new(),
            waiting_until: None,
            waiting: 0,
            backlog: None,
        }
    }

    fn decide(&mut self, alert: &Alert, now: UnixMillis, limits: DispatchLimits) -> Verdict {
        if let Some(held) = self.rule.refuses(alert) {
            return Verdict::Held(held);
        }
        if !self.is_news(&alert.topic, now, limits) {
            return Verdict::Held(Held::Repeated);
        }
        let quiet = self.rule.quiet.and_then(|quiet| quiet.end_after(now));
        let passes = alert.severity == Severity::Critical;
        match quiet.filter(|_| !passes) {
            Some(end) => self.wait(end, now, limits),
            // What is critical is told however much there is.
            None if passes || self.has_room(now) => {
                self.sent.push_back(now);
                Verdict::Now
            }
            None => self.hold_back(Held::TooMany, now),
        }
    }

    fn wait(&mut self, end: UnixMillis, now: UnixMillis, limits: DispatchLimits) -> Verdict {
        if self.waiting_until != Some(end) {
            (self.waiting_until, self.waiting) = (Some(end), 0);
        }
        if self.waiting >= limits.waiting_max {
            return self.hold_back(Held::QueueFull, now);
        }
        self.waiting += 1;
        Verdict::At(end)
    }

    fn hold_back(&mut self, why: Held, now: UnixMillis) -> Verdict {
        let backlog = self.backlog.get_or_insert(Backlog { count: 0, since: now });
        backlog.count = backlog.count.saturating_add(1);
        Verdict::Held(why)
    }

    fn has_room(&mut self, now: UnixMillis) -> bool {
        while self.sent.front().is_some_and(|sent| now.since(*sent) >= MINUTE) {
            self.sent.pop_front();
        }
        self.sent.len() < self.rule.per_minute_max as usize
    }

    /// Whether the topic was not told lately; from now on it was. A moment before the one that is
    /// known changes nothing.
    fn is_news(&mut self, topic: &str, now: UnixMillis, limits: DispatchLimits) -> bool {
        if let Some(told) = self.told.get_mut(topic) {
            let old = now.since(*told) >= self.rule.repeat_after;
            if old {
                *told = now;
            }
            return old;
        }
        while self.told.len() >= limits.topics_max {
            let Some(oldest) = self.order.pop_front() else { break };
            self.told.remove(&oldest);
        }
        self.told.insert(topic.into(), now);
        self.order.push_back(topic.into());
        true
    }
}
