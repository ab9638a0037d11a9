//! Which markets recorded books belong to.
//!
//! A first reading collects what files name ([`Survey`]); then [`Roster::seat`] makes markets of
//! it, with the catalogue's or an index's help where the recording has one.

mod survey;
mod unlisted;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ConditionId, EventGroup, FeeSchedule, FeeTerms, GroupId, Market, MarketState, Price, TokenId,
};
use engine::opportunity::Subject;

pub use survey::{Span, Survey};

/// Markets of one roster; more are left out and their books counted as strangers'.
const MARKETS_MAX: usize = 100_000;

/// A market as a file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    name: Box<str>,
    /// Two at most, by first appearance.
    tokens: Vec<Box<str>>,
}

/// The markets that one file, or several, name, by first appearance.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    seen: Vec<Seen>,
    places: BTreeMap<Box<str>, usize>,
}

/// The markets of a roster, ready to be looked at.
#[derive(Debug, Default)]
pub struct Seating {
    /// The markets, by first appearance; all of them take orders.
    pub markets: Vec<Market>,
    /// The neg-risk groups that they belong to.
    pub groups: Vec<EventGroup>,
    /// Markets for which nobody stated a fee. They are taken as free.
    pub without_fee: BTreeSet<ConditionId>,
    /// What the tokens of a market paid, where a catalogue or an index says so.
    pub payouts: BTreeMap<ConditionId, [Price; 2]>,
    /// The token of each name, by the market's name.
    seats: BTreeMap<Box<str>, Vec<(Box<str>, TokenId)>>,
    /// Which market has a token.
    owners: BTreeMap<TokenId, ConditionId>,
    /// Title and name of each market.
    names: BTreeMap<ConditionId, (String, String)>,
    titles: BTreeMap<GroupId, String>,
}

impl Roster {
    fn add(&mut self, market: &str, token: &str) {
        let at = match self.places.get(market) {
            Some(at) => *at,
            None if self.seen.len() >= MARKETS_MAX => return,
            None => {
                self.places.insert(market.into(), self.seen.len());
                self.seen.push(Seen { name: market.into(), tokens: Vec::with_capacity(2) });
                self.seen.len() - 1
            }
        };
        if let Some(seen) = self.seen.get_mut(at)
            && seen.tokens.len() < 2
            && !seen.tokens.iter().any(|known| **known == *token)
        {
            seen.tokens.push(token.into());
        }
    }

    /// Takes in what another one names.
    pub fn merge(&mut self, other: &Self) {
        for seen in &other.seen {
            for token in &seen.tokens {
                self.add(&seen.name, token);
            }
        }
    }
    /// The names of the tokens, each with its market's: what tells books apart.
    pub fn names<'a>(&'a self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let of = |seen: &'a Seen| {
            let Seen { name, tokens } = seen;
            tokens.iter().map(move |token| (&**name, &**token))
        };
        self.seen.iter().flat_map(of)
    }

    /// The markets, and the neg-risk groups that they belong to with all their members.
    #[must_use]
    pub fn seat(&self, survey: &Survey) -> Seating {
        let mut seating = Seating::default();
        for (number, seen) in self.seen.iter().enumerate() {
            match survey.listed(&seen.name, &seen.tokens) {
                Some(market) => seating.take_listed(seen, market),
                None => {
                    let label = survey.label(&seen.name, &seen.tokens);
                    let (market, tokens) = unlisted::market(number, seen, label);
                    seating.take(seen, market, tokens, label.and_then(|label| label.payouts));
                }
            }
        }
        let present: BTreeSet<ConditionId> =
            seating.markets.iter().map(|market| market.condition).collect();
        for group in survey.groups().filter(|group| group.neg_risk) {
            if group.markets.iter().any(|member| present.contains(member)) {
                seating.take_group(group, survey);
            }
        }
        seating
    }
}

impl Seating {
    /// Which token a recorded book is of.
    #[must_use]
    pub fn token(&self, market: &str, token: &str) -> Option<TokenId> {
        let seats = self.seats.get(market)?;
        seats.iter().find(|(name, _)| **name == *token).map(|(_, token)| *token)
    }

    /// The market that has a token.
    #[must_use]
    pub fn owner(&self, token: TokenId) -> Option<ConditionId> {
        self.owners.get(&token).copied()
    }

    /// Title and name of a subject, as its books or a catalogue have it. Foreign text.
    #[must_use]
    pub fn names(&self, subject: &Subject) -> (String, String) {
        let id = subject.to_string();
        match subject {
            Subject::Market(condition) => {
                self.names.get(condition).cloned().unwrap_or_else(|| (id.clone(), id))
            }
            Subject::Group(group) => {
                (self.titles.get(group).cloned().unwrap_or_else(|| id.clone()), id)
            }
        }
    }

    fn take_listed(&mut self, seen: &Seen, market: &Market) {
        let named = |text: &str| {
            let id = TokenId::parse(text).ok();
            market.outcomes.iter().find(|outcome| {
                id == Some(outcome.token) || outcome.name.eq_ignore_ascii_case(text)
            })
        };
        let tokens = seen.tokens.iter();
        let tokens = tokens.filter_map(|text| Some((text.clone(), named(text)?.token))).collect();
        let (mut market, mut payouts) = (market.clone(), None);
        // The catalogue may be younger than the books: whoever stated them took orders.
        if let MarketState::Closed { payouts: stated } = market.state {
            (market.state, payouts) = (MarketState::Open, stated);
        }
        self.take(seen, market, tokens, payouts);
    }

    fn take(
        &mut self,
        seen: &Seen,
        market: Market,
        tokens: Vec<(Box<str>, TokenId)>,
        payouts: Option<[Price; 2]>,
    ) {
        // A market that is named in two ways has the tokens of the first.
        let is_new = !market.outcomes.iter().any(|it| self.owners.contains_key(&it.token));
        self.seats.insert(seen.name.clone(), tokens);
        if is_new {
            self.add(market, &seen.name, payouts);
        }
    }

    fn add(&mut self, mut market: Market, name: &str, payouts: Option<[Price; 2]>) {
        let title = if market.title.is_empty() { &market.slug } else { &market.title };
        let title = if title.is_empty() { name.to_owned() } else { title.to_string() };
        if self.names.insert(market.condition, (title, name.to_owned())).is_some() {
            return;
        }
        if market.fee == FeeSchedule::Unknown {
            market.fee = FeeSchedule::Known(FeeTerms::FREE);
            self.without_fee.insert(market.condition);
        }
        if let Some(payouts) = payouts {
            self.payouts.insert(market.condition, payouts);
        }
        for outcome in &market.outcomes {
            self.owners.insert(outcome.token, market.condition);
        }
        self.markets.push(market);
    }

    fn take_group(&mut self, group: &EventGroup, survey: &Survey) {
        for member in &group.markets {
            if !self.names.contains_key(member)
                && let Some(market) = survey.market(member)
            {
                self.add(market.clone(), &member.to_string(), None);
            }
        }
        self.titles.insert(group.id.clone(), group.title.to_string());
        self.groups.push(group.clone());
    }
}
