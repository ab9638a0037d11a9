//! One order, from the moment it is decided to its last settled share.

use std::collections::BTreeMap;

use domain::{
    Liquidity, OrderId, Price, Shares, Span, SpanKind, TraceId, TradeId, TradeState, UnixMillis,
    Usd,
};

use super::opportunity::{child, side};
use super::{OrderPosted, SpanName};
use crate::desk::{
    EndCause, LegIndex, OrderNumber, OrderState, OrderTrack, PlanNumber, PostAnswer,
};
use crate::signal::PlannedOrder;

/// Postings that are told of one order; those beyond are left out.
const POSTS_MAX: usize = 8;

/// What is known of an order.
#[derive(Clone, Debug)]
pub(super) struct OrderStory {
    id: OrderId,
    leg: Option<LegIndex>,
    wish: PlannedOrder,
    intended_at: UnixMillis,
    kept_at: Option<UnixMillis>,
    posts: Vec<OrderPosted>,
    acknowledged_at: Option<UnixMillis>,
    cancel_asked_at: Option<UnixMillis>,
    ended: Option<(UnixMillis, EndCause)>,
    matched: Shares,
    trades: BTreeMap<TradeId, TradeStory>,
}

/// What is known of a match.
#[derive(Clone, Debug)]
pub(super) struct TradeStory {
    pub(super) size: Shares,
    pub(super) price: Price,
    pub(super) value: Usd,
    pub(super) fee: Usd,
    pub(super) liquidity: Liquidity,
    pub(super) state: TradeState,
    pub(super) matched_at: UnixMillis,
    /// When we learned of each state.
    pub(super) states: Vec<(UnixMillis, TradeState)>,
}

/// States of one match that are told: it may be sent to the chain again and again.
const STATES_MAX: usize = 16;

impl OrderStory {
    pub(super) fn new(
        (id, leg, wish): (OrderId, Option<LegIndex>, PlannedOrder),
        intended_at: UnixMillis,
    ) -> Self {
        Self {
            id,
            leg,
            wish,
            intended_at,
            kept_at: None,
            posts: Vec::new(),
            acknowledged_at: None,
            cancel_asked_at: None,
            ended: None,
            matched: Shares::ZERO,
            trades: BTreeMap::new(),
        }
    }
    /// Of an order that was begun before anybody listened.
    pub(super) fn taken_up(track: &OrderTrack) -> Self {
        let known = (track.id, track.leg, track.order.clone());
        let mut story = Self::new(known, track.created_at);
        story.matched = track.matched;
        story.cancel_asked_at = track.cancel_asked_at;
        if let OrderState::Ended { cause } = &track.state {
            story.ended = Some((track.ended_at.unwrap_or(track.created_at), cause.clone()));
        }
        story
    }
    pub(super) const fn kept(&mut self, at: UnixMillis) {
        self.kept_at = Some(at);
    }
    pub(super) fn posted(&mut self, posted: OrderPosted) {
        if self.posts.len() < POSTS_MAX {
            self.posts.push(posted);
        }
    }
    pub(super) fn stands(&mut self, at: UnixMillis, matched: Shares) {
        self.acknowledged_at.get_or_insert(at);
        self.matched = self.matched.max(matched);
    }
    pub(super) const fn cancel_asked(&mut self, at: UnixMillis) {
        self.cancel_asked_at = Some(at);
    }
    pub(super) fn ended(&mut self, at: UnixMillis, cause: EndCause, matched: Shares) {
        self.matched = self.matched.max(matched);
        if !matches!(cause, EndCause::NeverArrived | EndCause::NotSigned { .. }) {
            self.acknowledged_at.get_or_insert(at);
        }
        self.ended = Some((at, cause));
    }
    pub(super) fn traded(&mut self, at: UnixMillis, trade: TradeId, told: TradeStory) {
        self.acknowledged_at.get_or_insert(at);
        let known = self.trades.entry(trade).or_insert_with(|| told.clone());
        if known.states.last().is_none_or(|(_, state)| *state != told.state)
            && known.states.len() < STATES_MAX
        {
            known.states.push((at, told.state));
        }
        known.state = told.state;
    }
    fn last_at(&self) -> UnixMillis {
        let ended = self.ended.as_ref().map(|(at, _)| *at);
        let settled =
            self.trades.values().filter_map(|trade| trade.states.last()).map(|(at, _)| *at);
        settled.chain(ended).max().unwrap_or(self.intended_at)
    }

    /// The order, and each of its matches.
    pub(super) fn tell(&self, trace: TraceId, plan: PlanNumber, number: OrderNumber) -> Vec<Span> {
        let names = child(trace, SpanName::Order(number), SpanName::Plan(plan));
        let span = Span::new(names, "order", (self.intended_at, self.last_at()));
        let span = self.moments(self.wished(span.of_kind(SpanKind::Client), number));
        let failed = self.trades.values().any(|trade| trade.state == TradeState::Failed);
        let span = match self.ended.as_ref().and_then(|(_, cause)| trouble(cause)) {
            Some(why) => span.failed(&why),
            None if failed => span.failed("a match failed to settle"),
            None => span,
        };
        let trades = self.trades.iter();
        let trades = trades.map(|(trade, told)| self.settle(trace, number, trade, told));
        std::iter::once(span).chain(trades).collect()
    }

