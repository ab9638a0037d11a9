//! Which markets the books of one file belong to.
//!
//! A first reading collects what the file names; then [`Roster::seat`] makes markets of it, with
//! the catalogue's or an index's help where the recording has one.

mod survey;
mod unlisted;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{ConditionId, EventGroup, FeeSchedule, FeeTerms, Market, MarketState, TokenId};
use engine::opportunity::Subject;

pub(super) use survey::Survey;

use super::findings::Names;

/// Markets of one file; more are left out and their books counted as strangers'.
const MARKETS_MAX: usize = 100_000;

/// A market as a file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    name: Box<str>,
    /// Two at most, by first appearance.
    tokens: Vec<Box<str>>,
}

/// The markets that one file names, by first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    seen: Vec<Seen>,
    places: HashMap<Box<str>, usize>,
}

/// The markets of a file, ready to be looked at.
#[derive(Debug, Default)]
pub(super) struct Seating {
    pub(super) markets: Vec<Market>,
    pub(super) groups: Vec<EventGroup>,
    /// Markets for which nobody stated a fee.
    pub(super) without_fee: BTreeSet<ConditionId>,
    /// The token of each name, by the market's name.
    seats: HashMap<Box<str>, Vec<(Box<str>, TokenId)>>,
    /// Title and name of each market.
    names: BTreeMap<ConditionId, (String, String)>,
    titles: BTreeMap<domain::GroupId, String>,
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

    /// The file's markets, and the neg-risk groups that they belong to with all their members.
    pub(super) fn seat(&self, survey: &Survey) -> Seating {
        let mut seating = Seating::default();
        for (number, seen) in self.seen.iter().enumerate() {
            match survey.listed(&seen.name, &seen.tokens) {
                Some(market) => seating.take_listed(seen, market),
                None => {
                    let label = survey.label(&seen.name, &seen.tokens);
                    let (market, tokens) = unlisted::market(number, seen, label);
                    seating.take(seen, market, tokens);
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
    pub(super) fn token(&self, market: &str, token: &str) -> Option<TokenId> {
        let seats = self.seats.get(market)?;
        seats.iter().find(|(name, _)| **name == *token).map(|(_, token)| *token)
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
        let mut market = market.clone();
        // The catalogue may be younger than the books: whoever stated them took orders.
        if matches!(market.state, MarketState::Closed { .. }) {
            market.state = MarketState::Open;
        }
        self.take(seen, market, tokens);
    }

    fn take(&mut self, seen: &Seen, market: Market, tokens: Vec<(Box<str>, TokenId)>) {
        self.seats.insert(seen.name.clone(), tokens);
        self.add(market, &seen.name);
    }

    fn add(&mut self, mut market: Market, name: &str) {
        let title = if market.title.is_empty() { &market.slug } else { &market.title };
        let title = if title.is_empty() { name.to_owned() } else { title.to_string() };
        if self.names.insert(market.condition, (title, name.to_owned())).is_some() {
            return;
        }
        if market.fee == FeeSchedule::Unknown {
            market.fee = FeeSchedule::Known(FeeTerms::FREE);
            self.without_fee.insert(market.condition);
        }
        self.markets.push(market);
    }

    fn take_group(&mut self, group: &EventGroup, survey: &Survey) {
        for member in &group.markets {
            if !self.names.contains_key(member)
                && let Some(market) = survey.market(member)
            {
                self.add(market.clone(), &member.to_string());
            }
        }
        self.titles.insert(group.id.clone(), group.title.to_string());
        self.groups.push(group.clone());
    }
}

impl Names for Seating {
    fn names(&self, subject: &Subject) -> (String, String) {
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
}
