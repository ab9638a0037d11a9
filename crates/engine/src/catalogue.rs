//! Every market that is listed, and what changed with each new listing.

mod change;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, MarketState, Price, TokenId};

pub use change::{MarketChange, MarketField};

/// How much of the venue a listing covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Every active market was asked for and every page came: what is missing is closed.
    Complete,
    /// A part of the venue, or a walk that was cut short: nothing is concluded from absence.
    Partial,
}

/// What the venue listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The markets that could be read. Of two entries of one market the later counts.
    pub markets: Vec<Market>,
    /// The groups that could be read. Of two entries of one group the later counts.
    pub groups: Vec<EventGroup>,
    /// Entries that could not be read, with their condition where at least that could. A market
    /// named here is not concluded closed. While an entry without a name is here nothing is,
    /// because it may be any market.
    pub unreadable: Vec<Option<ConditionId>>,
    /// How much it covers.
    pub walk: Walk,
}

/// Why a readable market was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncFailureCause {
    /// Both outcomes name one token.
    SameToken,
    /// A token of it belongs to another market.
    TokenTaken,
    /// The catalogue is full.
    Full,
}

/// A market that was not taken in. What the catalogue knew of it before stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SyncFailure {
    /// Which.
    pub condition: ConditionId,
    /// Why.
    pub why: SyncFailureCause,
}

/// What a listing changed, each list by condition or group id. Every market of the listing is in
/// one of `added`, `changed`, `refreshed`, `closed` and `failed`, or counted in `unchanged`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncResult {
    /// Not known before.
    pub added: Vec<Arc<Market>>,
    /// Known before with other terms.
    pub changed: Vec<MarketChange>,
    /// Only figures for display differ: volume, liquidity, cached price.
    pub refreshed: Vec<Arc<Market>>,
    /// Listed as closed, or missing from a complete walk; no longer in the catalogue.
    pub closed: Vec<Arc<Market>>,
    /// How many are as before.
    pub unchanged: usize,
    /// Readable and refused.
    pub failed: Vec<SyncFailure>,
    /// How many entries could not be read.
    pub unreadable: usize,
    /// Groups that are new or differ.
    pub groups_changed: Vec<GroupId>,
    /// Groups that are missing from a complete walk; no longer in the catalogue.
    pub groups_closed: Vec<GroupId>,
}

/// The listed markets that are not closed, and the groups. A market that has resolved to NO is no
/// member of its group any more: its YES pays nothing, and the others still share one dollar.
#[derive(Clone, Debug)]
pub struct Catalogue {
    markets: BTreeMap<ConditionId, Arc<Market>>,
    groups: BTreeMap<GroupId, Arc<EventGroup>>,
    owners: BTreeMap<TokenId, ConditionId>,
    markets_max: usize,
}

