//! Which markets and groups are watched, as dense indices.

use std::collections::BTreeSet;

use domain::{
    ConditionId, EventGroup, FeeSchedule, GroupId, Market, MarketState, Price, Shares, TickSize,
    TokenId, TokenIndex,
};

use crate::funnel::Reason;

/// The place of a market in a [`Layout`]; valid for that layout only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketIndex(pub u32);

/// The place of a group in a [`Layout`]; valid for that layout only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupIndex(pub u32);

impl MarketIndex {
    /// As an index into a slice.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
    /// Its first token, called YES.
    #[must_use]
    pub const fn yes(self) -> TokenIndex {
        TokenIndex(self.0 * 2)
    }
    /// Its second token, called NO.
    #[must_use]
    pub const fn no(self) -> TokenIndex {
        TokenIndex(self.0 * 2 + 1)
    }
    /// The market a token belongs to.
    #[must_use]
    pub const fn of(token: TokenIndex) -> Self {
        Self(token.0 / 2)
    }
}

impl GroupIndex {
    /// As an index into a slice.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// What the screen and the hash check know about a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketPlan {
    /// The venue's key.
    pub condition: ConditionId,
    /// Orders are taken.
    pub open: bool,
    /// The fee can be read.
    pub fee_known: bool,
    /// The grid of its prices.
    pub tick: TickSize,
    /// The smallest order.
    pub order_size_min: Shares,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
    /// The group whose sum its YES counts in.
    pub group: Option<GroupIndex>,
}

/// What the screen knows about a neg-risk group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPlan {
    /// The venue's key.
    pub id: GroupId,
    /// The markets whose YES prices are added up. Markets that have already resolved to NO pay
    /// nothing and are left out.
    pub members: Vec<MarketIndex>,
    /// The fee of every member can be read.
    pub fees_known: bool,
    /// Why its sum proves nothing, whatever the prices.
    pub verdict: Result<(), Reason>,
}

/// Which markets and groups are watched. Token `2 m` is the YES of market `m`, `2 m + 1` its NO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    tokens: Vec<TokenId>,
    markets: Vec<MarketPlan>,
    groups: Vec<GroupPlan>,
    /// Sorted by condition.
    by_condition: Vec<(ConditionId, MarketIndex)>,
}

impl Layout {
    /// Lays out `markets` in their order, and those of `groups` that are neg-risk.
    ///
    /// Closed markets are left out, and so is one whose condition or token an earlier one has:
    /// their books cannot be told apart.
    #[must_use]
    pub fn new(markets: &[Market], groups: &[EventGroup]) -> Self {
        let mut layout = Self::default();
        let (mut conditions, mut tokens) = (BTreeSet::new(), BTreeSet::new());
        for market in markets {
            let [yes, no] = [market.yes().token, market.no().token];
            let closed = matches!(market.state, MarketState::Closed { .. });
            let taken = conditions.contains(&market.condition)
                || tokens.contains(&yes)
                || tokens.contains(&no)
                || yes == no;
            if closed || taken {
                continue;
            }
            conditions.insert(market.condition);
            tokens.extend([yes, no]);
            let index = MarketIndex(layout.markets.len() as u32);
            layout.by_condition.push((market.condition, index));
            layout.tokens.extend([yes, no]);
            layout.markets.push(MarketPlan {
                condition: market.condition,
                open: market.is_open(),
                fee_known: matches!(market.fee, FeeSchedule::Known(_)),
                tick: market.tick,
                order_size_min: market.order_size_min,
                neg_risk: market.neg_risk,
                group: None,
            });
        }
        layout.by_condition.sort_unstable();
        let states = states(markets);
        for group in groups.iter().filter(|group| group.neg_risk) {
            layout.add_group(group, &states);
        }
        layout
    }
    fn add_group(&mut self, group: &EventGroup, states: &[(ConditionId, MarketState)]) {
        let index = GroupIndex(self.groups.len() as u32);
        let mut members = Vec::with_capacity(group.markets.len());
        let mut verdict = if group.augmented { Err(Reason::Augmented) } else { Ok(()) };
        let mut worsen = |reason: Reason| {
            verdict = Err(verdict.err().map_or(reason, |worst| worst.min(reason)));
        };
        for condition in &group.markets {
            let known = states.binary_search_by_key(condition, |(condition, _)| *condition);
            match known.ok().and_then(|at| states.get(at)).map(|(_, state)| *state) {
                Some(MarketState::Closed { payouts: Some([Price::ZERO, _]) }) => {}
                Some(MarketState::Closed { .. } | MarketState::Paused) => worsen(Reason::NotOpen),
                Some(MarketState::Open) => {}
                None => worsen(Reason::Incomplete),
            }
            let Some(market) = self.market(condition) else { continue };
            let Some(plan) = self.markets.get_mut(market.get()) else { continue };
            if plan.group.is_some() {
                worsen(Reason::Incomplete);
                continue;
            }
            plan.group = Some(index);
            members.push(market);
        }
        if members.len() < 2 {
            worsen(Reason::Incomplete);
        }
        let known = |market: &MarketIndex| {
            self.markets.get(market.get()).is_some_and(|plan| plan.fee_known)
        };
        let fees_known = members.iter().all(known);
        self.groups.push(GroupPlan { id: group.id.clone(), members, fees_known, verdict });
    }
    pub(super) fn set_tick(&mut self, market: MarketIndex, tick: Option<TickSize>) {
        if let Some((plan, tick)) = self.markets.get_mut(market.get()).zip(tick) {
            plan.tick = tick;
        }
    }
    /// Every token, by its index.
    #[must_use]
    pub fn tokens(&self) -> &[TokenId] {
        &self.tokens
    }
    /// Every market, by its index.
    #[must_use]
    pub fn markets(&self) -> &[MarketPlan] {
        &self.markets
    }
    /// Every neg-risk group, by its index.
    #[must_use]
    pub fn groups(&self) -> &[GroupPlan] {
        &self.groups
    }
    /// The market of a condition.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<MarketIndex> {
        let at = self.by_condition.binary_search_by_key(condition, |(condition, _)| *condition);
        at.ok().and_then(|at| self.by_condition.get(at)).map(|(_, index)| *index)
    }
}

fn states(markets: &[Market]) -> Vec<(ConditionId, MarketState)> {
    let mut states: Vec<_> = markets.iter().map(|m| (m.condition, m.state)).collect();
    states.sort_by_key(|(condition, _)| *condition);
    states
}
