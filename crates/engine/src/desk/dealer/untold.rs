//! Matches that the venue counts and never tells of.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, Shares, UnixMillis};

use super::Turn;
use crate::desk::{Desk, OrderNumber, OrderTrack};

/// So long a plan waits for matches of an order that is over, while their number stays the same.
const UNTOLD_MAX: DurationMillis = DurationMillis(600_000);

/// What is waited for. A restart forgets it and waits anew: whatever was missed is read then.
#[derive(Clone, Debug, Default)]
pub(super) struct Untold {
    since: BTreeMap<OrderNumber, (Shares, UnixMillis)>,
    given_up: BTreeSet<OrderNumber>,
}

impl Untold {
    /// Orders of which nothing more is waited for.
    pub(super) const fn given_up(&self) -> &BTreeSet<OrderNumber> {
        &self.given_up
    }
    /// Takes note of how it stands; returns what is given up from now on.
    fn note(&mut self, desk: &Desk, now: UnixMillis) -> Vec<OrderNumber> {
        let waits = |order: &OrderTrack| order.is_ended() && order.is_untold();
        let kept = |number: &OrderNumber| desk.orders.get(number).is_some_and(waits);
        self.since.retain(|number, _| kept(number));
        self.given_up.retain(kept);
        let mut lost = Vec::new();
        for order in desk.orders.values().filter(|order| waits(order)) {
            let (missing, since) = self.since.entry(order.number).or_insert((order.untold(), now));
            if *missing != order.untold() {
                (*missing, *since) = (order.untold(), now);
            }
            if now.since(*since) >= UNTOLD_MAX && self.given_up.insert(order.number) {
                lost.push(order.number);
            }
        }
        lost
    }
}

impl Turn<'_> {
    /// A plan must not wait for ever, with what is reserved for it. That is no reason to halt: were
    /// the matches real, shares and dollars would differ from the wallet's, and that halts.
    pub(super) fn give_up_untold(&mut self) {
        let now = self.now();
        let super::Dealer { desk, asked, .. } = &mut *self.dealer;
        for number in asked.untold.note(desk, now) {
            let Some(order) = self.desk().order_of(number) else { continue };
            let (matched, seen) = (order.matched, order.seen());
            let text = format!(
                "The venue counts {matched} shares of order {number} as matched, and its trades tell \
                 of {seen}. The rest is waited for no more. Were it real, the comparison with the \
                 wallet would find it and halt; look the order up at the venue."
            );
            self.notify("match_untold", text);
        }
    }
}