impl Catalogue {
    /// An empty catalogue for at most `markets_max` markets and as many groups. At the limit new
    /// markets are refused as [`SyncFailureCause::Full`], and new groups are left out.
    #[must_use]
    pub const fn new(markets_max: usize) -> Self {
        Self {
            markets: BTreeMap::new(),
            groups: BTreeMap::new(),
            owners: BTreeMap::new(),
            markets_max,
        }
    }
    /// The market of that condition.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<&Arc<Market>> {
        self.markets.get(condition)
    }
    /// The group of that id.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<&Arc<EventGroup>> {
        self.groups.get(id)
    }
    /// The market that a token belongs to.
    #[must_use]
    pub fn owner(&self, token: &TokenId) -> Option<&Arc<Market>> {
        self.owners.get(token).and_then(|condition| self.markets.get(condition))
    }
    /// Every market, by condition.
    pub fn markets(&self) -> impl ExactSizeIterator<Item = &Arc<Market>> {
        self.markets.values()
    }
    /// Every group, by id.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &Arc<EventGroup>> {
        self.groups.values()
    }

    /// Takes in a listing and says what it changed.
    pub fn sync(&mut self, listing: Listing) -> SyncResult {
        let mut result = SyncResult { unreadable: listing.unreadable.len(), ..Default::default() };
        let markets: BTreeMap<_, _> =
            listing.markets.into_iter().map(|market| (market.condition, market)).collect();
        let groups = without_settled(listing.groups, &markets);
        let unnamed = listing.unreadable.iter().any(Option::is_none);
        if listing.walk == Walk::Complete && !unnamed {
            let mut listed: BTreeSet<ConditionId> = markets.keys().copied().collect();
            listed.extend(listing.unreadable.iter().flatten());
            self.close_missing(&listed, &mut result);
            // After the markets: a group stays while one of its markets does.
            self.close_missing_groups(&groups, &mut result);
        }
        for market in markets.into_values() {
            self.take(market, &mut result);
        }
        self.take_groups(groups, &mut result);
        result.closed.sort_by_key(|market| market.condition);
        result
    }

    fn close_missing(&mut self, listed: &BTreeSet<ConditionId>, result: &mut SyncResult) {
        let missing: Vec<_> =
            self.markets.keys().filter(|known| !listed.contains(known)).copied().collect();
        for condition in missing {
            if let Some(known) = self.remove(&condition) {
                let state = MarketState::Closed { payouts: None };
                result.closed.push(Arc::new(Market { state, ..Market::clone(&known) }));
            }
        }
    }
    fn close_missing_groups(
        &mut self,
        listed: &BTreeMap<GroupId, EventGroup>,
        result: &mut SyncResult,
    ) {
        let has_member = |id: &GroupId| {
            let members = self.groups.get(id).map(|group| group.markets.as_slice());
            members.unwrap_or_default().iter().any(|member| self.markets.contains_key(member))
        };
        let gone = |id: &&GroupId| !listed.contains_key(id) && !has_member(id);
        let missing: Vec<_> = self.groups.keys().filter(gone).cloned().collect();
        for id in missing {
            self.groups.remove(&id);
            result.groups_closed.push(id);
        }
    }
    fn take(&mut self, market: Market, result: &mut SyncResult) {
        let condition = market.condition;
        if matches!(market.state, MarketState::Closed { .. }) {
            match self.remove(&condition) {
                Some(_) => result.closed.push(Arc::new(market)),
                None => result.unchanged += 1,
            }
            return;
        }
        if let Err(why) = self.admit(&market) {
            result.failed.push(SyncFailure { condition, why });
            return;
        }
        let market = Arc::new(market);
        let known = self.remove(&condition);
        self.insert(market.clone());
        let Some(known) = known else {
            result.added.push(market);
            return;
        };
        let fields = change::between(&known, &market);
        if !fields.is_empty() {
            result.changed.push(MarketChange { market, fields });
        } else if known == market {
            result.unchanged += 1;
        } else {
            result.refreshed.push(market);
        }
    }
    fn take_groups(&mut self, groups: BTreeMap<GroupId, EventGroup>, result: &mut SyncResult) {
        for (id, group) in groups {
            let known = self.groups.get(&id);
            let is_same = known.is_some_and(|known| **known == group);
            let fits = known.is_some() || self.groups.len() < self.markets_max;
            if !is_same && fits {
                self.groups.insert(id.clone(), Arc::new(group));
                result.groups_changed.push(id);
            }
        }
    }
    fn admit(&self, market: &Market) -> Result<(), SyncFailureCause> {
        let [yes, no] = &market.outcomes;
        if yes.token == no.token {
            return Err(SyncFailureCause::SameToken);
        }
        let other = |token| self.owners.get(token).is_some_and(|owner| *owner != market.condition);
        if other(&yes.token) || other(&no.token) {
            return Err(SyncFailureCause::TokenTaken);
        }
        let is_new = !self.markets.contains_key(&market.condition);
        if is_new && self.markets.len() >= self.markets_max {
            return Err(SyncFailureCause::Full);
        }
        Ok(())
    }
    fn insert(&mut self, market: Arc<Market>) {
        for outcome in &market.outcomes {
            self.owners.insert(outcome.token, market.condition);
        }
        self.markets.insert(market.condition, market);
    }
    fn remove(&mut self, condition: &ConditionId) -> Option<Arc<Market>> {
        let market = self.markets.remove(condition)?;
        for outcome in &market.outcomes {
            self.owners.remove(&outcome.token);
        }
        Some(market)
    }
}

/// The groups without the members that the same listing says have resolved to NO.
fn without_settled(
    groups: Vec<EventGroup>,
    markets: &BTreeMap<ConditionId, Market>,
) -> BTreeMap<GroupId, EventGroup> {
    let settled = |condition: &ConditionId| {
        let state = markets.get(condition).map(|market| market.state);
        matches!(state, Some(MarketState::Closed { payouts: Some([Price::ZERO, _]) }))
    };
    let trim = |mut group: EventGroup| {
        group.markets.retain(|condition| !settled(condition));
        (group.id.clone(), group)
    };
    groups.into_iter().map(trim).collect()
}
