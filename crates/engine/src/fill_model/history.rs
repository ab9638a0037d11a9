//! Orders that are over.

use std::collections::{BTreeMap, VecDeque};

use domain::{OrderId, Shares};
use serde::{Deserialize, Serialize};

use super::news::PaperEnd;

/// How many ended orders are remembered; the oldest is forgotten first.
pub const ENDED_KEPT: usize = 10_000;

/// How an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PaperStanding {
    /// It rests.
    Open {
        /// What of it has met others.
        matched: Shares,
    },
    /// It is over.
    Ended {
        /// What of it has met others.
        matched: Shares,
        /// Why.
        cause: PaperEnd,
    },
}

#[derive(Clone, Debug, Default)]
pub(super) struct History {
    ended: BTreeMap<OrderId, PaperStanding>,
    order: VecDeque<OrderId>,
}

impl History {
    pub(super) fn of(&self, order: OrderId) -> Option<PaperStanding> {
        self.ended.get(&order).copied()
    }
    pub(super) fn keep(&mut self, order: OrderId, matched: Shares, cause: PaperEnd) {
        if self.ended.insert(order, PaperStanding::Ended { matched, cause }).is_none() {
            self.order.push_back(order);
        }
        if self.order.len() > ENDED_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }
}
