//! Opportunities from their first sight to their end, folded from the watchlist's effects.

use std::collections::BTreeMap;

use domain::{Price, Shares, Side, TokenId, UnixMillis, Usd};
use engine::opportunity::{Leg, Opportunity, OpportunityId, Subject, Watched, WatchlistEffect};
use serde::Serialize;

use super::report::Found;

/// Opportunities that are listed; more are counted.
const LISTED_MAX: usize = 10_000;

/// One opportunity. Its figures are those of its best moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which trade, as a stable name.
    pub kind: &'static str,
    /// Which trade, in plain words.
    pub text: &'static str,
    /// The question of the market, or the title of the group.
    pub title: String,
    /// The market or the group, in the words of where it was read.
    pub subject: String,
    /// When it was first seen.
    pub since: String,
    /// The same in milliseconds since 1970.
    pub since_ms: i64,
    /// For how long it was seen.
    pub lasted_ms: i64,
    /// Why it ended.
    pub ended: &'static str,
    /// How many complete sets.
    pub size: Shares,
    /// What they bring before any cost.
    pub gross: Usd,
    /// What the venue charges for them.
    pub fees: Usd,
    /// What the on-chain actions cost.
    pub chain_cost: Usd,
    /// What is left.
    pub net: Usd,
    /// Dollars needed at the worst moment.
    pub capital: Usd,
    /// What to trade.
    pub legs: Vec<FoundLeg>,
}

/// One order of an opportunity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundLeg {
    /// What is traded.
    pub token: TokenId,
    /// Buying or selling.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// The worst price.
    pub limit: Price,
    /// The taker's fee.
    pub fee: Usd,
}

/// What is called how.
pub(super) trait Names {
    /// The title of a subject and its name where it was read.
    fn names(&self, subject: &Subject) -> (String, String);
}

impl Names for backtest::roster::Seating {
    fn names(&self, subject: &Subject) -> (String, String) {
        Self::names(self, subject)
    }
}

/// Every opportunity seen so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    listed: Vec<Finding>,
    beyond_limit: u64,
    open: BTreeMap<OpportunityId, usize>,
}

impl Findings {
    pub(super) fn take(&mut self, effect: WatchlistEffect, names: &dyn Names) {
        match effect {
            WatchlistEffect::Opened(watched) => self.open(&watched, names),
            WatchlistEffect::Updated(watched) => {
                let at = self.open.get(&watched.id);
                if let Some(finding) = at.and_then(|at| self.listed.get_mut(*at))
                    && watched.opportunity.net > finding.net
                {
                    finding.take_figures(&watched.opportunity);
                }
            }
            WatchlistEffect::Closed { id, at, why } => {
                let listed = self.open.remove(&id);
                if let Some(finding) = listed.and_then(|at| self.listed.get_mut(at)) {
                    finding.end(at, why.code());
                }
            }
        }
    }

    fn open(&mut self, watched: &Watched, names: &dyn Names) {
        if self.listed.len() >= LISTED_MAX {
            self.beyond_limit += 1;
            return;
        }
        let (id, opportunity) = (&watched.id, &watched.opportunity);
        let (title, subject) = names.names(&id.subject);
        let mut finding = Finding {
            kind: id.kind.code(),
            text: id.kind.text(),
            title,
            subject,
            since: id.since.to_rfc3339(),
            since_ms: id.since.0,
            lasted_ms: 0,
            ended: "",
            size: Shares::ZERO,
            gross: Usd::ZERO,
            fees: Usd::ZERO,
            chain_cost: Usd::ZERO,
            net: Usd::ZERO,
            capital: Usd::ZERO,
            legs: Vec::new(),
        };
        finding.take_figures(opportunity);
        self.open.insert(id.clone(), self.listed.len());
        self.listed.push(finding);
    }

    /// The books end here, and with them the sight of whatever is still open.
    pub(super) fn end_of_books(&mut self, at: UnixMillis) {
        for index in std::mem::take(&mut self.open).into_values() {
            if let Some(finding) = self.listed.get_mut(index) {
                finding.end(at, "end_of_books");
            }
        }
    }

    pub(super) fn into_found(self) -> Found {
        Found { opportunities: self.listed, opportunities_beyond_limit: self.beyond_limit }
    }
}

impl Finding {
    fn take_figures(&mut self, best: &Opportunity) {
        self.size = best.size;
        self.gross = best.gross;
        self.fees = best.fees();
        self.chain_cost = best.chain_cost;
        self.net = best.net;
        self.capital = best.capital;
        self.legs = best.legs.iter().map(FoundLeg::of).collect();
    }
    fn end(&mut self, at: UnixMillis, why: &'static str) {
        self.lasted_ms = (at.0 - self.since_ms).max(0);
        self.ended = why;
    }
}

impl FoundLeg {
    fn of(leg: &Leg) -> Self {
        Self { token: leg.token, side: leg.side, size: leg.size, limit: leg.limit, fee: leg.fee }
    }
}
