//! What the journal of a killed process says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use actors::trading::read_desk;
use domain::{OrderId, UnixMillis, Usd};
use engine::desk::{Desk, Event, OrderNumber, Recorded};
use engine::risk::Limits;
use simvenue::RunningVenue;
use store::{LoadFrom, Store};

use super::process::Stage;

/// Follows the journal over all processes.
#[derive(Default)]
pub(crate) struct Witness {
    desk: Option<Desk>,
    read: usize,
    ids: BTreeMap<OrderNumber, OrderId>,
    pub(crate) orders: usize,
    pub(crate) fills: Usd,
    most: Usd,
    pub(crate) kept: u64,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, orders, fills, most, kept, .. } = self;
        write!(
            f,
            "{read} records, kept at {kept}, {orders} orders taken, {fills} USD matched, {most} \
             USD at most"
        )
    }
}

impl Witness {
    /// Reads what is new, and holds it against the venue's word.
    pub(crate) async fn look(&mut self, stage: &Stage, venue: &RunningVenue) {
        let Ok(store) = Store::connect(&stage.store()).await else { return };
        let Ok(loaded) = store.money().load(LoadFrom::Beginning).await else { return };
        let mut pages = loaded.pages;
        let mut at = 0;
        loop {
            let page = pages.next_page().await.unwrap();
            if page.is_empty() {
                break;
            }
            for entry in page {
                at += 1;
                if at > self.read {
                    let event = serde_json::from_str(&entry.body).unwrap();
                    self.take(&Recorded { at: entry.at, event });
                    self.read = at;
                }
            }
        }
        assert!(at >= self.read, "the journal lost records: {at} of {}", self.read);
        self.hold_kept_desk_against(&store).await;
        self.hold_against(stage, venue);
    }
    /// What a start would begin with is what the whole journal leads to.
    async fn hold_kept_desk_against(&mut self, store: &Store) {
        let read = read_desk(store, LoadFrom::Newest, &Limits::default()).await.unwrap();
        assert_eq!(read.last_seq, self.read as u64);
        assert_eq!(read.desk.as_deref(), self.desk.as_ref(), "kept at {}", read.kept_seq);
        self.kept = self.kept.max(read.kept_seq);
    }
    fn take(&mut self, recorded: &Recorded) {
        if let Event::OrderIntended { order, id, .. } = &recorded.event {
            let before = self.ids.insert(*order, *id);
            assert_eq!(before, None, "order {order} was intended twice");
        }
        let begins = UnixMillis(recorded.at.0);
        let desk = self.desk.get_or_insert_with(|| Desk::new(begins, Limits::default()).unwrap());
        let applied = desk.apply(recorded);
        assert!(applied.is_ok(), "{applied:?}: {recorded:?}");
        self.check_limits();
    }
    fn check_limits(&mut self) {
        let Some(desk) = &self.desk else { return };
        let limits = desk.risk().limits();
        let reserved: Usd =
            desk.risk().reservations().values().map(|plan| plan.capital_left()).sum();
        self.most = self.most.max(reserved);
        assert!(reserved <= limits.total_usd_max, "{reserved} reserved");
        assert!(desk.plans().len() <= limits.open_plans_max as usize);
    }
    fn hold_against(&mut self, stage: &Stage, venue: &RunningVenue) {
        let audit = venue.audit();
        assert!(audit.ok, "the simulator's own books: {:#?}", audit.problems);
        let account = audit.accounts.iter().find(|it| it.maker == stage.funder).unwrap();
        let intended: BTreeSet<_> = self.ids.values().collect();
        assert_eq!(intended.len(), self.ids.len(), "two intents with one order");
        for order in &account.orders {
            assert!(intended.contains(&order.id), "the venue has {} and we do not", order.id);
        }
        self.orders = account.orders.len();
        self.fills = account
            .trades
            .iter()
            .map(|trade| trade.size.at(trade.price, domain::Rounding::Down))
            .sum();
    }
}
