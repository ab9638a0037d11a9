//! Which signals were carried out lately.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::signal::SignalId;

/// Names kept. At ten trades a minute that is more than six hours; an opportunity does not live so
/// long under one name, and a signal expires within seconds.
const NAMES_MAX: usize = 4_096;

/// The names of the last approved signals; the oldest is forgotten first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<SignalId>", into = "Vec<SignalId>")]
pub(super) struct Recent {
    order: VecDeque<SignalId>,
    set: BTreeSet<SignalId>,
}

impl Recent {
    pub(super) fn contains(&self, id: &SignalId) -> bool {
        self.set.contains(id)
    }
    pub(super) fn add(&mut self, id: SignalId) {
        if !self.set.insert(id.clone()) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > NAMES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
    }
}

impl From<Vec<SignalId>> for Recent {
    fn from(names: Vec<SignalId>) -> Self {
        let mut recent = Self::default();
        names.into_iter().for_each(|name| recent.add(name));
        recent
    }
}
impl From<Recent> for Vec<SignalId> {
    fn from(recent: Recent) -> Self {
        recent.order.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_name_is_forgotten_first_and_text_keeps_them_all() {
        let name = |n: usize| SignalId::new(&format!("s:{n}")).unwrap();
        let mut recent = Recent::default();
        (0..=NAMES_MAX).for_each(|n| recent.add(name(n)));
        assert!(!recent.contains(&name(0)) && recent.contains(&name(1)));
        assert!(recent.contains(&name(NAMES_MAX)));
        let text = serde_json::to_string(&recent).unwrap();
        assert_eq!(serde_json::from_str::<Recent>(&text).unwrap(), recent);
    }
}