    fn wished(&self, span: Span, number: OrderNumber) -> Span {
        let (terms, fees) = (&self.wish.terms, self.trades.values().map(|trade| trade.fee).sum());
        let fees: Usd = fees;
        let outcome = self.ended.as_ref().map_or("open", |(_, cause)| outcome(cause));
        let doubtful = |post: &&OrderPosted| matches!(post.answer, PostAnswer::Ambiguous { .. });
        span.with("dutchbook.order", number.0)
            .with("dutchbook.order.id", &self.id.to_string())
            .with_some("dutchbook.stage", self.leg.map(|leg| u32::from(leg.stage)))
            .with_some("dutchbook.leg", self.leg.map(|leg| u32::from(leg.leg)))
            .with("dutchbook.market.condition_id", &self.wish.market.condition.to_string())
            .with("dutchbook.token_id", &terms.token.to_string())
            .with("dutchbook.side", side(terms.side))
            .with("dutchbook.lifetime", terms.lifetime.code())
            .with("dutchbook.limit_price_ten_thousandths", terms.price)
            .with("dutchbook.size_microshares", terms.size)
            .with("dutchbook.matched_microshares", self.matched.max(self.seen()))
            .with("dutchbook.fees_microusd", fees)
            .with("dutchbook.posts", self.posts.len())
            .with("dutchbook.ambiguous", self.posts.iter().any(|post| doubtful(&post)))
            .with("dutchbook.outcome", outcome)
    }

    fn moments(&self, span: Span) -> Span {
        let span = span.event("decided", self.intended_at);
        let span = self.kept_at.into_iter().fold(span, |span, at| span.event("written_down", at));
        let span = self.posts.iter().fold(span, |span, post| {
            let answer = vec![("dutchbook.answer", answer(&post.answer).into())];
            span.event("sent", post.sent_at).event_with("answered", post.answered_at, answer)
        });
        let span =
            self.acknowledged_at.into_iter().fold(span, |span, at| span.event("acknowledged", at));
        let span =
            self.cancel_asked_at.into_iter().fold(span, |span, at| span.event("cancel_asked", at));
        self.ended.iter().fold(span, |span, (at, cause)| {
            span.event_with("ended", *at, vec![("dutchbook.outcome", outcome(cause).into())])
        })
    }

    fn seen(&self) -> Shares {
        self.trades.values().map(|trade| trade.size).sum()
    }

    fn settle(
        &self,
        trace: TraceId,
        number: OrderNumber,
        trade: &TradeId,
        told: &TradeStory,
    ) -> Span {
        let names = child(trace, SpanName::Settle(number, trade), SpanName::Order(number));
        // The match has the venue's time, whose clock may not be ours.
        let began_at = told.matched_at.max(self.intended_at);
        let ended_at = told.states.last().map_or(began_at, |(at, _)| *at);
        let span = Span::new(names, "settle", (began_at, ended_at))
            .of_kind(SpanKind::Client)
            .with("dutchbook.trade.id", &trade.0)
            .with("dutchbook.size_microshares", told.size)
            .with("dutchbook.price_ten_thousandths", told.price)
            .with("dutchbook.value_microusd", told.value)
            .with("dutchbook.fee_microusd", told.fee)
            .with("dutchbook.liquidity", liquidity(told.liquidity))
            .with("dutchbook.state", told.state.code())
            .with("dutchbook.matched_at_ms", told.matched_at);
        let span = told.states.iter().fold(span, |span, (at, state)| span.event(state.code(), *at));
        if told.state == TradeState::Failed { span.failed("it never settled") } else { span }
    }
}

const fn liquidity(liquidity: Liquidity) -> &'static str {
    match liquidity {
        Liquidity::Maker => "maker",
        Liquidity::Taker => "taker",
    }
}

const fn outcome(cause: &EndCause) -> &'static str {
    match cause {
        EndCause::Filled => "filled",
        EndCause::Cancelled => "cancelled",
        EndCause::Rejected { .. } => "rejected",
        EndCause::Unmatched => "unmatched",
        EndCause::NeverArrived => "never_arrived",
        EndCause::NotSigned { .. } => "not_signed",
    }
}

/// What a person may want to look at, with the venue's own words.
fn trouble(cause: &EndCause) -> Option<String> {
    match cause {
        EndCause::Rejected { code, text } => Some(format!("{code}: {text}")),
        EndCause::NeverArrived => Some("the venue never heard of it".to_owned()),
        EndCause::NotSigned { why } => Some(format!("not signed: {why}")),
        EndCause::Filled | EndCause::Cancelled | EndCause::Unmatched => None,
    }
}

fn answer(answer: &PostAnswer) -> &'static str {
    match answer {
        PostAnswer::Live => "live",
        PostAnswer::Matched { .. } => "matched",
        PostAnswer::Delayed => "delayed",
        PostAnswer::Unmatched => "unmatched",
        PostAnswer::Duplicated => "duplicated",
        PostAnswer::Rejected { .. } => "rejected",
        PostAnswer::NotSent { .. } => "not_sent",
        PostAnswer::Ambiguous { .. } => "ambiguous",
    }
}
