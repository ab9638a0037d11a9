//! States that last, such as a feed without data: told once they have lasted, and once more when
//! they are over.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, UnixMillis};

use super::fact::{Alert, Severity};

/// States that are followed at one time; what is beyond is not told.
pub const CONDITIONS_MAX: usize = 500;

/// A state that holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is told of it; the topic tells it from other states.
    pub alert: Alert,
    /// It is told once it has lasted so long.
    pub patience: DurationMillis,
}

#[derive(Clone, Debug)]
struct Standing {
    alert: Alert,
    since: UnixMillis,
    told: Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    NotYet,
    Yes,
}

/// What holds, and what of it was told.
#[derive(Clone, Debug, Default)]
pub struct Conditions(BTreeMap<Box<str>, Standing>);

impl Conditions {
    /// Takes in everything that holds at `now`, and returns what is to be told.
    pub fn look(&mut self, holding: Vec<Condition>, now: UnixMillis) -> Vec<Alert> {
        let topics: BTreeSet<Box<str>> =
            holding.iter().map(|condition| condition.alert.topic.clone()).collect();
        let mut alerts = self.over(&topics, now);
        for Condition { alert, patience } in holding {
            let topic = alert.topic.clone();
            if self.0.len() >= CONDITIONS_MAX && !self.0.contains_key(&topic) {
                continue;
            }
            let fresh = || Standing { alert: alert.clone(), since: now, told: Told::NotYet };
            let standing = self.0.entry(topic).or_insert_with(fresh);
            if standing.told == Told::NotYet && now.since(standing.since) >= patience {
                standing.told = Told::Yes;
                standing.alert = alert;
                alerts.push(standing.alert.clone());
            }
        }
        alerts
    }

    fn over(&mut self, holding: &BTreeSet<Box<str>>, now: UnixMillis) -> Vec<Alert> {
        let mut alerts = Vec::new();
        self.0.retain(|topic, standing| {
            let holds = holding.contains(topic);
            if !holds && standing.told == Told::Yes {
                alerts.push(standing.end(now));
            }
            holds
        });
        alerts
    }
}

impl Standing {
    fn end(&self, now: UnixMillis) -> Alert {
        let lasted = now.since(self.since).0.max(0) / 1_000;
        Alert {
            severity: Severity::Info,
            topic: format!("{}:over", self.alert.topic).into(),
            at: now,
            title: format!("Over: {}", self.alert.title).into(),
            text: format!("It lasted {lasted} seconds.").into(),
            ..self.alert.clone()
        }
    }
}
