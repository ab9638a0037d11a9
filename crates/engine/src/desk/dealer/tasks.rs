//! Transactions, one after the other, and what the chain says of them.

use std::collections::BTreeMap;

use domain::{ConditionId, DurationMillis, Price, ProtocolVersion, Shares, TokenId, UnixMillis};

use super::Turn;
use crate::approval::Approved;
use crate::desk::effect::{Effect, PreparedTask, TaskIntent};
use crate::desk::event::Event;
use crate::desk::input::TaskSight;
use crate::desk::plan::{Phase, Plan};
use crate::desk::state::Resolution;
use crate::desk::task_track::{TaskState, TaskTrack};
use crate::desk::{Desk, PlanNumber, TaskNumber};
use crate::opportunity::ChainActionKind;
use crate::signal::{ChainTask, Holdings, StrategyName, TradedMarket};

impl Turn<'_> {
    pub(super) fn begin_task(
        &mut self,
        plan: Option<PlanNumber>,
        strategy: Option<StrategyName>,
        task: ChainTask,
    ) {
        let owner = plan.and_then(|plan| self.desk().plans.get(&plan));
        let strategy = owner.map(|plan| plan.signal.strategy.clone()).or(strategy);
        let strategy = strategy.unwrap_or_else(StrategyName::manual);
        let number = TaskNumber(self.desk().last_task + 1);
        let wish = Box::new(task);
        match self.emit(Event::TaskIntended { task: number, plan, strategy, wish }) {
            Ok(()) => self.prepare_next(),
            Err(error) => {
                self.dealer.desk.risk.note_error();
                let text = format!("A transaction was not begun: {error}.");
                self.notify("task_not_begun", text);
            }
        }
    }

    /// Has the next transaction prepared, if none is on its way: the wallet's next number is known
    /// only when the last one is used.
    pub(super) fn prepare_next(&mut self) {
        let waiting = || self.desk().tasks.values().filter(|task| !task.is_ended());
        let (now, patience) = (self.now(), self.env.settings.task_interval);
        // One that is being prepared takes that number, too.
        let is_asked = |task: &TaskTrack| {
            let asked = self.dealer.asked.tasks.get(&task.number);
            asked.is_some_and(|at| now.since(*at) < patience)
        };
        if waiting().any(|task| task.state != TaskState::Intended || is_asked(task)) {
            return;
        }
        let patience = self.env.settings.redeem_interval;
        let may_go = |task: &&TaskTrack| self.may_begin(task.plan);
        let urgency = |task: &&TaskTrack| (Urgency::of(task, self.now(), patience), task.number);
        let Some(first) = waiting().filter(may_go).min_by_key(urgency) else { return };
        let (number, task) = (first.number, first.task.clone());
        self.dealer.asked.tasks.insert(number, now);
        self.effect(Effect::Prepare(Approved::new(TaskIntent { number, task })));
    }

    /// What a plan has not begun waits while trading is halted; what a person wants, and what brings
    /// in the dollars of decided markets, goes on.
    fn may_begin(&self, plan: Option<PlanNumber>) -> bool {
        plan.is_none() || self.desk().risk.halted().is_none()
    }

    pub(super) fn submit(&mut self, number: TaskNumber) {
        let prepared = self.desk().tasks.get(&number).and_then(|task| task.prepared.clone());
        let Some(prepared) = prepared else { return };
        let now = self.now();
        self.dealer.asked.tasks.insert(number, now);
        self.effect(Effect::Submit(Approved::new(PreparedTask { number, prepared })));
    }

    pub(super) fn task(&mut self, number: TaskNumber, sight: TaskSight) {
        let Some(track) = self.desk().tasks.get(&number) else { return };
        let (plan, state) = (track.plan, track.state.clone());
        let is_written = |text: &String| track.prepared.as_ref() == Some(text);
        if track.is_ended() {
            return;
        }
        match (sight, &state) {
            // Prepared again after the halt.
            (TaskSight::Prepared { .. }, TaskState::Intended) if !self.may_begin(plan) => return,
            (TaskSight::Prepared { prepared, reference }, TaskState::Intended) => {
                self.record(Event::TaskPrepared { task: number, prepared, reference });
                self.submit(number);
            }
            (TaskSight::Replaced { former, prepared, reference }, TaskState::Prepared)
                if is_written(&former) =>
            {
                self.record(Event::TaskPrepared { task: number, prepared, reference });
                self.submit(number);
            }
            (TaskSight::Refused { why }, TaskState::Intended) => self.task_failed(number, why),
            (TaskSight::Mined, TaskState::Prepared) => {
                self.record(Event::TaskMined { task: number, in_block: true });
            }
            (TaskSight::Reorganised, TaskState::Mined) => {
                self.record(Event::TaskMined { task: number, in_block: false });
                self.submit(number);
            }
            (TaskSight::Confirmed, TaskState::Prepared | TaskState::Mined) => {
                self.dealer.desk.risk.note_success();
                self.redeem_the_rest(number);
                self.record(Event::TaskConfirmed { task: number });
            }
            (TaskSight::Failed { why }, TaskState::Prepared | TaskState::Mined) => {
                self.task_failed(number, why);
            }
            _ => return,
        }
        if let Some(plan) = plan {
            self.give_up_the_rest(plan);
        }
        self.prepare_next();
        if let Some(plan) = plan {
            self.advance(plan);
        }
    }

    /// A stage of which one transaction failed leads nowhere: what of it has not begun would only
    /// have to be undone, one transaction after the other.
    fn give_up_the_rest(&mut self, plan: PlanNumber) {
        let is_transacting = |plan: &Plan| matches!(plan.phase, Phase::Transacting { .. });
        if !self.desk().plans.get(&plan).is_some_and(is_transacting) {
            return;
        }
        let of_plan = || self.desk().tasks.values().filter(|task| task.plan == Some(plan));
        if !of_plan().any(|task| matches!(task.state, TaskState::Failed { .. })) {
            return;
        }
        let waiting = of_plan().filter(|task| task.state == TaskState::Intended);
        for task in waiting.map(|task| task.number).collect::<Vec<_>>() {
            let why = "not begun: another transaction of its plan failed".to_owned();
            self.record(Event::TaskFailed { task, why });
        }
    }

    fn task_failed(&mut self, number: TaskNumber, why: String) {
        self.dealer.desk.risk.note_error();
        let text = format!("Transaction {number} did not happen: {why}");
        self.record(Event::TaskFailed { task: number, why });
        self.notify("task_failed", text);
    }

    pub(super) fn resolved(
        &mut self,
        condition: ConditionId,
        tokens: [TokenId; 2],
        payouts: [Price; 2],
    ) {
        let held = |token: &TokenId| self.desk().ledger.position(*token).settled.is_positive();
        let is_new = !self.desk().resolutions.contains_key(&condition);
        if is_new && tokens.iter().any(held) {
            self.record(Event::MarketResolved { condition, tokens, payouts });
        }
        self.redeem();
    }

    /// Has every resolved market redeemed in which something settled is held and nothing is on its
    /// way.
    pub(super) fn redeem(&mut self) {
        if self.dealer.reconciled == crate::risk::Reconciled::No {
            return;
        }
        let due: Vec<ConditionId> = self.desk().resolutions.keys().copied().collect();
        for condition in due {
            if let Some(task) = self.redemption(condition) {
                let now = self.now();
                self.dealer.asked.redemptions.insert(condition, now);
                let holder = self.desk().holder_of(&task);
                self.begin_task(None, Some(holder), task);
            }
        }
    }

    /// What is left of a market of which one outcome is redeemed need not wait.
    fn redeem_the_rest(&mut self, number: TaskNumber) {
        let super::Dealer { desk, asked, .. } = &mut *self.dealer;
        let Some(track) = desk.tasks.get(&number) else { return };
        if track.task.kind == ChainActionKind::Redeem {
            for market in &track.task.markets {
                asked.redemptions.remove(&market.condition);
            }
        }
    }

    fn redemption(&self, condition: ConditionId) -> Option<ChainTask> {
        let desk = self.desk();
        let resolution = desk.resolutions.get(&condition)?;
        let asked = self.dealer.asked.redemptions.get(&condition);
        if asked.is_some_and(|at| self.now().since(*at) < self.env.settings.redeem_interval) {
            return None;
        }
        let touches = |task: &ChainTask| task.markets.iter().any(|it| it.condition == condition);
        let is_busy = desk.tasks.values().any(|task| !task.is_ended() && touches(&task.task))
            || desk.ledger.open_trades().any(|trade| resolution.tokens.contains(&trade.token))
            // What a plan bought it may still convert or merge.
            || desk.plans.values().any(|plan| plan.signal.touches(condition));
        let market = resolution.tokens.iter().find_map(|token| desk.home(*token))?;
        let effect = desk.redemption_of(market, resolution);
        (!is_busy && !effect.shares.is_empty()).then(|| ChainTask {
            kind: ChainActionKind::Redeem,
            markets: vec![market.clone()],
            given: 1,
            amount: effect.shares.iter().map(|(_, shares)| -*shares).max().unwrap_or_default(),
            fee_bips: 0,
            effect,
            cost: domain::Usd::ZERO,
            receiver: None,
        })
    }
}

