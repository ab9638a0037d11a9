//! Every story that is being told, and which of them are told at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{ConditionId, DurationMillis, Span, TraceId, UnixMillis};

use super::order::{OrderStory, TradeStory};
use super::plan::PlanStory;
use super::story::{Standing, Story};
use super::task::{TaskEnd, TaskStory};
use super::{FrameTimes, OrderPosted, SpanName};
use crate::desk::{
    DecisionMade, Event, OrderNumber, PlanEnd, PlanNumber, Recorded, TaskNumber, TradingView,
};
use crate::opportunity::{ChainActionKind, OpportunityId, OpportunityRecord};
use crate::signal::{ChainTask, Signal};
use crate::strategy::Passed;

/// After the end of an opportunity a decision about it may still be on its way.
const LINGER: DurationMillis = DurationMillis(10_000);
/// An opportunity of which nothing was heard for so long is over, whatever became of it.
const SILENCE_MAX: DurationMillis = DurationMillis(3_600_000);
/// A plan that the desk does not know any more is over after so long, although nobody told its end.
const MISSING_MAX: DurationMillis = DurationMillis(60_000);
/// Plans whose shares may be redeemed one day; the oldest are forgotten first.
const KEPT_MAX: usize = 500;
/// Redemptions under way; more are not told.
const REDEMPTIONS_MAX: usize = 100;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceLimits {
    /// Opportunities that are followed at one time. At the limit the oldest that is not traded gives
    /// way; where all are traded, the new one is not told.
    pub open_max: usize,
    /// Of the opportunities that are never traded so many are told, in ten-thousandths. Those that
    /// are traded always are.
    pub untraded_bips: u16,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceCounts {
    /// Followed now.
    pub open: usize,
    /// Given up, or never followed, because too many were open.
    pub left_out: u64,
}

/// A redemption, which may serve several opportunities.
#[derive(Clone, Debug)]
struct Redemption {
    task: TaskStory,
    traces: BTreeSet<TraceId>,
}

/// Every story.
#[derive(Debug)]
pub struct Storyteller {
    limits: TraceLimits,
    stories: BTreeMap<OpportunityId, Story>,
    plans: BTreeMap<PlanNumber, OpportunityId>,
    orders: BTreeMap<OrderNumber, PlanNumber>,
    tasks: BTreeMap<TaskNumber, PlanNumber>,
    /// What plans that are over still hold.
    kept: BTreeMap<PlanNumber, (TraceId, BTreeSet<ConditionId>)>,
    redemptions: BTreeMap<TaskNumber, Redemption>,
    ready: Vec<Span>,
    left_out: u64,
}

impl Storyteller {
    /// With nothing to tell yet.
    #[must_use]
    pub const fn new(limits: TraceLimits) -> Self {
        Self {
            limits,
            stories: BTreeMap::new(),
            plans: BTreeMap::new(),
            orders: BTreeMap::new(),
            tasks: BTreeMap::new(),
            kept: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            ready: Vec::new(),
            left_out: 0,
        }
    }
    /// How much there is.
    #[must_use]
    pub fn counts(&self) -> TraceCounts {
        TraceCounts { open: self.stories.len(), left_out: self.left_out }
    }
    /// The spans that are known for good since the last call.
    #[must_use]
    pub fn take(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.ready)
    }

    /// An opportunity opened, changed or closed: since which frame, and what its place is called.
    pub fn saw(
        &mut self,
        record: &Arc<OpportunityRecord>,
        frame: Option<&FrameTimes>,
        title: Option<&str>,
        now: UnixMillis,
    ) {
        // The end of one that nobody followed is no story.
        if record.closed.is_some() && !self.stories.contains_key(&record.id) {
            return;
        }
        if let Some(story) = self.story(&record.id, now) {
            story.saw(record, frame, title);
            self.tell_traded(&record.id);
        }
    }

    /// A strategy looked at something and wished nothing.
    pub fn passed(&mut self, passed: &Passed, now: UnixMillis) {
        let Some(id) = passed.of.opportunity() else { return };
        if let Some(story) = self.stories.get_mut(id) {
            story.heard_at = now;
            story.passed(passed);
            self.tell_traded(id);
        }
    }

    /// The risk manager decided about a wish.
    pub fn decided(&mut self, made: &Arc<DecisionMade>, now: UnixMillis) {
        let Some(id) = &made.opportunity else { return };
        if made.plan.is_none() && !self.stories.contains_key(id) {
            return;
        }
        if let Some(story) = self.story(id, now) {
            story.decided(made);
        }
    }

    /// An order was posted and answered.
    pub fn posted(&mut self, posted: &OrderPosted) {
        self.order(posted.order, |order| order.posted(posted.clone()));
    }

    /// What became durable, at that moment.
    pub fn kept(&mut self, events: &[Recorded], now: UnixMillis) {
        for Recorded { at, event } in events {
            self.event(*at, event, now);
        }
    }

    /// Takes up what is under way, for whoever begins to listen now.
    pub fn take_up(&mut self, view: &TradingView, now: UnixMillis) {
        for plan in &view.plans {
            if !self.plans.contains_key(&plan.number) {
                self.open(plan.number, &plan.signal, PlanStory::taken_up(plan), now);
            }
        }
        for track in &view.orders {
            self.add_order(track.plan, track.number, || OrderStory::taken_up(track));
        }
        for track in &view.tasks {
            if let Some(plan) = track.plan {
                self.add_task(plan, track.number, || TaskStory::taken_up(track));
            }
        }
    }

    /// Time passes; `view` is how trading stands, where that is known.
    pub fn tick(&mut self, view: Option<&TradingView>, now: UnixMillis) {
        if let Some(view) = view {
            self.end_missing(view, now);
        }
        let is_over = |story: &Story| {
            let quiet = now.since(story.heard_at);
            story.plans.is_empty() && (story.is_closed() && quiet >= LINGER || quiet >= SILENCE_MAX)
        };
        let over: Vec<_> = self
            .stories
            .iter()
            .filter(|(_, story)| is_over(story))
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.finish(&id, now);
        }
    }

    /// The process ends: what is not traded is over. What is traded is told to its end by the next
    /// process.
    pub fn stop(&mut self, now: UnixMillis) {
        let idle = self.stories.iter().filter(|(_, story)| story.plans.is_empty());
        let idle: Vec<_> = idle.map(|(id, _)| id.clone()).collect();
        for id in idle {
            self.finish(&id, now);
        }
    }

    /// The story of this opportunity, which is begun where there is room.
    fn story(&mut self, id: &OpportunityId, now: UnixMillis) -> Option<&mut Story> {
        if !self.stories.contains_key(id) {
            if self.stories.len() >= self.limits.open_max && !self.make_room() {
                self.left_out += 1;
                return None;
            }
            self.stories.insert(id.clone(), Story::new(id.clone(), now));
        }
        let story = self.stories.get_mut(id)?;
        story.heard_at = now;
        Some(story)
    }

    /// The oldest that is not traded gives way.
    fn make_room(&mut self) -> bool {
        let idle = self.stories.iter().filter(|(_, story)| story.plans.is_empty());
        let oldest = idle.min_by_key(|(_, story)| (story.standing, story.began_at));
        let Some(id) = oldest.map(|(id, _)| id.clone()) else { return false };
        self.stories.remove(&id);
        self.left_out += 1;
        true
    }

    /// What is known of one that is traded need not wait.
    fn tell_traded(&mut self, id: &OpportunityId) {
        if let Some(story) = self.stories.get_mut(id).filter(|it| it.standing == Standing::Traded) {
            self.ready.extend(story.take_held());
        }
    }

    fn finish(&mut self, id: &OpportunityId, now: UnixMillis) {
        let Some(mut story) = self.stories.remove(id) else { return };
        story.lost_sight(now);
        if story.standing == Standing::Traded || self.is_chosen(story.trace) {
            self.ready.extend(story.finish());
        }
    }

    /// Whether one that is never traded is told: its name decides, so that every process agrees.
    fn is_chosen(&self, trace: TraceId) -> bool {
        let [first, second, third, fourth, ..] = trace.0;
        u32::from_be_bytes([first, second, third, fourth]) % 10_000
            < u32::from(self.limits.untraded_bips)
    }

    fn event(&mut self, at: UnixMillis, event: &Event, now: UnixMillis) {
        match event {
            Event::PlanOpened { plan, signal } => {
                self.open(*plan, signal, PlanStory::new((**signal).clone(), at), now);
            }
            Event::PlanMoved { plan, phase } => self.plan(*plan, |it| it.moved(at, *phase)),
            Event::PlanClosed { plan, end } => self.close(*plan, Some(end), at, now),
            Event::OrderIntended { order, plan, leg, wish, id, .. } => {
                let known = (*id, *leg, (**wish).clone());
                self.add_order(*plan, *order, || OrderStory::new(known, at));
                self.order(*order, |it| it.kept(now));
            }
            Event::OrderStands { order, matched, .. } => {
                self.order(*order, |it| it.stands(at, *matched));
            }
            Event::CancelAsked { order } => self.order(*order, |it| it.cancel_asked(at)),
            Event::OrderEnded { order, cause, matched } => {
                self.order(*order, |it| it.ended(at, cause.clone(), *matched));
            }
            Event::TradeSeen { order, trade, .. } => {
                if let Some(told) = trade_of(event) {
                    self.order(*order, |it| it.traded(at, trade.clone(), told));
                }
            }
            Event::TaskIntended { task, plan: Some(plan), wish, .. } => {
                self.add_task(*plan, *task, || TaskStory::new((**wish).clone(), at));
            }
            Event::TaskIntended { task, plan: None, wish, .. } => self.redeem(*task, wish, at),
            Event::TaskPrepared { task, reference, .. } => {
                self.task(*task, |it| it.prepared(at, reference));
            }
            Event::TaskMined { task, in_block } => {
                let name = if *in_block { "in_block" } else { "reorganised" };
                self.task(*task, |it| it.moment(at, name));
            }
            Event::TaskConfirmed { task } => self.end_task(*task, TaskEnd::Confirmed(at)),
            Event::TaskFailed { task, why } => {
                self.end_task(*task, TaskEnd::Failed(at, why.clone()));
            }
            _ => {}
        }
    }

    fn open(&mut self, number: PlanNumber, signal: &Signal, plan: PlanStory, now: UnixMillis) {
        let Some(id) = &signal.opportunity else { return };
        if self.plans.contains_key(&number) {
            return self.plan(number, PlanStory::heard_whole);
        }
        if let Some(story) = self.story(id, now) {
            story.opened(number, plan);
            self.plans.insert(number, id.clone());
            self.tell_traded(id);
        }
    }

    fn close(
        &mut self,
        number: PlanNumber,
        end: Option<&PlanEnd>,
        at: UnixMillis,
        now: UnixMillis,
    ) {
        let Some(id) = self.plans.remove(&number) else { return };
        let Some(story) = self.stories.get_mut(&id) else { return };
        if let Some(plan) = story.plans.get(&number) {
            self.orders.retain(|_, of| *of != number);
            self.tasks.retain(|_, of| *of != number);
            if end.is_some_and(|end| !end.kept.is_empty() || !end.left.is_empty()) {
                let conditions = plan.signal().exposure.iter().map(|it| it.condition).collect();
                self.kept.insert(number, (story.trace, conditions));
            }
        }
        story.over(number, end, at);
        story.heard_at = now;
        while self.kept.len() > KEPT_MAX {
            self.kept.pop_first();
        }
        self.tell_traded(&id);
    }

    /// Plans that the desk does not know any more, although nobody told their end.
    fn end_missing(&mut self, view: &TradingView, now: UnixMillis) {
        let known: BTreeSet<_> = view.plans.iter().map(|plan| plan.number).collect();
        let mut gone = Vec::new();
        for (number, id) in &self.plans {
            let story = self.stories.get_mut(id);
            let Some(plan) = story.and_then(|story| story.plans.get_mut(number)) else { continue };
            if known.contains(number) {
                plan.missing_since = None;
                continue;
            }
            let since = *plan.missing_since.get_or_insert(now);
            if now.since(since) >= MISSING_MAX {
                gone.push((*number, since));
            }
        }
        for (number, since) in gone {
            self.close(number, None, since, now);
        }
    }

    /// A redemption belongs to every opportunity that left shares in one of its markets.
    fn redeem(&mut self, number: TaskNumber, wish: &ChainTask, at: UnixMillis) {
        if wish.kind != ChainActionKind::Redeem || self.redemptions.len() >= REDEMPTIONS_MAX {
            return;
        }
        let concerns = |conditions: &BTreeSet<ConditionId>| {
            wish.markets.iter().any(|market| conditions.contains(&market.condition))
        };
        let traces: BTreeSet<_> = (self.kept.values())
            .filter(|(_, conditions)| concerns(conditions))
            .map(|(trace, _)| *trace)
            .collect();
        if !traces.is_empty() {
            let task = TaskStory::new(wish.clone(), at);
            self.redemptions.insert(number, Redemption { task, traces });
        }
    }

    fn end_task(&mut self, number: TaskNumber, end: TaskEnd) {
        self.task(number, |it| it.ended(end));
        let Some(Redemption { task, traces }) = self.redemptions.remove(&number) else { return };
        let parent = SpanName::Opportunity;
        self.ready.extend(traces.into_iter().map(|trace| task.tell(trace, parent, number)));
    }

    fn plan(&mut self, number: PlanNumber, change: impl FnOnce(&mut PlanStory)) {
        let story = self.plans.get(&number).and_then(|id| self.stories.get_mut(id));
        if let Some(plan) = story.and_then(|story| story.plans.get_mut(&number)) {
            change(plan);
        }
    }
    fn add_order(
        &mut self,
        plan: PlanNumber,
        number: OrderNumber,
        make: impl FnOnce() -> OrderStory,
    ) {
        let mut is_known = false;
        self.plan(plan, |plan| {
            plan.order(number, make);
            is_known = plan.orders.contains_key(&number);
        });
        if is_known {
            self.orders.insert(number, plan);
        }
    }
    fn order(&mut self, number: OrderNumber, change: impl FnOnce(&mut OrderStory)) {
        let Some(plan) = self.orders.get(&number).copied() else { return };
        self.plan(plan, |plan| {
            if let Some(order) = plan.orders.get_mut(&number) {
                change(order);
            }
        });
    }
    fn add_task(&mut self, plan: PlanNumber, number: TaskNumber, make: impl FnOnce() -> TaskStory) {
        let mut is_known = false;
        self.plan(plan, |plan| {
            plan.task(number, make);
            is_known = plan.tasks.contains_key(&number);
        });
        if is_known {
            self.tasks.insert(number, plan);
        }
    }
    fn task(&mut self, number: TaskNumber, change: impl FnOnce(&mut TaskStory)) {
        if let Some(redemption) = self.redemptions.get_mut(&number) {
            return change(&mut redemption.task);
        }
        let Some(plan) = self.tasks.get(&number).copied() else { return };
        self.plan(plan, |plan| {
            if let Some(task) = plan.tasks.get_mut(&number) {
                change(task);
            }
        });
    }
}

fn trade_of(event: &Event) -> Option<TradeStory> {
    let Event::TradeSeen { size, price, value, fee, liquidity, state, matched_at, .. } = event
    else {
        return None;
    };
    Some(TradeStory {
        size: *size,
        price: *price,
        value: *value,
        fee: *fee,
        liquidity: *liquidity,
        state: *state,
        matched_at: *matched_at,
        states: Vec::new(),
    })
}