/// Which of the transactions that wait comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// A plan or a person waits for it, or it has waited long enough.
    Now,
    /// It brings dollars.
    Soon,
    /// It tidies up shares that are worth nothing.
    Whenever,
}

impl Urgency {
    fn of(track: &TaskTrack, now: UnixMillis, patience: DurationMillis) -> Self {
        let is_tidying = track.plan.is_none() && track.task.kind == ChainActionKind::Redeem;
        if !is_tidying || now.since(track.created_at) >= patience {
            Self::Now
        } else if track.task.effect.cash.is_positive() {
            Self::Soon
        } else {
            Self::Whenever
        }
    }
}

impl Desk {
    /// What one transaction redeems. The contracts of Protocol V1 take both outcomes at once, those
    /// of V2 one at a time: the one that pays more first.
    fn redemption_of(&self, market: &TradedMarket, resolution: &Resolution) -> Holdings {
        let Resolution { tokens, payouts } = *resolution;
        let of = |payouts| self.ledger.redemption(tokens, payouts);
        let all = of(payouts);
        if market.version == ProtocolVersion::V1 || all.shares.len() < 2 {
            return all;
        }
        let [yes, no] = payouts;
        let (token, payouts) = match yes >= no {
            true => (tokens[0], [yes, Price::ZERO]),
            false => (tokens[1], [Price::ZERO, no]),
        };
        let Holdings { cash, mut shares } = of(payouts);
        shares.retain(|(held, _)| *held == token);
        Holdings { cash, shares }
    }

    /// On whose account a redemption is booked: theirs for whom most of it was kept. What nobody's
    /// plan brought counts as the owner's own.
    fn holder_of(&self, task: &ChainTask) -> StrategyName {
        let mut held: BTreeMap<&StrategyName, Shares> = BTreeMap::new();
        for kept in self.kept.values() {
            let shares = |(token, _): &(TokenId, Shares)| kept.shares.get(token).copied();
            *held.entry(&kept.strategy).or_default() +=
                task.effect.shares.iter().filter_map(shares).sum();
        }
        let most = held.into_iter().filter(|(_, shares)| shares.is_positive());
        most.max_by_key(|(_, shares)| *shares)
            .map_or_else(StrategyName::manual, |(holder, _)| holder.clone())
    }
}
